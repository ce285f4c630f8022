"""The handlers of the dashboard: ask the vault, make a view, render it.

Each is three lines of thought. Who may call was decided before (`guard`), what things look like is
said in `views` and the templates. What came from a page is shown as escaped text, as a picture
drawn anew, or saved as a file that opens as nothing; it is never rendered. Handing over is in
`handing`, connecting browsers in `connecting`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from ..core import display, words
from ..core.errors import HandrailError, NotFound
from ..core.records import Note
from ..core.summaries import CaptureDetail, ExhibitEntry
from ..imaging.pictures import make_working_copy
from . import advising, capture_views, helplines, keys, views
from .rendering import page
from .sessions import COOKIE

# For bytes that came from elsewhere: even a browser that is talked into rendering them may not run
# or fetch anything, and gives them an origin of their own.
SEALED_OFF = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


# ── The way in ───────────────────────────────────────────────────────────────────────────────


async def enter_page(request: web.Request) -> web.Response:
    """Show the door. It holds no data; `enter.js` does the rest."""
    return page(request, "enter.html", {})


async def enter(request: web.Request) -> web.Response:
    """Exchange a ticket for the session cookie. Raises `Refused` when it is used or old."""
    ticket = (await request.post()).get("ticket")
    cookie = request.app[keys.SESSIONS].enter(ticket if isinstance(ticket, str) else "")
    response = web.Response(status=204)
    # `Secure` holds on this plain address: browsers count *.localhost as trustworthy.
    response.set_cookie(COOKIE, cookie, path="/", secure=True, httponly=True, samesite="Strict")
    return response


def error_page(request: web.Request, error: HandrailError) -> web.Response:
    """Return the page that says what happened, that nothing was lost, and what is next."""
    sentence = f"error.{error.code}"
    known = sentence in request.app[keys.CATALOGUE]
    values = {"code": error.code, "sentence": sentence if known else None}
    return page(request, "error.html", values, status=error.status)


# ── Saved ────────────────────────────────────────────────────────────────────────────────────


async def saved(request: web.Request) -> web.Response:
    """Show what is kept, newest first."""
    vault = request.app[keys.VAULT]
    summaries = await asyncio.to_thread(vault.captures)
    values = {
        "days": views.days_of(summaries, request.app[keys.CATALOGUE]),
        "arriving": await asyncio.to_thread(vault.inbox.count_waiting),
        "set_aside": await asyncio.to_thread(vault.quarantined),
    }
    return page(request, "saved.html", values)


async def capture_page(request: web.Request) -> web.Response:
    """Show one capture; its picture only when the person asked for it."""
    return await show_capture(request)


async def show_capture(
    request: web.Request, *, note: str = "", problem: str | None = None
) -> web.Response:
    """Show one capture; with a note that could not be kept, and the sentence that says why."""
    detail = await _capture(request)
    vault = request.app[keys.VAULT]
    notes = await asyncio.to_thread(vault.notes, detail.summary.capture)
    view = await _view(request, detail, notes, _asked(request, detail))
    found = await asyncio.to_thread(request.app[keys.NUMBERED].known, detail)
    values = {
        "capture": view,
        "note": note,
        "problem": problem,
        "has_sheets": detail.summary.tiles > 0,
        "sheets": len(found.sheets) if found else None,
    }
    return page(request, "capture.html", values, status=422 if problem else 200)


def _asked(request: web.Request, detail: CaptureDetail) -> capture_views.Asked:
    """Return which picture and which pages of the long lists were asked for."""
    query = request.query
    picture = number_of(query.get("show"))
    if query.get("show") == "picture":
        picture = next((e.number for e in detail.exhibits if e.kind == "view"), 0)
    lists = {kind: number_of(query.get(kind)) for kind in ("tile", "reading", "note")}
    return capture_views.Asked(picture, lists)


def number_of(text: str | None) -> int:
    """Return a number of an address; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 11 else 0


async def picture(request: web.Request) -> web.Response:
    """Send the picture, drawn anew by a process that knows nothing else."""
    detail = await _capture(request)
    return await _drawn_anew(request, detail, _of_kind(detail, "view"))


async def tile(request: web.Request) -> web.Response:
    """Send one picture of a long save, drawn anew like the picture of a view."""
    detail = await _capture(request)
    return await _drawn_anew(request, detail, _named(request, detail, "tile"))


async def _drawn_anew(
    request: web.Request, detail: CaptureDetail, entry: ExhibitEntry
) -> web.Response:
    copy = await make_working_copy(await _open(request, detail, entry))
    return web.Response(body=copy, content_type="image/png", headers=SEALED_OFF)


async def view_of(request: web.Request) -> capture_views.CaptureView:
    """Return what is known of the capture that the address names, without its notes."""
    return await _view(request, await _capture(request))


async def _view(
    request: web.Request,
    detail: CaptureDetail,
    notes: Sequence[Note] = (),
    asked: capture_views.Asked | None = None,
) -> capture_views.CaptureView:
    log_size = await asyncio.to_thread(request.app[keys.VAULT].log_size, detail.summary.case)
    return capture_views.capture_view(detail, log_size, request.app[keys.CATALOGUE], notes, asked)


async def text(request: web.Request) -> web.Response:
    """Show the words of the page copy, or the copy itself, as text."""
    detail = await _capture(request)
    body = await _open(request, detail, _of_kind(detail, "page"))
    as_saved = request.query.get("as") == "saved"
    values = await asyncio.to_thread(_words, body, as_saved)
    view = await _view(request, detail)
    return page(request, "text.html", {"capture": view, "as_saved": as_saved, **values})


async def exhibit(request: web.Request) -> web.Response:
    """Send an exhibit's own bytes, as a file that opens as nothing."""
    detail = await _capture(request)
    entry = _named(request, detail)
    name = capture_views.file_name_of(detail, entry)
    return web.Response(
        body=await _open(request, detail, entry),
        content_type="application/octet-stream",
        headers=SEALED_OFF | {"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _capture(request: web.Request) -> CaptureDetail:
    """Return the capture that the address names."""
    return await asyncio.to_thread(request.app[keys.VAULT].capture, request.match_info["capture"])


async def _open(request: web.Request, detail: CaptureDetail, entry: ExhibitEntry) -> bytes:
    """Return an exhibit's bytes, checked against the log just now."""
    vault = request.app[keys.VAULT]
    return await asyncio.to_thread(vault.open_exhibit, detail.summary.capture, entry.number)


def _named(request: web.Request, detail: CaptureDetail, kind: str | None = None) -> ExhibitEntry:
    """Return the exhibit whose number the address names, if it is of this kind."""
    for entry in detail.exhibits:
        if str(entry.number) == request.match_info["number"] and kind in (None, entry.kind):
            return entry
    raise NotFound("no-such-exhibit", "there is no such exhibit")


def _of_kind(detail: CaptureDetail, kind: str) -> ExhibitEntry:
    entry = next((e for e in detail.exhibits if e.kind == kind), None)
    if entry is None:
        raise NotFound("part-not-here", "this part has not arrived yet")
    return entry


def _words(body: bytes, as_saved: bool) -> dict[str, object]:
    """Return what the text page shows. Pure, but it may take a second for a long page."""
    copy = body.decode("utf-8", "replace")
    chosen = copy if as_saved else words.words_of(copy)
    most = display.TEXT_LIMIT if as_saved else words.MOST_WORDS
    shown = display.visible(chosen, most, lines=True, joiners=True)
    return {"words": shown, "cut": len(chosen) >= most or len(copy) > words.MOST_INPUT}


# ── What to do ───────────────────────────────────────────────────────────────────────────────


async def todo(request: web.Request) -> web.Response:
    """Show whom to talk to, then the steps. What is answered there never comes here."""
    country = helplines.known(helplines.country_of_request(request))
    catalogue, vault = request.app[keys.CATALOGUE], request.app[keys.VAULT]
    summaries = await asyncio.to_thread(vault.captures)
    steps = advising.steps_shown(country, (one.url for one in summaries), catalogue)
    values = {
        "talk": helplines.shown(country, catalogue),
        "steps": steps,
        "places": helplines.places(country, (id for s in steps for id, _ in s.lines), catalogue),
        "plans": advising.plans(country),
        "questions": advising.questions(catalogue),
        "grounds": advising.grounds(catalogue),
        "saved": len(summaries),
    }
    response = page(request, "todo.html", values)
    if request.query.get("country"):
        helplines.remember(response, country)
    return response
