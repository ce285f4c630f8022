"""What the picture child accepts, what it may use, and how it answers.

Both sides read these numbers: the child keeps to them, and the parent does not believe that it did.
They follow measurements: with Pillow's own limit a 10 kB PNG of 81 million pixels took 402 MB.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

FORMATS: Final = ("PNG", "JPEG", "WEBP")

MOST_BYTES: Final = 64 * 1024 * 1024
"""The largest picture file that is looked at."""

MOST_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 16_383
"""A side of WebP can be no longer; no screen is."""

MOST_ANSWER: Final = 192 * 1024 * 1024
"""The longest answer that is read: 40 million pixels of noise, as PNG, and room to spare."""

MEMORY: Final = 768 * 1024 * 1024
CPU_SECONDS: Final = 20
FILE_BYTES: Final = 128 * 1024 * 1024
OPEN_FILES: Final = 32
WALL_SECONDS: Final = 30.0

PAGE_HEIGHT: Final = 1600
"""The longest numbered page, in CSS pixels."""

PAGE_PIXELS: Final = 20_000_000
"""The most pixels in one page; a very wide page is less high."""

PAGE_TILES: Final = 12
"""The most tiles that are given to one child."""

PAGE_LEVEL: Final = 3
"""How hard a page is packed. Another number would be another file."""


def least_rows(most: int) -> int:
    """Return the least height of a page that could have been `most` high: the cut is below it."""
    return max(1, -(-most * 3 // 5))


class Exit(IntEnum):
    """How the child ends. Anything else means that it failed."""

    READ = 0
    UNKNOWN_KIND = 10
    TOO_LARGE = 11
    DAMAGED = 12
    MOVING = 13


CODES: Final = {
    Exit.UNKNOWN_KIND: "picture-kind",
    Exit.TOO_LARGE: "picture-too-large",
    Exit.DAMAGED: "picture-damaged",
    Exit.MOVING: "picture-moving",
}
"""The stable error code of each refusal."""

FAILED: Final = "picture-not-read"
"""The stable error code for a child that crashed, was stopped, or answered nonsense."""
