"""The practice chat in a real Chromium: earlier messages come at the top until it begins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from handrail.web import practice
from handrail.web.application import load_catalogue
from tests.screens.camera import WIDE, Look, context_for
from tests.screens.pages import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

CHAT = "/practice/chat"
WORDS = load_catalogue()
SAID = [WORDS.t(m.say) for day in practice.load().days for m in day.messages]

SHOWN = "() => [...document.querySelectorAll('.bubble > p')].map((one) => one.textContent)"
LOADING, LOADED = "[role=log][aria-busy=true]", "[role=log][aria-busy=false]"
BEGINS = "() => document.querySelector('[data-beginning]').checkVisibility()"
TO_THE_TOP = """() => {
  const log = document.querySelector('[role=log]');
  log.scrollTo({ top: -log.scrollHeight, behavior: 'instant' });
}"""


@asynccontextmanager
async def chat_in(browser: Browser, on: Stage, look: Look = WIDE) -> AsyncIterator[Page]:
    """A page that shows the practice chat."""
    async with context_for(browser, look) as context:
        page = await context.new_page()
        await on.enter(page)
        await page.goto(on.full.address(CHAT))
        yield page


@pytest_asyncio.fixture(loop_scope="module")
async def chat(browser: Browser, on: Stage) -> AsyncIterator[Page]:
    async with chat_in(browser, on) as page:
        yield page


async def test_only_the_latest_messages_are_there_at_first(chat: Page) -> None:
    shown = await chat.evaluate(SHOWN)
    assert 18 <= len(shown) <= 28
    assert shown == SAID[-len(shown) :]
    assert not await chat.evaluate(BEGINS)
    last = chat.locator(".bubble > p").last
    assert await last.text_content() == SAID[-1]
    box = await last.bounding_box()
    assert box is not None
    assert box["y"] < WIDE.height


async def scroll(page: Page) -> None:
    await page.evaluate(TO_THE_TOP)


async def page_up(page: Page) -> None:
    await page.locator("[role=log]").focus()
    await page.keyboard.press("Home")


async def press_the_button(page: Page) -> None:
    button = page.get_by_role("button", name=WORDS.t("practice.earlier"))
    await button.focus()
    assert await button.is_visible()
    box = await button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("way", [scroll, page_up, press_the_button])
async def test_earlier_ones_come_after_a_wait_until_the_beginning(
    chat: Page, way: Callable[[Page], Awaitable[None]]
) -> None:
    counts = [len(await chat.evaluate(SHOWN))]
    while counts[-1] < len(SAID):
        await way(chat)
        await chat.wait_for_selector(LOADING)
        assert len(await chat.evaluate(SHOWN)) == counts[-1], "they came without a wait"
        await chat.wait_for_selector(LOADED)
        shown = await chat.evaluate(SHOWN)
        assert shown == SAID[-len(shown) :]
        counts.append(len(shown))
    assert len(counts) >= 4, "all at once is no chat"
    assert await chat.evaluate(BEGINS)
    assert await chat.locator("[data-said]").text_content() == WORDS.t("practice.beginning")
    assert await chat.get_by_role("button", name=WORDS.t("practice.earlier")).count() == 0
    if way is not scroll:
        focused = "document.activeElement.getAttribute('role')"
        assert await chat.evaluate(focused) == "log", "the focus was lost with the button"


async def test_what_was_in_sight_stays_in_its_place_when_earlier_ones_come(chat: Page) -> None:
    await scroll(chat)
    message = chat.locator(".bubble").first
    before = await message.bounding_box()
    here = await message.element_handle()
    assert here is not None
    count = len(await chat.evaluate(SHOWN))
    await chat.wait_for_selector(LOADED)
    assert len(await chat.evaluate(SHOWN)) > count
    assert await here.bounding_box() == before


async def test_a_window_in_which_all_fits_fills_without_scrolling(
    browser: Browser, on: Stage
) -> None:
    async with chat_in(browser, on, Look("tall", 1200, 12_000)) as page:
        await page.wait_for_selector("[data-beginning]", timeout=30_000)
        assert await page.evaluate(SHOWN) == SAID


async def test_without_scripts_the_whole_conversation_is_there(browser: Browser, on: Stage) -> None:
    async with chat_in(browser, on) as page:
        state = await page.context.storage_state()
    context = await browser.new_context(java_script_enabled=False, storage_state=state)
    plain = await context.new_page()
    await plain.goto(on.full.address(CHAT))
    assert await plain.locator(".bubble > p").all_text_contents() == SAID
    assert await plain.get_by_text(WORDS.t("practice.beginning")).is_visible()
    assert await plain.get_by_role("button").count() == 0
    await context.close()


async def test_the_dots_stand_still_for_who_wants_no_motion(browser: Browser, on: Stage) -> None:
    moving = "document.getAnimations().length"
    async with chat_in(browser, on) as page:
        for wanted, found in (("no-preference", 3), ("reduce", 0)):
            await page.emulate_media(reduced_motion=wanted)  # type: ignore[arg-type]
            await page.reload()
            await scroll(page)
            await page.wait_for_selector(LOADING)
            assert await page.locator("[data-wait] i").first.is_visible()
            assert await page.evaluate(moving) == found
