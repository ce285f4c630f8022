"""The real side panel, opened by a real press of the button: it knows its tab, and it can leave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from handrail.app.driver import Browser, Panel
from tests.building import ROOT
from tests.serving import serving

from .doubles import FaultyService
from .test_panel import ADDRESS

WORDS = json.loads((ROOT / "shared/text/en.json").read_text("utf-8"))


@pytest_asyncio.fixture(loop_scope="module")
async def chat() -> AsyncIterator[str]:
    """The address of a small page with one message."""
    page = "<!doctype html><title>A chat</title><p>sky.m_204: pay by midnight"
    async with serving(page) as server:
        yield str(server.make_url("/"))


async def pressed(browser: Browser, address: str) -> tuple[Page, Panel]:
    """Go to a page and press the Handrail button."""
    tab = browser.context.pages[0]
    await tab.goto(address)
    await browser.click_toolbar(tab)
    panel = await browser.panel()
    await panel.wait_for_text(WORDS["panel.save_view"])
    return tab, panel


async def test_a_press_of_the_button_opens_the_panel_and_names_the_tab(
    browser: Browser, chat: str
) -> None:
    _, panel = await pressed(browser, chat)
    told = await panel.evaluate(
        """(async () => {
          const { readChosenTab } = await import("/browser/storage.js");
          const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
          return [(await readChosenTab()).tabId, tab.id, tab.title];
        })()"""
    )
    assert told[0] == told[1]
    assert told[2] == "A chat"


async def test_leave_quickly_replaces_the_page_and_closes_the_panel(
    browser: Browser, chat: str
) -> None:
    tab, panel = await pressed(browser, chat)
    went: list[str] = []
    tab.on("request", lambda request: went.append(request.url))
    await panel.click("#leave")
    async with asyncio.timeout(10):
        while not went:
            await asyncio.sleep(0.02)
        assert went[0] == ADDRESS
        while await is_open(panel):
            await asyncio.sleep(0.05)


async def is_open(panel: Panel) -> bool:
    try:
        return bool(await panel.evaluate("true"))
    except (ConnectionError, PlaywrightError):
        return False


async def test_without_the_permission_the_panel_asks_for_the_button(
    browser: Browser, chat: str
) -> None:
    tab, panel = await pressed(browser, chat)
    await tab.goto(chat.replace("127.0.0.1", "localhost") + "elsewhere")
    await panel.click(WORDS["panel.save_view"])
    await panel.wait_for_text(WORDS["panel.problem_permission_lost_title"])
    await browser.click_toolbar(tab)
    await panel.wait_for_text(WORDS["panel.start_title"])


@pytest_asyncio.fixture(loop_scope="module")
async def long_chat() -> AsyncIterator[str]:
    """The address of a chat of 40 messages that scrolls in a part of its page."""
    messages = "".join(f"<p>Message {n}: pay by midnight" for n in range(1, 41))
    page = (
        "<!doctype html><title>A long chat</title><style>body{margin:0}"
        "main{height:400px;overflow-y:scroll}p{margin:0;height:50px}</style>"
        f"<main>{messages}</main><script>document.querySelector('main').scrollTop=9e6</script>"
    )
    async with serving(page) as server:
        yield str(server.make_url("/"))


@pytest.mark.timeout(120)
async def test_a_whole_conversation_is_saved_part_after_part(
    browser: Browser, long_chat: str, service: FaultyService
) -> None:
    _, panel = await pressed(browser, long_chat)
    await service.connect(panel)
    await panel.click(WORDS["panel.save_conversation"])
    await panel.wait_for_text(WORDS["panel.saved_title_conversation"], patience=60)
    await panel.wait_for_text(WORDS["panel.saved_arrived"], patience=30)
    said = await panel.text()
    assert "40 messages." in said
    assert WORDS["panel.said_top_reached"] in said
    assert len(service.received) > 3 + 2 * 3


@pytest.mark.timeout(120)
async def test_what_the_person_points_at_is_what_is_saved(
    browser: Browser, long_chat: str, service: FaultyService
) -> None:
    tab, panel = await pressed(browser, long_chat)
    await service.connect(panel)
    # Another list beside the chat, such as the list of all chats.
    await tab.evaluate(
        """() => {
          const other = document.createElement("aside");
          other.style.cssText = "height:300px;overflow-y:scroll;width:700px";
          other.innerHTML = "<p>Someone else".repeat(12);
          document.body.append(other);
          // Long enough that there is time to see that it is the wrong part.
          const chat = document.querySelector("main");
          chat.innerHTML = chat.innerHTML.repeat(10);
          chat.scrollTop = 9e6;
        }"""
    )
    await panel.click(WORDS["panel.save_conversation"])
    await panel.wait_for_text(WORDS["panel.long_pictures"]["other"].format(count=""))
    await panel.click(WORDS["panel.point_other"])
    await panel.wait_for_text(WORDS["panel.point_how"])
    async with asyncio.timeout(30):
        while not await tab.locator("[popover]").count():
            await asyncio.sleep(0.05)
    await tab.mouse.click(200, 550)
    await panel.wait_for_text(WORDS["panel.saved_title_conversation"], patience=60)
    said = await panel.text()
    assert "12 messages." in said, said


async def test_the_browsers_own_pages_cannot_be_read_and_the_panel_says_so(
    browser: Browser, chat: str
) -> None:
    _, panel = await pressed(browser, "chrome://version/")
    await panel.click(WORDS["panel.save_view"])
    await panel.wait_for_text(WORDS["panel.problem_page_not_readable_title"])
