"""An honest picture is read and drawn anew; nothing but its pixels comes along."""

from __future__ import annotations

import asyncio
from io import BytesIO

import imagehash
import pytest
from PIL import Image, PngImagePlugin

from handrail.imaging.pictures import PictureRefused, make_working_copy, read_picture
from tests.imaging.builders import chunk_names, draw, file_of


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_the_facts_of_a_picture_are_size_format_and_hash(kind: str) -> None:
    data = file_of(draw(), kind)
    facts = await read_picture(data)
    assert (facts.width, facts.height, facts.format) == (320, 200, kind)
    assert facts.phash == str(imagehash.phash(Image.open(BytesIO(data))))


async def test_the_same_picture_in_another_format_has_a_hash_nearby() -> None:
    first = await read_picture(file_of(draw(), "PNG"))
    second = await read_picture(file_of(draw(), "JPEG", quality=60))
    far = imagehash.hex_to_hash(first.phash) - imagehash.hex_to_hash(second.phash)
    assert far <= 6


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
async def test_a_working_copy_shows_the_same_pixels(mode: str) -> None:
    picture = draw(mode=mode)
    copy = Image.open(BytesIO(await make_working_copy(file_of(picture))))
    assert copy.convert("RGBA").tobytes() == picture.convert("RGBA").tobytes()


async def test_a_working_copy_of_16_bit_grey_is_not_white() -> None:
    picture = Image.new("I;16", (8, 8), 0x8040)
    copy = Image.open(BytesIO(await make_working_copy(file_of(picture))))
    assert copy.convert("RGB").getpixel((4, 4)) == (0x80, 0x80, 0x80)


async def test_a_working_copy_holds_pixels_and_nothing_else() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "sky.m_204")
    text.add_itxt("Comment", "07700 900123", zip=True)
    exif = Image.Exif()
    exif[0x010E] = "sky.m_204"
    data = file_of(draw(), pnginfo=text, exif=exif, dpi=(72, 72), icc_profile=b"profile" * 40)
    assert set(chunk_names(data)) > {b"IHDR", b"IDAT", b"IEND"}
    copy = await make_working_copy(data)
    assert set(chunk_names(copy)) == {b"IHDR", b"IDAT", b"IEND"}


async def test_what_is_hidden_behind_the_end_of_a_picture_is_not_copied() -> None:
    copy = await make_working_copy(file_of(draw()) + b"sky.m_204" * 100)
    assert b"sky.m_204" not in copy
    assert copy.endswith(b"IEND\xaeB`\x82")


async def test_a_photo_that_says_it_lies_on_its_side_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # EXIF Orientation: turn right by a quarter
    data = file_of(draw(320, 200), "JPEG", exif=exif)
    assert Image.open(BytesIO(await make_working_copy(data))).size == (200, 320)


async def test_the_same_picture_gives_the_same_copy() -> None:
    data = file_of(draw())
    assert await make_working_copy(data) == await make_working_copy(data)


async def test_many_pictures_at_once_are_all_read() -> None:
    sizes = range(40, 46)
    facts = await asyncio.gather(*(read_picture(file_of(draw(size, 40))) for size in sizes))
    assert [fact.width for fact in facts] == list(sizes)


async def test_a_refusal_says_a_code_and_nothing_of_the_picture() -> None:
    with pytest.raises(PictureRefused) as refusal:
        await read_picture(b"sky.m_204")
    assert refusal.value.code == "picture-kind"
    assert "sky" not in str(refusal.value)
