"""`handrail doctor` says what is in the way, with real processes, and changes nothing."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from handrail import system
from handrail.app import doctor
from handrail.core.text import Catalogue
from handrail.vault.vault import open_vault
from handrail.web.application import load_catalogue
from tests.app.running import RunningService
from tests.builders import Clock, a_capture, hand_in

WORDS: Catalogue = load_catalogue()
SECRET = "violet-kettle-harbour-7319"


async def ask_doctor(data: Path, *, path: str | None = None) -> tuple[int, str]:
    """Run the command as a person does; `path` is where programs are looked for."""
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-I", "-m", "handrail", "doctor", "--data", str(data)],
        capture_output=True,
        text=True,
        env=None if path is None else {**os.environ, "PATH": path},
    )
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


def everything_in(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file with its time and its bytes."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in sorted(folder.rglob("*"))
    }


async def settled(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Wait until the service has done what it does when it starts, and return every file."""
    async with asyncio.timeout(30):
        while True:
            before = everything_in(folder)
            await asyncio.sleep(1)
            if everything_in(folder) == before:
                return before


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one capture in it, one that waits, and one that was put aside."""
    folder = tmp_path / "data"
    with open_vault(folder, Clock()) as vault:
        for envelope in a_capture(vault.recipient, text="sky.m_204 wants 400").envelopes:
            hand_in(vault, envelope)
        vault.drain()
        for envelope in a_capture(vault.recipient).envelopes:
            hand_in(vault, envelope)
        shutil.copy(vault.inbox.waiting()[0], vault.inbox.quarantine / f"{'0' * 32}.age")
    return folder


@pytest.fixture
async def service(data: Path) -> AsyncIterator[RunningService]:
    running = RunningService(data)
    await running.start()
    yield running
    await running.stop()


@contextmanager
def held(ports: tuple[int, ...]) -> Iterator[list[int]]:
    """Another program on these ports; those that are taken already are taken all the same."""
    sockets, own = [], []
    try:
        for port in ports:
            listening = socket.socket()
            sockets.append(listening)
            try:
                listening.bind(("127.0.0.1", port))
                listening.listen()
            except OSError:
                continue
            own.append(port)
        yield own
    finally:
        for one in sockets:
            one.close()


async def test_without_a_service_it_says_how_to_start_it_and_makes_nothing(tmp_path: Path) -> None:
    new = tmp_path / "new"
    status, told = await ask_doctor(new)
    assert status == 1
    assert f"look  {WORDS.t('cli.doctor.not_running')}" in told
    assert f"note  {WORDS.t('cli.doctor.no_vault')}" in told
    assert not new.exists()


async def test_with_a_service_it_says_where_and_since_when(service: RunningService) -> None:
    _, told = await ask_doctor(service.data)
    assert "good  Handrail has been running since 20" in told
    assert f", on port {service.port}." in told
    assert WORDS.t("cli.doctor.own_port", port=str(service.port)) in told
    assert WORDS.t("cli.doctor.not_running") not in told


async def test_all_is_well_is_said_and_is_the_exit_status(service: RunningService) -> None:
    status, told = await ask_doctor(service.data)
    in_the_way = [line for line in told.splitlines() if line.startswith("look")]
    # A checkout without a build has one thing in the way, and only that.
    assert in_the_way in ([], [f"look  {WORDS.t('cli.doctor.no_extension')}"])
    assert status == len(in_the_way)
    assert (WORDS.t("cli.doctor.all_well") in told) == (status == 0)


async def test_what_waits_and_what_was_put_aside_is_counted(data: Path) -> None:
    _, told = await ask_doctor(data)
    assert WORDS.t("cli.doctor.waiting", count=3) in told
    assert WORDS.t("cli.doctor.aside", count=1) in told


@pytest.mark.parametrize("runs", [True, False])
async def test_it_changes_nothing_and_says_no_secret(data: Path, runs: bool) -> None:
    service = RunningService(data)
    if runs:
        await service.start()
    try:
        before = await settled(data)
        _, told = await ask_doctor(data)
        assert everything_in(data) == before
    finally:
        if runs:
            await service.stop()
    kept = [path.read_bytes() for path in (data / "open.key", data / "vault.json")]
    names = [b"sky.m_204", b"example", b"age1", b".localhost", str(data).encode()]
    for secret in [kept[0].hex().encode(), *names]:
        assert secret not in told.encode()


async def test_another_program_on_one_port_is_no_harm_and_is_said(data: Path) -> None:
    with held(system.PORTS[-1:]):
        _, told = await ask_doctor(data)
    said = next(line for line in told.splitlines() if "Another program is on port" in line)
    assert said.startswith("note")
    assert str(system.PORTS[-1]) in said


async def test_other_programs_on_all_ports_are_in_the_way(data: Path) -> None:
    with held(system.PORTS):
        status, told = await ask_doctor(data)
    assert status == 1
    assert f"look  {WORDS.t('cli.doctor.ports_taken')}" in told


async def test_a_service_that_hangs_is_told_from_one_that_is_not_there(
    service: RunningService,
) -> None:
    worker = service.worker()
    assert worker is not None
    os.kill(worker, signal.SIGSTOP)
    try:
        status, told = await ask_doctor(service.data)
    finally:
        os.kill(worker, signal.SIGCONT)
    assert status == 1
    assert f"look  {WORDS.t('cli.doctor.stuck')}" in told
    assert WORDS.t("cli.doctor.not_running") not in told


async def test_open_protected_and_locked_are_told_apart(data: Path) -> None:
    _, told = await ask_doctor(data)
    assert WORDS.t("cli.doctor.vault_open") in told
    with open_vault(data, Clock()) as vault:
        vault.protect(SECRET)
    service = RunningService(data)
    await service.start()
    try:
        _, told = await ask_doctor(data)
    finally:
        await service.stop()
    assert WORDS.t("cli.doctor.vault_locked") in told
    (data / "vault.json").write_bytes(b"{}")
    status, told = await ask_doctor(data)
    assert (status, WORDS.t("cli.doctor.vault_damaged") in told) == (1, True)


async def test_a_damaged_list_of_browsers_is_said(data: Path) -> None:
    (data / "browsers.json").write_bytes(b"[{}]")
    status, told = await ask_doctor(data)
    assert (status, WORDS.t("cli.doctor.browsers_damaged") in told) == (1, True)


async def test_a_computer_without_a_browser_is_told_so(data: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    status, told = await ask_doctor(data, path=str(empty))
    assert (status, WORDS.t("cli.doctor.no_browser") in told) == (1, True)


async def test_too_little_room_is_in_the_way(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "ROOM_TO_KEEP", 2**62)
    findings = await doctor.examine(data)
    assert [one.state for one in findings if one.key == "cli.doctor.no_room"] == ["look"]
    assert any("Nothing new can be kept" in line for line in doctor.lines(findings, WORDS))
