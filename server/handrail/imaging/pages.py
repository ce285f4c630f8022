"""Make the numbered pages of a long capture from its tiles, without letting a tile near a key.

Here it is decided what goes on a page and in which place; the tiles are decoded, drawn and cut in
the picture child, a few at a time. First every tile is looked at, so that a capture has all its
pages or none. Where a tile lies is for `core.pages_of_tiles` to say.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..core.pages_of_tiles import PlacedTile, runs_of_tiles
from ..core.records import Reading
from . import limits, pictures
from .pictures import PictureRefused

OpenTile = Callable[[int], bytes]

_HEADER = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_LEAST_SCALE, _MOST_SCALE = 0.2, 16


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


def make_pages(readings: Sequence[Reading], open_tile: OpenTile) -> Iterator[bytes]:
    """Yield the pages of a capture as PNG, the top of the page first.

    Call it where no event loop runs. Raises `PictureRefused` before the first page when a tile
    cannot be drawn, and later only when the child failed: then it may be tried again.
    """
    runs = runs_of_tiles(readings)
    sizes = _look_at([tile for run in runs for tile in run], open_tile)
    for run in runs:
        for strip in _strips(run, sizes):
            yield from _draw(strip, open_tile)


def _look_at(tiles: Sequence[PlacedTile], open_tile: OpenTile) -> dict[int, tuple[int, int]]:
    """Return the size of each tile in pixels. Raises `PictureRefused` if one cannot be drawn."""
    sizes: dict[int, tuple[int, int]] = {}
    waiting: list[bytes] = []
    for tile in tiles:
        body = open_tile(tile.tile)
        sizes[tile.tile] = _size_of(body, tile)
        if waiting and not _fit([*waiting, body]):
            _ask("tiles", waiting, tiles=[[len(one), *_read_size(one), 0, 0] for one in waiting])
            waiting = []
        waiting.append(body)
    if waiting:
        _ask("tiles", waiting, tiles=[[len(one), *_read_size(one), 0, 0] for one in waiting])
    return sizes


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


def _size_of(body: bytes, tile: PlacedTile) -> tuple[int, int]:
    """Return the size of a tile in pixels, if it is the size that its reading says."""
    width, height = _read_size(body)
    scale = width / tile.width
    off = abs(height - tile.height * scale)
    if not _LEAST_SCALE <= scale <= _MOST_SCALE or off > 2 + 2 * scale + height / 100:
        raise PictureRefused("picture-damaged")
    return width, height


def _strips(run: Sequence[PlacedTile], sizes: dict[int, tuple[int, int]]) -> Iterator[_Strip]:
    """Yield what can be drawn in one go: where the scale changes, a new page begins."""
    pieces: list[_Piece] = []
    first, reached = run[0], 0
    for tile in run:
        width, height = sizes[tile.tile]
        if pieces and width != pieces[-1].width:
            yield _strip(pieces, first)
            pieces, reached, first = [], 0, tile
        place = ((tile.top - first.top) * width * 2 + tile.width) // (tile.width * 2)
        skip = max(0, reached - place)
        if skip < height:
            pieces.append(_Piece(tile.tile, width, height, skip, height - skip, reached))
            reached += height - skip
    if pieces:
        yield _strip(pieces, first)


def _strip(pieces: Sequence[_Piece], first: PlacedTile) -> _Strip:
    width = pieces[0].width
    rows = min(limits.PAGE_HEIGHT * width // first.width, limits.PAGE_PIXELS // width)
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
