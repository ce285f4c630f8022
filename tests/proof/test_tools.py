"""A package is checked with tools that know nothing of Handrail, and the printed commands run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proof.builders import Case, rewrite_lists, unpack, verify_alone

SIGNED = "Signature Verified Successfully"


def run(
    command: list[str], folder: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False, text=True)


@pytest.mark.parametrize("manifest", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_sha256sum_agrees_with_both_lists(manifest: str, sound_folder: Path) -> None:
    done = run(["sha256sum", "-c", "--strict", "--quiet", manifest], sound_folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_bag_validator_of_the_library_of_congress_accepts_it(sound_folder: Path) -> None:
    bagit = Path(sys.executable).with_name("bagit.py")
    done = run([sys.executable, str(bagit), "--validate", "--quiet", "."], sound_folder)
    assert (done.returncode, done.stdout) == (0, "")


def test_openssl_accepts_the_signature_over_everything(sound_folder: Path) -> None:
    command = (
        "openssl pkeyutl -verify -pubin -inkey proof/case-key.pub.pem -rawin "
        "-in tagmanifest-sha256.txt -sigfile tagmanifest-sha256.txt.sig"
    )
    done = run(command.split(), sound_folder)
    assert (done.returncode, done.stdout.strip()) == (0, SIGNED)


def test_unzip_finds_nothing_wrong(sound_zip: Path) -> None:
    assert run(["unzip", "-tqq", str(sound_zip)], sound_zip.parent).returncode == 0


# ── VERIFY.txt ───────────────────────────────────────────────────────────────────────────────


def commands_under(heading: str, folder: Path) -> list[str]:
    """Return the commands that VERIFY.txt prints under a heading: the lines with four spaces."""
    text = (folder / "VERIFY.txt").read_text("utf-8")
    _, _, after = text.partition(f"\n\n{heading}\n{'=' * len(heading)}\n")
    section = re.split(r"\n\n[^\n]+\n=+\n", after, maxsplit=1)[0]
    return [line[4:] for line in section.split("\n") if line.startswith("    ")]


def run_commands(heading: str, folder: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run what is printed, all of it in one shell, and stop at the first command that fails."""
    commands = commands_under(heading, folder)
    assert len(commands) >= 13
    environment = {**os.environ, "PATH": path + os.environ["PATH"]}
    return run(["sh", "-euc", "\n".join(commands)], folder, env=environment)


def expected_output(folder: Path) -> list[str]:
    leaves = (folder / "proof/checkpoints/00000008.note").read_text("utf-8").split("\n")[3]
    return [SIGNED, SIGNED, leaves]


def fingerprint_in(folder: Path) -> str:
    text = (folder / "VERIFY.txt").read_text("utf-8")
    found = re.search(r"^  ((?:[0-9a-f]{8} ){7}[0-9a-f]{8})$", text, re.MULTILINE)
    assert found is not None
    return found[1].replace(" ", "")


def test_the_commands_for_linux_run_as_printed(sound_folder: Path) -> None:
    done = run_commands("Linux", sound_folder)
    assert (done.returncode, done.stderr) == (0, "")
    *lines, fingerprint = done.stdout.splitlines()
    assert lines == expected_output(sound_folder)
    assert fingerprint.split()[0] == fingerprint_in(sound_folder)


def test_the_commands_reach_every_file_of_a_conversation(tmp_path: Path) -> None:
    """Its tiles and readings lie one folder deeper. One that was never logged is printed."""
    case = Case()
    case.choose(case.save_conversation("first", notes=["He wrote again."]))
    case.save(tmp_path / "package.zip")
    folder = unpack(tmp_path / "package.zip", tmp_path / "unpacked")
    done = run_commands("Linux", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 4
    (folder / "data/captures/0001/tiles/00090.png").write_bytes(b"invented")
    rewrite_lists(folder)
    commands = commands_under("Linux", folder)
    step = next(place for place, line in enumerate(commands) if "data/captures" in line)
    alone = [commands[0], *commands[step - 1 : step + 1]]
    done = run(["sh", "-euc", "\n".join(alone)], folder)
    assert done.stdout.split()[1:] == ["data/captures/0001/tiles/00090.png"]


def test_the_commands_for_macos_run_as_printed(sound_folder: Path, tmp_path: Path) -> None:
    """Run them with a stand-in for Homebrew that leads to this system's openssl."""
    openssl = shutil.which("openssl")
    assert openssl is not None
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/openssl").symlink_to(openssl)
    brew = tmp_path / "bin/brew"
    brew.write_text(f'#!/bin/sh\n[ "$*" = "--prefix openssl@3" ] && echo {tmp_path}\n', "utf-8")
    brew.chmod(0o755)
    done = run_commands("macOS", sound_folder, f"{tmp_path}/bin:")
    assert (done.returncode, done.stderr) == (0, "")
    *lines, fingerprint = done.stdout.splitlines()
    assert lines == expected_output(sound_folder)
    assert fingerprint.split()[0] == fingerprint_in(sound_folder)


@pytest.mark.parametrize(
    "changed",
    ["data/captures/0001/view.png", "README.txt", "proof/entries/00000003.json", "added.txt"],
)
def test_the_printed_commands_notice_a_change(
    changed: str, sound_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    shutil.copytree(sound_folder, folder)
    with (folder / changed).open("ab") as file:
        file.write(b"x")
    assert run_commands("Linux", folder).returncode != 0


def test_an_entry_that_is_in_no_log_is_printed(sound_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    shutil.copytree(sound_folder, folder)
    with (folder / "proof/entries/00000003.json").open("ab") as file:
        file.write(b"x")
    commands = commands_under("Linux", folder)
    step = next(place for place, line in enumerate(commands) if "for entry" in line)
    done = run(["sh", "-euc", "\n".join([commands[0], *commands[step : step + 2]])], folder)
    assert done.stdout.split()[1:] == ["proof/entries/00000003.json"]


def test_the_printed_commands_leave_the_package_as_it_was(sound_zip: Path, tmp_path: Path) -> None:
    folder = unpack(sound_zip, tmp_path)
    run_commands("Linux", folder)
    assert verify_alone(folder)["exit"] == 0


def test_the_commands_for_windows_name_the_files_that_are_there(sound_folder: Path) -> None:
    """PowerShell itself is not on this system; what can be checked is what it is given."""
    commands = commands_under("Windows", sound_folder)
    assert len(commands) == 4
    for name in re.findall(r"[a-z0-9./-]+\.(?:txt|sig|pem)\b", " ".join(commands)):
        assert (sound_folder / name).is_file()
    for line in (sound_folder / "manifest-sha256.txt").read_text("ascii").splitlines():
        assert re.fullmatch(r"[0-9a-f]{64}", line[:64])
        assert (sound_folder / line[66:]).is_file()


def test_the_one_command_runs_as_printed_and_leaves_nothing_behind(
    sound_zip: Path, tmp_path: Path
) -> None:
    folder = unpack(sound_zip, tmp_path)
    first, second = commands_under("Everything in one command", folder)
    before = sorted(folder.rglob("*"))
    assert second == r"py -I proof\verify.py ."
    for _ in range(2):
        assert run(["sh", "-euc", first], folder).returncode == 0
    assert sorted(folder.rglob("*")) == before


# ── Away from everything ─────────────────────────────────────────────────────────────────────


def without_network() -> list[str]:
    """Return the words that start a command without any network, where this system allows that."""
    for words in (["unshare", "-n"], ["unshare", "-rn"]):
        if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0:
            return words
    return []


def test_both_copies_of_the_verifier_need_no_network(sound_folder: Path, sound_zip: Path) -> None:
    for verifier in (
        sound_folder / "proof/verify.py",
        Path(__file__).parents[2] / "server/handrail/proof/verify.py",
    ):
        for package in (sound_folder, sound_zip):
            command = [*without_network(), sys.executable, "-I", str(verifier), str(package)]
            done = run(command, Path("/"), env={"PATH": os.environ["PATH"]})
            assert (done.returncode, done.stderr) == (0, "")
            assert "Integrity  passed" in done.stdout
