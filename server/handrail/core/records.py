"""The records that cross between the halves or lie in the custody log.

Every record is frozen, refuses unknown fields and is never coerced: in evidence, coercion is
alteration. Times are UTC in RFC 3339 with milliseconds, sizes are in bytes or pixels, nothing is a
float. `shared/schemas` says the same for other languages.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from . import canonical
from .envelope import Count, Hex32, Hex64, Kind, exactly
from .errors import Damaged

Utc = Annotated[
    str,
    exactly(
        r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
        r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z"
    ),
]
Text = Annotated[str, msgspec.Meta(max_length=4096)]
Address = Annotated[str, msgspec.Meta(max_length=65_536)]
Whole = Annotated[int, msgspec.Meta(ge=-(2**53) + 1, le=2**53 - 1)]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of all records: frozen, by name only, strict."""


# ── The facts of one capture (facts.json) ────────────────────────────────────────────────────


class SourceFacts(Record, frozen=True, kw_only=True):
    """The page a capture was taken from, as the page gave it. All of it is untrusted."""

    url: Address
    title: Text
    referrer: Address | None
    language: Annotated[str, msgspec.Meta(max_length=100)] | None


class TimeFacts(Record, frozen=True, kw_only=True):
    """When the capture started and finished, by the browser's clock."""

    started: Utc
    finished: Utc
    zone: Annotated[str, msgspec.Meta(max_length=100)]
    offset_minutes: Annotated[int, msgspec.Meta(ge=-1080, le=1080)]
    uptime_ms: Count


class WindowFacts(Record, frozen=True, kw_only=True):
    """The window in CSS pixels; `device_pixel_ratio` is a decimal as text."""

    width: Count
    height: Count
    page_width: Count
    page_height: Count
    scroll_x: Whole
    scroll_y: Whole
    device_pixel_ratio: Annotated[str, exactly(r"[0-9]{1,3}(\.[0-9]{1,6})?")]


class PictureSize(Record, frozen=True, kw_only=True):
    """The size of the picture in its own pixels."""

    width: Count
    height: Count


class MadeBy(Record, frozen=True, kw_only=True):
    """The programs that took the capture."""

    extension: Annotated[str, msgspec.Meta(max_length=40)]
    browser: Annotated[str, msgspec.Meta(max_length=512)]
    platform: Annotated[str, msgspec.Meta(max_length=100)]
    languages: tuple[Annotated[str, msgspec.Meta(max_length=40)], ...]


class HiddenPictures(Record, frozen=True, kw_only=True):
    """Whether pictures on the page were hidden, how many, and whether that was verified."""

    hidden: bool
    count: Count
    verified: bool
    shown: None


class NotRead(Record, frozen=True, kw_only=True):
    """A part of the page that could not be read."""

    what: Annotated[str, exactly("[a-z-]{1,40}")]
    count: Count


class Gap(Record, frozen=True, kw_only=True):
    """A stretch that is missing, in CSS pixels from the top."""

    from_y: Whole
    to_y: Whole


class Completeness(Record, frozen=True, kw_only=True):
    """What the capture says it is missing (DESIGN D3)."""

    reached: Literal["view"]
    overlays_hidden: Count
    gaps: tuple[Gap, ...]
    not_read: tuple[NotRead, ...]
    page_changed: bool


class ExhibitFacts(Record, frozen=True, kw_only=True):
    """One exhibit of the capture: what it is, how long, its digest."""

    number: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    kind: Kind
    media_type: Annotated[str, msgspec.Meta(max_length=100)]
    length: Count
    sha256: Hex64


class Facts(Record, frozen=True, kw_only=True):
    """The circumstances of one capture. It is itself the last exhibit of the capture."""

    v: Literal[1]
    capture: Hex32
    save: Literal["view"]
    source: SourceFacts
    times: TimeFacts
    window: WindowFacts
    picture: PictureSize
    made_by: MadeBy
    pictures: HiddenPictures
    completeness: Completeness
    exhibits: Annotated[tuple[ExhibitFacts, ...], msgspec.Meta(min_length=1, max_length=100_000)]


# ── The custody log ──────────────────────────────────────────────────────────────────────────


class EnvelopeRef(Record, frozen=True, kw_only=True):
    """The sealed envelope an exhibit came in: its idempotency key and the SHA-256 of its bytes."""

    key: Hex32
    sha256: Hex64


class LogRecord(Record, frozen=True, kw_only=True, tag_field="event"):
    """The base of all custody events. `salt` keeps an undisclosed record from being guessed."""

    v: Literal[1]
    case: Hex32
    at: Utc
    salt: Hex32


class CaseOpened(LogRecord, frozen=True, kw_only=True, tag="case-opened"):
    """A case begins."""

    vault: Hex32


class ExhibitAdded(LogRecord, frozen=True, kw_only=True, tag="exhibit-added"):
    """An exhibit was opened, verified and kept."""

    capture: Hex32
    number: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    kind: Kind
    media_type: Annotated[str, msgspec.Meta(max_length=100)]
    length: Count
    sha256: Hex64
    envelope: EnvelopeRef
    received_at: Utc


class EnvelopeQuarantined(LogRecord, frozen=True, kw_only=True, tag="envelope-quarantined"):
    """An envelope that did not open or verify was put aside and kept."""

    envelope: EnvelopeRef
    reason: Annotated[str, exactly("[a-z0-9-]{1,60}")]
    received_at: Utc


class ExportChosen(LogRecord, frozen=True, kw_only=True, tag="export-chosen"):
    """The person chose what goes into a package; its checkpoint ends with this record."""

    export: Hex32
    captures: tuple[Hex32, ...]
    time_tokens: tuple[Hex64, ...]


class PackageMade(LogRecord, frozen=True, kw_only=True, tag="package-made"):
    """A package was written: its SHA-256 and its length in bytes."""

    export: Hex32
    sha256: Hex64
    length: Count


CustodyEvent = CaseOpened | ExhibitAdded | EnvelopeQuarantined | ExportChosen | PackageMade


# ── What pages and commands are told ─────────────────────────────────────────────────────────


class PictureFacts(Record, frozen=True, kw_only=True):
    """Derived from a picture exhibit: size in pixels and a perceptual hash (imagehash, hex)."""

    width: Count
    height: Count
    format: str
    phash: str


class ExhibitEntry(Record, frozen=True, kw_only=True):
    """An exhibit with its place in the custody log."""

    number: int
    kind: Kind
    media_type: str
    length: Count
    sha256: Hex64
    index: Count
    received_at: Utc
    envelope_key: Hex32


class CaptureSummary(Record, frozen=True, kw_only=True):
    """One capture as a list shows it. `title` and `url` are untrusted text from the page."""

    capture: Hex32
    case: Hex32
    save: str
    title: str
    url: str
    started: str
    zone: str
    offset_minutes: int
    received_at: str
    pictures_hidden: int
    whole: bool
    exhibits: int
    missing: int


class CaptureDetail(Record, frozen=True, kw_only=True):
    """One capture with everything known about it. `facts` is missing until it has arrived."""

    summary: CaptureSummary
    facts: Facts | None
    exhibits: tuple[ExhibitEntry, ...]
    picture: PictureFacts | None


class ExportSummary(Record, frozen=True, kw_only=True):
    """One export: what was chosen, and the package once it was made."""

    export: Hex32
    case: Hex32
    at: Utc
    captures: tuple[Hex32, ...]
    index: Count
    sha256: str | None
    length: int | None


# ── Bytes ────────────────────────────────────────────────────────────────────────────────────


def decode_event(line: bytes) -> CustodyEvent:
    """Return the custody event of one log line. Raises `Damaged` if it is not canonical."""
    try:
        event: CustodyEvent = msgspec.json.decode(line, type=CustodyEvent)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Damaged("log-record", "a log record is not one we know") from error
    if canonical.encode(event) != line:
        raise Damaged("log-record", "a log record is not in canonical form")
    return event


def decode_facts(body: bytes) -> Facts:
    """Return the facts of a capture. Raises `Damaged` for a wrong field or another form."""
    try:
        facts = msgspec.json.decode(body, type=Facts)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Damaged("facts-shape", "these facts have a field we do not know") from error
    if canonical.encode(facts) != body:
        raise Damaged("facts-shape", "these facts are not in canonical form")
    try:
        datetime.fromisoformat(facts.times.started)
        datetime.fromisoformat(facts.times.finished)
    except ValueError as error:
        raise Damaged("facts-shape", "a day in these facts is in no calendar") from error
    return facts


def utc(moment: datetime) -> str:
    """Return a moment as UTC text with milliseconds. Raises `ValueError` without a zone."""
    offset = moment.utcoffset()
    if offset is None or offset.total_seconds() != 0:
        raise ValueError("the moment must be in UTC")
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
