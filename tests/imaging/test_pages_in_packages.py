"""Pages in a package: made again from it alone, the same bytes each time, and never in the way."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from handrail.app import cli
from handrail.core.records import Box, Reading
from handrail.imaging.limits import FAILED
from handrail.imaging.pictures import PictureRefused
from handrail.proof.derived import PagesWanted
from handrail.proof.package import Cancelled, PackageWritten, Watch, save_package
from handrail.web import exports
from handrail.web.exports import pages_maker
from tests.core.test_transcript import a_reading
from tests.proof import builders
from tests.proof.builders import CATALOGUE, Case, plain_picture, verify_imported
from tests.proof.conversations import a_case

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
    maker = pages_maker(watch or Watch(), unpaged.append)
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
    assert cli.main(["pages", str(package), "--out", str(tmp_path / "made")]) == 1
    assert capsys.readouterr().out == (
        "No pages can be made of data/captures/0001: a picture in it cannot be drawn "
        "(picture-damaged).\n"
    )


def test_pages_of_tiles_that_cannot_be_drawn_are_named_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = tmp_path / "one.zip"
    a_case().save(package, lambda wanted: [b"invented"])
    assert cli.main(["pages", str(package), "--out", str(tmp_path / "made")]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "No pages can be made of data/captures/0001: a picture in it cannot be drawn "
        "(picture-damaged).",
        f"in the package, but not made from its pictures: {PAGE}",
    ]


def test_a_package_of_views_has_no_pages_and_that_is_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = Case()
    case.choose(case.save_view("first"))
    case.save(tmp_path / "one.zip")
    assert cli.main(["pages", str(tmp_path / "one.zip"), "--out", str(tmp_path / "made")]) == 0
    assert "no pages" in capsys.readouterr().out


def test_a_child_that_fails_after_a_page_makes_no_package(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another try may go better: a package with half of its pages would be another one."""

    def one_and_no_more(*_: object) -> Iterator[bytes]:
        yield b"page"
        raise PictureRefused(FAILED)

    monkeypatch.setattr(exports, "make_pages", one_and_no_more)
    with pytest.raises(PictureRefused):
        saved(case, tmp_path / "one.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_person_can_stop_while_tiles_are_looked_at() -> None:
    opened: list[int] = []

    def open_tile(tile: int) -> bytes:
        opened.append(tile)
        return plain_picture(1280, 160)

    wanted = PagesWanted("ab" * 16, tuple(readings_of(9)), open_tile)
    maker = pages_maker(Watch(None, lambda: len(opened) == 5), None)
    with pytest.raises(Cancelled):
        next(iter(maker(wanted)))
    assert len(opened) == 5


def test_what_is_no_package_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.zip").write_bytes(b"this is no package")
    assert cli.main(["pages", str(tmp_path / "one.zip"), "--out", str(tmp_path / "made")]) == 1
    assert "cannot be read" in capsys.readouterr().err
