"""The licence check lets through what the list allows, and catches what it does not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tools.check_licences import ROOT, is_allowed, npm_parts, python_parts, refused


def plant(site: Path, name: str, *lines: str) -> None:
    """Put a package that says these things about itself into an empty folder of packages."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    header = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *lines]
    (info / "METADATA").write_text("\n".join(header) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    "statement",
    [
        "License-Expression: GPL-3.0-or-later",
        "License-Expression: MIT AND GPL-2.0-only",
        "Classifier: License :: OSI Approved :: GNU Affero General Public License v3",
        "License: GPL",
        "License: ",
    ],
)
def test_a_planted_licence_that_is_not_on_the_list_is_caught(
    tmp_path: Path, statement: str
) -> None:
    plant(tmp_path / "site", "planted", statement)
    lock = tmp_path / "run.txt"
    lock.write_text("planted==1.0 \\\n    --hash=sha256:00\n", encoding="utf-8")
    caught = refused(python_parts(lock, [str(tmp_path / "site")]))
    assert [part.name for part in caught] == ["planted"]


def test_a_package_that_is_locked_and_not_installed_is_not_taken_on_trust(tmp_path: Path) -> None:
    lock = tmp_path / "run.txt"
    lock.write_text("absent==1.0\n", encoding="utf-8")
    assert refused(python_parts(lock, [str(tmp_path)]))


def test_an_npm_package_that_the_extension_carries_is_checked_and_a_tool_is_not(
    tmp_path: Path,
) -> None:
    lock = tmp_path / "package-lock.json"
    packages = {
        "": {"license": "Apache-2.0"},
        "node_modules/carried": {"license": "GPL-3.0"},
        "node_modules/tool": {"license": "GPL-3.0", "dev": True},
        "node_modules/carried/node_modules/@some/inner": {},
    }
    lock.write_text(json.dumps({"packages": packages}), encoding="utf-8")
    assert [part.name for part in refused(npm_parts(lock))] == ["carried", "@some/inner"]


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-2.0-only", True),
        ("Apache-2.0 AND GPL-2.0-only", False),
        ("(MIT OR GPL-2.0-only) AND BSD-3-Clause", True),
        ("MIT AND (GPL-2.0-only AND ISC)", False),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", False),
        ("MIT WITH something", False),
        ("(MIT", False),
        ("", False),
    ],
)
def test_an_expression_is_read_as_spdx_reads_it(licence: str, allowed: bool) -> None:
    assert is_allowed(licence) is allowed


def test_every_part_that_reaches_a_person_is_on_the_list() -> None:
    assert refused(python_parts(ROOT / "requirements" / "run.txt")) == []
    assert refused(npm_parts(ROOT / "package-lock.json")) == []


def test_the_notice_names_every_part_that_reaches_a_person() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    named = set(re.findall(r"[@\w./-]+\w", notice))
    parts = [
        *python_parts(ROOT / "requirements" / "run.txt"),
        *npm_parts(ROOT / "package-lock.json"),
    ]
    assert {part.name for part in parts} - named == set()
