"""The numbers that the extension says are those of the list that the server makes of the readings.

How many messages there are, and after which of them, counted from the top, each gap lies: the
facts are written while the capture runs, the list is merged from the readings afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import msgspec
import pytest

from handrail.core.records import Reading
from handrail.core.transcript import merge
from tests.core.test_transcript import HEIGHT, Message, Window, a_reading, a_row, listed, walk

FAR = 10_000
"""Where a scale goes on after a gap: as far beyond."""


def counted(node: Callable[[str], Any], captures: Sequence[Sequence[Reading]]) -> list[Any]:
    """What the extension counts in each of these captures."""
    given = msgspec.json.encode(captures).decode()
    said: list[Any] = node(f"""
        import {{ makeCounter }} from "./engine/counting.js";
        answer({given}.map((readings) => {{
          const counter = makeCounter();
          readings.forEach((reading) => counter.add(reading));
          return {{ messages: counter.messages, gaps: counter.gaps() }};
        }}));
    """)
    return said


def a_capture(chance: Random, *, moves: bool, gaps: int) -> list[Reading]:
    """Up from the middle and down again, as a run goes: with moves of the page, and with gaps."""
    words = ["ok", "no", "pay", "", "please", "you have until tomorrow"]
    messages: list[Message] = listed(
        [
            (f"{chance.choice(words)} {place % 7}", chance.randint(12, 150))
            for place in range(chance.randint(20, 90))
        ]
    )
    tops = walk(messages, [chance.randint(150, HEIGHT - 160) for _ in range(6)], 3_000)
    highest = tops.index(0)
    window = Window(messages, recycles=chance.random() < 0.5)
    torn = set(chance.sample(range(1, len(tops)), min(gaps, len(tops) - 1)))
    # What comes down begins where the first tile was: a walk that was torn begins there anew.
    torn |= {highest + 1} if torn and highest + 1 < len(tops) else set()
    scale = 0
    readings = []
    for tile, top in enumerate(tops):
        if tile in torn:
            scale += FAR if tile > highest else -FAR
        rows = [
            a_row(
                number, message.top - top, message.text, height=message.height,
                side="middle" if message.text.startswith("please") else "own",
            )
            for number, message in window.rows(top)
        ]  # fmt: skip
        wrong = chance.randint(-90, 90) if moves and tile <= highest else 0
        readings.append(
            a_reading(4 + 2 * tile, top + scale + wrong, *rows, joined=tile not in torn)
        )
    return readings


@pytest.mark.parametrize("moves", [False, True], ids=["still", "moving"])
@pytest.mark.parametrize("gaps", [0, 1, 3])
def test_the_extension_counts_as_the_list_does(
    node: Callable[[str], Any], *, moves: bool, gaps: int
) -> None:
    chance = Random(f"{moves} {gaps}")
    captures = [a_capture(chance, moves=moves, gaps=gaps) for _ in range(60)]
    lists = [merge(readings) for readings in captures]
    assert all(bool(one.gaps) is bool(gaps) for one in lists)
    for said, one in zip(counted(node, captures), lists, strict=True):
        assert said["messages"] == one.messages
        assert sorted(said["gaps"]) == sorted(one.gaps)


def a_tile(place: int, top: int, words: str, *, joined: bool = True) -> Reading:
    """A tile with a message for each letter; elements of their own on every tile."""
    rows = [a_row(100 * place + at, 40 * at, text) for at, text in enumerate(words)]
    return a_reading(4 + 2 * place, top, *rows, joined=joined)


@pytest.mark.parametrize(
    ("tiles", "gaps"),
    [
        ([(0, "hij", True), (-FAR, "efg", False), (-2 * FAR, "abcd", False)], [7, 4]),
        ([(0, "def", True), (-FAR, "abc", False), (40, "fghi", False)], [3, 6]),
        ([(0, "abc", True), (FAR, "def", False), (2 * FAR, "g", False)], [3, 6]),
    ],
    ids=["up", "up and then down", "down"],
)
def test_a_gap_is_counted_from_the_top_whichever_way_it_went(
    node: Callable[[str], Any], tiles: list[tuple[int, str, bool]], gaps: list[int]
) -> None:
    """The gaps in the order in which they came; their numbers from the top."""
    readings = [
        a_tile(n, top, words, joined=joined) for n, (top, words, joined) in enumerate(tiles)
    ]
    (said,) = counted(node, [readings])
    assert said["gaps"] == gaps
    assert tuple(sorted(gaps)) == merge(readings).gaps


def test_a_tile_without_messages_on_the_other_side_of_a_gap_leaves_the_others_their_numbers(
    node: Callable[[str], Any],
) -> None:
    readings = [
        a_tile(0, 0, "cd"),
        a_tile(1, -FAR, "", joined=False),
        a_tile(2, -2 * FAR, "ab", joined=False),
    ]
    (said,) = counted(node, [readings])
    assert (said["messages"], said["gaps"]) == (4, [2, 2])
    assert merge(readings).gaps == (2,)
    (above,) = counted(node, [readings[:2]])
    assert (above["messages"], above["gaps"]) == (2, [0])


def test_what_is_held_does_not_grow_with_the_conversation(node: Callable[[str], Any]) -> None:
    """Each of many tiles says something long: it must be let go of again."""
    held = node("""
        import { setFlagsFromString } from "node:v8";
        import { runInNewContext } from "node:vm";
        import { makeCounter } from "./engine/counting.js";
        setFlagsFromString("--expose-gc");
        const counter = makeCounter();
        const row = (id, top) => ({
          id, top, left: 0, width: 9, height: 40, side: "own", time: null,
          text: `${id}`.padEnd(20_000, "x"),
        });
        for (let tile = 0; tile < 2000; tile += 1) {
          counter.add({ top: tile * 400, box: { height: 600 }, joined: true,
            rows: [row(tile, 0), row(tile + 1, 400)] });
        }
        runInNewContext("gc")();
        answer({ messages: counter.messages, held: process.memoryUsage().heapUsed });
    """)
    assert held["messages"] == 2001
    assert held["held"] < 20_000_000, held
