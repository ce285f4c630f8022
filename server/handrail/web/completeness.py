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
from ..core.records import Facts, Gap
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
        yield _messages(facts, catalogue)
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
    if said.gaps:
        yield _gaps(said.gaps, catalogue)
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


def _messages(facts: Facts, catalogue: Catalogue) -> str:
    t, said = catalogue.t, facts.completeness
    if not said.messages:
        return t("pages.said.no_words", count=said.tiles)
    offset = facts.times.offset_minutes
    first, last = (date_of(time, offset, catalogue) for time in (said.earliest, said.latest))
    if not first or not last:
        return t("pages.said.messages", count=said.messages)
    if first == last:
        return t("pages.said.messages_day", count=said.messages, when=first)
    return t("pages.said.messages_span", count=said.messages, first=first, last=last)


def _gaps(gaps: tuple[Gap, ...], catalogue: Catalogue) -> str:
    """Return one sentence for all gaps: after which messages, or after which pictures."""
    in_messages = all(gap.after_message is not None for gap in gaps)
    places = [str(gap.after_message if in_messages else gap.after_tile) for gap in gaps[:MOST_GAPS]]
    unit = "message" if in_messages else "picture"
    if len(gaps) > MOST_GAPS:
        return catalogue.t(f"pages.gaps.first_{unit}", count=len(gaps), start=places[0])
    listed = format_list(places, locale=catalogue.t("pages.pattern.locale"))
    return catalogue.t(f"pages.gaps.{unit}", count=len(gaps), start=listed)
