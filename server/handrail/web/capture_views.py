"""What the page of one capture is given: how complete it is, what it shows, its parts, its place.

Pure, as `views` is: every text from the page has gone through `core.display`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..core import display
from ..core.display import AddressShown
from ..core.envelope import file_name
from ..core.records import CaptureDetail, ExhibitEntry, Facts, PictureSize
from ..core.text import Catalogue
from .views import day_of, hidden_in, moment, place_of, size_of, zone_of

PART_ICONS: Final = {"view": "hidden", "page": "words", "facts": "log"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where the saved view lies between the top and the bottom of its page, in per cent."""

    start: int
    end: int
    above: bool
    below: bool

    @property
    def above_end(self) -> int:
        """Where the dots above end."""
        return max(1, self.start - 2)

    @property
    def below_start(self) -> int:
        """Where the dots below begin."""
        return min(99, self.end + 2)


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and a value."""

    label: str
    value: str


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
class CaptureView:
    """Everything the page of one capture shows."""

    id: str
    place: str
    title: str
    address: AddressShown | None
    referrer: AddressShown | None
    day: str
    time: str
    time_exact: str
    utc: str
    utc_exact: str
    zone: str
    pictures_hidden: int | None
    missing: int
    stretch: Stretch | None
    complete: tuple[str, ...]
    gaps: tuple[str, ...]
    more: tuple[Fact, ...]
    parts: tuple[Part, ...]
    picture_size: PictureSize | None
    entries: str
    received: str
    received_utc: str
    case_short: str


def capture_view(detail: CaptureDetail, log_size: int, catalogue: Catalogue) -> CaptureView:
    """Return the page of one capture, also while parts of it are still on the way."""
    summary, facts = detail.summary, detail.facts
    utc = summary.started or summary.received_at
    local, in_utc = moment(utc, summary.offset_minutes), moment(utc)
    received = moment(summary.received_at)
    return CaptureView(
        id=summary.capture,
        place=place_of(summary, catalogue),
        title=display.title(summary.title),
        address=display.address(summary.url) if facts else None,
        referrer=display.address(facts.source.referrer)
        if facts and facts.source.referrer
        else None,
        day=day_of(local.date(), catalogue),
        time=f"{local:%H:%M}",
        time_exact=f"{local:%H:%M:%S}",
        utc=utc,
        utc_exact=f"{day_of(in_utc.date(), catalogue)}, {in_utc:%H:%M:%S}",
        zone=zone_of(summary.zone, summary.offset_minutes, catalogue) if facts else "",
        pictures_hidden=hidden_in(summary),
        missing=summary.missing,
        stretch=_stretch_of(facts) if facts else None,
        complete=_complete_of(facts, catalogue) if facts else (),
        gaps=_gaps_of(facts, catalogue) if facts else (),
        more=_more_of(facts, catalogue) if facts else (),
        parts=tuple(_part_of(entry, catalogue) for entry in detail.exhibits),
        picture_size=_size_on_screen(facts) if facts else None,
        entries=_entries_of(detail.exhibits, log_size, catalogue),
        received=f"{received:%H:%M:%S} UTC",
        received_utc=summary.received_at,
        case_short=" ".join(summary.case[at : at + 4] for at in range(0, 12, 4)),
    )


def _stretch_of(facts: Facts) -> Stretch | None:
    """Return where the view lies on its page; nothing when the numbers make no sense."""
    window = facts.window
    if window.page_height <= 0 or window.height <= 0:
        return None
    top = min(max(window.scroll_y, 0), window.page_height)
    bottom = min(top + window.height, window.page_height)
    start = 2 + round(96 * top / window.page_height)
    end = max(start + 2, 2 + round(96 * bottom / window.page_height))
    above, below = top > 0, bottom < window.page_height
    return Stretch(start=start, end=min(end, 98), above=above, below=below)


def _complete_of(facts: Facts, catalogue: Catalogue) -> tuple[str, ...]:
    """Return in words how much of the page the view holds."""
    stretch = _stretch_of(facts)
    if stretch is None:
        where = "pages.complete.view"
    elif stretch.above and stretch.below:
        where = "pages.complete.middle"
    elif stretch.above:
        where = "pages.complete.end"
    elif stretch.below:
        where = "pages.complete.start"
    else:
        where = "pages.complete.all"
    lines = [catalogue.t("pages.complete.screen"), catalogue.t(where)]
    if facts.completeness.overlays_hidden:
        lines.append(
            catalogue.t("pages.complete.overlays", count=facts.completeness.overlays_hidden)
        )
    if facts.completeness.page_changed:
        lines.append(catalogue.t("pages.complete.changed"))
    return tuple(lines)


NOT_READ: Final = frozenset({"frame", "closed-root", "canvas", "stylesheet"})


def _gaps_of(facts: Facts, catalogue: Catalogue) -> tuple[str, ...]:
    """Return in words what the capture says it is missing."""
    said = facts.completeness
    lines = [
        catalogue.t(
            f"pages.gap.{part.what if part.what in NOT_READ else 'other'}", count=part.count
        )
        for part in said.not_read
    ]
    lines += [catalogue.t("pages.gap.stretch", start=str(gap.after_tile)) for gap in said.gaps]
    return tuple(lines)


def _more_of(facts: Facts, catalogue: Catalogue) -> tuple[Fact, ...]:
    """Return the circumstances that only a checker asks about."""
    window, made = facts.window, facts.made_by
    pairs = [
        ("finished", f"{moment(facts.times.finished):%H:%M:%S} UTC"),
        ("window", f"{window.width} \u00d7 {window.height}"),
        ("page_size", f"{window.page_width} \u00d7 {window.page_height}"),
        ("scale", window.device_pixel_ratio),
        ("picture", f"{facts.picture.width} \u00d7 {facts.picture.height}"),
        ("browser", made.browser),
        ("platform", made.platform),
        ("language", facts.source.language or ""),
        ("extension", made.extension),
    ]
    return tuple(
        Fact(catalogue.t(f"pages.more.{name}"), display.title(value))
        for name, value in pairs
        if value
    )


def file_name_of(detail: CaptureDetail, entry: ExhibitEntry) -> str:
    """Return the name under which an exhibit is saved: ours alone, ASCII, nothing from the page."""
    name = file_name(entry.kind, entry.number).rpartition("/")[2]
    return f"{detail.summary.capture[:8]}-{entry.number:04d}-{name}"


def _part_of(entry: ExhibitEntry, catalogue: Catalogue) -> Part:
    return Part(
        number=entry.number,
        kind=entry.kind,
        icon=PART_ICONS.get(entry.kind, "file"),
        name=catalogue.t(f"pages.part.{entry.kind}"),
        of=catalogue.t(f"pages.part.{entry.kind}_of"),
        about=catalogue.t(
            "pages.part.about",
            what=catalogue.t(f"pages.part.{entry.kind}_what"),
            size=size_of(entry.length, catalogue),
        ),
        sha256=_grouped(entry.sha256),
    )


def _grouped(sha256: str) -> str:
    """Return a digest in groups of eight, as people read one to each other."""
    return " ".join(sha256[at : at + 8] for at in range(0, len(sha256), 8))


def _size_on_screen(facts: Facts) -> PictureSize | None:
    """Return the size at which the picture is drawn: that of the window it was taken in."""
    if facts.window.width <= 0 or facts.window.height <= 0:
        return None
    return PictureSize(width=facts.window.width, height=facts.window.height)


def _entries_of(exhibits: Sequence[ExhibitEntry], log_size: int, catalogue: Catalogue) -> str:
    """Return the places of a capture's exhibits in the custody log, counted from one."""
    places = sorted(entry.index + 1 for entry in exhibits)
    if not places:
        return catalogue.t("pages.log.none")
    if places == list(range(places[0], places[-1] + 1)) and len(places) > 1:
        listed = catalogue.t("pages.log.range", first=str(places[0]), last=str(places[-1]))
    else:
        listed = ", ".join(str(place) for place in places)
    return catalogue.t("pages.log.of", entries=listed, size=str(log_size))
