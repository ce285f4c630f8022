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
from ..core.errors import Refused
from ..core.records import MAX_RECORD, Reading, decode_reading
from ..imaging.limits import MOST_BYTES
from ..imaging.pages import make_pages
from ..imaging.pictures import PictureRefused
from ..proof.verify import Broken, Package, Unreadable, open_package

_READING = re.compile(r"data/captures/([0-9]{4})/readings/[0-9]{5}\.json")
_PAGE = re.compile(r"data/derived/([0-9]{4})/pages/[0-9]{4}\.png")


@dataclass(frozen=True, slots=True)
class PageMade:
    """One page: `same` as in the package or an `other` one, `absent` from it, or only there.

    `refused` is said of a whole capture, by its folder: a tile of it cannot be drawn, and `code`
    says why.
    """

    name: str
    state: Literal["same", "other", "absent", "unmade", "refused"]
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
    try:
        for place, page in enumerate(
            make_pages(
                _readings(package, folder),
                lambda tile: package.read(f"{folder}/tiles/{tile:05d}.png", MOST_BYTES),
            ),
            1,
        ):
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


def _readings(package: Package, folder: str) -> list[Reading]:
    names = sorted(name for name in package.sizes if name.startswith(f"{folder}/readings/"))
    readings = [decode_reading(package.read(name, MAX_RECORD)) for name in names]
    here = [one for one in readings if f"{folder}/tiles/{one.tile:05d}.png" in package.sizes]
    return sorted(here, key=lambda reading: reading.tile)
