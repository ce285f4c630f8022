"""Make the pictures: `python -m tests.screens [--out docs/screens] [--only NAME] [--look 1200]`."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from unittest.mock import patch

from handrail.web import connecting
from tests.screens import pages
from tests.screens.camera import LOOKS, chromium, context_for, take

HERE = "~/handrail/build/chromium"


async def main(out: Path, only: str, look_name: str) -> None:
    with patch.object(connecting, "extension_folder", lambda: HERE):
        await shoot(out, only, look_name)


async def shoot(out: Path, only: str, look_name: str) -> None:
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/screens"))
    parser.add_argument("--only", default="", help="only screens with this in their name")
    parser.add_argument("--look", default="", help="only this look: 1200, 390, dark or zoom-200")
    chosen = parser.parse_args()
    asyncio.run(main(chosen.out, chosen.only, chosen.look))
