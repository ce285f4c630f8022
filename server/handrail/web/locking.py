"""Protection: choose a passphrase, lock, unlock (DESIGN D6).

While locked, a page is the unlock form and nothing else: no count, no name, no date. Captures go on
arriving. The passphrase stays in this process only until the process is replaced.
"""

from __future__ import annotations

import asyncio
import unicodedata

from aiohttp import web

from ..core.errors import HandrailError, Refused
from ..vault import keys as vault_keys
from . import keys
from .change import Passed
from .rendering import form_of, go_to, page

CLEAR = {"Clear-Site-Data": '"cache", "cookies", "storage"'}
MAX_SECRET = 1000


# ── While unlocked ───────────────────────────────────────────────────────────────────────────


async def protect_page(request: web.Request) -> web.Response:
    """Ask the one question: whether anybody else uses this login."""
    return page(request, "protect.html", _protect_values(request))


async def protect(request: web.Request) -> web.Response:
    """Put the vault under a passphrase, and show the twelve words once."""
    form = await form_of(request)
    passphrase, again = str(form.get("passphrase", "")), str(form.get("again", ""))
    if _same(passphrase) != _same(again):
        return _protect_again(request, "passphrase-differs")
    if len(passphrase) > MAX_SECRET:
        return _protect_again(request, "passphrase-long")
    vault = request.app[keys.VAULT]
    if vault.is_protected():
        present = str(form.get("present", ""))[:MAX_SECRET]
        try:
            await asyncio.to_thread(vault_keys.unlock, request.app[keys.DATA], present)
        except Refused as refused:
            return _protect_again(request, refused.code)
    try:
        words = await asyncio.to_thread(vault.protect, passphrase)
    except Refused as refused:
        return _protect_again(request, refused.code)
    return page(request, "words.html", {"words": words.split()})


def _protect_values(request: web.Request) -> dict[str, object]:
    asked = request.query.get("shared", "")
    is_protected = request.app[keys.VAULT].is_protected()
    return {
        "asked": "yes" if is_protected else asked if asked in ("yes", "no") else "",
        "is_protected": is_protected,
        "problem": None,
    }


def _protect_again(request: web.Request, problem: str) -> web.Response:
    values = _protect_values(request) | {"asked": "yes", "problem": f"error.{problem}"}
    return page(request, "protect.html", values, status=422)


async def lock(request: web.Request) -> web.Response:
    """Lock now: this process ends, one without the key takes its place.

    Without protection there is nothing to lock with; then the page says how to get it.
    """
    await form_of(request)
    if not request.app[keys.VAULT].is_protected():
        return go_to("/safety/protect")
    return await _change(request, None)


# ── While locked ─────────────────────────────────────────────────────────────────────────────


async def unlock_page(request: web.Request) -> web.Response:
    """Show the unlock form, whatever was asked for."""
    return page(request, "unlock.html", {"problem": None})


async def unlock(request: web.Request) -> web.Response:
    """Try a passphrase or the twelve words."""
    form = await form_of(request)
    secret = str(form.get("secret", ""))[:MAX_SECRET]
    attempts = request.app[keys.ATTEMPTS]
    async with request.app[keys.ONE_TRY]:
        try:
            attempts.check()
            opened = await asyncio.to_thread(vault_keys.unlock, request.app[keys.DATA], secret)
        except HandrailError as error:
            if error.code in ("secret-wrong", "words-mistyped"):
                attempts.failed()
            values = {"problem": f"error.{error.code}"}
            return page(request, "unlock.html", values, status=error.status)
        attempts.succeeded()
    return await _change(request, opened.vault_key.hex())


async def _change(request: web.Request, vault_key: str | None) -> web.Response:
    """Answer with the way in to the process that comes next, and ask for the change."""
    ticket = request.app[keys.SESSIONS].new_ticket()
    await request.app[keys.CHANGE].ask(Passed(vault_key=vault_key, ticket=ticket))
    response = go_to(f"/enter#{ticket}")
    response.force_close()
    if vault_key is None:
        response.headers.update(CLEAR)
    return response


def _same(passphrase: str) -> str:
    return unicodedata.normalize("NFKC", passphrase)
