"""The words of `make` explain themselves, and what a machine lacks is said plainly."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def make(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run make and return how it ended and what it said."""
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        text=True,
    )


def test_help_explains_every_word_that_can_be_said() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert phony is not None
    told = make("help").stdout
    explained = re.findall(r"^  make (\w+) +\S", told, re.MULTILINE)
    assert sorted(explained) == sorted(phony[1].split())
    assert make().stdout == told


def folder_with(*programs: str, place: Path) -> str:
    """Return a PATH on which only these programs are found."""
    place.mkdir()
    for program in programs:
        found = shutil.which(program)
        assert found is not None
        (place / program).symlink_to(found)
    return str(place)


def test_a_python_without_venv_is_said_in_one_sentence(tmp_path: Path) -> None:
    """Debian's python3 comes without venv: the sentence names the package to install."""
    poor = tmp_path / "python-without-venv"
    poor.write_text(
        f'#!/bin/sh\ncase "$2" in *venv*) exit 1;; esac\nexec "{sys.executable}" "$@"\n'
    )
    poor.chmod(0o755)
    told = make(f"{tmp_path}/venv/bin/python", f"VENV={tmp_path}/venv", f"PYTHON={poor}")
    assert told.returncode != 0
    assert "apt-get install python3-venv" in told.stdout
    assert not (tmp_path / "venv").exists()


def test_an_old_python_is_said_in_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python-too-old"
    old.write_text('#!/bin/sh\ncase "$2" in *version_info*) exit 1;; esac\n')
    old.chmod(0o755)
    told = make(f"{tmp_path}/venv/bin/python", f"VENV={tmp_path}/venv", f"PYTHON={old}")
    assert told.returncode != 0
    assert "Handrail needs Python 3.11 or newer" in told.stdout


@pytest.mark.parametrize("program", ["a-program-that-is-nowhere"])
def test_a_missing_program_is_named_and_the_way_to_get_it(tmp_path: Path, program: str) -> None:
    path = folder_with("sh", "id", place=tmp_path / "bin")  # no apt-get here
    told = subprocess.run(
        [ROOT / "tools" / "need", "sh", program],
        env={"PATH": path},
        capture_output=True,
        check=False,
        text=True,
    )
    assert told.returncode == 1
    assert f"Not on this machine: {program}" in told.stderr
    assert "apt-get install" in told.stderr


def test_a_program_that_is_there_is_enough(tmp_path: Path) -> None:
    path = folder_with("sh", place=tmp_path / "bin")
    told = subprocess.run([ROOT / "tools" / "need", "sh"], env={"PATH": path}, check=False)
    assert told.returncode == 0


@pytest.mark.parametrize(
    ("version", "enough"),
    [("20.19.0", True), ("24.1.0", True), ("20.18.9", False), ("18.20.4", False)],
)
def test_an_old_node_is_not_taken(tmp_path: Path, version: str, enough: bool) -> None:
    path = folder_with("sh", "node", place=tmp_path / "real")
    pretend = tmp_path / "node"
    pretend.write_text(
        f"""#!/bin/sh\nexec {path}/node -e "Object.defineProperty(process.versions, 'node', """
        f"""{{ value: '{version}' }}); $2"\n"""
    )
    pretend.chmod(0o755)
    told = subprocess.run(
        [ROOT / "tools" / "node-is-new-enough"], env={"PATH": f"{tmp_path}:{path}"}, check=False
    )
    assert (told.returncode == 0) is enough
