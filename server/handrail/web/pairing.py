"""Pairing a browser with the vault: by the same number, or by a one-time start code (DESIGN D7).

Pairing is open only while the pairing page is looked at, or while a start code is good. A paired
browser may append and ask for its status; it may never read or delete. Its key lies in a file that
only this login can read, so that appending works while the vault is locked.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .. import system
from ..core import mac, pairing
from ..core.envelope import Hex32, Hex64
from ..core.errors import Damaged, Refused
from ..core.messages import PairFinish, PairReveal, PairStart

BROWSERS_FILE = "browsers.json"
WINDOW_SECONDS = 120.0
CODE_SECONDS = 60.0
MAX_PENDING = 3
STARTS = 20
STARTS_SECONDS = 600.0


class Browser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A paired browser: its id, the origin of its extension, its key and when it was paired."""

    browser: Hex32
    origin: str
    key: Hex64
    paired_at: str


@dataclass(slots=True)
class Pending:
    """A pairing on its way."""

    pairing: str
    origin: str
    commit: str
    private: ec.EllipticCurvePrivateKey
    nonce: bytes
    started: float
    state: Literal["started", "asked", "accepted", "refused"] = "started"
    digits: str = ""
    key: bytes = b""

    @property
    def point(self) -> bytes:
        """The service's P-256 point, uncompressed (SEC 1)."""
        return self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )


@dataclass(slots=True)
class Pairings:
    """The paired browsers, and those that ask to be. `clock` counts seconds, `today` tells UTC."""

    data: Path
    recipient: str
    clock: Callable[[], float]
    today: Callable[[], str]
    browsers: dict[str, Browser] = field(default_factory=dict)
    pending: dict[str, Pending] = field(default_factory=dict)
    _window_until: float = 0.0
    _codes: dict[bytes, float] = field(default_factory=dict)
    _starts: list[float] = field(default_factory=list)
    _noes: int = 0

    def load(self) -> Pairings:
        """Read the paired browsers and return self. Raises `Damaged`."""
        path = self.data / BROWSERS_FILE
        if path.exists():
            try:
                listed = msgspec.json.decode(path.read_bytes(), type=tuple[Browser, ...])
            except msgspec.DecodeError as error:
                raise Damaged("browsers-file", "the list of browsers cannot be read") from error
            self.browsers = {browser.browser: browser for browser in listed}
        return self

    def _store(self) -> None:
        listed = msgspec.json.encode(tuple(self.browsers.values()))
        system.write_durably(self.data / BROWSERS_FILE, listed + b"\n")

    # ── Who may ask ──────────────────────────────────────────────────────────────────────────

    def knows_origin(self, origin: str) -> bool:
        """Tell whether a paired browser has this origin."""
        return any(browser.origin == origin for browser in self.browsers.values())

    def open_window(self) -> None:
        """Open pairing for two minutes; the pairing page says this again while it is looked at."""
        self._window_until = self.clock() + WINDOW_SECONDS

    def close_window(self) -> None:
        """Close pairing now and forget who asked."""
        self._window_until = 0.0
        self.pending.clear()
        self._noes = 0

    def is_open(self) -> bool:
        """Tell whether a browser may ask to be paired."""
        now = self.clock()
        self._codes = {code: until for code, until in self._codes.items() if until >= now}
        waiting = any(p.state in ("asked", "accepted", "refused") for p in self._fresh())
        return now < self._window_until or bool(self._codes) or waiting

    def new_start_code(self) -> str:
        """Return a start code: 64 hex digits, good once, for a minute."""
        code = secrets.token_bytes(32)
        self._codes[code] = self.clock() + CODE_SECONDS
        return code.hex()

    def _fresh(self) -> list[Pending]:
        now = self.clock()
        for old in [p.pairing for p in self.pending.values() if now - p.started > WINDOW_SECONDS]:
            del self.pending[old]
        return list(self.pending.values())

    # ── The three steps of the browser ───────────────────────────────────────────────────────

    def start(self, origin: str, asked: PairStart) -> Pending:
        """Begin a pairing. Raises `Refused` when too many are on their way."""
        now = self.clock()
        self._starts = [at for at in self._starts if now - at < STARTS_SECONDS]
        if len(self._starts) >= STARTS:
            raise Refused("too-many-pairings", "too many pairings were begun", status=429)
        fresh = self._fresh()
        for old in fresh[: max(0, len(fresh) - MAX_PENDING + 1)]:
            del self.pending[old.pairing]
        self._starts.append(now)
        pending = Pending(
            pairing=secrets.token_hex(16),
            origin=origin,
            commit=asked.commit,
            private=ec.generate_private_key(ec.SECP256R1()),
            nonce=secrets.token_bytes(16),
            started=now,
        )
        self.pending[pending.pairing] = pending
        return pending

    def reveal(self, origin: str, asked: PairReveal) -> Pending:
        """Check the commitment and compute digits and key. A good start code accepts at once."""
        pending = self._pending(origin, asked.pairing)
        point, nonce = bytes.fromhex(asked.key), bytes.fromhex(asked.nonce)
        if pending.state != "started" or not mac.equal(
            pending.commit, pairing.commitment(point, nonce)
        ):
            del self.pending[pending.pairing]
            raise Refused("pairing-broken", "the key is not the one committed to", status=403)
        digest = pairing.transcript(point, nonce, pending.point, pending.nonce, self.recipient)
        pending.key = pairing.shared_key(pending.private, point, nonce, pending.nonce)
        pending.digits = pairing.digits(digest)
        pending.state = "asked"
        if asked.proof is not None:
            self._use_code(pending, digest, asked.proof)
        return pending

    def _use_code(self, pending: Pending, digest: bytes, proof: str) -> None:
        now = self.clock()
        for code, until in list(self._codes.items()):
            if mac.equal(mac.start_mac(code, digest), proof):
                del self._codes[code]
                if until >= now:
                    self._accept(pending)
                    return
        del self.pending[pending.pairing]
        raise Refused("start-code-used", "this start code was used or is too old", status=403)

    def finish(self, origin: str, asked: PairFinish) -> Pending:
        """Return how a pairing stands."""
        return self._pending(origin, asked.pairing)

    def _pending(self, origin: str, wanted: str) -> Pending:
        self._fresh()
        pending = self.pending.get(wanted)
        if pending is None or pending.origin != origin:
            raise Refused("no-such-pairing", "this pairing is over; begin again", status=404)
        return pending

    # ── The person's answer ──────────────────────────────────────────────────────────────────

    def asked(self) -> Pending | None:
        """Return the newest pairing that waits for the person's answer."""
        waiting = [p for p in self._fresh() if p.state == "asked"]
        return waiting[-1] if waiting else None

    def answer(self, wanted: str, *, same: bool) -> None:
        """Enter the person's answer. Three times "different" closes the window."""
        pending = self.pending.get(wanted)
        if pending is None or pending.state != "asked":
            raise Refused("no-such-pairing", "this pairing is over; begin again", status=404)
        if same:
            self._accept(pending)
            return
        pending.state, pending.key = "refused", b""
        self._noes += 1
        if self._noes >= 3:
            self.close_window()

    def _accept(self, pending: Pending) -> None:
        self.browsers[pending.pairing] = Browser(
            browser=pending.pairing,
            origin=pending.origin,
            key=pending.key.hex(),
            paired_at=self.today(),
        )
        self._store()
        pending.state = "accepted"

    def forget(self, browser: str) -> None:
        """Disconnect a browser. What it saved stays."""
        if self.browsers.pop(browser, None) is None:
            raise Refused("no-such-browser", "this browser is not connected", status=404)
        self._store()
