"""A ZIP file made to hurt its reader is refused whole, with a stable code, and never believed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from handrail.core.checkpoint import is_signed_by
from handrail.proof.verify import LIMITS, verify_package
from tests.proof.builders import verify_alone, verify_imported

TOP = "handrail-b7fd71ed-bb87e9fe"
MEBIBYTE = 1024 * 1024

Corpus = dict[str, tuple[Callable[[bytes], bytes], str]]
CORPUS: Corpus = {}


def refused_as(code: str) -> Callable[[Callable[[bytes], bytes]], Callable[[bytes], bytes]]:
    """Note a way to make a hostile ZIP out of a sound one, and the code it is refused with."""

    def note(function: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        CORPUS[function.__name__] = (function, code)
        return function

    return note


def with_member(
    sound: bytes, name: str, data: bytes = b"x", method: int = zipfile.ZIP_STORED, attr: int = 0
) -> bytes:
    """Return the ZIP with one more member, as any program could add it."""
    out = io.BytesIO(sound)
    with zipfile.ZipFile(out, "a") as archive:
        member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        member.filename = name  # keep what the library would tidy up
        member.external_attr = attr
        archive.writestr(member, data, method)
    return out.getvalue()


def parts(sound: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Return the members, the directory's entries and the end record of a ZIP."""
    end = sound[-22:]
    size, start = struct.unpack("<II", end[12:20])
    directory, entries = sound[start : start + size], []
    while directory:
        name, extra, comment = struct.unpack("<HHH", directory[28:34])
        length = 46 + name + extra + comment
        entries.append(directory[:length])
        directory = directory[length:]
    return sound[:start], entries, end


def joined(members: bytes, entries: list[bytes], **stated: int) -> bytes:
    """Return a ZIP of these parts with an end record that fits, or states something else."""
    directory = b"".join(entries)
    count = stated.get("count", len(entries))
    size, start = stated.get("size", len(directory)), stated.get("start", len(members))
    disk = stated.get("disk", 0)
    end = struct.pack("<IHHHHIIH", 0x06054B50, disk, disk, count, count, size, start, 0)
    return members + directory + end


def patched(entry: bytes, place: int, form: str, value: int) -> bytes:
    packed = struct.pack(form, value)
    return entry[:place] + packed + entry[place + len(packed) :]


# ── Names ────────────────────────────────────────────────────────────────────────────────────


@refused_as("name-parent")
def a_name_that_climbs_out(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/../../evil.txt")


@refused_as("name-absolute")
def a_name_that_begins_at_the_root(sound: bytes) -> bytes:
    return with_member(sound, "/etc/cron.d/evil")


@refused_as("name-absolute")
def a_name_with_a_drive(sound: bytes) -> bytes:
    return with_member(sound, "C:/Windows/evil.txt")


@refused_as("name-backslash")
def a_name_with_a_backslash(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}\\..\\evil.txt")


@refused_as("name-empty-part")
def a_name_with_an_empty_part(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}//evil.txt")


@refused_as("name-empty-part")
def a_name_with_a_dot_for_a_part(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/./README.txt")


@refused_as("name-hidden")
def a_name_that_turns_round(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/photo\u202egnp.exe")


@refused_as("name-hidden")
def a_name_with_a_zero_byte(sound: bytes) -> bytes:
    members, entries, _ = parts(with_member(sound, f"{TOP}/evilXtxt"))
    members, last = members.replace(b"evilXtxt", b"evil\0txt"), entries[-1]
    return joined(members, [*entries[:-1], last.replace(b"evilXtxt", b"evil\0txt")])


@refused_as("name-not-nfc")
def a_name_with_two_spellings(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/cafe\u0301.txt")


@refused_as("name-trailing")
def a_name_that_ends_in_a_dot(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/README.txt.")


@refused_as("name-trailing")
def a_name_that_ends_in_a_space(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/README.txt ")


@refused_as("name-reserved")
def a_name_that_is_a_device(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/data/aux.txt")


@refused_as("name-reserved")
def a_name_with_a_second_stream(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/README.txt:hidden")


@refused_as("name-too-long")
def a_name_without_end(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/{'a' * 300}")


@refused_as("name-twice")
def the_same_name_twice(sound: bytes) -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return with_member(sound, f"{TOP}/README.txt", b"another summary")


@refused_as("name-twice")
def the_same_name_in_other_letters(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/readme.TXT", b"another summary")


@refused_as("name-twice")
def a_file_with_the_name_of_a_folder(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/proof", b"x")


@refused_as("zip-top-folder")
def a_second_folder(sound: bytes) -> bytes:
    return with_member(sound, "elsewhere/evil.txt")


@refused_as("zip-top-folder")
def a_file_beside_the_folder(sound: bytes) -> bytes:
    return with_member(sound, "evil.txt")


@refused_as("zip-shape")
def a_member_with_a_second_name(sound: bytes) -> bytes:
    members, entries, _ = parts(with_member(sound, f"{TOP}/notes.txt"))
    name = b"\x01" + struct.pack("<I", zlib.crc32(f"{TOP}/notes.txt".encode())) + b"evil.txt"
    extra = struct.pack("<HH", 0x7075, len(name)) + name
    last = patched(entries[-1], 30, "<H", len(extra)) + extra
    return joined(members, [*entries[:-1], last])


# ── Kinds ────────────────────────────────────────────────────────────────────────────────────


@refused_as("link")
def a_link(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/notes.txt", b"/etc/passwd", attr=0o120777 << 16)


@refused_as("link")
def a_junction(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/notes.txt", b"C:", attr=0x400)


@refused_as("device")
def a_device(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/notes.txt", b"", attr=0o020666 << 16)


@refused_as("device")
def a_pipe(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/notes.txt", b"", attr=0o010666 << 16)


@refused_as("zip-shape")
def a_folder_with_content(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/folder/", b"content")


@refused_as("zip-encrypted")
def an_encrypted_member(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    return joined(members, [*entries[:-1], patched(entries[-1], 8, "<H", 1)])


@refused_as("zip-method")
def a_member_packed_in_an_unusual_way(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/notes.txt", b"x" * 100, zipfile.ZIP_LZMA)


@refused_as("nested")
def an_archive_by_name(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/data/derived/inner.zip")


@refused_as("nested")
def an_archive_under_another_name(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/data/derived/inner.txt", sound)


@refused_as("nested")
def a_packed_archive_under_another_name(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/data/derived/inner.txt", sound, zipfile.ZIP_DEFLATED)


# ── Sizes ────────────────────────────────────────────────────────────────────────────────────


@refused_as("zip-bomb")
def a_bomb(sound: bytes) -> bytes:
    return with_member(sound, f"{TOP}/notes.txt", bytes(100 * MEBIBYTE), zipfile.ZIP_DEFLATED)


@refused_as("zip-bomb")
def a_bomb_that_states_a_small_size(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    without = [entry for entry in entries if not entry.endswith(b"/README.txt")]
    zeros = bytes(50 * MEBIBYTE)
    bomb = with_member(joined(members, without), f"{TOP}/README.txt", zeros, zipfile.ZIP_DEFLATED)
    members, entries, _ = parts(bomb)
    return joined(members, [*entries[:-1], patched(entries[-1], 24, "<I", 1000)])


@refused_as("zip-shape")
def a_stored_member_with_two_lengths(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    return joined(members, [*entries[:-1], patched(entries[-1], 24, "<I", 100)])


@refused_as("too-many-files")
def more_files_than_a_package_has(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    return joined(members, [entries[0]] * (LIMITS.files + 1))


@refused_as("too-large")
def a_file_larger_than_any(sound: bytes) -> bytes:
    members, entries, _ = parts(with_member(sound, f"{TOP}/n", bytes(64), zipfile.ZIP_DEFLATED))
    packed, size = LIMITS.file_bytes // 100 + 1, LIMITS.file_bytes + 1
    last = patched(patched(entries[-1], 20, "<I", packed), 24, "<I", size)
    return joined(members + bytes(packed), [*entries[:-1], last])


@refused_as("too-large")
def a_directory_larger_than_any(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    comment = bytes(65_000)
    swollen = [patched(entry, 32, "<H", len(comment)) + comment for entry in entries[:1] * 300]
    return joined(members, swollen)


# ── Shapes that two programs would read differently ──────────────────────────────────────────


@refused_as("zip-overlap")
def two_members_on_the_same_bytes(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    again = entries[-1].replace(b"tagmanifest-sha256.txt.sig", b"tagmanifest-sha256.txt.sih")
    again_members = members.replace(b"tagmanifest-sha256.txt.sig", b"tagmanifest-sha256.txt.sih")
    return joined(again_members, [*entries[:-1], again, again])


@refused_as("zip-overlap")
def a_member_that_holds_the_next_one(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    size = struct.unpack("<I", entries[0][24:28])[0] + 60
    first = patched(patched(entries[0], 20, "<I", size), 24, "<I", size)
    return joined(members, [first, *entries[1:]])


@refused_as("zip-overlap")
def a_member_that_reaches_into_the_directory(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    last = patched(patched(entries[-1], 20, "<I", 5000), 24, "<I", 5000)
    return joined(members, [*entries[:-1], last])


@refused_as("zip-shape")
def a_member_whose_own_header_has_another_name(sound: bytes) -> bytes:
    return sound.replace(f"{TOP}/README.txt".encode(), f"{TOP}/REaDME.txt".encode(), 1)


@refused_as("zip-shape")
def something_in_front(sound: bytes) -> bytes:
    return b"#!/bin/sh\nexit 0\n" + sound


@refused_as("zip-shape")
def something_behind(sound: bytes) -> bytes:
    return sound + b"PK"


@refused_as("zip-shape")
def a_comment_that_hides_a_second_zip(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    inner = joined(members[:40_000], entries[:1])
    return sound[:-2] + struct.pack("<H", len(inner)) + inner


@refused_as("zip-shape")
def a_comment_that_is_not_there(sound: bytes) -> bytes:
    return sound[:-2] + struct.pack("<H", 65)


@refused_as("zip-shape")
def a_last_name_that_reaches_beyond_the_directory(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    length = struct.unpack("<H", entries[-1][28:30])[0]
    return joined(members, [*entries[:-1], patched(entries[-1], 28, "<H", length + 65)])


@refused_as("zip-shape")
def several_parts(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    return joined(members, entries, disk=1)


@refused_as("zip-shape")
def fewer_members_stated_than_listed(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    return joined(members, entries, count=len(entries) - 1)


@refused_as("zip-shape")
def a_directory_that_lies_elsewhere(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    return joined(members, entries, start=len(members) - 10)


@refused_as("zip-shape")
def a_second_end_record_that_is_not_there(sound: bytes) -> bytes:
    locator = struct.pack("<IIQI", 0x07064B50, 0, 0, 1)
    return sound[:-22] + locator + sound[-22:]


@refused_as("zip-shape")
def a_zip_that_was_cut_short(sound: bytes) -> bytes:
    return sound[: len(sound) // 2]


@refused_as("zip-shape")
def an_empty_file(sound: bytes) -> bytes:
    return b""


@refused_as("not-a-zip")
def a_directory_of_noise(sound: bytes) -> bytes:
    members, entries, _ = parts(sound)
    return joined(members, [patched(entry, 0, "<I", 0) for entry in entries])


@pytest.mark.parametrize("name", CORPUS)
def test_it_is_refused_whole(name: str, sound_zip: Path, tmp_path: Path) -> None:
    make, code = CORPUS[name]
    hostile = tmp_path / "hostile.zip"
    hostile.write_bytes(make(sound_zip.read_bytes()))
    alone, imported = verify_alone(hostile), verify_imported(hostile)
    assert alone == imported
    assert (alone["exit"], alone["error"]["code"]) == (2, code)
    assert alone["integrity"]["status"] == "failed"
    assert not any(check["passed"] for check in alone["checks"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hostile.zip"]


def test_the_zip_they_were_made_from_is_sound(sound_zip: Path, tmp_path: Path) -> None:
    members, entries, _ = parts(sound_zip.read_bytes())
    again = tmp_path / "again.zip"
    again.write_bytes(joined(members, entries))
    assert again.read_bytes() == sound_zip.read_bytes()
    assert verify_imported(again)["exit"] == 0


@pytest.mark.parametrize("limit", ["files", "file_bytes", "total_bytes", "directory_bytes"])
def test_every_limit_is_kept(limit: str, sound_zip: Path) -> None:
    narrow = LIMITS._replace(**{limit: 10})
    report = verify_package(str(sound_zip), check_ed25519=is_signed_by, limits=narrow)
    assert report["error"]["code"] in ("too-large", "too-many-files")


def test_a_package_packed_again_by_another_program_still_passes(
    sound_zip: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.zip"
    with (
        zipfile.ZipFile(sound_zip) as archive,
        zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        packed.writestr(f"{TOP}/", b"")
        for name in reversed(archive.namelist()):
            packed.writestr(name, archive.read(name))
    for report in (verify_alone(again), verify_imported(again)):
        assert report["exit"] == 0


def test_a_zip_written_to_a_pipe_passes_too(sound_zip: Path, tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        """Something that can be written and not be gone back in: sizes follow the members."""

        def __init__(self) -> None:
            self.written = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.written += bytes(data)  # type: ignore[call-overload]
            return len(bytes(data))  # type: ignore[call-overload]

    pipe = Pipe()
    with zipfile.ZipFile(sound_zip) as archive, zipfile.ZipFile(pipe, "w") as packed:
        for name in archive.namelist():
            packed.writestr(name, archive.read(name))
    (tmp_path / "piped.zip").write_bytes(pipe.written)
    assert verify_imported(tmp_path / "piped.zip")["exit"] == 0


def test_no_cut_and_no_flip_makes_the_verifier_stumble(sound_zip: Path, tmp_path: Path) -> None:
    """Every report is a report: whatever the bytes are, nothing is raised and nothing passes."""
    sound = sound_zip.read_bytes()
    changed = tmp_path / "changed.zip"
    directory = struct.unpack("<I", sound[-6:-2])[0]
    for place in [*range(0, len(sound), 1543), *range(directory, len(sound), 7)]:
        data = bytearray(sound)
        data[place] ^= 0x41
        changed.write_bytes(bytes(data))
        report = verify_imported(changed)
        assert report["exit"] in (1, 2) or place_is_free(sound, directory, place)


def place_is_free(sound: bytes, directory: int, place: int) -> bool:
    """Tell whether a byte is one that no content depends on: a version, a date, an attribute."""
    header = sound.rfind(b"PK\x03\x04", 0, min(place, directory) + 1)
    if place >= directory:
        header = sound.rfind(b"PK\x01\x02", 0, place + 1)
        return place - header in (*range(4, 8), *range(12, 16), *range(36, 42))
    return place - header in (*range(4, 6), *range(10, 26))
