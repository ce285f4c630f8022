"""A picture built to do harm is refused, and the service goes on."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zlib

import pytest

from handrail.imaging import limits
from handrail.imaging.pictures import PictureRefused, make_working_copy, read_picture
from tests.imaging.builders import blank, chunk, draw, file_of, moving, png

HONEST = file_of(draw())
CODED = {kind: file_of(draw(), kind) for kind in ("PNG", "JPEG", "WEBP")}
UNPACKS_TO_100_MB = b"a\0\0" + zlib.compress(bytes(10**8), 9)


def header_only(width: int, height: int) -> bytes:
    """Return a PNG that promises a size and brings one row."""
    return png(width, height, zlib.compress(bytes(width + 1)))


HOSTILE = {
    "a bomb of 169 million pixels": (blank(13_000, 13_000), "picture-too-large"),
    "one pixel more than is allowed": (blank(8_001, 5_000), "picture-too-large"),
    "a line of 65 535 pixels": (blank(65_535, 1), "picture-too-large"),
    "a promise of 2 000 million pixels": (header_only(45_000, 45_000), "picture-too-large"),
    "a side of nothing": (png(0, 10, b""), "picture-kind"),
    "more bytes than are looked at": (
        HONEST + bytes(limits.MOST_BYTES),
        "picture-too-large",
    ),
    "an animation of 2 000 frames": (moving(2_000), "picture-moving"),
    "text that says it is a PNG": (b"\x89PNG\r\n\x1a\n" + b"hello " * 100, "picture-kind"),
    "plain text": (b"this is no picture", "picture-kind"),
    "nothing at all": (b"", "picture-kind"),
    "a GIF": (file_of(draw(), "GIF"), "picture-kind"),
    "a TIFF": (file_of(draw(), "TIFF"), "picture-kind"),
    "a BMP": (file_of(draw(), "BMP"), "picture-kind"),
    "a script for a printer": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "picture-kind"),
    "a drawing that is a program": (b"<svg xmlns='x'><script>1</script></svg>", "picture-kind"),
    "a text chunk that unpacks to 100 MB": (
        png(8, 8, zlib.compress(bytes(72)), before=[chunk(b"zTXt", UNPACKS_TO_100_MB)]),
        "picture-damaged",
    ),
    "a colour profile that unpacks to 100 MB": (
        png(8, 8, zlib.compress(bytes(72)), before=[chunk(b"iCCP", UNPACKS_TO_100_MB)]),
        "picture-damaged",
    ),
    "a wrong checksum": (HONEST[:60] + bytes([HONEST[60] ^ 1]) + HONEST[61:], "picture-damaged"),
    "an animated WebP": (
        file_of(draw(), "WEBP", save_all=True, append_images=[draw(mode="L").convert("RGB")]),
        "picture-moving",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_it_is_refused_with_its_code_and_the_next_picture_is_read(name: str) -> None:
    data, code = HOSTILE[name]
    for ask in (read_picture, make_working_copy):
        with pytest.raises(PictureRefused) as refusal:
            await ask(data)
        assert refusal.value.code == code
    assert (await read_picture(HONEST)).width == 320


@pytest.mark.parametrize("kind", CODED)
@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 0.9])
async def test_a_picture_that_is_cut_off_is_refused(kind: str, part: float) -> None:
    data = CODED[kind]
    with pytest.raises(PictureRefused) as refusal:
        await read_picture(data[: int(len(data) * part)])
    assert refusal.value.code in {"picture-damaged", "picture-kind"}


async def test_a_size_that_is_changed_in_the_header_is_noticed() -> None:
    changed = HONEST[:16] + struct.pack(">I", 321) + HONEST[20:]
    with pytest.raises(PictureRefused):
        await read_picture(changed)


# Reads a picture, copies it, and says how wide it was, how long the copy is, and how many bytes the
# largest child held. In a process of its own, that had no other child: a browser is larger.
MEASURE = """
import asyncio, json, resource, sys
from handrail.imaging.pictures import make_working_copy, read_picture

async def measure(data):
    return (await read_picture(data)).width, len(await make_working_copy(data))

width, copied = asyncio.run(measure(sys.stdin.buffer.read()))
print(json.dumps([width, copied, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024]))
"""


def test_the_largest_picture_that_is_allowed_is_read_within_the_limits() -> None:
    data = file_of(draw(8_000, 5_000, mode="RGBA"), compress_level=1)
    ended = subprocess.run(
        [sys.executable, "-c", MEASURE], input=data, capture_output=True, check=True
    )
    width, copied, most = json.loads(ended.stdout)
    assert width == 8_000
    assert copied > 1_000
    assert 8_000 * 5_000 * 4 < most < limits.MEMORY
