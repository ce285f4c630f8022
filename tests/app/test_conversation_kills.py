"""No tile that was called saved is lost, whatever is killed in the middle of a conversation.

Five kills a browser; `python -m tests.bench.kills` makes twenty a browser.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.eyes import Chromium, Firefox
from tests.app.killing import KINDS, LEAST, save_and_kill
from tests.extension.conftest import load_build

SEED = 20


@pytest.mark.parametrize("browser", [Chromium, Firefox])
async def test_no_tile_that_was_called_saved_is_lost(
    tmp_path: Path, browser: type[Chromium | Firefox]
) -> None:
    builds = tmp_path / "builds"
    assert load_build().main(["--out", str(builds)]) == 0
    left = await save_and_kill(browser(builds, tmp_path), tmp_path, 5, SEED)
    assert left.lost == []
    assert left.put_aside == 0
    assert [run.killed for run in left.runs] == [*KINDS, KINDS[0]]
    assert min(run.saved_before for run in left.runs) >= LEAST
    # A browser that died leaves a capture without an end; a service that died leaves no trace.
    died = {run.taken.capture for run in left.runs if run.killed in ("browser", "both")}
    assert left.unfinished == died
    assert left.finished == {run.taken.capture for run in left.runs} - died
    await an_unfinished_one_goes_into_a_package_when_it_is_chosen(tmp_path, sorted(died)[0])


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
