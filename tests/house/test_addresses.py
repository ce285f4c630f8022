"""No committed file says where packages come from, or where one machine keeps them."""

from __future__ import annotations

import pytest

from tools.check_addresses import ROOT, committed_files, find_addresses

INDEX = "https://" + "registry." + "example.org"  # in two parts, or this file would be caught


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("requirements/run.txt", "--index-url " + "https:" + "//example.com/simple"),
        ("requirements/run.txt", "# from " + "https:" + "//example.com"),
        (".npmrc", "registry=" + "//example.com"),
        ("package-lock.json", '      "resolved": "x.tgz",'),
        ("README.md", f"fetch it from {INDEX}/x"),
        ("server/handrail/system.py", 'FOLDER = "/ro' + 'ot/x"'),
        ("docs/a.md", "see /wo" + "rk/main/x"),
    ],
)
def test_an_address_is_caught(name: str, line: str) -> None:
    assert list(find_addresses(name, f"first\n{line}\n")) != []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("shared/helplines/uk.json", '"source": "' + 'https://example.org/help"'),
        ("README.md", "server/root/x and ./wo" + "rk/x and ~/wo" + "rk/x"),
        ("requirements/run.txt", "aiohttp==3.14.5 \\"),
        ("package-lock.json", '      "integrity": "sha512-aaaa",'),
    ],
)
def test_what_is_no_such_address_is_left_alone(name: str, line: str) -> None:
    assert list(find_addresses(name, line)) == []


def test_the_lock_files_pin_every_package_by_digest() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line.strip()]
        assert lines
        assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []


def test_no_committed_file_holds_an_address() -> None:
    names = [name for name in committed_files(ROOT) if (ROOT / name).is_file()]
    assert "pyproject.toml" in names
    found = [
        sentence
        for name in names
        for sentence in find_addresses(name, (ROOT / name).read_text("utf-8", errors="replace"))
    ]
    assert found == []
