"""The messages of a conversation as text, from the readings of its tiles, a page at a time.

They are worked out anew each time: the readings are the evidence, this is for reading. Every word
is the page's own and goes through `core.display`; the template escapes it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from ..core import display
from ..core.text import Catalogue
from ..core.transcript import Line, Transcript, merge
from ..vault.vault import Vault
from . import keys
from .pages import number_of, view_of
from .rendering import page

A_PAGE: Final = 200
"""So many lines are on a page."""

LONGEST_TIME: Final = 100


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a conversation: what it is, whose side, the page's time for it, its words.

    `number` is that of a message, counted from the top; 0 for a line between messages. `gap` says
    that something may be missing before it.
    """

    kind: str
    number: int
    side: str
    time: str
    text: str
    gap: bool


@dataclass(frozen=True, slots=True)
class Messages:
    """A page of a conversation; `before` and `after` are the pages to go to, 0 for none."""

    lines: tuple[LineView, ...]
    messages: int
    listed: str
    before: int
    after: int


def messages_view(transcript: Transcript, wanted: int, catalogue: Catalogue) -> Messages:
    """Return one page of a conversation, counted from 1; the nearest one for any other number."""
    lines = tuple(transcript.with_gaps())
    last = max(1, -(-len(lines) // A_PAGE))
    number = min(max(wanted, 1), last)
    start = (number - 1) * A_PAGE
    listed = lines[start : start + A_PAGE]
    return Messages(
        lines=tuple(_line(line, place, gap, catalogue) for line, place, gap in listed),
        messages=transcript.messages,
        listed=catalogue.t("pages.messages.page", number=str(number), total=str(last)),
        before=number - 1,
        after=number + 1 if number < last else 0,
    )


def _line(line: Line, place: int, gap: bool, catalogue: Catalogue) -> LineView:
    row = line.row
    return LineView(
        kind=row.side,
        number=place if line.is_message else 0,
        side=catalogue.t(f"pages.side.{row.side}"),
        time=display.visible((row.time or "").strip(), LONGEST_TIME),
        text=display.visible(row.text, display.TEXT_LIMIT, lines=True, joiners=True),
        gap=gap,
    )


async def messages(request: web.Request) -> web.Response:
    """Show the messages of a conversation. Raises `NotFound`."""
    view = await view_of(request)
    transcript = await asyncio.to_thread(_merged, request.app[keys.VAULT], view.id)
    wanted = number_of(request.query.get("page"))
    values = {
        "capture": view,
        "messages": messages_view(transcript, wanted, request.app[keys.CATALOGUE]),
    }
    return page(request, "messages.html", values)


def _merged(vault: Vault, capture: str) -> Transcript:
    return merge(vault.readings(capture))
