"""What the summary says of one capture: when, how much of the page, and what is missing.

Sentences are ours and come from the catalogue. The few words of a page that stand inside one,
such as a date as the page shows it, are made visible and cut short before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ..core import display
from ..core.envelope import file_name
from ..core.gaps import gaps_of
from ..core.records import Completeness, Facts
from ..core.text import Catalogue
from .captures import CaptureShown

_GAPS_NAMED = 20
_TILES_NAMED = 20

PagesSaid = dict[str, tuple[int, tuple[int, ...]]]
"""What a package says of its numbered pages, by capture: how many, and the tiles unread."""


def sentences_of(capture: CaptureShown, catalogue: Catalogue) -> tuple[str, ...]:
    """Return when a capture was taken, how much there is, and how pictures were hidden."""
    if capture.facts is None:
        return tuple(_unfinished(capture, catalogue))
    return tuple(_finished(capture.facts, catalogue))


def missing_of(capture: CaptureShown, catalogue: Catalogue) -> tuple[str, ...]:
    """Return what a capture says it is missing; nothing when it was not finished to say it."""
    return tuple(_missing(capture.facts, capture.tiles, catalogue)) if capture.facts else ()


def pages_of(capture: CaptureShown, said: PagesSaid, catalogue: Catalogue) -> Iterator[str]:
    """Yield how many numbered pages there are, and the pictures that are on none of them.

    Nothing is said of a capture that has nothing to make any of; of one without pages it is said
    once, and not of each picture.
    """
    if capture.said.capture not in said:
        return
    pages, unread = said[capture.said.capture]
    folder = f"data/derived/{capture.number:04d}/pages/"
    if pages:
        yield catalogue.t("package.pages_made", count=pages, folder=folder)
    else:
        yield catalogue.t("package.pages_none_made")
        return
    for tile in unread[:_TILES_NAMED]:
        place, file = capture.tiles.index(tile) + 1, file_name("tile", tile)
        yield catalogue.t("package.pages_unread", tile=place, file=file)
    if len(unread) > _TILES_NAMED:
        yield catalogue.t("package.pages_unread_more", count=len(unread) - _TILES_NAMED)


def clock(stated: str, offset: timedelta = timedelta()) -> str:
    """Return a stated time to the second, moved by an offset; as it stands if it is no real one."""
    try:
        moment = datetime.fromisoformat(stated) + offset
    except (ValueError, OverflowError):
        return stated
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _finished(facts: Facts, catalogue: Catalogue) -> Iterator[str]:
    yield from _times(facts, catalogue)
    yield from _extent(facts.completeness, catalogue)
    yield _pictures(facts, catalogue)


def _unfinished(capture: CaptureShown, catalogue: Catalogue) -> Iterator[str]:
    """Yield what is known of a capture that has a start and no end."""
    t, times = catalogue.t, capture.said.times
    yield t("package.unfinished")
    yield t(
        "package.started",
        local=clock(times.started, timedelta(minutes=times.offset_minutes)),
        zone=display.visible(times.zone, 60),
        offset=_offset(times.offset_minutes),
        utc=clock(times.started),
    )
    if capture.tiles:
        yield t("package.tiles", count=len(capture.tiles))


def _times(facts: Facts, catalogue: Catalogue) -> tuple[str, str]:
    times = facts.times
    offset = timedelta(minutes=times.offset_minutes)
    return (
        catalogue.t(
            "package.taken_local",
            started=clock(times.started, offset),
            finished=clock(times.finished, offset),
            zone=display.visible(times.zone, 60),
            offset=_offset(times.offset_minutes),
        ),
        catalogue.t(
            "package.taken_utc", started=clock(times.started), finished=clock(times.finished)
        ),
    )


def _offset(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def _extent(said: Completeness, catalogue: Catalogue) -> Iterator[str]:
    """Yield how much there is: pictures, messages, from when to when, from end to end."""
    t = catalogue.t
    if said.tiles:
        yield t("package.tiles", count=said.tiles)
    if said.messages is not None:
        yield t("package.messages", count=said.messages)
    if said.earliest is not None and said.latest is not None:
        yield t(
            "package.messages_span",
            earliest=display.visible(said.earliest, 60),
            latest=display.visible(said.latest, 60),
        )
    ends = {
        ("top", "reached"): t("package.top_reached"),
        ("top", "not-reached"): t("package.top_not_reached"),
        ("bottom", "reached"): t("package.bottom_reached"),
        ("bottom", "not-reached"): t("package.bottom_not_reached"),
    }
    for end, state in (("top", said.top), ("bottom", said.bottom)):
        if state is not None:
            yield ends[end, state]


def _pictures(facts: Facts, catalogue: Catalogue) -> str:
    pictures = facts.pictures
    if not pictures.hidden:
        return catalogue.t("package.pictures_not_hidden")
    if pictures.count == 0:
        sentences = [catalogue.t("package.pictures_none")]
    else:
        sentences = [catalogue.t("package.pictures_hidden", count=pictures.count)]
    checked = "package.pictures_checked" if pictures.verified else "package.pictures_not_checked"
    sentences.append(catalogue.t(checked))
    if pictures.shown is not None:
        sentences.append(
            catalogue.t(
                "package.pictures_shown",
                width=pictures.shown.width,
                height=pictures.shown.height,
                left=pictures.shown.left,
                top=pictures.shown.top,
            )
        )
    return " ".join(sentences)


def _missing(facts: Facts, tiles: Sequence[int], catalogue: Catalogue) -> Iterator[str]:
    t = catalogue.t
    window, completeness = facts.window, facts.completeness
    wider = window.page_width > window.width or window.page_height > window.height
    if wider and facts.save in ("view", "profile"):
        yield t(
            "package.missing_outside",
            width=window.width,
            height=window.height,
            page_width=window.page_width,
            page_height=window.page_height,
            left=window.scroll_x,
            top=window.scroll_y,
        )
    if completeness.ended != "done":
        key = f"package.ended_{completeness.ended}"
        if key in catalogue:
            yield t(key)
        else:
            yield t("package.ended_other", what=completeness.ended)
    yield from _gaps(completeness, tiles, catalogue)
    if completeness.overlays_hidden:
        yield t("package.missing_overlays", count=completeness.overlays_hidden)
    for part in completeness.not_read:
        key = f"package.part_{part.what}"
        if key in catalogue:
            yield t(key, count=part.count)
        else:
            yield t("package.part_other", what=part.what, count=part.count)
    if completeness.page_changed:
        yield t("package.missing_page_changed")
    yield t("package.missing_unknown")


def _gaps(said: Completeness, tiles: Sequence[int], catalogue: Catalogue) -> Iterator[str]:
    """Yield a sentence for each gap. A picture is named with its file, as it is when unread."""
    found = gaps_of(said)
    for place in found.places[:_GAPS_NAMED]:
        if place == 0:
            yield catalogue.t("package.gap_before")
        elif found.unit == "message":
            yield catalogue.t("package.gap_message", message=place)
        elif place <= len(tiles):
            file = file_name("tile", tiles[place - 1])
            yield catalogue.t("package.gap_file", tile=place, file=file)
        else:
            yield catalogue.t("package.gap_tile", tile=place)
    if len(found.places) > _GAPS_NAMED:
        yield catalogue.t("package.gaps_more", count=len(found.places) - _GAPS_NAMED)
