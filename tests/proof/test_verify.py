"""The verdict has four lines, claims no more than was checked, and can be read alone."""

from __future__ import annotations

import ast
import dataclasses
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from handrail.core import canonical, checkpoint, envelope, records, tree
from handrail.proof import verify
from handrail.proof.package import save_package
from tests.proof.builders import (
    CATALOGUE,
    VERIFIER,
    Case,
    failures,
    rewrite_lists,
    two_views,
    verify_alone,
    verify_imported,
)


def test_a_sound_package_gets_a_verdict_that_claims_no_more_than_was_checked(
    sound_zip: Path,
) -> None:
    report = verify_alone(sound_zip)
    assert report["exit"] == 0
    assert {line: report[line]["status"] for line in ("integrity", "time", "who", "truth")} == {
        "integrity": "passed",
        "time": "not-asked",
        "who": "not-checked",
        "truth": "not-claimed",
    }
    assert "nobody outside has confirmed" in report["time"]["sentence"]
    assert report["key"] in report["who"]["sentence"]
    assert [check["number"] for check in report["checks"]] == list(range(1, 13))
    assert report["log"] == {"entries": 8, "disclosed": 8, "undisclosed": 0}
    assert report["error"] is None


def test_the_right_key_is_matched(sound_zip: Path) -> None:
    case = two_views()
    key = checkpoint.encode_vkey(case.plan().origin, case.public)
    for report in (verify_alone(sound_zip, "--key", key), verify_imported(sound_zip, key)):
        assert report["exit"] == 0
        assert report["who"]["status"] == "matched"


def test_the_right_key_is_not_matched_when_it_did_not_sign_this(
    a_copy: Callable[[], Path],
) -> None:
    folder, case = a_copy(), two_views()
    (folder / "README.txt").write_text("something else", "utf-8")
    rewrite_lists(folder)
    key = checkpoint.encode_vkey(case.plan().origin, case.public)
    for report in (verify_alone(folder, "--key", key), verify_alone(folder)):
        assert report["who"]["status"] == "failed"
        assert "did not sign it" in report["who"]["sentence"]


@pytest.mark.parametrize("key", ["", "something", "handrail/case/x+0+AAAA"])
def test_a_key_that_is_none_is_never_matched(key: str, sound_zip: Path) -> None:
    report = verify_imported(sound_zip, key)
    assert report["exit"] == 1
    assert report["who"]["status"] == "failed"


def test_the_same_key_for_another_case_is_not_the_same(sound_zip: Path) -> None:
    case = two_views()
    key = checkpoint.encode_vkey(f"handrail/case/{'0' * 32}", case.public)
    assert verify_imported(sound_zip, key)["who"]["status"] == "failed"


def test_a_time_token_that_is_named_and_not_there_fails(tmp_path: Path) -> None:
    """Handrail does not write such a package yet; a later one, stripped, would look like this."""
    report = verify_imported(stripped_of_its_token(tmp_path))
    assert report["exit"] == 1
    assert report["time"]["status"] == "failed"
    assert (12, "proof/entries/00000004.json") in failures(report)


def stripped_of_its_token(tmp_path: Path) -> Path:
    case = Case()
    capture = case.save_view("first")
    case.choose(capture)
    plan = case.plan()
    case.records.pop()
    case.choose(capture, time_tokens=("a" * 64,))
    named = dataclasses.replace(plan, records=tuple(case.records))
    path = tmp_path / "package.zip"
    save_package(path, named, case.open_exhibit, case.private.sign, CATALOGUE)
    return path


def test_undisclosed_entries_are_counted_aloud(tmp_path: Path) -> None:
    case = Case()
    first = case.save_view("first")
    case.save_view("private")
    case.choose(first)
    case.save(tmp_path / "package.zip")
    done = subprocess.run(
        [sys.executable, VERIFIER, tmp_path / "package.zip"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert "has 8 entries. 3 of them were not disclosed" in done.stdout
    assert done.stdout.count("passed") == 13


def test_a_failure_is_printed_with_its_number_and_file(a_copy: Callable[[], Path]) -> None:
    folder = a_copy()
    (folder / "README.txt").write_text("hello", "utf-8")
    done = subprocess.run(
        [sys.executable, VERIFIER, folder], capture_output=True, check=False, text=True
    )
    assert done.returncode == 1
    assert re.search(r"^ 4  tagmanifest FAILED  README\.txt was changed", done.stdout, re.MULTILINE)


def test_names_that_would_move_the_cursor_are_shown_harmless(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "\x1b[2Jgone").write_text("", "utf-8")
    done = subprocess.run(
        [sys.executable, VERIFIER, folder], capture_output=True, check=False, text=True
    )
    assert done.returncode == 2
    assert "\x1b" not in done.stdout
    assert "\\x1b[2Jgone" in done.stdout


# ── openssl ──────────────────────────────────────────────────────────────────────────────────


def test_without_openssl_nothing_passes(sound_zip: Path, tmp_path: Path) -> None:
    report = verify_alone(sound_zip, "--openssl", str(tmp_path / "none"))
    assert report["exit"] == 2
    assert report["error"]["code"] == "no-openssl"
    assert report["integrity"]["status"] == "failed"


@pytest.mark.parametrize("version", ["LibreSSL 3.3.6", "OpenSSL 1.1.1w  11 Sep 2023", ""])
def test_an_openssl_that_cannot_check_is_not_believed(
    version: str, sound_zip: Path, tmp_path: Path
) -> None:
    program = tmp_path / "openssl"
    program.write_text(f"#!/bin/sh\necho {version}\n", "utf-8")
    program.chmod(0o755)
    report = verify_alone(sound_zip, "--openssl", str(program))
    assert report["error"]["code"] == "no-openssl"


def test_the_reader_s_openssl_settings_are_not_the_package_s(
    sound_zip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENSSL_CONF", "/nonexistent/openssl.cnf")
    monkeypatch.setenv("OPENSSL_MODULES", "/nonexistent")
    assert verify_alone(sound_zip)["exit"] == 0


# ── The file itself ──────────────────────────────────────────────────────────────────────────


def test_the_plan_has_the_numbers_and_names_of_the_code() -> None:
    source = VERIFIER.read_text("utf-8")
    documentation = ast.get_docstring(ast.parse(source))
    assert documentation is not None
    planned = re.findall(r"^ +(\d+)  (\w+) ", documentation, re.MULTILINE)
    assert [(int(number), name) for number, name in planned] == list(verify.CHECKS)
    marked = re.findall(r"# ── (\d+)(?:, (\d+))?\n|# ── (1)  read", source)
    numbers = {int(number) for match in marked for number in match if number}
    assert numbers == {number for number, _ in verify.CHECKS}


def test_it_imports_nothing_but_the_standard_library() -> None:
    imported = set()
    for node in ast.walk(ast.parse(VERIFIER.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add((node.module or "").split(".")[0])
    assert imported <= sys.stdlib_module_names


def test_python_3_8_can_read_it() -> None:
    ast.parse(VERIFIER.read_text("utf-8"), feature_version=(3, 8))


def test_the_copy_in_the_package_is_the_one_that_is_tested(sound_folder: Path) -> None:
    assert (sound_folder / "proof/verify.py").read_bytes() == VERIFIER.read_bytes()


def test_it_agrees_with_the_core_about_every_form(sound_folder: Path) -> None:
    for kind in get_args(envelope.Kind):
        form = verify.EXHIBITS[kind][0]
        numbers = envelope.numbers_of(kind)
        for number in (numbers[0], numbers[-1]):
            name = envelope.file_name(kind, number)
            assert form.format(number) == name
            assert verify.EXHIBIT_NAME.fullmatch(f"data/captures/0001/{name}")
        assert numbers == (verify.NOTE_NUMBERS if kind == "note" else verify.OTHER_NUMBERS)
    assert {kind: media for kind, (_, media) in verify.EXHIBITS.items()} == envelope.MEDIA_TYPES
    assert verify.LIMITS.text_bytes == records.MAX_RECORD
    case = two_views()
    vkey = checkpoint.encode_vkey(case.plan().origin, case.public)
    assert verify.decode_vkey(vkey) == checkpoint.decode_vkey(vkey)
    assert verify.encode_pem(case.public) == checkpoint.encode_pem(case.public)
    fingerprint = verify.fingerprint(case.public).replace(" ", "")
    assert fingerprint == checkpoint.fingerprint(case.public)
    for size in range(1, 40):
        leaves = [tree.leaf_hash(bytes([number])) for number in range(size)]
        assert verify.merkle_root(leaves) == tree.Tree(leaves).root()


@pytest.mark.parametrize(
    "value",
    [
        {"\ufb33": 1, "\U0001f600": 2, "a": [None, True, -5, '\u2028\x1f\x7f"\\/']},
        {"": {}, "b": [], "c": "caf\u00e9\n\t\b\f\r"},
    ],
)
def test_it_knows_canonical_json_as_the_core_does(value: object) -> None:
    assert verify.decode_canonical(canonical.encode(value)) == value


@pytest.mark.parametrize(
    "data",
    [b'{"a":1,"a":1}', b"[1.0]", b"[1e3]", b"NaN", b"-0", b'{ "a":1}', b"9" * 17, b'"\\ud800"'],
)
def test_it_refuses_what_could_be_read_in_two_ways(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        verify.decode_canonical(data)


# ── Folders ──────────────────────────────────────────────────────────────────────────────────


def test_a_link_in_the_folder_is_refused_and_not_followed(a_copy: Callable[[], Path]) -> None:
    folder = a_copy()
    (folder / "README.txt").unlink()
    (folder / "README.txt").symlink_to("/etc/hostname")
    assert verify_alone(folder)["error"]["code"] == "link"


def test_a_linked_folder_is_refused_and_not_followed(a_copy: Callable[[], Path]) -> None:
    folder = a_copy()
    shutil.move(str(folder / "data"), folder.parent / "elsewhere")
    (folder / "data").symlink_to(folder.parent / "elsewhere")
    assert verify_alone(folder)["error"]["code"] == "link"


def test_something_that_is_no_file_is_refused(a_copy: Callable[[], Path]) -> None:
    folder = a_copy()
    os.mkfifo(folder / "data/captures/0001/pipe")
    assert verify_alone(folder)["error"]["code"] == "device"


def test_what_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    report = verify_alone(tmp_path / "nothing.zip")
    assert (report["exit"], report["error"]["code"]) == (2, "cannot-open")


def test_an_empty_folder_fails_every_check_that_needs_a_file(tmp_path: Path) -> None:
    report = verify_alone(tmp_path)
    assert report["exit"] == 1
    assert {number for number, _ in failures(report)} == set(range(2, 13))
