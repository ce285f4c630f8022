"""Puts the service together: the only place that knows everyone.

    guard → routes → handlers → vault, proof, imaging

`create_app` is the same for the worker and for tests; it starts nothing and reads no clock itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from .. import resources
from ..core.records import utc
from ..core.summaries import PictureFacts
from ..core.text import Catalogue
from ..imaging.pictures import read_picture
from ..vault.inbox import Inbox
from ..vault.vault import Vault
from . import keys, pages, rendering
from .attempts import Attempts
from .change import Change
from .drain import Drain
from .exports import Exports
from .guard import add_headers, guard
from .hosts import Hosts
from .numbered import Numbered
from .pairing import Pairings
from .routes import LOCKED_ROUTES, ROUTES
from .sessions import Sessions

MAX_FORM = 256 * 1024
"""The largest form in bytes; envelopes are read as a stream and have their own limit."""

UPLOADS_AT_ONCE = 4

RUNNER: dict[str, Any] = {
    "access_log": None,
    "auto_decompress": False,  # a small body that unpacks to a large one is never unpacked
    "keepalive_timeout": 15.0,
    "lingering_time": 1.0,
    "max_line_size": 4096,
    "max_field_size": 4096,
    "shutdown_timeout": 2.0,
}
"""How the application is run, in the service and in tests alike."""


def create_app(
    data: Path,
    vault: Vault,
    hosts: Hosts,
    now: Callable[[], datetime],
    clock: Callable[[], float] = time.monotonic,
) -> web.Application:
    """Return the application for both hosts. `clock` counts seconds, `now` tells the time."""
    app = _without_vault(data, vault.inbox, vault.recipient, hosts, now, clock)
    app[keys.VAULT] = vault
    app[keys.EXPORTS] = Exports(data, vault, app[keys.CATALOGUE], clock)
    app[keys.NUMBERED] = Numbered(vault, clock)
    app[keys.DRAIN] = Drain(vault, _picture_facts)
    app.add_routes(ROUTES)
    app.cleanup_ctx.append(_background)
    return app


def create_locked_app(
    data: Path,
    recipient: str,
    hosts: Hosts,
    now: Callable[[], datetime],
    clock: Callable[[], float] = time.monotonic,
) -> web.Application:
    """Return the application of a locked vault: envelopes come in, and one page unlocks.

    It has no key and cannot get one; unlocking asks for a process that has it (`change.py`).
    """
    app = _without_vault(data, Inbox(data), recipient, hosts, now, clock)
    app[keys.ATTEMPTS] = Attempts(data, now)
    app[keys.ONE_TRY] = asyncio.Lock()
    app.add_routes(LOCKED_ROUTES)
    return app


def _without_vault(
    data: Path,
    inbox: Inbox,
    recipient: str,
    hosts: Hosts,
    now: Callable[[], datetime],
    clock: Callable[[], float],
) -> web.Application:
    """Return what both applications share: the guard, the inbox, sessions and pairing."""
    app = web.Application(middlewares=[guard], client_max_size=MAX_FORM)
    catalogue = load_catalogue()
    app[keys.DATA] = data
    app[keys.HOSTS] = hosts
    app[keys.NOW] = now
    app[keys.INBOX] = inbox
    app[keys.CATALOGUE] = catalogue
    app[keys.CHANGE] = Change()
    app[keys.SESSIONS] = Sessions(clock)
    app[keys.PAIRINGS] = Pairings(data, recipient, clock, lambda: utc(now())).load()
    app[keys.UPLOADS] = asyncio.Semaphore(UPLOADS_AT_ONCE)
    app[keys.ERROR_PAGE] = pages.error_page
    rendering.set_up(app, catalogue)
    app.on_response_prepare.append(add_headers)
    return app


def load_catalogue(language: str = "en") -> Catalogue:
    """Return the catalogue of words of one language."""
    path = resources.shared_folder() / "text" / f"{language}.json"
    return Catalogue.load(path.read_bytes(), language)


async def _picture_facts(picture: bytes) -> PictureFacts:
    read = await read_picture(picture)
    return PictureFacts(width=read.width, height=read.height, format=read.format, phash=read.phash)


async def _background(app: web.Application) -> AsyncIterator[None]:
    """Run the drain for as long as the service is up; at the end stop what is on its way."""
    drain = asyncio.create_task(app[keys.DRAIN].run())
    yield
    drain.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await drain
    await app[keys.NUMBERED].close()
    await app[keys.EXPORTS].close()
