"""Tickets and the session of the pages (DESIGN D7).

A ticket is 32 random bytes, good once and for a minute; it travels in a fragment, which no browser
sends and no log keeps. It buys a session cookie of which only the SHA-256 is held, in memory: a
restart closes every session. One session is open at a time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from ..core.errors import Refused

COOKIE = "__Host-session"
TICKET_SECONDS = 60.0
IDLE_SECONDS = 30 * 60.0
LONGEST_SECONDS = 8 * 3600.0
MAX_TICKETS = 16


@dataclass(slots=True)
class _Session:
    digest: bytes
    opened: float
    used: float


@dataclass(slots=True)
class Sessions:
    """The tickets that were given out and the session that is open. `clock` counts seconds."""

    clock: Callable[[], float]
    _tickets: dict[str, float] = field(default_factory=dict)
    _nonces: dict[str, float] = field(default_factory=dict)
    _session: _Session | None = None
    _csrf_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def new_ticket(self) -> str:
        """Return a ticket: 64 hex digits, good once, for a minute."""
        return self._give(self._tickets, secrets.token_hex(32))

    def expect(self, ticket: str) -> None:
        """Accept a ticket that the process before this one gave out."""
        self._tickets[ticket] = self.clock() + TICKET_SECONDS

    def new_nonce(self) -> str:
        """Return a nonce for a ticket request: 32 hex digits, good once, for a minute."""
        return self._give(self._nonces, secrets.token_hex(16))

    def use_nonce(self, nonce: str) -> None:
        """Take a nonce back. Raises `Refused` when it was not given out, is old or was used."""
        if not self._take(self._nonces, nonce):
            raise Refused("nonce-used", "ask for the status again and use its nonce", status=409)

    def _give(self, given: dict[str, float], value: str) -> str:
        now = self.clock()
        for old in [key for key, until in given.items() if until < now]:
            del given[old]
        while len(given) >= MAX_TICKETS:
            del given[next(iter(given))]
        given[value] = now + TICKET_SECONDS
        return value

    def _take(self, given: dict[str, float], value: str) -> bool:
        until = given.pop(value, None)
        return until is not None and until >= self.clock()

    def enter(self, ticket: str) -> str:
        """Return the value of a new session cookie for a ticket. Raises `Refused`."""
        if not self._take(self._tickets, ticket):
            raise Refused("ticket-used", "this way in was used or is too old", status=401)
        value = secrets.token_urlsafe(32)
        now = self.clock()
        self._session = _Session(_digest(value), now, now)
        return value

    def is_open(self, cookie: str | None) -> bool:
        """Tell whether the cookie is the open session's, and note that it was used."""
        session, now = self._session, self.clock()
        if session is None or cookie is None:
            return False
        if not hmac.compare_digest(session.digest, _digest(cookie)):
            return False
        if now - session.used > IDLE_SECONDS or now - session.opened > LONGEST_SECONDS:
            self._session = None
            return False
        session.used = now
        return True

    def close(self) -> None:
        """End the session."""
        self._session = None

    def csrf(self, cookie: str) -> str:
        """Return the token that forms of this session carry."""
        return hmac.new(self._csrf_key, _digest(cookie), "sha256").hexdigest()

    def check_csrf(self, cookie: str | None, token: object) -> None:
        """Raise `Refused` unless the token belongs to this session."""
        if (
            cookie is None
            or not isinstance(token, str)
            or not hmac.compare_digest(self.csrf(cookie).encode(), token.encode())
        ):
            raise Refused("form-too-old", "this page is too old to be used", status=403)


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode("utf-8", "surrogateescape")).digest()
