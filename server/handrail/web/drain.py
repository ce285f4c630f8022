"""The worker that drains the inbox: opens, records, keeps, and reads pictures (DESIGN D5).

It sleeps until an envelope has come in. Nothing it does is asked for by a page, and a failure here
loses nothing: the envelope stays in the inbox and is tried again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from ..core.errors import HandrailError
from ..core.summaries import PictureFacts
from ..vault.vault import Vault

log = logging.getLogger(__name__)

RETRY_SECONDS = 5.0

ReadPicture = Callable[[bytes], Awaitable[PictureFacts]]


@dataclass(slots=True)
class Drain:
    """The background work of an open vault. `read_picture` runs in a child process."""

    vault: Vault
    read_picture: ReadPicture
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Say that something may be waiting."""
        self._wanted.set()

    async def settle(self) -> None:
        """Drain until nothing waits. Safe to call beside the background work."""
        while (done := await asyncio.to_thread(self.vault.drain)).added or done.quarantined:
            pass

    async def run(self) -> None:
        """Work for as long as the vault is open."""
        self.wake()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self.settle()
                await self._read_pictures()
            except Exception as error:  # whatever it is, the envelopes stay and are tried again
                log.error("drain stopped: %s", getattr(error, "code", type(error).__name__))
                await asyncio.sleep(RETRY_SECONDS)
                self._wanted.set()

    async def _read_pictures(self) -> None:
        """Derive size and perceptual hash from each new picture; refused ones are noted as such."""
        for capture, number in await asyncio.to_thread(self.vault.pictures_to_read):
            body = await asyncio.to_thread(self.vault.open_exhibit, capture, number)
            try:
                facts: PictureFacts | None = await self.read_picture(body)
            except HandrailError:
                facts = None
            await asyncio.to_thread(self.vault.set_picture_facts, capture, number, facts)
