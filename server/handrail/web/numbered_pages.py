"""The handlers of the numbered pages: one at a time, and only when the person asks for it.

A page is drawn before its words are sent, so that what went wrong is said in words; the browser
then fetches the picture that was drawn. A request that goes away takes its work with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from aiohttp import web

from ..core.errors import HandrailError, NotFound, Refused
from ..core.summaries import CaptureDetail
from . import keys, numbered_views
from .numbered import Finding, Found
from .numbered_views import SheetView
from .pages import SEALED_OFF, number_of, view_of
from .rendering import page

STILL_THERE: Final = 0.2
"""How often it is looked whether the browser still waits, in seconds."""

_T = TypeVar("_T")


async def first(request: web.Request) -> web.Response:
    """Show the first page."""
    return await _show(request, 1)


async def numbered_page(request: web.Request) -> web.Response:
    """Show one page, or how far the pages are, or that there is no such page."""
    return await _show(request, number_of(request.match_info["number"]))


async def progress(request: web.Request) -> web.Response:
    """Say how far the pages are, for the page that waits for them."""
    finding = request.app[keys.NUMBERED].finding(request.match_info["capture"])
    if finding is None:
        return web.json_response({"state": "over", "words": ""})
    words = numbered_views.progress_words(finding, request.app[keys.CATALOGUE])
    return web.json_response({"state": "making", "words": words})


async def picture(request: web.Request) -> web.Response:
    """Send a page as a picture. Raises `NotFound` when nobody has found such a page yet."""
    detail = await _long_save(request)
    found = await asyncio.to_thread(request.app[keys.NUMBERED].known, detail)
    number = number_of(request.match_info["number"])
    if found is None or not 1 <= number <= len(found.sheets):
        raise NotFound("no-such-page", "there is no such numbered page")
    drawn = await _draw(request, detail, found, number)
    return web.Response(body=drawn, content_type="image/png", headers=SEALED_OFF)


async def _show(request: web.Request, number: int) -> web.Response:
    detail = await _long_save(request)
    sheet, status = await _sheet(request, detail, number)
    values = {
        "capture": await view_of(request),
        "sheet": sheet,
        "large": request.query.get("size") == "large",
        "chat": detail.summary.save == "conversation",
    }
    return page(request, "numbered.html", values, status=status)


async def _sheet(request: web.Request, detail: CaptureDetail, number: int) -> tuple[SheetView, int]:
    """Return what to show, and the status it is sent with."""
    catalogue = request.app[keys.CATALOGUE]
    found = await request.app[keys.NUMBERED].find(detail)
    if isinstance(found, Finding):
        sheet = numbered_views.on_its_way(found, number, catalogue)
        return sheet, 422 if sheet.state == "failed" else 200
    sheet = numbered_views.shown(found, number, detail, catalogue)
    if sheet.state == "shown":
        try:
            await _draw(request, detail, found, number)
        except HandrailError as error:
            return numbered_views.failed(error.code, number, catalogue), error.status
    return sheet, 404 if sheet.state == "absent" else 200


async def _long_save(request: web.Request) -> CaptureDetail:
    """Return the capture that the address names. Raises `NotFound` when it has no pictures."""
    vault = request.app[keys.VAULT]
    detail = await asyncio.to_thread(vault.capture, request.match_info["capture"])
    if not detail.summary.tiles:
        raise NotFound("no-such-page", "this capture has no numbered pages")
    return detail


async def _draw(request: web.Request, detail: CaptureDetail, found: Found, number: int) -> bytes:
    drawing = request.app[keys.NUMBERED].draw(detail.summary.capture, found, number)
    return await while_waited_for(request, drawing)


async def while_waited_for(request: web.Request, work: Coroutine[Any, Any, _T]) -> _T:
    """Return what the work returns; stop it when the browser has gone away. Raises `Refused`."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=STILL_THERE)
            if request.transport is None or request.transport.is_closing():
                raise Refused("pages-stopped", "nobody waits for this page any more")
        return task.result()
    finally:
        task.cancel()
