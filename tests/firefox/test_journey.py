"""The whole journey in Firefox as a person goes it: connect by six digits, save, find it again.

Nothing is preset: the address of the extension is the random one that Firefox invented, and only
what is shown is pressed.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from handrail.app import control, firefox
from handrail.app.browsers import Panel
from handrail.app.demo import save_view, sealed_and_kept
from handrail.app.firefox_pages import Page
from handrail.web.application import load_catalogue
from tests.app.running import RunningService
from tests.browser.conftest import HOSTS, Site
from tests.building import look_only_at

WORDS = load_catalogue()

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def service(tmp_path: Path) -> AsyncIterator[RunningService]:
    async with RunningService(tmp_path / "data") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def browser(
    build: Path, service: RunningService, tmp_path: Path
) -> AsyncIterator[firefox.Browser]:
    """A Firefox whose extension looks for Handrail where this test has it, and nowhere else."""
    copy = tmp_path / "firefox"
    shutil.copytree(build, copy)
    look_only_at((service.port,), copy)
    async with firefox.open_browser(
        copy, tmp_path / "profile", headless=True, hosts=HOSTS
    ) as opened:
        yield opened


async def press(browser: firefox.Browser, page: Page, address: str) -> Panel:
    await page.goto(address)
    await browser.click_toolbar(page)
    return await browser.panel()


async def connect(browser: firefox.Browser, panel: Panel, service: RunningService) -> None:
    """Compare the six digits and say yes on both sides."""
    await panel.click(WORDS.t("panel.connect_quiet"))
    given = await control.ask(service.data, "/way-in", to="/connect")
    room = await browser.context.new_page()
    await room.goto(given["address"])
    await panel.wait_for_text(WORDS.t("panel.connect_same"), patience=30)
    await room.wait_for_function(
        "document.querySelector('[data-pairing=asking]')?.dataset.number", timeout=20_000
    )
    number = await room.evaluate("document.querySelector('[data-number]').dataset.number")
    assert len(number.replace(" ", "")) == 6
    assert "".join(filter(str.isdigit, number)) in "".join(filter(str.isdigit, await panel.text()))
    await panel.click(WORDS.t("panel.connect_yes"))
    await room.click("button[value=yes]")
    await panel.wait_for_text(WORDS.t("panel.connected_title"), patience=30)
    await room.close()


async def test_a_person_connects_saves_and_finds_it_in_handrail(
    browser: firefox.Browser, service: RunningService, site: Site
) -> None:
    page = browser.context.pages[0]
    panel = await press(browser, page, site.write("<p>pay by midnight"))
    await connect(browser, panel, service)
    paired = json.loads((service.data / "browsers.json").read_text("utf-8"))
    assert [one["origin"] for one in paired] == [browser.address("").rstrip("/")]
    await browser.click_toolbar(page)
    await panel.wait_for_text(WORDS.t("panel.start_title"))
    await save_view(panel, WORDS)
    await sealed_and_kept(service.data)
    await panel.click(WORDS.t("panel.open_saved"))
    async with asyncio.timeout(20):
        while not any(".localhost" in one.url for one in await browser.context.look()):
            await asyncio.sleep(0.1)


async def test_a_view_waits_while_handrail_is_away_and_arrives_by_itself(
    browser: firefox.Browser, service: RunningService, site: Site
) -> None:
    page = browser.context.pages[0]
    panel = await press(browser, page, site.write("<p>pay by midnight"))
    await connect(browser, panel, service)
    await browser.click_toolbar(page)
    await panel.wait_for_text(WORDS.t("panel.start_title"))
    service.kill_all()
    await save_view(panel, WORDS)
    await panel.wait_for_text(WORDS.t("panel.waiting_title", count=1))
    # Also when the panel is closed the background knocks twice a minute.
    assert await panel.evaluate("chrome.alarms.get('outbox').then((one) => one.periodInMinutes)")
    await browser.close_panel()
    await service.start()
    async with asyncio.timeout(75):
        await sealed_and_kept(service.data)


async def test_leaving_quickly_closes_the_sidebar_and_shows_another_page(
    build: Path, site: Site, tmp_path: Path
) -> None:
    neutral = site.write("<p>the weather", path="/weather.html")
    copy = tmp_path / "firefox"
    shutil.copytree(build, copy)
    (copy / "shared/helplines/leave.json").write_text(json.dumps({"address": neutral}), "utf-8")
    async with firefox.open_browser(copy, tmp_path / "p", headless=True, hosts=HOSTS) as browser:
        page = browser.context.pages[0]
        panel = await press(browser, page, site.write("<p>pay by midnight"))
        await panel.click("#leave")
        await page.wait_for_url(neutral, timeout=10_000)
        async with asyncio.timeout(10):
            while await browser.has_panel():
                await asyncio.sleep(0.05)


async def test_a_press_on_another_tab_tells_the_open_panel(
    build: Path, site: Site, tmp_path: Path
) -> None:
    async with firefox.open_browser(build, tmp_path / "p", headless=True, hosts=HOSTS) as browser:
        panel = await press(browser, browser.context.pages[0], site.write("<p>one"))
        await panel.evaluate(
            """(async () => {
              const { onTabChosen } = await import('/browser/storage.js');
              globalThis.chosen = [];
              onTabChosen((tab) => globalThis.chosen.push(tab.tabId));
            })()"""
        )
        other = await browser.context.new_page()
        await press(browser, other, site.write("<p>two", path="/two.html"))
        shown = "chrome.tabs.query({ active: true }).then(([one]) => one.id)"
        await panel.wait_for("globalThis.chosen.length")
        assert await panel.evaluate("globalThis.chosen") == [await panel.evaluate(shown)]
