"""Pictures for these tests: plain shapes, and files built to do harm."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from io import BytesIO

from PIL import Image, ImageDraw

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def draw(width: int = 320, height: int = 200, *, mode: str = "RGB") -> Image.Image:
    """Draw a few coloured shapes."""
    picture = Image.new("RGB", (width, height), "#f7f3ea")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((width // 8, height // 8, width // 3, height // 2), fill="#1f6f78")
    pen.ellipse((width // 2, height // 3, width - 10, height - 10), fill="#c98a1b")
    return picture.convert(mode)


def file_of(picture: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    """Return the picture as the bytes of a file."""
    written = BytesIO()
    picture.save(written, kind, **how)
    return written.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """Return one PNG chunk with its checksum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, rows: bytes, *, before: Iterable[bytes] = ()) -> bytes:
    """Return an 8-bit grey PNG whose packed rows are given, with other chunks before them."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"".join(
        [SIGNATURE, chunk(b"IHDR", header), *before, chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    )


def zeros(length: int) -> bytes:
    """Return that many zero bytes, packed, without ever holding them."""
    packer = zlib.compressobj(9)
    packed = bytearray()
    block = bytes(1 << 20)
    for _ in range(length >> 20):
        packed += packer.compress(block)
    packed += packer.compress(bytes(length & ((1 << 20) - 1)))
    return bytes(packed + packer.flush())


def blank(width: int, height: int) -> bytes:
    """Return a true PNG of that size, all black: a few kilobytes, whatever the size."""
    return png(width, height, zeros((width + 1) * height))


def moving(frames: int, width: int = 64, height: int = 64) -> bytes:
    """Return an animated PNG that says it has that many frames and has them."""
    row = zlib.compress(bytes((width + 1) * height), 9)
    number = 0
    parts = [
        SIGNATURE,
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        chunk(b"acTL", struct.pack(">II", frames, 0)),
    ]
    for frame in range(frames):
        control = struct.pack(">IIIIIHHBB", number, width, height, 0, 0, 1, 25, 0, 0)
        parts.append(chunk(b"fcTL", control))
        number += 1
        if frame == 0:
            parts.append(chunk(b"IDAT", row))
        else:
            parts.append(chunk(b"fdAT", struct.pack(">I", number) + row))
            number += 1
    return b"".join([*parts, chunk(b"IEND", b"")])


def chunk_names(data: bytes) -> list[bytes]:
    """Return the names of the chunks of a PNG, in order."""
    names, place = [], len(SIGNATURE)
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        names.append(data[place + 4 : place + 8])
        place += 12 + length
    return names
