"""What a package needs to know of each capture before it is written, and what it refuses.

The verifier will check all of this again (`verify.py`, 11). A capture with facts must be whole; one
without was not finished and must have a start, so that there is something to say about it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..core.envelope import Kind
from ..core.errors import Damaged, Refused
from ..core.plan import ExhibitRef, ExportPlan
from ..core.records import (
    ExhibitFacts,
    Facts,
    Note,
    Reading,
    StartFacts,
    decode_facts,
    decode_note,
    decode_reading,
    decode_start,
)
from .verify import LIMITS

OpenExhibit = Callable[[ExhibitRef], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class CaptureShown:
    """A capture as the summary shows it: its number in the package, and what it says of itself.

    `facts` are missing when it was not finished; then there is a `start`. `tiles` are the numbers
    of its tiles: the first of them is called picture 1.
    """

    number: int
    facts: Facts | None
    start: StartFacts | None = None
    notes: tuple[Note, ...] = ()
    tiles: tuple[int, ...] = ()

    @property
    def said(self) -> Facts | StartFacts:
        """Return what says where it was taken from and when it started."""
        said = self.facts or self.start
        if said is None:
            raise ValueError("a capture has facts or a start")
        return said


def exhibits_by_capture(plan: ExportPlan) -> tuple[tuple[ExhibitRef, ...], ...]:
    """Return the exhibits of each capture, in the order of the captures, sorted by number."""
    by_capture: dict[str, list[ExhibitRef]] = {capture: [] for capture in plan.captures}
    for exhibit in plan.exhibits:
        by_capture[exhibit.capture].append(exhibit)
    return tuple(
        tuple(sorted(exhibits, key=lambda exhibit: exhibit.number))
        for exhibits in by_capture.values()
    )


def read_capture(
    number: int, exhibits: Sequence[ExhibitRef], open_exhibit: OpenExhibit
) -> CaptureShown:
    """Return one capture as it is shown. Raises `Refused` when no package can hold it.

    Raises `Damaged` for an exhibit that is not the one that was logged, or not of its form.
    """
    of_kind: dict[Kind, list[ExhibitRef]] = {}
    for exhibit in exhibits:
        of_kind.setdefault(exhibit.kind, []).append(exhibit)
    capture = exhibits[0].capture
    facts = start = None
    for exhibit in of_kind.get("start", ()):
        start = decode_start(read_exhibit(exhibit, open_exhibit))
    for exhibit in of_kind.get("facts", ()):
        facts = decode_facts(read_exhibit(exhibit, open_exhibit))
    notes = tuple(
        decode_note(read_exhibit(exhibit, open_exhibit)) for exhibit in of_kind.get("note", ())
    )
    if facts is None and start is None:
        raise Refused("capture-not-whole", "a chosen capture has no facts yet")
    if facts is not None and not _is_whole(exhibits, facts):
        raise Refused("capture-not-whole", "a chosen capture is not complete")
    named = [said.capture for said in (facts, start) if said is not None]
    if {capture} != {*named, *(note.about for note in notes)}:
        raise Refused("capture-not-whole", "a part of a chosen capture is about another one")
    notes = tuple(sorted(notes, key=lambda note: note.written))
    tiles = tuple(exhibit.number for exhibit in of_kind.get("tile", ()))
    return CaptureShown(number, facts, start, notes, tiles)


def read_readings(exhibits: Sequence[ExhibitRef], open_exhibit: OpenExhibit) -> tuple[Reading, ...]:
    """Return the readings of a capture in the order of its tiles. Raises as `read_capture` does.

    While a capture is not finished, a reading may be here before its tile; it is left out.
    """
    tiles = {exhibit.number for exhibit in exhibits if exhibit.kind == "tile"}
    finished = any(exhibit.kind == "facts" for exhibit in exhibits)
    readings: dict[int, Reading] = {}
    for exhibit in exhibits:
        if exhibit.kind != "reading":
            continue
        reading = decode_reading(read_exhibit(exhibit, open_exhibit))
        here = reading.tile in tiles or not finished
        if reading.capture != exhibit.capture or reading.tile in readings or not here:
            raise Refused("capture-not-whole", "a reading is of a tile that is not here")
        readings[reading.tile] = reading
    return tuple(readings[tile] for tile in sorted(readings) if tile in tiles)


def read_exhibit(exhibit: ExhibitRef, open_exhibit: OpenExhibit) -> bytes:
    """Return the bytes of one exhibit. Raises `Damaged` when they are not those in the log."""
    body = b"".join(open_exhibit(exhibit))
    if hashlib.sha256(body).hexdigest() != exhibit.sha256:
        raise Damaged("exhibit-digest", "an exhibit is not the one that was logged")
    return body


def refuse_long_records(plan: ExportPlan) -> None:
    """Raise `Damaged` when a record is longer than any the verifier reads."""
    for exhibit in plan.exhibits:
        if exhibit.path.endswith(".json") and exhibit.length > LIMITS.text_bytes:
            raise Damaged("facts-shape", "a record of a capture is longer than records are")


def _is_whole(exhibits: Sequence[ExhibitRef], facts: Facts) -> bool:
    here = {
        (exhibit.number, exhibit.kind, exhibit.length, exhibit.sha256)
        for exhibit in exhibits
        if exhibit.kind not in ("facts", "note")
    }
    return here == {_spelt(exhibit) for exhibit in facts.exhibits}


def _spelt(exhibit: ExhibitFacts) -> tuple[int, str, int, str]:
    return exhibit.number, exhibit.kind, exhibit.length, exhibit.sha256
