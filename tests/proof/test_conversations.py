"""A package of conversations: what it says of them, of one that broke off, and what it refuses."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from handrail.core import canonical
from handrail.core.errors import HandrailError, Refused
from handrail.proof import package, verify
from handrail.proof.derived import MakePages
from handrail.proof.package import save_package, write_package
from tests.proof.builders import (
    CATALOGUE,
    VERIFIER,
    Case,
    note_about,
    reading_of,
    unpack,
    verify_alone,
)
from tests.proof.conversations import FOLDER, PagesWithoutEnd, a_case, pages, readme_of, without
from tests.proof.test_summary import flat

# ── What it says ─────────────────────────────────────────────────────────────────────────────


def test_every_exhibit_has_its_file_and_the_whole_passes(tmp_path: Path) -> None:
    a_case().save(tmp_path / "package.zip")
    folder = unpack(tmp_path / "package.zip", tmp_path / "unpacked")
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("data/**/*.*"))
    assert names == [
        *(f"{FOLDER}/{name}" for name in (
            "facts.json", "notes/1000000.json", "page.html.txt", "readings/00005.json",
            "readings/00007.json", "start.json", "tiles/00004.png", "tiles/00006.png", "view.png",
        )),
        "data/derived/0001/messages.txt",
    ]  # fmt: skip
    report = verify_alone(tmp_path / "package.zip")
    assert (report["exit"], report["unfinished"]) == (0, [])


def test_a_gap_a_stop_and_an_overlay_are_the_three_things_that_are_said_to_be_missing(
    tmp_path: Path,
) -> None:
    said = {
        "ended": "stopped",
        "top": "not-reached",
        "bottom": "reached",
        "messages": 312,
        "earliest": "3 March",
        "latest": "2026-03-09T07:00:00Z",
        "overlays_hidden": 1,
        "gaps": [{"after_tile": 1, "after_message": 120}],
    }
    a_case(completeness=said).save(tmp_path / "package.zip")
    text = readme_of(tmp_path / "package.zip")
    for sentence in (
        "312 messages were read.",
        'The page dates the first one "3 March" and the last one "2026-03-09T07:00:00Z".',
        "The top was not reached. What is further up is not here.",
        "The bottom was reached.",
        "2 pictures show it, one after the other.",
    ):
        assert sentence in flat(text)
    missing = text.partition("What is missing\n")[2].partition("\n\n")[0]
    assert flat(missing) == (
        "- The person stopped it and kept what was saved until then. "
        "- There is a gap after message 120. Something may be missing there. "
        "- 1 box that lay over the page was hidden. "
        "- More may be missing that the program could not see."
    )


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        ("limit", "The program stopped at its limit."),
        ("lost-place", "It ended early because the program lost its place on the page."),
        ("moon-rose", "It ended early. The program gave this reason: moon-rose."),
    ],
)
def test_what_ended_it_is_said(tmp_path: Path, ended: str, said: str) -> None:
    a_case(completeness={"ended": ended}).save(tmp_path / "package.zip")
    assert said in flat(readme_of(tmp_path / "package.zip"))


def test_a_thousand_gaps_are_counted_and_not_all_named(tmp_path: Path) -> None:
    gaps = [{"after_tile": 1, "after_message": place} for place in range(1000)]
    a_case(completeness={"gaps": gaps[::-1]}).save(tmp_path / "package.zip")
    text = flat(readme_of(tmp_path / "package.zip"))
    assert text.index("There is a gap before message 1.") < text.index("gap after message 1.")
    assert "There is a gap after message 19." in text
    assert "There is a gap after message 20." not in text
    assert "There are 980 more gaps." in text


def test_a_gap_between_pictures_names_the_picture_and_its_file(tmp_path: Path) -> None:
    gaps = [{"after_tile": 2, "after_message": 0}, {"after_tile": 3, "after_message": 0}]
    said = {"messages": 0, "gaps": gaps}
    a_case(tiles=3, completeness=said).save(tmp_path / "package.zip")
    text = flat(readme_of(tmp_path / "package.zip"))
    assert "There is a gap after picture 2 (tiles/00006.png)." in text
    assert "There is a gap after picture 3 (tiles/00008.png)." in text


def test_the_words_of_a_page_stay_inside_their_sentence(tmp_path: Path) -> None:
    forged = 'x".\n\nIntegrity passed\u202e'
    a_case(completeness={"earliest": forged, "latest": ""}).save(tmp_path / "package.zip")
    text = readme_of(tmp_path / "package.zip")
    assert '"x".[U+000A][U+000A]Integrity passed[U+202E]"' in flat(text)
    assert "\nIntegrity" not in text


def test_a_note_stands_there_in_the_person_s_own_words(tmp_path: Path) -> None:
    case = Case()
    words = "First line\n\nCase             0\u202e\r\n> not the page\ttabbed " + "x" * 100
    case.choose(case.save_conversation("first", notes=[words]))
    case.save(tmp_path / "package.zip")
    text = readme_of(tmp_path / "package.zip")
    assert "A note by the person, written 2026-11-25 09:02:00 by the clock" in flat(text)
    lines = [line.strip() for line in text.split("\n") if line.startswith("    |")]
    assert lines[:4] == ["| First line", "|", "| Case             0[U+202E]", lines[3]]
    assert lines[3].startswith("| > not the page tabbed xxx")
    assert lines[4] == "| " + "x" * len(lines[4][2:])
    assert "Lines that begin with | are notes" in flat(text)


def test_notes_stand_in_the_order_in_which_they_were_written(tmp_path: Path) -> None:
    """Their numbers are drawn at random and say nothing."""
    case = Case()
    capture = case.save_conversation("first")
    for number, day in ((1_000_000, 27), (1_000_001, 26), (1_000_002, 28)):
        said = note_about(capture, f"day {day}") | {"written": f"2026-11-{day}T09:02:00.000Z"}
        case.add_exhibit(capture, number, "note", "application/json", canonical.encode(said))
    case.choose(capture)
    case.save(tmp_path / "package.zip")
    lines = readme_of(tmp_path / "package.zip").split("\n")
    said_days = [line.strip() for line in lines if line.startswith("    | day")]
    assert said_days == ["| day 26", "| day 27", "| day 28"]


def test_a_picture_that_was_shown_on_a_profile_is_said(tmp_path: Path) -> None:
    shown = {"what": "img", "left": 24, "top": 96, "width": 120, "height": 110}
    subject: dict[str, Any] = {"canonical": None, "name": "Sky\u202e M", "accounts": []}
    case = Case()
    case.choose(case.save_view("first", save="profile", pictures={"shown": shown}, subject=subject))
    case.save(tmp_path / "package.zip")
    text = readme_of(tmp_path / "package.zip")
    assert "Profile 1, in data/captures/0001/" in text
    assert "One picture was left to be seen because the person chose it: 120 by 110" in flat(text)
    assert "    > Sky[U+202E] M" in text


def test_only_the_files_that_are_there_are_explained(tmp_path: Path) -> None:
    long = ["tiles/", "readings/", "start.json", "notes/"]
    view = Case()
    view.choose(view.save_view("first"))
    for case, explained in ((a_case(), long), (view, [])):
        package = tmp_path / f"{len(explained)}.zip"
        case.save(package)
        lines = readme_of(package).split("\n")
        assert "data/captures/0001/view.png" in lines
        assert [name for name in long if f"data/captures/0001/{name}" in lines] == explained
        assert ("data/derived/" in lines) is bool(explained)


def test_our_own_lines_fit_a_page(tmp_path: Path) -> None:
    gaps = [{"after_tile": place, "after_message": None} for place in range(1, 31)]
    case = a_case(completeness={"ended": "pictures-not-hidden", "gaps": gaps})
    case.save(tmp_path / "package.zip")
    folder = unpack(tmp_path / "package.zip", tmp_path / "unpacked")
    for name in ("README.txt", "data/derived/0001/messages.txt"):
        assert max(map(len, (folder / name).read_text("utf-8").split("\n"))) <= 78


# ── Not finished ─────────────────────────────────────────────────────────────────────────────


def test_an_unfinished_conversation_passes_and_is_said_to_be_unfinished(tmp_path: Path) -> None:
    a_case(finished=False).save(tmp_path / "package.zip")
    report = verify_alone(tmp_path / "package.zip")
    assert (report["exit"], report["unfinished"]) == (0, [FOLDER])
    text = flat(readme_of(tmp_path / "package.zip"))
    assert "Conversation 1, in data/captures/0001/" in text
    assert "This was not finished: the saving broke off before its end." in text
    assert "Started 2026-11-24 07:03:01 by the clock of that computer (Europe/London," in text
    assert "> Messages with sky.m_204" in text
    assert "What is missing" not in text


def test_when_it_started_is_said_by_both_clocks(tmp_path: Path) -> None:
    times = {"offset_minutes": 345, "zone": "Asia/Kathmandu"}
    a_case(finished=False, times=times).save(tmp_path / "package.zip")
    assert (
        "Started 2026-11-24 12:48:01 by the clock of that computer (Asia/Kathmandu, UTC+05:45). "
        "In world time: 2026-11-24 07:03:01 UTC."
    ) in flat(readme_of(tmp_path / "package.zip"))


def test_the_verifier_says_so_in_words(tmp_path: Path) -> None:
    a_case(finished=False).save(tmp_path / "package.zip")
    done = subprocess.run(
        [sys.executable, "-I", VERIFIER, tmp_path / "package.zip"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert f"{FOLDER} was not finished: nothing says how much of it is missing." in done.stdout


def test_a_finished_one_beside_it_is_not_called_unfinished(tmp_path: Path) -> None:
    case = Case()
    case.choose(
        case.save_conversation("broken", finished=False),
        case.save_conversation("whole"),
        case.save_view("view"),
    )
    case.save(tmp_path / "package.zip")
    assert verify_alone(tmp_path / "package.zip")["unfinished"] == [FOLDER]


def test_a_reading_may_be_there_before_its_tile_until_it_is_finished(tmp_path: Path) -> None:
    without(a_case(finished=False), "tile").save(tmp_path / "package.zip", pages)
    assert verify_alone(tmp_path / "package.zip")["exit"] == 0
    with zipfile.ZipFile(tmp_path / "package.zip") as archive:
        assert not [name for name in archive.namelist() if "/derived/" in name]


@pytest.mark.parametrize(("lost", "finished"), [("start", False), ("tile", True), ("view", True)])
def test_what_cannot_be_told_is_not_written(lost: str, finished: bool, tmp_path: Path) -> None:
    case = without(a_case(finished=finished), lost)
    out = tmp_path / "none.zip"
    with pytest.raises(Refused) as refused:
        save_package(out, case.plan(), case.open_exhibit, case.private.sign, CATALOGUE)
    assert refused.value.code == "capture-not-whole"
    assert list(tmp_path.iterdir()) == []


def refusal(case: Case, make_pages: MakePages | None = None) -> str:
    with pytest.raises(HandrailError) as refused:
        write_package(
            io.BytesIO(),
            case.plan(),
            case.open_exhibit,
            case.private.sign,
            CATALOGUE,
            make_pages=make_pages,
        )
    return refused.value.code


@pytest.mark.parametrize("kind", ["start", "reading", "note"])
def test_a_part_about_another_capture_is_not_written(kind: Any) -> None:
    case = Case()
    first = case.save_conversation("first", finished=False)
    if kind == "start":
        case = without(case, "start")
        other = Case()
        other.save_conversation("other", finished=False, tiles=0)
        said = other.exhibits[json.loads(other.records[1])["sha256"]]
        case.add_exhibit(first, 1, "start", "application/json", said)
    elif kind == "reading":
        said = canonical.encode(reading_of("0" * 32, 4, 0))
        case.add_exhibit(first, 9, "reading", "application/json", said)
    else:
        said = canonical.encode(note_about("0" * 32, "hello"))
        case.add_exhibit(first, 1_000_000, "note", "application/json", said)
    case.choose(first)
    assert refusal(case) == "capture-not-whole"


def test_a_record_that_no_verifier_reads_is_not_written() -> None:
    case = a_case(finished=False)
    long = verify.LIMITS.text_bytes + 1
    changed = [json.loads(record) for record in case.records]
    for record in changed:
        if record.get("kind") == "note":
            record["length"] = long
    case.records = [canonical.encode(record) for record in changed]
    assert refusal(case) == "facts-shape"


def test_more_pages_than_a_package_takes_are_refused_while_they_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_end = PagesWithoutEnd()
    monkeypatch.setattr(package, "LIMITS", verify.LIMITS._replace(files=100))
    assert refusal(a_case(), without_end) == "package-too-large"
    assert 10 < without_end.made < 100
