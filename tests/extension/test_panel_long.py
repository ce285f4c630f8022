"""Saving a whole conversation or page in the panel: what is kept is said, and can be stopped well.

The panel, the sealing and the outbox are real; scrolling a page is a double.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.building import ROOT
from tests.extension.doubles import FaultyService, disk_fails
from tests.extension.test_panel import (
    connected,
    has_left,
    press,
    tell,
    title,
    watch_leaving,
)

WORDS = json.loads((ROOT / "shared/text/en.json").read_text("utf-8"))

FAR = {"messages": 120, "earliest": "2026-03-03T10:00:00Z"}
WAITING = "import('/engine/sending.js').then((m) => m.readHolding())"


async def save(panel: Page, what: str = "conversation", **told: Any) -> None:
    await tell(panel, **told)
    await press(panel, f"panel.save_{what}")


async def received(service: FaultyService, count: int) -> None:
    async with asyncio.timeout(10):
        while len(service.received) < count:
            await asyncio.sleep(0.02)


async def test_every_part_arrives_while_the_next_is_read(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save(panel, tiles=3, waitAt="tile 2")
    await received(service, 3 + 2 * 2)
    await expect(panel.get_by_text("2 pictures kept")).to_be_visible()
    await panel.evaluate("globalThis.letGoOn()")
    await title(panel, "panel.saved_title_conversation")
    await expect(panel.get_by_text(WORDS["panel.saved_arrived"])).to_be_visible()
    assert len(service.received) == 3 + 2 * 3 + 1


async def test_how_far_it_is_stands_there_in_words(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await save(panel, waitAt="tile 2", progress=FAR)
    await expect(panel.get_by_text("2 pictures kept")).to_be_visible()
    await expect(panel.get_by_text("120 messages, back to 3 March")).to_be_visible()
    stop = panel.locator(".button.primary")
    await expect(stop).to_have_text(WORDS["panel.long_stop"])


async def test_what_is_not_kept_yet_is_not_called_kept(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    # The engine says four, and has given three to be kept.
    await save(panel, tiles=3, waitAt="tile 3", progress={"tiles": 4, "messages": 99})
    await expect(panel.get_by_text("3 pictures kept")).to_be_visible()
    await expect(panel.get_by_text("4 pictures kept")).to_have_count(0)
    await expect(panel.get_by_text("99 messages")).to_have_count(0)


async def test_stopping_keeps_what_is_there_and_says_so(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save(panel, tiles=9, waitAt="tile 2")
    await press(panel, "panel.long_stop")
    await title(panel, "panel.saved_title_part")
    await expect(panel.get_by_text(WORDS["panel.said_end_stopped"])).to_be_visible()
    await received(service, 3 + 2 * 2 + 1)


async def test_stopping_before_anything_is_kept_keeps_nothing(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save(panel, waitAt="hiding")
    await expect(panel.get_by_text(WORDS["panel.long_stop_nothing"])).to_be_visible()
    await press(panel, "panel.stop")
    await title(panel, "panel.start_title")
    await expect(panel.get_by_text(WORDS["panel.stopped"])).to_be_visible()
    assert service.received == []


async def test_while_another_tab_is_in_front_the_panel_says_that_it_waits(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save(panel, waitAt="tile 1", progress={"step": "paused"})
    sentence = WORDS["panel.long_paused_conversation"]
    notice = panel.locator(".notice.waiting", has_text=sentence)
    await expect(notice).to_be_visible()
    await expect(panel.locator("#said")).to_have_text(sentence)
    await tell(panel, progress={}, waitAt="tile 2")
    await panel.evaluate("globalThis.letGoOn()")
    await expect(panel.locator("#said")).to_have_text("2 pictures kept")
    await expect(notice).to_be_hidden()
    await panel.evaluate("globalThis.letGoOn()")
    await title(panel, "panel.saved_title_conversation")


async def test_a_screen_reader_is_told_seldom(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await panel.evaluate(
        """() => {
          globalThis.heard = [];
          new MutationObserver(() => globalThis.heard.push(
            document.querySelector("#said").textContent,
          )).observe(document.querySelector("#said"), { childList: true });
        }"""
    )
    await save(panel, tiles=30, waitAt="tile 30", progress={})
    await expect(panel.get_by_text("30 pictures kept")).to_be_visible(timeout=20_000)
    heard = [one for one in await panel.evaluate("globalThis.heard") if one]
    assert 1 <= len(heard) <= 4


async def test_a_trouble_in_the_middle_keeps_what_was_kept_and_names_it(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save(panel, tiles=9, endAt=4, problem="lost-place")
    await title(panel, "panel.saved_title_part")
    await expect(panel.get_by_text(WORDS["panel.said_end_lost_place"])).to_be_visible()
    await received(service, 3 + 2 * 4 + 1)


async def test_a_full_disk_in_the_middle_says_what_is_kept(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await service.stop()
    await save(panel, tiles=9, waitAt="tile 2")
    await expect(panel.get_by_text("2 pictures kept")).to_be_visible()
    await disk_fails(panel)
    await panel.evaluate("globalThis.letGoOn()")
    await title(panel, "panel.problem_storage_full_title")
    await expect(panel.get_by_text(WORDS["panel.problem_storage_full_part_what"])).to_be_visible()
    await expect(panel.get_by_text("2 pictures were kept before that.")).to_be_visible()
    assert (await panel.evaluate(WAITING))["captures"] == 1


async def test_without_a_connection_a_long_save_asks_for_one_first(panel: Page) -> None:
    await press(panel, "panel.save_conversation")
    await title(panel, "panel.connect_title")
    await expect(panel.get_by_text(WORDS["panel.connect_then"])).to_be_visible()


async def test_once_connected_the_long_save_is_the_next_step(
    panel: Page, service: FaultyService
) -> None:
    await press(panel, "panel.save_conversation")
    await title(panel, "panel.connect_title")
    await service.connect(panel)
    await expect(panel.get_by_text(WORDS["panel.connected_back"])).to_be_visible(timeout=30_000)
    await press(panel, "panel.save_conversation")
    await title(panel, "panel.saved_title_conversation")
    await received(service, 3 + 2 * 3 + 1)


async def test_leaving_ends_a_long_save_and_keeps_it(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await watch_leaving(panel)
    await save(panel, tiles=9, waitAt="tile 3")
    await expect(panel.get_by_text("3 pictures kept")).to_be_visible()
    await panel.locator("#leave").click()
    await has_left(panel)
    await received(service, 3 + 2 * 3 + 1)


async def test_someone_to_talk_to_is_one_press_away_and_what_is_kept_stays(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save(panel, tiles=9, waitAt="tile 2")
    await expect(panel.get_by_text("2 pictures kept")).to_be_visible()
    await panel.get_by_role("link", name=WORDS["panel.foot_danger"]).click()
    await received(service, 3 + 2 * 2 + 1)
    await title(panel, "panel.lines_title")


# ── Pointing ─────────────────────────────────────────────────────────────────────────────────


async def test_where_no_chat_is_found_the_person_can_point_at_it(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save(panel, problem="no-scroller")
    await title(panel, "panel.problem_no_scroller_title")
    await expect(panel.get_by_text(WORDS["panel.problem_safe"])).to_be_visible()
    await press(panel, "panel.point_title")
    await title(panel, "panel.point_title")
    await tell(panel, problem=None)
    await panel.evaluate("globalThis.pointed(true)")
    await title(panel, "panel.saved_title_conversation")


@pytest.mark.parametrize("way", ["in the page", "in the panel"])
async def test_pointing_can_be_given_up(panel: Page, service: FaultyService, way: str) -> None:
    await connected(panel, service)
    await save(panel, problem="no-scroller")
    await press(panel, "panel.point_title")
    await title(panel, "panel.point_title")
    if way == "in the page":
        await panel.evaluate("globalThis.pointed(false)")
    else:
        await press(panel, "panel.point_cancel")
    await title(panel, "panel.start_title")
    stopped = await panel.evaluate("globalThis.stoppedPicking ?? false")
    assert stopped is (way == "in the panel")


async def test_the_wrong_part_is_stopped_and_pointed_at(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await save(panel, tiles=9, waitAt="tile 1")
    await expect(panel.get_by_text("1 picture kept")).to_be_visible()
    await press(panel, "panel.point_other")
    await title(panel, "panel.point_title")
    await received(service, 3 + 2 * 1 + 1)


@pytest.mark.parametrize("code", ["frame-chat", "limit", "lost-place", "page-moves"])
async def test_a_page_that_cannot_be_saved_whole_says_what_to_do_instead(
    panel: Page, service: FaultyService, code: str
) -> None:
    await connected(panel, service)
    await save(panel, "page", problem=code)
    key = f"panel.problem_{code.replace('-', '_')}"
    await title(panel, f"{key}_title")
    await expect(panel.get_by_text(WORDS[f"{key}_next"])).to_be_visible()
    await expect(panel.locator(".button.primary")).to_be_visible()
