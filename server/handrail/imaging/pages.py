"""Make the numbered pages of a long capture from its tiles, without letting a tile near a key.

Here it is decided what goes on a page and in which place; the tiles are decoded, drawn and cut in
the picture child, a few at a time. First every tile is looked at: one that cannot be drawn is left
out and named, and the pages go on around it. Where a tile lies is for `core.pages_of_tiles` to say.

This makes all of them, one after the other; `sheets` finds where each begins, and draws one alone.
"""

from __future__ import annotations

import asyncio
import json
import struct
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from math import floor
from typing import Any

from ..core.pages_of_tiles import PlacedTile, runs_of_tiles, scale_of
from ..core.records import Reading
from . import limits, pictures
from .pictures import PictureRefused

OpenTile = Callable[[int], bytes]

_HEADER = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_LEAST_SCALE, _MOST_SCALE = Fraction(1, 5), 16
_HALF = Fraction(1, 2)
_NO_TILE = frozenset({"picture-kind", "picture-too-large", "picture-damaged", "picture-moving"})
"""Refusals that are about the tile, and the same on every computer. Others are about the child."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a tile that is drawn, in its own pixels; `start` is its place in the run."""

    tile: int
    width: int
    height: int
    skip: int
    rows: int
    start: int


@dataclass(frozen=True, slots=True)
class Strip:
    """Pieces under each other without a gap, all as wide, and how high a page of it may be.

    `gap` says that something may be missing between it and the strip before.
    """

    pieces: tuple[Piece, ...]
    page_rows: int
    gap: bool

    @property
    def width(self) -> int:
        """Return how wide its pages are, in pixels."""
        return self.pieces[0].width

    @property
    def end(self) -> int:
        """Return how high all its pages are together, in pixels."""
        return self.pieces[-1].start + self.pieces[-1].rows


@dataclass(frozen=True, slots=True)
class Layout:
    """What can be drawn of a capture: `draw_pages` does it. `unread` maps a tile to its refusal."""

    strips: tuple[Strip, ...]
    unread: dict[int, str]


@dataclass(frozen=True, slots=True)
class PagePlan:
    """What a child needs for one page: the tiles, and a plan of what to take of each.

    `parts` are those tiles: number, its first row that is drawn, and how many rows at the most.
    """

    bodies: tuple[bytes, ...]
    plan: dict[str, Any]
    parts: tuple[tuple[int, int, int], ...]

    @property
    def most(self) -> int:
        """Return how high the page is before it is cut."""
        return int(self.plan["most"])

    @property
    def least(self) -> int:
        """Return how high it is at least: only the last page of a strip is not cut."""
        return self.most if self.plan["ends"] else limits.least_rows(self.most)


def lay_out(ratio: str, readings: Sequence[Reading], open_tile: OpenTile) -> Layout:
    """Look at the tiles of a capture and return where they go, without those that are unread.

    `ratio` is the window's `device_pixel_ratio`. A tile is opened once for this. Call it where no
    event loop runs. Raises `PictureRefused` when the child failed: then it may be tried again.
    """
    looking = look_at_tiles(ratio, readings, open_tile)
    while True:
        try:
            next(looking)
        except StopIteration as done:
            layout: Layout = done.value
            return layout


def look_at_tiles(
    ratio: str, readings: Sequence[Reading], open_tile: OpenTile
) -> Generator[int, None, Layout]:
    """Do what `lay_out` does, and yield how many tiles are done after each child."""
    sizes: dict[int, tuple[int, int]] = {}
    unread: dict[int, str] = {}
    while True:
        runs = runs_of_tiles(readings, unread)
        new = [tile for run in runs for tile in run if tile.tile not in sizes]
        if not new:
            break
        # Others may be needed in place of unread ones.
        yield from _look_at(new, ratio, open_tile, sizes, unread)
    strips = (
        strip
        for place, run in enumerate(runs)
        for strip in _strips(run, sizes, ratio, gap=place > 0)
    )
    return Layout(tuple(strips), unread)


def draw_pages(layout: Layout, open_tile: OpenTile) -> Iterator[bytes]:
    """Yield the pages of a capture as PNG, the top of the page first. Raises as `lay_out`."""
    for strip in layout.strips:
        yield from _draw(strip, open_tile)


def _look_at(
    tiles: Sequence[PlacedTile],
    ratio: str,
    open_tile: OpenTile,
    sizes: dict[int, tuple[int, int]],
    unread: dict[int, str],
) -> Iterator[int]:
    """Note the size of each tile in pixels, or why it cannot be drawn."""
    waiting: dict[int, bytes] = {}
    for tile in tiles:
        try:
            body = open_tile(tile.tile)
            sizes[tile.tile] = _size_of(body, tile, ratio)
        except PictureRefused as refused:
            _note(tile.tile, refused, unread)
            continue
        if waiting and not _fit([*waiting.values(), body]):
            _try(waiting, unread)
            yield len(sizes) - 1
            waiting = {}
        waiting[tile.tile] = body
    if waiting:
        _try(waiting, unread)
        yield len(sizes)


def _try(tiles: dict[int, bytes], unread: dict[int, str]) -> None:
    """Have these tiles decoded, each alone if they cannot be all together."""
    plan = [[len(body), *_read_size(body), 0, 0] for body in tiles.values()]
    try:
        ask("tiles", list(tiles.values()), tiles=plan)
    except PictureRefused as refused:
        if len(tiles) == 1:
            _note(next(iter(tiles)), refused, unread)
            return
        for tile, body in tiles.items():
            _try({tile: body}, unread)


def _note(tile: int, refused: PictureRefused, unread: dict[int, str]) -> None:
    """Keep that a tile cannot be drawn; where the child failed, that says nothing of the tile."""
    if refused.code not in _NO_TILE:
        raise refused
    unread[tile] = refused.code


def _fit(bodies: Sequence[bytes]) -> bool:
    """Tell whether one child may be given all of these."""
    pixels = sum(width * height for width, height in map(_read_size, bodies))
    return (
        len(bodies) <= limits.PAGE_TILES
        and sum(map(len, bodies)) <= limits.MOST_BYTES
        and pixels <= limits.MOST_PIXELS
    )


def _read_size(body: bytes) -> tuple[int, int]:
    """Return the size that the header of a PNG promises."""
    if len(body) > limits.MOST_BYTES:
        raise PictureRefused("picture-too-large")
    if not body.startswith(_HEADER) or len(body) < len(_HEADER) + 8:
        raise PictureRefused("picture-kind")
    width, height = struct.unpack_from(">II", body, len(_HEADER))
    if max(width, height) > limits.LONGEST_SIDE or width * height > limits.MOST_PIXELS:
        raise PictureRefused("picture-too-large")
    if not width or not height:
        raise PictureRefused("picture-kind")
    return width, height


def _size_of(body: bytes, tile: PlacedTile, ratio: str) -> tuple[int, int]:
    """Return the size of a tile in pixels, if it is the size that its reading says."""
    width, height = _read_size(body)
    scale = scale_of(width, tile.width, ratio)
    off = abs(height - tile.height * scale)
    if not _LEAST_SCALE <= scale <= _MOST_SCALE or off > 2 + 2 * scale + Fraction(height, 100):
        raise PictureRefused("picture-damaged")
    return width, height


def _strips(
    run: Sequence[PlacedTile], sizes: dict[int, tuple[int, int]], ratio: str, *, gap: bool
) -> Iterator[Strip]:
    """Yield what can be drawn in one go: where the scale changes, a new page begins."""
    pieces: list[Piece] = []
    first, reached = run[0], 0
    for tile in run:
        width, height = sizes[tile.tile]
        if pieces and width != pieces[-1].width:
            yield _strip(pieces, first, ratio, gap)
            pieces, reached, first, gap = [], 0, tile, False
        scale = scale_of(width, tile.width, ratio)
        place = floor(tile.top * scale + _HALF) - floor(first.top * scale + _HALF)
        skip = max(0, reached - place)
        if skip < height:
            pieces.append(Piece(tile.tile, width, height, skip, height - skip, reached))
            reached += height - skip
    if pieces:
        yield _strip(pieces, first, ratio, gap)


def _strip(pieces: Sequence[Piece], first: PlacedTile, ratio: str, gap: bool) -> Strip:
    width = pieces[0].width
    scale = scale_of(width, first.width, ratio)
    rows = min(floor(limits.PAGE_HEIGHT * scale), limits.PAGE_PIXELS // width)
    return Strip(tuple(pieces), max(1, rows), gap)


def _draw(strip: Strip, open_tile: OpenTile) -> Iterator[bytes]:
    """Yield the pages of a strip. What lies below a cut is drawn again on the next page."""
    begin = 0
    while begin < strip.end:
        planned = plan_page(strip, begin, open_tile)
        page = ask("page", planned.bodies, **planned.plan)
        begin += height_of(page, planned)
        yield page


def plan_page(strip: Strip, begin: int, open_tile: OpenTile) -> PagePlan:
    """Return what the page that begins at this row of its strip is made of. Opens its tiles."""
    place = bisect_right(strip.pieces, begin, key=lambda piece: piece.start) - 1
    bodies: list[bytes] = []
    parts: list[tuple[int, int, int]] = []
    tiles: list[list[int]] = []
    most = 0
    for piece in islice(strip.pieces, place, place + limits.PAGE_TILES):
        if most >= strip.page_rows:
            break
        body = open_tile(piece.tile)
        if bodies and not _fit([*bodies, body]):
            break
        above = max(0, begin - piece.start)
        rows = min(piece.rows - above, strip.page_rows - most)
        bodies.append(body)
        parts.append((piece.tile, piece.skip + above, rows))
        tiles.append([len(body), piece.width, piece.height, piece.skip + above, rows])
        most += rows
    ends = begin + most == strip.end
    plan = {"width": strip.width, "most": most, "ends": ends, "tiles": tiles}
    return PagePlan(tuple(bodies), plan, tuple(parts))


def height_of(page: bytes, planned: PagePlan) -> int:
    """Return the height of a drawn page, if it can be the page that was planned."""
    width, height = _read_size(page)
    if width != planned.plan["width"] or not planned.least <= height <= planned.most:
        raise PictureRefused(limits.FAILED)
    return height


def command_of(question: str, plan: dict[str, Any]) -> tuple[str, ...]:
    """Return how a child is started with this question."""
    return (*pictures.CHILD, question, json.dumps(plan))


def ask(question: str, bodies: Sequence[bytes], **plan: Any) -> bytes:
    """Put one question to a fresh child. Call it where no event loop runs."""
    return asyncio.run(pictures.run_child(command_of(question, plan), b"".join(bodies)))
