"""Each failure says what is wrong with which file, in words that lead to the cause."""

from __future__ import annotations

import base64
import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handrail.core import checkpoint
from handrail.core.checkpoint import is_signed_by
from handrail.proof.verify import LIMITS, Broken, open_package, verify_package
from tests.proof.builders import Case, failures, two_views, verify_imported
from tests.proof.test_hostile_zip import TOP, joined, parts, patched, with_member

NOTE = "proof/checkpoints/00000008.note"
LEAVES = "proof/checkpoints/00000008.leaves.txt"
PEM, VKEY, ORIGIN = "proof/case-key.pub.pem", "proof/case-key.vkey", "proof/origin.txt"
MANIFEST = "manifest-sha256.txt"
PROOF = "proof/entries/00000003.tlog-proof"

Edit = Callable[[bytes], bytes]


def said(report: dict[str, Any], number: int, file: str) -> str:
    """Return everything a check says of a file."""
    return "; ".join(
        check["detail"]
        for check in report["checks"]
        if (check["number"], check["file"], check["passed"]) == (number, file, False)
    )


def resigned(note: bytes, old: bytes, new: bytes) -> bytes:
    """Change the body of a note and sign it again with the case key."""
    case = two_views()
    body = note.partition(b"\n\n")[0].replace(old, new) + b"\n"
    origin = body.split(b"\n")[0].decode()
    signed = checkpoint.key_id(origin, case.public) + case.private.sign(body)
    return body + f"\n\u2014 {origin} {base64.b64encode(signed).decode()}\n".encode()


def signature_edited(note: bytes, edit: Edit) -> bytes:
    body, _, line = note.partition(b"\n\n")
    raw = base64.b64decode(line.split(b" ")[2])
    origin = body.split(b"\n")[0]
    edited = base64.b64encode(edit(raw))
    return body + b"\n\n\xe2\x80\x94 " + origin + b" " + edited + b"\n"


EDITS: list[tuple[int, str, Edit, str]] = [
    (3, MANIFEST, lambda text: text[:-1], "does not end with its last line"),
    (3, MANIFEST, lambda text: text + text[:60] + b"\n", "is not a line of a manifest"),
    (3, MANIFEST, lambda text: text.replace(b"  ", b" *"), "is not a line of a manifest"),
    (3, MANIFEST, lambda text: bytes(LIMITS.text_bytes + 1), "is larger than any such file"),
    (5, PEM, lambda text: text + b"\n", "is not an Ed25519 public key"),
    (5, PEM, lambda text: text.replace(b"MCow", b"MCo="), "is not an Ed25519 public key"),
    (5, PEM, lambda text: b"", "is not an Ed25519 public key"),
    (5, ORIGIN, lambda text: text[:-1], "is not the name of a case's log"),
    (5, ORIGIN, lambda text: text.upper(), "is not the name of a case's log"),
    (5, VKEY, lambda text: text[:-1], "is not the public key of a case"),
    (5, VKEY, lambda text: text.replace(b"+AY", b"+AZ"), "is not the public key of a case"),
    (7, NOTE, lambda text: b"hello\n", "is not a checkpoint"),
    (7, NOTE, lambda text: resigned(text, b"\n8\n", b"\n08\n"), "is not a checkpoint"),
    (7, NOTE, lambda text: resigned(text, b"case/b7", b"case/c7"), "of another case"),
    (7, NOTE, lambda text: resigned(text, b"\n8\n", b"\n7\n"), "of a log with 7 entries"),
    (7, NOTE, lambda text: text + text.split(b"\n\n")[1], "has no signature of the form"),
    (7, NOTE, lambda text: text[:-1], "has no signature of the form"),
    (7, NOTE, lambda text: signature_edited(text, lambda raw: raw[:-1]), "has no signature of"),
    (
        7,
        NOTE,
        lambda text: signature_edited(text, lambda raw: b"1234" + raw[4:]),
        "is signed with another key",
    ),
    (
        7,
        NOTE,
        lambda text: signature_edited(text, lambda raw: raw[:-1] + b"\0"),
        "is not signed by the case key",
    ),
    (7, LEAVES, lambda text: text.upper(), "is not the list of leaves that was signed"),
    (8, PROOF, lambda text: text.replace(b"@v1", b"@v2"), "is not the proof of the entry"),
    (8, PROOF, lambda text: text.replace(b"index 3", b"index 03"), "is not the proof"),
    (8, PROOF, lambda text: text + b"\n", "leads to another checkpoint"),
    (8, PROOF, lambda text: _without_its_third_line(text), "does not prove the entry"),
]


def _without_its_third_line(text: bytes) -> bytes:
    lines = text.split(b"\n")
    return b"\n".join([*lines[:2], *lines[3:]])


@pytest.mark.parametrize(("number", "file", "edit", "detail"), EDITS)
def test_an_edit_is_told_apart(
    number: int, file: str, edit: Edit, detail: str, a_copy: Callable[[], Path]
) -> None:
    folder = a_copy()
    (folder / file).write_bytes(edit((folder / file).read_bytes()))
    report = verify_imported(folder)
    assert report["exit"] == 1
    assert detail in said(report, number, file)


@pytest.mark.parametrize(
    ("leaves", "detail"),
    [
        (lambda text: text.replace(b"\n", b" \n"), "is not a list of leaf hashes"),
        (lambda text: text[:-1], "is not a list of leaf hashes"),
        (lambda text: text[:65], "as many lines as the log has entries"),
        (lambda text: text[65:130] + text[:65] + text[130:], "does not lead to the root"),
    ],
)
def test_a_wrong_list_of_leaves_is_found_although_its_digest_is_signed(
    leaves: Edit, detail: str, a_copy: Callable[[], Path]
) -> None:
    folder = a_copy()
    old = (folder / LEAVES).read_bytes()
    new = leaves(old)
    (folder / LEAVES).write_bytes(new)
    before, after = (hashlib.sha256(text).hexdigest().encode() for text in (old, new))
    note = (folder / NOTE).read_bytes()
    (folder / NOTE).write_bytes(resigned(note, before, after))
    assert detail in said(verify_imported(folder), 7, LEAVES)


def test_a_second_checkpoint_is_one_too_many(a_copy: Callable[[], Path]) -> None:
    folder = a_copy()
    for kind in ("note", "leaves.txt"):
        here = folder / f"proof/checkpoints/00000008.{kind}"
        here.with_name(f"00000004.{kind}").write_bytes(here.read_bytes())
    report = verify_imported(folder)
    for number in (2, 7):
        assert "one checkpoint" in said(report, number, "proof/checkpoints/")


def test_an_entry_beyond_the_end_of_the_log_is_none(a_copy: Callable[[], Path]) -> None:
    folder = a_copy()
    for kind in ("json", "tlog-proof"):
        last = folder / f"proof/entries/00000007.{kind}"
        last.with_name(f"00000008.{kind}").write_bytes(last.read_bytes())
    beyond = "proof/entries/00000008.json"
    assert "beyond the end of the log" in said(verify_imported(folder), 8, beyond)


# ── Files that change under the reader's hands ───────────────────────────────────────────────


def test_a_file_that_disappears_while_it_is_read_is_broken(a_copy: Callable[[], Path]) -> None:
    folder = a_copy()
    package = open_package(str(folder))
    (folder / "README.txt").unlink()
    with pytest.raises(Broken, match="cannot be opened"):
        package.digest("README.txt")


@pytest.mark.parametrize("text", [b"", b"longer" * 10_000])
def test_a_file_that_changes_its_length_while_it_is_read_is_broken(
    text: bytes, a_copy: Callable[[], Path]
) -> None:
    folder = a_copy()
    package = open_package(str(folder))
    (folder / "README.txt").write_bytes(text)
    with pytest.raises(Broken, match="changed while it was read"):
        package.digest("README.txt")


def test_a_folder_with_too_many_files_is_refused(sound_folder: Path) -> None:
    report = verify_package(
        str(sound_folder), check_ed25519=is_signed_by, limits=LIMITS._replace(files=10)
    )
    assert report["error"]["code"] == "too-many-files"


# ── Members that are damaged ─────────────────────────────────────────────────────────────────


def with_readme(sound: bytes, packed: bytes, size: int, crc: int) -> bytes:
    """Return the ZIP with a deflated README.txt of these packed bytes."""
    members, entries, _ = parts(sound)
    others = [entry for entry in entries if not entry.endswith(b"/README.txt")]
    name = f"{TOP}/README.txt".encode()
    local = struct.pack(
        "<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 33, crc, len(packed), size, len(name), 0
    )
    entry = struct.pack(
        "<IHHHHHHIIIHHHHHII",
        *(0x02014B50, 20, 20, 0, 8, 0, 33, crc, len(packed), size, len(name)),
        *(0, 0, 0, 0, 0, len(members)),
    )
    return joined(members + local + name + packed, [*others, entry + name])


def deflated(text: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(text) + packer.flush()


@pytest.fixture
def readme(sound_folder: Path) -> bytes:
    return (sound_folder / "README.txt").read_bytes()


def checked(data: bytes, tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "package.zip").write_bytes(data)
    return verify_imported(tmp_path / "package.zip")


def test_the_way_these_are_made_makes_a_sound_one(
    sound_zip: Path, readme: bytes, tmp_path: Path
) -> None:
    data = with_readme(sound_zip.read_bytes(), deflated(readme), len(readme), zlib.crc32(readme))
    assert checked(data, tmp_path)["exit"] == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[:-20],
        lambda packed: packed + b"something behind",
        lambda packed: packed[:50] + b"\xff" * 20 + packed[70:],
        lambda packed: b"\x07" + packed[1:],
        lambda packed: deflated(b""),
    ],
)
def test_a_damaged_member_is_named(
    damage: Edit, sound_zip: Path, readme: bytes, tmp_path: Path
) -> None:
    packed = damage(deflated(readme))
    data = with_readme(sound_zip.read_bytes(), packed, len(readme), zlib.crc32(readme))
    report = checked(data, tmp_path)
    assert report["exit"] == 1
    assert failures(report) == {(4, "README.txt")}
    assert "damaged inside the ZIP" in said(report, 4, "README.txt")


def test_a_member_whose_checksum_is_wrong_is_named_although_its_bytes_are_right(
    sound_zip: Path, readme: bytes, tmp_path: Path
) -> None:
    data = with_readme(sound_zip.read_bytes(), deflated(readme), len(readme), 0)
    assert "damaged inside the ZIP" in said(checked(data, tmp_path), 4, "README.txt")


# ── Large packages ───────────────────────────────────────────────────────────────────────────


def with_second_end_record(sound: bytes, place: int = 0) -> bytes:
    """Return the ZIP as it ends when it is larger than 4 GiB (APPNOTE 4.3.14)."""
    members, entries, _ = parts(sound)
    directory = b"".join(entries)
    end = len(members) + len(directory)
    count = len(entries)
    record = struct.pack(
        "<IQHHIIQQQQ",
        *(0x06064B50, 44, 45, 45, 0, 0, count, count, len(directory), len(members)),
    )
    locator = struct.pack("<IIQI", 0x07064B50, 0, end + place, 1)
    last = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    return members + directory + record + locator + last


def test_a_package_that_ends_as_large_ones_do_passes(sound_zip: Path, tmp_path: Path) -> None:
    data = with_second_end_record(sound_zip.read_bytes())
    assert checked(data, tmp_path)["exit"] == 0
    with zipfile.ZipFile(tmp_path / "package.zip") as archive:
        assert archive.testzip() is None


def test_a_second_end_record_in_another_place_is_refused(sound_zip: Path, tmp_path: Path) -> None:
    report = checked(with_second_end_record(sound_zip.read_bytes(), place=-8), tmp_path)
    assert "second end record" in report["error"]["sentence"]


def test_bytes_between_the_members_and_the_directory_s_end_are_refused(
    sound_zip: Path, tmp_path: Path
) -> None:
    members, entries, _ = parts(sound_zip.read_bytes())
    data = joined(members, [*entries, b"between"], size=sum(map(len, entries)), count=len(entries))
    report = checked(data, tmp_path)
    assert "something lies before, between or after" in report["error"]["sentence"]


def test_an_entry_may_say_its_attributes_as_other_systems_do(
    sound_zip: Path, tmp_path: Path
) -> None:
    members, entries, _ = parts(sound_zip.read_bytes())
    dos = [patched(entry, 38, "<I", 0x20) for entry in entries]
    assert checked(joined(members, dos), tmp_path)["exit"] == 0


def test_an_added_member_that_hurts_nobody_is_still_not_part_of_the_package(
    sound_zip: Path, tmp_path: Path
) -> None:
    report = checked(with_member(sound_zip.read_bytes(), f"{TOP}/notes.md"), tmp_path)
    assert "is not part of a package" in said(report, 2, "notes.md")


def test_a_case_s_key_cannot_be_taken_for_another_s() -> None:
    one, other = Case("meadow"), Case("harbour")
    keys = {
        checkpoint.encode_vkey(f"handrail/case/{case.case}", case.public) for case in (one, other)
    }
    assert len(keys) == 2
