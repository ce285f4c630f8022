"""Typed keys for what the application holds, so that every handler finds it under one name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from aiohttp import web

from ..core.errors import HandrailError
from ..core.text import Catalogue
from ..vault.inbox import Inbox
from ..vault.vault import Vault
from .attempts import Attempts
from .change import Change
from .drain import Drain
from .exports import Exports
from .hosts import Hosts
from .numbered import Numbered
from .pairing import Pairings
from .sessions import Sessions

HOSTS = web.AppKey("hosts", Hosts)
DATA = web.AppKey("data", Path)
NOW: web.AppKey[Callable[[], datetime]] = web.AppKey("now")
INBOX = web.AppKey("inbox", Inbox)
VAULT = web.AppKey("vault", Vault)
DRAIN = web.AppKey("drain", Drain)
PAIRINGS = web.AppKey("pairings", Pairings)
SESSIONS = web.AppKey("sessions", Sessions)
EXPORTS = web.AppKey("exports", Exports)
NUMBERED = web.AppKey("numbered", Numbered)
CATALOGUE = web.AppKey("catalogue", Catalogue)
ERROR_PAGE: web.AppKey[Callable[[web.Request, HandrailError], web.Response]] = web.AppKey(
    "error_page"
)
CHANGE = web.AppKey("change", Change)
ATTEMPTS = web.AppKey("attempts", Attempts)
ONE_TRY = web.AppKey("one_try", asyncio.Lock)
UPLOADS = web.AppKey("uploads", asyncio.Semaphore)
