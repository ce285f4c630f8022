"""The picture of the README: the practice chat with the real panel beside it, after a save."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from PIL import Image

from handrail.app.demo import paired_browser, running_service, save_view
from handrail.web.application import load_catalogue

EDGE = "#768091"


async def shoot(out: Path) -> None:
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


if __name__ == "__main__":
    asyncio.run(shoot(Path("docs/screens/readme.png")))
