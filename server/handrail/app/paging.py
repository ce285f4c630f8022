"""Make the numbered pages of a package again, from its tiles and readings alone, and compare.

The package is read in place, as the verifier reads it: nothing in it names a file that is written.
Whether the package itself is sound is for `handrail verify` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .. import system
from ..core.errors import Damaged, Refused
from ..core.records import MAX_RECORD, Reading, decode_facts, decode_reading, decode_start
from ..imaging.limits import MOST_BYTES
from ..imaging.pages import draw_pages, lay_out
from ..imaging.pictures import PictureRefused
from ..proof.verify import Broken, Package, Unreadable, open_package

_READING = re.compile(r"data/captures/([0-9]{4})/readings/[0-9]{5}\.json")
_PAGE = re.compile(r"data/derived/([0-9]{4})/pages/[0-9]{4}\.png")


@dataclass(frozen=True, slots=True)
class PageMade:
    """One page: `same` as in the package or an `other` one, `absent` from it, or only there.

    `unread` is said of a tile that cannot be drawn, which is a gap in the pages and no fault of
    theirs; `refused` of a whole capture, by its folder: no pages could be drawn. `code` says why.
    """

    name: str
    state: Literal["same", "other", "absent", "unmade", "unread", "refused"]
    code: str = ""


def remake_pages(path: Path, out: Path) -> Iterator[PageMade]:
    """Write the pages of each capture into `out` and yield how each compares.

    Raises `Refused` when the package cannot be read and `Damaged` for a reading of another form.
    """
    try:
        package = open_package(str(path))
        try:
            numbers = {found[1] for name in package.sizes for found in _found(name)}
            for number in sorted(numbers):
                yield from _capture(package, number, out)
        finally:
            package.close()
    except (Unreadable, Broken) as error:
        raise Refused("package-unreadable", "the package cannot be read") from error


def _found(name: str) -> Iterator[re.Match[str]]:
    for form in (_READING, _PAGE):
        if match := form.fullmatch(name):
            yield match


def _capture(package: Package, number: str, out: Path) -> Iterator[PageMade]:
    folder = f"data/captures/{number}"
    left = {name for name in package.sizes if name.startswith(f"data/derived/{number}/pages/")}

    def open_tile(tile: int) -> bytes:
        name = f"{folder}/tiles/{tile:05d}.png"
        if package.sizes[name] > MOST_BYTES:
            raise PictureRefused("picture-too-large")
        return package.read(name, MOST_BYTES)

    try:
        layout = lay_out(_ratio(package, folder), _readings(package, folder), open_tile)
        for tile, code in sorted(layout.unread.items()):
            yield PageMade(f"{folder}/tiles/{tile:05d}.png", "unread", code)
        for place, page in enumerate(draw_pages(layout, open_tile), 1):
            name = f"data/derived/{number}/pages/{place:04d}.png"
            system.make_private_folder(out / number)
            (out / number / f"{place:04d}.png").write_bytes(page)
            if name not in left:
                yield PageMade(name, "absent")
                continue
            left.remove(name)
            same = package.read(name, MOST_BYTES) == page
            yield PageMade(name, "same" if same else "other")
    except PictureRefused as refused:
        yield PageMade(folder, "refused", refused.code)
    for name in sorted(left):
        yield PageMade(name, "unmade")


def _ratio(package: Package, folder: str) -> str:
    """Return how many pixels a CSS pixel was, as its start says, or its facts without one."""
    start, facts = f"{folder}/start.json", f"{folder}/facts.json"
    if start in package.sizes:
        return decode_start(package.read(start, MAX_RECORD)).window.device_pixel_ratio
    if facts in package.sizes:
        return decode_facts(package.read(facts, MAX_RECORD)).window.device_pixel_ratio
    raise Damaged("start-shape", "a capture has facts or a start")


def _readings(package: Package, folder: str) -> list[Reading]:
    names = sorted(name for name in package.sizes if name.startswith(f"{folder}/readings/"))
    readings = [decode_reading(package.read(name, MAX_RECORD)) for name in names]
    here = [one for one in readings if f"{folder}/tiles/{one.tile:05d}.png" in package.sizes]
    return sorted(here, key=lambda reading: reading.tile)
