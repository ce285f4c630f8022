"""Protect, lock, save and unlock with real processes: nothing is lost, nothing is left on disk."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from handrail.app import control
from handrail.core.errors import HandrailError
from handrail.vault import keys as vault_keys
from handrail.vault.vault import open_vault
from tests.app.running import RunningService
from tests.app.test_kills import Story, deliver
from tests.builders import Clock, a_capture
from tests.peer import Peer

PASSPHRASE = "violet-kettle-harbour-7319"
MARKER = "quietmarker88127"


@dataclass
class Person:
    """Someone who uses the pages in a browser."""

    session: aiohttp.ClientSession
    service: RunningService
    host: str = ""
    cookie: str = ""

    async def enter(self, address: str) -> None:
        """Follow a way in, also while the process that knows it is only coming up."""
        place, _, ticket = address.partition("#")
        if "//" in place:
            self.host = place.split("/")[2]
        response = await self._send("POST", "/enter", {"ticket": ticket})
        found = re.match("__Host-session=([^;]+)", response.headers["Set-Cookie"])
        assert found
        self.cookie = found[1]

    async def look(self, path: str) -> str:
        return await (await self._send("GET", path)).text()

    async def submit(self, path: str, seen_on: str, **fields: str) -> aiohttp.ClientResponse:
        """Submit a form that was seen on a page."""
        token = re.search('name="csrf" value="([0-9a-f]+)"', await self.look(seen_on))
        assert token
        return await self._send("POST", path, {"csrf": token[1], **fields})

    async def _send(
        self, method: str, path: str, fields: dict[str, str] | None = None
    ) -> aiohttp.ClientResponse:
        headers = {
            "Host": self.host,
            "Origin": f"http://{self.host}",
            "Cookie": f"__Host-session={self.cookie}",
        }
        response = await self.session.request(
            method,
            f"http://127.0.0.1:{self.service.port}{path}",
            data=fields,
            headers=headers,
            allow_redirects=False,
        )
        await response.read()
        return response


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[RunningService]:
    async with RunningService(tmp_path / "data") as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as opened:
        yield opened


async def test_protect_in_the_middle_of_saving_then_lock_save_and_unlock(
    service: RunningService, session: aiohttp.ClientSession
) -> None:
    code = bytes.fromhex((await control.ask(service.data, "/start-code"))["code"])
    peer = await Peer(session, service.port).pair(code)
    person, story = Person(session, service), Story()
    await person.enter((await control.ask(service.data, "/way-in", to="/"))["address"])

    first = a_capture(peer.recipient, text=MARKER, title=MARKER)
    saving = asyncio.gather(*(deliver(peer, one, story) for one in first.envelopes))
    protecting = person.submit(
        "/safety/protect", "/safety/protect?shared=yes", passphrase=PASSPHRASE, again=PASSPHRASE
    )
    _, response = await asyncio.gather(saving, protecting)
    words = re.findall(r'translate="no">([a-z]+)<', await response.text())
    assert len(words) == 12

    worker = service.worker()
    locking = await person.submit("/lock", "/safety/protect")
    second = a_capture(peer.recipient, text=MARKER)
    await asyncio.gather(*(deliver(peer, one, story) for one in second.envelopes))
    assert service.worker() == worker  # the same process id, but a process that never had the key
    with pytest.raises(HandrailError) as refused:
        await control.ask(service.data, "/captures")
    assert refused.value.code == "vault-locked"
    await person.enter(locking.headers["Location"])
    assert 'action="/unlock"' in await person.look("/")
    assert (await peer.ask("/api/status", {}))[1]["locked"] is True

    unlocking = await person.submit("/unlock", "/", secret=PASSPHRASE)
    assert unlocking.status == 303
    await person.enter(unlocking.headers["Location"])
    assert MARKER in await person.look("/")
    found = await control.ask(service.data, "/captures")
    assert sorted(one["capture"] for one in found["captures"]) == sorted(
        [first.capture, second.capture]
    )
    assert all(one["whole"] for one in found["captures"])
    assert len(story.receipts) == 6
    await service.stop()

    opened = vault_keys.unlock(service.data, " ".join(words))
    with open_vault(service.data, Clock(), opened) as vault:
        assert len(vault.captures()) == 2
        assert len(vault.log(vault.case)) == 1 + 6
    assert not (service.data / "open.key").exists()
    assert vault_keys.is_protected(service.data)
    secrets = {
        "passphrase": PASSPHRASE.encode(),
        "words": " ".join(words).encode(),
        "vault key": opened.vault_key,
        "vault key in hex": opened.vault_key.hex().encode(),
        "identity": str(opened.identity).encode(),
        "index key": opened.index_key(),
        "marker": MARKER.encode(),
    }
    for path in service.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert {name for name, secret in secrets.items() if secret in content} == set(), path


async def test_commands_say_that_it_is_locked(
    service: RunningService, session: aiohttp.ClientSession
) -> None:
    person = Person(session, service)
    await person.enter((await control.ask(service.data, "/way-in", to="/"))["address"])
    await person.submit(
        "/safety/protect", "/safety/protect?shared=yes", passphrase=PASSPHRASE, again=PASSPHRASE
    )
    await service.stop()
    await service.start()
    for path in ("/captures", "/export"):
        with pytest.raises(HandrailError) as refused:
            await control.ask(service.data, path, out="package.zip", case=None, only=[])
        assert refused.value.code == "vault-locked"
