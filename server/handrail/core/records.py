"""The records that cross between the halves or lie in the custody log.

Every record is frozen, refuses unknown fields and is never coerced: in evidence, coercion is
alteration. Times are UTC in RFC 3339 with milliseconds, sizes are in bytes or pixels, nothing is a
float. `shared/schemas` says the same for other languages.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeVar

import msgspec

from . import canonical
from .envelope import Count, Hex32, Hex64, Kind, Number, exactly
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
Word = Annotated[str, exactly("[a-z-]{1,40}")]
Zone = Annotated[str, msgspec.Meta(max_length=100)]
OffsetMinutes = Annotated[int, msgspec.Meta(ge=-1080, le=1080)]

MAX_RECORD = 8 * 1024 * 1024
"""The longest exhibit that is a record, in bytes: as long as a verifier reads one."""

LONGEST_NOTE = 10_000
"""The longest note, in characters."""

Save = Literal["view", "page", "conversation", "profile"]
"""What a person asked to be saved."""


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of all records: frozen, by name only, strict."""


_R = TypeVar("_R", bound=Record)


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
    zone: Zone
    offset_minutes: OffsetMinutes
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


class ShownPicture(Record, frozen=True, kw_only=True):
    """The one picture that the person pointed at and left visible: what it is, where it stood.

    In CSS pixels of the window. It is never part of a conversation or of a whole page.
    """

    what: Word
    left: Whole
    top: Whole
    width: Count
    height: Count


class HiddenPictures(Record, frozen=True, kw_only=True):
    """Whether pictures on the page were hidden, how many, and whether that was verified."""

    hidden: bool
    count: Count
    verified: bool
    shown: ShownPicture | None


class Subject(Record, frozen=True, kw_only=True):
    """Whose profile was saved, as the page gave it. Account numbers come in a later release."""

    canonical: Address | None
    name: Text | None
    accounts: Annotated[tuple[Text, ...], msgspec.Meta(max_length=0)]


class NotRead(Record, frozen=True, kw_only=True):
    """A part of the page that could not be read."""

    what: Word
    count: Count


class Gap(Record, frozen=True, kw_only=True):
    """A stretch that is missing: after so many tiles, and after so many messages.

    Tiles are counted in the order of the capture, messages from the top of the page down, as the
    merged list has them. `after_message` is missing where messages were not counted.
    """

    after_tile: Count
    after_message: Count | None


End = Literal["reached", "not-reached"]


class Completeness(Record, frozen=True, kw_only=True):
    """What the capture says it is missing (DESIGN D3).

    `ended` is `done`, `stopped` by the person, or the code of the trouble that ended it. `top` and
    `bottom` are missing when they were not wanted, as in a view. `earliest` and `latest` are what
    the page gave: a time, or the label of a day.
    """

    ended: Word
    top: End | None
    bottom: End | None
    tiles: Count
    messages: Count | None
    earliest: Text | None
    latest: Text | None
    overlays_hidden: Count
    gaps: Annotated[tuple[Gap, ...], msgspec.Meta(max_length=100_000)]
    not_read: tuple[NotRead, ...]
    page_changed: bool


class ExhibitFacts(Record, frozen=True, kw_only=True):
    """One exhibit of the capture: what it is, how long, its digest."""

    number: Number
    kind: Literal["start", "view", "page", "tile", "reading"]
    media_type: Annotated[str, msgspec.Meta(max_length=100)]
    length: Count
    sha256: Hex64


class Facts(Record, frozen=True, kw_only=True):
    """The circumstances of one capture. It is itself the last exhibit of the capture.

    It names every other exhibit but the notes, which may be written at any time. A capture without
    facts was not finished.
    """

    v: Literal[1]
    capture: Hex32
    save: Save
    source: SourceFacts
    subject: Subject | None
    times: TimeFacts
    window: WindowFacts
    picture: PictureSize
    made_by: MadeBy
    pictures: HiddenPictures
    completeness: Completeness
    exhibits: Annotated[tuple[ExhibitFacts, ...], msgspec.Meta(min_length=1, max_length=100_000)]


# ── The other exhibits that are records ──────────────────────────────────────────────────────


class StartTimes(Record, frozen=True, kw_only=True):
    """When a long capture started, by the browser's clock."""

    started: Utc
    zone: Zone
    offset_minutes: OffsetMinutes
    uptime_ms: Count


class StartFacts(Record, frozen=True, kw_only=True):
    """What is known when a long capture starts: kept first, so that a broken one has a place."""

    v: Literal[1]
    capture: Hex32
    save: Literal["page", "conversation"]
    source: SourceFacts
    times: StartTimes
    window: WindowFacts
    made_by: MadeBy


class Box(Record, frozen=True, kw_only=True):
    """The part of the window that a tile shows, in CSS pixels."""

    left: Whole
    top: Whole
    width: Count
    height: Count


class Row(Record, frozen=True, kw_only=True):
    """One message, or one line between messages, as it stands on a tile.

    `id` is the same for the same element of the page in all readings of a capture. Its place is in
    CSS pixels from the tile's own corner. `time` and `text` are the page's words.
    """

    id: Count
    top: Whole
    left: Whole
    width: Count
    height: Count
    side: Literal["own", "theirs", "middle", "unknown"]
    time: Text | None
    text: Annotated[str, msgspec.Meta(max_length=20_000)]


class Reading(Record, frozen=True, kw_only=True):
    """What was read on the page while a tile was taken.

    `top` is the tile's place on the capture's own scale: the first tile is 0, further up is
    negative. `joined` is false when something may be missing between this tile and the one before.
    """

    v: Literal[1]
    capture: Hex32
    tile: Number
    at: Utc
    box: Box
    top: Whole
    joined: bool
    overlays: Count
    pictures: Count
    rows: Annotated[tuple[Row, ...], msgspec.Meta(max_length=10_000)]


class Note(Record, frozen=True, kw_only=True):
    """A sentence of the person's own about a capture."""

    v: Literal[1]
    about: Hex32
    written: Utc
    zone: Zone
    offset_minutes: OffsetMinutes
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NOTE)]


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
    number: Number
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
        facts = _strictly(body, Facts)
        _refuse_no_day(facts.times.started, facts.times.finished)
    except ValueError as error:
        raise Damaged("facts-shape", "these are not the facts of a capture") from error
    if len({exhibit.number for exhibit in facts.exhibits}) != len(facts.exhibits):
        raise Damaged("facts-shape", "facts name one number twice")
    if facts.subject is not None and facts.save != "profile":
        raise Damaged("facts-shape", "only a profile has a subject")
    if facts.pictures.shown is not None and facts.save not in ("view", "profile"):
        raise Damaged("facts-shape", "a picture is shown on a view or a profile, and nowhere else")
    return facts


def decode_start(body: bytes) -> StartFacts:
    """Return what was known at the start. Raises `Damaged` for a wrong field or another form."""
    try:
        start = _strictly(body, StartFacts)
        _refuse_no_day(start.times.started)
    except ValueError as error:
        raise Damaged("start-shape", "this is not the start of a capture") from error
    return start


def decode_reading(body: bytes) -> Reading:
    """Return the reading of a tile. Raises `Damaged` for a wrong field or another form."""
    try:
        reading = _strictly(body, Reading)
        _refuse_no_day(reading.at)
    except ValueError as error:
        raise Damaged("reading-shape", "this is not the reading of a tile") from error
    return reading


def decode_note(body: bytes) -> Note:
    """Return a note. Raises `Damaged` for a wrong field or another form."""
    try:
        note = _strictly(body, Note)
        _refuse_no_day(note.written)
    except ValueError as error:
        raise Damaged("note-shape", "this is not a note") from error
    return note


def _strictly(body: bytes, record: type[_R]) -> _R:
    """Return the record, or raise `ValueError` for a wrong field or another spelling."""
    if len(body) > MAX_RECORD:
        raise ValueError("longer than a record is")
    try:
        value = msgspec.json.decode(body, type=record)
    except msgspec.DecodeError as error:
        raise ValueError("a field is not one we know") from error
    if canonical.encode(value) != body:
        raise ValueError("not in canonical form")
    return value


def _refuse_no_day(*times: str) -> None:
    for time in times:
        datetime.fromisoformat(time)


def utc(moment: datetime) -> str:
    """Return a moment as UTC text with milliseconds. Raises `ValueError` without a zone."""
    offset = moment.utcoffset()
    if offset is None or offset.total_seconds() != 0:
        raise ValueError("the moment must be in UTC")
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
