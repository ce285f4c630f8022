"""The pictures of the README: the real panel beside the practice chat, and adding the extension."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from PIL import Image

from handrail import resources
from handrail.app.demo import paired_browser, running_service, save_view
from handrail.app.driver import open_browser
from handrail.web.application import load_catalogue

EDGE = "#768091"


async def shoot(out: Path, only: str = "") -> None:
    """Make the pictures with this in their name in a folder."""
    for name, make in (("readme", beside_the_chat), ("add-extension", adding_the_extension)):
        if only in name:
            await make(out / f"{name}.png")


async def adding_the_extension(out: Path) -> None:
    """Take the browser's own page of extensions, with what a person has to press there."""
    with tempfile.TemporaryDirectory(prefix="handrail-screens-") as folder:
        build = resources.extension_folder("chromium")
        async with open_browser(build, Path(folder), headless=True, size=(900, 520)) as browser:
            tab = browser.context.pages[0]
            await tab.goto("chrome://extensions")
            await tab.locator("#devMode").click()
            await tab.locator("#loadUnpacked").wait_for()
            await tab.wait_for_timeout(700)  # the row slides in
            await tab.screenshot(path=out, clip={"x": 0, "y": 0, "width": 900, "height": 380})


async def beside_the_chat(out: Path) -> None:
    """Take the page and the panel as they stand side by side, and put them into one picture."""
    words = load_catalogue()
    with tempfile.TemporaryDirectory(prefix="handrail-screens-") as folder:
        data = Path(folder) / "data"
        page, beside = Path(folder) / "page.png", Path(folder) / "panel.png"
        async with (
            running_service(data),
            paired_browser(data, Path(folder) / "profile") as browser,
        ):
            tab = browser.context.pages[0]
            await browser.click_toolbar(tab)
            panel = await browser.panel()
            await save_view(panel, words)
            await panel.wait_for_text(words.t("panel.saved_arrived"))
            await panel.screenshot(beside)
            await tab.screenshot(path=page)
        await asyncio.to_thread(_side_by_side, page, beside, out)


def _side_by_side(left: Path, right: Path, out: Path) -> None:
    page, panel = Image.open(left), Image.open(right)
    height = min(page.height, panel.height)
    both = Image.new("RGB", (page.width + panel.width + 3, height + 2), EDGE)
    both.paste(page.crop((0, 0, page.width, height)), (1, 1))
    both.paste(panel.crop((0, 0, panel.width, height)), (page.width + 2, 1))
    out.parent.mkdir(parents=True, exist_ok=True)
    both.save(out, optimize=True)
