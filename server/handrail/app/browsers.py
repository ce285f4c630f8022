"""What a browser with Handrail in it can be asked, whichever browser it is.

`driver.py` does it in Chromium and `firefox.py` in Firefox; `handrail demo` and the browser tests
are written against this. Nothing here starts a browser. `Page` is the part of Playwright's page
that both have.
"""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Literal, Protocol, get_args
from urllib.parse import quote

BrowserName = Literal["chromium", "firefox"]
BROWSERS: tuple[BrowserName, ...] = get_args(BrowserName)

PANEL = "panel/panel.html"
CONNECT_PAGE = "connect/connect.html"
PATIENCE = 15.0
"""Seconds to wait for something that a person would see happen."""


class Page(Protocol):
    """A tab and the page in it. Times are milliseconds, as Playwright has them."""

    @property
    def url(self) -> str:
        """The address that is shown."""
        ...

    async def goto(self, url: str, *, wait_until: Any = None, timeout: float | None = None) -> Any:
        """Open an address and wait until it has loaded."""

    async def evaluate(self, expression: str, arg: Any = None) -> Any:
        """Return what an expression or a function gives in the page; a promise is awaited."""

    async def wait_for_function(
        self, expression: str, *, arg: Any = None, timeout: float | None = None
    ) -> Any:
        """Wait until an expression gives something."""

    async def wait_for_selector(self, selector: str, *, timeout: float | None = None) -> Any:
        """Wait until something that a selector finds is shown."""

    async def wait_for_timeout(self, timeout: float) -> None:
        """Wait."""

    async def wait_for_url(self, url: str, *, timeout: float | None = None) -> None:
        """Wait until an address that fits a pattern is shown."""

    async def reload(self) -> Any:
        """Load the page again."""

    async def click(self, selector: str) -> None:
        """Press what a selector finds, with the mouse."""

    async def title(self) -> str:
        """Return the page's title."""

    async def bring_to_front(self) -> None:
        """Show the tab."""

    async def close(self) -> None:
        """Close the tab."""


class Tabs(Protocol):
    """The tabs of a window."""

    @property
    def pages(self) -> Sequence[Page]:
        """The tabs that are open, the oldest first."""

    async def new_page(self) -> Page:
        """Open a tab and show it."""


class Browser(Protocol):
    """An open browser with the extension in it."""

    name: BrowserName

    @property
    def context(self) -> Any:
        """The tabs: `Tabs` in both, and all of Playwright's context in Chromium."""

    def address(self, path: str) -> str:
        """Return the address of a page of the extension."""

    async def click_toolbar(self, page: Any) -> None:
        """Press the Handrail button while `page` is shown, as a person does."""

    async def panel(self, *, patience: float = PATIENCE) -> Panel:
        """Return the panel once it is open and has loaded."""

    async def close_panel(self) -> None:
        """Close the panel from outside, as the browser's own control does."""


class Opening(Protocol):
    """Opens a browser; `driver.open_browser` and `firefox.open_browser` are such."""

    def __call__(
        self,
        extension: Path,
        profile: Path,
        *,
        headless: bool,
        size: tuple[int, int] = (1280, 800),
        language: str = "en-GB",
        hosts: Mapping[str, str] | None = None,
        scale: float | None = None,
    ) -> AbstractAsyncContextManager[Browser]:
        """Open a browser with the extension, and close it at the end.

        `hosts` maps host names to addresses; `scale` is the size of a pixel of the page.
        """


def opening_of(browser: BrowserName) -> Opening:
    """Return what opens a browser of this name. Chromium needs the extra ``demo`` when it opens."""
    if browser == "firefox":
        from . import firefox

        return firefox.open_browser
    from . import driver

    return driver.open_browser


def connect_address(page: str, port: int, code: str, to: str = "/") -> str:
    """Return the address that pairs by a start code and then goes to `to`.

    `page` is the address of the extension's connect page.
    """
    return f"{page}#port={port}&code={code}&to={quote(to, safe='')}"


class Panel(ABC):
    """The real panel beside a page: Chromium's side panel or Firefox's sidebar."""

    @abstractmethod
    async def evaluate(self, javascript: str) -> Any:
        """Return what an expression gives in the panel; a promise is awaited."""

    @abstractmethod
    async def press(self, x: float, y: float) -> None:
        """Press with the mouse at a point of the panel."""

    @abstractmethod
    async def screenshot(self, path: Path) -> None:
        """Write a picture of the panel as PNG."""

    async def wait_for(
        self, javascript: str, *, patience: float = PATIENCE, what: str | None = None
    ) -> Any:
        """Return what an expression gives as soon as it gives something."""
        try:
            async with asyncio.timeout(patience):
                while True:
                    if value := await self.evaluate(javascript):
                        return value
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            shown = await self.text()
            message = f"waited for {what or javascript}; the panel shows:\n{shown}"
            raise TimeoutError(message) from error

    async def wait_for_text(self, text: str, *, patience: float = PATIENCE) -> None:
        """Wait until the panel shows a text."""
        await self.wait_for(
            f"document.body.innerText.includes({json.dumps(text)})", patience=patience
        )

    async def text(self) -> str:
        """Return the text that the panel shows."""
        return str(await self.evaluate("document.body.innerText"))

    async def click(self, what: str, *, patience: float = PATIENCE) -> None:
        """Press a control: the one with this text, or else the one that this selector finds.

        Like a person: it must be shown, enabled and covered by nothing, and it is pressed with the
        mouse at its middle.
        """
        find = f"({MIDDLE_OF})({json.dumps(what)})"
        x, y = await self.wait_for(find, patience=patience, what=f"a control: {what}")
        await self.press(x, y)


MIDDLE_OF = """(what) => {
  const spoken = (element) =>
    (element.ariaLabel || element.innerText || element.value || '').replace(/\\s+/g, ' ').trim();
  const controls = [...document.querySelectorAll(
    'button, a[href], summary, label, input, select, textarea, [role=button], [role=tab]')];
  let found = controls.filter((element) => spoken(element) === what);
  if (!found.length) {
    found = controls.filter((element) => spoken(element).includes(what));
  }
  if (!found.length) {
    try { found = [...document.querySelectorAll(what)]; } catch { return null; }
  }
  for (const element of found) {
    const shown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!shown || element.disabled || element.closest('[inert]')) continue;
    element.scrollIntoView({ block: 'nearest', behavior: 'instant' });
    const { left, top, width, height } = element.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const hit = document.elementFromPoint(x, y);
    if (width && height && hit && (element.contains(hit) || hit.contains(element))) return [x, y];
  }
  return null;
}"""
"""Finds where a person would press; null while there is nothing to press."""
