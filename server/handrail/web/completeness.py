"""The completeness statement of a capture in plain words (DESIGN D3): what is there, what is not.

One sentence for each thing that is known, and none for what is not. Pure: the few words of a page
that stand in a sentence, as the label of a day does, are made visible and kept to themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from babel.dates import format_date
from babel.lists import format_list

from ..core import display
from ..core.gaps import gaps_of
from ..core.records import Completeness, Facts
from ..core.text import Catalogue

LONG: Final = frozenset({"page", "conversation"})
"""What is saved piece by piece: it has a start, and can break off before its end."""

MOST_GAPS: Final = 6
"""More gaps than these are not named one by one."""

LONGEST_LABEL: Final = 60

NOT_READ: Final = frozenset({"frame", "closed-root", "canvas", "stylesheet"})


def there(facts: Facts, catalogue: Catalogue) -> Iterator[str]:
    """Yield what a save that was finished holds: how much, from when to when, which ends."""
    t, said = catalogue.t, facts.completeness
    if facts.save == "conversation":
        yield messages_of(
            said.messages, said.tiles, (said.earliest, said.latest), facts.times.offset_minutes,
            catalogue,
        )  # fmt: skip
        if said.top == "reached":
            yield t("pages.said.top_chat")
        if said.bottom == "reached":
            yield t("pages.said.bottom_chat")
    elif facts.save == "page":
        yield t("pages.said.pictures", count=said.tiles)
        if said.top == "reached":
            yield t("pages.said.top_page")
        if said.bottom == "reached":
            yield t("pages.said.bottom_page")
    if said.ended == "stopped":
        yield t("pages.said.stopped")
    if said.overlays_hidden:
        where = "chat" if facts.save == "conversation" else "page"
        yield t(f"pages.said.overlays_{where}", count=said.overlays_hidden)
    if said.page_changed:
        yield t("pages.complete.changed")


def not_there(facts: Facts, catalogue: Catalogue) -> Iterator[str]:
    """Yield what a save says it is missing."""
    t, said = catalogue.t, facts.completeness
    where = "chat" if facts.save == "conversation" else "page"
    yield from _gaps(said, catalogue)
    if said.ended not in ("done", "stopped"):
        key = f"pages.ended.{said.ended}"
        yield t(key) if key in catalogue else t("pages.ended.other")
    # Where it was stopped before an end, that is said already.
    if said.ended == "done" and said.top == "not-reached":
        yield t(f"pages.said.no_top_{where}")
    if said.ended == "done" and said.bottom == "not-reached":
        yield t(f"pages.said.no_bottom_{where}")
    for part in said.not_read:
        what = part.what if part.what in NOT_READ else "other"
        yield t(f"pages.gap.{what}", count=part.count)


def messages_of(
    count: int | None,
    tiles: int,
    span: tuple[str | None, str | None],
    offset_minutes: int,
    catalogue: Catalogue,
) -> str:
    """Return how many messages a conversation holds, and the days of the first and the last."""
    t = catalogue.t
    if not count:
        return t("pages.said.no_words", count=tiles)
    first, last = (date_of(time, offset_minutes, catalogue) for time in span)
    if not first or not last:
        return t("pages.said.messages", count=count)
    if first == last:
        return t("pages.said.messages_day", count=count, when=first)
    return t("pages.said.messages_span", count=count, first=first, last=last)


def date_of(untrusted_time: str | None, offset_minutes: int, catalogue: Catalogue) -> str:
    """Return the day of a message in words; a label of the page's own as it stands, or nothing."""
    given = (untrusted_time or "").strip()
    at = _moment(given, offset_minutes)
    if at is None:
        label = display.visible(given, LONGEST_LABEL)
        return f"\u2068{label}\u2069" if label else ""
    return format_date(at, catalogue.t("pages.pattern.date"), catalogue.t("pages.pattern.locale"))


def _moment(given: str, offset_minutes: int) -> datetime | None:
    """Return a moment that a page gives, on the clock of the capture; None for anything else."""
    there = timezone(timedelta(minutes=offset_minutes))
    try:
        if given.isascii() and given.isdigit() and len(given) in (10, 13):
            seconds = int(given) / (1000 if len(given) == 13 else 1)
            return datetime.fromtimestamp(seconds, UTC).astimezone(there)
        if not given[:4].isdigit() or given[4:5] != "-":
            return None
        at = datetime.fromisoformat(given)
        return at if at.tzinfo is None else at.astimezone(there)
    except (ValueError, OverflowError):
        return None


def _gaps(said: Completeness, catalogue: Catalogue) -> Iterator[str]:
    """Yield one sentence for all gaps; one before the first message has its own."""
    found = gaps_of(said)
    places = [str(place) for place in found.places if place]
    if 0 in found.places:
        yield catalogue.t("pages.gaps.before")
    if len(places) > MOST_GAPS:
        yield catalogue.t(f"pages.gaps.first_{found.unit}", count=len(places), start=places[0])
    elif places:
        listed = format_list(places, locale=catalogue.t("pages.pattern.locale"))
        yield catalogue.t(f"pages.gaps.{found.unit}", count=len(places), start=listed)
