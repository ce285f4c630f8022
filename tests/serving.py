"""One small page on this computer, for a browser to look at."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer


@asynccontextmanager
async def serving(
    body: str | bytes,
    kind: str = "text/html",
    *,
    headers: Mapping[str, str] | None = None,
    certificate: ssl.SSLContext | None = None,
) -> AsyncIterator[TestServer]:
    """Serve this under every path."""
    given = {"text": body} if isinstance(body, str) else {"body": body}

    async def answer(_: web.Request) -> web.Response:
        return web.Response(**given, content_type=kind, headers=headers)

    app = web.Application()
    app.router.add_get("/{any:.*}", answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(ssl=certificate)
    async with server:
        yield server
