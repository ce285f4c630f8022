"""A sentence of the person's own about a capture, written on its page.

It goes the way of every exhibit and cannot be changed afterwards; another one can be added. What
could not be kept stays in the field, with the sentence that says why.
"""

from __future__ import annotations

import asyncio

from aiohttp import web

from ..core.errors import Refused
from . import keys
from .pages import show_capture
from .rendering import form_of, go_to


async def add_note(request: web.Request) -> web.Response:
    """Keep a note and show the page again. Raises `NotFound` for a capture that is not here."""
    typed = (await form_of(request)).get("text")
    # A browser sends line ends as CR LF; a note has them as they were typed.
    text = typed.replace("\r\n", "\n") if isinstance(typed, str) else ""
    here = request.app[keys.NOW]().astimezone()
    offset = here.utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    capture, vault = request.match_info["capture"], request.app[keys.VAULT]
    try:
        await asyncio.to_thread(vault.add_note, capture, text, here.tzname() or "UTC", minutes)
    except Refused as refused:
        if refused.code not in ("note-empty", "note-too-long"):
            raise
        return await show_capture(request, note=text, problem=f"error.{refused.code}")
    return go_to(f"/captures/{capture}#notes")
