"""The parts of one capture as its page lists them: those it has once, and long rows of a kind.

A conversation has hundreds of pictures. They are counted, and listed a few at a time when the
person opens the list. Pure, as `views` is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..core.envelope import ONCE, file_name
from ..core.summaries import ExhibitEntry
from ..core.text import Catalogue
from .views import size_of

ICONS: Final = {
    "start": "waiting", "view": "hidden", "page": "words", "tile": "hidden", "reading": "words",
    "facts": "log", "note": "person",
}  # fmt: skip

A_PAGE: Final = 20
"""So many of a long row are listed at a time."""


@dataclass(frozen=True, slots=True)
class NamedPicture:
    """What a picture is called, and the number of its exhibit."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Part:
    """One exhibit as the page lists it. `of` is how a sentence speaks of it."""

    number: int
    kind: str
    icon: str
    name: str
    of: str
    about: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Row:
    """All exhibits of a kind that a capture has many of, and those that are listed now.

    `before` and `after` are the pages of the list to go to; 0 where there is none. `open` says that
    the person has opened the list.
    """

    kind: str
    icon: str
    name: str
    about: str
    parts: tuple[Part, ...]
    listed: str
    before: int
    after: int
    open: bool


def once(
    exhibits: Sequence[ExhibitEntry], catalogue: Catalogue, *, one_shown: bool = False
) -> tuple[Part, ...]:
    """Return the parts that a capture has once. `one_shown`: its view has a picture to be seen."""
    return tuple(
        _part(entry, catalogue, what="view_one" if one_shown and entry.kind == "view" else "")
        for entry in exhibits
        if entry.kind in ONCE
    )


def rows(
    exhibits: Sequence[ExhibitEntry], wanted: Mapping[str, int], shown: int, catalogue: Catalogue
) -> tuple[Row, ...]:
    """Return the long rows: pictures, readings, notes, of those that are here.

    `wanted` holds the page of a list that was asked for, by its kind; `shown` is the number of the
    picture that was asked for, or 0.
    """
    of_kind: dict[str, list[ExhibitEntry]] = {"tile": [], "reading": [], "note": []}
    for entry in exhibits:
        if entry.kind in of_kind:
            of_kind[entry.kind].append(entry)
    return tuple(
        _row(kind, entries, wanted.get(kind, 0), shown, catalogue)
        for kind, entries in of_kind.items()
        if entries
    )


def picture_places(exhibits: Sequence[ExhibitEntry]) -> dict[int, int]:
    """Return the place of each tile in the list of pictures, counted from 1, by its number."""
    tiles = (entry.number for entry in exhibits if entry.kind == "tile")
    return {number: place for place, number in enumerate(tiles, 1)}


def named_pictures(
    tiles: Collection[int], exhibits: Sequence[ExhibitEntry], catalogue: Catalogue, *, most: int
) -> tuple[NamedPicture, ...]:
    """Return how these tiles are called, `most` at the most: by their place and file."""
    places = picture_places(exhibits)
    return tuple(
        NamedPicture(
            number,
            catalogue.t(
                "pages.package.unread_tile", tile=places[number], file=file_name("tile", number)
            ),
        )
        for number in sorted(tiles)[:most]
    )


def _row(
    kind: str, entries: Sequence[ExhibitEntry], wanted: int, shown: int, catalogue: Catalogue
) -> Row:
    places = {entry.number: place for place, entry in enumerate(entries)}
    last = -(-len(entries) // A_PAGE)
    here = places.get(shown) if kind == "tile" else None
    page = min(max(wanted, 1), last) if here is None else here // A_PAGE + 1
    start = (page - 1) * A_PAGE
    listed = entries[start : start + A_PAGE]
    size = size_of(sum(entry.length for entry in entries), catalogue)
    return Row(
        kind=kind,
        icon=ICONS[kind],
        name=catalogue.t(f"pages.row.{kind}", count=len(entries)),
        about=_about(f"pages.row.{kind}_what", size, catalogue),
        parts=tuple(_part(entry, catalogue, places[entry.number] + 1) for entry in listed),
        listed=catalogue.t(
            "pages.row.listed", first=str(start + 1), last=str(start + len(listed)),
            total=str(len(entries)),
        ),
        before=page - 1,
        after=page + 1 if page < last else 0,
        open=bool(wanted) or here is not None,
    )  # fmt: skip


def _part(entry: ExhibitEntry, catalogue: Catalogue, place: int = 0, what: str = "") -> Part:
    t, kind = catalogue.t, entry.kind
    size = size_of(entry.length, catalogue)
    return Part(
        number=entry.number,
        kind=kind,
        icon=ICONS[kind],
        name=t(f"pages.row.{kind}_one", number=str(place)) if place else t(f"pages.part.{kind}"),
        of=t(f"pages.row.{kind}_of", number=str(place)) if place else t(f"pages.part.{kind}_of"),
        about=size if place else _about(f"pages.part.{what or kind}_what", size, catalogue),
        sha256=_grouped(entry.sha256),
    )


def _about(what: str, size: str, catalogue: Catalogue) -> str:
    return catalogue.t("pages.part.about", what=catalogue.t(what), size=size)


def _grouped(sha256: str) -> str:
    """Return a digest in groups of eight, as people read one to each other."""
    return " ".join(sha256[at : at + 8] for at in range(0, len(sha256), 8))
