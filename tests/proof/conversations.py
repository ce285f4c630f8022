"""A case with a conversation, and what the tests about conversations read in its package."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from handrail.proof.derived import PagesMade, PagesWanted
from tests.proof.builders import Case

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


def without(case: Case, kind: str) -> Case:
    case.records = [record for record in case.records if f'"kind":"{kind}"' not in record.decode()]
    return case


def pages(wanted: PagesWanted) -> PagesMade:
    """Stand in for the drawing: a page is the bytes of its tile, turned round."""
    return PagesMade(wanted.open_tile(reading.tile)[::-1] for reading in wanted.readings)


class PagesWithoutEnd:
    """Makes pages for as long as somebody asks, and counts them."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, wanted: PagesWanted) -> PagesMade:
        return PagesMade(self._drawn())

    def _drawn(self) -> Iterator[bytes]:
        while True:
            self.made += 1
            yield b"page"
