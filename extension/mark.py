"""Draws the mark, a rising line with a short return, as the small pictures that browsers want.

The same path stands in panel/panel.html. A picture is a function of its size: no drawing library,
no generated file in the source tree. `build.py` decides which sizes, and where they go.
"""

from __future__ import annotations

import itertools
import math
import struct
import zlib

Point = tuple[float, float]
Colour = tuple[int, int, int]

INK: Colour = (0x16, 0x26, 0x3D)
PAPER: Colour = (0xFB, 0xF8, 0xF2)

UNITS = 32.0
STROKE = 3.4
CORNER = 7.0


def mark_png(size: int) -> bytes:
    """Return the mark on a rounded square, `size` pixels wide, as a PNG file."""
    scale = UNITS / size
    rows = bytearray()
    for y in range(size):
        rows.append(0)  # each row says that it is not filtered
        for x in range(size):
            rows += _pixel(((x + 0.5) * scale, (y + 0.5) * scale), scale)
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(rows), 9))
        + _chunk(b"IEND", b"")
    )


def _path() -> list[Point]:
    """Return M3 26 19 10.5 h6.5 a3.5 3.5 0 0 1 0 7 H22 as short straight pieces."""
    bend = [
        (25.5 + 3.5 * math.sin(turn), 14.0 - 3.5 * math.cos(turn))
        for turn in (math.pi * step / 12 for step in range(13))
    ]
    return [(3.0, 26.0), (19.0, 10.5), *bend, (22.0, 17.5)]


def _pixel(at: Point, scale: float) -> bytes:
    """Return red, green, blue and opacity of one pixel, its edges softened over one pixel."""
    square = _cover(_outside_square(at), scale)
    line = _cover(_distance_to_path((at[0], at[1] + 2.25)) - STROKE / 2, scale)
    colour = (round(p + (i - p) * line) for p, i in zip(PAPER, INK, strict=True))
    return bytes((*colour, round(255 * square)))


def _cover(distance: float, scale: float) -> float:
    return min(1.0, max(0.0, 0.5 - distance / scale))


def _outside_square(at: Point) -> float:
    """Return how far a point is outside the rounded square; less than 0 is inside."""
    dx, dy = (max(abs(v - UNITS / 2) - (UNITS / 2 - CORNER), 0.0) for v in at)
    return math.hypot(dx, dy) - CORNER


def _distance_to_path(at: Point) -> float:
    path = _path()
    return min(_distance(at, a, b) for a, b in itertools.pairwise(path))


def _distance(at: Point, a: Point, b: Point) -> float:
    ax, ay = at[0] - a[0], at[1] - a[1]
    bx, by = b[0] - a[0], b[1] - a[1]
    along = min(1.0, max(0.0, (ax * bx + ay * by) / (bx * bx + by * by)))
    return math.hypot(ax - along * bx, ay - along * by)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
