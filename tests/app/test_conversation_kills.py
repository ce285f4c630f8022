"""No tile that was called saved is lost, whatever is killed in the middle of a conversation.

Five kills a browser; `make bench` makes twenty a browser.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.eyes import Chromium, Firefox
from tests.app.killing import KINDS, LEAST, Left, save_and_kill
from tests.app.savers import Given, a_chat

SEED = 20


async def test_no_tile_that_was_called_saved_is_lost(tmp_path: Path, builds: Path) -> None:
    """What is given is kept faster than pictures are taken: kills fall between any two steps."""
    left = await save_and_kill(Chromium(builds, tmp_path), Given(), tmp_path, 4, SEED)
    died = nothing_is_lost(left)
    # A browser that died leaves a capture without an end; a service that died leaves no trace.
    assert left.unfinished == died
    assert left.whole == set(left.captures) - died
    await an_unfinished_one_goes_into_a_package_when_it_is_chosen(tmp_path, sorted(died)[0])


@pytest.mark.parametrize("browser", [Chromium, Firefox])
async def test_no_tile_of_a_real_conversation_is_lost(
    tmp_path: Path, builds: Path, browser: type[Chromium | Firefox]
) -> None:
    async with a_chat() as saver:
        left = await save_and_kill(browser(builds, tmp_path), saver, tmp_path, 5, SEED)
    died = nothing_is_lost(left)
    assert left.unfinished == died
    await an_unfinished_one_goes_into_a_package_when_it_is_chosen(tmp_path, sorted(died)[0])


def nothing_is_lost(left: Left) -> set[str]:
    """Check what every story of kills has in common; return whose browser died."""
    assert left.lost == []
    assert left.put_aside == 0
    assert [run.killed for run in left.runs] == [*KINDS, KINDS[0]][: len(left.runs)]
    assert len(left.runs) >= len(KINDS)
    assert min(run.before for run in left.runs) >= LEAST
    killed = zip(left.runs, left.captures, strict=True)
    return {capture for run, capture in killed if run.killed in ("browser", "both")}


async def an_unfinished_one_goes_into_a_package_when_it_is_chosen(
    folder: Path, capture: str
) -> None:
    package = folder / "package.zip"
    for command in (
        ["export", "--data", folder / "data", "--only", capture, "--out", package],
        ["verify", package],
    ):
        ended = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-I", "-m", "handrail", *map(str, command)],
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
