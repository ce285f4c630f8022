"""A real Chromium and the ways a screen is looked at."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from weakref import WeakKeyDictionary

from PIL import Image
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
TALLEST = 16_000
"""Pixels: taller pictures are more than the browser's drawing surface holds."""
LARGE = 12_000_000
"""Pixels of a picture that is too large to look long for its colours."""


@dataclass(frozen=True)
class Look:
    """One way to look: the window in CSS pixels, pixels for each of them, and the colours."""

    name: str
    width: int
    height: int
    scale: float = 1
    scheme: Literal["light", "dark"] = "light"
    forced: bool = False
    """The person's own colours instead of ours."""


WIDE = Look("1200", 1200, 900)
NARROW = Look("390", 390, 844)
DARK = Look("dark", 1200, 900, scheme="dark")
ZOOMED = Look("zoom-200", 600, 450, scale=2)  # a window of 1200 at 200 %
LOOKS = (WIDE, NARROW, DARK, ZOOMED)


@dataclass(frozen=True)
class Screen:
    """A screen by name. `show` brings a page to it; `looks` are those its pictures are kept in."""

    name: str
    show: Callable[[Page], Awaitable[object]]
    looks: tuple[Look, ...] = (WIDE,)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A Chromium without a profile. As root it needs to run without its sandbox."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--force-color-profile=srgb"]
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def context_for(browser: Browser, look: Look) -> AsyncIterator[BrowserContext]:
    """A fresh session of a browser with this look."""
    context = await browser.new_context(
        viewport={"width": look.width, "height": look.height},
        device_scale_factor=look.scale,
        color_scheme=look.scheme,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/London",
    )
    try:
        yield context
    finally:
        await context.close()


_LINES: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


async def _line_to(page: Page) -> CDPSession:
    """Return the one line by which a page is given its size: of several each would give its own."""
    if page not in _LINES:
        _LINES[page] = await page.context.new_cdp_session(page)
    return _LINES[page]


async def look_at(page: Page, look: Look) -> None:
    """Give a page of a browser that is open already this look."""
    line = await _line_to(page)
    size = {"width": look.width, "height": look.height, "deviceScaleFactor": look.scale}
    await line.send("Emulation.setDeviceMetricsOverride", {**size, "mobile": False})
    await line.send("Emulation.setScrollbarsHidden", {"hidden": True})
    await line.send("Emulation.setTimezoneOverride", {"timezoneId": "Europe/London"})
    await page.emulate_media(
        color_scheme=look.scheme,
        forced_colors="active" if look.forced else "none",
        reduced_motion="reduce",
    )


@asynccontextmanager
async def whole(page: Page) -> AsyncIterator[None]:
    """Make the window as tall as the page, or as what Chromium can draw at once.

    What sticks to an edge of the window stands where the page ends, and lies over nothing.
    """
    width, height, scale = await page.evaluate("[innerWidth, innerHeight, devicePixelRatio]")
    tall = await page.evaluate("document.documentElement.scrollHeight")
    line = await _line_to(page)

    async def resize(to: float) -> None:
        size = {"width": width, "height": int(to), "deviceScaleFactor": scale, "mobile": False}
        await line.send("Emulation.setDeviceMetricsOverride", size)

    await resize(min(max(tall, height), TALLEST // scale))
    try:
        yield
    finally:
        await resize(height)


async def take(page: Page, path: Path) -> None:
    """Take a picture of the whole page in few colours."""
    await page.mouse.move(0, 0)  # a button that was pressed is under it still
    async with whole(page):
        picture = Image.open(io.BytesIO(await page.screenshot(full_page=True)))
    path.parent.mkdir(parents=True, exist_ok=True)
    # Looking for the best colours takes minutes in a very tall picture, such as all messages.
    better = 2 if picture.width * picture.height < LARGE else 0
    few = picture.convert("RGB").quantize(256, kmeans=better, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
