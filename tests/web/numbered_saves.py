"""Long saves whose tiles can be drawn: lines of text as bars, on tiles as large as they say."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from handrail.core import canonical
from handrail.core.envelope import Kind
from handrail.vault.vault import Vault
from tests.builders import an_envelope, facts_of, hand_in, reading_of

WIDTH, HEIGHT, STEP, LINE = 640, 400, 320, 40
SAID = {"ended": "done", "top": "reached", "bottom": "reached"}


def a_tile(first: int, width: int = WIDTH, height: int = HEIGHT, kind: str = "PNG") -> bytes:
    """A tile of messages, from one of this number on: each a bar of its own colour and length."""
    picture = Image.new("RGB", (width, height), "#f7f3ea")
    pen = ImageDraw.Draw(picture)
    for place in range(height // LINE):
        number = first + place
        left = 24 if number % 2 == 0 else 220
        colour = (number * 7 % 200, 40 + number * 3 % 180, 110)
        top = LINE * place + 4
        pen.rectangle((left, top, left + 200 + number * 11 % 180, top + 28), fill=colour)
    out = BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def numbered_save(
    vault: Vault,
    tiles: int = 12,
    *,
    bad: Mapping[int, bytes] | None = None,
    gaps: Collection[int] = (),
    finished: bool = True,
    save: str = "conversation",
    grow: str | None = None,
) -> str:
    """Put a long save into a vault and return its capture.

    `bad` are other bytes for a tile, `gaps` tiles that are not joined to the one before; the first
    tile is 0. `grow` is an unfinished capture that gets the tile after its `tiles`.
    """
    capture, recipient = grow or secrets.token_hex(16), vault.recipient
    plain = facts_of(capture, [(1, "view", b"")])
    start: dict[str, Any] = {name: plain[name] for name in ("v", "source", "window", "made_by")}
    times = {name: value for name, value in plain["times"].items() if name != "finished"}
    start |= {"capture": capture, "save": save, "times": times}
    exhibits: list[tuple[int, Kind, bytes]] = [
        (1, "start", canonical.encode(start)),
        (2, "view", a_tile(0)),
        (3, "page", b"<!doctype html><p>message 0</p>"),
    ]
    shift = 0
    for tile in range(tiles + (grow is not None)):
        shift += 10_000 * (tile in gaps)
        texts = [f"message {8 * tile + place}" for place in range(10)] * (save != "page")
        reading = reading_of(
            capture, 4 + 2 * tile, texts, top=STEP * tile + shift, first=8 * tile,
            joined=tile not in gaps,
        )  # fmt: skip
        reading["box"] |= {"width": WIDTH, "height": HEIGHT}
        body = (bad or {}).get(tile, a_tile(8 * tile))
        exhibits += [
            (4 + 2 * tile, "tile", body),
            (5 + 2 * tile, "reading", canonical.encode(reading)),
        ]
    if finished:
        said = {**plain["completeness"], **SAID, "tiles": tiles, "messages": 8 * tiles + 2}
        facts = facts_of(capture, exhibits, save=save, completeness=said)
        exhibits.append((4 + 2 * tiles, "facts", canonical.encode(facts)))
    for number, kind, body in exhibits[-2:] if grow else exhibits:
        hand_in(vault, an_envelope(recipient, body, capture=capture, kind=kind, number=number))
    while vault.drain().added:
        pass
    return capture
