"""A program on the port that is worse than a faulty service: it talks nonsense, and at length."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable

from aiohttp import web

from .doubles import FaultyService, _cors

CHUNK = b" " * 65_536
MOST_CHUNKS = 4_000


class RoughService(FaultyService):
    """`manner` says how it answers: None keeps the contract, at `pace` seconds an envelope.

    `stuck` tells for an idempotency key whether this one envelope always fails inside the service.
    """

    def __init__(self) -> None:
        super().__init__()
        self.manner: str | None = None
        self.pace = 0.0
        self.stuck: Callable[[str], bool] = lambda _: False
        self.chunks_sent = 0

    async def _answer(self, request: web.Request) -> web.Response:
        body, key = await request.read(), request.headers["Idempotency-Key"]
        if self.manner is None and not self.stuck(key):
            self.received.append((key, body))
            await asyncio.sleep(self.pace)
            receipt = self._receipt(key, hashlib.sha256(body).hexdigest())
            return web.json_response(receipt, headers=_cors(request))
        if self.manner is None or self.manner == "internal":
            error = {"error": {"code": "internal", "message": "invented"}}
            return web.json_response(error, status=500, headers=_cors(request))
        if self.manner == "refused":
            error = {"error": {"code": "key-reused", "message": "invented"}}
            return web.json_response(error, status=409, headers=_cors(request))
        if self.manner == "endless":
            await self._send_without_end(request)
        if self.manner == "redirect":
            raise web.HTTPFound("http://127.0.0.1:1/", headers=_cors(request))
        status, text = NONSENSE[self.manner]
        return web.Response(status=status, body=text, headers=_cors(request))

    async def _send_without_end(self, request: web.Request) -> None:
        response = web.StreamResponse(headers=_cors(request))
        await response.prepare(request)
        for _ in range(MOST_CHUNKS):
            await response.write(CHUNK)
            self.chunks_sent += 1
        raise ConnectionAbortedError


NONSENSE = {
    "a page": (200, b"<!doctype html><title>Router</title>"),
    "nothing": (200, b""),
    "a list": (200, b"[]"),
    "no text": (200, b"\xff\xfe\x00\xd8"),
    "deep": (200, b"[" * 9_000),
    "an error of its own": (500, b'{"error":"no"}'),
    "a page that is missing": (404, b"not found"),
}
