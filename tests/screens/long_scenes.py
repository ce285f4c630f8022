"""An invented conversation for the screens, with a gap and a note, and one that broke off."""

from __future__ import annotations

import secrets
from typing import Any

from handrail.core import canonical
from handrail.core.envelope import Kind
from handrail.web import keys
from tests.builders import an_envelope, facts_of, hand_in, reading_of
from tests.screens.scenes import AFTERNOON, PAGE_COPY, WHOLE, Scene, a_hidden_page, source, times

SAYINGS = (
    "Pay me 200 pounds or I send it to your followers.",
    "Please do not do that",
    "You have until tomorrow, 10 March, 21:00. I have the list of everybody you know, and I am not "
    "going to wait any longer than that.",
    "I do not have that much",
)
DAY = "Monday 9 March"
NOTE = "He wrote from a second account too."


async def save_conversation(scene: Scene, tiles: int, *, finished: bool = True) -> str:
    """Save an invented conversation and return its capture."""
    capture, picture = secrets.token_hex(16), a_hidden_page()
    tile_shown = a_hidden_page(height=600)
    chat = {
        "source": source("https://chat.example.com/t/sky.m_204", "sky.m_204 \u2013 Chat Example"),
        "times": times("2026-03-10", "15:59" if finished else "16:01"),
    }
    plain = facts_of(capture, [(1, "view", b"")], **chat)
    start = {name: plain[name] for name in ("v", "capture", "source", "window", "made_by")}
    start_times = {name: value for name, value in plain["times"].items() if name != "finished"}
    exhibits: list[tuple[int, Kind, bytes]] = [
        (1, "start", canonical.encode({**start, "save": "conversation", "times": start_times})),
        (2, "view", picture),
        (3, "page", PAGE_COPY.encode()),
    ]
    for tile in range(tiles):
        reading: dict[str, Any] = reading_of(
            capture, 4 + 2 * tile, SAYINGS, top=600 * tile, first=4 * tile, joined=tile != 30
        )
        for place, row in enumerate(reading["rows"]):
            row["time"] = f"9 Mar, 18:{tile % 60:02d}"
            row["text"] = f"{row['text']} ({tile})" if place == 3 else row["text"]
        reading["rows"][0] |= {"side": "middle", "text": DAY} if tile == 0 else {}
        exhibits.append((4 + 2 * tile, "tile", tile_shown))
        exhibits.append((5 + 2 * tile, "reading", canonical.encode(reading)))
    if finished:
        said = {
            **WHOLE, "ended": "stopped", "top": "reached", "bottom": "not-reached", "tiles": tiles,
            "messages": 4 * tiles - 1, "earliest": "2026-03-03T08:00:00.000Z",
            "latest": "2026-03-09T18:53:00.000Z", "overlays_hidden": 2,
            "gaps": [{"after_tile": 30, "after_message": 119}],
        }  # fmt: skip
        facts = facts_of(capture, exhibits, save="conversation", completeness=said, **chat)
        exhibits.append((4 + 2 * tiles, "facts", canonical.encode(facts)))
    recipient = scene.vault.recipient
    for number, kind, body in exhibits:
        envelope = an_envelope(recipient, body, capture=capture, kind=kind, number=number)
        hand_in(scene.vault, envelope, AFTERNOON)
    await scene.app[keys.DRAIN].settle()
    if finished:
        scene.vault.add_note(capture, NOTE, "Europe/London", 0)
    return capture
