"""Two ways to save a conversation in a real browser, and to hear what is called saved on the way.

`Given` keeps exhibits that it was given, quickly, so that a kill falls between any two steps of the
outbox. `Engine` is what a person has: the real page, the real button, the real panel's long save.
"""

from __future__ import annotations

import base64
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.app.eyes import Asked, Opened
from tests.builders import TakenConversation, a_conversation
from tests.serving import serving

TILES = 60
PACE = 30
"""Milliseconds between two pairs: less than a browser needs for a picture."""

MESSAGES = 140

GIVEN = """async ([capture, exhibits, pace]) => {
  const { sealCapture } = await import("/engine/seal.js");
  const { keep } = await import("/engine/outbox.js");
  const { readConnection } = await import("/engine/connection.js");
  const { sendWaiting } = await import("/engine/sending.js");
  const { mediaTypes } = await import("/core/envelope.js");
  const service = await import("/browser/service.js");
  const { recipient } = await readConnection();
  const parts = exhibits.map(([number, kind, body]) => ({ number, kind,
    media_type: mediaTypes[kind], bytes: Uint8Array.from(atob(body), (c) => c.charCodeAt(0)) }));
  const told = { tiles: 0, over: false, problem: null };
  globalThis.told = told;
  const run = async () => {
    for (let from = 0, to = 3; from < parts.length; from = to, to += 2) {
      const group = parts.slice(from, to);
      await keep(await sealCapture(capture, group, recipient, new Date().toISOString()));
      told.tiles += group.filter(({ kind }) => kind === "tile").length;
      sendWaiting(service, { patient: false });
      await new Promise((resolve) => { setTimeout(resolve, pace); });
    }
  };
  run().catch((problem) => { told.problem = String(problem); })
    .finally(() => { told.over = true; });
}"""

ENGINE = """(async () => {
  const { saveLong } = await import("/panel/long-save.js");
  const { readConnection } = await import("/engine/connection.js");
  const { sendWaiting } = await import("/engine/sending.js");
  const service = await import("/browser/service.js");
  const { recipient } = await readConnection();
  const [{ id: tabId, windowId }] = await chrome.tabs.query({ active: true, currentWindow: true });
  const told = { tiles: 0, over: false, problem: null };
  globalThis.told = told;
  saveLong({
    save: "conversation", tab: { tabId, windowId }, recipient,
    signal: new AbortController().signal,
    tell({ tiles }) { told.tiles = tiles; },
    kept() { sendWaiting(service, { patient: false }); },
  }).catch((problem) => { told.problem = `${problem} ${problem.cause ?? ""}`; })
    .finally(() => { told.over = true; });
  return true;
})()"""

CHAT = """<!doctype html><meta charset=utf-8><title>A chat</title>
<style>#list { height: 560px; overflow-y: auto } .message { padding: 14px; font: 16px sans-serif }
</style><h1>sky.m_204</h1><div id=list>MESSAGES</div>
<script>list.scrollTop = list.scrollHeight</script>"""


@dataclass
class Run:
    """One conversation and one kill. `taken` is known where it was given."""

    killed: str
    taken: TakenConversation | None = None
    tiles: int = 0
    before: int = 0
    over: bool = False

    def note(self, told: dict[str, Any]) -> None:
        """Note what is called saved by now, and whether it is over."""
        assert told["problem"] is None, told["problem"]
        self.tiles, self.over = max(self.tiles, int(told["tiles"])), bool(told["over"])

    def saved(self) -> set[int]:
        """Return the numbers of what was called saved: the first three, then pairs."""
        return {1, 2, 3} | set(range(4, 4 + 2 * self.tiles))


class Saver(ABC):
    """One way to save."""

    @abstractmethod
    async def begin(self, browser: Opened, run: Run, recipient: str) -> Asked:
        """Begin, and return where `globalThis.told` can be asked for."""


class Given(Saver):
    """Keeps what it was given."""

    async def begin(self, browser: Opened, run: Run, recipient: str) -> Asked:
        """Begin to keep a conversation that was taken elsewhere."""
        run.taken = a_conversation(recipient, tiles=TILES)
        parts = [
            [number, part, base64.b64encode(body).decode()]
            for number, part, body in run.taken.exhibits
        ]
        page = await browser.page()
        await page.evaluate(GIVEN, [run.taken.capture, parts, PACE])
        return page


@dataclass
class Engine(Saver):
    """Saves a chat as a person does."""

    address: str = field(default="")

    async def begin(self, browser: Opened, run: Run, recipient: str) -> Asked:
        """Press the button beside a chat, and begin in the real panel."""
        panel = await browser.panel_on(self.address)
        await panel.evaluate(ENGINE)
        return panel


@asynccontextmanager
async def a_chat() -> AsyncIterator[Engine]:
    """A chat on this computer, and the way to save it."""
    messages = "".join(
        f"<div class=message data-message-id={number}>{json.dumps(f'message {number}')}</div>"
        for number in range(MESSAGES)
    )
    async with serving(CHAT.replace("MESSAGES", messages)) as server:
        yield Engine(str(server.make_url("/")))
