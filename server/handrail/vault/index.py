"""The index: what must be queried, encrypted, and made again from the log at any time (DESIGN D6).

One file, `index.db`: SQLite3 Multiple Ciphers, ChaCha20, raw key, one writer. It holds nothing that
the sealed log and the envelopes do not hold, so losing it loses nothing. Measured settings: journal
DELETE with synchronous EXTRA lost no acknowledged commit in the crash-state model; FULL did. What a
list shows of a capture is counted as its exhibits arrive: an exhibit costs the same whether it is
the first of its capture or the thousandth, and a list opens no facts.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import apsw
import msgspec

from .. import system
from ..core.envelope import Kind
from ..core.errors import Damaged, NotFound
from ..core.records import (
    CaseOpened,
    CustodyEvent,
    EnvelopeQuarantined,
    ExhibitAdded,
    ExportChosen,
    Facts,
    PackageMade,
    decode_facts,
    decode_start,
)
from ..core.summaries import (
    CaptureDetail,
    CaptureSummary,
    ExhibitEntry,
    ExportSummary,
    PictureFacts,
)

TELLING: frozenset[Kind] = frozenset(("start", "facts"))
"""The kinds of exhibits whose bytes say what a list shows of their capture."""

SCHEMA_VERSION = 3
"""Raise this with every change of the schema: an index of another version is made again."""

SCHEMA = """
CREATE TABLE cases(case_id TEXT PRIMARY KEY, opened_at TEXT NOT NULL,
    opened_order INTEGER NOT NULL);
CREATE TABLE events(case_id TEXT NOT NULL, idx INTEGER NOT NULL, record BLOB NOT NULL,
    PRIMARY KEY(case_id, idx)) WITHOUT ROWID;
CREATE TABLE envelopes(key TEXT PRIMARY KEY, case_id TEXT NOT NULL, idx INTEGER NOT NULL,
    quarantined INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE captures(capture TEXT PRIMARY KEY, case_id TEXT NOT NULL, first_idx INTEGER NOT NULL,
    received_at TEXT NOT NULL, facts BLOB, save TEXT NOT NULL, title TEXT NOT NULL,
    url TEXT NOT NULL, started TEXT NOT NULL, zone TEXT NOT NULL, offset_minutes INTEGER NOT NULL,
    pictures_hidden INTEGER NOT NULL, arrived INTEGER NOT NULL, tiles INTEGER NOT NULL,
    notes INTEGER NOT NULL, named INTEGER NOT NULL, matched INTEGER NOT NULL, messages INTEGER,
    earliest TEXT, latest TEXT) WITHOUT ROWID;
CREATE INDEX captures_by_case ON captures(case_id, first_idx);
CREATE TABLE exhibits(capture TEXT NOT NULL, number INTEGER NOT NULL, idx INTEGER NOT NULL,
    kind TEXT NOT NULL, media_type TEXT NOT NULL, length INTEGER NOT NULL, sha256 TEXT NOT NULL,
    envelope_key TEXT NOT NULL, received_at TEXT NOT NULL,
    PRIMARY KEY(capture, number)) WITHOUT ROWID;
CREATE INDEX exhibits_by_kind ON exhibits(kind, capture);
CREATE TABLE named(capture TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL,
    media_type TEXT NOT NULL, length INTEGER NOT NULL, sha256 TEXT NOT NULL,
    PRIMARY KEY(capture, number)) WITHOUT ROWID;
CREATE TABLE exports(export TEXT PRIMARY KEY, case_id TEXT NOT NULL, idx INTEGER NOT NULL,
    at TEXT NOT NULL, captures BLOB NOT NULL, sha256 TEXT, length INTEGER) WITHOUT ROWID;
CREATE TABLE derived(capture TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL,
    version INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY(capture, number, kind)) WITHOUT ROWID;
"""


class Index:
    """The open index. One connection; calls from any thread wait for each other."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._db = self._open(key)

    def _open(self, key: bytes) -> apsw.Connection:
        if not self._path.exists():  # only this login may read it, and its journal is made like it
            os.close(system.open_private(self._path))
        db = apsw.Connection(str(self._path))
        try:
            db.pragma("cipher", "chacha20")
            db.pragma("key", f"raw:{key.hex()}")
            db.pragma("locking_mode", "EXCLUSIVE")
            db.pragma("journal_mode", "DELETE")
            db.pragma("synchronous", "EXTRA")
            db.pragma("temp_store", "MEMORY")
            db.pragma("foreign_keys", True)
            version = db.pragma("user_version")
            if version == 0:
                with db:
                    db.execute(SCHEMA)
                    db.pragma("user_version", SCHEMA_VERSION)
            elif version != SCHEMA_VERSION:
                raise Damaged("index-version", "the index is of another version")
            if db.pragma("quick_check") != "ok":
                raise Damaged("index-damaged", "the index does not pass its own check")
        except apsw.Error as error:
            db.close()
            raise Damaged("index-damaged", "the index cannot be opened") from error
        except Damaged:
            db.close()
            raise
        return db

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all changes inside one commit; none of them when something fails."""
        with self._lock, self._db:
            yield

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return cast("list[tuple[Any, ...]]", self._db.execute(sql, values).fetchall())

    def _change(self, sql: str, *values: Any) -> None:
        with self._lock:
            self._db.execute(sql, values)

    # ── From the custody log ─────────────────────────────────────────────────────────────────

    def apply(self, index: int, record: bytes, event: CustodyEvent, body: bytes | None) -> None:
        """Enter one custody event. `body` is the exhibit itself, if its kind is in `TELLING`."""
        self._change("INSERT INTO events VALUES(?,?,?)", event.case, index, record)
        match event:
            case CaseOpened():
                self._change(
                    "INSERT INTO cases VALUES(?,?,(SELECT count(*) FROM cases))",
                    event.case,
                    event.at,
                )
            case ExhibitAdded():
                self._add_exhibit(index, event, body)
            case EnvelopeQuarantined():
                self._change(
                    "INSERT INTO envelopes VALUES(?,?,?,1)", event.envelope.key, event.case, index
                )
            case ExportChosen():
                self._change(
                    "INSERT INTO exports VALUES(?,?,?,?,?,NULL,NULL)",
                    event.export, event.case, index, event.at, msgspec.json.encode(event.captures),
                )  # fmt: skip
            case PackageMade():
                self._change(
                    "UPDATE exports SET sha256=?, length=? WHERE export=?",
                    event.sha256, event.length, event.export,
                )  # fmt: skip

    def _add_exhibit(self, index: int, event: ExhibitAdded, body: bytes | None) -> None:
        self._change("INSERT INTO envelopes VALUES(?,?,?,0)", event.envelope.key, event.case, index)
        self._change(
            "INSERT INTO captures VALUES(?,?,?,?,NULL,'view','','',?,'UTC',0,0,0,0,0,0,0,NULL,NULL,"
            "NULL) ON CONFLICT(capture) DO NOTHING",
            event.capture, event.case, index, event.received_at, event.received_at,
        )  # fmt: skip
        self._change(
            "INSERT INTO exhibits VALUES(?,?,?,?,?,?,?,?,?)",
            event.capture, event.number, index, event.kind, event.media_type, event.length,
            event.sha256, event.envelope.key, event.received_at,
        )  # fmt: skip
        self._change(
            "UPDATE captures SET arrived=arrived+1, tiles=tiles+?, notes=notes+?, matched=matched+("
            "SELECT count(*) FROM named WHERE capture=? AND number=? AND kind=? AND media_type=? "
            "AND length=? AND sha256=?) WHERE capture=?",
            event.kind == "tile", event.kind == "note", event.capture, event.number, event.kind,
            event.media_type, event.length, event.sha256, event.capture,
        )  # fmt: skip
        if body is not None:
            self._learn(event.capture, event.kind, body)

    def _learn(self, capture: str, kind: Kind, body: bytes) -> None:
        """Enter what a start or facts say of their capture.

        Facts of a form that this release does not know leave the capture unfinished: a vault opens
        all the same.
        """
        try:
            said = decode_facts(body) if kind == "facts" else decode_start(body)
        except Damaged:
            return
        if isinstance(said, Facts):
            self._change("DELETE FROM named WHERE capture=?", capture)
            for part in said.exhibits:
                self._change(
                    "INSERT INTO named VALUES(?,?,?,?,?,?)",
                    capture, part.number, part.kind, part.media_type, part.length, part.sha256,
                )  # fmt: skip
            self._change(
                "UPDATE captures SET facts=?, pictures_hidden=?, messages=?, earliest=?, latest=?, "
                "named=?, matched=(SELECT count(*) FROM named JOIN exhibits "
                "USING(capture, number, kind, media_type, length, sha256) WHERE capture=?) "
                "WHERE capture=?",
                body, said.pictures.count, said.completeness.messages, said.completeness.earliest,
                said.completeness.latest, len(said.exhibits), capture, capture,
            )  # fmt: skip
        self._change(
            "UPDATE captures SET save=?, title=?, url=?, started=?, zone=?, offset_minutes=? "
            "WHERE capture=? AND (facts IS NULL OR ?)",
            said.save, said.source.title, said.source.url, said.times.started, said.times.zone,
            said.times.offset_minutes, capture, kind == "facts",
        )  # fmt: skip

    # ── Questions ────────────────────────────────────────────────────────────────────────────

    def cases(self) -> tuple[str, ...]:
        """Return the cases, oldest first."""
        return tuple(
            row[0] for row in self._rows("SELECT case_id FROM cases ORDER BY opened_order")
        )

    def log_size(self, case: str) -> int:
        """Return how many events the index holds of a case's custody log."""
        return int(self._rows("SELECT count(*) FROM events WHERE case_id=?", case)[0][0])

    def log(self, case: str, size: int | None = None) -> tuple[bytes, ...]:
        """Return the records of a case's custody log, all or the first `size`."""
        rows = self._rows(
            "SELECT record FROM events WHERE case_id=? ORDER BY idx LIMIT ?",
            case, -1 if size is None else size,
        )  # fmt: skip
        return tuple(row[0] for row in rows)

    def knows_envelope(self, key: str) -> bool | None:
        """Tell what the log says of an envelope: None unknown, False kept, True quarantined."""
        rows = self._rows("SELECT quarantined FROM envelopes WHERE key=?", key)
        return bool(rows[0][0]) if rows else None

    def quarantined(self) -> int:
        """Return how many envelopes lie in quarantine."""
        return int(self._rows("SELECT count(*) FROM envelopes WHERE quarantined")[0][0])

    def exhibit(self, capture: str, number: int) -> ExhibitEntry:
        """Return one exhibit. Raises `NotFound`."""
        found = self._exhibits("WHERE capture=? AND number=?", capture, number)
        if not found:
            raise NotFound("no-such-exhibit", "there is no such exhibit")
        return found[0]

    def has_number(self, capture: str, number: int) -> bool:
        """Tell whether a capture has an exhibit of this number."""
        sql = "SELECT 1 FROM exhibits WHERE capture=? AND number=?"
        return bool(self._rows(sql, capture, number))

    def has_kind(self, capture: str, kind: Kind) -> bool:
        """Tell whether a capture has an exhibit of this kind."""
        sql = "SELECT 1 FROM exhibits WHERE capture=? AND kind=? LIMIT 1"
        return bool(self._rows(sql, capture, kind))

    def _exhibits(self, where: str, *values: Any) -> tuple[ExhibitEntry, ...]:
        rows = self._rows(
            "SELECT number, kind, media_type, length, sha256, idx, received_at, envelope_key "  # noqa: S608
            f"FROM exhibits {where} ORDER BY capture, number",
            *values,
        )
        return tuple(
            ExhibitEntry(
                number=row[0], kind=row[1], media_type=row[2], length=row[3], sha256=row[4],
                index=row[5], received_at=row[6], envelope_key=row[7],
            )
            for row in rows
        )  # fmt: skip

    def captures(self, case: str) -> tuple[CaptureSummary, ...]:
        """Return the captures of a case, newest first."""
        return self._summaries("WHERE case_id=? ORDER BY first_idx DESC", case)

    def capture(self, capture: str) -> CaptureDetail:
        """Return everything about one capture. Raises `NotFound`."""
        found = self._summaries("WHERE capture=?", capture)
        if not found:
            raise NotFound("no-such-capture", "there is no such capture")
        facts = self._rows("SELECT facts FROM captures WHERE capture=?", capture)[0][0]
        exhibits = self._exhibits("WHERE capture=?", capture)
        picture = next((e.number for e in exhibits if e.kind == "view"), None)
        return CaptureDetail(
            summary=found[0],
            facts=decode_facts(facts) if facts is not None else None,
            exhibits=exhibits,
            picture=self.picture_facts(capture, picture) if picture is not None else None,
        )

    def _summaries(self, where: str, *values: Any) -> tuple[CaptureSummary, ...]:
        rows = self._rows(
            "SELECT capture, case_id, save, title, url, started, zone, offset_minutes, "  # noqa: S608
            "received_at, pictures_hidden, facts IS NOT NULL, arrived, tiles, notes, named, "
            f"matched, messages, earliest, latest FROM captures {where}",
            *values,
        )
        return tuple(
            CaptureSummary(
                capture=row[0], case=row[1], save=row[2], title=row[3], url=row[4], started=row[5],
                zone=row[6], offset_minutes=row[7], received_at=row[8], pictures_hidden=row[9],
                finished=bool(row[10]),
                # The facts name everything but themselves and the notes.
                whole=bool(row[10]) and row[11] - row[13] - 1 == row[14] == row[15],
                exhibits=row[11], tiles=row[12], notes=row[13],
                missing=row[14] - row[15] if row[10] else 1,
                messages=row[16], earliest=row[17], latest=row[18],
            )
            for row in rows
        )  # fmt: skip

    def exports(self, case: str) -> tuple[ExportSummary, ...]:
        """Return the exports of a case, newest first."""
        return self._exports("WHERE case_id=? ORDER BY idx DESC", case)

    def export(self, export: str) -> ExportSummary:
        """Return one export. Raises `NotFound`."""
        found = self._exports("WHERE export=?", export)
        if not found:
            raise NotFound("no-such-export", "there is no such export")
        return found[0]

    def _exports(self, where: str, *values: Any) -> tuple[ExportSummary, ...]:
        rows = self._rows(
            f"SELECT export, case_id, at, captures, idx, sha256, length FROM exports {where}",  # noqa: S608
            *values,
        )
        return tuple(
            ExportSummary(
                export=row[0], case=row[1], at=row[2],
                captures=msgspec.json.decode(row[3], type=tuple[str, ...]),
                index=row[4], sha256=row[5], length=row[6],
            )
            for row in rows
        )  # fmt: skip

    # ── Derived facts: can be made again, never part of the log (DESIGN D14) ─────────────────

    def set_derived(self, capture: str, number: int, kind: str, version: int, value: bytes) -> None:
        """Keep a derived fact, in place of an older version."""
        with self.transaction():
            self._change(
                "INSERT OR REPLACE INTO derived VALUES(?,?,?,?,?)",
                capture,
                number,
                kind,
                version,
                value,
            )

    def derived(self, capture: str, number: int, kind: str, version: int) -> bytes | None:
        """Return a derived fact of this version; None when it was not derived yet."""
        rows = self._rows(
            "SELECT value FROM derived WHERE capture=? AND number=? AND kind=? AND version=?",
            capture, number, kind, version,
        )  # fmt: skip
        return bytes(rows[0][0]) if rows else None

    def without_derived(
        self, exhibit_kind: str, kind: str, version: int
    ) -> tuple[tuple[str, int], ...]:
        """Return the exhibits of one kind that lack a derived fact of this version."""
        rows = self._rows(
            "SELECT e.capture, e.number FROM exhibits e WHERE e.kind=? AND NOT EXISTS "
            "(SELECT 1 FROM derived d WHERE d.capture=e.capture AND d.number=e.number "
            "AND d.kind=? AND d.version=?) ORDER BY e.idx",
            exhibit_kind, kind, version,
        )  # fmt: skip
        return tuple((row[0], row[1]) for row in rows)

    def picture_facts(self, capture: str, number: int) -> PictureFacts | None:
        """Return what was derived from a picture, or None when it was refused or not read yet."""
        rows = self._rows(
            "SELECT value FROM derived WHERE capture=? AND number=? AND kind='picture'",
            capture,
            number,
        )
        return msgspec.json.decode(rows[0][0], type=PictureFacts | None) if rows else None
