"""Pages in a package: made again from it alone, the same bytes each time, and never in the way."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from handrail.app import cli
from handrail.core.pages_of_tiles import PlacedTile
from handrail.core.records import Box, Reading
from handrail.imaging import pages
from handrail.imaging.limits import FAILED
from handrail.imaging.pictures import PictureRefused
from handrail.proof.derived import PagesMade, PagesWanted
from handrail.proof.package import Cancelled, PackageWritten, Progress, Watch, save_package
from handrail.web import exports
from handrail.web.exports import pages_maker
from tests.core.test_transcript import a_reading
from tests.proof import builders
from tests.proof.builders import CATALOGUE, Case, plain_picture, verify_imported
from tests.proof.conversations import a_case, readme_of
from tests.proof.test_summary import flat

PAGE = "data/derived/0001/pages/0001.png"


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case with a conversation whose tiles are as large as its readings say."""

    def tile(colour: tuple[int, int, int] = (0, 90, 90)) -> bytes:
        return plain_picture(1280, 160, colour)

    monkeypatch.setattr(builders, "plain_picture", tile)
    return a_case(tiles=12)


def readings_of(tiles: int) -> list[Reading]:
    box = Box(left=0, top=0, width=1280, height=160)
    return [replace(a_reading(number, 160 * number), box=box) for number in range(tiles)]


def saved(case: Case, path: Path, watch: Watch | None = None) -> tuple[PackageWritten, list[str]]:
    """Write a package with pages; return it and the captures that are in it without."""
    unpaged: list[str] = []

    def say(capture: str, made: PagesMade) -> None:
        unpaged.extend([capture] * (made.pages == ()))

    watch = watch or Watch()
    maker = pages_maker(watch, path.parent, say)
    made = save_package(
        path, case.plan(), case.open_exhibit, case.private.sign, CATALOGUE, watch, maker
    )
    return made, unpaged


def names(package: Path) -> list[str]:
    with zipfile.ZipFile(package) as archive:
        return [name for name in archive.namelist() if "/pages/" in name]


def changed(package: Path, *, page: bytes | None) -> Path:
    """Return a copy in which the first page is another one, or is not there."""
    copy = package.with_name("changed.zip")
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(copy, "w") as new:
        for info in old.infolist():
            if not info.filename.endswith(PAGE):
                new.writestr(info, old.read(info))
            elif page is not None:
                new.writestr(info, page)
    return copy


def test_two_exports_are_the_same_and_their_pages_can_be_made_again(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package, out = tmp_path / "one.zip", tmp_path / "made"
    once, again = saved(case, package), saved(case, tmp_path / "other.zip")
    assert once == again
    assert once[1] == []
    assert verify_imported(package)["exit"] == 0
    assert len(names(package)) == 2
    assert cli.main(["pages", str(package), "--out", str(out)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"the same: {PAGE}",
        f"the same: {PAGE.replace('1.png', '2.png')}",
    ]
    with zipfile.ZipFile(package) as archive:
        for name in names(package):
            assert (out / "0001" / Path(name).name).read_bytes() == archive.read(name)


@pytest.mark.parametrize(("page", "said"), [(b"x", "not the same: "), (None, "not in the package")])
def test_a_page_that_is_another_one_is_named(
    page: bytes | None, said: str, case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved(case, tmp_path / "one.zip")
    package = changed(tmp_path / "one.zip", page=page)
    assert cli.main(["pages", str(package), "--out", str(tmp_path / "made")]) == 1
    assert capsys.readouterr().out.startswith(said)


def test_tiles_that_cannot_be_drawn_leave_a_whole_package_without_pages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, package = a_case(), tmp_path / "one.zip"  # its tiles are smaller than it says
    _, unpaged = saved(case, package)
    assert unpaged == list(case.plan().captures)
    assert names(package) == []
    assert verify_imported(package)["exit"] == 0
    assert cli.main(["pages", str(package), "--out", str(tmp_path / "made")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2
    assert said[0] == (
        "data/captures/0001/tiles/00004.png could not be read (picture-damaged): "
        "the pages have a gap there."
    )


def test_pages_of_tiles_that_cannot_be_drawn_are_named_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = tmp_path / "one.zip"
    a_case().save(package, lambda wanted: PagesMade([b"invented"]))
    assert cli.main(["pages", str(package), "--out", str(tmp_path / "made")]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"in the package, but not made from its pictures: {PAGE}"
    )


def test_a_package_of_views_has_no_pages_and_that_is_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = Case()
    case.choose(case.save_view("first"))
    case.save(tmp_path / "one.zip")
    assert cli.main(["pages", str(tmp_path / "one.zip"), "--out", str(tmp_path / "made")]) == 0
    assert "no pages" in capsys.readouterr().out


def test_one_bad_tile_is_a_gap_in_pages_that_can_be_made_again(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = pages._size_of

    def one_bad(body: bytes, tile: PlacedTile, ratio: str) -> tuple[int, int]:
        if tile.tile == 10:
            raise PictureRefused("picture-damaged")
        return looked(body, tile, ratio)

    monkeypatch.setattr(pages, "_size_of", one_bad)
    package = tmp_path / "one.zip"
    saved(case, package)
    assert len(names(package)) >= 2
    assert "Picture 4 (tiles/00010.png) could not be read" in flat(readme_of(package))
    assert cli.main(["pages", str(package), "--out", str(tmp_path / "made")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("data/captures/0001/tiles/00010.png could not be read")
    assert [line.partition(":")[0] for line in said[1:]] == ["the same"] * len(names(package))


def test_the_tiles_on_pages_are_counted(case: Case, tmp_path: Path) -> None:
    told: list[Progress] = []
    saved(case, tmp_path / "one.zip", Watch(told.append))
    counts = [now.tiles_done for now in told]
    assert counts == sorted(counts)
    assert {0, 1, 2, 3, 12} <= set(counts)
    assert {now.tiles_total for now in told} == {12}


def test_a_child_that_fails_after_a_page_leaves_the_package_without_them(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package with half of its pages would look whole."""

    def one_and_no_more(*_: object) -> Iterator[bytes]:
        yield b"page"
        raise PictureRefused(FAILED)

    monkeypatch.setattr(exports, "draw_pages", one_and_no_more)
    package = tmp_path / "one.zip"
    _, unpaged = saved(case, package)
    assert unpaged == list(case.plan().captures)
    assert names(package) == []
    assert list(tmp_path.iterdir()) == [package]
    assert verify_imported(package)["exit"] == 0
    assert "There are no numbered pages of it." in flat(readme_of(package))


def test_a_person_can_stop_while_tiles_are_looked_at(tmp_path: Path) -> None:
    opened: list[int] = []

    def open_tile(tile: int) -> bytes:
        opened.append(tile)
        return plain_picture(1280, 160)

    wanted = PagesWanted("ab" * 16, "1", tuple(readings_of(9)), open_tile)
    maker = pages_maker(Watch(None, lambda: len(opened) == 5), tmp_path, None)
    with pytest.raises(Cancelled):
        maker(wanted)
    assert len(opened) == 5


def test_what_is_no_package_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.zip").write_bytes(b"this is no package")
    assert cli.main(["pages", str(tmp_path / "one.zip"), "--out", str(tmp_path / "made")]) == 1
    assert "cannot be read" in capsys.readouterr().err
