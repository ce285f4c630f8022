"""What the pages that show numbered pages are given. Pure, as `views` is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ..core.summaries import CaptureDetail
from ..core.text import Catalogue
from . import messages
from .numbered import Finding, Found
from .on_sheets import OnSheet
from .parts import NamedPicture, named_pictures

MOST_NAMED: Final = 12
"""So many pictures that could not be read are named beside a page."""


@dataclass(frozen=True, slots=True)
class SheetView:
    """One numbered page, or why none is shown.

    `before` and `after` are the pages to go to, 0 for none. `gap_above` and `gap_below` say that
    something may be missing there. `line` is the page of the messages on which its words begin.
    """

    state: Literal["shown", "finding", "failed", "none", "absent"]
    number: int = 0
    total: int = 0
    words: str = ""
    stands: tuple[str, ...] = ()
    line: int = 0
    before: int = 0
    after: int = 0
    gap_above: bool = False
    gap_below: bool = False
    width: int = 0
    height: int = 0
    unread: tuple[NamedPicture, ...] = ()
    unread_more: int = 0


def shown(found: Found, number: int, detail: CaptureDetail, catalogue: Catalogue) -> SheetView:
    """Return one page of a capture, the first one is 1."""
    chat = detail.summary.save == "conversation"
    total = len(found.sheets)
    unread = named_pictures(found.layout.unread, detail.exhibits, catalogue, most=MOST_NAMED)
    more = len(found.layout.unread) - len(unread)
    if total == 0:
        return SheetView("none", unread=unread, unread_more=more)
    if not 1 <= number <= total:
        return SheetView("absent", number, total)
    on = found.on[number - 1]
    return SheetView(
        state="shown",
        number=number,
        total=total,
        stands=tuple(_stands(on, catalogue)),
        line=on.line // messages.A_PAGE + 1 if chat else 0,
        before=number - 1,
        after=number + 1 if number < total else 0,
        gap_above=found.sheets[number - 1].gap,
        gap_below=number < total and found.sheets[number].gap,
        width=on.width,
        height=on.height,
        unread=unread,
        unread_more=more,
    )


def on_its_way(finding: Finding, number: int, catalogue: Catalogue) -> SheetView:
    """Return how far the pages are, or why there are none."""
    if finding.error:
        return failed(finding.error, number, catalogue)
    return SheetView("finding", number, words=progress_words(finding, catalogue))


def failed(code: str, number: int, catalogue: Catalogue) -> SheetView:
    """Return why a page is not shown, in the words of the catalogue."""
    key = f"error.{code}"
    sentence = catalogue.t(key if key in catalogue else "pages.error.unknown")
    return SheetView("failed", number, words=sentence)


def progress_words(finding: Finding, catalogue: Catalogue) -> str:
    """Return how far it is as a sentence."""
    if not finding.total:
        return catalogue.t("pages.numbered.starting")
    done, total = str(finding.done), str(finding.total)
    if finding.step == "looking":
        return catalogue.t("pages.numbered.looking", done=done, total=total)
    return catalogue.t("pages.numbered.cutting", done=done, total=total)


def _stands(on: OnSheet, catalogue: Catalogue) -> list[str]:
    """Return what stands on a page: messages where they are known, then pictures."""
    spans = (
        ("message", on.first_message, on.last_message),
        ("picture", on.first_picture, on.last_picture),
    )
    return [
        catalogue.t(f"pages.numbered.{what}", number=str(first))
        if first == last
        else catalogue.t(f"pages.numbered.{what}s", first=str(first), last=str(last))
        for what, first, last in spans
        if first
    ]
