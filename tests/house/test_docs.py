"""Documents can fail: what they name must exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from handrail.web.routes import ROUTES

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md", "CONTRIBUTING.md")


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_every_test_that_the_security_page_names_exists() -> None:
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", text_of("SECURITY.md")))
    tests = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 30
    assert {name for name in named if f"def {name}(" not in tests} == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_a_document_links_to_exists(name: str) -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", text_of(name)):
        assert (ROOT / link).exists(), link


def test_every_address_of_the_api_is_described() -> None:
    described = text_of("ARCHITECTURE.md")
    for route in ROUTES:
        if route.path.startswith("/api/"):
            assert route.path in described or f"`{route.path.rpartition('/')[2]}`" in described


def test_the_readme_names_every_command_as_help_does() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "handrail", "--help"], capture_output=True, text=True, check=True
    ).stdout
    for command in re.findall(r"^    handrail ([a-z]+) ", text_of("README.md"), re.MULTILINE):
        assert re.search(rf"^    {command} ", told, re.MULTILINE), command


def test_every_permission_of_the_manifest_is_explained() -> None:
    explained = text_of("SECURITY.md")
    manifest = (ROOT / "extension" / "manifest.base.json").read_text("utf-8")
    asked = re.search(r'"permissions": \[([^\]]+)\]', manifest)
    assert asked is not None
    for permission in re.findall(r'"([A-Za-z]+)"', asked[1]):
        assert f"`{permission}`" in explained
