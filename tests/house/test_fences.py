"""The fences hold: what the import rule forbids is caught, in both languages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.lint_builds import is_meant

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
ESLINT = ROOT / "node_modules" / ".bin" / "eslint"


def lint_imports(root: Path) -> str:
    """Return what import-linter says about the server that lies in this folder."""
    told = subprocess.run(
        [LINT_IMPORTS, "--no-logo", "--no-cache", "--config", root / "pyproject.toml"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "server")},
        capture_output=True,
        check=False,
        text=True,
    )
    return told.stdout + told.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the server that a test may spoil."""
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "server", tmp_path / "server", ignore=skip)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_server_keeps_every_contract(copy: Path) -> None:
    assert "0 broken" in lint_imports(copy)


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("core/digest.py", "import os", "core has no clock"),
        ("core/digest.py", "from time import time", "core has no clock"),
        ("core/digest.py", "from pathlib import Path", "core has no clock"),
        ("core/digest.py", "from handrail import system", "Arrows point to core"),
        ("vault/inbox.py", "from handrail.proof import package", "Arrows point to core"),
        ("proof/package.py", "from handrail.web import routes", "Arrows point to core"),
        ("web/views.py", "import numpy", "Only the picture child"),
        ("imaging/pictures.py", "from PIL import Image", "Only the picture child"),
        ("vault/vault.py", "import fcntl", "Only system speaks"),
    ],
)
def test_an_import_that_the_rule_forbids_is_caught(
    copy: Path, module: str, line: str, contract: str
) -> None:
    spoiled = copy / "server" / "handrail" / module
    text = spoiled.read_text(encoding="utf-8")
    spoiled.write_text(f"{text}\n{line}\n", encoding="utf-8")
    broken = [row for row in lint_imports(copy).splitlines() if " BROKEN" in row]
    assert any(row.startswith(contract) for row in broken)


def eslint(place: str, code: str) -> list[str]:
    """Return the rules that a line of JavaScript breaks when it stands in that file."""
    told = subprocess.run(
        [ESLINT, "--stdin", "--stdin-filename", place, "--format", "json"],
        cwd=ROOT,
        input=code,
        capture_output=True,
        check=False,
        text=True,
    )
    return re.findall(r'"ruleId":"([a-z-]+)"', told.stdout)


@pytest.mark.parametrize(
    ("place", "code", "rule"),
    [
        ("core/a.js", "export const a = () => chrome.runtime.id;", "no-restricted-globals"),
        ("core/a.js", "export const a = () => document.title;", "no-restricted-globals"),
        ("core/a.js", "export const a = () => fetch('/');", "no-restricted-globals"),
        ("core/a.js", "export const a = () => Date.now();", "no-restricted-properties"),
        ("core/a.js", "export const a = () => new Date();", "no-restricted-syntax"),
        ("core/a.js", "export { b } from '../engine/b.js';", "no-restricted-imports"),
        ("core/a.js", "export { b } from '../browser/b.js';", "no-restricted-imports"),
        ("engine/a.js", "export const a = () => chrome.tabs;", "no-restricted-globals"),
        ("engine/a.js", "export { b } from '../panel/b.js';", "no-restricted-imports"),
        ("browser/a.js", "export { b } from '../background/b.js';", "no-restricted-imports"),
        ("panel/a.js", "export { b } from '../background/b.js';", "no-restricted-imports"),
        ("panel/a.js", "export const a = (e) => { e.innerHTML = ''; };", "no-restricted-syntax"),
        ("background/a.js", "export { b } from '../panel/b.js';", "no-restricted-imports"),
        ("inject/a.js", "import './b.js';", "no-restricted-syntax"),
        ("inject/a.js", "export const a = () => import('./b.js');", "no-restricted-syntax"),
        ("panel/a.js", "export const a = (b) => b == 1;", "eqeqeq"),
    ],
)
def test_a_line_of_the_extension_that_the_rule_forbids_is_caught(
    place: str, code: str, rule: str
) -> None:
    assert rule in eslint(f"extension/{place}", code)


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("browser/a.js", "export const a = () => chrome.runtime.id;"),
        ("engine/a.js", "export { b } from '../core/b.js';"),
        ("panel/a.js", "export { b } from '../engine/b.js';\nexport { c } from '../browser/c.js';"),
        ("core/a.js", "export { b } from './b.js';"),
    ],
)
def test_a_line_that_the_rule_allows_is_left_alone(place: str, code: str) -> None:
    assert eslint(f"extension/{place}", code) == []


def test_a_message_about_a_build_passes_only_when_it_is_known_and_meant() -> None:
    known = {
        "code": "MANIFEST_PERMISSIONS",
        "message": '/permissions: Invalid permissions "sidePanel" at 5.',
        "file": "manifest.json",
    }
    assert is_meant("chromium", known)
    assert not is_meant("firefox", known)
    assert not is_meant("chromium", {**known, "message": 'Invalid permissions "debugger" at 5.'})
    assert not is_meant("chromium", {**known, "file": "panel/panel.js"})
    assert not is_meant("chromium", {**known, "code": "UNSAFE_VAR_ASSIGNMENT"})
