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


def show(browser: str, left: Left) -> None:
    """Print what was killed, what was called saved, and what is lost."""
    killed = Counter(run.killed for run in left.runs)
    listed = ", ".join(f"{name} {count}" for name, count in sorted(killed.items()))
    print(f"\nKills in the middle of a conversation, {browser}: {len(left.runs)} ({listed})")
    least = min(run.before for run in left.runs)
    print(f"  {least:9d}      tiles called saved before a kill, at the least")
    print(f"  {sum(run.tiles for run in left.runs):9d}      tiles called saved in all")
    print(f"  {len(left.lost):9d}      of what was called saved is lost")
    print(f"  {len(left.unfinished):9d}      captures without an end, listed as such")
