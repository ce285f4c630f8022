"""A package of conversations: what it says of them, and what it names when one is tampered with."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.core import canonical
from handrail.core.errors import Damaged, HandrailError, Refused
from handrail.proof import package, verify
from handrail.proof.derived import MakePages, PagesWanted
from handrail.proof.package import Cancelled, Watch, save_package, write_package
from tests.proof.builders import (
    CATALOGUE,
    VERIFIER,
    Case,
    failures,
    identifier,
    note_about,
    plain_picture,
    reading_of,
    rewrite_lists,
    unpack,
    verify_alone,
    verify_imported,
)
from tests.proof.test_forged import Forgery
from tests.proof.test_summary import flat

FOLDER = "data/captures/0001"
SEAL = (6, "tagmanifest-sha256.txt.sig")


def a_case(**conversation: Any) -> Case:
    case = Case()
    case.choose(case.save_conversation("first", notes=["He wrote again."], **conversation))
    return case


def readme_of(package: Path) -> str:
    with zipfile.ZipFile(package) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/README.txt"))
        return archive.read(name).decode("utf-8")


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
    a_case(completeness={"gaps": gaps}).save(tmp_path / "package.zip")
    text = flat(readme_of(tmp_path / "package.zip"))
    assert "There is a gap after message 19." in text
    assert "There is a gap after message 20." not in text
    assert "There are 980 more gaps." in text


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


def test_our_own_lines_fit_a_page(tmp_path: Path) -> None:
    gaps = [{"after_tile": 1, "after_message": None}] * 30
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


def without(case: Case, kind: str) -> Case:
    case.records = [record for record in case.records if f'"kind":"{kind}"' not in record.decode()]
    return case


def test_a_reading_may_be_there_before_its_tile_until_it_is_finished(tmp_path: Path) -> None:
    without(a_case(finished=False), "tile").save(tmp_path / "package.zip", pages)
    assert verify_alone(tmp_path / "package.zip")["exit"] == 0
    with zipfile.ZipFile(tmp_path / "package.zip") as archive:
        assert not [name for name in archive.namelist() if "/derived/" in name]


@pytest.mark.parametrize(("lost", "finished"), [("start", False), ("tile", True), ("view", True)])
def test_what_cannot_be_told_is_not_written(lost: str, finished: bool) -> None:
    case = without(a_case(finished=finished), lost)
    with pytest.raises(Refused) as refused:
        save_package(Path("none.zip"), case.plan(), case.open_exhibit, case.private.sign, CATALOGUE)
    assert refused.value.code == "capture-not-whole"
    assert not Path("none.zip").exists()


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
    made = []

    def without_end(wanted: PagesWanted) -> Iterator[bytes]:
        while True:
            made.append(wanted.capture)
            yield b"page"

    monkeypatch.setattr(package, "LIMITS", verify.LIMITS._replace(files=100))
    assert refusal(a_case(), without_end) == "package-too-large"
    assert 10 < len(made) < 100


# ── Derived files ────────────────────────────────────────────────────────────────────────────


def pages(wanted: PagesWanted) -> Iterator[bytes]:
    """Stand in for the drawing: a page is the bytes of its tile, turned round."""
    for reading in wanted.readings:
        yield wanted.open_tile(reading.tile)[::-1]


def test_pages_and_messages_are_made_again_from_the_exhibits(tmp_path: Path) -> None:
    one = a_case().save(tmp_path / "one.zip", pages)
    assert a_case().save(tmp_path / "other.zip", pages) == one
    assert verify_alone(tmp_path / "one.zip")["exit"] == 0
    folder = unpack(tmp_path / "one.zip", tmp_path / "unpacked")
    derived = folder / "data/derived/0001"
    tiles = [plain_picture(colour=(tile, 9, 9)) for tile in range(2)]
    assert [(derived / f"pages/000{n}.png").read_bytes()[::-1] for n in (1, 2)] == tiles
    text = (derived / "messages.txt").read_text("utf-8")
    assert "made from the files in data/captures/0001/readings" in flat(text)
    listed = [line for line in text.split("\n") if line.startswith("   ")]
    assert listed[0].split() == ["1", "other", "side", "2026-11-20T10:00:00Z", "message", "1"]
    assert [line.rpartition("message ")[2] for line in listed] == [str(n) for n in range(1, 9)]


def test_a_view_has_nothing_derived(tmp_path: Path) -> None:
    case = Case()
    case.choose(case.save_view("first"))
    case.save(tmp_path / "package.zip", pages)
    with zipfile.ZipFile(tmp_path / "package.zip") as archive:
        assert not [name for name in archive.namelist() if "/derived/" in name]


def test_messages_stay_in_their_lines(tmp_path: Path) -> None:
    case = Case()
    capture = case.save_conversation("first", tiles=1, finished=False)
    said = reading_of(capture, 6, 1)
    said["joined"] = False
    said["rows"][0]["text"] = "one\n   9  own side  forged\u202e\x1b[2J"
    said["rows"][1]["side"] = "middle"
    said["rows"][1]["text"] = "Today"
    case.add_exhibit(capture, 6, "tile", "image/png", plain_picture(9, 9))
    case.add_exhibit(capture, 7, "reading", "application/json", canonical.encode(said))
    case.choose(capture)
    case.save(tmp_path / "package.zip")
    folder = unpack(tmp_path / "package.zip", tmp_path / "unpacked")
    lines = (folder / "data/derived/0001/messages.txt").read_text("utf-8").split("\n")
    assert [line for line in lines if "forged" in line] == [
        "   5  other side  2026-11-20T10:00:00Z       one \u00b6    9  own side  forged[U+202E]"
        "[U+001B][2J"
    ]
    assert "      (Something may be missing here.)" in lines
    assert "   -  between                                Today" in lines


def test_a_person_can_stop_while_pages_are_made(tmp_path: Path) -> None:
    asked = []

    def stopping(wanted: PagesWanted) -> Iterator[bytes]:
        asked.append(True)
        return pages(wanted)

    case = a_case()
    with pytest.raises(Cancelled):
        save_package(
            tmp_path / "package.zip",
            case.plan(),
            case.open_exhibit,
            case.private.sign,
            CATALOGUE,
            Watch(is_cancelled=lambda: bool(asked)),
            stopping,
        )
    assert list(tmp_path.iterdir()) == []


def test_a_tile_that_is_not_the_logged_one_makes_no_page(tmp_path: Path) -> None:
    case = a_case()
    swapped = []

    def late(wanted: PagesWanted) -> Iterator[bytes]:
        for digest, body in case.exhibits.items():
            if body == plain_picture(colour=(0, 9, 9)):
                case.exhibits[digest] = b"other"
                swapped.append(digest)
        return pages(wanted)

    with pytest.raises(Damaged):
        case.save(tmp_path / "package.zip", late)
    assert swapped


# ── What someone without the key can do ──────────────────────────────────────────────────────

Attack = Callable[[Path], set[tuple[int, str]]]
ATTACKS: list[Attack] = []


def attack(function: Attack) -> Attack:
    """Each attack changes a folder and returns what the verifier must name, beside the seal."""
    ATTACKS.append(function)
    return function


def entries_of(folder: Path, kind: str) -> list[Path]:
    found = sorted((folder / "proof/entries").glob("*.json"))
    return [path for path in found if f'"kind":"{kind}"' in path.read_text("utf-8")]


@attack
def the_facts_are_dropped_with_their_entry(folder: Path) -> set[tuple[int, str]]:
    """As if the conversation had not been finished. The seal does not allow it."""
    (folder / FOLDER / "facts.json").unlink()
    for entry in entries_of(folder, "facts"):
        entry.unlink()
        entry.with_suffix(".tlog-proof").unlink()
    return set()


@attack
def the_facts_are_dropped(folder: Path) -> set[tuple[int, str]]:
    (folder / FOLDER / "facts.json").unlink()
    return {(10, f"{FOLDER}/facts.json"), (11, f"{FOLDER}/facts.json")}


@attack
def two_tiles_are_swapped(folder: Path) -> set[tuple[int, str]]:
    one, two = (folder / FOLDER / "tiles" / name for name in ("00004.png", "00006.png"))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    return {(10, f"{FOLDER}/tiles/00004.png"), (10, f"{FOLDER}/tiles/00006.png")}


@attack
def a_tile_gets_another_number(folder: Path) -> set[tuple[int, str]]:
    (folder / FOLDER / "tiles/00006.png").rename(folder / FOLDER / "tiles/00008.png")
    return {(10, f"{FOLDER}/tiles/00006.png"), (10, f"{FOLDER}/tiles/00008.png")}


@attack
def a_tile_is_added(folder: Path) -> set[tuple[int, str]]:
    (folder / FOLDER / "tiles/00090.png").write_bytes(plain_picture())
    return {(10, f"{FOLDER}/tiles/00090.png")}


@attack
def a_tile_has_six_digits(folder: Path) -> set[tuple[int, str]]:
    shutil.copy(folder / FOLDER / "tiles/00006.png", folder / FOLDER / "tiles/000006.png")
    return {(2, f"{FOLDER}/tiles/000006.png"), (10, f"{FOLDER}/tiles/000006.png")}


@attack
def a_tile_lies_in_a_folder_of_another_kind(folder: Path) -> set[tuple[int, str]]:
    shutil.copy(folder / FOLDER / "tiles/00006.png", folder / FOLDER / "readings/00006.png")
    return {(2, f"{FOLDER}/readings/00006.png")}


@attack
def a_reading_says_something_else(folder: Path) -> set[tuple[int, str]]:
    path = folder / FOLDER / "readings/00005.json"
    path.write_text(path.read_text("utf-8").replace("message 1", "message X"), "utf-8")
    return {(10, f"{FOLDER}/readings/00005.json")}


@attack
def a_reading_is_dropped_with_its_entry(folder: Path) -> set[tuple[int, str]]:
    (folder / FOLDER / "readings/00007.json").unlink()
    entry = entries_of(folder, "reading")[1]
    entry.unlink()
    entry.with_suffix(".tlog-proof").unlink()
    return {(11, f"{FOLDER}/facts.json")}


@attack
def a_note_is_moved_to_another_capture(folder: Path) -> set[tuple[int, str]]:
    (folder / "data/captures/0002/notes").mkdir()
    note = folder / FOLDER / "notes/1000000.json"
    note.rename(folder / "data/captures/0002/notes/1000000.json")
    return {
        (10, f"{FOLDER}/notes/1000000.json"),
        (10, "data/captures/0002/notes/1000000.json"),
    }


@attack
def a_note_has_the_number_of_a_part(folder: Path) -> set[tuple[int, str]]:
    shutil.copy(folder / FOLDER / "notes/1000000.json", folder / FOLDER / "notes/999999.json")
    return {(2, f"{FOLDER}/notes/999999.json")}


@attack
def the_messages_are_written_anew(folder: Path) -> set[tuple[int, str]]:
    (folder / "data/derived/0001/messages.txt").write_text("invented\n", "utf-8")
    return set()


@pytest.mark.parametrize("change", ATTACKS, ids=lambda change: change.__name__)
def test_what_an_outsider_does_is_named(change: Attack, tmp_path: Path) -> None:
    case = Case()
    case.choose(
        case.save_conversation("first", notes=["He wrote again."]), case.save_conversation("second")
    )
    case.save(tmp_path / "package.zip")
    folder = unpack(tmp_path / "package.zip", tmp_path / "unpacked")
    expected = change(folder)
    rewrite_lists(folder)
    report = verify_alone(folder)
    assert report == verify_imported(folder)
    assert report["exit"] == 1
    assert report["integrity"]["status"] == "failed"
    assert {SEAL, *expected} <= failures(report)


def test_one_byte_of_any_file_is_named(tmp_path: Path) -> None:
    a_case().save(tmp_path / "package.zip", pages)
    folder = unpack(tmp_path / "package.zip", tmp_path / "unpacked")
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        path.write_bytes(bytes([*whole[:-9], whole[-9] ^ 1, *whole[-8:]]))
        report = verify_imported(folder)
        name = path.relative_to(folder).as_posix()
        assert report["exit"] == 1, name
        # A changed list names other files; that it was changed itself is named by its signature.
        said = f"{name}.sig" if name == "tagmanifest-sha256.txt" else name
        assert said in {file for _, file in failures(report)}, name
        path.write_bytes(whole)
    assert verify_imported(folder)["exit"] == 0


# ── What the holder of the key can do ────────────────────────────────────────────────────────

Change = Callable[[Forgery], set[tuple[int, str]]]
FORGERIES: list[Change] = []


def forgery(function: Change) -> Change:
    FORGERIES.append(function)
    return function


def relogged(forged: Forgery, name: str, **fields: Any) -> None:
    """Write and log a record with other fields, and let the facts name it as it now is."""
    path = f"{FOLDER}/{name}"
    old = hashlib.sha256(forged.files[path]).hexdigest()
    forged.relog(path, canonical.encode({**json.loads(forged.files[path]), **fields}))
    renamed(forged, old, forged.files[path])


def renamed(forged: Forgery, old: str, body: bytes) -> None:
    facts = json.loads(forged.files[f"{FOLDER}/facts.json"])
    for exhibit in facts["exhibits"]:
        if exhibit["sha256"] == old:
            exhibit.update(sha256=hashlib.sha256(body).hexdigest(), length=len(body))
    forged.relog(f"{FOLDER}/facts.json", canonical.encode(facts))


@forgery
def a_reading_of_another_capture(forged: Forgery) -> set[tuple[int, str]]:
    relogged(forged, "readings/00005.json", capture="0" * 32)
    return {(11, f"{FOLDER}/readings/00005.json")}


@forgery
def a_reading_of_a_tile_that_is_not_here(forged: Forgery) -> set[tuple[int, str]]:
    relogged(forged, "readings/00005.json", tile=90)
    return {(11, f"{FOLDER}/readings/00005.json")}


@forgery
def two_readings_of_one_tile(forged: Forgery) -> set[tuple[int, str]]:
    relogged(forged, "readings/00007.json", tile=4)
    return {(11, f"{FOLDER}/readings/00007.json")}


@forgery
def a_reading_whose_tile_is_a_text(forged: Forgery) -> set[tuple[int, str]]:
    relogged(forged, "readings/00005.json", tile="4")
    return {(11, f"{FOLDER}/readings/00005.json")}


@forgery
def a_reading_whose_tile_is_true(forged: Forgery) -> set[tuple[int, str]]:
    relogged(forged, "readings/00005.json", tile=True)
    return {(11, f"{FOLDER}/readings/00005.json")}


@forgery
def a_start_of_another_capture(forged: Forgery) -> set[tuple[int, str]]:
    relogged(forged, "start.json", capture="0" * 32)
    return {(11, f"{FOLDER}/start.json")}


@forgery
def a_note_about_another_capture(forged: Forgery) -> set[tuple[int, str]]:
    body = canonical.encode(note_about("0" * 32, "He wrote again."))
    forged.relog(f"{FOLDER}/notes/1000000.json", body)
    return {(11, f"{FOLDER}/notes/1000000.json")}


@forgery
def a_note_that_is_no_record(forged: Forgery) -> set[tuple[int, str]]:
    forged.relog(f"{FOLDER}/notes/1000000.json", b"[]")
    return {(11, f"{FOLDER}/notes/1000000.json")}


@forgery
def a_reading_that_is_nested_without_end(forged: Forgery) -> set[tuple[int, str]]:
    path = f"{FOLDER}/readings/00005.json"
    old = hashlib.sha256(forged.files[path]).hexdigest()
    forged.relog(path, b"[" * 200_000)
    renamed(forged, old, forged.files[path])
    return {(11, path)}


@forgery
def a_note_that_the_facts_name(forged: Forgery) -> set[tuple[int, str]]:
    facts = json.loads(forged.files[f"{FOLDER}/facts.json"])
    note = next(record for record in forged.records if record.get("kind") == "note")
    fields = ("number", "kind", "media_type", "length", "sha256")
    facts["exhibits"].append({field: note[field] for field in fields})
    forged.relog(f"{FOLDER}/facts.json", canonical.encode(facts))
    return {(11, f"{FOLDER}/facts.json")}


@forgery
def a_tile_that_the_facts_do_not_name(forged: Forgery) -> set[tuple[int, str]]:
    tile = next(record for record in forged.records if record.get("kind") == "tile")
    body = plain_picture(9, 9)
    sha256, salt = hashlib.sha256(body).hexdigest(), identifier("one more")
    added = {**tile, "number": 90, "length": len(body), "sha256": sha256, "salt": salt}
    forged.records.insert(-1, added)
    forged.files[f"{FOLDER}/tiles/00090.png"] = body
    return {(11, f"{FOLDER}/facts.json")}


@forgery
def a_tile_with_the_number_of_a_note(forged: Forgery) -> set[tuple[int, str]]:
    index = next(n for n, record in enumerate(forged.records) if record.get("kind") == "tile")
    forged.records[index]["number"] = 1_000_000
    return {(8, f"proof/entries/{index:08d}.json")}


@forgery
def a_note_with_the_number_of_a_part(forged: Forgery) -> set[tuple[int, str]]:
    index = next(n for n, record in enumerate(forged.records) if record.get("kind") == "note")
    forged.records[index]["number"] = 8
    return {(8, f"proof/entries/{index:08d}.json")}


@forgery
def a_number_that_is_true(forged: Forgery) -> set[tuple[int, str]]:
    forged.records[1]["number"] = True
    return {(8, "proof/entries/00000001.json")}


@forgery
def no_facts_and_no_start(forged: Forgery) -> set[tuple[int, str]]:
    for name in ("facts", "start"):
        del forged.files[f"{FOLDER}/{name}.json"]
    kept = [record for record in forged.records if record.get("kind") not in ("facts", "start")]
    forged.records[:] = kept
    return {(11, f"{FOLDER}/facts.json")}


@pytest.mark.parametrize("change", FORGERIES, ids=lambda change: change.__name__)
def test_what_the_key_holder_forges_is_named(change: Change, tmp_path: Path) -> None:
    forged = Forgery(a_case())
    expected = change(forged)
    forged.write(tmp_path / "forged.zip")
    alone = verify_alone(tmp_path / "forged.zip")
    assert alone == verify_imported(tmp_path / "forged.zip")
    assert alone["exit"] == 1
    assert expected <= failures(alone)
    assert not {3, 4, 5, 6, 7} & {number for number, _ in failures(alone)}


def test_the_same_conversation_without_a_change_passes(tmp_path: Path) -> None:
    Forgery(a_case()).write(tmp_path / "honest.zip")
    assert verify_alone(tmp_path / "honest.zip")["exit"] == 0
