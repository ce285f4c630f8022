"""Showing one picture, in the panel: an adult's own choice, said in words, and nobody else's.

The panel and the keeping are real; pointing at the picture and taking the view are doubles.
"""

from __future__ import annotations

import json

import pytest
from playwright.async_api import Page, expect

from tests.building import ROOT
from tests.extension.doubles import FaultyService
from tests.extension.test_panel import connected, press, save_view, tell, title
from tests.extension.test_panel_advice import STORED, answer, stored

WORDS = json.loads((ROOT / "shared/text/en.json").read_text("utf-8"))

PICTURE = {"what": "img", "left": 20, "top": 30, "width": 120, "height": 80}


async def saved(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await save_view(panel)
    await title(panel, "panel.saved_title")


async def about(panel: Page, service: FaultyService) -> None:
    await saved(panel, service)
    await press(panel, "panel.pictures_link")
    await title(panel, "panel.pictures_title")


async def say_age(panel: Page, age: str) -> None:
    await panel.locator(f"input[name=age][value='{age}']").check(force=True)


async def pointing(panel: Page, service: FaultyService) -> None:
    await about(panel, service)
    await say_age(panel, "18-or-over")
    await panel.locator("#sure").check(force=True)
    await press(panel, "panel.one_point")
    await title(panel, "panel.one_point")


async def point(panel: Page, picture: object = PICTURE) -> None:
    await panel.evaluate("(picture) => globalThis.pointed(picture)", picture)


async def test_an_adult_shows_one_picture_and_it_is_said(
    panel: Page, service: FaultyService
) -> None:
    await pointing(panel, service)
    await tell(panel, waitAt="picture")
    await point(panel)
    await title(panel, "panel.working_title_shown")
    await panel.evaluate("globalThis.letGoOn()")
    await title(panel, "panel.saved_title")
    await expect(panel.locator(".statement")).to_have_text(WORDS["panel.said_one_shown"])
    await expect(panel.get_by_text("9 hidden, none copied. The one you chose")).to_be_visible()
    await press_show(panel)
    alt = await panel.locator("img.shot").get_attribute("alt")
    assert alt == WORDS["panel.saved_alt_one"]
    await press(panel, "panel.saved_more")
    await press(panel, "panel.session_see")
    said = panel.get_by_text(WORDS["panel.said_one_shown"])
    await expect(said).to_have_count(1)  # of two views, one


async def press_show(panel: Page) -> None:
    await expect(panel.locator("img.shot")).to_have_count(0)
    await panel.locator(".exhibit button").click()


@pytest.mark.parametrize("age", ["under-18", "unsure", "unknown"])
async def test_nobody_else_is_offered_it(panel: Page, service: FaultyService, age: str) -> None:
    await about(panel, service)
    offer = panel.get_by_role("heading", name=WORDS["panel.one_title"])
    await expect(offer).to_have_count(0)
    await say_age(panel, "18-or-over")
    await expect(offer).to_be_visible()
    await say_age(panel, age)
    await expect(offer).to_have_count(0)
    await expect(panel.locator("main").get_by_text(WORDS["panel.pictures_stay"])).to_be_visible()
    await expect(panel.locator(".button.primary")).to_have_count(0)


@pytest.mark.parametrize("age", ["under-18", "unsure"])
async def test_who_may_be_under_18_does_not_even_see_the_way_there(
    panel: Page, service: FaultyService, age: str
) -> None:
    await connected(panel, service)
    await press(panel, "panel.now_all")
    await answer(panel, "age", age)
    await press(panel, "panel.back")
    await save_view(panel)
    await title(panel, "panel.saved_title")
    await expect(panel.get_by_text(WORDS["panel.pictures_link"])).to_have_count(0)


async def test_an_adult_is_not_asked_a_second_time(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await press(panel, "panel.now_all")
    await answer(panel, "age", "18-or-over")
    await press(panel, "panel.back")
    await save_view(panel)
    await press(panel, "panel.pictures_link")
    await expect(panel.get_by_text(WORDS["panel.one_title"])).to_be_visible()
    await expect(panel.locator("input[name=age]")).to_have_count(0)


async def test_the_answer_is_kept_nowhere(panel: Page, service: FaultyService) -> None:
    await saved(panel, service)
    await expect(panel.get_by_text(WORDS["panel.saved_arrived"])).to_be_visible()
    await press(panel, "panel.pictures_link")
    before = await stored(panel)
    await say_age(panel, "18-or-over")
    await panel.locator("#sure").check(force=True)
    assert await panel.evaluate(STORED) == before


async def test_it_needs_the_persons_word_each_time(panel: Page, service: FaultyService) -> None:
    await about(panel, service)
    await say_age(panel, "18-or-over")
    await press(panel, "panel.one_point")
    await title(panel, "panel.pictures_title")
    await expect(panel.locator("#first")).to_have_text(WORDS["panel.one_sure_first"])
    await expect(panel.locator("#sure")).to_be_focused()
    await panel.locator("#sure").check(force=True)
    await press(panel, "panel.one_point")
    await press(panel, "panel.one_keep")
    await save_view(panel)
    await press(panel, "panel.pictures_link")
    await expect(panel.locator("#sure")).not_to_be_checked()


async def test_thinking_better_of_it_saves_nothing(panel: Page, service: FaultyService) -> None:
    await pointing(panel, service)
    await press(panel, "panel.one_keep")
    await title(panel, "panel.start_title")
    await panel.wait_for_function("globalThis.stoppedPicking && globalThis.restored")
    assert len(service.received) == 3


async def test_escape_in_the_page_leads_back(panel: Page, service: FaultyService) -> None:
    await pointing(panel, service)
    await point(panel, None)
    await title(panel, "panel.pictures_title")
    assert len(service.received) == 3


async def test_a_picture_that_changed_is_named_and_can_be_pointed_at_again(
    panel: Page, service: FaultyService
) -> None:
    await pointing(panel, service)
    await tell(panel, problem="picture-gone")
    await point(panel)
    await title(panel, "panel.problem_picture_gone_title")
    await expect(panel.get_by_text(WORDS["panel.problem_safe"])).to_be_visible()
    await press(panel, "panel.one_point_again")
    await title(panel, "panel.one_point")


async def test_a_page_without_a_picture_is_said(panel: Page, service: FaultyService) -> None:
    await about(panel, service)
    await panel.evaluate("globalThis.noPicture = true")
    await say_age(panel, "18-or-over")
    await panel.locator("#sure").check(force=True)
    await press(panel, "panel.one_point")
    await title(panel, "panel.problem_no_picture_title")


async def test_the_desk_takes_none_for_anybody_else(panel: Page) -> None:
    code = await panel.evaluate(
        """async (picture) => {
          const { makeDesk } = await import("/panel/desk.js");
          const desk = await makeDesk("GB");
          const codes = [];
          for (const age of ["unknown", "unsure", "under-18"]) {
            desk.answers = { ...desk.answers, age };
            await desk.take("view", () => undefined, new AbortController().signal, picture)
              .catch((error) => codes.push(error.code));
          }
          return [codes, desk.heldCount()];
        }""",
        PICTURE,
    )
    assert code == [["picture-not-shown"] * 3, 0]


async def test_other_saves_offer_nothing(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    for save in ("profile", "page", "conversation"):
        await press(panel, f"panel.save_{save}")
        await title(panel, f"panel.saved_title_{save}")
        await expect(panel.get_by_text(WORDS["panel.pictures_link"])).to_have_count(0)
        await press(panel, "panel.saved_more")
