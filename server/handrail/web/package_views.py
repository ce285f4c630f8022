"""What the pages of Hand over are given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ..core import display
from ..core.summaries import CaptureDetail, CaptureSummary, ExportSummary
from ..core.text import Catalogue
from .completeness import LONG
from .parts import NamedPicture, named_pictures
from .views import hidden_in, is_unfinished, name_of, place_of, size_of, when_of

CHECKING: Final = {
    "README.txt": "readme",
    "VERIFY.txt": "verify",
    "bagit.txt, bag-info.txt": "bag",
    "manifest-sha256.txt, tagmanifest-sha256.txt, tagmanifest-sha256.txt.sig": "manifests",
    "proof/": "proof",
}
"""The files of every package beside the captures, and the sentence about each."""


MOST_NAMED: Final = 20
"""So many pictures of a capture that are on no page are named; README.txt names as many."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One capture that can go into a package, or not yet."""

    capture: str
    name: str
    place: str
    title: str
    when: str
    files: int
    pictures_hidden: int | None
    missing: int
    unfinished: bool
    """It broke off before its end: it goes in only when the person ticks it."""
    can_go: bool
    """A package can hold it: it is whole, or broke off. Otherwise it cannot be ticked."""
    finished: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class File:
    """One kind of file in a package."""

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Given:
    """One package in the list of those chosen before."""

    export: str
    when: str
    captures: int
    state: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job stands. Counts are in bytes, then in tiles that went onto pages.

    `unpaged` go in without numbered pages; `unread` are pictures on none, by their capture.
    """

    state: Literal["making", "ready", "stopped", "failed"]
    done: int
    total: int
    error: str | None
    unpaged: tuple[CaptureSummary, ...] = ()
    tiles: int = 0
    tiles_total: int = 0
    unread: tuple[tuple[CaptureDetail, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Unpaged:
    """A capture that is in a package without numbered pages, or with some pictures on none.

    `pictures` names those, and `more` counts the others.
    """

    capture: str
    name: str
    place: str
    pictures: tuple[NamedPicture, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class PackageView:
    """One package: how it stands, in words; what it is once it was made."""

    export: str
    state: Literal["making", "ready", "stopped", "failed", "resting"]
    words: str
    name: str
    when: str
    captures: int
    size: str
    sha256: str
    unpaged: tuple[Unpaged, ...]
    unread: tuple[Unpaged, ...]


def choices_of(
    summaries: Iterable[CaptureSummary], chosen: frozenset[str] | None, catalogue: Catalogue
) -> tuple[Choice, ...]:
    """Return what can go in, oldest first as in the package.

    All that is whole is ticked when nothing was chosen; what was not finished only by choice.
    """
    return tuple(
        Choice(
            capture=summary.capture,
            name=name_of(summary),
            place=place_of(summary, catalogue),
            title=display.title(summary.title),
            when=when_of(summary.started or summary.received_at, summary.offset_minutes, catalogue),
            files=summary.exhibits,
            pictures_hidden=hidden_in(summary),
            missing=summary.missing,
            unfinished=is_unfinished(summary),
            can_go=summary.whole or is_unfinished(summary),
            finished=summary.finished,
            chosen=summary.whole if chosen is None else summary.capture in chosen,
        )
        for summary in sorted(summaries, key=lambda s: s.started or s.received_at)
    )


def files_of(summaries: Iterable[CaptureSummary], catalogue: Catalogue) -> tuple[File, ...]:
    """Return every file that a package of these can hold, and those for checking."""
    kept = tuple(summaries)
    long = any(summary.tiles or summary.save in LONG for summary in kept)
    notes = any(summary.notes for summary in kept)
    names = [("view.png", "view"), ("page.html.txt", "page"), ("facts.json", "facts")]
    names += [("start.json", "start"), ("tiles/", "tiles"), ("readings/", "readings")] * long
    names += [("notes/", "notes")] * notes
    captures = [
        File(f"data/captures/0001/{name}", catalogue.t(f"pages.file.{what}"))
        for name, what in names
    ]
    derived = [File("data/derived/", catalogue.t("pages.file.derived"))] * long
    checking = [File(name, catalogue.t(f"pages.file.{what}")) for name, what in CHECKING.items()]
    return (*captures, *derived, *checking)


def given_of(exports: Iterable[ExportSummary], catalogue: Catalogue) -> tuple[Given, ...]:
    """Return the packages chosen before, newest first."""
    return tuple(
        Given(
            export=export.export,
            when=when_of(export.at, 0, catalogue) + " UTC",
            captures=len(export.captures),
            state=catalogue.t("pages.hand.made" if export.sha256 else "pages.hand.not_made"),
        )
        for export in sorted(exports, key=lambda e: e.index, reverse=True)
    )


def package_view(
    export: ExportSummary, standing: Standing | None, catalogue: Catalogue
) -> PackageView:
    """Return the page of one package; with no job for it, it rests and can be made again."""
    return PackageView(
        export=export.export,
        state=standing.state if standing else "resting",
        words=_words_of(standing, catalogue),
        name=f"handrail-{export.case[:8]}-{export.export[:8]}.zip",
        when=when_of(export.at, 0, catalogue) + " UTC",
        captures=len(export.captures),
        size=size_of(export.length, catalogue) if export.length else "",
        sha256=export.sha256 or "",
        unpaged=tuple(
            Unpaged(summary.capture, name_of(summary), place_of(summary, catalogue))
            for summary in (standing.unpaged if standing else ())
        ),
        unread=tuple(
            _unread_of(detail, tiles, catalogue)
            for detail, tiles in (standing.unread if standing else ())
        ),
    )


def _unread_of(detail: CaptureDetail, tiles: Sequence[int], catalogue: Catalogue) -> Unpaged:
    """Return the pictures of a capture that are on no page: as they are listed, and their files."""
    named = named_pictures(tiles, detail.exhibits, catalogue, most=MOST_NAMED)
    return Unpaged(
        detail.summary.capture,
        name_of(detail.summary),
        place_of(detail.summary, catalogue),
        named,
        len(tiles) - len(named),
    )


def _words_of(standing: Standing | None, catalogue: Catalogue) -> str:
    """Return how far a package is, or why there is none. What is written is counted."""
    if standing is None or standing.state in ("ready", "stopped"):
        return ""
    if standing.state == "failed":
        sentence = f"error.{standing.error}"
        return catalogue.t(sentence) if sentence in catalogue else ""
    if standing.total == 0:
        return catalogue.t("pages.package.starting")
    if standing.done >= standing.total and standing.tiles < standing.tiles_total:
        return catalogue.t("pages.package.paging", done=standing.tiles, total=standing.tiles_total)
    if standing.done >= standing.total:
        return catalogue.t("pages.package.last")
    return catalogue.t(
        "pages.package.step",
        done=size_of(standing.done, catalogue),
        total=size_of(standing.total, catalogue),
    )
