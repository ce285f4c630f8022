"""The only door: sealed envelopes come in here and nowhere else (DESIGN D5).

    bytes → .<key>.<random>.tmp → fsync → <key>.age → fsync of the folder → a receipt may be given

An envelope is named by its idempotency key and keeps that name for good, in the inbox, among the
objects or in quarantine. So "is this a duplicate?" needs no index and no key: it works while the
vault is locked. The file's modification time is the time of receipt. Opening is the drain's work.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal

from .. import system
from ..core.digest import HEX_32
from ..core.errors import Refused
from ..core.records import utc

MAX_ENVELOPE = 64 * 1024 * 1024
"""The largest envelope in bytes."""

SUFFIX = ".age"


@dataclass(frozen=True, slots=True)
class Received:
    """An envelope that is durable on disk."""

    key: str
    path: Path
    status: Literal["stored", "duplicate"]
    received_at: str


class Inbox:
    """The folders in which an envelope can lie, and the way in."""

    def __init__(self, data: Path) -> None:
        self.folder = system.make_private_folder(data / "inbox")
        self.objects = system.make_private_folder(data / "objects")
        self.quarantine = system.make_private_folder(data / "quarantine")
        system.sweep_temporaries(self.folder)

    def begin(self, key: str, length: int) -> Incoming:
        """Begin to receive an envelope of `length` bytes under an idempotency key."""
        if not HEX_32.fullmatch(key):
            raise Refused("key-shape", "an idempotency key is 32 lower-case hex digits")
        if length < 1 or length > MAX_ENVELOPE:
            raise Refused("too-large", "an envelope has 1 byte to 64 MiB", status=413)
        system.check_room(self.folder, length)
        return Incoming(self, key, length)

    def find(self, key: str) -> Path | None:
        """Return where the envelope with this key lies, or None.

        The inbox is looked at twice, because the drain may be moving the file meanwhile.
        """
        name = key + SUFFIX
        for place in (self.folder, self.objects / key[:2], self.quarantine, self.folder):
            if (place / name).exists():
                return place / name
        return None

    def waiting(self) -> tuple[Path, ...]:
        """Return the envelopes that wait to be opened, oldest first.

        One that the drain moves away between two looks does not wait any more.
        """
        found = []
        for path in self._names():
            with contextlib.suppress(FileNotFoundError):
                found.append((path.stat().st_mtime_ns, path.name, path))
        return tuple(path for *_, path in sorted(found))

    def count_waiting(self) -> int:
        """Return how many envelopes wait to be opened."""
        return sum(1 for _ in self._names())

    def _names(self) -> Iterator[Path]:
        return self.folder.glob(f"[!.]*{SUFFIX}")

    def keep(self, waiting: Path) -> Path:
        """Move an envelope that is in the custody log to the objects."""
        target = self.object_path(waiting.stem)
        system.move_durably(waiting, target)
        return target

    def put_aside(self, waiting: Path) -> Path:
        """Move an envelope that does not verify to the quarantine."""
        target = self.quarantine / waiting.name
        system.move_durably(waiting, target)
        return target

    def object_path(self, key: str) -> Path:
        """Return where the envelope with this key lies once it is kept."""
        return self.objects / key[:2] / (key + SUFFIX)


class Incoming:
    """One envelope on its way in: `finish` makes it durable, `abandon` removes what there is."""

    def __init__(self, inbox: Inbox, key: str, length: int) -> None:
        self._inbox, self._key, self._length = inbox, key, length
        self._path = inbox.folder / f".{key}.{secrets.token_hex(8)}.tmp"
        self._file: BinaryIO = os.fdopen(system.open_private(self._path), "wb")
        self._digest = hashlib.sha256()
        self._count = 0

    def write(self, chunk: bytes) -> None:
        """Add bytes. Raises `Refused` when there are more than were announced."""
        self._count += len(chunk)
        if self._count > self._length:
            raise Refused("body-too-long", "the body is longer than it said")
        self._digest.update(chunk)
        with system.no_room_is_an_answer():
            self._file.write(chunk)

    def finish(self, sha256: str, now: datetime) -> Received:
        """Make the envelope durable and return it.

        1. All announced bytes are here.
        2. Their SHA-256 is the one that the sender named.
        3. The file is synced, then named without replacing, then its folder is synced.
        4. If the key is taken: the same bytes are a duplicate, other bytes are refused.

        Whatever it raises, nothing half written is left.
        """
        try:
            return self._finish(sha256, now)
        finally:
            self.abandon()

    def _finish(self, sha256: str, now: datetime) -> Received:
        if self._count != self._length:
            raise Refused("body-too-short", "the body is shorter than it said")
        if self._digest.hexdigest() != sha256:
            raise Refused("digest-mismatch", "the body's SHA-256 is not the one named", status=422)
        nanoseconds = int(now.timestamp() * 1000) * 1_000_000
        with system.no_room_is_an_answer():
            self._file.flush()
            os.utime(self._path, ns=(nanoseconds, nanoseconds))
            os.fsync(self._file.fileno())
        self._file.close()
        taken = self._inbox.find(self._key)
        if taken is None:
            try:
                system.place(self._path, self._inbox.folder / (self._key + SUFFIX))
            except FileExistsError:
                taken = self._inbox.find(self._key)
        if taken is None:
            system.sync_folder(self._inbox.folder)
            path = self._inbox.folder / (self._key + SUFFIX)
            return Received(self._key, path, "stored", utc(now))
        return self._duplicate(taken, sha256)

    def _duplicate(self, taken: Path, sha256: str) -> Received:
        try:
            file = taken.open("rb")
        except FileNotFoundError:  # the drain moved it between two looks
            found = self._inbox.find(self._key)
            if found is None:
                raise
            taken, file = found, found.open("rb")
        with file:
            known = hashlib.file_digest(file, "sha256").hexdigest()
            at = received_at(file)
        if known != sha256:
            raise Refused("key-reused", "this key already names another envelope", status=409)
        system.sync_folder(taken.parent)
        return Received(self._key, taken, "duplicate", at)

    def abandon(self) -> None:
        """Remove what has been written so far. Safe to call at any time."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def received_at(file: BinaryIO | Path) -> str:
    """Return the time of receipt of an envelope: its file's modification time."""
    found = file.stat() if isinstance(file, Path) else os.fstat(file.fileno())
    return utc(datetime.fromtimestamp(found.st_mtime_ns // 1_000_000 / 1000, UTC))
