"""The completeness statement in the panel: one sentence for each thing that is known, no other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from handrail.core import canonical
from handrail.core.records import Facts, decode_facts
from handrail.proof.captures import CaptureShown
from handrail.proof.statement import missing_of
from handrail.web.completeness import not_there
from tests.builders import facts_of
from tests.building import ROOT
from tests.proof.builders import CATALOGUE

PLAIN: dict[str, Any] = {
    "ended": "done",
    "top": None,
    "bottom": None,
    "tiles": 34,
    "messages": None,
    "earliest": None,
    "latest": None,
    "overlays_hidden": 0,
    "gaps": [],
    "not_read": [],
    "page_changed": False,
}
CHAT = PLAIN | {
    "messages": 312,
    "earliest": "2026-03-03T10:00:00Z",
    "latest": "2026-03-09T10:00:00Z",
    "top": "reached",
    "bottom": "reached",
}


@pytest.fixture
def said(node: Callable[[str], Any]) -> Callable[..., list[str]]:
    """What the panel says of a save."""

    def say(
        save: str, completeness: dict[str, Any], shown: dict[str, Any] | None = None
    ) -> list[str]:
        facts = {
            "times": {"finished": "2026-03-10T12:00:00.000Z"},
            "completeness": completeness,
            "pictures": {"count": 9, "shown": shown},
        }
        script = f"""
            import {{ readFileSync }} from "node:fs";
            import {{ makeText }} from "./core/text.js";
            import {{ statementOf }} from "./panel/completeness.js";
            const words = JSON.parse(readFileSync({json.dumps(str(ROOT / "shared/text/en.json"))}));
            answer(statementOf({{ t: makeText(words, "en"), language: "en-GB" }},
              {{ save: {json.dumps(save)}, facts: {json.dumps(facts)} }}));
        """
        sentences: list[str] = node(script)
        return sentences

    return say


Said = Callable[..., list[str]]


def test_a_picture_that_was_shown_is_said(said: Said) -> None:
    shown = {"what": "img", "left": 1, "top": 2, "width": 30, "height": 40}
    moment = PLAIN | {"tiles": 0}
    assert said("view", moment, shown) == ["One picture was shown, because you chose it."]
    assert said("view", moment) == []


def test_a_plain_view_needs_no_statement(said: Said) -> None:
    assert said("view", PLAIN | {"tiles": 0}) == []
    assert said("profile", PLAIN | {"tiles": 0}) == []


def test_a_whole_conversation_with_one_gap(said: Said) -> None:
    gap = {"after_tile": 9, "after_message": 120}
    assert said("conversation", CHAT | {"gaps": [gap]}) == [
        "312 messages, from 3 March to 9 March.",
        "One gap after message 120.",
        "The top of the chat was reached.",
    ]


def test_a_gap_a_stop_and_a_hidden_overlay_are_said_and_nothing_else(said: Said) -> None:
    told = CHAT | {
        "ended": "stopped",
        "top": "not-reached",
        "gaps": [{"after_tile": 9, "after_message": 120}],
        "overlays_hidden": 1,
    }
    count, *rest = said("conversation", told)
    assert count == "312 messages, from 3 March to 9 March."
    assert rest == [
        "One gap after message 120.",
        "You stopped here.",
        "1 thing that lay over the chat was hidden for the pictures.",
    ]


def test_many_gaps_are_one_sentence(said: Said) -> None:
    places = [{"after_tile": at, "after_message": at * 10} for at in range(1, 10)]
    assert "3 gaps, after messages 10, 20 and 30." in said(
        "conversation", CHAT | {"gaps": places[:3]}
    )
    assert "9 gaps, the first after message 10." in said("conversation", CHAT | {"gaps": places})


def test_a_gap_between_pictures_is_not_called_one_between_messages(said: Said) -> None:
    gap = {"after_tile": 9, "after_message": None}
    assert "One gap after picture 9." in said("conversation", CHAT | {"gaps": [gap]})


def test_a_date_is_said_as_the_page_gives_it(said: Said) -> None:
    labels = {"earliest": "Last Tuesday", "latest": "Yesterday"}
    assert said("conversation", CHAT | labels)[0] == (
        "312 messages, from Last Tuesday to Yesterday."
    )
    same = {"earliest": "2026-03-03T10:00:00Z", "latest": "2026-03-03T11:00:00Z"}
    assert said("conversation", CHAT | same)[0] == "312 messages, all from 3 March."
    old = {"earliest": "2024-12-30", "latest": "1773057600000"}
    assert said("conversation", CHAT | old)[0] == (
        "312 messages, from 30 December 2024 to 9 March."
    )
    none = {"earliest": None, "latest": None}
    assert said("conversation", CHAT | none)[0] == "312 messages."


def test_pictures_without_words_are_said_to_be_that(said: Said) -> None:
    sentence = said("conversation", CHAT | {"messages": 0})[0]
    assert sentence == "34 pictures of the chat, and no message that could be read as words."


def test_a_page_says_its_pictures_and_its_end(said: Said) -> None:
    reached = {"top": "reached", "bottom": "reached"}
    assert said("page", PLAIN | reached) == [
        "34 pictures of the page, one below the other.",
        "The end of the page was reached.",
    ]
    limit = {"top": "reached", "bottom": "not-reached", "ended": "limit"}
    assert said("page", PLAIN | limit) == [
        "34 pictures of the page, one below the other.",
        "It stopped because there was more than one save can hold.",
    ]


@pytest.mark.parametrize(
    ("save", "told", "sentences"),
    [
        (
            "conversation",
            CHAT | {"top": "not-reached", "bottom": "not-reached"},
            ["The top of the chat was not reached.", "The newest message was not reached."],
        ),
        (
            "page",
            PLAIN | {"top": "not-reached", "bottom": "not-reached"},
            ["The top of the page was not reached.", "The end of the page was not reached."],
        ),
    ],
    ids=["conversation", "page"],
)
def test_an_end_that_was_not_reached_is_said(
    said: Said, save: str, told: dict[str, Any], sentences: list[str]
) -> None:
    assert said(save, told)[1:] == sentences


@pytest.mark.parametrize(
    "ended",
    [
        "limit", "page-changed", "tab-changed", "lost-place", "pictures-not-hidden",
        "permission-lost", "page-moves", "something-new",
    ],
)  # fmt: skip
def test_every_ending_has_one_sentence(said: Said, ended: str) -> None:
    told = CHAT | {"ended": ended, "top": "not-reached"}
    sentences = said("conversation", told)
    assert len(sentences) == 2
    assert sentences[1].startswith("It stopped because ")


# ── The same words as on the dashboard ───────────────────────────────────────────────────────

WORDS: dict[str, str | dict[str, str]] = json.loads(
    (ROOT / "shared/text/en.json").read_text("utf-8")
)

SAME = {
    "said_messages": "said.messages",
    "said_messages_day": "said.messages_day",
    "said_messages_span": "said.messages_span",
    "said_no_words": "said.no_words",
    "said_pictures": "said.pictures",
    "said_overlays_chat": "said.overlays_chat",
    "said_overlays_page": "said.overlays_page",
    "said_gap_before": "gaps.before",
    "said_gaps_message": "gaps.message",
    "said_gaps_first_message": "gaps.first_message",
    "said_gaps_picture": "gaps.picture",
    "said_gaps_first_picture": "gaps.first_picture",
    "said_top_reached": "said.top_chat",
    "said_top_missed_chat": "said.no_top_chat",
    "said_top_missed_page": "said.no_top_page",
    "said_bottom_reached": "said.bottom_page",
    "said_bottom_missed_chat": "said.no_bottom_chat",
    "said_bottom_missed_page": "said.no_bottom_page",
    "said_end_stopped": "said.stopped",
    "said_one_shown": "fact.shown",
}
"""What both say of a save, by the name in each: the placeholders have names of their own."""


def bare(key: str) -> str:
    """Return the words without the names of what stands in them."""
    return re.sub(r"\{\w+\}", "{}", json.dumps(WORDS[key]))


def test_the_panel_and_the_dashboard_say_the_same_of_the_same() -> None:
    said = {key.removeprefix("panel.") for key in WORDS if key.startswith("panel.said_")}
    ended = {key for key in said if key.startswith("said_end_")} - SAME.keys()
    assert said == SAME.keys() | ended
    for panel, dashboard in SAME.items():
        assert bare(f"panel.{panel}") == bare(f"pages.{dashboard}")
    codes = {key.removeprefix("pages.ended.") for key in WORDS if key.startswith("pages.ended.")}
    assert {f"said_end_{code.replace('-', '_')}" for code in codes} == ended
    for code in codes:
        ends = f"panel.said_end_{code.replace('-', '_')}"
        assert WORDS[ends] == WORDS[f"pages.ended.{code}"]


def a_gap(after_tile: int, after_message: int | None) -> dict[str, int | None]:
    return {"after_tile": after_tile, "after_message": after_message}


def of(told: dict[str, Any], tiles: int = 9) -> tuple[Facts, tuple[int, ...]]:
    """The facts of a conversation that says this, and the numbers of its tiles."""
    facts = facts_of("ab" * 16, [(1, "view", b"")], save="conversation", completeness=told)
    return decode_facts(canonical.encode(facts)), tuple(range(4, 4 + 2 * tiles, 2))


@pytest.mark.parametrize(
    ("told", "sentences", "places"),
    [
        # Walked up: the first gap that came is the last one from the top.
        (
            CHAT | {"gaps": [a_gap(3, 240), a_gap(7, 61)]},
            ["2 gaps, after messages 61 and 240."],
            ["message 61.", "message 240."],
        ),
        (CHAT | {"gaps": [a_gap(3, 9), a_gap(7, 9)]}, ["One gap after message 9."], ["message 9."]),
        (
            CHAT | {"gaps": [a_gap(3, 10), a_gap(7, 0)]},
            ["One gap before message 1.", "One gap after message 10."],
            ["message 1.", "message 10."],
        ),
        (
            CHAT | {"gaps": [a_gap(n, 1000 - n) for n in range(1, 9)]},
            ["8 gaps, the first after message 992."],
            [f"message {1000 - n}." for n in range(8, 0, -1)],
        ),
        (
            CHAT | {"messages": 0, "gaps": [a_gap(7, 0), a_gap(3, 0)]},
            ["2 gaps, after pictures 3 and 7."],
            ["picture 3 (tiles/00008.png).", "picture 7 (tiles/00016.png)."],
        ),
        (
            PLAIN | {"gaps": [a_gap(7, None)]},
            ["One gap after picture 7."],
            ["picture 7 (tiles/00016.png)."],
        ),
    ],
    ids=["up", "one place", "before all", "many", "no words", "no messages"],
)
def test_a_gap_lies_in_one_place_wherever_it_is_said(
    said: Said, told: dict[str, Any], sentences: list[str], places: list[str]
) -> None:
    facts, tiles = of(told)
    assert [one for one in said("conversation", told) if " gap" in one] == sentences
    assert [one for one in not_there(facts, CATALOGUE) if " gap" in one] == sentences
    shown = CaptureShown(1, facts, tiles=tiles)
    in_package = [one for one in missing_of(shown, CATALOGUE) if " gap " in one]
    assert [re.sub(r"^There is a gap \w+ | Something .*", "", one) for one in in_package] == places


def test_what_could_not_be_read_has_one_name() -> None:
    for key, named in WORDS.items():
        kind = key.removeprefix("panel.missing_").replace("_", "-")
        if key.startswith("panel.missing_") and isinstance(named, dict):
            dashboard = WORDS[f"pages.gap.{kind}"]
            assert isinstance(dashboard, dict)
            for number, words in named.items():
                assert dashboard[number].startswith(f"{words} "), key


def test_every_ending_has_words_for_those_who_read_the_file() -> None:
    codes = {key.removeprefix("pages.ended.") for key in WORDS if key.startswith("pages.ended.")}
    assert codes >= {"limit", "page-moves", "other"}
    for code in codes:
        assert f"package.ended_{code}" in WORDS
