"""Hand over: choose what goes in, watch the file being made, save it.

Nothing is sent from here. The file is made by `exports`; it waits a quarter of an hour and can be
made again with the same bytes.
"""

from __future__ import annotations

import asyncio
from itertools import groupby

from aiohttp import web

from . import keys
from . import package_views as views
from .rendering import form_of, go_to, page


async def hand_over(request: web.Request) -> web.Response:
    """Show exactly what goes into the file and what does not."""
    return await _choosing(request)


async def _choosing(request: web.Request, *, nothing_chosen: bool = False) -> web.Response:
    vault, catalogue = request.app[keys.VAULT], request.app[keys.CATALOGUE]
    summaries = await asyncio.to_thread(vault.captures)
    only = frozenset(request.query.getall("capture", [])) or None
    values = {
        "choices": views.choices_of(summaries, frozenset() if nothing_chosen else only, catalogue),
        "files": views.files_of(summaries, catalogue),
        "exports": views.given_of(await asyncio.to_thread(vault.exports), catalogue),
        "nothing_chosen": nothing_chosen,
    }
    return page(request, "hand_over.html", values, status=422 if nothing_chosen else 200)


async def make_package(request: web.Request) -> web.Response:
    """Record the choice and begin to make the file, or make an earlier one again."""
    form = await form_of(request)
    exports = request.app[keys.EXPORTS]
    again = form.get("export")
    if isinstance(again, str):
        await exports.start_again(again)
        return go_to(f"/hand-over/{again}")
    chosen = [value for value in form.getall("capture", []) if isinstance(value, str)]
    if not chosen:
        return await _choosing(request, nothing_chosen=True)
    return go_to(f"/hand-over/{await exports.start(chosen)}")


async def package_page(request: web.Request) -> web.Response:
    """Show how a file stands."""
    return page(request, "package.html", {"package": await _package(request)})


async def package_progress(request: web.Request) -> web.Response:
    """Say how a file stands, for the page that watches it."""
    package = await _package(request)
    return web.json_response({"state": package.state, "words": package.words})


async def cancel_package(request: web.Request) -> web.Response:
    """Stop making a file. What was saved stays as it is."""
    await form_of(request)
    export = request.match_info["export"]
    request.app[keys.EXPORTS].cancel(export)
    return go_to(f"/hand-over/{export}")


async def package_file(request: web.Request) -> web.StreamResponse:
    """Send the file, as a stream."""
    package = await _package(request)
    path = request.app[keys.EXPORTS].file(package.export)
    return web.FileResponse(
        path,
        headers={
            "Content-Type": "application/zip",
            "Content-Disposition": f'attachment; filename="{package.name}"',
        },
    )


async def _package(request: web.Request) -> views.PackageView:
    vault, export = request.app[keys.VAULT], request.match_info["export"]
    known = await asyncio.to_thread(vault.export, export)
    job = request.app[keys.EXPORTS].job(export)
    # Read again when it is ready: the length and the digest are recorded at the very end.
    if job is not None and job.state == "ready" and known.sha256 is None:
        known = await asyncio.to_thread(vault.export, export)
    standing = None
    if job is not None:
        details = [await asyncio.to_thread(vault.capture, capture) for capture in job.unpaged]
        unpaged = tuple(detail.summary for detail in details)
        unread = [
            (await asyncio.to_thread(vault.capture, capture), tuple(tile for _, tile in tiles))
            for capture, tiles in groupby(job.unread, key=lambda one: one[0])
        ]
        standing = views.Standing(
            job.state,
            job.done,
            job.total,
            job.error,
            unpaged,
            job.tiles,
            job.tiles_total,
            tuple(unread),
        )
    return views.package_view(known, standing, request.app[keys.CATALOGUE])
