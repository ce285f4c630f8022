"""What pages and commands are told of captures, exhibits and exports.

None of it crosses between the halves or lies in the custody log, as what is in `records` does: it
is worked out from them and can be made again at any time.
"""

from __future__ import annotations

from .envelope import Count, Hex32, Hex64, Kind
from .records import Facts, Record, Text, Utc


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
    """One capture as a list shows it. `title` and `url` are untrusted text from the page.

    `finished` says that its facts are here; until then the rest comes from its start, if there is
    one. `whole` says that everything the facts name is here as well, and nothing else but notes.
    `exhibits` counts all that have arrived, `missing` those that are named and have not.
    `messages`, `earliest` and `latest` are what the facts say, untrusted text too; until they are
    here nobody knows.
    """

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
    finished: bool
    whole: bool
    exhibits: int
    missing: int
    tiles: int
    messages: Count | None
    earliest: Text | None
    latest: Text | None
    notes: int


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
