#!/usr/bin/env python3
"""Check a Handrail package, a folder or a .zip file, with nothing but Python and OpenSSL.

    python3 -I verify.py PACKAGE [--key KEY] [--json] [--openssl PROGRAM]

Needs Python 3.8 or newer and OpenSSL 3 or newer; writes nothing, sends nothing, unpacks nothing.
This file travels inside the package it checks. Where it matters, use a copy that you were given
another way: a changed package could bring a changed checker.

It follows this plan. The same numbers stand in the code and in what it prints.

     1  read          The package is one folder of plain files; nothing in it can reach outside.
     2  files         Every file that a package has is there, and no other.
     3  manifest      manifest-sha256.txt names every file of data/, and each is as it says.
     4  tagmanifest   tagmanifest-sha256.txt names every other file, and each is as it says.
     5  key           Origin, PEM file and one-line form hold one and the same key of one case.
     6  seal          The case key signed tagmanifest-sha256.txt, and so every file.
     7  checkpoint    The case key signed the head of the custody log; the list of leaves fits it.
     8  entries       Every log entry is of this case, canonical, and proved to be in that log.
     9  export        The last entry of the log chose exactly the captures that are here.
    10  exhibits      Every file of data/captures/ has its log entry, and every entry its file.
    11  captures      Every capture is whole: its own facts name exactly the exhibits that are here,
                      notes excepted; or it has a start and no facts, and is said to be unfinished.
    12  time          Every time token that the export names is there and can be checked.
    13  identity      With --key: the package is signed with the key you gave.

What it says at the end has four lines. Integrity: 2 to 12 passed. Time: whether anyone outside has
confirmed when. Who: whether the key was compared with one you know. Truth: never claimed. A check
that cannot be made counts as failed. Exit status: 0 passed, 1 failed, 2 could not be read.

The caller must still ask: is the key the right one, is the clock of that computer right, and was
the page what it seemed to be.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import os
import re
import stat
import struct
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
import zlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

if TYPE_CHECKING:  # these forms cannot be made by Python 3.8 at run time
    from collections.abc import Callable, Iterable, Iterator

    Ed25519Check = Callable[[bytes, bytes, bytes], bool]
    """Says whether (public key, message, signature) belong together."""
    Problem = tuple["str | None", str]
    """A file, where there is one, and what is wrong with it."""


class Limits(NamedTuple):
    """How much a package may hold. A package that Handrail writes stays inside these."""

    files: int = 30_000
    file_bytes: int = 2 * 1024**3
    total_bytes: int = 32 * 1024**3
    ratio: int = 100
    directory_bytes: int = 16 * 1024**2
    name_bytes: int = 200
    text_bytes: int = 8 * 1024**2
    record_bytes: int = 1024**2


LIMITS = Limits()
CHUNK = 1024 * 1024

CHECKS = (
    (1, "read"),
    (2, "files"),
    (3, "manifest"),
    (4, "tagmanifest"),
    (5, "key"),
    (6, "seal"),
    (7, "checkpoint"),
    (8, "entries"),
    (9, "export"),
    (10, "exhibits"),
    (11, "captures"),
    (12, "time"),
    (13, "identity"),
)

MANIFEST = "manifest-sha256.txt"
TAGMANIFEST = "tagmanifest-sha256.txt"
SEAL = "tagmanifest-sha256.txt.sig"
PEM = "proof/case-key.pub.pem"
VKEY = "proof/case-key.vkey"
ORIGIN = "proof/origin.txt"
ALWAYS = frozenset(
    (
        "README.txt",
        "VERIFY.txt",
        "bag-info.txt",
        "bagit.txt",
        MANIFEST,
        TAGMANIFEST,
        SEAL,
        PEM,
        VKEY,
        ORIGIN,
        "proof/verify.py",
    )
)
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")
EXHIBITS = {
    "start": ("start.json", "application/json"),
    "view": ("view.png", "image/png"),
    "page": ("page.html.txt", "text/html;charset=utf-8"),
    "tile": ("tiles/{:05d}.png", "image/png"),
    "reading": ("readings/{:05d}.json", "application/json"),
    "facts": ("facts.json", "application/json"),
    "note": ("notes/{}.json", "application/json"),
}
NOTE_NUMBERS = range(1_000_000, 2_000_000_001)
OTHER_NUMBERS = range(1, 100_000)
EVENTS = (
    "case-opened",
    "exhibit-added",
    "envelope-quarantined",
    "export-chosen",
    "package-made",
)

CHECKPOINT_NAME = re.compile(r"proof/checkpoints/([0-9]{8})\.(note|leaves\.txt)")
TOKEN_NAME = re.compile(r"proof/checkpoints/[0-9]{8}(\.[a-z0-9-]+)?\.tsr")
ENTRY_NAME = re.compile(r"proof/entries/([0-9]{8})\.(json|tlog-proof)")
EXHIBIT_NAME = re.compile(
    r"data/captures/[0-9]{4}/(start\.json|view\.png|page\.html\.txt|facts\.json"
    r"|tiles/[0-9]{5}\.png|readings/[0-9]{5}\.json|notes/[1-9][0-9]{6,9}\.json)"
)
DERIVED_NAME = re.compile(r"data/derived(/[a-z0-9_-][a-z0-9._-]*)+")
MANIFEST_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]+)")
ORIGIN_TEXT = re.compile(r"handrail/case/([0-9a-f]{32})")
HEX_32 = re.compile(r"[0-9a-f]{32}")
HEX_64 = re.compile(r"[0-9a-f]{64}")
CHECKPOINT_BODY = re.compile(
    r"(?P<origin>[^\n]+)\n(?P<size>[1-9][0-9]{0,7})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"leaves-sha256 (?P<leaves>[0-9a-f]{64})\n"
)


class Unreadable(Exception):
    """The package cannot be read, or must not be. Nothing in it was believed."""

    def __init__(self, code: str, message: str, file: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.file = file


class Broken(Exception):
    """One file is missing, damaged or not of its form."""

    def __init__(self, file: str, detail: str) -> None:
        super().__init__(detail)
        self.file = file
        self.detail = detail


# ── 1  read ──────────────────────────────────────────────────────────────────────────────────


class Package:
    """The files of a package by name. `sizes` is complete before anything is opened."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sizes: dict[str, int] = {}
        self._total = 0
        self._folded: set[str] = set()
        self._digests: dict[str, str] = {}

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of one file. Raises `Broken` when they are not all there."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the package."""

    def read(self, name: str, limit: int) -> bytes:
        """Return the bytes of one small file. Raises `Broken` when it is missing or too large."""
        if name not in self.sizes:
            raise Broken(name, "is missing")
        if self.sizes[name] > limit:
            raise Broken(name, "is larger than any such file is")
        return b"".join(self.chunks(name))

    def digest(self, name: str) -> str:
        """Return the SHA-256 of one file. Raises `Broken` when it is missing or damaged."""
        if name not in self.sizes:
            raise Broken(name, "is missing")
        if name not in self._digests:
            digest = hashlib.sha256()
            for chunk in self.chunks(name):
                digest.update(chunk)
            self._digests[name] = digest.hexdigest()
        return self._digests[name]

    def admit(self, name: str, size: int) -> None:
        """Take one file in, or refuse the whole package because of it."""
        self._total += size
        if len(self.sizes) >= self.limits.files:
            raise Unreadable("too-many-files", "there are more files than a package may have")
        if size > self.limits.file_bytes or self._total > self.limits.total_bytes:
            raise Unreadable("too-large", "there is more in it than a package may hold", name)
        folded = name.casefold()
        if folded in self._folded:
            raise Unreadable("name-twice", "two files have the same name", name)
        self._folded.add(folded)
        self.sizes[name] = size

    def admitted(self) -> None:
        """Refuse a name that is a file here and a folder there."""
        for name in self.sizes:
            parts = name.casefold().split("/")
            for end in range(1, len(parts)):
                if "/".join(parts[:end]) in self._folded:
                    raise Unreadable("name-twice", "a name is both a file and a folder", name)


RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
ARCHIVE = re.compile(r"\.(zip|7z|rar|tar|gz|tgz|bz2|xz|zst|lz4|cab|iso|jar|age)$", re.IGNORECASE)


def refuse_name(name: str, limits: Limits) -> None:
    """Refuse a name that could reach outside, hide, or mean another file on another system.

    Nothing is rewritten: a name that needs rewriting was not written by Handrail.
    """
    parts = name.split("/")
    if "\\" in name:
        raise Unreadable("name-backslash", "a name holds a backslash", name)
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise Unreadable("name-absolute", "a name does not stay inside the package", name)
    if ".." in parts:
        raise Unreadable("name-parent", "a name leads out of the package", name)
    if "" in parts or "." in parts:
        raise Unreadable("name-empty-part", "a name has an empty part", name)
    if any(unicodedata.category(letter)[0] in "CZ" and letter != " " for letter in name):
        raise Unreadable("name-hidden", "a name holds a character that cannot be seen", name)
    if unicodedata.normalize("NFC", name) != name:
        raise Unreadable("name-not-nfc", "a name has two spellings", name)
    if any(part[-1] in ". " for part in parts):
        raise Unreadable("name-trailing", "a name ends in a dot or a space", name)
    if any(RESERVED.fullmatch(part) for part in parts) or ":" in name:
        raise Unreadable("name-reserved", "a name means a device on some systems", name)
    if len(name.encode("utf-8", "surrogatepass")) > limits.name_bytes:
        raise Unreadable("name-too-long", "a name is longer than any in a package", name)
    if ARCHIVE.search(name):
        raise Unreadable("nested", "an archive inside the package is not opened", name)


class FolderPackage(Package):
    """A package that was unpacked. Links are refused, not followed."""

    def __init__(self, folder: str, limits: Limits) -> None:
        super().__init__(limits)
        self._folder = Path(folder)
        self._walk("")
        self.admitted()

    def _walk(self, prefix: str) -> None:
        try:
            found = sorted((self._folder / prefix).iterdir())
        except OSError as error:
            raise Unreadable("cannot-open", "a folder cannot be opened", prefix or None) from error
        for entry in found:
            name = prefix + entry.name
            refuse_name(name, self.limits)
            if entry.is_symlink():
                raise Unreadable("link", "a link stands in the place of a file", name)
            state = entry.lstat()
            if stat.S_ISDIR(state.st_mode):
                self._walk(name + "/")
                continue
            if not stat.S_ISREG(state.st_mode):
                raise Unreadable("device", "something that is not a file", name)
            self.admit(name, state.st_size)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of one file."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(str(self._folder / name), flags)
        except OSError as error:
            raise Broken(name, "cannot be opened") from error
        length = 0
        with os.fdopen(descriptor, "rb") as file:
            for chunk in iter(lambda: file.read(CHUNK), b""):
                length += len(chunk)
                if length > self.sizes[name]:
                    break
                yield chunk
        if length != self.sizes[name]:
            raise Broken(name, "changed while it was read")


# What the standard library raises over bytes that are no ZIP, or one it does not know.
NOT_A_ZIP = (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError, OSError)


class Member(NamedTuple):
    """Where the bytes of one file lie inside a ZIP."""

    start: int
    packed: int
    size: int
    deflated: bool
    crc: int


class ZipPackage(Package):
    """A package as it was handed over. It is read in place: nothing is unpacked to disk.

    The standard library finds the directory; everything it leaves unchecked is checked here: the
    library rewrites dangerous names, and does not notice members that lie on top of each other.
    """

    def __init__(self, path: str, limits: Limits) -> None:
        super().__init__(limits)
        try:
            self._file: BinaryIO = Path(path).open("rb")  # noqa: SIM115  (until close)
        except OSError as error:
            raise Unreadable("cannot-open", "the file cannot be opened") from error
        self._members: dict[str, Member] = {}
        try:
            self._read_directory()
        except NOT_A_ZIP as error:
            self.close()
            raise Unreadable("not-a-zip", "this is not a ZIP file that can be read") from error
        except Unreadable:
            self.close()
            raise

    def close(self) -> None:
        """Close the ZIP file."""
        self._file.close()

    def _read_directory(self) -> None:
        count, start = self._find_directory()
        with zipfile.ZipFile(self._file) as archive:
            found = archive.infolist()
        if len(found) != count:
            raise Unreadable("zip-shape", "the directory can be read in two ways")
        end_before = 0
        tops: set[str] = set()
        for info in sorted(found, key=lambda member: member.header_offset):
            name = info.orig_filename
            self._refuse_kind(info, name)
            data = self._data_start(info)
            if info.header_offset < end_before or data + info.compress_size > start:
                raise Unreadable("zip-overlap", "two members share the same bytes", name)
            end_before = data + info.compress_size
            top, _, inner = name.partition("/")
            tops.add(top)
            if name.endswith("/"):
                if info.file_size or info.compress_size > 2:  # 2: nothing, deflated
                    raise Unreadable("zip-shape", "a folder has content", name)
                refuse_name(name[:-1], self.limits)
                continue
            refuse_name(name, self.limits)
            if not inner or len(tops) > 1:
                raise Unreadable("zip-top-folder", "the files are not all in one folder", name)
            self.admit(inner, info.file_size)
            self._members[inner] = Member(
                data, info.compress_size, info.file_size, info.compress_type == 8, info.CRC
            )
            self._refuse_nested(inner, name)
        self.admitted()

    def _find_directory(self) -> tuple[int, int]:
        """Return how many members the ZIP states and where its directory starts.

        The directory must end where its end record begins, and the end record must be the last
        thing in the file (APPNOTE 4.3.16): otherwise two programs could read two different ZIPs.
        """
        length = self._file.seek(0, os.SEEK_END)
        end = self._bytes_at(max(0, length - 22), 22)
        if len(end) != 22 or end[:4] != b"PK\5\6":
            raise Unreadable("zip-shape", "the file does not end where a ZIP file ends")
        disk, first, here, count, size, start, comment = struct.unpack("<HHHHIIH", end[4:])
        directory_end = length - 22
        locator = self._bytes_at(max(0, directory_end - 20), 20)
        if locator[:4] == b"PK\6\7":
            (directory_end,) = struct.unpack("<Q", locator[8:16])
            record = self._bytes_at(directory_end, 56)
            if record[:4] != b"PK\6\6" or directory_end + 56 != length - 42:
                raise Unreadable("zip-shape", "the ZIP's second end record is not in its place")
            disk, first, here, count, size, start = struct.unpack("<IIQQQQ", record[16:])
        if disk or first or here != count or comment:
            raise Unreadable("zip-shape", "the ZIP is in several parts, or has a comment")
        if count > self.limits.files:
            raise Unreadable("too-many-files", "there are more files than a package may have")
        if size > self.limits.directory_bytes:
            raise Unreadable("too-large", "the ZIP's directory is larger than it may be")
        if start + size != directory_end:
            raise Unreadable("zip-shape", "something lies before, between or after the members")
        if self._entries_in(start, size) != count:
            raise Unreadable("zip-shape", "the directory does not have the length it states")
        return count, start

    def _entries_in(self, start: int, size: int) -> int:
        """Return how many entries fill the directory exactly, by the lengths they state."""
        directory = self._bytes_at(start, size)
        place = entries = 0
        while place + 46 <= len(directory):
            place += 46 + sum(struct.unpack_from("<HHH", directory, place + 28))
            entries += 1
        return entries if place == size else -1

    def _bytes_at(self, place: int, length: int) -> bytes:
        self._file.seek(place)
        return self._file.read(length)

    def _refuse_kind(self, info: zipfile.ZipInfo, name: str) -> None:
        mode = stat.S_IFMT(info.external_attr >> 16)
        if stat.S_ISLNK(mode) or info.external_attr & 0x400:
            raise Unreadable("link", "a link stands in the place of a file", name)
        if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise Unreadable("device", "something that is not a file", name)
        if info.flag_bits & (0x1 | 0x40 | 0x2000):
            raise Unreadable("zip-encrypted", "a member is encrypted", name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable("zip-method", "a member is packed in an unusual way", name)
        if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size:
            raise Unreadable("zip-shape", "a member has two lengths", name)
        if 0x7075 in extra_tags(info.extra):
            raise Unreadable("zip-shape", "a member has a second name", name)
        if info.file_size > self.limits.ratio * max(info.compress_size, 1024):
            raise Unreadable("zip-bomb", "a member grows far more than evidence does", name)

    def _data_start(self, info: zipfile.ZipInfo) -> int:
        """Return where a member's bytes start, if its own header agrees with the directory."""
        header = self._bytes_at(info.header_offset, 30)
        signature, _, flags, method = struct.unpack("<IHHH", header[:10])
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        name = self._bytes_at(info.header_offset + 30, name_length)
        encoding = "utf-8" if flags & 0x800 else "cp437"
        if (
            signature != 0x04034B50
            or method != info.compress_type
            or flags != info.flag_bits
            or info.volume != 0
            or name.decode(encoding) != info.orig_filename
        ):
            raise Unreadable("zip-shape", "a member's two headers differ", info.orig_filename)
        return info.header_offset + 30 + int(name_length) + int(extra_length)

    def _refuse_nested(self, inner: str, name: str) -> None:
        """Refuse an archive under any name: it would be a package that was not checked."""
        member = self._members[inner]
        raw = self._bytes_at(member.start, min(member.packed, 4096))
        try:
            begin = zlib.decompressobj(-15).decompress(raw, 8) if member.deflated else raw
        except zlib.error:
            return  # it is damaged, and is found to be when it is read
        if begin.startswith((b"PK\3\4", b"PK\5\6", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b")):
            raise Unreadable("nested", "an archive inside the package is not opened", name)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of one file, counted as they come and not as the directory says."""
        member = self._members[name]
        length, crc = 0, 0
        for chunk in self._unpacked(name, member):
            length += len(chunk)
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if length != member.size or crc != member.crc:
            raise Broken(name, "is damaged inside the ZIP file")

    def _unpacked(self, name: str, member: Member) -> Iterator[bytes]:
        inflate = zlib.decompressobj(-15) if member.deflated else None
        place, left, grown = member.start, member.packed, 0
        while left:
            raw = self._bytes_at(place, min(left, CHUNK))
            if not raw:
                raise Broken(name, "is damaged inside the ZIP file")
            place, left = place + len(raw), left - len(raw)
            if inflate is None:
                yield raw
                continue
            while raw:
                try:
                    chunk = inflate.decompress(raw, CHUNK)
                except zlib.error as error:
                    raise Broken(name, "is damaged inside the ZIP file") from error
                grown += len(chunk)
                if grown > member.size:
                    raise Unreadable("zip-bomb", "a member is larger than it states", name)
                yield chunk
                raw = inflate.unconsumed_tail
                if inflate.eof and (inflate.unused_data or left):
                    raise Broken(name, "is damaged inside the ZIP file")
        if inflate is not None:
            yield inflate.flush()


def extra_tags(extra: bytes) -> Iterator[int]:
    """Yield what kinds of extra field a member has (APPNOTE 4.5; 0x7075 is a second name)."""
    place = 0
    while place + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, place)
        yield tag
        place += 4 + length


def open_package(path: str, limits: Limits = LIMITS) -> Package:
    """Return the package in a folder or a ZIP file, or raise `Unreadable`."""
    if Path(path).is_dir():
        return FolderPackage(path, limits)
    return ZipPackage(path, limits)


# ── Reading the forms ────────────────────────────────────────────────────────────────────────


def decode_base64(text: str) -> bytes:
    """Return the bytes of standard base64, or nothing if `text` is not its one spelling."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if base64.b64encode(raw).decode("ascii") == text else b""


def decode_canonical(data: bytes) -> Any:
    """Return the value of RFC 8785 JSON without fractions, or raise `ValueError`."""
    value = json.loads(
        data.decode("utf-8"),
        object_pairs_hook=_object,
        parse_float=_refuse_number,
        parse_constant=_refuse_number,
        parse_int=_whole,
    )
    if _canonical(value).encode("utf-8") != data:
        raise ValueError("not in canonical form")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key appears twice")
    return value


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > 2**53 - 1:
        raise ValueError("a number is too large")
    return int(text)


def _refuse_number(text: str) -> Any:
    raise ValueError("a number is not a whole one")


def _canonical(value: Any) -> str:
    """Return the RFC 8785 text of a parsed value. Keys are sorted by UTF-16 units (§3.2.3)."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(_canonical(k) + ":" + _canonical(value[k]) for k in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_canonical(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def leaf_hash(record: bytes) -> bytes:
    """Return the hash of one log record (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbours (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def merkle_root(leaves: list[bytes]) -> bytes:
    """Return the root over leaf hashes: full subtrees first, then joined from the right."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, value = 0, leaf
        while stack and stack[-1][0] == height:
            value = node_hash(stack.pop()[1], value)
            height += 1
        stack.append((height, value))
    root = stack.pop()[1]
    while stack:
        root = node_hash(stack.pop()[1], root)
    return root


def proves(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Tell whether the path leads from this leaf at this place to the root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, reached = index, size - 1, leaf
    for neighbour in path:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            reached = node_hash(neighbour, reached)
            while place % 2 == 0 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            reached = node_hash(reached, neighbour)
        place, last = place >> 1, last >> 1
    return last == 0 and reached == root


def key_id(origin: str, public_key: bytes) -> bytes:
    """Return the four bytes that name a key in a signed note (c2sp.org/signed-note)."""
    return hashlib.sha256(origin.encode() + b"\n\x01" + public_key).digest()[:4]


def decode_vkey(vkey: str) -> tuple[str, bytes] | None:
    """Return origin and public key of a one-line key, or nothing if it is not one of a case."""
    origin, _, rest = vkey.partition("+")
    identifier, _, typed_key = rest.partition("+")
    raw = decode_base64(typed_key)
    if len(raw) != 33 or raw[:1] != b"\x01" or ORIGIN_TEXT.fullmatch(origin) is None:
        return None
    return (origin, raw[1:]) if identifier == key_id(origin, raw[1:]).hex() else None


def encode_pem(public_key: bytes) -> bytes:
    """Return the PEM file of an Ed25519 key (RFC 8410)."""
    body = base64.b64encode(SPKI_PREFIX + public_key)
    return b"-----BEGIN PUBLIC KEY-----\n" + body + b"\n-----END PUBLIC KEY-----\n"


def fingerprint(public_key: bytes) -> str:
    """Return the SHA-256 of the key in DER, in groups that can be read over the phone."""
    digest = hashlib.sha256(SPKI_PREFIX + public_key).hexdigest()
    return " ".join(digest[start : start + 8] for start in range(0, 64, 8))


# ── 2 to 13 ──────────────────────────────────────────────────────────────────────────────────


class Verification:
    """The checks of one package, in the order of the plan. Each yields what is wrong."""

    def __init__(
        self, package: Package, check_ed25519: Ed25519Check, given_key: str | None
    ) -> None:
        self.package = package
        self.limits = package.limits
        self.check_ed25519 = check_ed25519
        self.given_key = given_key
        self.public_key: bytes | None = None
        self.origin = ""
        self.case = ""
        self.note: bytes | None = None
        self.size = 0
        self.root = b""
        self.leaves: list[bytes] = []
        self.entries: dict[int, dict[str, Any]] = {}
        self.captures: dict[str, int] = {}
        self.tokens: list[str] | None = None
        self.unfinished: list[str] = []

    def names(self, form: re.Pattern[str]) -> list[str]:
        """Return the names of one form, sorted."""
        return sorted(name for name in self.package.sizes if form.fullmatch(name))

    # ── 2
    def files(self) -> Iterator[Problem]:
        """Every file that a package has is there, and no other."""
        present = set(self.package.sizes)
        for name in sorted(ALWAYS - present):
            yield name, "is missing"
        forms = (CHECKPOINT_NAME, ENTRY_NAME, EXHIBIT_NAME, DERIVED_NAME, TOKEN_NAME)
        for name in sorted(present - ALWAYS):
            if not any(form.fullmatch(name) for form in forms):
                yield name, "is not part of a package"
        for form, other in ((CHECKPOINT_NAME, "checkpoint"), (ENTRY_NAME, "log entry")):
            kinds: dict[str, set[str]] = {}
            for name in self.names(form):
                stem, _, kind = name.rpartition("/")[2].partition(".")
                kinds.setdefault(stem, set()).add(kind)
            if not kinds:
                yield "proof/", "holds no " + other
            if other == "checkpoint" and len(kinds) > 1:
                yield "proof/checkpoints/", "holds more than one checkpoint"
            wanted = {"note", "leaves.txt"} if other == "checkpoint" else {"json", "tlog-proof"}
            folder = "proof/checkpoints/" if other == "checkpoint" else "proof/entries/"
            for stem in sorted(kinds):
                for kind in sorted(wanted - kinds[stem]):
                    yield folder + stem + "." + kind, "is missing"
        if "bagit.txt" in present and self.package.read("bagit.txt", 1024) != BAGIT:
            yield "bagit.txt", "is not the declaration of a bag (RFC 8493 §2.1.1)"
        yield from self._oxum(present)

    def _oxum(self, present: set[str]) -> Iterator[Problem]:
        if "bag-info.txt" not in present:
            return
        payload = [size for name, size in self.package.sizes.items() if name.startswith("data/")]
        stated = re.findall(
            rb"^Payload-Oxum: ([0-9.]+)$",
            self.package.read("bag-info.txt", self.limits.record_bytes),
            re.MULTILINE,
        )
        if stated != [f"{sum(payload)}.{len(payload)}".encode()]:
            yield "bag-info.txt", "does not give the number and size of the files in data/"

    # ── 3, 4
    def manifest(self) -> Iterator[Problem]:
        """The manifest names every file of data/, and each is as it says."""
        yield from self._listed(
            MANIFEST, {name for name in self.package.sizes if name.startswith("data/")}
        )

    def tagmanifest(self) -> Iterator[Problem]:
        """The tag manifest names every other file, and each is as it says."""
        others = {name for name in self.package.sizes if not name.startswith("data/")}
        yield from self._listed(TAGMANIFEST, others - {TAGMANIFEST, SEAL})

    def _listed(self, manifest: str, expected: set[str]) -> Iterator[Problem]:
        text = self.package.read(manifest, self.limits.text_bytes).decode("ascii", "replace")
        listed: dict[str, str] = {}
        lines = text.split("\n")
        if lines.pop() != "":
            yield manifest, "does not end with its last line"
        for number, line in enumerate(lines, 1):
            match = MANIFEST_LINE.fullmatch(line)
            if match is None or match.group(2) in listed:
                yield manifest, f"line {number} is not a line of a manifest"
            else:
                listed[match.group(2)] = match.group(1)
        for name in sorted(expected - set(listed)):
            yield name, "is not listed in " + manifest
        for name in sorted(set(listed) - expected):
            yield name, f"is listed in {manifest} and is not there"
        for name in sorted(expected & set(listed)):
            try:
                if self.package.digest(name) != listed[name]:
                    yield name, f"was changed: it is not as {manifest} says"
            except Broken as broken:
                yield broken.file, broken.detail

    # ── 5
    def key(self) -> Iterator[Problem]:
        """Origin, PEM file and one-line form hold one and the same key of one case."""
        pem = self.package.read(PEM, 4096)
        raw = decode_base64(b"".join(pem.split(b"\n")[1:2]).decode("ascii", "replace"))
        if len(raw) != 44 or encode_pem(raw[12:]) != pem:
            raise Broken(PEM, "is not an Ed25519 public key")
        self.public_key = raw[12:]
        origin = self.package.read(ORIGIN, 4096).decode("ascii", "replace")
        match = ORIGIN_TEXT.fullmatch(origin[:-1])
        if match is None or not origin.endswith("\n"):
            raise Broken(ORIGIN, "is not the name of a case's log")
        self.origin, self.case = origin[:-1], match.group(1)
        vkey = self.package.read(VKEY, 4096).decode("ascii", "replace")
        found = decode_vkey(vkey[:-1]) if vkey.endswith("\n") else None
        if found is None:
            yield VKEY, "is not the public key of a case"
        elif found[0] != self.origin:
            yield VKEY, "is the key of another case than " + ORIGIN
        elif found[1] != self.public_key:
            yield VKEY, "is another key than " + PEM

    def _signed(self, message: bytes, signature: bytes) -> bool:
        if self.public_key is None:
            raise Broken(PEM, "there is no key to check a signature with")
        return len(signature) == 64 and self.check_ed25519(self.public_key, message, signature)

    # ── 6
    def seal(self) -> Iterator[Problem]:
        """The case key signed the tag manifest, and so every file."""
        signature = self.package.read(SEAL, 4096)
        if not self._signed(self.package.read(TAGMANIFEST, self.limits.text_bytes), signature):
            yield SEAL, "is not the case key's signature of " + TAGMANIFEST

    # ── 7
    def checkpoint(self) -> Iterable[Problem]:
        """The case key signed the head of the custody log; the list of leaves fits it."""
        notes = [name for name in self.names(CHECKPOINT_NAME) if name.endswith(".note")]
        if len(notes) != 1:
            raise Broken("proof/checkpoints/", "does not hold exactly one checkpoint")
        name = notes[0]
        note = self.package.read(name, 4096)
        body, _, signature_line = note.partition(b"\n\n")
        match = CHECKPOINT_BODY.fullmatch(body.decode("ascii", "replace") + "\n")
        if match is None:
            raise Broken(name, "is not a checkpoint")
        prefix = f"\u2014 {self.origin} ".encode()
        signed = decode_base64(signature_line[len(prefix) : -1].decode("ascii", "replace"))
        if match.group("origin") != self.origin or not signature_line.startswith(prefix):
            raise Broken(name, "is the checkpoint of another case")
        if len(signed) != 68 or not signature_line.endswith(b"\n"):
            raise Broken(name, "has no signature of the form it must have")
        if signed[:4] != key_id(self.origin, self.public_key or b""):
            raise Broken(name, "is signed with another key than " + PEM)
        if not self._signed(body + b"\n", signed[4:]):
            raise Broken(name, "is not signed by the case key")
        size = int(match.group("size"))
        if f"proof/checkpoints/{size:08d}.note" != name:
            raise Broken(name, f"is the checkpoint of a log with {size} entries")
        leaves_name = name[: -len("note")] + "leaves.txt"
        leaves = self.package.read(leaves_name, self.limits.text_bytes)
        if hashlib.sha256(leaves).hexdigest() != match.group("leaves"):
            raise Broken(leaves_name, "is not the list of leaves that was signed")
        lines = leaves.decode("ascii", "replace").split("\n")
        if lines.pop() != "" or not all(HEX_64.fullmatch(line) for line in lines):
            raise Broken(leaves_name, "is not a list of leaf hashes")
        if len(lines) != size:
            raise Broken(leaves_name, "does not have as many lines as the log has entries")
        root = decode_base64(match.group("root"))
        hashes = [bytes.fromhex(line) for line in lines]
        if merkle_root(hashes) != root:
            raise Broken(leaves_name, "does not lead to the root that was signed")
        self.note, self.size, self.root, self.leaves = note, size, root, hashes
        return ()

    # ── 8
    def proofs(self) -> Iterator[Problem]:
        """Every log entry is of this case, canonical, and proved to be in the log."""
        if self.note is None:
            raise Broken("proof/entries/", "cannot be checked without a checkpoint")
        for name in self.names(ENTRY_NAME):
            if name.endswith(".json"):
                try:
                    self._entry(name)
                except Broken as broken:
                    yield broken.file, broken.detail

    def _entry(self, name: str) -> None:
        index = int(name[-13:-5])
        record = self.package.read(name, self.limits.record_bytes)
        if index >= self.size:
            raise Broken(name, "is beyond the end of the log")
        if leaf_hash(record) != self.leaves[index]:
            raise Broken(name, "is not the entry that was logged in this place")
        try:
            value = decode_canonical(record)
        except (ValueError, RecursionError) as error:
            raise Broken(name, "is not canonical JSON (RFC 8785)") from error
        if not isinstance(value, dict) or value.get("event") not in EVENTS:
            raise Broken(name, "is not a log entry of a kind that this verifier knows")
        if value.get("v") != 1 or value.get("case") != self.case:
            raise Broken(name, "is an entry of another case")
        if value["event"] == "exhibit-added" and not _adds_an_exhibit(value):
            raise Broken(name, "is not an exhibit of a kind that this verifier knows")
        proof_name = name[: -len("json")] + "tlog-proof"
        head, _, note = self.package.read(proof_name, self.limits.record_bytes).partition(b"\n\n")
        lines = head.decode("ascii", "replace").split("\n")
        path = [decode_base64(line) for line in lines[2:]]
        if lines[:2] != ["c2sp.org/tlog-proof@v1", f"index {index}"]:
            raise Broken(proof_name, "is not the proof of the entry in this place")
        if note != self.note:
            raise Broken(proof_name, "leads to another checkpoint")
        if not proves(leaf_hash(record), index, self.size, path, self.root):
            raise Broken(proof_name, "does not prove the entry")
        self.entries[index] = value

    # ── 9
    def export(self) -> Iterator[Problem]:
        """The last entry of the log chose exactly the captures that are here."""
        if self.note is None:
            raise Broken("proof/entries/", "cannot be checked without a checkpoint")
        first, last = "proof/entries/00000000.json", self._last_name()
        if self.entries.get(0, {}).get("event") != "case-opened":
            yield first, "does not open the case"
        export = self.entries.get(self.size - 1, {})
        chosen, tokens = export.get("captures"), export.get("time_tokens")
        if export.get("event") != "export-chosen":
            raise Broken(last, "is not the choice of an export")
        if not _texts(chosen, HEX_32) or not _texts(tokens, HEX_64) or not chosen:
            raise Broken(last, "does not say what was chosen")
        self.tokens = tokens
        for _, entry in self.exhibit_entries():
            self.captures.setdefault(entry["capture"], len(self.captures) + 1)
        for capture in sorted(set(chosen) - set(self.captures)):
            yield last, f"chose the capture {capture}, which is not here"
        for index, entry in self.exhibit_entries():
            if entry["capture"] not in chosen:
                yield f"proof/entries/{index:08d}.json", "was not chosen for this package"

    def _last_name(self) -> str:
        return f"proof/entries/{self.size - 1:08d}.json"

    def exhibit_entries(self) -> list[tuple[int, dict[str, Any]]]:
        """Return the proved entries that add an exhibit, in the order of the log."""
        return [
            (index, entry)
            for index, entry in sorted(self.entries.items())
            if entry["event"] == "exhibit-added"
        ]

    def _path_of(self, entry: dict[str, Any]) -> str:
        folder = self.captures.get(entry["capture"], 0)
        name = EXHIBITS[entry["kind"]][0].format(entry["number"])
        return f"data/captures/{folder:04d}/{name}"

    # ── 10
    def exhibits(self) -> Iterator[Problem]:
        """Every file of data/captures/ has its log entry, and every entry its file."""
        covered: dict[str, int] = {}
        for index, entry in self.exhibit_entries():
            path = self._path_of(entry)
            if covered.setdefault(path, entry["number"]) != entry["number"]:
                yield path, f"has another number in entry {index}: a capture has one of this kind"
            try:
                if self.package.digest(path) != entry["sha256"]:
                    yield path, f"is not the exhibit that was logged in entry {index}"
                elif self.package.sizes[path] != entry["length"]:
                    yield path, "does not have the length that was logged"
            except Broken as broken:
                yield broken.file, broken.detail
        if not covered:
            yield "proof/entries/", "names no exhibit"
        for name in sorted(self.package.sizes):
            if name.startswith("data/captures/") and name not in covered:
                yield name, "has no log entry"

    # ── 11
    def whole(self) -> Iterator[Problem]:
        """Every capture is whole, or has a start and was not finished; all is about itself."""
        if not self.captures:
            raise Broken("data/captures/", "cannot be checked without log entries")
        here: dict[str, dict[str, dict[str, Any]]] = {capture: {} for capture in self.captures}
        for _, entry in self.exhibit_entries():
            here[entry["capture"]][self._path_of(entry)] = entry
        for capture, number in self.captures.items():
            folder = f"data/captures/{number:04d}"
            entries = list(here[capture].values())
            kinds = {entry["kind"] for entry in entries}
            if "facts" in kinds or "start" not in kinds:
                yield from self._facts(capture, folder + "/facts.json", entries)
            else:
                self.unfinished.append(folder)
            yield from self._about(capture, entries)

    def _facts(self, capture: str, name: str, entries: list[dict[str, Any]]) -> Iterator[Problem]:
        here = {_spelt(entry) for entry in entries if entry["kind"] not in ("facts", "note")}
        try:
            facts = self._record(name)
            wanted = {_spelt(exhibit) for exhibit in facts["exhibits"]}
            named = facts["capture"]
            hides_all = facts["save"] in ("page", "conversation")
            shown = facts["pictures"]["shown"]
        except Broken as broken:
            yield broken.file, broken.detail
            return
        except (ValueError, KeyError, TypeError):
            yield name, "is not the facts of a capture"
            return
        if named != capture:
            yield name, "is about another capture"
        if hides_all and shown is not None:
            yield name, "says that a picture was shown where none ever is"
        for exhibit in sorted(wanted - here, key=str):
            yield name, f"names an exhibit ({exhibit[1]} {exhibit[0]}) that is not here"
        for exhibit in sorted(here - wanted, key=str):
            yield name, f"does not name an exhibit ({exhibit[1]} {exhibit[0]}) that is here"

    def _about(self, capture: str, entries: list[dict[str, Any]]) -> Iterator[Problem]:
        """Each start, reading and note is about this capture, each reading about its own tile.

        While a capture is not finished, a reading may be here before its tile.
        """
        tiles = {entry["number"] for entry in entries if entry["kind"] == "tile"}
        finished = any(entry["kind"] == "facts" for entry in entries)
        read: set[int] = set()
        for entry in entries:
            field = {"start": "capture", "reading": "capture", "note": "about"}.get(entry["kind"])
            if field is None:
                continue
            name = self._path_of(entry)
            try:
                record = self._record(name)
                about, tile = record[field], record.get("tile")
            except Broken as broken:
                yield broken.file, broken.detail
                continue
            except (ValueError, KeyError, TypeError):
                yield name, "is not a record of the kind that was logged"
                continue
            if about != capture:
                yield name, "is about another capture"
            if entry["kind"] == "reading":
                if type(tile) is not int or tile in read or (finished and tile not in tiles):
                    yield name, "is the reading of a tile that is not here, or was read already"
                else:
                    read.add(tile)

    def _record(self, name: str) -> Any:
        """Return the canonical JSON of an exhibit. Raises `Broken` or `ValueError`."""
        try:
            return decode_canonical(self.package.read(name, self.limits.text_bytes))
        except RecursionError as error:
            raise ValueError("nested too deep") from error

    # ── 12
    def time(self) -> Iterator[Problem]:
        """Every time token that the export names is there and can be checked."""
        if self.tokens is None:
            raise Broken("proof/entries/", "no export says whether time tokens were asked for")
        present = {self.package.digest(name): name for name in self.names(TOKEN_NAME)}
        for token in self.tokens:
            if token in present:
                yield present[token], "is a time token, which this verifier cannot check"
            else:
                yield self._last_name(), f"names the time token {token}, which is not here"
        for digest in sorted(set(present) - set(self.tokens)):
            yield present[digest], "is a time token that the export does not name"

    # ── 13
    def identity(self) -> Iterator[Problem]:
        """The package is signed with the key that was given."""
        if self.given_key is None:
            return
        given = decode_vkey(self.given_key.strip())
        if given is None:
            yield None, "the key you gave is not the public key of a case"
        elif given != (self.origin, self.public_key):
            yield VKEY, "is not the key you gave"


def _texts(value: Any, form: re.Pattern[str]) -> bool:
    """Tell whether a value is a list of different texts of one form."""
    if not isinstance(value, list):
        return False
    fit = all(isinstance(item, str) and form.fullmatch(item) for item in value)
    return fit and len(set(value)) == len(value)


def _adds_an_exhibit(entry: dict[str, Any]) -> bool:
    """Tell whether every field that is used later has the type it must have."""
    kind = entry.get("kind")
    return (
        _texts([entry.get("capture")], HEX_32)
        and _texts([entry.get("sha256")], HEX_64)
        and all(type(entry.get(field)) is int for field in ("number", "length"))
        and isinstance(kind, str)
        and EXHIBITS.get(kind, ("", ""))[1] == entry.get("media_type")
        and entry["number"] in (NOTE_NUMBERS if kind == "note" else OTHER_NUMBERS)
    )


def _spelt(exhibit: Any) -> tuple[Any, ...]:
    fields = tuple(exhibit[key] for key in ("number", "kind", "media_type", "length", "sha256"))
    if not all(isinstance(field, (str, int)) for field in fields):
        raise ValueError("an exhibit has a field that is not one")
    return fields


# ── The verdict ──────────────────────────────────────────────────────────────────────────────

INTEGRITY = {
    "passed": "{files} files hold together: nothing was changed, added or removed since it was "
    "signed.",
    "failed": "This package does not hold together. Failed: {failed}.",
    "unread": "This package was not checked, because it cannot be read: {message}.",
}
TIME = {
    "not-asked": "No time token was asked for. The times are those of the person's computer; "
    "nobody outside has confirmed them.",
    "failed": "The time tokens that were asked for could not be confirmed.",
    "unread": "No choice of an export was read, so nothing is known about time tokens.",
}
WHO = {
    "not-checked": "Signed with the key {key}. Whose key that is was not checked: compare it with "
    "one you were given another way.",
    "matched": "Signed with the key you gave: {key}.",
    "failed": "Not signed with the key you gave.",
    "unsigned": "The key that came with it did not sign it, so nobody stands behind it.",
    "unknown": "No key was found that could be compared.",
}
TRUTH = (
    "Not claimed. This check cannot show that a page was genuine, who wrote it, or what it means."
)


def verify_package(
    path: str,
    given_key: str | None = None,
    check_ed25519: Ed25519Check | None = None,
    openssl: str | None = None,
    limits: Limits = LIMITS,
) -> dict[str, Any]:
    """Return the whole report on a package; nothing is raised.

    `given_key` is the one-line key that the reader was given another way. `check_ed25519` takes the
    place of the `openssl` command. `report["exit"]` is 0, 1 or 2.
    """
    checks: list[dict[str, Any]] = []
    run: Verification | None = None
    try:
        package = open_package(path, limits)
        try:
            _note(checks, 1, [])
            run = Verification(package, check_ed25519 or find_openssl(openssl), given_key)
            for number, check in _plan(run):
                _note(checks, number, _problems_of(check))
        finally:
            package.close()
    except (Unreadable, OSError) as caught:
        error = caught if isinstance(caught, Unreadable) else Unreadable("io", "reading failed")
        failed: list[Problem] = [(error.file, f"{error.message} ({error.code})")]
        return _report(_note([], 1, failed), None, given_key, error)
    return _report(checks, run, given_key, None)


def _plan(run: Verification) -> Iterator[tuple[int, Callable[[], Iterable[Problem]]]]:
    yield 2, run.files
    yield 3, run.manifest
    yield 4, run.tagmanifest
    yield 5, run.key
    yield 6, run.seal
    yield 7, run.checkpoint
    yield 8, run.proofs
    yield 9, run.export
    yield 10, run.exhibits
    yield 11, run.whole
    yield 12, run.time
    if run.given_key is not None:
        yield 13, run.identity


def _problems_of(check: Callable[[], Iterable[Problem]]) -> list[Problem]:
    """Return what one check finds. A check that cannot go on has failed."""
    found: list[Problem] = []
    try:
        for problem in check():
            found.append(problem)  # noqa: PERF402  (what was found before an exception stays)
    except Broken as broken:
        found.append((broken.file, broken.detail))
    return found


def _note(
    checks: list[dict[str, Any]], number: int, problems: list[Problem]
) -> list[dict[str, Any]]:
    name = dict(CHECKS)[number]
    if not problems:
        checks.append(
            {"number": number, "name": name, "passed": True, "file": None, "detail": None}
        )
    for file, detail in problems:
        checks.append(
            {"number": number, "name": name, "passed": False, "file": file, "detail": detail}
        )
    return checks


def _report(
    checks: list[dict[str, Any]],
    run: Verification | None,
    given_key: str | None,
    error: Unreadable | None,
) -> dict[str, Any]:
    failed = sorted({check["number"] for check in checks if not check["passed"]})
    key = fingerprint(run.public_key) if run is not None and run.public_key else None
    integrity = "passed" if run is not None and not [n for n in failed if n <= 12] else "failed"
    asked = run is not None and run.tokens is not None
    time = "not-asked" if run is not None and run.tokens == [] and 12 not in failed else "failed"
    if key is None:
        who = "unknown"
    elif {5, 6, 7} & set(failed):
        who = "unsigned"  # the key may be the right one: it did not sign this
    elif given_key is None:
        who = "not-checked"
    else:
        who = "failed" if 13 in failed else "matched"
    sentence = INTEGRITY["unread" if error else integrity].format(
        files=len(run.package.sizes) if run else 0,
        failed=", ".join(f"{n} {dict(CHECKS)[n]}" for n in failed),
        message=error.message if error else "",
    )
    disclosed = len(run.entries) if run else 0
    return {
        "exit": 2 if error else (1 if failed else 0),
        "error": {"code": error.code, "file": error.file, "sentence": error.message}
        if error
        else None,
        "integrity": {"status": integrity, "sentence": sentence},
        "time": {"status": time, "sentence": TIME[time if asked else "unread"]},
        "who": {
            "status": "failed" if who == "unsigned" else who,
            "sentence": WHO[who].format(key=key),
        },
        "truth": {"status": "not-claimed", "sentence": TRUTH},
        "log": {
            "entries": run.size if run else 0,
            "disclosed": disclosed,
            "undisclosed": run.size - disclosed if run and run.size else 0,
        },
        "unfinished": run.unfinished if run else [],
        "key": key,
        "checks": checks,
    }


# ── openssl ──────────────────────────────────────────────────────────────────────────────────

USUAL_PLACES = (
    "/opt/homebrew/opt/openssl@3/bin/openssl",
    "/usr/local/opt/openssl@3/bin/openssl",
    "C:\\Program Files\\Git\\usr\\bin\\openssl.exe",
)


def find_openssl(given: str | None = None) -> Ed25519Check:
    """Return a check made with the `openssl` command, or raise `Unreadable` if there is none.

    OpenSSL 3 is needed for Ed25519 on a file; LibreSSL, which macOS brings, cannot do it. Folders
    of the search path that are not absolute are left out: the package may be one of them.
    """
    places = [Path(place) for place in os.get_exec_path()]
    name = "openssl.exe" if os.name == "nt" else "openssl"
    found = [str(place / name) for place in places if place.is_absolute()]
    for program in [given] if given else [*found, *USUAL_PLACES]:
        try:
            version = _openssl([program, "version"])
        except OSError:
            continue
        match = re.match(rb"OpenSSL ([0-9]+)\.", version.stdout)
        if match and int(match.group(1)) >= 3:
            return partial(_openssl_verify, program)
    raise Unreadable("no-openssl", "OpenSSL 3 or newer was not found, so no signature was checked")


def _openssl(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OPENSSL")}
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, env=clean, check=False
    )


def _openssl_verify(program: str, public_key: bytes, message: bytes, signature: bytes) -> bool:
    with tempfile.TemporaryDirectory(prefix="handrail-verify-") as folder:
        key, text, signed = (Path(folder, name) for name in ("key.pem", "message", "signature"))
        key.write_bytes(encode_pem(public_key))
        text.write_bytes(message)
        signed.write_bytes(signature)
        command = [program, "pkeyutl", "-verify", "-pubin", "-inkey", str(key), "-rawin"]
        done = _openssl([*command, "-in", str(text), "-sigfile", str(signed)])
    return done.returncode == 0 and b"Signature Verified Successfully" in done.stdout


# ── The command ──────────────────────────────────────────────────────────────────────────────


def shown(untrusted_name: str) -> str:
    """Return a name in plain letters: it cannot move the cursor or turn the line round."""
    return untrusted_name.encode("unicode_escape").decode("ascii")


def lines_of(report: dict[str, Any]) -> Iterator[str]:
    """Yield the report as a person reads it."""
    for check in report["checks"]:
        label = "{:>2}  {:<12}".format(check["number"], check["name"])
        if check["passed"]:
            yield label + "passed"
        else:
            where = shown(check["file"]) + " " if check["file"] else ""
            yield label + "FAILED  " + where + check["detail"]
    log = report["log"]
    yield ""
    if log["entries"]:
        text = "The custody log has {entries} entries. {undisclosed} of them were not disclosed."
        yield text.format(**log)
        yield ""
    for folder in report["unfinished"]:
        yield folder + " was not finished: nothing says how much of it is missing."
    if report["unfinished"]:
        yield ""
    for line in ("integrity", "time", "who", "truth"):
        found = report[line]
        yield "{:<10} {:<12} {}".format(line.capitalize(), found["status"], found["sentence"])


def main(arguments: list[str] | None = None) -> int:
    """Check one package and say what was found."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Check a Handrail package.")
    parser.add_argument("package", help="the .zip file, or the folder it was unpacked to")
    parser.add_argument("--key", help="the case's one-line public key, given to you another way")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    parser.add_argument("--openssl", help="the openssl program to use")
    chosen = parser.parse_args(arguments)
    report = verify_package(chosen.package, given_key=chosen.key, openssl=chosen.openssl)
    if chosen.json:
        text = json.dumps(report, indent=2) + "\n"
    else:
        text = "\n".join(lines_of(report)) + "\n"
    sys.stdout.write(text)
    return int(report["exit"])


if __name__ == "__main__":
    sys.exit(main())
