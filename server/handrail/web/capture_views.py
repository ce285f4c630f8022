"""What the page of one capture is given: how complete it is, what it shows, its parts, its place.

Pure, as `views` is: every text from the page has gone through `core.display`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..core import display
from ..core.display import AddressShown
from ..core.envelope import file_name
from ..core.records import Facts, Note, PictureSize
from ..core.summaries import CaptureDetail, ExhibitEntry
from ..core.text import Catalogue
from . import completeness, parts
from .parts import Part
from .parts import Row as Parts
from .views import day_of, is_unfinished, kind_of, moment, name_of, place_of, when_of, zone_of


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
class NoteView:
    """A note, and when it was written, on the clock it was written by."""

    when: str
    utc: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person asked to see: a picture's number, or 0; a page of a list, by its kind."""

    picture: int = 0
    lists: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaptureView:
    """Everything the page of one capture shows."""

    id: str
    kind: str
    name: str
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
    subject: tuple[Fact, ...]
    pictures: tuple[str, ...]
    picture_alt: str
    missing: int
    unfinished: bool
    shown: int
    stretch: Stretch | None
    complete: tuple[str, ...]
    gaps: tuple[str, ...]
    more: tuple[Fact, ...]
    parts: tuple[Part, ...]
    rows: tuple[Parts, ...]
    notes: tuple[NoteView, ...]
    has_messages: bool
    picture_size: PictureSize | None
    entries: str
    received: str
    received_utc: str
    case_short: str


def capture_view(
    detail: CaptureDetail,
    log_size: int,
    catalogue: Catalogue,
    notes: Sequence[Note] = (),
    asked: Asked | None = None,
) -> CaptureView:
    """Return the page of one capture, also while parts of it are still on the way."""
    asked = asked or Asked()
    summary, facts = detail.summary, detail.facts
    utc = summary.started or summary.received_at
    local, in_utc = moment(utc, summary.offset_minutes), moment(utc)
    received = moment(summary.received_at)
    one_shown = facts is not None and facts.pictures.shown is not None
    return CaptureView(
        id=summary.capture,
        kind=kind_of(summary),
        name=name_of(summary),
        place=place_of(summary, catalogue),
        title=display.title(summary.title),
        address=display.address(summary.url) if summary.url else None,
        referrer=display.address(facts.source.referrer)
        if facts and facts.source.referrer
        else None,
        day=day_of(local.date(), catalogue),
        time=f"{local:%H:%M}",
        time_exact=f"{local:%H:%M:%S}",
        utc=utc,
        utc_exact=f"{day_of(in_utc.date(), catalogue)}, {in_utc:%H:%M:%S}",
        zone=zone_of(summary.zone, summary.offset_minutes, catalogue) if summary.started else "",
        subject=_subject_of(facts, catalogue) if facts else (),
        pictures=tuple(_pictures_of(facts, catalogue)) if facts else (),
        picture_alt=catalogue.t(
            "pages.parts.picture_alt_one" if one_shown else "pages.parts.picture_alt"
        ),
        missing=summary.missing,
        unfinished=is_unfinished(summary),
        shown=asked.picture,
        stretch=_stretch_of(facts) if facts else None,
        complete=_complete_of(facts, catalogue) if facts else (),
        gaps=tuple(completeness.not_there(facts, catalogue)) if facts else (),
        more=_more_of(facts, catalogue) if facts else (),
        parts=parts.once(detail.exhibits, catalogue, one_shown=one_shown),
        rows=parts.rows(detail.exhibits, asked.lists, asked.picture, catalogue),
        notes=tuple(_note_of(note, catalogue) for note in notes),
        has_messages=summary.save == "conversation"
        and any(entry.kind == "reading" for entry in detail.exhibits),
        picture_size=_size_on_screen(facts) if facts else None,
        entries=_entries_of(detail.exhibits, log_size, catalogue),
        received=f"{received:%H:%M:%S} UTC",
        received_utc=summary.received_at,
        case_short=" ".join(summary.case[at : at + 4] for at in range(0, 12, 4)),
    )


def _stretch_of(facts: Facts) -> Stretch | None:
    """Return where the view lies on its page; nothing when the numbers make no sense."""
    window = facts.window
    if facts.save in completeness.LONG:
        return None
    if window.page_height <= 0 or window.height <= 0:
        return None
    top = min(max(window.scroll_y, 0), window.page_height)
    bottom = min(top + window.height, window.page_height)
    start = 2 + round(96 * top / window.page_height)
    end = max(start + 2, 2 + round(96 * bottom / window.page_height))
    above, below = top > 0, bottom < window.page_height
    return Stretch(start=start, end=min(end, 98), above=above, below=below)


def _complete_of(facts: Facts, catalogue: Catalogue) -> tuple[str, ...]:
    """Return in words what the capture holds, and for a view how much of its page that is."""
    lines: list[str] = []
    if facts.save not in completeness.LONG:
        lines += [catalogue.t("pages.complete.screen"), catalogue.t(_where(_stretch_of(facts)))]
    return (*lines, *completeness.there(facts, catalogue))


def _where(stretch: Stretch | None) -> str:
    """Return the key of the sentence that says where a view lies on its page."""
    if stretch is None:
        return "pages.complete.view"
    if stretch.above and stretch.below:
        return "pages.complete.middle"
    if stretch.above:
        return "pages.complete.end"
    return "pages.complete.start" if stretch.below else "pages.complete.all"


def _subject_of(facts: Facts, catalogue: Catalogue) -> tuple[Fact, ...]:
    """Return whose profile it is, in the words of the page."""
    subject = facts.subject
    if subject is None:
        return ()
    shown = [
        ("pages.subject.name", display.title(subject.name or "")),
        ("pages.subject.address", display.address(subject.canonical or "").text),
    ]
    return tuple(Fact(catalogue.t(label), value) for label, value in shown if value)


def _pictures_of(facts: Facts, catalogue: Catalogue) -> Iterator[str]:
    """Yield in words what became of the pictures on the page."""
    pictures = facts.pictures
    if not pictures.hidden:
        yield catalogue.t("pages.fact.not_hidden")
        return
    yield catalogue.t("pages.fact.hidden", count=pictures.count)
    if not pictures.verified:
        yield catalogue.t("pages.fact.not_checked")
    if pictures.shown is not None:
        yield catalogue.t("pages.fact.shown")


def _note_of(note: Note, catalogue: Catalogue) -> NoteView:
    return NoteView(
        when=when_of(note.written, note.offset_minutes, catalogue),
        utc=note.written,
        text=display.visible(note.text, display.TEXT_LIMIT, lines=True, joiners=True),
    )


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
