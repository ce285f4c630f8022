"""How a conversation of 500 messages is saved: what is found, in order, twice, missing; how long.

The limit is the browser's own: as many pictures as the run asked for, times the interval at which
the same browser gives pictures to a loop that does nothing but ask, measured in the same run.
It is no good when a gap was not said, a picture can be seen, or more than one message in 500 is
missing or out of order.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from aiohttp import web
from aiohttp.test_utils import TestServer

from handrail.app.browsers import Browser, BrowserName, Panel, opening_of
from tests.bench.table import Row, row
from tests.browser import lists
from tests.browser.conftest import HOSTS, green_png
from tests.browser.running import begin, finish
from tests.browser.seeing import greens, press

PATIENCE = 1200.0
"""Seconds that one conversation may take."""

BARE = """(async () => {
  const [{ windowId }] = await chrome.tabs.query({ active: true, currentWindow: true });
  const times = [];
  while (times.length < 12) {
    try {
      await chrome.tabs.captureVisibleTab(windowId, { format: 'png' });
      times.push(performance.now());
    } catch {
      await new Promise((resolve) => { setTimeout(resolve, 10); });
    }
  }
  return (times.at(-1) - times[1]) / (times.length - 2) / 1000;
})()"""


class Saved(NamedTuple):
    """What came out of one conversation."""

    browser: str
    kind: str
    messages: int
    found: int
    in_order: int
    twice: int
    gaps: int
    unsaid_gaps: int
    counted: int | None
    green: int
    tiles: int
    pictures: int
    seconds: float
    interval: float

    def ratio(self) -> float:
        """Return how many times longer it took than the browser's own limit."""
        return self.seconds / (self.pictures * self.interval)

    def row(self) -> Row:
        """Return what came out. Firefox has no limit: its time is compared with Chromium's."""
        browsers_own = self.browser == "chromium"
        return row("conversations", f"{self.kind}, {self.browser}", self.browser, {
            **self._asdict(), "limit": self.pictures * self.interval, "ratio": self.ratio(),
            "aim": 1.25 if browsers_own else 1.0, "beside": None if browsers_own else "chromium",
            "holds": self.is_good(),
        })  # fmt: skip

    def is_good(self) -> bool:
        """Tell whether what must hold holds."""
        missing = self.messages - self.in_order
        return not self.unsaid_gaps and not self.green and missing * 500 <= self.messages


def measure_conversation(
    builds: Path, folder: Path, browser: BrowserName, messages: int, kind: str
) -> Saved:
    """Save one conversation of this kind in a new browser."""

    async def measured() -> Saved:
        async with a_chat(builds, folder / kind, browser, kind, messages) as (_, panel):
            return await _save(panel, browser, kind, messages)

    return asyncio.run(measured())


@asynccontextmanager
async def a_chat(
    builds: Path, profile: Path, browser: BrowserName, kind: str, messages: int
) -> AsyncIterator[tuple[Browser, Panel]]:
    """Serve a list of so many messages, and open a new browser with the panel beside it."""
    page_of = {f"/{kind}.html": lists.page_of(kind)}

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/green.png":
            return web.Response(body=green_png(), content_type="image/png")
        return web.Response(text=page_of.get(request.path, ""), content_type="text/html")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    opening = opening_of(browser)(builds / browser, profile, headless=True, hosts=HOSTS)
    async with TestServer(app, host="127.0.0.1") as server, opening as opened:
        page = opened.context.pages[0]
        await page.goto(f"http://page.test:{server.port}/{kind}.html?n={messages}&pictures=9")
        await page.wait_for_timeout(1_000)
        yield opened, await press(opened, page)


async def _save(panel: Panel, browser: str, kind: str, messages: int) -> Saved:
    interval = float(await panel.evaluate(BARE))
    await asyncio.sleep(2)
    await begin(panel, "{ patience: {} }")  # the panel's own
    run = await finish(panel, PATIENCE)
    wanted = [f"{text} {lists.clock(at)}" for at, text in enumerate(lists.texts(messages))]
    words = run.words
    same = difflib.SequenceMatcher(None, wanted, words, autojunk=False).get_matching_blocks()
    in_order = sum(block.size for block in same)
    gaps = len(run.completeness["gaps"])
    tiles = run.tiles
    return Saved(
        browser=browser, kind=kind, messages=messages,
        found=len(set(wanted) & set(words)) + messages - len(set(wanted)),
        in_order=in_order, twice=len(words) - in_order,
        gaps=gaps, unsaid_gaps=_stretches_missing(wanted, words) if not gaps else 0,
        counted=run.completeness["messages"], green=sum(map(greens, tiles)),
        tiles=len(tiles), pictures=run.pictures, seconds=run.seconds, interval=interval,
    )  # fmt: skip


def _stretches_missing(wanted: list[str], words: list[str]) -> int:
    """Return at how many places one or more messages are missing."""
    changes = difflib.SequenceMatcher(None, wanted, words, autojunk=False).get_opcodes()
    return sum(what == "delete" for what, *_ in changes)
