"""The picture child: one process, one picture, no way out.

Run as `python -I -m handrail.imaging.child facts|copy`, with the picture on standard input. It
limits itself before it loads a decoder, so a decoder that is taken over finds no key, no file that
is open, no environment, little memory and little time. It answers on standard output and by how it
ends (`limits.Exit`). It decides nothing: `pictures` does.
"""

from __future__ import annotations

import json
import sys
from io import BytesIO
from typing import TYPE_CHECKING

from .. import system
from . import limits
from .limits import Exit

if TYPE_CHECKING:
    from PIL import Image


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
