"""Overlapping readings give back the list they were read from, each message once, in order."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.core.records import Box, Reading, Row
from handrail.core.transcript import NEAR, Transcript, merge

HEIGHT = 600
"""How much of the list one tile shows."""


@dataclass(frozen=True)
class Message:
    text: str
    top: int
    height: int


def listed(messages: Sequence[tuple[str, int]]) -> list[Message]:
    """Stack messages of a text and a height below each other."""
    found, top = [], 0
    for text, height in messages:
        found.append(Message(text, top, height))
        top += height
    return found


def a_row(number: int, top: int, text: str, **fields: Any) -> Row:
    row = Row(id=number, top=top, left=0, width=400, height=40, side="own", time=None, text=text)
    return msgspec.structs.replace(row, **fields)


def a_reading(tile: int, top: int, *rows: Row, joined: bool = True) -> Reading:
    return Reading(
        v=1, capture="ab" * 16, tile=tile, at="2026-03-10T12:00:00.000Z",
        box=Box(left=0, top=0, width=800, height=HEIGHT),
        top=top, joined=joined, overlays=0, pictures=0, rows=rows,
    )  # fmt: skip


class Window:
    """A list that draws only what is near the window, and uses its elements again."""

    def __init__(self, messages: Sequence[Message], *, recycles: bool) -> None:
        self.messages, self.recycles = messages, recycles
        self.drawn: dict[int, int] = {}
        self.free: list[int] = []
        self.next = 0

    def _element(self) -> int:
        if self.recycles and self.free:
            return self.free.pop(0)
        self.next += 1
        return self.next

    def rows(self, top: int) -> Iterator[tuple[int, Message]]:
        """Yield what stands in the window from here, each with the id of its element."""
        shown = {
            place
            for place, message in enumerate(self.messages)
            if message.top < top + HEIGHT and message.top + message.height > top
        }
        for place in [place for place in self.drawn if place not in shown]:
            self.free.append(self.drawn.pop(place))
        for place in sorted(shown):
            if place not in self.drawn:
                self.drawn[place] = self._element()
            yield self.drawn[place], self.messages[place]


def texts(transcript: Transcript) -> list[str]:
    return [line.row.text for line in transcript.lines]


lists = st.lists(
    st.tuples(st.sampled_from(["ok", "no", "pay", "", "please"]), st.integers(3 * NEAR, 150)),
    min_size=1,
    max_size=80,
).map(listed)


def walk(messages: Sequence[Message], steps: Sequence[int], start: int) -> list[int]:
    """Return where the windows begin: from `start` up to the top, back, and down to the end."""
    end = messages[-1].top + messages[-1].height
    first = min(start, max(0, end - HEIGHT))
    tops, top, step = [first], first, cycle(steps)
    while top > 0:
        top = max(0, top - next(step))
        tops.append(top)
    top = first
    while top + HEIGHT < end:
        top = min(top + next(step), end - HEIGHT)
        tops.append(top)
    return tops


@given(
    lists,
    st.lists(st.integers(150, HEIGHT - 160), min_size=1, max_size=8),
    st.integers(0, 9000),
    st.booleans(),
    st.integers(-500, 500),
    st.integers(0, NEAR // 2),
)
def test_overlapping_windows_give_back_the_list(
    messages: list[Message],
    steps: list[int],
    start: int,
    recycles: bool,
    origin: int,
    rounding: int,
) -> None:
    """From the middle up and then down, with repeated words, with elements that are used again."""
    window = Window(messages, recycles=recycles)
    readings = []
    for tile, top in enumerate(walk(messages, steps, start)):
        rows = [
            a_row(number, message.top - top, message.text, height=message.height)
            for number, message in window.rows(top)
        ]
        wrong = rounding if tile % 2 else -rounding
        readings.append(a_reading(4 + 2 * tile, top + origin + wrong, *rows, joined=tile > 0))
    merged = merge(readings)
    assert texts(merged) == [message.text for message in messages]
    assert merged.messages == len(messages)
    assert merged.gaps == ()


@given(
    lists,
    st.lists(st.integers(150, HEIGHT - 160), min_size=1, max_size=8),
    st.integers(0, 9000),
    st.lists(st.integers(-90, 90), min_size=1, max_size=10),
)
def test_a_page_that_moves_between_two_tiles_is_put_straight_by_what_both_show(
    messages: list[Message], steps: list[int], start: int, moves: list[int]
) -> None:
    """The list only ever goes up here: where it comes back down, nothing is shared."""
    window = Window(messages, recycles=False)
    tops = walk(messages, steps, start)
    readings = []
    for tile, top in enumerate(tops[: tops.index(0) + 1]):
        rows = [
            a_row(number, message.top - top, message.text, height=message.height)
            for number, message in window.rows(top)
        ]
        readings.append(a_reading(4 + 2 * tile, top + moves[tile % len(moves)], *rows))
    shown = [m.text for m in messages if m.top < tops[0] + HEIGHT]
    assert texts(merge(readings)) == shown


def test_the_same_words_at_another_place_are_another_message() -> None:
    reading = a_reading(4, 0, a_row(1, 0, "ok"), a_row(2, 40, "ok"), a_row(3, 80, "ok"))
    assert texts(merge([reading])) == ["ok", "ok", "ok"]


def test_an_element_that_was_used_again_is_another_message_even_with_the_same_words() -> None:
    """Its old place is above this tile: it went out of sight in between."""
    one = a_reading(4, 0, a_row(1, 0, "ok"), a_row(2, 500, "well"))
    two = a_reading(6, 400, a_row(2, 100, "well"), a_row(1, 300, "ok"))
    assert texts(merge([one, two])) == ["ok", "well", "ok"]


def test_an_element_that_was_used_again_just_at_the_edge_is_another_message() -> None:
    """Places are rounded: what has just left may seem to be in sight by a pixel."""
    one = a_reading(4, 12, a_row(1, 0, "ok", height=12), a_row(2, 587, "no", height=12))
    two = a_reading(6, 1, a_row(2, -1, "no", height=12), a_row(1, 11, "ok", height=12))
    assert texts(merge([one, two])) == ["no", "ok", "no"]


def test_a_message_whose_words_change_stays_one_message() -> None:
    """As the words "2 minutes ago" do. The first words are kept; the readings hold them all."""
    one = a_reading(4, 0, a_row(1, 100, "sent"), a_row(2, 200, "hello"))
    two = a_reading(6, -300, a_row(1, 400, "read"), a_row(2, 500, "hello"))
    assert texts(merge([one, two])) == ["sent", "hello"]


def test_a_message_that_arrives_meanwhile_is_not_lost_when_elements_are_filled_anew() -> None:
    """Some lists keep their elements where they are and put the next message into each."""
    said = ["a", "b", "c", "d", "e", "f"]
    rows = [[a_row(n, 40 * n, text) for n, text in enumerate(said[k : k + 4])] for k in range(3)]
    assert texts(merge([a_reading(4 + 2 * n, 0, *each) for n, each in enumerate(rows)])) == said


def test_a_message_that_grows_moves_what_is_below_it_and_nothing_is_there_twice() -> None:
    one = a_reading(
        4, 0, a_row(1, 0, "a"), a_row(2, 40, "b"), a_row(3, 80, "ok"), a_row(4, 120, "ok")
    )
    two = a_reading(
        6, 0, a_row(1, 0, "a"), a_row(2, 40, "b"), a_row(3, 100, "ok"), a_row(4, 140, "ok")
    )
    assert texts(merge([one, two])) == ["a", "b", "ok", "ok"]


def test_two_messages_of_one_tile_are_never_one() -> None:
    reading = a_reading(4, 0, a_row(1, 0, "ok", height=2), a_row(2, 3, "ok", height=2))
    assert texts(merge([reading, reading])) == ["ok", "ok"]


def test_a_gap_begins_a_new_run_and_nothing_is_merged_across_it() -> None:
    low = a_reading(4, 0, a_row(1, 0, "c"), a_row(2, 40, "d"), joined=False)
    high = a_reading(6, -10_600, a_row(3, 0, "a"), a_row(1, 40, "c"), joined=False)
    merged = merge([low, high])
    assert [[line.row.text for line in run] for run in merged.runs] == [["a", "c"], ["c", "d"]]
    assert merged.gaps == (2,)


def test_a_line_between_messages_is_no_message() -> None:
    reading = a_reading(
        4, 0, a_row(1, 0, "Today", side="middle"), a_row(2, 40, "hi", side="theirs")
    )
    assert (merge([reading]).messages, len(tuple(merge([reading]).lines))) == (1, 2)


def test_a_page_without_rows_has_no_runs() -> None:
    assert merge([a_reading(4, 0), a_reading(6, 500)]) == Transcript(())


@settings(max_examples=30)
@given(st.lists(st.integers(-(2**53) + 1, 2**53 - 1), min_size=1, max_size=20))
def test_places_that_no_page_has_are_no_error(tops: list[int]) -> None:
    readings = [a_reading(4, top, a_row(1, -top // 2, "x"), a_row(1, top, "x")) for top in tops]
    assert 1 <= merge(readings).messages <= 2 * len(tops)


def test_the_work_grows_with_the_rows_also_when_all_say_the_same() -> None:
    """Twenty thousand tiles of one word, each element used again and again."""
    readings = [
        a_reading(4, tile * 300, *(a_row(place, place * 60, "ok") for place in range(10)))
        for tile in range(20_000)
    ]
    began = time.perf_counter()
    merged = merge(readings)
    assert time.perf_counter() - began < 30  # an hour, if each row were compared with every other
    assert merged.messages == 100_005


def test_two_rows_of_one_tile_are_never_one_row() -> None:
    """They say the same and nearly touch; the tile before showed one of them."""
    first = a_reading(4, 0, a_row(1, 0, "ok"))
    both = a_reading(6, 0, a_row(8, 0, "ok"), a_row(9, 3, "ok"))
    assert merge([first, both]).messages == 2


GONE = "This message was taken back"


def rows_from(number: int, top: int, *said: str) -> list[Row]:
    """Rows of 40 pixels below each other, in elements that follow each other."""
    return [a_row(number + at, top + 40 * at, text) for at, text in enumerate(said)]


def test_messages_that_were_taken_back_and_sent_again_do_not_move_the_tile() -> None:
    """New elements that say what others said where this tile looks are new messages."""
    one = a_reading(4, 300, *rows_from(1, 20, "a", "b", "c", "well"))
    two = a_reading(
        6, 300, *rows_from(1, 20, GONE, GONE, GONE, "well"), *rows_from(8, 180, "a", "b", "c")
    )
    assert texts(merge([one, two])) == ["a", "b", "c", "well", "a", "b", "c"]


def test_elements_that_are_used_again_for_the_same_words_do_not_move_the_tile() -> None:
    """Their old places are out of sight; others that said the same are in sight."""
    one = a_reading(
        4, 0, *rows_from(1, 0, "a", "b", "c"), *rows_from(4, 400, "a", "b", "c", "well")
    )
    two = a_reading(
        6, 300, *rows_from(4, 100, GONE, GONE, GONE, "well"), *rows_from(1, 400, "a", "b", "c")
    )
    assert texts(merge([one, two])) == ["a", "b", "c", "a", "b", "c", "well", "a", "b", "c"]


def test_words_that_stood_out_of_sight_do_not_move_the_tile() -> None:
    """Three messages are changed to what three others say that this tile does not show."""
    one = a_reading(
        4, 0, *rows_from(1, 0, "a", "b", "c"), *rows_from(4, 400, "x", "y", "z", "well")
    )
    two = a_reading(6, 300, *rows_from(4, 100, "a", "b", "c", "well", "so"))
    assert texts(merge([one, two])) == ["a", "b", "c", "x", "y", "z", "well", "so"]


def test_the_same_three_messages_on_both_sides_of_a_gap_are_all_kept() -> None:
    """Also in the same elements: a list may have used them again for a threat that was repeated."""
    said = rows_from(1, 100, "pay", "you have one day", "20 minutes")
    merged = merge([a_reading(4, 0, *said), a_reading(6, 10_000, *said, joined=False)])
    assert merged.messages == 6
    assert merged.gaps == (3,)
