"""`handrail demo`: the main job unattended, and a package that outside tools accept."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handrail.app.browsers import BrowserName
from handrail.app.demo import running_service
from handrail.core.records import decode_reading
from handrail.core.transcript import merge
from handrail.web import practice
from handrail.web.application import load_catalogue
from tests.browser.conftest import IN_BOTH
from tests.serving import serving

WORDS = load_catalogue()


@pytest.fixture
async def any_page() -> AsyncIterator[str]:
    async with serving("<!doctype html><title>Any page</title><p>pay by midnight") as server:
        yield str(server.make_url("/any?a=%20b#c"))


async def demo(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-m", "handrail", "demo", *map(str, arguments)]
    return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True)


@IN_BOTH
async def test_the_demo_makes_one_package_that_outside_tools_accept(
    any_page: str, browser_name: BrowserName, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ended = await demo(
        "--out", out, "--page", any_page, "--save", "view", "--browser", browser_name
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (package,) = (path for path in out.rglob("*") if path.is_file())
    assert ended.stdout.rstrip().endswith(f"verified: {package}")
    for step in ("start", "pair", "capture", "seal", "package", "verify", "advice"):
        assert WORDS.t(f"cli.demo.{step}") in ended.stdout
    assert "\n1. " in ended.stdout
    assert "\n3. " in ended.stdout
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(package) as opened:
        opened.extractall(unpacked)
    (folder,) = unpacked.iterdir()
    for command in (
        ["sha256sum", "-c", "--strict", "--quiet", "manifest-sha256.txt"],
        ["sha256sum", "-c", "--strict", "--quiet", "tagmanifest-sha256.txt"],
        [sys.executable, "-m", "bagit", "--validate", "--quiet", "."],
        [
            "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "proof/case-key.pub.pem", "-rawin",
            "-in", "tagmanifest-sha256.txt", "-sigfile", "tagmanifest-sha256.txt.sig",
        ],
        [sys.executable, "-I", "proof/verify.py", "."],
    ):  # fmt: skip
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    facts = (folder / "data/captures/0001/facts.json").read_text("utf-8")
    assert any_page in facts
    assert "pay by midnight" in (folder / "data/captures/0001/page.html.txt").read_text("utf-8")
    again = await demo("--out", out, "--page", any_page)
    assert again.returncode == 1
    assert WORDS.t("error.demo-out-used") in again.stderr


async def test_a_service_that_does_not_start_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(Exception, match="did not start"):
        async with running_service(tmp_path / "data"):
            pass


@IN_BOTH
@pytest.mark.parametrize("save", ["page", "profile"])
async def test_the_demo_saves_whatever_the_panel_can_save(
    browser_name: BrowserName, save: str, tmp_path: Path
) -> None:
    ended = await demo("--out", tmp_path / "out", "--save", save, "--browser", browser_name)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (package,) = (tmp_path / "out").iterdir()
    with zipfile.ZipFile(package) as opened:
        (facts,) = (name for name in opened.namelist() if name.endswith("/0001/facts.json"))
        assert json.loads(opened.read(facts))["save"] == save


@IN_BOTH
async def test_the_whole_practice_chat_is_saved_in_order(
    browser_name: BrowserName, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ended = await demo("--out", out, "--save", "conversation", "--browser", browser_name)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (package,) = out.iterdir()
    with zipfile.ZipFile(package) as opened:
        names = sorted(opened.namelist())
        (facts,) = (json.loads(opened.read(n)) for n in names if n.endswith("/0001/facts.json"))
        readings = [decode_reading(opened.read(name)) for name in names if "/readings/" in name]
    said = [WORDS.t(m.say) for day in practice.load().days for m in day.messages]
    messages = [line.row.text.split("\n") for line in merge(readings).lines if line.is_message]
    assert [next((w for w in words if w in said), None) for words in messages] == said
    complete = facts["completeness"]
    assert facts["save"] == "conversation"
    assert (complete["top"], complete["bottom"], complete["gaps"]) == ("reached", "reached", [])
    assert complete["messages"] == len(said)
