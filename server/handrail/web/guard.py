"""The one outermost middleware: who may call, decided before anything else (DESIGN D7).

What is not allowed is dropped: the connection is cut and no byte is sent, so a web page cannot tell
a closed door from no door. The plan, in this order:

1. The peer is on this computer.
2. The request target is a path (no absolute form: aiohttp would believe its host).
3. There is exactly one Host header and it is one of our two, to the letter.
4. This process is not about to be replaced by a locked or an unlocked one (`change.py`).
5. Bodies come plain: no Content-Encoding, no Transfer-Encoding.
6. API host: only /api/, only POST and its preflight; an Origin of an extension, which must be a
   paired one, or any extension's while pairing is open and the path is a pairing path.
7. Pages host: only GET and POST; Sec-Fetch-Site, where sent, is same-origin, or a top-level
   navigation; a POST carries our own Origin.
8. Everything but the way in needs the session cookie. A handler that changes something checks the
   CSRF token itself, because it lies in the form (`sessions.check_csrf`).

What the caller proves beyond that (the MAC of an API request) is checked by the API.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from ..core.errors import Refused
from . import keys
from .errors import answer_for
from .sessions import COOKIE

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

EXTENSION_ORIGIN = re.compile(
    r"chrome-extension://[a-p]{32}|moz-extension://[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
OPEN_PATHS = frozenset({"/enter"})
LOOPBACK = frozenset({"127.0.0.1", "::1"})
ALLOWED_HEADERS = "authorization, content-type, content-digest, idempotency-key"

ALLOWED_ORIGIN = web.RequestKey("allowed_origin", str)

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Dropped(web.HTTPException):
    """The caller gets no answer. The status is never sent."""

    status_code = 421


def drop(request: web.Request) -> Dropped:
    """Cut the connection and return what the handler must raise."""
    if request.transport is not None:
        request.transport.abort()
    return Dropped()


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request through, answer it, or drop it."""
    hosts = request.app[keys.HOSTS]
    # 1
    peer = request.transport.get_extra_info("peername") if request.transport else None
    if not peer or peer[0] not in LOOPBACK:
        raise drop(request)
    # 2
    if not request.raw_path.startswith("/"):
        raise drop(request)
    # 3
    named = request.headers.getall("Host", [])
    if len(named) != 1 or named[0] not in (hosts.api, hosts.pages):
        raise drop(request)
    # 4
    if request.app[keys.CHANGE].wanted.is_set():
        raise drop(request)
    # 5
    if request.headers.get("Content-Encoding", "identity") != "identity":
        return answer_for(request, Refused("encoding-refused", "bodies come plain", status=415))
    if "Transfer-Encoding" in request.headers:
        return answer_for(request, Refused("length-required", "say the length", status=411))
    if named[0] == hosts.api:
        return await _api(request, handler)
    return await _pages(request, handler)


async def _api(request: web.Request, handler: Handler) -> web.StreamResponse:
    # 6
    origins = request.headers.getall("Origin", [])
    if not request.path.startswith("/api/") or len(origins) != 1:
        raise drop(request)
    origin = origins[0]
    pairings = request.app[keys.PAIRINGS]
    if not EXTENSION_ORIGIN.fullmatch(origin):
        raise drop(request)
    may_pair = pairings.is_open() and request.path.startswith("/api/pair/")
    if not may_pair and not pairings.knows_origin(origin):
        raise drop(request)
    request[ALLOWED_ORIGIN] = origin
    if request.method == "OPTIONS":
        if request.headers.get("Access-Control-Request-Method") != "POST":
            raise drop(request)
        return web.Response(
            status=204,
            headers={
                "Access-Control-Allow-Methods": "POST",
                "Access-Control-Allow-Headers": ALLOWED_HEADERS,
                "Access-Control-Max-Age": "600",
            },
        )
    if request.method != "POST":
        raise drop(request)
    return await _answered(request, handler)


async def _pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    # 7
    if request.method not in ("GET", "POST") or request.path.startswith("/api/"):
        raise drop(request)
    way_in = request.path in OPEN_PATHS or request.path.startswith("/static/")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    navigating = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    allowed_site = (
        site == "same-origin"
        or (navigating and site == "none")
        or (navigating and request.path == "/enter")
    )
    if not allowed_site:
        raise drop(request)
    if request.method == "POST" and request.headers.getall("Origin", []) != [
        request.app[keys.HOSTS].pages_origin
    ]:
        raise drop(request)
    # 8
    if not way_in and not request.app[keys.SESSIONS].is_open(request.cookies.get(COOKIE)):
        return answer_for(
            request, Refused("no-session", "open Handrail from its own window", status=401)
        )
    return await _answered(request, handler)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers of its host on every answer, just before its first byte is sent."""
    response.headers.pop("Server", None)
    origin = request.get(ALLOWED_ORIGIN)
    if origin is not None:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin"
        response.headers["Cache-Control"] = "no-store"
        return
    for name, value in PAGE_HEADERS.items():
        response.headers.setdefault(name, value)


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Call the handler; every failure becomes an answer in the one shape for its host."""
    try:
        return await handler(request)
    except Dropped:
        raise
    except Exception as error:
        return answer_for(request, error)
