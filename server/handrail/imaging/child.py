"""The picture child: one process, one question, no way out.

Run as `python -I -m handrail.imaging.child facts|copy`, with the picture on standard input, or with
`tiles`, `page` or `cut` and a plan (see `pages`), with the tiles one after the other: are they all
right, the page, where it ends. It limits itself before it loads a decoder, so a decoder that is
taken over finds no key, no file that is open, no environment, little memory and little time. It
answers on standard output and by how it ends (`limits.Exit`). It decides nothing: `pictures` and
`pages` do.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from .. import system
from . import limits
from .limits import Exit

if TYPE_CHECKING:
    from PIL import Image


_BAND = 64
"""How many rows are looked at together."""


class _Stop(Exception):
    def __init__(self, how: Exit) -> None:
        super().__init__(how.name)
        self.how = how


def main(arguments: list[str]) -> int:
    """Read one picture from standard input and answer. The first step is to give up power."""
    # 1. Limits, before a byte is read and before a decoder is loaded.
    system.limit_this_process(
        memory=limits.MEMORY,
        cpu_seconds=limits.CPU_SECONDS,
        file_bytes=limits.FILE_BYTES,
        open_files=limits.OPEN_FILES,
    )
    # 2. The picture, whole.
    untrusted_data = sys.stdin.buffer.read(limits.MOST_BYTES + 1)
    try:
        if len(untrusted_data) > limits.MOST_BYTES:
            raise _Stop(Exit.TOO_LARGE)
        # 3. The one question that was asked.
        match arguments:
            case ["facts"]:
                sys.stdout.buffer.write(_facts(untrusted_data))
            case ["copy"]:
                sys.stdout.buffer.write(_working_copy(untrusted_data))
            case ["tiles", plan]:
                for tile, *_ in _tiles(untrusted_data, json.loads(plan)["tiles"]):
                    tile.close()
            case ["page", plan]:
                sys.stdout.buffer.write(_page(untrusted_data, **json.loads(plan)))
            case ["cut", plan]:
                _, height = _drawn(untrusted_data, **json.loads(plan))
                sys.stdout.buffer.write(str(height).encode())
            case _:
                return 2
    except _Stop as stop:
        return stop.how
    except MemoryError:
        return Exit.TOO_LARGE
    sys.stdout.buffer.flush()
    return Exit.READ


def _open(untrusted_data: bytes) -> Image.Image:
    """Return the decoded picture, or stop and say why it is refused."""
    import warnings

    from PIL import Image, ImageFile, UnidentifiedImageError

    warnings.simplefilter("error")  # a DecompressionBombWarning is a refusal
    Image.MAX_IMAGE_PIXELS = limits.MOST_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        first = Image.open(BytesIO(untrusted_data), formats=limits.FORMATS)
        if max(first.size) > limits.LONGEST_SIDE:
            raise _Stop(Exit.TOO_LARGE)
        if getattr(first, "n_frames", 1) != 1:
            raise _Stop(Exit.MOVING)
        first.verify()  # the checksums of PNG; it leaves the picture unusable, so open it again
        picture = Image.open(BytesIO(untrusted_data), formats=limits.FORMATS)
        picture.load()
    except (_Stop, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _Stop(Exit.TOO_LARGE) from error
    except UnidentifiedImageError as error:
        raise _Stop(Exit.UNKNOWN_KIND) from error
    except Exception as error:
        # A decoder that meets hostile bytes may raise anything. Whatever it is, the answer is one.
        raise _Stop(Exit.DAMAGED) from error
    return picture


def _plain(picture: Image.Image) -> Image.Image:
    """Return the picture as 8-bit colour, with transparency only where it has some."""
    if picture.mode.startswith("I"):
        # Pillow would cut 16-bit grey off at 255, which is white; keep the upper byte instead.
        wide = picture if picture.mode == "I" else picture.convert("I")
        return wide.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _facts(untrusted_data: bytes) -> bytes:
    """Return size, format and perceptual hash as one JSON document."""
    import imagehash

    picture = _open(untrusted_data)
    facts = {
        "width": picture.width,
        "height": picture.height,
        "format": picture.format,
        "phash": str(imagehash.phash(_plain(picture))),
    }
    return json.dumps(facts).encode()


def _working_copy(untrusted_data: bytes) -> bytes:
    """Return the same picture as a PNG that holds pixels and nothing else."""
    from PIL import ImageOps

    picture = _plain(ImageOps.exif_transpose(_open(untrusted_data)))
    picture.info.clear()  # profile, EXIF, text: Pillow would write some of it back
    written = BytesIO()
    # Level 1: a copy for the screen of this computer need not be small, and must be quick.
    picture.save(written, "PNG", compress_level=1)
    return written.getvalue()


def _tiles(untrusted_data: bytes, tiles: list[list[int]]) -> Iterator[tuple[Image.Image, int, int]]:
    """Give each tile, decoded, with the rows to leave out at its top and the rows to draw.

    Stops when one is not a PNG, or not of the size that its header promised.
    """
    place = 0
    for length, width, height, skip, rows in tiles:
        picture = _open(untrusted_data[place : place + length])
        place += length
        if picture.format != "PNG":
            raise _Stop(Exit.UNKNOWN_KIND)
        if picture.size != (width, height):
            raise _Stop(Exit.DAMAGED)
        yield _plain(picture), skip, rows


def _page(untrusted_data: bytes, **plan: Any) -> bytes:
    """Return one page as PNG."""
    page, height = _drawn(untrusted_data, **plan)
    written = BytesIO()
    cut = page.crop((0, 0, page.width, height))
    cut.save(written, "PNG", compress_level=limits.PAGE_LEVEL)
    return written.getvalue()


def _drawn(
    untrusted_data: bytes, width: int, most: int, ends: bool, tiles: list[list[int]]
) -> tuple[Image.Image, int]:
    """Return these tiles under each other, and where the page is cut: between lines.

    One that `ends` what there is to draw is not cut.
    """
    from PIL import Image

    page = Image.new("RGB", (width, most), "white")
    top = 0
    for tile, skip, rows in _tiles(untrusted_data, tiles):
        part = tile.crop((0, skip, width, skip + rows))
        page.paste(part, (0, top), part if part.mode == "RGBA" else None)
        top += rows
    return page, most if ends else _cut(page)


def _cut(page: Image.Image) -> int:
    """Return how many rows stay on the page: the last one is the quietest of the lower part.

    That is the row with the fewest places where a pixel differs from the one to its left; the
    lowest one if several have as few.
    """
    from PIL import ImageChops

    width, height = page.size
    if width == 1:
        return height
    best, cut = width, height
    for top in range(limits.least_rows(height) - 1, height, _BAND):
        band = page.crop((0, top, width, min(top + _BAND, height)))
        left, right = (
            band.crop((shift, 0, band.width - 1 + shift, band.height)) for shift in (0, 1)
        )
        red, green, blue = ImageChops.difference(left, right).split()
        changed = ImageChops.lighter(ImageChops.lighter(red, green), blue).tobytes()
        for row in range(band.height):
            start = row * (width - 1)
            changes = width - 1 - changed.count(0, start, start + width - 1)
            if changes <= best:
                best, cut = changes, top + row + 1
    return cut


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
