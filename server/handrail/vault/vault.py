"""The open vault: takes in envelopes, answers questions, opens exhibits (DESIGN D5, D6, D14).

    inbox ──drain──▶ custody log (the commit) ──▶ objects and index

Everything here is synchronous and may be called from any thread; writers wait for each other. The
order of a drain is what makes it safe to die at any moment: the envelope is durable in the inbox,
then its record is durable in the log, then the file moves, then the index learns of it. On opening,
what a crash left undone is done.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from .. import system
from ..core import canonical
from ..core.digest import sha256_hex
from ..core.envelope import (
    MEDIA_TYPES,
    ONCE,
    EnvelopeHeader,
    Kind,
    encode_envelope,
    numbers_of,
    verify_envelope,
)
from ..core.errors import Damaged, NotFound, Refused
from ..core.records import (
    LONGEST_NOTE,
    CaseOpened,
    CustodyEvent,
    EnvelopeQuarantined,
    EnvelopeRef,
    ExhibitAdded,
    ExportChosen,
    Note,
    PackageMade,
    Reading,
    decode_facts,
    decode_note,
    decode_reading,
    decode_start,
    utc,
)
from ..core.summaries import (
    CaptureDetail,
    CaptureSummary,
    ExhibitEntry,
    ExportSummary,
    PictureFacts,
)
from . import keys, segments
from .inbox import Inbox, received_at
from .index import TELLING, Index
from .segments import CustodyLog, Logged

DRAIN_AT_ONCE = 32
"""How many envelopes become one segment of the log at most."""

PICTURE_VERSION = 1
"""Raise this when pictures are read differently, and every picture is read again."""

PAGES_VERSION = 1
"""Raise this when pages are cut differently: where they are cut is then found again."""

_ABOUT: dict[Kind, Callable[[bytes], str]] = {
    "start": lambda body: decode_start(body).capture,
    "reading": lambda body: decode_reading(body).capture,
    "facts": lambda body: decode_facts(body).capture,
    "note": lambda body: decode_note(body).about,
}
"""How to read which capture an exhibit says it is about, for those that say it."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What a drain did."""

    added: int
    quarantined: int


class Vault:
    """One vault, opened. Use `open_vault`."""

    def __init__(self, data: Path, now: Callable[[], datetime], opened: keys.VaultKeys) -> None:
        self._data, self._now, self._keys = data, now, opened
        self._lock = threading.RLock()
        self.inbox = Inbox(data)
        self._index = self._open_index()
        self._logs: dict[str, CustodyLog] = {}
        self._behind = False

    # ── Opening ──────────────────────────────────────────────────────────────────────────────

    def _open_index(self) -> Index:
        path = self._data / "index.db"
        try:
            return Index(path, self._keys.index_key())
        except Damaged as error:
            # The index holds nothing that the log does not hold. One of another version is made
            # again; a damaged one is kept aside, once.
            if error.code == "index-version":
                path.unlink()
            else:
                path.replace(self._data / "index.damaged.db")
            for left in self._data.glob("index.db-*"):
                left.unlink()
            return Index(path, self._keys.index_key())

    def _read_logs(self) -> None:
        """Read every log, and bring the index up to what the logs say."""
        for case in segments.cases_on_disk(self._data):
            log = CustodyLog(self._data, case, self._keys)
            known = self._index.log(case)
            with self._index.transaction():
                for logged in log.read():
                    if logged.index < len(known):
                        if known[logged.index] != logged.record:
                            raise Damaged("log-index", "index and custody log do not agree")
                    else:
                        self._enter(logged)
            if len(known) > len(log.tree):
                raise Damaged("log-gap", "the custody log is shorter than it was")
            self._logs[case] = log

    def _start_case(self) -> None:
        if self._logs:
            return
        case = secrets.token_hex(16)
        log = CustodyLog(self._data, case, self._keys)
        list(log.read())
        self._logs[case] = log
        self._append(
            case,
            [CaseOpened(v=1, case=case, at=utc(self._now()), salt=_salt(), vault=self._keys.vault)],
        )

    def close(self) -> None:
        """Close the index. Nothing else is open."""
        with self._lock:
            self._index.close()

    # ── Protection ───────────────────────────────────────────────────────────────────────────

    def is_protected(self) -> bool:
        """Tell whether opening this vault needs something that the person knows."""
        return keys.is_protected(self._data)

    def protect(self, passphrase: str) -> str:
        """Put the vault under a passphrase and twelve words, and return the words."""
        with self._lock:
            return keys.protect(self._data, self._keys.vault_key, passphrase)

    # ── The log ──────────────────────────────────────────────────────────────────────────────

    def _append(self, case: str, events: Sequence[CustodyEvent]) -> tuple[Logged, ...]:
        self._catch_up()
        logged = self._logs[case].append(events)
        self._behind = True
        with self._index.transaction():
            for one in logged:
                self._enter(one)
        self._behind = False
        return logged

    def _catch_up(self) -> None:
        """Bring the index up to the log when an earlier entry failed after its commit."""
        if self._behind:
            self._read_logs()
            self._behind = False

    def _enter(self, logged: Logged) -> None:
        event, body = logged.event, None
        if isinstance(event, ExhibitAdded) and event.kind in TELLING:
            body = self._open_envelope(event.envelope.key)[1]
        self._index.apply(logged.index, logged.record, event, body)

    @property
    def case(self) -> str:
        """The case that is open: what comes in belongs to it."""
        return self._index.cases()[-1]

    @property
    def recipient(self) -> str:
        """The age recipient that browsers seal to."""
        return self._keys.recipient

    def log(self, case: str, size: int | None = None) -> tuple[bytes, ...]:
        """Return the records of a custody log, all or the first `size`."""
        return self._index.log(case, size)

    def log_size(self, case: str) -> int:
        """Return how many records a custody log has."""
        return self._index.log_size(case)

    def public_key(self, case: str) -> bytes:
        """Return the raw Ed25519 public key of a case."""
        return self._log_of(case).public_key

    def sign(self, case: str, message: bytes) -> bytes:
        """Return the case key's signature over the message."""
        return self._log_of(case).sign(message)

    def _log_of(self, case: str) -> CustodyLog:
        if case not in self._logs:
            raise NotFound("no-such-case", "there is no such case")
        return self._logs[case]

    # ── The drain ────────────────────────────────────────────────────────────────────────────

    def drain(self) -> Drained:
        """Open what waits in the inbox, record it, and keep it. Call until nothing is added."""
        with self._lock:
            self._catch_up()
            return self._drain()

    def _drain(self) -> Drained:
        events: list[CustodyEvent] = []
        waiting: list[Path] = []
        taken: set[tuple[str, int | Kind]] = set()
        for path in self.inbox.waiting():
            known = self._index.knows_envelope(path.stem)
            if known is not None:  # recorded before a crash; only the move was left
                self._settle(path, quarantined=known)
                continue
            events.append(self._read_in(path, taken))
            waiting.append(path)
            if len(events) == DRAIN_AT_ONCE:
                break
        if not events:
            return Drained(0, 0)
        self._append(self.case, events)
        aside = 0
        for path, event in zip(waiting, events, strict=True):
            quarantined = isinstance(event, EnvelopeQuarantined)
            aside += quarantined
            self._settle(path, quarantined=quarantined)
        return Drained(len(events) - aside, aside)

    def _settle(self, path: Path, *, quarantined: bool) -> None:
        if quarantined:
            self.inbox.put_aside(path)
        else:
            self.inbox.keep(path)

    def _read_in(self, path: Path, taken: set[tuple[str, int | Kind]]) -> CustodyEvent:
        """Return the custody event for an envelope: added when it verifies, else quarantined."""
        envelope = path.read_bytes()
        ref = EnvelopeRef(key=path.stem, sha256=sha256_hex(envelope))
        at, received = utc(self._now()), received_at(path)
        try:
            header, body = verify_envelope(self._keys.open(envelope))
            self._check_place(header, body, taken)
        except Damaged as error:
            return EnvelopeQuarantined(
                v=1, case=self.case, at=at, salt=_salt(), envelope=ref, reason=error.code,
                received_at=received,
            )  # fmt: skip
        taken.update({(header.capture, header.number), (header.capture, header.kind)})
        return ExhibitAdded(
            v=1, case=self.case, at=at, salt=_salt(), capture=header.capture, number=header.number,
            kind=header.kind, media_type=header.media_type, length=header.length,
            sha256=header.sha256, envelope=ref, received_at=received,
        )  # fmt: skip

    def _check_place(
        self, header: EnvelopeHeader, body: bytes, taken: set[tuple[str, int | Kind]]
    ) -> None:
        """Raise `Damaged` when this exhibit's place is taken, or it is not about its capture."""
        capture, number, kind = header.capture, header.number, header.kind
        if (capture, number) in taken or self._index.has_number(capture, number):
            raise Damaged("number-taken", "this number of this capture is already kept")
        if kind in ONCE and ((capture, kind) in taken or self._index.has_kind(capture, kind)):
            raise Damaged("kind-taken", "this capture has one of this kind already")
        if kind in _ABOUT and _ABOUT[kind](body) != capture:
            raise Damaged("facts-capture", "what this says is about another capture")

    # ── Notes ────────────────────────────────────────────────────────────────────────────────

    def add_note(self, capture: str, text: str, zone: str, offset_minutes: int) -> int:
        """Keep a sentence of the person's own about a capture, and return its number.

        It goes the way of every exhibit: sealed, into the inbox, into the log. Raises `NotFound`
        for a capture that is not here, `Refused` for a note of nothing or of too much.
        """
        if not text.strip():
            raise Refused("note-empty", "a note says something")
        if len(text) > LONGEST_NOTE:
            raise Refused("note-too-long", "a note has at most 10000 characters")
        with self._lock:
            self._catch_up()
            self._index.capture(capture)
            numbers = numbers_of("note")
            number = secrets.choice(numbers)
            while self._index.has_number(capture, number):
                number = secrets.choice(numbers)
            note = Note(
                v=1, about=capture, written=utc(self._now()), zone=zone,
                offset_minutes=offset_minutes, text=text,
            )  # fmt: skip
            body = canonical.encode(note)
            decode_note(body)
            header = EnvelopeHeader(
                v=1, kind="note", capture=capture, number=number, media_type=MEDIA_TYPES["note"],
                length=len(body), sha256=sha256_hex(body),
            )  # fmt: skip
            self._hand_in(self._keys.seal(encode_envelope(header, body)))
            while not self._index.has_number(capture, number):
                self._drain()
            return number

    def _hand_in(self, envelope: bytes) -> None:
        incoming = self.inbox.begin(secrets.token_hex(16), len(envelope))
        try:
            incoming.write(envelope)
            incoming.finish(sha256_hex(envelope), self._now())
        finally:
            incoming.abandon()

    # ── Questions ────────────────────────────────────────────────────────────────────────────

    def captures(self, case: str | None = None) -> tuple[CaptureSummary, ...]:
        """Return the captures of a case, newest first; of the open case by default."""
        return self._index.captures(case or self.case)

    def capture(self, capture: str) -> CaptureDetail:
        """Return everything about one capture. Raises `NotFound`."""
        return self._index.capture(capture)

    def quarantined(self) -> int:
        """Return how many envelopes were put aside."""
        return self._index.quarantined()

    def open_exhibit(self, capture: str, number: int) -> bytes:
        """Return an exhibit's bytes, verified against the log. Raises `NotFound`, `Damaged`."""
        return self.open_entry(self._index.exhibit(capture, number))

    def open_entry(self, entry: ExhibitEntry) -> bytes:
        """Return the bytes of an exhibit. Raises `Damaged` when they are not the logged ones."""
        header, body = self._open_envelope(entry.envelope_key)
        if header.sha256 != entry.sha256:
            raise Damaged("object-changed", "a kept envelope is not the one that was logged")
        return body

    def _open_envelope(self, key: str) -> tuple[EnvelopeHeader, bytes]:
        path = self.inbox.find(key)
        if path is None:
            raise Damaged("object-missing", "a kept envelope is missing")
        return verify_envelope(self._keys.open(path.read_bytes()))

    def notes(self, capture: str) -> tuple[Note, ...]:
        """Return the notes about a capture, oldest first. Raises `NotFound`, `Damaged`."""
        found = [
            decode_note(self.open_entry(entry))
            for entry in self._index.capture(capture).exhibits
            if entry.kind == "note"
        ]
        return tuple(sorted(found, key=lambda note: note.written))

    def readings(self, capture: str) -> tuple[Reading, ...]:
        """Return what was read on each tile that is here, in the order of the tiles.

        Raises `NotFound`, and `Damaged` when one is not as it was logged.
        """
        exhibits = self._index.capture(capture).exhibits
        tiles = {entry.number for entry in exhibits if entry.kind == "tile"}
        found = {
            reading.tile: reading
            for entry in exhibits
            if entry.kind == "reading"
            and (reading := decode_reading(self.open_entry(entry))).tile in tiles
        }
        return tuple(found[tile] for tile in sorted(found))

    # ── Exports ──────────────────────────────────────────────────────────────────────────────

    def choose_export(self, captures: Sequence[str] | None = None, case: str | None = None) -> str:
        """Record what goes into a package and return the export's id.

        Without a choice, every whole capture of the case goes in, oldest first. One that was not
        finished goes in only when it is named. Raises `Refused` when nothing can go in, or a chosen
        capture has not arrived whole.
        """
        with self._lock:
            case = case or self.case
            self._log_of(case)
            known = list(reversed(self.captures(case)))
            if captures is None:
                chosen = [c.capture for c in known if c.whole]
            else:
                named = set(captures)
                chosen = [c.capture for c in known if c.capture in named and self._can_go(c)]
                if len(chosen) != len(named):
                    raise Refused("capture-not-whole", "a chosen capture has not arrived whole")
            if not chosen:
                raise Refused("nothing-to-export", "there is nothing to put into a package yet")
            event = ExportChosen(
                v=1, case=case, at=utc(self._now()), salt=_salt(), export=secrets.token_hex(16),
                captures=tuple(chosen), time_tokens=(),
            )  # fmt: skip
            self._append(case, [event])
            return event.export

    def _can_go(self, capture: CaptureSummary) -> bool:
        """Tell whether a package can hold this capture: it is whole, or has a start and no end."""
        return capture.whole or (
            not capture.finished
            and self._index.has_kind(capture.capture, "start")
            and not self._index.has_kind(capture.capture, "facts")
        )

    def record_package(self, export: str, sha256: str, length: int) -> None:
        """Record that the package of an export was made.

        The same bytes again are not recorded again. A later release may word the summary anew: that
        is another package of the same choice, and is recorded too.
        """
        with self._lock:
            known = self._index.export(export)
            if known.sha256 == sha256:
                return
            event = PackageMade(
                v=1, case=known.case, at=utc(self._now()), salt=_salt(), export=export,
                sha256=sha256, length=length,
            )  # fmt: skip
            self._append(known.case, [event])

    def exports(self, case: str | None = None) -> tuple[ExportSummary, ...]:
        """Return the exports of a case, newest first."""
        return self._index.exports(case or self.case)

    def export(self, export: str) -> ExportSummary:
        """Return one export. Raises `NotFound`."""
        return self._index.export(export)

    # ── Derived facts ────────────────────────────────────────────────────────────────────────

    def pictures_to_read(self) -> tuple[tuple[str, int], ...]:
        """Return the picture exhibits (capture, number) from which nothing was derived yet."""
        return self._index.without_derived("view", "picture", PICTURE_VERSION)

    def set_picture_facts(self, capture: str, number: int, facts: PictureFacts | None) -> None:
        """Keep what was derived from a picture; None when it was refused."""
        self._index.set_derived(
            capture, number, "picture", PICTURE_VERSION, msgspec.json.encode(facts)
        )

    def sheets(self, capture: str) -> bytes | None:
        """Return where the numbered pages of a capture are cut, as it was kept; None if not yet."""
        return self._index.derived(capture, 0, "sheets", PAGES_VERSION)

    def set_sheets(self, capture: str, found: bytes) -> None:
        """Keep where the numbered pages of a capture are cut."""
        self._index.set_derived(capture, 0, "sheets", PAGES_VERSION, found)

    def ratio(self, capture: str) -> str:
        """Return how many pixels a CSS pixel was, as its start says, or its facts without one.

        Raises `NotFound` when neither is here yet.
        """
        detail = self._index.capture(capture)
        for entry in detail.exhibits:
            if entry.kind == "start":
                return decode_start(self.open_entry(entry)).window.device_pixel_ratio
        if detail.facts is None:
            raise NotFound("part-not-here", "this part has not arrived yet")
        return detail.facts.window.device_pixel_ratio


def prepare(data: Path) -> keys.VaultFile:
    """Make the folder and a vault in it when there is none; return what the vault file says."""
    system.make_private_folder(data)
    system.sweep_temporaries(data)
    if not keys.exists(data):
        keys.create(data)
    return keys.read(data)


@contextmanager
def open_vault(
    data: Path, now: Callable[[], datetime], opened: keys.VaultKeys | None = None
) -> Iterator[Vault]:
    """Open the vault in a folder, and make one when there is none. The caller holds the lock.

    Without keys it is opened by its open wrap. Raises `Refused` with `vault-locked` when it has
    none, `Damaged` when the keys do not fit or the custody log does not verify.
    """
    prepare(data)
    vault = Vault(data, now, opened or keys.unlock_open(data))
    try:
        vault._read_logs()
        vault._start_case()
        yield vault
    finally:
        vault.close()


def _salt() -> str:
    return secrets.token_hex(16)
