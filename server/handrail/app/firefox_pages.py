"""The tabs of a Firefox and its sidebar, as `firefox.py` gives them.

`Page` has the part of Playwright's page that `browsers.Page` names, and a little keyboard. What is
done inside the browser is `firefox_inside.js`.
"""

from __future__ import annotations

import asyncio
import base64
import fnmatch
import json
from pathlib import Path
from typing import Any

from . import browsers
from .browsers import MIDDLE_OF
from .marionette import Marionette

LOADING = 30_000.0
"""Milliseconds that something in a page may take."""


class Tabs:
    """The tabs of the window."""

    def __init__(self, line: Marionette) -> None:
        self._line = line
        self._pages: list[Page] = []

    @property
    def pages(self) -> list[Page]:
        """The tabs that were open when they were last looked at, the oldest first."""
        return self._pages

    async def look(self) -> list[Page]:
        """Look which tabs are open now."""
        known = {page.number: page for page in self._pages}
        numbers = await self._line.do("pages")
        self._pages = [known.get(number) or Page(self._line, number, self) for number in numbers]
        for page in self._pages:
            await page.look()
        return self._pages

    async def new_page(self) -> Page:
        """Open a tab and show it."""
        page = Page(self._line, await self._line.do("open"), self)
        self._pages.append(page)
        return page


class Page:
    """A tab and the page in it."""

    def __init__(self, line: Marionette, number: int, tabs: Tabs) -> None:
        self.number = number
        self.url = "about:blank"
        """The address that was shown when it was last looked at."""
        self._line = line
        self._tabs = tabs

    async def look(self) -> str:
        """Return the address that is shown now."""
        self.url = str(await self._line.do("address", self.number))
        return self.url

    async def goto(self, url: str, *, wait_until: Any = None, timeout: float | None = None) -> None:
        """Open an address and wait until it has loaded, or only until it is there ("commit")."""
        async with asyncio.timeout((timeout or LOADING) / 1000):
            await self._line.do("go", self.number, url, wait_until or "load")
        await self.look()

    async def reload(self) -> None:
        """Load the page again."""
        await self.goto(await self.look())

    async def evaluate(self, expression: str, arg: Any = None) -> Any:
        """Return what an expression or a function gives in the page; a promise is awaited."""
        if arg is not None:
            expression = f"({expression})({json.dumps(arg)})"
        return await self._line.do("evaluate", self.number, expression)

    async def wait_for_function(
        self, expression: str, *, arg: Any = None, timeout: float | None = None
    ) -> None:
        """Wait until an expression or a function gives something that JavaScript calls true."""
        test = f"""(async () => {{
          const given = ({expression});
          return !!(await (typeof given === 'function' ? given({json.dumps(arg)}) : given));
        }})()"""
        async with asyncio.timeout((timeout or LOADING) / 1000):
            while not await self.evaluate(test):
                await asyncio.sleep(0.03)

    async def wait_for_selector(self, selector: str, *, timeout: float | None = None) -> None:
        """Wait until something that a selector finds is shown."""
        shown = "(what) => document.querySelector(what)?.checkVisibility() ?? false"
        await self.wait_for_function(shown, arg=selector, timeout=timeout)

    async def wait_for_timeout(self, timeout: float) -> None:
        """Wait."""
        await asyncio.sleep(timeout / 1000)

    async def wait_for_url(self, url: str, *, timeout: float | None = None) -> None:
        """Wait until an address that fits a pattern is shown; a star stands for anything."""
        async with asyncio.timeout((timeout or LOADING) / 1000):
            while not fnmatch.fnmatchcase(await self.look(), url.replace("**", "*")):
                await asyncio.sleep(0.05)

    async def click(self, selector: str) -> None:
        """Press what a selector finds, with the mouse."""
        find = f"({MIDDLE_OF})({json.dumps(selector)})"
        await self.bring_to_front()
        await self.wait_for_function(f"{find} !== null")
        x, y = await self.evaluate(find)
        await self._line.do("press", self.number, x, y)

    async def title(self) -> str:
        """Return the page's title."""
        return str(await self._line.do("name", self.number))

    async def screenshot(self, *, path: Path) -> None:
        """Write a picture of what the page shows as PNG."""
        await _picture(self._line, self.number, path)

    async def bring_to_front(self) -> None:
        """Show the tab."""
        await self._line.do("show", self.number)

    async def close(self) -> None:
        """Close the tab."""
        if len(self._tabs.pages) > 1:
            await self._line.do("close", self.number)
            self._tabs.pages.remove(self)


class Panel(browsers.Panel):
    """The real sidebar."""

    def __init__(self, line: Marionette, extension: str) -> None:
        self._line = line
        self._extension = extension

    async def evaluate(self, javascript: str) -> Any:
        """Return what an expression gives in the panel; a promise is awaited."""
        return await self._line.do("evaluate", self._extension, javascript)

    async def press(self, x: float, y: float) -> None:
        """Press with the mouse at a point of the panel."""
        await self._line.do("press", self._extension, x, y)

    async def screenshot(self, path: Path) -> None:
        """Write a picture of the panel as PNG."""
        await _picture(self._line, self._extension, path)


async def _picture(line: Marionette, where: int | str, path: Path) -> None:
    png = base64.b64decode(await line.do("picture", where))
    await asyncio.to_thread(path.write_bytes, png)
