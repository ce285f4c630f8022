"""A running service in a temporary folder, and the ways to it: a paired browser, a person."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer, unused_port
from playwright.async_api import Browser

from handrail.vault.vault import Vault, open_vault
from handrail.web import keys
from handrail.web.api import way_in
from handrail.web.application import RUNNER, create_app
from handrail.web.hosts import Hosts, hosts_for
from tests.builders import Clock, TakenCapture, a_capture, hand_in
from tests.peer import Peer
from tests.screens.camera import chromium
from tests.screens.pages import Stage, stage


class Seconds:
    """A clock that counts seconds and moves only when it is told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Service:
    """The service under test and what is known of it."""

    data: Path
    app: web.Application
    vault: Vault
    hosts: Hosts
    client: TestClient[Any, Any]
    seconds: Seconds
    cookie: str = ""

    @property
    def port(self) -> int:
        return int(self.hosts.api.rpartition(":")[2])

    def new_peer(self, **values: Any) -> Peer:
        return Peer(self.client.session, self.port, **values)

    async def paired(self) -> Peer:
        """A browser that is paired by a start code."""
        code = bytes.fromhex(self.app[keys.PAIRINGS].new_start_code())
        return await self.new_peer().pair(code)

    async def pictures_read(self) -> None:
        """Wait until every new picture was measured: the service does so by itself, in a child."""
        async with asyncio.timeout(60):
            while self.vault.pictures_to_read():
                self.app[keys.DRAIN].wake()
                await asyncio.sleep(0.02)

    async def sign_in(self) -> None:
        """Open the pages as the way in does."""
        ticket = way_in(self.app).partition("#")[2]
        response = await self.client.post(
            "/enter",
            data={"ticket": ticket},
            headers={"Host": self.hosts.pages, "Origin": self.hosts.pages_origin},
            allow_redirects=False,
        )
        found = re.match(r"__Host-session=([^;]+)", response.headers.get("Set-Cookie", ""))
        assert found, (response.status, await response.text())
        self.cookie = found[1]

    async def get(self, path: str, **headers: str) -> ClientResponse:
        """GET a page as the person does."""
        return await self.client.get(
            path,
            headers={
                "Host": self.hosts.pages,
                "Cookie": f"__Host-session={self.cookie}",
                **headers,
            },
            allow_redirects=False,
        )

    async def submit(self, path: str, **fields: str) -> ClientResponse:
        """POST a form as a page does, with its CSRF token."""
        fields.setdefault("csrf", self.app[keys.SESSIONS].csrf(self.cookie))
        return await self.client.post(
            path,
            data=fields,
            headers={
                "Host": self.hosts.pages,
                "Origin": self.hosts.pages_origin,
                "Cookie": f"__Host-session={self.cookie}",
            },
            allow_redirects=False,
        )

    async def save(self, **facts: Any) -> TakenCapture:
        """Put a whole capture into the vault."""
        taken = a_capture(self.vault.recipient, **facts)
        for envelope in taken.envelopes:
            hand_in(self.vault, envelope)
        await self.app[keys.DRAIN].settle()
        return taken


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """A service with one open vault."""
    clock, seconds = Clock(), Seconds()
    with open_vault(tmp_path, clock) as vault:
        port = unused_port()
        hosts = hosts_for(tmp_path, port)
        app = create_app(tmp_path, vault, hosts, clock, seconds)
        server = TestServer(app, host="127.0.0.1", port=port)
        client = TestClient(server, auto_decompress=False)
        await server.start_server(**RUNNER)
        try:
            yield Service(tmp_path, app, vault, hosts, client, seconds)
        finally:
            await client.close()


# ── A real Chromium before a set of invented scenes, one for a module ─────────────────────────


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on() -> AsyncIterator[Stage]:
    async with stage() as set_up:
        yield set_up


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started
