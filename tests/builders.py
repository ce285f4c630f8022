"""Makes invented things for tests: sealed envelopes and whole captures, as the browser sends them.

Only the facts that matter to a test are named there; everything else is the same each time.
"""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyrage
from PIL import Image, ImageDraw

from handrail.core import canonical
from handrail.core.digest import sha256_hex
from handrail.core.envelope import MEDIA_TYPES, EnvelopeHeader, Kind, encode_envelope
from handrail.vault.inbox import Received
from handrail.vault.vault import Vault

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class Clock:
    """A wall clock that moves only when it is told to."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **amount: float) -> None:
        self.at += timedelta(**amount)


@dataclass(frozen=True)
class Sealed:
    """A sealed envelope with its idempotency key and the SHA-256 of its bytes."""

    key: str
    data: bytes

    @property
    def sha256(self) -> str:
        return sha256_hex(self.data)


@dataclass(frozen=True)
class TakenCapture:
    """A capture as the browser takes it: the exhibits in the clear, and their envelopes."""

    capture: str
    exhibits: dict[Kind, bytes]
    envelopes: tuple[Sealed, ...]


def a_picture(width: int = 64, height: int = 48, colour: str = "#808080") -> bytes:
    """A plain PNG: a grey field with a line, as a hidden page looks."""
    image = Image.new("RGB", (width, height), colour)
    ImageDraw.Draw(image).line((4, height - 6, width - 4, 6), fill="#16263d", width=2)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def sealed(recipient: str, plaintext: bytes, key: str | None = None) -> Sealed:
    """Any bytes as an age file to the recipient."""
    data = pyrage.encrypt(plaintext, [pyrage.x25519.Recipient.from_str(recipient)])
    return Sealed(key or secrets.token_hex(16), bytes(data))


def an_envelope(
    recipient: str,
    body: bytes = b"a page",
    *,
    capture: str | None = None,
    kind: Kind = "page",
    number: int = 2,
    key: str | None = None,
) -> Sealed:
    """One sealed exhibit."""
    header = EnvelopeHeader(
        v=1,
        kind=kind,
        capture=capture or secrets.token_hex(16),
        number=number,
        media_type=MEDIA_TYPES[kind],
        length=len(body),
        sha256=sha256_hex(body),
    )
    return sealed(recipient, encode_envelope(header, body), key)


def facts_of(
    capture: str, exhibits: list[tuple[int, Kind, bytes]], **changes: object
) -> dict[str, Any]:
    """The facts of a capture as plain data; `changes` replace top-level fields."""
    facts: dict[str, Any] = {
        "v": 1,
        "capture": capture,
        "save": "view",
        "source": {
            "url": "https://chat.example.com/t/sky.m_204",
            "title": "sky.m_204",
            "referrer": None,
            "language": "en",
        },
        "subject": None,
        "times": {
            "started": "2026-03-10T12:00:00.000Z",
            "finished": "2026-03-10T12:00:01.250Z",
            "zone": "Europe/London",
            "offset_minutes": 0,
            "uptime_ms": 51234,
        },
        "window": {
            "width": 1280,
            "height": 800,
            "page_width": 1280,
            "page_height": 2400,
            "scroll_x": 0,
            "scroll_y": 0,
            "device_pixel_ratio": "1",
        },
        "picture": {"width": 64, "height": 48},
        "made_by": {
            "extension": "0.1.0",
            "browser": "Mozilla/5.0 (test)",
            "platform": "Linux",
            "languages": ["en-GB"],
        },
        "pictures": {"hidden": True, "count": 3, "verified": True, "shown": None},
        "completeness": {
            "ended": "done",
            "top": None,
            "bottom": None,
            "tiles": 0,
            "messages": None,
            "earliest": None,
            "latest": None,
            "overlays_hidden": 0,
            "gaps": [],
            "not_read": [{"what": "frame", "count": 1}],
            "page_changed": False,
        },
        "exhibits": [
            {
                "number": number,
                "kind": kind,
                "media_type": MEDIA_TYPES[kind],
                "length": len(body),
                "sha256": sha256_hex(body),
            }
            for number, kind, body in exhibits
        ],
    }
    return {**facts, **changes}


def a_capture(
    recipient: str,
    *,
    text: str = "pay by midnight",
    url: str | None = None,
    title: str | None = None,
    picture: bytes | None = None,
) -> TakenCapture:
    """A whole capture of a view: picture, page copy, facts, each in its envelope."""
    capture = secrets.token_hex(16)
    view = picture or a_picture()
    page = f"<!doctype html><p>{text}</p>".encode()
    exhibits: list[tuple[int, Kind, bytes]] = [(1, "view", view), (2, "page", page)]
    facts = facts_of(capture, exhibits)
    if url is not None:
        facts["source"]["url"] = url
    if title is not None:
        facts["source"]["title"] = title
    exhibits.append((3, "facts", canonical.encode(facts)))
    return TakenCapture(
        capture=capture,
        exhibits={kind: body for _, kind, body in exhibits},
        envelopes=tuple(
            an_envelope(recipient, body, capture=capture, kind=kind, number=number)
            for number, kind, body in exhibits
        ),
    )


def hand_in(vault: Vault, envelope: Sealed, at: datetime = NOON) -> Received:
    """Put an envelope into a vault's inbox as the API does."""
    incoming = vault.inbox.begin(envelope.key, len(envelope.data))
    try:
        incoming.write(envelope.data)
        return incoming.finish(envelope.sha256, at)
    finally:
        incoming.abandon()
