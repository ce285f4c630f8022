"""What the service becomes next: locked, or unlocked. Each is a fresh process.

A process either holds the key from its start to its end or never holds it. So that the person stays
where they are, a way in goes along with the change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec


class Passed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes from one process to the next, through a pipe and never through a file.

    `vault_key` is hex, absent when the next process is to be locked.
    """

    vault_key: str | None
    ticket: str


@dataclass(slots=True)
class Change:
    """A wish to change, and what to pass on. `stop_listening` is the worker's."""

    wanted: asyncio.Event = field(default_factory=asyncio.Event)
    passed: Passed | None = None
    stop_listening: Callable[[], Awaitable[None]] | None = None

    async def ask(self, passed: Passed) -> None:
        """Ask for the change; it happens when the answers under way have been given.

        From here on this process takes no new connection: who comes now waits in the sockets that
        stay open, and is answered by the process that comes next. The guard drops what still comes
        over a connection that was open before; browsers then ask again over a new one.
        """
        if self.stop_listening is not None:
            await self.stop_listening()
        self.passed = passed
        self.wanted.set()
