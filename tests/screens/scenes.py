"""An invented case in a running service: every state a page of the dashboard can be in."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import unused_port
from PIL import Image, ImageDraw

from handrail.core import canonical
from handrail.core.envelope import Kind
from handrail.vault.vault import Vault, open_vault
from handrail.web import keys
from handrail.web.api import way_in
from handrail.web.application import RUNNER, create_app, create_locked_app
from handrail.web.hosts import Hosts, hosts_for
from tests.builders import Clock, Sealed, an_envelope, facts_of, hand_in

AFTERNOON = datetime(2026, 3, 10, 16, 4, tzinfo=UTC)

PASSPHRASE = "four words and a comma"

PAGE_COPY = """<!DOCTYPE html><html><head><title>sky.m_204</title></head><body>
<h1>sky.m_204</h1>
<p>9 March 2026</p>
<p>18:34 Pay me 200 pounds or I send it to your followers.</p>
<p>18:36 Please do not do that</p>
<p>18:44 You can pay to sky.m_204 on Pay Example.</p>
<p>18:53 You have until tomorrow, 10 March, 21:00.</p>
</body></html>"""


@dataclass
class Door:
    """A running service and the way into it."""

    app: web.Application
    hosts: Hosts

    def way_in(self, to: str = "/") -> str:
        """An address that opens a page once, as the panel gets it."""
        return way_in(self.app, to)

    def address(self, path: str) -> str:
        """The address of a page for a browser that is in."""
        return self.hosts.pages_origin + path


@dataclass
class Scene(Door):
    """A running service and its open vault."""

    vault: Vault

    async def save(self, **facts: Any) -> str:
        """Put a view into the vault and return its capture. `parts` leaves some on the way."""
        parts = facts.pop("parts", 3)
        capture, envelopes = a_view(self.vault.recipient, **facts)
        for envelope in (
            envelopes[:parts] if parts == 3 else (envelopes[2], *envelopes[: parts - 1])
        ):
            hand_in(self.vault, envelope, AFTERNOON)
        await self.app[keys.DRAIN].settle()
        return capture


@asynccontextmanager
async def running(data: Path, port: int | None = None) -> AsyncIterator[Scene]:
    """A service with an empty vault in a folder, reachable by a browser."""
    with open_vault(data, Clock(AFTERNOON)) as vault:
        hosts = hosts_for(data, port or unused_port())
        app = create_app(data, vault, hosts, Clock(AFTERNOON))
        app[keys.DATA] = Path("~/.local/share/handrail")  # what the page says, on every machine
        async with _serving(app, hosts):
            yield Scene(app, hosts, vault)


@asynccontextmanager
async def locked(data: Path) -> AsyncIterator[Door]:
    """A service whose vault is locked: a door, and nothing else."""
    with open_vault(data, Clock(AFTERNOON)) as vault:
        vault.protect(PASSPHRASE)
        recipient = vault.recipient
    hosts = hosts_for(data, unused_port())
    app = create_locked_app(data, recipient, hosts, Clock(AFTERNOON))
    async with _serving(app, hosts):
        yield Door(app, hosts)


@asynccontextmanager
async def _serving(app: web.Application, hosts: Hosts) -> AsyncIterator[None]:
    runner = web.AppRunner(app, **RUNNER)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(hosts.api.rpartition(":")[2])).start()
    try:
        yield
    finally:
        await runner.cleanup()


def a_view(recipient: str, **changes: Any) -> tuple[str, tuple[Sealed, ...]]:
    """A view of an invented page: its id and its three envelopes."""
    capture = secrets.token_hex(16)
    copy = changes.pop("copy", PAGE_COPY).encode()
    view = a_hidden_page()
    exhibits: list[tuple[int, Kind, bytes]] = [(1, "view", view), (2, "page", copy)]
    facts = facts_of(capture, exhibits, **{"picture": {"width": 1280, "height": 800}, **changes})
    exhibits.append((3, "facts", canonical.encode(facts)))
    return capture, tuple(
        an_envelope(recipient, body, capture=capture, kind=kind, number=number)
        for number, kind, body in exhibits
    )


def a_hidden_page(height: int = 800) -> bytes:
    """What a masked conversation looks like: grey fields where pictures were, lines for words.

    With less height, only its upper part.
    """
    from io import BytesIO

    image = Image.new("RGB", (1280, 800), "#ffffff")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 300, 800), fill="#f1f1f4")
    for row in range(5):
        draw.ellipse((20, 30 + row * 90, 70, 80 + row * 90), fill="#9a9da6")
        draw.line((90, 55 + row * 90, 240, 55 + row * 90), fill="#b9bbc4", width=10)
    for row, (side, width) in enumerate(
        [(0, 420), (1, 300), (0, 520), (0, 260), (1, 360), (0, 480)]
    ):
        left = 340 if side == 0 else 1240 - width
        draw.rounded_rectangle(
            (left, 40 + row * 95, left + width, 105 + row * 95), 18,
            fill="#ececf1" if side == 0 else "#d6d2f7",
        )  # fmt: skip
        draw.line((left + 20, 72 + row * 95, left + width - 60, 72 + row * 95), "#6d6f7a", 10)
    draw.rectangle((340, 620, 580, 780), fill="#9a9da6")
    out = BytesIO()
    image.crop((0, 0, 1280, height)).save(out, "PNG")
    return out.getvalue()


def source(url: str, title: str) -> dict[str, object]:
    """Where a view was taken."""
    return {"url": url, "title": title, "referrer": None, "language": "en"}


def times(day: str, clock: str) -> dict[str, object]:
    """When a view was taken, in London in winter."""
    return {
        "started": f"{day}T{clock}:05.120Z",
        "finished": f"{day}T{clock}:06.480Z",
        "zone": "Europe/London",
        "offset_minutes": 0,
        "uptime_ms": 51234,
    }


def hidden(count: int) -> dict[str, object]:
    """How many pictures were hidden."""
    return {"hidden": True, "count": count, "verified": True, "shown": None}


def window(scroll_y: int, page_height: int) -> dict[str, object]:
    """Where on its page the view was."""
    return {
        "width": 1280, "height": 800, "page_width": 1280, "page_height": page_height,
        "scroll_x": 0, "scroll_y": scroll_y, "device_pixel_ratio": "1",
    }  # fmt: skip


WHOLE: dict[str, Any] = {
    "ended": "done", "top": None, "bottom": None, "tiles": 0, "messages": None, "earliest": None,
    "latest": None, "overlays_hidden": 0, "gaps": [], "not_read": [], "page_changed": False,
}  # fmt: skip
NOT_ALL_READ = {**WHOLE, "not_read": [{"what": "frame", "count": 1}], "page_changed": True}


async def fill(scene: Scene) -> str:
    """Save four invented views over two days, one of them still on its way; return the fullest."""
    chat = "https://chat.example.com/t/sky.m_204"
    await scene.save(
        source=source(chat, "sky.m_204 \u2013 Chat Example"), times=times("2026-03-09", "18:56"),
        pictures=hidden(3), window=window(4200, 5000), completeness=WHOLE,
    )  # fmt: skip
    await scene.save(
        source=source("https://pay.example.com/to/sky.m_204", "Pay sky.m_204"),
        times=times("2026-03-09", "19:03"), pictures=hidden(1), window=window(0, 800),
        completeness=WHOLE,
    )  # fmt: skip
    await scene.save(
        source=source("https://chat.example.com/sky.m_204", "Sky M (sky.m_204)"),
        times=times("2026-03-10", "15:48"), pictures=hidden(7), window=window(0, 1500),
        completeness=WHOLE, parts=2,
    )  # fmt: skip
    return await scene.save(
        source=source(chat, "sky.m_204 \u2013 Chat Example"), times=times("2026-03-10", "15:57"),
        pictures=hidden(4), window=window(2600, 6400), completeness=NOT_ALL_READ,
    )  # fmt: skip
