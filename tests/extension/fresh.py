"""A Chromium for all tests of a file, in which the extension is as new for each of them.

Between two tests the extension is taken out, as a person removes it, and put in again. The browser
itself then deletes all that the extension kept, ends its background and closes its pages, so no
list of ours can forget a place. A test of what lasts or dies with a browser opens one of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import CDPSession, Page

from handrail.app.driver import Browser, open_browser


@dataclass(frozen=True)
class Chromium:
    """An open Chromium, and a line to the browser itself."""

    browser: Browser
    line: CDPSession

    async def with_new(self, build: Path) -> Browser:
        """Return the browser as if a person had just installed this build, with one empty tab."""
        context = self.browser.context
        before = list(context.pages)
        await context.new_page()
        for page in before:
            await page.close()
        await context.set_offline(False)
        await context.clear_cookies()
        await self.line.send("Extensions.uninstall", {"id": self.browser.extension})
        async with context.expect_event("serviceworker") as started:
            await self._install(build)
        await (await started.value).evaluate("chrome.runtime.id")
        return self.browser

    async def panel_of(self, build: Path) -> Page:
        """Return the panel of this build, which takes the page that it is itself for the tab."""
        browser = await self.with_new(build)
        page = await browser.context.new_page()
        await page.set_viewport_size({"width": 360, "height": 760})
        await page.goto(browser.address("panel/panel.html"))
        await page.evaluate(
            """chrome.tabs.getCurrent().then(
              ({ id, windowId }) => chrome.storage.session.set({ tab: { tabId: id, windowId } }))"""
        )
        await page.wait_for_selector(".action")
        return page

    async def _install(self, build: Path) -> None:
        await self.line.send("Extensions.loadUnpacked", {"path": str(build)})


@asynccontextmanager
async def open_chromium(build: Path, profile: Path) -> AsyncIterator[Chromium]:
    """Open a Chromium in which any build may be installed."""
    async with open_browser(build, profile, headless=True) as browser:
        assert browser.context.browser is not None
        chromium = Chromium(browser, await browser.context.browser.new_browser_cdp_session())
        # What came by the command line cannot be taken out; what is installed over it can.
        await chromium._install(build)
        yield chromium
