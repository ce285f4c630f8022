"""Several tabs, one after another, and the person's own sentence beside what they saved."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pyrage
import pytest
from playwright.async_api import Locator, Page, expect

from tests.building import ROOT
from tests.extension.doubles import FaultyService, disk_fails, disk_is_mended
from tests.extension.test_panel import (
    connected,
    has_left,
    press,
    press_the_handrail_button,
    save_view,
    tell,
    title,
    watch_leaving,
)

WORDS = json.loads((ROOT / "shared/text/en.json").read_text("utf-8"))


def opened(service: FaultyService) -> list[tuple[dict[str, Any], bytes]]:
    """Header and body of everything that arrived."""
    pairs = []
    for _, sealed in service.received:
        line, _, body = pyrage.decrypt(sealed, [service.identity]).partition(b"\n")
        pairs.append((json.loads(line), body))
    return pairs


def notes(service: FaultyService) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [
        (header, json.loads(body)) for header, body in opened(service) if header["kind"] == "note"
    ]


async def write(panel: Page, sentence: str) -> Locator:
    """Write a sentence beside what was saved, and do not keep it yet."""
    await press(panel, "panel.note_add")
    field = panel.get_by_label(WORDS["panel.note_label"])
    await field.fill(sentence)
    return field


async def one_note(service: FaultyService) -> None:
    async with asyncio.timeout(10):
        while not notes(service):
            await asyncio.sleep(0.02)


# ── A sentence of your own ───────────────────────────────────────────────────────────────────


async def test_a_sentence_is_kept_beside_what_was_saved(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save_view(panel)
    await title(panel, "panel.saved_title")
    field = await write(panel, "He also writes as <sky>.")
    await expect(field).to_be_focused()
    await press(panel, "panel.note_keep")
    await expect(panel.locator(".note .muted")).to_have_text(WORDS["panel.note_kept"])
    await one_note(service)
    [(header, note)] = notes(service)
    assert header["capture"] == note["about"] == opened(service)[0][0]["capture"]
    assert header["number"] >= 1_000_000
    assert note["text"] == "He also writes as <sky>."


async def test_an_empty_sentence_is_not_kept(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await save_view(panel)
    field = await write(panel, "  \n")
    await press(panel, "panel.note_keep")
    await expect(field).to_be_focused()
    assert notes(service) == []


async def test_a_sentence_that_is_not_kept_yet_is_still_there_later(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save_view(panel)
    await write(panel, "She asked twice.")
    await press_the_handrail_button(panel)
    await title(panel, "panel.start_title")
    await press(panel, "panel.session_see")
    field = panel.get_by_label(WORDS["panel.note_label"])
    await expect(field).to_have_value("She asked twice.")
    await press(panel, "panel.note_keep")
    await one_note(service)
    await expect(panel.locator(".note .muted")).to_have_text(WORDS["panel.note_kept"])


async def test_without_room_the_sentence_stays_in_its_field(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save_view(panel)
    await write(panel, "She asked twice.")
    await disk_fails(panel)
    await press(panel, "panel.note_keep")
    await expect(panel.get_by_text(WORDS["panel.problem_storage_full_note_what"])).to_be_visible()
    await disk_is_mended(panel)
    await press(panel, "panel.try_again")
    await expect(panel.get_by_label(WORDS["panel.note_label"])).to_have_value("She asked twice.")
    await press(panel, "panel.note_keep")
    await one_note(service)
    assert notes(service)[0][1]["text"] == "She asked twice."


async def test_leaving_waits_for_a_sentence_that_is_being_kept(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save_view(panel)
    await watch_leaving(panel)
    await write(panel, "She asked twice.")
    keep = json.dumps(WORDS["panel.note_keep"])
    await panel.evaluate(
        f"""() => {{
          [...document.querySelectorAll("button")].find((b) => b.textContent === {keep}).click();
          document.querySelector("#leave").click();
        }}"""
    )
    await has_left(panel)
    await one_note(service)


async def test_the_browser_neither_checks_nor_remembers_the_sentence(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save_view(panel)
    await press(panel, "panel.note_add")
    field = panel.get_by_label(WORDS["panel.note_label"])
    await expect(field).to_have_js_property("spellcheck", False)
    await expect(field).to_have_attribute("autocomplete", "off")


# ── Several tabs ─────────────────────────────────────────────────────────────────────────────


async def test_the_next_tab_is_named_as_the_next_step_and_what_is_done_is_counted(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save_view(panel)
    await title(panel, "panel.saved_title")
    await expect(panel.get_by_text(WORDS["panel.session_next"])).to_be_visible()
    await press_the_handrail_button(panel)
    await title(panel, "panel.start_title")
    await expect(panel.get_by_text("1 saved item so far.")).to_be_visible()
    await press(panel, "panel.save_profile")
    await title(panel, "panel.saved_title_profile")
    rows = panel.locator(".session > li")
    await expect(rows).to_have_count(2)
    await expect(rows.nth(0)).to_contain_text(WORDS["panel.kind_view"])
    await expect(rows.nth(1)).to_contain_text(WORDS["panel.kind_profile"])
    await expect(rows.nth(0)).to_contain_text("chat.example.com")


async def test_each_tab_has_its_own_statement(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await tell(panel, said={"messages": 40, "top": "reached"})
    await press(panel, "panel.save_conversation")
    await title(panel, "panel.saved_title_conversation")
    await tell(panel, said={"bottom": "reached"})
    await press(panel, "panel.saved_more")
    await press(panel, "panel.save_page")
    await title(panel, "panel.saved_title_page")
    rows = panel.locator(".session > li")
    await expect(rows.nth(0)).to_contain_text("40 messages. The top of the chat was reached.")
    await expect(rows.nth(1)).to_contain_text("3 pictures of the page")


async def test_a_tab_that_refuses_is_named_with_the_reason_until_it_is_saved(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await tell(panel, problem="page-not-readable")
    await save_view(panel)
    await title(panel, "panel.problem_page_not_readable_title")
    await press(panel, "panel.back")
    await press(panel, "panel.session_see")
    row = panel.locator(".session > li")
    await expect(row).to_contain_text(WORDS["panel.session_hidden_site"])
    await expect(row).to_contain_text(WORDS["panel.problem_page_not_readable_title"])
    await press(panel, "panel.back")
    await tell(panel, problem=None)
    await save_view(panel)
    await title(panel, "panel.saved_title")
    await press(panel, "panel.saved_more")
    await press(panel, "panel.session_see")
    await expect(panel.locator(".session > li")).to_have_count(1)
    await expect(panel.locator(".session > li")).to_contain_text("chat.example.com")


@pytest.mark.parametrize("code", ["permission-lost", "tab-changed"])
async def test_a_tab_that_was_never_asked_is_not_said_to_refuse(
    panel: Page, service: FaultyService, code: str
) -> None:
    await connected(panel, service)
    await tell(panel, problem=code)
    await save_view(panel)
    await press(panel, "panel.back")
    await title(panel, "panel.start_title")
    await expect(panel.get_by_text(WORDS["panel.session_see"])).to_have_count(0)


async def test_the_list_ends_with_the_panel(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await save_view(panel)
    await title(panel, "panel.saved_title")
    await panel.reload()
    await panel.wait_for_selector(".action")
    await expect(panel.get_by_text("1 saved item so far.")).to_have_count(0)
