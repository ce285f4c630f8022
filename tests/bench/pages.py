"""How long a view and a whole page take, beside the browser's own pictures of the same page.

Chromium gives two pictures a second and no more; so a save is compared with as many bare pictures,
taken as fast as the browser gives them. Firefox gives a picture of any part of a page; there a
whole page is compared with bare pictures of 1600 CSS pixels each. All in one run, in a real panel.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from handrail.app.browsers import BrowserName, Panel, opening_of
from handrail.vault.vault import open_vault
from tests.bench.comparing import Measured

SETUP = """globalThis.bench = await (async () => {
  const [{ captureView }, { captureWholePage }, tabs, screenshots, { sealCapture }, outbox] =
    await Promise.all([
      import('/engine/view.js'), import('/engine/whole-page.js'), import('/browser/tabs.js'),
      import('/browser/screenshots.js'), import('/engine/seal.js'), import('/engine/outbox.js'),
    ]);
  const [{ id: tabId, windowId }] = await chrome.tabs.query({ active: true, currentWindow: true });
  const wish = { tab: { tabId, windowId }, doors: { tabs, screenshots } };
  const pause = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
  const keep = async (capture, exhibits) => outbox.keep(
    await sealCapture(capture, exhibits, RECIPIENT, new Date().toISOString()));
  const timed = async (work) => {
    const began = performance.now();
    const given = await work();
    return { seconds: (performance.now() - began) / 1000, given };
  };
  const bare = async (part = {}) => {
    for (;;) {
      try {
        return await chrome.tabs.captureVisibleTab(windowId, { format: 'png', ...part });
      } catch (refused) {
        if (!String(refused).includes('PER_SECOND')) throw refused;
        await pause(5);
      }
    }
  };
  return {
    rest: () => pause(1_200),
    pictures: (count) => timed(async () => {
      for (let at = 0; at < count; at += 1) await bare();
    }),
    rectangles: (height, width) => timed(async () => {
      for (let y = 0; y < height; y += 1600) {
        await bare({ rect: { x: 0, y, width, height: Math.min(1600, height - y) }, scale: 1 });
      }
    }),
    view: () => timed(async () => {
      const { facts, exhibits } = await captureView(wish);
      await keep(facts.capture, exhibits);
    }),
    page: () => timed(async () => {
      const { facts } = await captureWholePage({ ...wish, keep });
      const { tiles, ended, bottom } = facts.completeness;
      return { tiles, ended, bottom };
    }),
  };
})()"""


def page_of(height: int) -> str:
    """Return a page of words, as high as asked."""
    words = "<p style='margin:0;height:50px'>The boat leaves at noon, number {}.</p>"
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>A long page</title>"
        "<body style='margin:0'>" + "".join(words.format(at) for at in range(height // 50))
    )


@asynccontextmanager
async def serving(text: str) -> AsyncIterator[str]:
    """Serve one page on this computer and give its address."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        yield f"http://127.0.0.1:{server.port}/"


def measure_pages(
    builds: Path, folder: Path, name: BrowserName, turns: int, height: int = 20_000
) -> list[Measured]:
    """Measure a view and a page of so many CSS pixels in one browser."""
    return asyncio.run(_measure(builds, folder, name, height, turns))


async def _measure(
    builds: Path, folder: Path, name: BrowserName, height: int, turns: int
) -> list[Measured]:
    with open_vault(folder / "vault", lambda: datetime.now(UTC)) as vault:
        recipient = vault.recipient
    async with (
        serving(page_of(height)) as address,
        opening_of(name)(builds / name, folder / name, headless=True) as browser,
    ):
        page = browser.context.pages[0]
        await page.goto(address)
        await browser.click_toolbar(page)
        panel = await browser.panel()
        setup = SETUP.replace("RECIPIENT", json.dumps(recipient))
        await panel.evaluate(f"(async () => {{ {setup}; }})()")
        width = await page.evaluate("document.documentElement.clientWidth")
        return [
            await of_a_view(panel, name, turns),
            await of_a_page(panel, name, turns, height, width),
        ]


async def of_a_view(panel: Panel, name: str, turns: int) -> Measured:
    """Measure a view against the bare pictures that it is made of."""
    result = Measured(
        f"one view, from the press to its place in the outbox, {name}",
        "two bare pictures, as fast as the browser gives them",
        [],
        "everything hidden and proved, marked, copied, sealed, durable, put back",
        [],
    )
    for _ in range(turns):
        result.plain_seconds.append((await run(panel, "pictures(2)"))["seconds"])
        result.careful_seconds.append((await run(panel, "view()"))["seconds"])
    return result


async def of_a_page(panel: Panel, name: str, turns: int, height: int, width: int) -> Measured:
    """Measure a whole page against bare pictures of it."""
    tiles = 0
    plain, careful = [], []
    for _ in range(turns):
        saved = await run(panel, "page()")
        given = saved["given"]
        assert (given["ended"], given["bottom"]) == ("done", "reached")
        tiles = given["tiles"]
        careful.append(saved["seconds"])
        bare = f"pictures({tiles})" if name == "chromium" else f"rectangles({height}, {width})"
        plain.append((await run(panel, bare))["seconds"])
    return Measured(
        f"a page {height} CSS pixels high, {tiles} tiles, {name}",
        f"{tiles} bare pictures" if name == "chromium" else "bare pictures of 1600 CSS pixels each",
        plain,
        "scrolled, hidden, each tile proved fresh and hidden, cut out, sealed, durable, put back",
        careful,
    )


async def run(panel: Panel, work: str) -> Any:
    """Do one thing after the browser's second has passed."""
    await panel.evaluate("bench.rest()")
    return await panel.evaluate(f"bench.{work}")
