"""Pages are the tiles without a seam, cut where nothing is written; a bad tile is a gap."""

from __future__ import annotations

import json
import struct
from io import BytesIO
from math import floor

import msgspec
import pytest
from PIL import Image, ImageDraw

from handrail.core.records import Box, Reading
from handrail.imaging import child, limits, pages
from handrail.imaging.pages import draw_pages, lay_out
from handrail.imaging.pictures import PictureRefused
from tests.core.test_transcript import a_reading
from tests.imaging.builders import blank, chunk, draw, file_of, moving, png, zeros

WIDTH, TILE, STEP = 103, 600, 400
LINE, GAP = 30, 14


def pixel(place: float) -> int:
    """Round as the eye does when it cuts a tile: halves up."""
    return floor(round(place, 6) + 0.5)


def conversation(height: int, scale: float) -> Image.Image:
    """Draw lines of text as bars, each of its own colour and length, on paper."""
    picture = Image.new("RGB", (pixel(WIDTH * scale), pixel(height * scale)), "#f7f3ea")
    pen = ImageDraw.Draw(picture)
    for number, top in enumerate(range(0, height - LINE, LINE + GAP)):
        colour = (number % 251, 40 + number * 7 % 200, 90)
        end = (WIDTH - 10 - number % 30) * scale
        pen.rectangle((10 * scale, top * scale, end, (top + LINE) * scale - 1), fill=colour)
    return picture


def tiled(
    height: int, scale: float = 1.0, step: int = STEP
) -> tuple[list[Reading], dict[int, bytes], Image.Image]:
    """Return a conversation as overlapping tiles with their readings, and as one picture."""
    whole = conversation(height, scale)
    readings, tiles = [], {}
    for number, top in enumerate(range(0, height - TILE + 1, step), 1):
        box = Box(left=0, top=0, width=WIDTH, height=TILE)
        readings.append(msgspec.structs.replace(a_reading(number, top), box=box))
        part = (0, pixel(top * scale), whole.width, pixel((top + TILE) * scale))
        tiles[number] = file_of(whole.crop(part))
    return readings, tiles, whole


def bytes_made(readings: list[Reading], tiles: dict[int, bytes], ratio: str = "1") -> list[bytes]:
    layout = lay_out(ratio, readings, tiles.__getitem__)
    assert layout.unread == {}
    return list(draw_pages(layout, tiles.__getitem__))


def made(readings: list[Reading], tiles: dict[int, bytes], ratio: str = "1") -> list[Image.Image]:
    return [Image.open(BytesIO(page)) for page in bytes_made(readings, tiles, ratio)]


@pytest.mark.parametrize("scale", [1.0, 1.1, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("step", [400, 333])
def test_the_pages_are_the_conversation_without_a_seam_and_no_line_is_cut(
    scale: float, step: int
) -> None:
    readings, tiles, whole = tiled(TILE + step * 13, scale, step)
    found = made(readings, tiles, f"{scale:g}")
    assert len(found) >= 4
    top = 0
    for page in found:
        assert page.height <= 1600 * scale
        assert page.tobytes() == whole.crop((0, top, whole.width, top + page.height)).tobytes()
        top += page.height
        if page is not found[-1]:
            row = whole.crop((0, top - 1, whole.width, top))
            assert len(row.getcolors() or ()) == 1, "a cut goes through a line"
            assert page.height >= 0.6 * 1600 * scale
    assert top == whole.height


def test_the_same_tiles_give_the_same_bytes() -> None:
    readings, tiles, _ = tiled(2200)
    once, again = (bytes_made(readings, tiles) for _ in range(2))
    assert once == again
    assert len(once) == 2


def test_a_gap_begins_a_new_page() -> None:
    readings, tiles, _ = tiled(1000)
    readings[1] = msgspec.structs.replace(readings[1], joined=False, top=10_600)
    assert [page.height for page in made(readings, tiles)] == [TILE, TILE]


def test_the_cut_is_at_the_lowest_of_the_quietest_rows() -> None:
    page = Image.new("RGB", (20, 100), "white")
    pen = ImageDraw.Draw(page)
    for row in range(100):
        for left in range(0, 20, 4):
            pen.line((left, row, left + 1, row), fill="black")
    assert child._cut(page) == 100
    pen.rectangle((0, 20, 19, 21), fill="white")  # above the last 40 %
    pen.rectangle((0, 70, 19, 74), fill="white")
    assert child._cut(page) == 75


def test_the_work_grows_with_the_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def here(question: str, bodies: list[bytes], **plan: object) -> bytes:
        asked.append((question, len(bodies)))
        data, plan = b"".join(bodies), json.loads(json.dumps(plan))
        return child._page(data, **plan) if question == "page" else b""

    monkeypatch.setattr(pages, "ask", here)
    counts = []
    for number in (100, 200):
        asked.clear()
        readings, tiles, _ = tiled(TILE + STEP * (number - 1))
        assert len(tiles) == number
        assert bytes_made(readings, tiles)
        assert max(bodies for _, bodies in asked) <= 12
        counts.append((len(asked), sum(bodies for _, bodies in asked)))
    (calls, given), (more_calls, more_given) = counts
    assert more_calls <= 2.1 * calls
    assert more_given <= 2.1 * given
    assert more_given <= 4 * 200


def resized(promised: int, height: int) -> bytes:
    """Return a PNG whose first header promises one height, and whose second one keeps another."""
    header = struct.pack(">IIBBBBB", WIDTH, height, 8, 0, 0, 0, 0)
    return png(WIDTH, promised, zeros((WIDTH + 1) * height), before=[chunk(b"IHDR", header)])


HONEST = file_of(draw(WIDTH, TILE))
HOSTILE = {
    "a bomb": (blank(13_000, 13_000), "picture-too-large"),
    "a JPEG": (file_of(draw(WIDTH, TILE), "JPEG"), "picture-kind"),
    "text": (b"this is no picture", "picture-kind"),
    "half a tile": (HONEST[: len(HONEST) // 2], "picture-damaged"),
    "a wrong checksum": (HONEST[:60] + bytes([HONEST[60] ^ 1]) + HONEST[61:], "picture-damaged"),
    "another size than its reading says": (file_of(draw(WIDTH, 300)), "picture-damaged"),
    "a moving picture": (moving(3, WIDTH, TILE), "picture-moving"),
    "another size than its header says": (resized(TILE, 10), "picture-damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bad_tile_is_a_gap_and_is_named(name: str) -> None:
    readings, tiles, whole = tiled(2200)
    tiles[3], code = HOSTILE[name]
    layout = lay_out("1", readings, tiles.__getitem__)
    assert layout.unread == {3: code}
    above, below = (Image.open(BytesIO(page)) for page in draw_pages(layout, tiles.__getitem__))
    assert above.tobytes() == whole.crop((0, 0, WIDTH, STEP + TILE)).tobytes()
    assert below.tobytes() == whole.crop((0, 3 * STEP, WIDTH, 2200)).tobytes()


def test_a_bad_tile_is_no_gap_where_others_show_the_same() -> None:
    readings, tiles, whole = tiled(1400, step=200)
    tiles[4] = b"this is no picture"
    layout = lay_out("1", readings, tiles.__getitem__)
    assert layout.unread == {4: "picture-kind"}
    (page,) = (Image.open(BytesIO(page)) for page in draw_pages(layout, tiles.__getitem__))
    assert page.tobytes() == whole.tobytes()


def test_a_child_that_fails_says_nothing_of_a_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> bytes:
        raise PictureRefused(limits.FAILED)

    readings, tiles, _ = tiled(1400)
    monkeypatch.setattr(pages, "ask", failing)
    with pytest.raises(PictureRefused):
        lay_out("1", readings, tiles.__getitem__)


def test_a_child_that_gives_another_height_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    readings, tiles, _ = tiled(2200)
    monkeypatch.setattr(pages, "ask", lambda *_, **__: file_of(draw(WIDTH, 40)))
    with pytest.raises(PictureRefused):
        bytes_made(readings, tiles)
