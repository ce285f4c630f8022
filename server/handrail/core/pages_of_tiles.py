"""Where the tiles of a long capture lie, from the top of the page down: what numbered pages need.

The rule:

1. A tile that is not joined to the one before it, or is not as wide, begins a new run.
2. In a run tiles lie at their `top`. A person may have gone up and then down, so they are sorted.
3. After a tile comes, of those that begin where it ends or higher, the one that reaches furthest
   down; the earlier one if two do. Its upper part is left out as far as the tile above reaches, so
   each stretch is drawn once. A tile that adds nothing is not drawn at all.
4. Where no tile begins in time there is a gap, and a new run. One CSS pixel is rounding, no gap.
5. A tile that cannot be read is left out. What it alone showed is such a gap.

`scale_of` says how many pixels of a tile one CSS pixel is.

Drawing and cutting are done elsewhere (`imaging`). Nothing here is evidence: the tiles are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .records import Reading

ROUNDING = 1
"""How far apart two tiles may lie that touch each other on the page, in CSS pixels."""


@dataclass(frozen=True, slots=True)
class PlacedTile:
    """A tile in its place, in CSS pixels: `top` is on the capture's own scale."""

    tile: int
    top: int
    width: int
    height: int

    @property
    def end(self) -> int:
        """Return where the tile ends."""
        return self.top + self.height


def scale_of(width: int, box_width: int, ratio: str) -> Fraction:
    """Return how many pixels one CSS pixel is on a tile that is this wide, in both units.

    It is the window's own ratio (`WindowFacts.device_pixel_ratio`) where the tile has that width,
    within one CSS pixel and one pixel: the width alone is rounded, which adds up over many tiles.
    Otherwise the window was drawn on another scale, and the width is all there is.
    """
    stated = Fraction(ratio)
    return stated if abs(width - box_width * stated) <= stated + 1 else Fraction(width, box_width)


def runs_of_tiles(
    readings: Iterable[Reading], unread: Collection[int] = ()
) -> tuple[tuple[PlacedTile, ...], ...]:
    """Return the tiles to draw, from readings in the order of the capture. Between runs is a gap.

    Runs, too, are in the order of the page, from the top down. `unread` tiles cannot be drawn.
    """
    joined: list[list[PlacedTile]] = []
    width = None
    for reading in readings:
        if not joined or not reading.joined or reading.box.width != width:
            joined.append([])
        width = reading.box.width
        if reading.box.width and reading.box.height and reading.tile not in unread:
            joined[-1].append(
                PlacedTile(reading.tile, reading.top, reading.box.width, reading.box.height)
            )
    runs = [run for tiles in joined for run in _covering(tiles)]
    return tuple(sorted(runs, key=lambda run: run[0].top))


def _covering(tiles: Sequence[PlacedTile]) -> list[tuple[PlacedTile, ...]]:
    """Return the fewest tiles that show all these tiles show, as runs without a gap."""
    ordered = sorted(tiles, key=lambda tile: tile.top)  # stable: of equals the earlier is first
    runs: list[list[PlacedTile]] = []
    place = 0
    while place < len(ordered):
        above = runs[-1][-1] if runs else None
        best = above
        while above and best and place < len(ordered) and ordered[place].top <= above.end:
            best = max(best, ordered[place], key=lambda tile: tile.end)
            place += 1
        if best is not above and best is not None:
            runs[-1].append(best)
        elif place < len(ordered):
            follows = above is not None and ordered[place].top <= above.end + ROUNDING
            if not follows:
                runs.append([])
            runs[-1].append(_furthest_at(ordered, place))
    return [tuple(run) for run in runs]


def _furthest_at(ordered: Sequence[PlacedTile], place: int) -> PlacedTile:
    """Return, of the tiles that begin where this one does, the one that reaches furthest."""
    best = ordered[place]
    while place < len(ordered) and ordered[place].top == best.top:
        best = max(best, ordered[place], key=lambda tile: tile.end)
        place += 1
    return best
