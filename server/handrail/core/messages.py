"""What the browser and the service say to each other, as records (DESIGN D7).

Questions and answers are JSON; unknown fields are refused and nothing is coerced. The extension's
twin is `extension/core/messages.js`; `shared/schemas` says the same in JSON Schema, and
`shared/examples` holds messages that both must accept, refuse, or detect as tampered with.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from .envelope import Count, Hex32, Hex64, exactly
from .records import Record, Utc

Point = Annotated[str, exactly("04[0-9a-f]{128}")]
"""A P-256 point, uncompressed (SEC 1), in hex."""

Recipient = Annotated[str, exactly("age1[02-9ac-hj-np-z]{58}")]
"""An age X25519 recipient."""

PagePath = Annotated[str, exactly("/(?!/)[a-z0-9/-]{0,100}")]
"""A path of the dashboard; two slashes would begin the name of another host."""


# ── Pairing ──────────────────────────────────────────────────────────────────────────────────


class PairStart(Record, frozen=True, kw_only=True):
    """The browser's commitment: SHA-256 over its point and its nonce."""

    commit: Hex64


class PairStarted(Record, frozen=True, kw_only=True):
    """The service's point and nonce, and the recipient that the browser will seal to."""

    pairing: Hex32
    key: Point
    nonce: Hex32
    recipient: Recipient


class PairReveal(Record, frozen=True, kw_only=True):
    """The browser's point and nonce, and the proof of a start code if it was given one."""

    pairing: Hex32
    key: Point
    nonce: Hex32
    proof: Hex64 | None


class PairRevealed(Record, frozen=True, kw_only=True):
    """Whether the person is asked, or a start code has answered already."""

    status: Literal["asked", "accepted"]


class PairFinish(Record, frozen=True, kw_only=True):
    """The browser asks how its pairing stands."""

    pairing: Hex32


class PairWaiting(Record, frozen=True, kw_only=True, tag_field="status", tag="waiting"):
    """The person has not answered yet."""


class PairRefused(Record, frozen=True, kw_only=True, tag_field="status", tag="refused"):
    """The person said that the numbers differ, or nobody answered in time."""


class PairAccepted(Record, frozen=True, kw_only=True, tag_field="status", tag="accepted"):
    """The browser is paired; `mac` proves that the service has the same key."""

    mac: Hex64


PairFinished = PairWaiting | PairRefused | PairAccepted


# ── Envelopes, status, the way in ────────────────────────────────────────────────────────────


class Receipt(Record, frozen=True, kw_only=True):
    """The service's word that an envelope is durable on its disk; `mac` covers the rest."""

    status: Literal["stored", "duplicate"]
    key: Hex32
    sha256: Hex64
    received_at: Utc
    mac: Hex64


class Status(Record, frozen=True, kw_only=True):
    """Whether the vault is locked, how many envelopes wait, and a nonce for a ticket."""

    locked: bool
    waiting: Count
    nonce: Hex32


class TicketRequest(Record, frozen=True, kw_only=True):
    """Which page of the dashboard to open."""

    to: PagePath


class Ticket(Record, frozen=True, kw_only=True):
    """An address that opens that page once, within a minute."""

    address: Annotated[
        str,
        exactly(
            r"http://[0-9a-f]{16}\.localhost:[0-9]{1,5}/enter#[0-9a-f]{64}"
            r"(~/(?!/)[a-z0-9/-]{1,100})?"
        ),
    ]


class ErrorDetail(Record, frozen=True, kw_only=True):
    """A stable code, and a sentence for programs and logs."""

    code: Annotated[str, exactly("[a-z0-9-]{1,60}")]
    message: Annotated[str, msgspec.Meta(max_length=300)]


class ErrorAnswer(Record, frozen=True, kw_only=True):
    """The one shape of every failure."""

    error: ErrorDetail
