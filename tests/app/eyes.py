"""Both browsers with the extension, in a profile that lasts, to be opened and killed at will."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Error as PlaywrightError

from handrail.app import driver, firefox
from handrail.app.browsers import Browser, Panel
from handrail.app.firefox_window import pack
from handrail.app.marionette import RemoteError

LASTING = {
    "extensions.autoDisableScopes": 0,
    "extensions.startupScanScopes": 15,
    "xpinstall.signatures.required": False,
}
"""Firefox keeps an extension that lies in the profile, signed or not."""


class Asked(Protocol):
    """A page or a panel of either browser."""

    async def evaluate(self, expression: str, /) -> Any:
        """Return what an expression gives in it."""


class AnyPage(Protocol):
    """A page of either browser."""

    async def evaluate(self, expression: str, arg: Any = None, /) -> Any:
        """Return what an expression or a function gives in the page."""


@dataclass(frozen=True)
class Opened:
    """An open browser."""

    page: Callable[[], Awaitable[AnyPage]]
    panel_on: Callable[[str], Awaitable[Panel]]
    kill: Callable[[], None]


class Eye(Protocol):
    """One browser, one profile."""

    gone: tuple[type[BaseException], ...]

    def open(self) -> AbstractAsyncContextManager[Opened]:
        """Open the browser and close it at the end, unless it was killed."""


async def _panel_on(browser: Browser, address: str) -> Panel:
    """Open a page, press the Handrail button beside it, and return the real panel."""
    page = await browser.context.new_page()
    await page.goto(address)
    await browser.click_toolbar(page)
    return await browser.panel()


class Chromium:
    """Chromium, whose every process is killed at once, as when the power goes."""

    gone: tuple[type[BaseException], ...] = (PlaywrightError,)

    def __init__(self, builds: Path, folder: Path) -> None:
        self._build, self._profile = builds / "chromium", folder / "chromium-profile"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Opened]:
        """Open it."""
        for left in self._profile.glob("Singleton*"):
            left.unlink()
        async with driver.open_browser(self._build, self._profile, headless=True) as browser:

            async def page() -> AnyPage:
                made = await browser.context.new_page()
                await made.goto(browser.address("manifest.json"))
                return made

            yield Opened(page, partial(_panel_on, browser), self._kill)

    def _kill(self) -> None:
        # Chromium notes its own process in the profile: computer-PID.
        noted = int((self._profile / "SingletonLock").readlink().name.rpartition("-")[2])
        group = os.getpgid(noted)
        assert group != os.getpgid(0)
        os.killpg(group, signal.SIGKILL)


class Firefox:
    """Firefox, with the extension installed in the profile: its address is drawn at random."""

    gone: tuple[type[BaseException], ...] = (OSError, EOFError, RemoteError)

    def __init__(self, builds: Path, folder: Path) -> None:
        self._build, self._profile = builds / "firefox", folder / "firefox-profile"
        place = self._profile / "extensions" / f"{firefox.extension_id(self._build)}.xpi"
        place.parent.mkdir(parents=True)
        pack(self._build, place)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Opened]:
        """Open it."""
        async with firefox.open_browser(
            self._build, self._profile, headless=True, installed=True, settings=LASTING
        ) as browser:

            async def page() -> AnyPage:
                made = await browser.context.new_page()
                await made.goto(browser.address("icons/16.png"))
                return made

            yield Opened(page, partial(_panel_on, browser), browser.program.kill)
