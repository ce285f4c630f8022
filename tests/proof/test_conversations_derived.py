"""What a package makes again from a conversation's exhibits: pages and messages."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from handrail.core import canonical
from handrail.core.errors import Damaged
from handrail.proof.captures import exhibits_by_capture, read_readings
from handrail.proof.derived import PagesMade, PagesWanted
from handrail.proof.package import Cancelled, Watch, save_package
from tests.proof.builders import CATALOGUE, Case, plain_picture, reading_of, unpack, verify_alone
from tests.proof.conversations import PagesWithoutEnd, a_case, pages, readme_of
from tests.proof.test_summary import flat


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


def test_readings_are_taken_in_the_order_of_their_tiles() -> None:
    case = Case()
    capture = case.save_conversation("first", tiles=0, finished=False)
    for number, tile in ((5, 6), (7, 4)):
        said = canonical.encode(reading_of(capture, tile, 0))
        case.add_exhibit(capture, number, "reading", "application/json", said)
        case.add_exhibit(capture, tile, "tile", "image/png", plain_picture())
    case.choose(capture)
    (exhibits,) = exhibits_by_capture(case.plan())
    assert [one.tile for one in read_readings(exhibits, case.open_exhibit)] == [4, 6]


def test_the_readme_says_how_many_pages_there_are_and_what_is_on_none(tmp_path: Path) -> None:
    a_case().save(tmp_path / "with.zip", pages)
    said = flat(readme_of(tmp_path / "with.zip"))
    assert "on 2 numbered pages, in data/derived/0001/pages/" in said
    a_case(tiles=3).save(tmp_path / "some.zip", lambda wanted: PagesMade((b"page",), (6, 8)))
    said = flat(readme_of(tmp_path / "some.zip"))
    assert "Picture 2 (tiles/00006.png) could not be read" in said
    assert "Picture 3 (tiles/00008.png) could not be read" in said
    assert "Picture 1 " not in said


def test_of_a_capture_without_any_pages_that_is_said_once(tmp_path: Path) -> None:
    a_case().save(tmp_path / "without.zip", lambda wanted: PagesMade((), (4, 6)))
    said = flat(readme_of(tmp_path / "without.zip"))
    assert said.count("There are no numbered pages of it. Its pictures are here as they are.") == 1
    assert "could not be read" not in said


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
    without_end = PagesWithoutEnd()
    case = a_case()
    with pytest.raises(Cancelled):
        save_package(
            tmp_path / "package.zip",
            case.plan(),
            case.open_exhibit,
            case.private.sign,
            CATALOGUE,
            Watch(is_cancelled=lambda: without_end.made == 3),
            without_end,
        )
    assert without_end.made == 3
    assert list(tmp_path.iterdir()) == []


def test_a_tile_that_is_not_the_logged_one_makes_no_page(tmp_path: Path) -> None:
    case = a_case()
    swapped = []

    def late(wanted: PagesWanted) -> PagesMade:
        for digest, body in case.exhibits.items():
            if body == plain_picture(colour=(0, 9, 9)):
                case.exhibits[digest] = b"other"
                swapped.append(digest)
        return pages(wanted)

    with pytest.raises(Damaged):
        case.save(tmp_path / "package.zip", late)
    assert swapped
