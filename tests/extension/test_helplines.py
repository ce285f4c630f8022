"""Crisis lines: each number is compared with a list kept by hand, each row says its source."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from .conftest import ROOT

HELPLINES = json.loads((ROOT / "shared/helplines/first.json").read_text("utf-8"))
WORDS = json.loads((ROOT / "shared/text/en.json").read_text("utf-8"))

# Typed by hand from the sources, not copied from the data: a slip in one is seen in the other.
NUMBERS = {
    "gb-999": ["999"],
    "gb-samaritans": ["116123"],
    "gb-childline": ["08001111"],
    "gb-papyrus": ["08000684141"],
    "gb-shout": ["85258"],
    "us-911": ["911"],
    "us-988": ["988", "988"],
    "ie-112": ["112", "999"],
    "ie-samaritans": ["116123"],
    "ca-911": ["911"],
    "ca-988": ["988", "988"],
    "au-000": ["000"],
    "au-lifeline": ["131114"],
    "au-kids-helpline": ["1800551800"],
    "other-emergency": [],
    "other-find": ["https://findahelpline.com/"],
}

# Numbers that are old, wrong or another body's, and still go round.
NEVER = (
    "07860039967", "07786209697", "08088025858", "08080684141", "18002738255",
    "88247", "18664887366",
)  # fmt: skip


def lines() -> list[dict[str, Any]]:
    return [line for country in HELPLINES["countries"] for line in country["lines"]]


def test_every_number_is_the_one_that_was_read() -> None:
    assert {line["id"]: [way["to"] for way in line["ways"]] for line in lines()} == NUMBERS


def test_the_number_that_is_read_is_the_number_that_is_dialled() -> None:
    for way in (way for line in lines() for way in line["ways"] if way["by"] != "web"):
        assert re.sub(r"\D", "", way["shown"]) == way["to"]


def test_no_old_number_is_shown() -> None:
    shown = re.sub(r"[ -]", "", json.dumps(HELPLINES) + json.dumps(WORDS))
    assert [number for number in NEVER if number in shown] == []


def test_every_row_says_where_it_is_from_and_when_it_was_read() -> None:
    for line in lines():
        assert line["source"]
        assert line["address"].startswith("https://")
        assert line["basis"] in ("read", "general")
        assert date.fromisoformat(line["checked_on"]) <= date(2026, 12, 31)


def test_the_emergency_number_comes_first_everywhere() -> None:
    for country in HELPLINES["countries"]:
        first, *others = [line["purpose"] for line in country["lines"]]
        assert first == "emergency"
        assert "emergency" not in others


def test_every_line_and_country_has_its_words() -> None:
    for country in HELPLINES["countries"]:
        assert f"panel.country_{country['id'].lower()}" in WORDS
    for line in lines():
        if line["purpose"] != "emergency":
            assert f"panel.line_{line['id'].replace('-', '_')}" in WORDS


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/London", "GB"),
        ("America/New_York", "US"),
        ("America/Indiana/Knox", "US"),
        ("Pacific/Honolulu", "US"),
        ("America/Toronto", "CA"),
        ("Europe/Dublin", "IE"),
        ("Australia/Perth", "AU"),
        ("Europe/Berlin", "other"),
        ("America/Mexico_City", "other"),
        (None, "other"),
    ],
)
def test_the_country_is_guessed_from_the_clock(
    node: Callable[[str], Any], zone: str | None, country: str
) -> None:
    told = node(
        f"""import {{ guessCountry }} from "./core/helplines.js";
        import {{ readFileSync }} from "node:fs";
        const lines = JSON.parse(readFileSync("../shared/helplines/first.json", "utf8"));
        answer(guessCountry(lines, {json.dumps(zone)} ?? undefined));"""
    )
    assert told == country
