"""The messages of a conversation as text: in order, with side and time, gaps in their place."""

from __future__ import annotations

import re
from typing import Literal

import pytest

from handrail.core.records import Box, Reading, Row
from handrail.core.transcript import merge
from handrail.web.application import load_catalogue
from handrail.web.messages import messages_view
from tests.builders import a_conversation
from tests.web.conftest import Service
from tests.web.hostile import PAYLOADS
from tests.web.reading import Read
from tests.web.test_pages import inside, read, save
from tests.web.test_pages_long import keep, long_save

__all__ = ["inside"]

Side = Literal["own", "theirs", "middle", "unknown"]


def words(page: Read) -> str:
    return " ".join(page.text.split())


async def test_messages_stand_in_the_order_of_the_page_each_once(inside: Service) -> None:
    capture = keep(inside, a_conversation(inside.vault.recipient, tiles=3))
    here = f"/captures/{capture}"
    assert f"{here}/messages" in (await read(inside, here)).addresses
    page = await read(inside, f"{here}/messages")
    assert re.findall(r"message (\d+)", page.text) == [str(number) for number in range(26)]
    assert "26 messages. Page 1 of 1." in words(page)
    assert "1 Their side message 0 2 Your side message 1" in words(page)


async def test_a_page_holds_two_hundred_lines(inside: Service) -> None:
    capture = keep(inside, a_conversation(inside.vault.recipient, tiles=60))
    here = f"/captures/{capture}/messages"
    first, last = await read(inside, here), await read(inside, f"{here}?page=3")
    assert re.findall(r"message (\d+)", first.text) == [str(n) for n in range(200)]
    assert re.findall(r"message (\d+)", last.text) == [str(n) for n in range(400, 482)]
    assert "401 Your side message 400" in words(last) or "401 Their side message 400" in words(last)
    assert f"{here}?page=2" in first.addresses
    assert f"{here}?page=3" not in last.addresses
    assert (await read(inside, f"{here}?page=4")).text == last.text
    for odd in ("0", "999999999", "x", "-1", "9" * 40):
        assert (await inside.get(f"{here}?page={odd}")).status == 200


def test_a_gap_and_a_line_between_stand_where_they_are() -> None:
    def row(place: int, side: Side, text: str, time: str | None = None) -> Row:
        return Row(
            id=place, top=40 * place, left=0, width=100, height=36, side=side, time=time, text=text,
        )  # fmt: skip

    def reading(tile: int, top: int, joined: bool, *rows: Row) -> Reading:
        return Reading(
            v=1, capture="0" * 32, tile=tile, at="2026-03-10T12:00:02.000Z",
            box=Box(left=0, top=0, width=800, height=600), top=top,
            joined=joined, overlays=0, pictures=0, rows=rows,
        )  # fmt: skip

    transcript = merge(
        [
            reading(4, 0, True, row(0, "middle", "Monday"), row(1, "own", "hello", "18:34\u202e")),
            reading(6, 10_000, False, row(2, "unknown", "there")),
        ]
    )
    view = messages_view(transcript, 1, load_catalogue())
    assert view.messages == 2
    assert [(line.number, line.kind, line.time, line.text, line.gap) for line in view.lines] == [
        (0, "middle", "", "Monday", False),
        (1, "own", "18:34[U+202E]", "hello", False),
        (2, "unknown", "", "there", True),
    ]
    assert view.lines[2].side == "Side not known"


async def test_words_of_messages_are_only_words(inside: Service) -> None:
    plain = long_save(inside, [["plain"] * 2])
    expected = (await read(inside, f"/captures/{plain}/messages")).skeleton
    for payload in PAYLOADS:
        capture = long_save(inside, [[payload, "plain"]])
        page = await read(inside, f"/captures/{capture}/messages")
        assert page.skeleton == expected, payload
        assert "\u202e" not in page.text


@pytest.mark.parametrize("most", range(1, 9))
async def test_messages_can_be_read_while_they_arrive(inside: Service, most: int) -> None:
    capture = keep(inside, a_conversation(inside.vault.recipient, tiles=2), most)
    page = await read(inside, f"/captures/{capture}/messages")
    assert ("No message could be read as words." in page.text) == (most < 5)
    assert ("have arrived so far" in page.text) == (most < 8)


async def test_what_has_no_messages_says_so_and_what_is_not_there_is_not_found(
    inside: Service,
) -> None:
    capture = await save(inside)
    page = await read(inside, f"/captures/{capture}/messages")
    assert "No message could be read as words." in page.text
    assert (await inside.get(f"/captures/{'0' * 32}/messages")).status == 404
