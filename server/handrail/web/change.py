"""What the service becomes next: locked, or unlocked. Each is a fresh process.

A process either holds the key from its start to its end or never holds it. So that the person stays
where they are, a way in goes along with the change.
"""

from __future__ import annotations

import asyncio
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
    """A wish to change, and what to pass on."""

    wanted: asyncio.Event = field(default_factory=asyncio.Event)
    passed: Passed | None = None

    def ask(self, passed: Passed) -> None:
        """Ask for the change; it happens when the answers under way have been given."""
        self.passed = passed
        self.wanted.set()
