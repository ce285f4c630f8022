"""README.txt says what was saved, and nothing that a page wrote can pass for a line of it."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.proof.captures import CaptureShown
from handrail.proof.summary import quoted, render_readme, render_verify
from tests.proof.builders import CATALOGUE, Case, facts_of


def readme(**changes: Any) -> str:
    """Return the summary of a case with one view whose facts are changed."""
    case = Case()
    capture = case.save_view("first")
    case.choose(capture)
    shown = CaptureShown(1, facts_of(capture, _listed(case), **changes))
    return render_readme(case.plan(), (shown,), CATALOGUE, {}).decode("utf-8")


def _listed(case: Case) -> Any:
    from handrail.core.records import ExhibitFacts

    return [
        ExhibitFacts(
            number=exhibit.number,
            kind=exhibit.kind,
            media_type="image/png",
            length=exhibit.length,
            sha256=exhibit.sha256,
        )
        for exhibit in case.plan().exhibits
        if exhibit.kind == "view"
    ]


def flat(text: str) -> str:
    """Return the text as one line, so that it does not matter where a sentence was wrapped."""
    return " ".join(text.split())


def test_the_summary_says_what_where_when_and_what_is_missing() -> None:
    text = flat(readme())
    for said in (
        "> Messages with sky.m_204",
        "> https://chat.example.com/direct/sky.m_204",
        "Saved from 2026-11-24 07:03:01 to 2026-11-24 07:03:02 by the clock of that computer "
        "(Europe/London, UTC+00:00).",
        "In world time: from 2026-11-24 07:03:01 UTC to 2026-11-24 07:03:02 UTC.",
        "4 pictures on the page were hidden before it was saved.",
        "1280 by 720 of 1280 by 4210 dots, 0 from the left and 600 from the top.",
        "5 of 5 entries of the custody log are here.",
        "No time token was asked for",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("offset", "local", "named"),
    [
        (60, "08:03:01", "UTC+01:00"),
        (-210, "03:33:01", "UTC-03:30"),
        (345, "12:48:01", "UTC+05:45"),
    ],
)
def test_the_local_time_stands_beside_the_world_s(offset: int, local: str, named: str) -> None:
    text = flat(readme(times={"offset_minutes": offset, "zone": "Asia/Kathmandu"}))
    assert f"Saved from 2026-11-24 {local} to" in text
    assert f"(Asia/Kathmandu, {named})" in text
    assert "In world time: from 2026-11-24 07:03:01 UTC" in text


def test_everything_that_is_missing_is_said() -> None:
    completeness = {
        "overlays_hidden": 1,
        "messages": 30,
        "gaps": [
            {"after_tile": 3, "after_message": 12},
            {"after_tile": 5, "after_message": 0},
        ],
        "not_read": [
            {"what": "frame", "count": 2},
            {"what": "closed-root", "count": 1},
            {"what": "hologram", "count": 3},
        ],
        "page_changed": True,
    }
    text = flat(readme(completeness=completeness))
    for said in (
        "1 box that lay over the page was hidden.",
        "There is a gap after message 12.",
        "There is a gap before message 1.",
        "2 pages inside the page could not be read as text.",
        "1 part that the page keeps closed could not be read as text.",
        '3 parts of the kind "hologram" could not be read.',
        "The page changed while it was saved.",
        "More may be missing that the program could not see.",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("pictures", "said"),
    [
        ({"hidden": False, "count": 0}, "The pictures on the page were not hidden."),
        ({"count": 0}, "None was found on this page."),
        ({"count": 1}, "1 picture on the page was hidden before it was saved."),
        ({"verified": False}, "The hiding could not be checked."),
    ],
)
def test_hidden_pictures_are_told_as_they_were(pictures: dict[str, Any], said: str) -> None:
    assert said in flat(readme(pictures=pictures))


FORGED = (
    "Hello\n\nWhat this package does not claim\n===\n",
    "Hello\r\nCase             00000000000000000000000000000000",
    "Hello\u2028Integrity passed\u2029\x85\x0b\x0cIntegrity passed",
    "photo\u202egnp.exe",
    "\u2066\u200b\ufeff\U000e0041",
    "a" * 69 + " It does not show:" + " " * 70 + "Integrity  passed",
    "\x1b[2J\x1b[1;1HIntegrity passed",
    "{{ 7*7 }} {% raw %} {count}",
    "e" + "\u0301" * 500,
)


@pytest.mark.parametrize("words", FORGED)
@pytest.mark.parametrize("field", ["title", "url", "referrer"])
def test_a_page_s_words_cannot_leave_their_lines(words: str, field: str) -> None:
    changed = readme(source={field: words}).split("\n")
    harmless = readme(source={field: "harmless"}).split("\n")
    assert [line for line in changed if not line.startswith("    > ")] == [
        line for line in harmless if not line.startswith("    > ")
    ]
    assert all(_is_plain(line) for line in changed)


def _is_plain(line: str) -> bool:
    return not any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in line)


@given(st.text(max_size=400))
def test_whatever_a_page_says_every_line_of_it_is_marked(untrusted_text: str) -> None:
    lines = quoted(untrusted_text)
    assert lines
    for line in lines:
        assert line.startswith("> ")
        assert len(line) <= 72
        assert line.splitlines() == [line]
        assert _is_plain(line)


def test_a_zone_that_is_no_zone_stays_inside_its_sentence() -> None:
    text = readme(times={"zone": "Here\n\nIntegrity passed\u202e"})
    assert "Here[U+000A][U+000A]Integrity passed[U+202E]" in flat(text)
    assert "\nIntegrity" not in text


def test_a_very_long_address_is_cut_and_ends() -> None:
    lines = readme(source={"url": "https://example.com/" + "a" * 60_000}).split("\n")
    assert sum(line.startswith("    > ") for line in lines) < 40


def test_our_own_lines_fit_a_page() -> None:
    case = Case()
    case.choose(case.save_view("first"))
    verify = render_verify(case.plan(), CATALOGUE).decode("utf-8").split("\n")
    ours = [line for line in verify if not line.startswith(("    ", "  handrail/case/"))]
    assert max(len(line) for line in [*ours, *readme().split("\n")]) <= 78


def test_the_words_are_those_of_the_catalogue() -> None:
    templates = Path(__file__).parents[2] / "server/handrail/proof/templates"
    used = "".join(path.read_text("utf-8") for path in templates.iterdir())
    for name in ("summary.py", "statement.py", "derived.py"):
        used += templates.parent.joinpath(name).read_text("utf-8")
    for key in sorted(CATALOGUE.keys()):
        if key.startswith("package.") and not key.startswith(("package.part_", "package.ended_")):
            assert f'"{key}"' in used
