"""The owner-only socket: how a command asks the running service (DESIGN D6).

The service listens on a socket file that only this login can open; a command speaks HTTP over it.
If no service runs, the command takes the vault's lock and does the same work itself. Both ways go
through the same functions of `app/work.py`, so the result is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from .. import system
from ..core.errors import HandrailError, Refused
from ..web import api, keys
from ..web.errors import json_answer, translate
from . import work

Handler = Callable[[web.Request], Any]


# ── The service's side ───────────────────────────────────────────────────────────────────────


def control_application(pages: web.Application) -> web.Application:
    """Return the application behind the owner-only socket of a running service."""
    app = web.Application(middlewares=[_errors])
    app[PAGES] = pages
    app.add_routes(
        [
            web.post("/about", _about),
            web.post("/way-in", _way_in),
            web.post("/start-code", _start_code),
            web.post("/captures", _captures),
            web.post("/export", _export),
        ]
    )
    return app


PAGES = web.AppKey("pages", web.Application)


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        answer: web.StreamResponse = await handler(request)
        return answer
    except Exception as error:  # the frontier
        return json_answer(translate(error))


async def _about(request: web.Request) -> web.Response:
    pages = request.app[PAGES]
    return web.json_response({"port": pages[keys.HOSTS].port, "locked": keys.VAULT not in pages})


async def _way_in(request: web.Request) -> web.Response:
    asked = await request.json()
    return web.json_response({"address": api.way_in(request.app[PAGES], asked.get("to", "/"))})


async def _start_code(request: web.Request) -> web.Response:
    pages = request.app[PAGES]
    code = pages[keys.PAIRINGS].new_start_code()
    return web.json_response({"code": code, "port": pages[keys.HOSTS].port})


def _unlocked(request: web.Request) -> web.Application:
    """Return the service. Raises `Refused` while it is locked."""
    pages = request.app[PAGES]
    if keys.VAULT not in pages:
        raise Refused("vault-locked", "the vault is locked", status=423)
    return pages


async def _captures(request: web.Request) -> web.Response:
    pages = _unlocked(request)
    await pages[keys.DRAIN].settle()
    return web.json_response(await work.list_captures(pages[keys.VAULT]))


async def _export(request: web.Request) -> web.Response:
    asked = await request.json()
    pages = _unlocked(request)
    await pages[keys.DRAIN].settle()
    made = await work.export(
        pages[keys.VAULT], pages[keys.CATALOGUE], Path(asked["out"]), asked["case"], asked["only"]
    )
    return web.json_response(made)


# ── The command's side ───────────────────────────────────────────────────────────────────────


class NoService(Exception):
    """No service runs for this data folder."""


async def ask(data: Path, path: str, **values: Any) -> Any:
    """Ask the running service and return its answer.

    Raises `NoService` when none runs, and the service's own error otherwise.
    """
    socket = system.owner_only_path(data)
    if system.WINDOWS or not socket.exists():
        raise NoService
    try:
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(str(socket)),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
            ) as session,
            session.post(f"http://handrail{path}", json=values) as response,
        ):
            answer = await response.json()
    except (aiohttp.ClientConnectorError, FileNotFoundError) as error:
        raise NoService from error
    if response.status != 200:
        told = answer["error"]
        raise HandrailError(told["code"], told["message"], status=response.status)
    return answer
