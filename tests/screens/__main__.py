"""Make the pictures: `python -m tests.screens [--out docs/screens] [--only NAME] [--look 360]`."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from unittest.mock import patch

from handrail import resources
from handrail.web import connecting
from tests.screens import journey, pages, panel
from tests.screens.camera import LOOKS, chromium, context_for, look_at, take

HERE = "~/handrail/build/chromium"


async def main(out: Path, only: str, look_name: str) -> None:
    """Make every picture that was asked for; the others stay as they are."""
    with patch.object(connecting, "extension_folder", lambda: HERE):
        await shoot_pages(out, only, look_name)
    await shoot_panel(out, only, look_name)
    if look_name == "":
        await journey.shoot(out, only)


async def shoot_pages(out: Path, only: str, look_name: str) -> None:
    async with pages.stage() as stage, chromium() as browser:
        for look in LOOKS:
            if look_name not in ("", look.name):
                continue
            async with context_for(browser, look) as context:
                page = await context.new_page()
                await stage.enter(page)
                for screen in pages.screens(stage):
                    if only in screen.name and look in screen.looks:
                        await screen.show(page)
                        await take(page, out / f"{screen.name}-{look.name}.png")


async def shoot_panel(out: Path, only: str, look_name: str) -> None:
    async with panel.stage(resources.extension_folder("chromium")) as stage:
        page = await stage.page()
        for look in panel.ALL_LOOKS:
            if look_name not in ("", look.name):
                continue
            await look_at(page, look)
            for screen in panel.screens(stage):
                if only in screen.name and look in screen.looks:
                    await screen.show(page)
                    await take(page, out / f"{screen.name}-{look.name}.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/screens"))
    parser.add_argument("--only", default="", help="only screens with this in their name")
    parser.add_argument(
        "--look", default="", help="only this look: 1200, 390, 360, 252, dark, zoom-200 or forced"
    )
    chosen = parser.parse_args()
    asyncio.run(main(chosen.out, chosen.only, chosen.look))
