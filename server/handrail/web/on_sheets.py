"""What stands on each numbered page: which pictures, and which messages where that is known.

Worked out from the readings, which say where each message stood on its tile. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..core.pages_of_tiles import scale_of
from ..core.records import Reading, Row
from ..core.transcript import Transcript
from ..imaging.sheets import Part, Sheet


@dataclass(frozen=True, slots=True)
class OnSheet:
    """What is on one page. Pictures and messages are counted from 1; 0 means that none is known.

    `line` is the place of its first message among all lines of the conversation, from 0. `width`
    and `height` are those of the page in CSS pixels.
    """

    width: int
    height: int
    first_picture: int
    last_picture: int
    first_message: int = 0
    last_message: int = 0
    line: int = 0


def on_sheets(
    sheets: Sequence[Sheet], readings: Sequence[Reading], ratio: str, transcript: Transcript
) -> tuple[OnSheet, ...]:
    """Return what stands on each page. `readings` are in the order of the tiles."""
    places = {reading.tile: (place, reading) for place, reading in enumerate(readings, 1)}
    messages: dict[tuple[int, str], tuple[int, int]] = {}
    count = 0
    for place, line in enumerate(transcript.lines):
        if line.is_message:
            count += 1
            messages.setdefault((line.row.id, line.row.text), (count, place))
    return tuple(_on(sheet, places, ratio, messages) for sheet in sheets)


def _on(
    sheet: Sheet,
    places: dict[int, tuple[int, Reading]],
    ratio: str,
    messages: dict[tuple[int, str], tuple[int, int]],
) -> OnSheet:
    pictures = [places[part.tile][0] for part in sheet.parts]
    rows = [row for part in sheet.parts for row in _rows_on(part, places[part.tile][1], ratio)]
    found = [messages[row.id, row.text] for row in rows if (row.id, row.text) in messages]
    # Read from the top down they count up. Where they do not, an element was used again.
    is_known = bool(found) and len(found) == len(rows) and found == sorted(found)
    first, last = (found[0], found[-1]) if is_known else ((0, 0), (0, 0))
    reading = places[sheet.parts[0].tile][1]
    scale = scale_of(sheet.width, reading.box.width, ratio)
    return OnSheet(
        width=reading.box.width,
        height=max(1, round(sheet.rows / scale)),
        first_picture=min(pictures),
        last_picture=max(pictures),
        first_message=first[0],
        last_message=last[0],
        line=first[1],
    )


def _rows_on(part: Part, reading: Reading, ratio: str) -> Iterator[Row]:
    """Yield the messages whose middle stands on this part of a tile."""
    scale = scale_of(part.width, reading.box.width, ratio)
    for row in sorted(reading.rows, key=lambda row: row.top):
        middle = (row.top + Fraction(row.height, 2)) * scale
        if row.side != "middle" and part.top <= middle < part.top + part.rows:
            yield row
