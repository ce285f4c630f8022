"""Tiles are laid under each other in the order of the page; where one is missing a run ends."""

from __future__ import annotations

from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.pages_of_tiles import ROUNDING, runs_of_tiles
from handrail.core.records import Reading
from tests.core.test_transcript import HEIGHT, a_reading


def tiles_of(*readings: Reading) -> list[list[int]]:
    return [[tile.tile for tile in run] for run in runs_of_tiles(readings)]


def test_up_and_then_down_is_one_run_from_the_top() -> None:
    tops = [0, -500, -1000, 450, 900]
    readings = [a_reading(number, top) for number, top in enumerate(tops)]
    assert tiles_of(*readings) == [[2, 1, 0, 3, 4]]


def test_a_tile_that_is_not_joined_begins_a_new_run_in_its_place() -> None:
    readings = [a_reading(1, 0), a_reading(2, -10_500, joined=False), a_reading(3, -11_000)]
    assert tiles_of(*readings) == [[3, 2], [1]]


def test_a_gap_stays_one_even_where_the_tiles_would_touch() -> None:
    """Beyond a gap the scale goes on from any place: that it fits there means nothing."""
    assert tiles_of(a_reading(1, 0), a_reading(2, HEIGHT - 100, joined=False)) == [[1], [2]]


def test_another_width_begins_a_new_run() -> None:
    box = msgspec.structs.replace(a_reading(2, 500).box, width=700)
    assert tiles_of(a_reading(1, 0), msgspec.structs.replace(a_reading(2, 500), box=box)) == [
        [1],
        [2],
    ]


def test_a_hole_between_joined_tiles_is_a_gap_and_rounding_is_none() -> None:
    assert tiles_of(a_reading(1, 0), a_reading(2, HEIGHT + ROUNDING)) == [[1, 2]]
    assert tiles_of(a_reading(1, 0), a_reading(2, HEIGHT + ROUNDING + 1)) == [[1], [2]]


def test_a_tile_that_adds_nothing_is_not_drawn() -> None:
    readings = [a_reading(1, 0), a_reading(2, 100), a_reading(3, 200), a_reading(4, 700)]
    assert tiles_of(*readings) == [[1, 3, 4]]
    assert tiles_of(a_reading(1, 0), a_reading(2, 0)) == [[1]]


def test_a_tile_without_a_size_is_left_out() -> None:
    empty = a_reading(1, 0)
    box = msgspec.structs.replace(empty.box, height=0)
    assert tiles_of(msgspec.structs.replace(empty, box=box)) == []


@given(st.lists(st.integers(-5000, 5000), min_size=1, max_size=60))
def test_what_any_tile_shows_is_shown_once_in_order(tops: list[int]) -> None:
    runs = runs_of_tiles(a_reading(number, top) for number, top in enumerate(tops))
    shown = {row for top in tops for row in range(top, top + HEIGHT)}
    drawn: set[int] = set()
    for run in runs:
        for above, below in pairwise(run):
            assert above.top < below.top <= above.end + ROUNDING
            assert below.end > above.end
        drawn |= {row for tile in run for row in range(tile.top, tile.end)}
    assert drawn == shown
    assert [run[0].top for run in runs] == sorted(run[0].top for run in runs)
