"""What templates are given: values that need no further thought.

Times are already in the capture's own zone, sizes are words, and every text that came from a page
has gone through `core.display`. Pure: no request, no vault, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import groupby
from typing import Final

from babel.dates import format_date

from ..core import display
from ..core.summaries import CaptureSummary
from ..core.text import Catalogue
from .completeness import LONG, messages_of

KINDS: Final = {
    "view": "view", "page": "file", "conversation": "conversation", "profile": "profile",
}  # fmt: skip
"""What can be saved, and its icon."""

KILO: Final = 1000
"""Sizes are told in thousands, as file managers and shops do."""


# ── Time and size ────────────────────────────────────────────────────────────────────────────


def moment(utc: str, offset_minutes: int = 0) -> datetime:
    """Return a UTC time of a record as it was on a clock with this offset."""
    there = timezone(timedelta(minutes=offset_minutes))
    return datetime.fromisoformat(utc).astimezone(there)


def day_of(when: date, catalogue: Catalogue) -> str:
    """Return a day in words: "Tuesday 24 November 2026"."""
    return format_date(when, catalogue.t("pages.pattern.day"), catalogue.t("pages.pattern.locale"))


def size_of(length: int, catalogue: Catalogue) -> str:
    """Return a number of bytes in words a person uses."""
    if length < KILO:
        return catalogue.t("pages.size.bytes", count=length)
    if length < KILO * KILO:
        return catalogue.t("pages.size.kilobytes", size=str(round(length / KILO)))
    return catalogue.t("pages.size.megabytes", size=f"{length / KILO / KILO:.1f}")


def when_of(utc: str, offset_minutes: int, catalogue: Catalogue) -> str:
    """Return a time in words, on a clock with this offset: day, hour and minute."""
    local = moment(utc, offset_minutes)
    return catalogue.t(
        "pages.fact.local_time", day=day_of(local.date(), catalogue), time=f"{local:%H:%M}"
    )


def zone_of(zone: str, offset_minutes: int, catalogue: Catalogue) -> str:
    """Return the clock a time was read from: its name as the browser gave it, and its offset."""
    sign = "+" if offset_minutes >= 0 else "\u2212"
    hours, minutes = divmod(abs(offset_minutes), 60)
    return catalogue.t(
        "pages.zone", zone=display.title(zone), offset=f"{sign}{hours:02d}:{minutes:02d}"
    )


# ── Saved ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Row:
    """One capture in the list."""

    capture: str
    icon: str
    name: str
    """The key of what it is called: a view, a conversation …"""
    place: str
    title: str
    time: str
    utc: str
    pictures_hidden: int | None
    """None until the facts have arrived: unknown is not none."""
    holds: str
    """How much of it there is, in a sentence; nothing of a view."""
    notes: int
    unfinished: bool
    missing: int


@dataclass(frozen=True, slots=True)
class Day:
    """The captures of one day."""

    name: str
    rows: tuple[Row, ...]


def place_of(summary: CaptureSummary, catalogue: Catalogue) -> str:
    """Return where a capture was taken: the host, or words when its facts are still on the way."""
    return display.address(summary.url).host or catalogue.t("pages.saved.unknown_place")


def kind_of(summary: CaptureSummary) -> str:
    """Return what was saved: one of ours, and a view while it is not known yet."""
    return summary.save if summary.save in KINDS else "view"


def name_of(summary: CaptureSummary) -> str:
    """Return the key of what a capture is called."""
    return f"pages.saved.{kind_of(summary)}_of"


def is_unfinished(summary: CaptureSummary) -> bool:
    """Tell whether a long save has a start here and no end: it breaks off, or is still made."""
    return not summary.finished and summary.save in LONG


def hidden_in(summary: CaptureSummary) -> int | None:
    """Return how many pictures were hidden; None while the facts that say so are on the way."""
    return summary.pictures_hidden if summary.finished else None


def _holds(summary: CaptureSummary, catalogue: Catalogue) -> str:
    """Return how much a save holds: messages and their days, or the pictures that are here."""
    if summary.finished and summary.save == "conversation":
        span = summary.earliest, summary.latest
        offset = summary.offset_minutes
        return messages_of(summary.messages, summary.tiles, span, offset, catalogue)
    return catalogue.t("pages.saved.tiles", count=summary.tiles) if summary.tiles else ""


def days_of(summaries: Iterable[CaptureSummary], catalogue: Catalogue) -> tuple[Day, ...]:
    """Return the captures newest first, by the day on which the person saved them."""

    def local(summary: CaptureSummary) -> datetime:
        return moment(summary.started or summary.received_at, summary.offset_minutes)

    newest = sorted(summaries, key=lambda s: s.started or s.received_at, reverse=True)
    return tuple(
        Day(
            name=day_of(day, catalogue),
            rows=tuple(
                Row(
                    capture=summary.capture,
                    icon=KINDS[kind_of(summary)],
                    name=name_of(summary),
                    place=place_of(summary, catalogue),
                    title=display.title(summary.title),
                    time=f"{local(summary):%H:%M}",
                    utc=summary.started or summary.received_at,
                    pictures_hidden=hidden_in(summary),
                    holds=_holds(summary, catalogue),
                    notes=summary.notes,
                    unfinished=is_unfinished(summary),
                    missing=summary.missing,
                )
                for summary in rows
            ),
        )
        for day, rows in groupby(newest, key=lambda s: local(s).date())
    )
