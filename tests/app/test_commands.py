"""The commands give the same result, whether a service runs or not."""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from handrail.app import control
from handrail.vault.vault import open_vault
from handrail.web.application import load_catalogue
from tests.app.running import RunningService
from tests.builders import Clock, a_capture, a_conversation, hand_in
from tests.peer import Peer

WORDS = load_catalogue()


async def handrail(*arguments: str | Path) -> tuple[int, str, str]:
    """Run a command as a person does."""
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-I", "-m", "handrail", *map(str, arguments)],
        capture_output=True,
        text=True,
    )
    return ended.returncode, ended.stdout, ended.stderr


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one capture in it, and one that waits in the inbox."""
    folder = tmp_path / "data"
    with open_vault(folder, Clock()) as vault:
        for drained in (True, False):
            for envelope in a_capture(vault.recipient).envelopes:
                hand_in(vault, envelope)
            if drained:
                vault.drain()
    return folder


@pytest.fixture
async def service(data: Path) -> AsyncIterator[RunningService]:
    async with RunningService(data) as running:
        yield running


async def listed(data: Path) -> dict[str, Any]:
    status, out, _ = await handrail("list", "--json", "--data", data)
    assert status == 0
    found: dict[str, Any] = json.loads(out)
    return found


async def test_list_is_the_same_with_and_without_a_service(data: Path) -> None:
    before = await listed(data)
    assert len(before["captures"]) == 2
    async with RunningService(data):
        assert await listed(data) == before
    assert await listed(data) == before


async def test_export_works_while_the_service_runs(service: RunningService, tmp_path: Path) -> None:
    await exported_and_verified(service.data, tmp_path / "package.zip")


async def test_export_works_without_a_service(data: Path, tmp_path: Path) -> None:
    await exported_and_verified(data, tmp_path / "package.zip")


async def exported_and_verified(data: Path, out: Path) -> None:
    status, told, _ = await handrail("export", "--out", out, "--data", data, "--json")
    assert status == 0, told
    assert json.loads(told)["captures"] == 2
    status, told, _ = await handrail("verify", out, "--json")
    assert status == 0, told
    report = json.loads(told)
    assert [report[line]["status"] for line in ("integrity", "time", "who", "truth")] == [
        "passed", "not-asked", "not-checked", "not-claimed",
    ]  # fmt: skip
    other = out.with_name("other.zip")
    _, told, _ = await handrail("export", "--out", other, "--data", data)
    assert hashlib.sha256(other.read_bytes()).hexdigest() in told
    again, _, said = await handrail("export", "--out", out, "--data", data)
    assert (again, "already" in said) == (1, True)


async def test_export_names_what_is_on_no_numbered_page(tmp_path: Path) -> None:
    with open_vault(tmp_path / "data", Clock()) as vault:
        # Its pictures are smaller than its readings say; of the other one, this is so of the last.
        taken = a_conversation(vault.recipient, tiles=1)
        other = a_conversation(vault.recipient, tiles=3, drawn=2)
        for envelope in (*taken.envelopes, *other.envelopes):
            hand_in(vault, envelope)
        while vault.drain().added:
            pass
    status, told, _ = await handrail(
        "export", "--out", tmp_path / "package.zip", "--data", tmp_path / "data"
    )
    assert status == 0, told
    assert WORDS.t("cli.export.unpaged", capture=taken.capture) in told
    one = WORDS.t("cli.export.unread", capture=other.capture, tile=3, file="tiles/00008.png")
    assert one in told
    assert told.count("could not be read") == 1


async def test_a_part_of_the_evidence_can_be_exported(data: Path, tmp_path: Path) -> None:
    """By the beginning of an id; the rest is not shown, and the check says how much that is."""
    found = await listed(data)
    one, other = (capture["capture"] for capture in found["captures"])
    out = tmp_path / "part.zip"
    status, told, _ = await handrail(
        "export", "--out", out, "--data", data, "--json", "--only", one[:10]
    )
    assert (status, json.loads(told)["captures"]) == (0, 1)
    status, told, _ = await handrail("verify", out)
    assert status == 0
    assert "3 of them were not disclosed" in told
    assert other.encode() not in out.read_bytes()
    for nobody in ("ffff0000", ""):
        status, _, said = await handrail(
            "export", "--out", tmp_path / "none.zip", "--data", data, "--only", nobody
        )
        assert (status, "no such capture" in said) == (1, True)


async def test_a_second_run_opens_the_first(service: RunningService) -> None:
    status, told, _ = await handrail("run", "--no-browser", "--data", service.data)
    assert status == 0
    assert f".localhost:{service.port}/enter#" in told


async def test_no_other_login_can_open_the_socket_or_read_the_folder(
    service: RunningService,
) -> None:
    for path in [service.data, *service.data.rglob("*")]:
        assert path.lstat().st_mode & 0o077 == 0, path


async def test_the_worker_is_replaced_and_nobody_is_refused(service: RunningService) -> None:
    async with aiohttp.ClientSession() as session:
        code = bytes.fromhex((await control.ask(service.data, "/start-code"))["code"])
        peer = await Peer(session, service.port).pair(code)
        first = service.worker()
        service.kill_worker()
        # The sockets stay open: the next request waits for the next worker and is answered.
        await asyncio.sleep(0.05)
        status, told = await peer.ask("/api/status", {})
        assert (status, told.get("locked")) == (200, False), told
        assert service.worker() != first


async def test_verify_says_2_for_what_it_cannot_read(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.zip"
    nothing.write_bytes(b"not a zip")
    assert (await handrail("verify", nothing))[0] == 2
    assert (await handrail("verify", tmp_path / "missing.zip"))[0] == 2


async def test_nothing_saved_yet_is_said(tmp_path: Path) -> None:
    status, _, said = await handrail("list", "--data", tmp_path / "new")
    assert status == 1
    assert "Nothing was saved" in said
    assert not (tmp_path / "new").exists()


async def test_help_reads_like_a_table_of_contents() -> None:
    status, told, _ = await handrail("--help")
    assert status == 0
    for command in ("run", "demo", "list", "export", "verify", "doctor"):
        assert f"\n    {command} " in told
    assert "worker " not in told
