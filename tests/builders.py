"""Makes invented things for tests: sealed envelopes and whole captures, as the browser sends them.

Only the facts that matter to a test are named there; everything else is the same each time.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Sequence
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


def reading_of(
    capture: str,
    tile: int,
    texts: Sequence[str],
    *,
    top: int = 0,
    first: int = 0,
    joined: bool = True,
) -> dict[str, Any]:
    """The reading of a tile as plain data: rows of 40 px below each other, ids from `first`."""
    return {
        "v": 1,
        "capture": capture,
        "tile": tile,
        "at": "2026-03-10T12:00:02.000Z",
        "box": {"left": 0, "top": 64, "width": 1280, "height": 600},
        "top": top,
        "joined": joined,
        "overlays": 0,
        "pictures": 3,
        "rows": [
            {
                "id": first + place,
                "top": 40 * place,
                "left": 24,
                "width": 400,
                "height": 36,
                "side": "own" if place % 2 else "theirs",
                "time": None,
                "text": text,
            }
            for place, text in enumerate(texts)
        ],
    }


def note_about(capture: str, text: str = "He wrote again this morning.") -> dict[str, Any]:
    """A note as plain data."""
    return {
        "v": 1,
        "about": capture,
        "written": "2026-03-11T08:02:00.000Z",
        "zone": "Europe/London",
        "offset_minutes": 0,
        "text": text,
    }


@dataclass(frozen=True)
class TakenConversation:
    """A conversation as the browser takes it: its exhibits in order, facts last; notes apart."""

    capture: str
    exhibits: tuple[tuple[int, Kind, bytes], ...]
    envelopes: tuple[Sealed, ...]


def a_conversation(
    recipient: str,
    *,
    tiles: int = 3,
    finished: bool = True,
    save: str = "conversation",
    drawn: int = 0,
) -> TakenConversation:
    """A conversation of ten messages a tile, two of which each tile shares with the next.

    Only the first `drawn` pictures have the size that their readings say, and can be on a page.
    """
    capture = secrets.token_hex(16)
    plain = facts_of(capture, [(1, "view", b"")])
    start = {name: plain[name] for name in ("v", "capture", "source", "window", "made_by")}
    times = {name: value for name, value in plain["times"].items() if name != "finished"}
    exhibits: list[tuple[int, Kind, bytes]] = [
        (1, "start", canonical.encode({**start, "save": save, "times": times})),
        (2, "view", a_picture()),
        (3, "page", b"<!doctype html><p>message 0</p>"),
    ]
    for tile in range(tiles):
        number, first = 4 + 2 * tile, 8 * tile
        texts = [f"message {first + place}" for place in range(10)]
        reading = reading_of(capture, number, texts, top=320 * tile, first=first)
        size = (1280, 600) if tile < drawn else (64, 30)
        exhibits.append((number, "tile", a_picture(*size, f"#8080{tile % 100:02d}")))
        exhibits.append((number + 1, "reading", canonical.encode(reading)))
    if finished:
        said = {
            **plain["completeness"],
            "top": "reached",
            "bottom": "reached",
            "tiles": tiles,
            "messages": 8 * tiles + 2,
        }
        facts = facts_of(capture, exhibits, save=save, completeness=said)
        exhibits.append((4 + 2 * tiles, "facts", canonical.encode(facts)))
    return TakenConversation(
        capture=capture,
        exhibits=tuple(exhibits),
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
