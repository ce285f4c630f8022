"""The first promise: every receipt that was shown is found once, whatever dies in between."""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from handrail.app import control
from handrail.core.records import ExhibitAdded, decode_event
from handrail.vault.vault import open_vault
from tests.app.running import RunningService
from tests.builders import Clock, Sealed, a_capture, a_picture
from tests.peer import Peer

SAVES = 10
KILLS = 20
BETWEEN = 5


@dataclass
class Story:
    """What happened: the receipts that were shown, and the kills."""

    receipts: dict[str, str] = field(default_factory=dict)
    kills: int = 0
    between: int = 0
    absences: int = 0


def a_large_picture(seed: int) -> bytes:
    """A picture whose bytes take a moment to become durable."""
    return a_picture() + random.Random(seed).randbytes(6_000_000)


async def deliver(peer: Peer, envelope: Sealed, story: Story) -> None:
    """Hand in an envelope as the outbox does: again and again until a receipt verifies."""
    while True:
        with contextlib.suppress(aiohttp.ClientError, OSError, ValueError):
            status, receipt = await peer.hand_in(envelope)
            if status == 200 and peer.is_receipt(envelope, receipt):
                story.receipts[envelope.key] = envelope.sha256
                return
        await asyncio.sleep(0.02)


async def all_bytes_are_there(data: Path, envelope: Sealed) -> None:
    """Wait until the service has every byte of an envelope in a file that has no name yet."""
    while True:
        for path in (data / "inbox").glob(f".{envelope.key}.*.tmp"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_size == len(envelope.data):
                    return
        await asyncio.sleep(0)


async def test_every_receipt_is_found_once_after_kills_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(7)
    service, story = RunningService(tmp_path / "data"), Story()
    await service.start()
    async with aiohttp.ClientSession() as session:
        code = bytes.fromhex((await control.ask(service.data, "/start-code"))["code"])
        peer = await Peer(session, service.port).pair(code)
        for save in range(SAVES):
            taken = a_capture(peer.recipient, text=f"save {save}", picture=a_large_picture(save))
            first, *rest = taken.envelopes
            # Between the last byte and the receipt.
            delivering = asyncio.create_task(deliver(peer, first, story))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await all_bytes_are_there(service.data, first)
            if save % 3 == 2:
                service.kill_all()
                story.absences += 1
                await asyncio.sleep(0.2)
                await service.start()
            else:
                service.kill_worker()
            story.kills += 1
            story.between += first.key not in story.receipts
            await delivering
            # At any moment of the rest.
            others = asyncio.gather(*(deliver(peer, one, story) for one in rest))
            await asyncio.sleep(chance.uniform(0, 0.03))
            service.kill_worker()
            story.kills += 1
            await others
    await service.answers()
    await service.stop()
    assert story.kills >= KILLS
    assert story.between >= BETWEEN, story
    assert story.absences >= 2
    found: list[tuple[str, str]] = []
    with open_vault(service.data, Clock()) as vault:
        vault.drain()
        for record in vault.log(vault.case):
            event = decode_event(record)
            if isinstance(event, ExhibitAdded):
                found.append((event.envelope.key, event.envelope.sha256))
        assert sorted(found) == sorted(story.receipts.items())
        assert len(found) == 3 * SAVES
        captures = vault.captures()
        assert len(captures) == SAVES
        assert all(capture.whole for capture in captures)
        for capture in captures:
            for number in (1, 2, 3):
                assert vault.open_exhibit(capture.capture, number)
        assert vault.quarantined() == 0
    assert list((service.data / "inbox").iterdir()) == []
