"""Make the numbered pages of a long capture from its tiles, without letting a tile near a key.

Here it is decided what goes on a page and in which place; the tiles are decoded, drawn and cut in
the picture child, a few at a time. First every tile is looked at: one that cannot be drawn is left
out and named, and the pages go on around it. Where a tile lies is for `core.pages_of_tiles` to say.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from math import floor

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
class _Piece:
    """The part of a tile that is drawn, in its own pixels; `start` is its place in the run."""

    tile: int
    width: int
    height: int
    skip: int
    rows: int
    start: int


@dataclass(frozen=True, slots=True)
class _Strip:
    """Pieces under each other without a gap, all as wide, and how high a page of it may be."""

    pieces: tuple[_Piece, ...]
    page_rows: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What can be drawn of a capture: `draw_pages` does it. `unread` maps a tile to its refusal."""

    strips: tuple[_Strip, ...]
    unread: dict[int, str]


def lay_out(ratio: str, readings: Sequence[Reading], open_tile: OpenTile) -> Layout:
    """Look at the tiles of a capture and return where they go, without those that are unread.

    `ratio` is the window's `device_pixel_ratio`. A tile is opened once for this. Call it where no
    event loop runs. Raises `PictureRefused` when the child failed: then it may be tried again.
    """
    sizes: dict[int, tuple[int, int]] = {}
    unread: dict[int, str] = {}
    while True:
        runs = runs_of_tiles(readings, unread)
        new = [tile for run in runs for tile in run if tile.tile not in sizes]
        if not new:
            break
        _look_at(new, ratio, open_tile, sizes, unread)  # others may be needed in place of unread
    strips = tuple(strip for run in runs for strip in _strips(run, sizes, ratio))
    return Layout(strips, unread)


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
) -> None:
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
            waiting = {}
        waiting[tile.tile] = body
    if waiting:
        _try(waiting, unread)


def _try(tiles: dict[int, bytes], unread: dict[int, str]) -> None:
    """Have these tiles decoded, each alone if they cannot be all together."""
    plan = [[len(body), *_read_size(body), 0, 0] for body in tiles.values()]
    try:
        _ask("tiles", list(tiles.values()), tiles=plan)
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
    run: Sequence[PlacedTile], sizes: dict[int, tuple[int, int]], ratio: str
) -> Iterator[_Strip]:
    """Yield what can be drawn in one go: where the scale changes, a new page begins."""
    pieces: list[_Piece] = []
    first, reached = run[0], 0
    for tile in run:
        width, height = sizes[tile.tile]
        if pieces and width != pieces[-1].width:
            yield _strip(pieces, first, ratio)
            pieces, reached, first = [], 0, tile
        scale = scale_of(width, tile.width, ratio)
        place = floor(tile.top * scale + _HALF) - floor(first.top * scale + _HALF)
        skip = max(0, reached - place)
        if skip < height:
            pieces.append(_Piece(tile.tile, width, height, skip, height - skip, reached))
            reached += height - skip
    if pieces:
        yield _strip(pieces, first, ratio)


def _strip(pieces: Sequence[_Piece], first: PlacedTile, ratio: str) -> _Strip:
    width = pieces[0].width
    scale = scale_of(width, first.width, ratio)
    rows = min(floor(limits.PAGE_HEIGHT * scale), limits.PAGE_PIXELS // width)
    return _Strip(tuple(pieces), max(1, rows))


def _draw(strip: _Strip, open_tile: OpenTile) -> Iterator[bytes]:
    """Yield the pages of a strip. What lies below a cut is drawn again on the next page."""
    width = strip.pieces[0].width
    end = strip.pieces[-1].start + strip.pieces[-1].rows
    begin = place = 0
    while begin < end:
        while strip.pieces[place].start + strip.pieces[place].rows <= begin:
            place += 1
        bodies: list[bytes] = []
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
            tiles.append([len(body), piece.width, piece.height, piece.skip + above, rows])
            most += rows
        ends = begin + most == end
        page = _ask("page", bodies, width=width, most=most, ends=ends, tiles=tiles)
        got_width, height = _read_size(page)
        least = most if ends else limits.least_rows(most)
        if got_width != width or not least <= height <= most:
            raise PictureRefused(limits.FAILED)
        yield page
        begin += height


def _ask(question: str, bodies: Sequence[bytes], **plan: object) -> bytes:
    """Put one question to a fresh child."""
    command = (*pictures.CHILD, question, json.dumps(plan))
    return asyncio.run(pictures.run_child(command, b"".join(bodies)))
