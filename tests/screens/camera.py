"""A real Chromium and the four ways a screen is looked at."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.async_api import Browser, BrowserContext, FloatRect, Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
COLOURS = 64
"""Enough for flat pages; keeps the pictures small."""

TALLEST = 16_000
"""Pixels: taller pictures are more than the browser's drawing surface holds."""


@dataclass(frozen=True)
class Look:
    """One way to look: the window in CSS pixels, pixels for each of them, light or dark."""

    name: str
    width: int
    height: int
    scale: float = 1
    scheme: Literal["light", "dark"] = "light"


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


async def take(page: Page, path: Path) -> None:
    """Take a picture of the whole page, or as much as Chromium can draw at once, in few colours."""
    width, height, scale = await page.evaluate(
        "[innerWidth, document.documentElement.scrollHeight, devicePixelRatio]"
    )
    shown = FloatRect(x=0, y=0, width=width, height=min(height, TALLEST // scale))
    picture = Image.open(io.BytesIO(await page.screenshot(full_page=True, clip=shown)))
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
