"""What a person meets in the panel: calm words, one next step, and nothing lost on the way.

The panel is real and runs in a real Chromium; taking the view is a double, so that every ending
can be had at will.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.building import ROOT

from .doubles import FaultyService, disk_fails, disk_is_mended

WORDS = json.loads((ROOT / "shared/text/en.json").read_text("utf-8"))

SAVES = ("panel.save_view", "panel.save_conversation", "panel.save_page", "panel.save_profile")
"""What the start screen offers, in this order."""

PROBLEMS = [
    "pictures-not-hidden",
    "page-not-readable",
    "permission-lost",
    "page-changed",
    "capture-failed",
]


async def press(panel: Page, key: str) -> None:
    await panel.get_by_role("button", name=WORDS[key], exact=True).click()


async def save_view(panel: Page) -> None:
    await panel.locator(".action.primary").click()


async def title(panel: Page, key: str) -> None:
    await expect(panel.locator("h1")).to_have_text(WORDS[key])


async def tell(panel: Page, **told: Any) -> None:
    await panel.evaluate("(more) => Object.assign(globalThis.told, more)", told)


async def connected(panel: Page, service: FaultyService) -> None:
    await service.connect(panel)
    await panel.reload()
    await panel.wait_for_selector(".action")


async def press_the_handrail_button(panel: Page) -> None:
    """What the background does when the person presses the button of the browser."""
    await panel.evaluate(
        """async () => {
          const { readChosenTab, rememberTab } = await import("/browser/storage.js");
          await rememberTab(await readChosenTab());
        }"""
    )


# ── Saving ───────────────────────────────────────────────────────────────────────────────────


async def test_a_saved_view_arrives_and_the_panel_says_so(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save_view(panel)
    await title(panel, "panel.saved_title")
    await expect(
        panel.get_by_text(re.compile(r"^Saved at \d\d:\d\d\. Nothing left"))
    ).to_be_visible()
    await expect(panel.get_by_text(WORDS["panel.saved_arrived"])).to_be_visible()
    assert len(service.received) == 3


async def test_without_the_service_the_view_is_saved_and_waits(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await service.stop()
    await save_view(panel)
    await title(panel, "panel.saved_title")
    await expect(panel.get_by_text("1 saved item is waiting in the browser.")).to_be_visible()
    await expect(panel.get_by_text(WORDS["panel.saved_arrived"])).to_be_hidden()
    await service.start()
    await panel.reload()
    await panel.wait_for_selector(".action")
    async with asyncio.timeout(5):
        while len(service.received) < 3:
            await asyncio.sleep(0.02)
    await expect(panel.get_by_text("1 saved item is waiting in the browser.")).to_be_hidden()


async def test_the_start_screen_offers_a_view_first_and_more_below_it(panel: Page) -> None:
    offered = await panel.locator(".action b, .more button").all_inner_texts()
    assert offered == [WORDS[key] for key in SAVES]


async def test_on_a_profile_the_profile_comes_first_below_the_view(panel: Page) -> None:
    address = "https://www.tiktok.com/@sky"
    await panel.evaluate("url => { chrome.tabs.get = async () => ({ url }); }", address)
    await press_the_handrail_button(panel)
    first = panel.locator(".more button").first
    await expect(first).to_have_text(WORDS["panel.save_profile"])
    assert await panel.locator(".more button").count() == len(SAVES) - 1


async def test_a_profile_is_saved_in_one_press(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await press(panel, "panel.save_profile")
    await title(panel, "panel.saved_title_profile")
    await expect(panel.get_by_text(WORDS["panel.saved_arrived"])).to_be_visible()
    assert len(service.received) == 3


async def test_the_saved_picture_is_shown_only_when_asked_for(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save_view(panel)
    await title(panel, "panel.saved_title")
    assert await panel.locator("img").count() == 0
    show = panel.get_by_role("button", name="Show the picture of the view")
    await show.click()
    picture = panel.get_by_role("img", name=WORDS["panel.saved_alt"])
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("naturalWidth", 640)
    await panel.get_by_role("button", name=WORDS["panel.saved_hide"]).click()
    assert await panel.locator("img").count() == 0


async def test_a_second_press_of_the_button_is_ready_to_save_again(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save_view(panel)
    await title(panel, "panel.saved_title")
    await press_the_handrail_button(panel)
    await title(panel, "panel.start_title")
    await panel.get_by_role("link", name=WORDS["panel.lifeline_question"]).click()
    await press_the_handrail_button(panel)
    await title(panel, "panel.lines_title")


async def test_what_is_missing_is_said(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await tell(panel, missing=True)
    await save_view(panel)
    await expect(panel.get_by_text("1 page inside this page")).to_be_visible()
    await expect(panel.get_by_text("2 drawings")).to_be_visible()
    await expect(panel.get_by_text(WORDS["panel.changed_title"])).to_be_visible()


async def test_text_from_the_page_stays_text(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await save_view(panel)
    await expect(panel.get_by_text("sky.m_204 <b>")).to_be_visible()


async def test_stop_keeps_nothing_half_done(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await tell(panel, waitAt="picture")
    await save_view(panel)
    await press(panel, "panel.stop")
    await title(panel, "panel.start_title")
    await expect(panel.get_by_text(WORDS["panel.stopped"])).to_be_visible()
    assert service.received == []


async def test_the_steps_of_saving_are_said_aloud(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await tell(panel, waitAt="picture")
    await save_view(panel)
    await expect(panel.get_by_role("status")).to_have_text(WORDS["panel.step_picture"])
    states = await panel.locator(".progress > li").evaluate_all(
        "(rows) => rows.map((r) => r.className)"
    )
    assert states == ["done", "done", "now", "ahead", "ahead"]


async def test_someone_to_talk_to_is_one_press_away_while_a_view_is_being_saved(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await tell(panel, waitAt="picture")
    await save_view(panel)
    await panel.get_by_role("link", name=WORDS["panel.foot_danger"]).click()
    await title(panel, "panel.lines_title")
    await panel.evaluate("new Promise((resolve) => setTimeout(resolve, 100))")
    await title(panel, "panel.lines_title")
    assert service.received == []


@pytest.mark.parametrize("problem", PROBLEMS)
async def test_a_view_that_cannot_be_saved_says_what_is_next(
    panel: Page, service: FaultyService, problem: str
) -> None:
    await connected(panel, service)
    await tell(panel, problem=problem)
    await save_view(panel)
    key = f"panel.problem_{problem.replace('-', '_')}"
    await title(panel, f"{key}_title")
    await expect(panel.get_by_text(WORDS[f"{key}_next"])).to_be_visible()
    await expect(panel.get_by_text(WORDS["panel.problem_safe"])).to_be_visible()
    assert service.received == []


async def test_a_full_disk_keeps_the_view_in_the_panel_and_offers_to_try_again(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await disk_fails(panel)
    await save_view(panel)
    await title(panel, "panel.problem_storage_full_title")
    await disk_is_mended(panel)
    await press(panel, "panel.try_again")
    await title(panel, "panel.saved_title")
    await expect(panel.get_by_text(WORDS["panel.saved_arrived"])).to_be_visible()
    assert len(service.received) == 3


async def test_of_two_held_views_the_one_that_was_kept_is_not_kept_again(
    panel: Page, service: FaultyService
) -> None:
    await save_view(panel)
    await title(panel, "panel.held_title")
    await press(panel, "panel.back")
    await service.connect(panel)
    await disk_fails(panel, after=3)
    await save_view(panel)
    await title(panel, "panel.problem_storage_full_title")
    await disk_is_mended(panel)
    await press(panel, "panel.try_again")
    await title(panel, "panel.saved_title")
    await expect(panel.get_by_text(WORDS["panel.saved_arrived"])).to_be_visible()
    assert len(service.received) == 3 + 3


# ── Not connected yet ────────────────────────────────────────────────────────────────────────


async def test_without_a_connection_the_view_is_taken_and_said_not_to_be_kept(panel: Page) -> None:
    await save_view(panel)
    await title(panel, "panel.held_title")
    await expect(panel.get_by_text(WORDS["panel.held_open"])).to_be_visible()
    await press(panel, "panel.back")
    await expect(panel.get_by_text("1 view is not kept yet.")).to_be_visible()
    names = await panel.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))")
    assert set(names) <= {"handrail", "handrail-new-log"}
    kept = (
        """async () => (await import("/engine/database.js")).walkKeys("capture", "next", () => 1)"""
    )
    assert await panel.evaluate(kept) == []


async def test_the_panel_asks_before_it_closes_on_a_view_that_is_not_kept(panel: Page) -> None:
    asked: list[str] = []

    async def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    panel.on("dialog", answer)
    await save_view(panel)
    await title(panel, "panel.held_title")
    await panel.close(run_before_unload=True)
    await expect(panel.locator("h1")).to_be_visible()
    assert asked == ["beforeunload"]


async def test_a_view_can_be_let_go(panel: Page) -> None:
    await save_view(panel)
    await press(panel, "panel.held_forget")
    await title(panel, "panel.start_title")
    await expect(panel.get_by_text("1 view is not kept yet.")).to_be_hidden()


# ── Someone to talk to ───────────────────────────────────────────────────────────────────────


async def test_crisis_lines_are_one_press_away_and_work_without_any_service(panel: Page) -> None:
    await panel.get_by_role("link", name=WORDS["panel.lifeline_question"]).click()
    await title(panel, "panel.lines_title")
    first = panel.locator(".lines a").first
    assert (await first.get_attribute("href") or "").startswith(("tel:", "https://findahelpline"))


async def test_the_country_can_be_changed(panel: Page) -> None:
    await panel.get_by_role("link", name=WORDS["panel.lifeline_question"]).click()
    await panel.get_by_label(WORDS["panel.lines_country"]).select_option("US")
    await expect(panel.get_by_role("link", name="Call 911")).to_have_attribute("href", "tel:911")
    await expect(panel.get_by_role("link", name="Text 988")).to_have_attribute("href", "sms:988")
    await panel.get_by_label(WORDS["panel.lines_country"]).select_option("GB")
    text = panel.get_by_role("link", name="Text SHOUT to 85258")
    await expect(text).to_have_attribute("href", "sms:85258?body=SHOUT")
    await panel.get_by_label(WORDS["panel.lines_country"]).select_option("other")
    await expect(panel.get_by_text(WORDS["advice.line.other-emergency"])).to_be_visible()


async def test_what_to_do_now_is_there_before_anything_is_asked(panel: Page) -> None:
    await expect(panel.get_by_text(WORDS["advice.step.stop.title"])).to_be_visible()
    await press(panel, "panel.now_all")
    await title(panel, "panel.now_title")
    assert await panel.locator(".rail > li").first.get_attribute("data-step") == "safe"


# ── Leave quickly ────────────────────────────────────────────────────────────────────────────


async def watch_leaving(panel: Page) -> None:
    """Note where the tab would go and whether the panel would close, in place of doing it.

    A closed panel keeps nothing more.
    """
    await panel.evaluate(
        """() => {
          globalThis.left = [];
          chrome.tabs.update = async ({ url }) => { globalThis.left.push(url); };
          window.close = () => {
            IDBObjectStore.prototype.add = () => { throw new Error("the panel is closed"); };
            globalThis.left.push("closed");
          };
        }"""
    )


async def left(panel: Page) -> list[str]:
    told: list[str] = await panel.evaluate("globalThis.left")
    return told


async def has_left(panel: Page) -> None:
    async with asyncio.timeout(5):
        while len(await left(panel)) < 2:
            await asyncio.sleep(0.02)


ADDRESS = json.loads((ROOT / "shared/helplines/leave.json").read_text("utf-8"))["address"]


async def test_leave_quickly_takes_one_press_from_every_screen(panel: Page) -> None:
    await watch_leaving(panel)
    await press(panel, "panel.now_all")
    await panel.locator("#leave").click()
    await expect(panel.locator("body")).to_be_hidden()
    await has_left(panel)
    assert await left(panel) == [ADDRESS, "closed"]
    assert await panel.title() == ""


async def test_three_times_shift_leaves(panel: Page) -> None:
    await watch_leaving(panel)
    for _ in range(2):
        await panel.keyboard.press("Shift")
    assert await left(panel) == []
    await panel.keyboard.press("Shift")
    await has_left(panel)


async def test_typing_capitals_does_not_leave(panel: Page) -> None:
    await watch_leaving(panel)
    for key in "ABCDE":
        await panel.keyboard.press(f"Shift+{key}")
    assert await left(panel) == []


async def test_escape_leaves_only_from_the_button(panel: Page) -> None:
    await watch_leaving(panel)
    await panel.keyboard.press("Escape")
    assert await left(panel) == []
    await panel.locator("#leave").focus()
    await panel.keyboard.press("Escape")
    await has_left(panel)


async def test_leaving_seals_what_was_taken_before_the_panel_closes(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await watch_leaving(panel)
    await tell(panel, waitAt="restoring")
    await save_view(panel)
    await expect(panel.get_by_role("status")).to_have_text(WORDS["panel.step_restoring"])
    await panel.locator("#leave").click()
    await expect(panel.locator("body")).to_be_hidden()
    assert await left(panel) == [ADDRESS]
    await panel.evaluate("globalThis.letGoOn()")
    await has_left(panel)
    async with asyncio.timeout(5):
        while len(service.received) < 3:
            await asyncio.sleep(0.02)


# ── For everyone ─────────────────────────────────────────────────────────────────────────────


async def test_everything_is_reached_with_the_keyboard_leaving_first(panel: Page) -> None:
    await panel.locator("h1").blur()
    reached = []
    await panel.evaluate("document.body.focus()")
    await panel.reload()
    await panel.wait_for_selector(".action")
    for _ in range(12):
        await panel.keyboard.press("Tab")
        reached.append(await panel.evaluate("document.activeElement.innerText.split('\\n')[0]"))
    for key in (*SAVES, "panel.lifeline_question", "panel.now_all"):
        assert WORDS[key] in reached
    order = await panel.locator("button, a[href]").evaluate_all("(all) => all.map((e) => e.id)")
    assert order[0] == "leave"


async def test_forced_colours_keep_every_word(panel: Page) -> None:
    await panel.emulate_media(forced_colors="active")
    for selector in (".button.leave", ".action.primary"):
        seen = await panel.locator(selector).evaluate(
            "(e) => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
        )
        assert seen[0] != seen[1]


def test_no_sentence_of_the_panel_shouts_or_blames() -> None:
    for key, value in WORDS.items():
        if key.startswith("panel."):
            for sentence in [value] if isinstance(value, str) else value.values():
                assert "!" not in sentence, key
                assert not re.search(
                    r"\b(victim|you should have|must not|evidence score)\b", sentence
                )
