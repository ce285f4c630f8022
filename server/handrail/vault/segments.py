"""The custody log on disk: sealed segments, each one commit (DESIGN D9).

    log/<case>/00000000.age   records 0 … n-1, and the checkpoint that closes them
    log/<case>/<n>.age        the next records, named by the first of them

A segment is written whole, synced and never replaced; writing it *is* the commit, and the index is
made from it. Its plaintext is one RFC 8785 header line, a newline, then the records, one a line:
`age -d … | tail -n +2` shows the log. The header carries the signed checkpoint over the whole log
up to here, so a segment that was forged, reordered or lost shows when the log is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from cryptography.hazmat.primitives import serialization

from .. import system
from ..core import canonical, checkpoint, tree
from ..core.envelope import Count, Hex32
from ..core.errors import Damaged
from ..core.records import CustodyEvent, decode_event
from .keys import VaultKeys


class SegmentHeader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a segment says: whose log, which records, and the signed head after them."""

    v: Literal[1]
    kind: Literal["custody-log"]
    case: Hex32
    first: Count
    count: Count
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Logged:
    """A record with its place in the log."""

    index: int
    record: bytes
    event: CustodyEvent


class CustodyLog:
    """One case's log: its tree in memory, its segments on disk."""

    def __init__(self, data: Path, case: str, keys: VaultKeys) -> None:
        self.case = case
        self._folder = data / "log" / case
        self._keys = keys
        self._signing = keys.case_key(case)
        self.public_key = self._signing.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        self.tree = tree.Tree()

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of the case key (RFC 8032), 64 bytes."""
        return self._signing.sign(message)

    def read(self) -> Iterator[Logged]:
        """Read every segment from the first, verify it, and yield its records.

        1. The segments follow each other without a gap.
        2. Each opens with the vault's identity and has exactly the records it says.
        3. Each record is canonical and of this case.
        4. The checkpoint is signed with the case key and its root is the tree's.

        Raises `Damaged` at the first that fails.
        """
        system.make_private_folder(self._folder.parent)
        system.make_private_folder(self._folder)
        system.sweep_temporaries(self._folder)
        self.tree = tree.Tree()
        for path in sorted(self._folder.glob("[!.]*.age")):
            if path.name != _name(len(self.tree)):
                raise Damaged("log-gap", "a part of the custody log is missing")
            yield from self._read_segment(path)

    def _read_segment(self, path: Path) -> Iterator[Logged]:
        line, _, body = self._keys.open(path.read_bytes()).partition(b"\n")
        try:
            header = msgspec.json.decode(line, type=SegmentHeader)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Damaged("log-segment", "a part of the custody log cannot be read") from error
        records = body.split(b"\n")
        if records.pop() != b"" or header.count != len(records) or header.first != len(self.tree):
            raise Damaged("log-segment", "a part of the custody log is not what it says")
        logged = []
        for record in records:
            event = decode_event(record)
            if event.case != self.case:
                raise Damaged("log-segment", "a record belongs to another case")
            logged.append(Logged(len(self.tree), record, event))
            self.tree.append(tree.leaf_hash(record))
        signed = checkpoint.verify_checkpoint(
            header.checkpoint.encode("utf-8"), checkpoint.origin_of(self.case), self.public_key
        )
        if signed != checkpoint.checkpoint_of(self.case, self.tree):
            raise Damaged("log-checkpoint", "a checkpoint does not fit its records")
        yield from logged

    def append(self, events: Sequence[CustodyEvent]) -> tuple[Logged, ...]:
        """Write the events as one segment, durably, and return them with their places.

        When this returns, they are in the log for good. When it raises, none of them is.
        """
        first = len(self.tree)
        records = [canonical.encode(event) for event in events]
        grown = self.tree.copy()
        for record in records:
            grown.append(tree.leaf_hash(record))
        header = SegmentHeader(
            v=1,
            kind="custody-log",
            case=self.case,
            first=first,
            count=len(records),
            checkpoint=checkpoint.sign_checkpoint(
                checkpoint.checkpoint_of(self.case, grown), self.public_key, self.sign
            ).decode("utf-8"),
        )
        plaintext = b"\n".join((canonical.encode(header), *records, b""))
        system.create_durably(self._folder / _name(first), self._keys.seal(plaintext))
        self.tree = grown
        return tuple(
            Logged(first + place, record, event)
            for place, (record, event) in enumerate(zip(records, events, strict=True))
        )


def _name(first: int) -> str:
    return f"{first:08d}.age"


def cases_on_disk(data: Path) -> tuple[str, ...]:
    """Return the cases that have a log, by the age of their first segment, oldest first."""
    folder = data / "log"
    if not folder.exists():
        return ()
    found = [path for path in folder.iterdir() if (path / _name(0)).exists()]
    return tuple(p.name for p in sorted(found, key=lambda p: (p / _name(0)).stat().st_mtime_ns))
