"""Twenty kills a browser in the middle of conversations: what was called saved, what is lost.

    .venv/bin/python -m tests.bench.kills [--browser firefox] [--kills 20] [--seed 20]

Exit status 1 when a tile was lost or a kill came too early to prove anything.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.app.eyes import Chromium, Firefox
from tests.app.killing import LEAST, Left, save_and_kill
from tests.app.savers import a_chat
from tests.extension.conftest import load_build

BROWSERS: dict[str, type[Chromium | Firefox]] = {"chromium": Chromium, "firefox": Firefox}


def measure_kills(folder: Path, browser: str, kills: int = 20, seed: int = 20) -> Left:
    """Build the extension, save a real conversation a kill, and return what is left."""
    builds = folder / "builds"
    if load_build().main(["--out", str(builds)]) != 0:
        raise SystemExit(1)
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


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="make bench", description=__doc__)
    options.add_argument("--folder", type=Path, help="a folder on the disk to measure")
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--seed", type=int, default=20)
    options.add_argument("--browser", choices=list(BROWSERS), nargs="+", default=list(BROWSERS))
    chosen = options.parse_args()
    proven = []
    for browser in chosen.browser:
        with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="handrail-kills-") as name:
            left = measure_kills(Path(name), browser, chosen.kills, chosen.seed)
        show(browser, left)
        proven.append(is_proof(left))
    return 0 if all(proven) else 1


if __name__ == "__main__":
    sys.exit(main())
