"""`handrail run` where there is no Chromium: a window of Firefox ESR that is paired already."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from handrail.app.firefox import find_firefox
from handrail.app.firefox_window import prepare_profile
from tests.app.running import RunningService


async def test_handrail_run_opens_a_firefox_window_that_is_paired_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window's Firefox is real; only the screen is missing, and every Chromium."""
    programs = tmp_path / "programs"
    programs.mkdir()
    shim = programs / "firefox-esr"
    shim.write_text(f'#!/bin/sh\nexec {find_firefox()} --headless "$@"\n')
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("DISPLAY", ":0")
    running = RunningService(tmp_path / "data", arguments=("run",))
    await running.start()
    profile = running.data / "firefox"
    try:
        async with asyncio.timeout(60):
            while not (running.data / "browsers.json").exists():
                await asyncio.sleep(0.1)
        (paired,) = json.loads((running.data / "browsers.json").read_text("utf-8"))
        host = (profile / "handrail-host").read_text("ascii")
        assert paired["origin"] == f"moz-extension://{host}"
        assert profile.stat().st_mode & 0o077 == 0
    finally:
        end_window(profile)
        await running.stop()


def test_another_start_keeps_the_address_and_the_settings_and_brings_the_new_extension(
    build: Path, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    profile.mkdir()
    first = prepare_profile(build, profile)
    (profile / "prefs.js").write_text("a person's own choice")
    (installed,) = (profile / "extensions").iterdir()
    installed.write_bytes(b"an older one")
    assert prepare_profile(build, profile) == first
    assert (profile / "prefs.js").read_text() == "a person's own choice"
    assert installed.stat().st_size > 100_000
    assert list((profile / "extensions").iterdir()) == [installed]


def end_window(profile: Path) -> None:
    """End the Firefox that was left open on a profile, as a person closes it."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"--profile" in command and bytes(profile) in command:
            os.kill(int(process.name), signal.SIGTERM)
