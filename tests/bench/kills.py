"""Twenty kills a browser in the middle of conversations: what was called saved, what is lost.

It proves nothing when a tile was lost or a kill came too early.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from tests.app.eyes import Chromium, Firefox
from tests.app.killing import LEAST, Left, save_and_kill
from tests.app.savers import a_chat
from tests.bench.table import Row, row

BROWSERS: dict[str, type[Chromium | Firefox]] = {"chromium": Chromium, "firefox": Firefox}


def measure_kills(builds: Path, folder: Path, browser: str, kills: int, seed: int) -> Left:
    """Save a real conversation a kill, and return what is left."""
    eye = BROWSERS[browser](builds, folder)

    async def measure() -> Left:
        async with a_chat() as saver:
            return await save_and_kill(eye, saver, folder, kills, seed)

    return asyncio.run(measure())


def is_proof(left: Left) -> bool:
    """Tell whether nothing was lost, and every kill came late enough to lose something."""
    early = [run for run in left.runs if run.before < LEAST]
    return not left.lost and not left.put_aside and not early


def row_of(browser: str, left: Left) -> Row:
    """Return what was killed, what was called saved, and what is lost."""
    killed = Counter(run.killed for run in left.runs)
    return row("kills", browser, browser, {
        "browser": browser, "kills": len(left.runs),
        "killed": ", ".join(f"{name} {count}" for name, count in sorted(killed.items())),
        "least": min(run.before for run in left.runs),
        "saved": sum(run.tiles for run in left.runs), "lost": len(left.lost),
        "put_aside": left.put_aside, "unfinished": len(left.unfinished), "holds": is_proof(left),
    })  # fmt: skip
