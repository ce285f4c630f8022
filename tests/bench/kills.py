"""Twenty kills in the middle of conversations: how many tiles were called saved, and how many lost.

    .venv/bin/python -m tests.bench.kills [--kills 20] [--seed 20] [--folder DIR]

Exit status 1 when a tile was lost or a kill came too early to prove anything.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.app.killing import LEAST, Left, save_and_kill
from tests.extension.conftest import load_build


def measure_kills(folder: Path, kills: int = 20, seed: int = 20) -> Left:
    """Build the extension, save a conversation a kill, and return what is left."""
    builds = folder / "builds"
    if load_build().main(["--out", str(builds)]) != 0:
        raise SystemExit(1)
    return asyncio.run(save_and_kill(builds / "chromium", folder, kills, seed))


def is_proof(left: Left) -> bool:
    """Tell whether nothing was lost, and every kill came late enough to lose something."""
    early = [run for run in left.runs if run.saved_before < LEAST]
    return not left.lost and not left.put_aside and not early


def show(left: Left) -> None:
    """Print what was killed, what was called saved, and what is lost."""
    killed = Counter(run.killed for run in left.runs)
    listed = ", ".join(f"{name} {count}" for name, count in sorted(killed.items()))
    print(f"\nKills in the middle of a conversation: {len(left.runs)} ({listed})")
    least = min(run.saved_before for run in left.runs)
    print(f"  {least:9d}      tiles called saved before a kill, at the least")
    print(f"  {sum(run.tiles_saved() for run in left.runs):9d}      tiles called saved in all")
    print(f"  {len(left.lost):9d}      of what was called saved is lost")
    print(f"  {len(left.unfinished):9d}      captures without an end, listed as such")


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="make bench", description=__doc__)
    options.add_argument("--folder", type=Path, help="a folder on the disk to measure")
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--seed", type=int, default=20)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="handrail-kills-") as name:
        left = measure_kills(Path(name), chosen.kills, chosen.seed)
    show(left)
    return 0 if is_proof(left) else 1


if __name__ == "__main__":
    sys.exit(main())
