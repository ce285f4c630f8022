"""What breaks the contract on demand: a service with wrong receipts or none, a disk that is full.

The real ones cannot do these things, and the extension must withstand them. Pairing is done
for it: `connect` writes a connection into the browser as the extension itself would.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import shutil
from pathlib import Path
from typing import Any, Self

import pyrage
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page

from handrail.app.driver import Panel
from tests.building import quiet_port

AT = "2026-03-10T12:00:00.000Z"

CONNECT = """async ([browser, key, recipient, port]) => {
  const { signingKey } = await import("/engine/keyring.js");
  const { keepConnection } = await import("/engine/connection.js");
  await keepConnection({
    browser, key: await signingKey(new Uint8Array(key)), recipient, port });
}"""


def invent_views(build: Path, out: Path) -> Path:
    """Copy a build for Chromium and put doubles in place of everything that looks at a page."""
    shutil.copytree(build, out, dirs_exist_ok=True)
    here = Path(__file__).parent
    for module in ("view", "conversation", "whole-page"):
        shutil.copy(here / "engine_double.js", out / f"engine/{module}.js")
    shutil.copy(here / "tabs_double.js", out / "browser/tabs.js")
    return out


async def disk_fails(panel: Page, error: str = "QuotaExceededError", after: int = 0) -> None:
    """From now on the disk keeps nothing more than `after` envelopes, until it is mended."""
    await panel.evaluate(
        """([name, after]) => {
          const add = IDBObjectStore.prototype.add;
          globalThis.mend = () => { IDBObjectStore.prototype.add = add; };
          let added = 0;
          IDBObjectStore.prototype.add = function (...given) {
            added += 1;
            if (added > after) {
              throw new DOMException("", name);
            }
            return add.apply(this, given);
          };
        }""",
        [error, after],
    )


async def disk_is_mended(panel: Page) -> None:
    """The disk keeps what it is given again."""
    await panel.evaluate("globalThis.mend()")


class FaultyService:
    """Takes envelopes and remembers every one. `fault` says how the next answers go wrong."""

    def __init__(self) -> None:
        self.identity = pyrage.x25519.Identity.generate()
        self.recipient = str(self.identity.to_public())
        self.key = bytes(range(32))
        self.browser = "ab" * 16
        self.port = quiet_port()
        self.fault: str | None = None
        self.received: list[tuple[str, bytes]] = []
        self.at_once = 0
        self.most_at_once = 0
        self._server: TestServer | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        if self._server is not None:
            return
        app = web.Application(client_max_size=2**26)
        app.router.add_route("OPTIONS", "/{path:.*}", self._preflight)
        app.router.add_post("/api/envelopes", self._envelope)
        self._server = TestServer(app, host="127.0.0.1", port=self.port)
        await self._server.start_server()

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.close()
            self._server = None

    async def connect(self, page: Page | Panel, recipient: str | None = None) -> None:
        """Connect the browser, with a key that no script can read."""
        given = [self.browser, list(self.key), recipient or self.recipient, self.port]
        await page.evaluate(f"({CONNECT})({json.dumps(given)})")

    async def _preflight(self, request: web.Request) -> web.Response:
        return web.Response(status=204, headers=_cors(request))

    async def _envelope(self, request: web.Request) -> web.Response:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._answer(request)
        finally:
            self.at_once -= 1

    async def _answer(self, request: web.Request) -> web.Response:
        body, key = await request.read(), request.headers["Idempotency-Key"]
        self.received.append((key, body))
        await asyncio.sleep(0.02)
        if self.fault == "silence":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if self.fault is not None and self.fault.startswith("refuse "):
            _, status, code = self.fault.split()
            error = {"error": {"code": code, "message": "invented"}}
            return web.json_response(error, status=int(status), headers=_cors(request))
        receipt = self._receipt(key, hashlib.sha256(body).hexdigest())
        return web.json_response(receipt, headers=_cors(request))

    def _receipt(self, key: str, sha256: str) -> dict[str, Any]:
        text = f"handrail receipt v1\nstored\n{key}\n{sha256}\n{AT}"
        signing = bytes(32) if self.fault == "wrong mac" else self.key
        receipt = {
            "status": "stored",
            "key": key,
            "sha256": sha256,
            "received_at": AT,
            "mac": hmac.new(signing, text.encode(), "sha256").hexdigest(),
        }
        if self.fault == "other key":
            return self._signed({**receipt, "key": "cd" * 16})
        if self.fault == "other digest":
            return self._signed({**receipt, "sha256": "00" * 32})
        if self.fault == "other status":
            return self._signed({**receipt, "status": "looked at"})
        if self.fault == "no mac":
            del receipt["mac"]
        return receipt

    def _signed(self, receipt: dict[str, str]) -> dict[str, str]:
        lines = ("status", "key", "sha256", "received_at")
        text = "\n".join(["handrail receipt v1", *(receipt[name] for name in lines)])
        return {**receipt, "mac": hmac.new(self.key, text.encode(), "sha256").hexdigest()}


def _cors(request: web.Request) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": request.headers.get("Origin", ""),
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": (
            "authorization, content-type, content-digest, idempotency-key"
        ),
    }
