"""The readings of a long capture merged into one list of messages, in the order of the page.

Consecutive tiles overlap, so most rows were read twice or more. Everything here is derived: the
readings are the evidence and stay as they are. The rule:

1. A row has a place on the capture's own scale: the tile's `top` and its own. A row with the same
   id or the same words in the same place, within `NEAR` pixels, is the same row.
2. When more rows are found at one distance, by their words and where there are two by their id,
   than say the same in their place, the page moved by this distance and so did the whole tile.
3. A row that is not in its place is the same by its id, if it says the same and its old place is
   one that this tile shows and in which nothing else stands. Lists that use an element again for
   another message do so out of sight, or put something in its place.
4. A gap begins a new run. Nothing is merged across it: a message may then be there twice, and none
   is lost.

What stands on both sides of a gap is not recognised: nothing that was read proves it. A list uses
an element again for another message that may say the same, and then its id is the same. Also three
messages in the same order are no proof: threats are sent again word for word, and pasted. Times
are what the page gives, mostly a minute or a day, and places begin anew behind a gap. A message
too many can be seen in the tiles and does no harm; one too few would be evidence lost.

Messages are numbered from the top. `extension/engine/merging.js` counts by the same rule while a
capture runs, so that its facts name the number after which a gap lies in this list.

Each row is looked up by its id and by its words and place, so the work grows with the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median_low

from .records import Reading, Row

NEAR = 4
"""How far apart two readings of one row may stand, in CSS pixels."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row in its place: `top` on the capture's own scale, and the tile that showed it first."""

    row: Row
    top: int
    tile: int

    @property
    def is_message(self) -> bool:
        """Tell a message from a line between messages, as the label of a day is."""
        return self.row.side != "middle"


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was read, from the top of the page down. Between two runs lies a gap."""

    runs: tuple[tuple[Line, ...], ...]

    @property
    def lines(self) -> Iterator[Line]:
        """Yield every line of every run."""
        for run in self.runs:
            yield from run

    @property
    def messages(self) -> int:
        """Return how many messages there are."""
        return sum(line.is_message for line in self.lines)

    @property
    def gaps(self) -> tuple[int, ...]:
        """Return after how many messages, from the top of the page, each gap lies."""
        counts: list[int] = []
        for run in self.runs:
            counts.append((counts[-1] if counts else 0) + sum(line.is_message for line in run))
        return tuple(counts[:-1])

    def with_gaps(self) -> Iterator[tuple[Line, int, bool]]:
        """Yield every line, how many messages there are up to it, and whether a gap lies before."""
        count = 0
        for place, run in enumerate(self.runs):
            for line in run:
                count += line.is_message
                yield line, count, place > 0 and line is run[0]


def merge(readings: Iterable[Reading]) -> Transcript:
    """Return the transcript of a capture's readings, given in the order of their tiles."""
    runs: list[_Run] = []
    for reading in readings:
        if not runs or not reading.joined:
            runs.append(_Run())
        runs[-1].add(reading)
    ordered = sorted((run.ordered() for run in runs if run.lines), key=lambda run: run[0].top)
    return Transcript(tuple(ordered))


@dataclass(slots=True)
class _Run:
    """Tiles without a gap between them."""

    lines: list[Line] = field(default_factory=list)
    by_id: dict[int, Line] = field(default_factory=dict)
    by_words: dict[tuple[str, int], Line] = field(default_factory=dict)
    by_text: dict[str, Line] = field(default_factory=dict)

    def add(self, reading: Reading) -> None:
        """Add what was read on one tile."""
        start = self._start_of(reading)
        claimed: set[int] = set()
        found = [self._in_place(row, start + row.top, claimed) for row in reading.rows]
        for row, line in zip(reading.rows, found, strict=True):
            line = line or self._moved(row, reading, claimed)
            if line is None:
                line = Line(row, start + row.top, reading.tile)
                self.lines.append(line)
                self.by_words.setdefault((row.text, line.top // NEAR), line)
                self.by_text[row.text] = line
            claimed.add(id(line))
            self.by_id[row.id] = line

    def _start_of(self, reading: Reading) -> int:
        """Return where this tile begins on the scale of the tiles before it."""
        claimed: set[int] = set()
        in_place, moves = 0, []
        for row in reading.rows:
            line = self._in_place(row, reading.top + row.top, claimed)
            in_place += line is not None and line.row.text == row.text
            if line := self._moved(row, reading, ()) or self._elsewhere(row, reading):
                moves.append(line.top - row.top - reading.top)
        moved = median_low(moves) if moves else 0
        agreed = sum(abs(move - moved) <= NEAR for move in moves)
        return reading.top + (moved if agreed > in_place else 0)

    def _elsewhere(self, row: Row, reading: Reading) -> Line | None:
        """Return the row that said this, if it was where this tile looks, in another element.

        Only an element that was there before and says something else now was filled anew.
        """
        before, line = self.by_id.get(row.id), self.by_text.get(row.text)
        if before is None or line is None or before.row.text == row.text:
            return None
        return line if _in_sight(line, reading) else None

    def _in_place(self, row: Row, top: int, claimed: set[int]) -> Line | None:
        """Return the row that stood here already, and claim it."""
        by_words = (self.by_words.get((row.text, top // NEAR + step)) for step in (0, -1, 1))
        for line in (self.by_id.get(row.id), *by_words):
            if line is not None and abs(line.top - top) <= NEAR and id(line) not in claimed:
                claimed.add(id(line))
                return line
        return None

    def _moved(self, row: Row, reading: Reading, claimed: Collection[int]) -> Line | None:
        """Return the row of this element, if it says the same and was where this tile looks."""
        line = self.by_id.get(row.id)
        if line is None or id(line) in claimed or line.row.text != row.text:
            return None
        return line if _in_sight(line, reading) else None

    def ordered(self) -> tuple[Line, ...]:
        return tuple(sorted(self.lines, key=lambda line: line.top))


def _in_sight(line: Line, reading: Reading) -> bool:
    """Tell whether the place of a row is one that this tile shows, and not only its edge."""
    return NEAR - line.row.height < line.top - reading.top < reading.box.height - NEAR
