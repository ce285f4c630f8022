"""Connecting a browser, from both sides: the real extension and the real service.

The person is played by this test: they look at two numbers and say yes or no, twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect

from handrail.app.driver import Browser
from handrail.vault.vault import Vault, open_vault
from handrail.web import keys
from handrail.web.application import RUNNER, create_app
from handrail.web.hosts import hosts_for
from handrail.web.pairing import Pairings
from tests.builders import Clock
from tests.building import OWN_PORTS

from .doubles import FaultyService
from .test_panel import WORDS, press, save_view, title


@dataclass
class Real:
    """The real service, and what a person does on its page."""

    app: web.Application
    vault: Vault
    port: int

    @property
    def pairings(self) -> Pairings:
        return self.app[keys.PAIRINGS]

    def open_page(self) -> None:
        """Look at the page for connecting."""
        self.pairings.open_window()

    async def number(self) -> str:
        """Read the number on the page once it is there."""
        async with asyncio.timeout(10):
            while (asked := self.pairings.asked()) is None:
                await asyncio.sleep(0.02)
        return asked.digits

    def answer(self, *, same: bool) -> None:
        """Choose yes or no on the page."""
        asked = self.pairings.asked()
        assert asked is not None
        self.pairings.answer(asked.pairing, same=same)


@pytest_asyncio.fixture(loop_scope="module")
async def real(tmp_path: Path) -> AsyncIterator[Real]:
    """The real service with one open vault, on the last port where the extension looks."""
    data = tmp_path / "vault"
    data.mkdir(mode=0o700)
    clock = Clock()
    with open_vault(data, clock) as vault:
        port = OWN_PORTS[-1]
        app = create_app(data, vault, hosts_for(data, port), clock)
        server = TestServer(app, host="127.0.0.1", port=port)
        await server.start_server(**RUNNER)
        try:
            yield Real(app, vault, port)
        finally:
            await server.close()


async def shown_number(panel: Page) -> str:
    await title(panel, "panel.connect_same")
    left, right = await panel.locator(".code > [aria-hidden]").all_inner_texts()
    return f"{left} {right}"


async def connection(page: Page) -> dict[str, Any] | None:
    told: dict[str, Any] | None = await page.evaluate(
        """async () => {
          const kept = await (await import("/engine/connection.js")).readConnection();
          return kept && { browser: kept.browser, recipient: kept.recipient, port: kept.port };
        }"""
    )
    return told


async def test_a_view_taken_first_is_kept_after_the_same_number_on_both_sides(
    panel: Page, real: Real
) -> None:
    await save_view(panel)
    await title(panel, "panel.held_title")
    real.open_page()
    assert await shown_number(panel) == await real.number()
    real.answer(same=True)
    await press(panel, "panel.connect_yes")
    await title(panel, "panel.saved_title")
    await expect(panel.get_by_text(WORDS["panel.saved_arrived"])).to_be_visible()
    await real.app[keys.DRAIN].settle()
    kept = await connection(panel)
    assert kept is not None
    assert kept["recipient"] == real.vault.recipient
    assert list(real.pairings.browsers) == [kept["browser"]]


async def test_yes_may_come_first_in_the_panel(panel: Page, real: Real) -> None:
    real.open_page()
    await press(panel, "panel.connect_quiet")
    await shown_number(panel)
    await press(panel, "panel.connect_yes")
    await expect(panel.get_by_text(WORDS["panel.connect_there"])).to_be_visible()
    assert await connection(panel) is None
    real.answer(same=True)
    await title(panel, "panel.connected_title")


async def test_yes_on_the_page_alone_connects_nothing(panel: Page, real: Real) -> None:
    """A program that pretends to be Handrail could say yes for itself."""
    real.open_page()
    await press(panel, "panel.connect_quiet")
    await shown_number(panel)
    real.answer(same=True)
    await asyncio.sleep(1.5)
    assert await connection(panel) is None
    await press(panel, "panel.connect_no")
    await title(panel, "panel.refused_number_title")
    assert await connection(panel) is None


async def test_a_no_on_the_page_is_said_in_the_panel_and_the_view_stays_held(
    panel: Page, real: Real
) -> None:
    await save_view(panel)
    real.open_page()
    await shown_number(panel)
    real.answer(same=False)
    await title(panel, "panel.refused_number_title")
    assert await connection(panel) is None
    await press(panel, "panel.back")
    await expect(panel.get_by_text("1 view is not kept yet.")).to_be_visible()


async def test_while_the_page_is_closed_the_panel_keeps_looking(panel: Page, real: Real) -> None:
    await press(panel, "panel.connect_quiet")
    await expect(panel.get_by_text(WORDS["panel.connect_away"])).to_be_visible()
    assert real.pairings.asked() is None
    real.open_page()
    await shown_number(panel)


async def test_the_start_code_connects_and_opens_the_dashboard(
    browser: Browser, real: Real
) -> None:
    code = real.pairings.new_start_code()
    page = await browser.context.new_page()
    await page.goto(browser.address(f"connect/connect.html#port={real.port}&code={code}&to=%2F"))
    await page.wait_for_url(lambda address: ".localhost:" in address)
    await expect(page.locator("h1")).to_be_visible()
    assert len(real.pairings.browsers) == 1


async def test_the_start_code_stays_in_no_address(browser: Browser, real: Real) -> None:
    page = await browser.context.new_page()
    await page.goto(browser.address(f"connect/connect.html#port={real.port}&code={'ab' * 32}"))
    await expect(page.get_by_text(WORDS["panel.opening_failed_title"])).to_be_visible()
    assert page.url == browser.address("connect/connect.html")
    assert await page.evaluate("history.length") <= 2


async def test_a_wrong_start_code_connects_nothing_and_says_what_is_next(
    browser: Browser, real: Real
) -> None:
    real.pairings.new_start_code()
    page = await browser.context.new_page()
    await page.goto(browser.address(f"connect/connect.html#port={real.port}&code={'ab' * 32}"))
    await expect(page.get_by_text(WORDS["panel.opening_failed_next"])).to_be_visible()
    await expect(page.get_by_role("button", name=WORDS["panel.try_again"])).to_be_visible()
    assert real.pairings.browsers == {}


async def test_a_used_start_code_still_opens_the_dashboard_of_a_connected_browser(
    browser: Browser, real: Real
) -> None:
    code = real.pairings.new_start_code()
    address = browser.address(f"connect/connect.html#port={real.port}&code={code}")
    for _ in range(2):
        page = await browser.context.new_page()
        await page.goto(address)
        await page.wait_for_url(lambda url: ".localhost:" in url)
    assert len(real.pairings.browsers) == 1


async def test_open_what_i_saved_opens_the_dashboard_in_a_tab(panel: Page, real: Real) -> None:
    real.open_page()
    await press(panel, "panel.connect_quiet")
    await shown_number(panel)
    real.answer(same=True)
    await press(panel, "panel.connect_yes")
    await title(panel, "panel.connected_title")
    await press(panel, "panel.start_title")
    async with panel.context.expect_page() as opening:
        await press(panel, "panel.open_saved")
    page = await opening.value
    await page.wait_for_url(lambda address: ".localhost:" in address)
    await expect(page.locator("h1")).to_be_visible()


async def test_without_the_service_open_what_i_saved_says_how_to_go_on(
    panel: Page, service: FaultyService
) -> None:
    await service.connect(panel)
    await service.stop()
    await panel.reload()
    await panel.wait_for_selector(".action")
    await press(panel, "panel.open_saved")
    await title(panel, "panel.problem_service_away_title")


async def test_a_moved_service_is_found_again_and_remembered(panel: Page, real: Real) -> None:
    real.open_page()
    await press(panel, "panel.connect_quiet")
    await shown_number(panel)
    real.answer(same=True)
    await press(panel, "panel.connect_yes")
    await title(panel, "panel.connected_title")
    await panel.evaluate(
        """async () => {
          const { readConnection, keepConnection } = await import("/engine/connection.js");
          await keepConnection({ ...(await readConnection()), port: 1 });
        }"""
    )
    await press(panel, "panel.start_title")
    await save_view(panel)
    await expect(panel.get_by_text(WORDS["panel.saved_arrived"])).to_be_visible()
    kept = await connection(panel)
    assert kept is not None
    assert kept["port"] == real.port


async def test_a_panel_that_is_open_notices_that_the_browser_was_connected_elsewhere(
    panel: Page, real: Real
) -> None:
    await save_view(panel)
    await title(panel, "panel.held_title")
    code = real.pairings.new_start_code()
    page = await panel.context.new_page()
    origin = panel.url.removesuffix("panel/panel.html")
    await page.goto(f"{origin}connect/connect.html#port={real.port}&code={code}")
    await page.wait_for_url(lambda url: ".localhost:" in url)
    await title(panel, "panel.saved_title")
    await expect(panel.get_by_text(WORDS["panel.saved_arrived"])).to_be_visible()
