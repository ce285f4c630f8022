"""How long a view and a whole page take, beside the browser's own pictures of the same page.

A view is compared with one bare picture, although it is made of two. Chromium gives two pictures a
second and no more; so a whole page is compared with as many bare pictures as it has tiles, and two
for the view that comes first, taken as fast as the browser gives them. Firefox gives a picture of
any part of a page; there it is compared with bare pictures of 1600 CSS pixels each, and once more
with the same after one way down the page, without which a page lacks what it loads late. All in one
run, in a real panel, with a real service.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from handrail.app import control
from handrail.app.browsers import BrowserName, Panel, opening_of
from handrail.vault import keys as vault_keys
from tests.app.killing import CONNECT
from tests.app.running import RunningService
from tests.bench.comparing import Measured
from tests.serving import serving

SETUP = """globalThis.bench = await (async () => {
  const [{ captureView }, { captureWholePage }, tabs, screenshots, { sealCapture }, outbox,
    sending, service] =
    await Promise.all([
      import('/engine/view.js'), import('/engine/whole-page.js'), import('/browser/tabs.js'),
      import('/browser/screenshots.js'), import('/engine/seal.js'), import('/engine/outbox.js'),
      import('/engine/sending.js'), import('/browser/service.js'),
    ]);
  const [{ id: tabId, windowId }] = await chrome.tabs.query({ active: true, currentWindow: true });
  const wish = { tab: { tabId, windowId }, doors: { tabs, screenshots } };
  const pause = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
  const keep = async (capture, exhibits) => outbox.keep(
    await sealCapture(capture, exhibits, RECIPIENT, new Date().toISOString()));
  const send = async () => {
    do {
      await sending.sendWaiting(service, { patient: false });
    } while ((await sending.readHolding()).captures > 0);
  };
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
    rectangles: (height, width, scrolled) => timed(async () => {
      if (scrolled) {
        await chrome.scripting.executeScript({ target: { tabId }, func: async () => {
          for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
            scrollTo({ top: y, behavior: 'instant' });
            await new Promise((resolve) => { requestAnimationFrame(resolve); });
          }
          scrollTo({ top: 0, behavior: 'instant' });
        } });
      }
      for (let y = 0; y < height; y += 1600) {
        await bare({ rect: { x: 0, y, width, height: Math.min(1600, height - y) }, scale: 1 });
      }
    }),
    send,
    view: () => timed(async () => {
      const { facts, exhibits } = await captureView(wish);
      await keep(facts.capture, exhibits);
      await send();
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


def measure_pages(
    builds: Path, folder: Path, name: BrowserName, turns: int, height: int = 20_000
) -> list[Measured]:
    """Measure a view and a page of so many CSS pixels in one browser."""
    return asyncio.run(_measure(builds, folder, name, height, turns))


async def _measure(
    builds: Path, folder: Path, name: BrowserName, height: int, turns: int
) -> list[Measured]:
    service = RunningService(folder / "data")
    await service.start()
    try:
        async with (
            serving(page_of(height)) as server,
            opening_of(name)(builds / name, folder / name, headless=True) as browser,
        ):
            page = browser.context.pages[0]
            await page.goto(str(server.make_url("/")))
            await browser.click_toolbar(page)
            panel = await browser.panel()
            recipient = json.dumps(vault_keys.read(service.data).recipient)
            setup = SETUP.replace("RECIPIENT", recipient)
            await panel.evaluate(f"(async () => {{ {setup}; }})()")
            width = await page.evaluate("document.documentElement.clientWidth")
            whole = await of_a_page(panel, name, turns, height, width)
            code = (await control.ask(service.data, "/start-code"))["code"]
            await panel.evaluate(f"({CONNECT})({json.dumps([service.port, code])})")
            return [await of_a_view(panel, name, turns), *whole]
    finally:
        await service.stop()


async def of_a_view(panel: Panel, name: str, turns: int) -> Measured:
    """Measure a view against one bare picture."""
    result = Measured(
        "one view, from the press to its receipt",
        "one bare picture",
        [],
        "everything hidden and proved, marked, copied, sealed, durable, put back, sent, receipt"
        " verified",
        [],
        name,
        3.0,
    )
    await panel.evaluate("bench.send()")
    for _ in range(turns):
        result.plain_seconds.append((await run(panel, "pictures(1)"))["seconds"])
        result.careful_seconds.append((await run(panel, "view()"))["seconds"])
    return result


async def of_a_page(panel: Panel, name: str, turns: int, height: int, width: int) -> list[Measured]:
    """Measure a whole page against bare pictures of it."""
    tiles = 0
    plain, careful, scrolled = [], [], []
    for _ in range(turns):
        saved = await run(panel, "page()")
        given = saved["given"]
        assert (given["ended"], given["bottom"]) == ("done", "reached")
        tiles = given["tiles"]
        careful.append(saved["seconds"])
        sheets = f"rectangles({height}, {width}"
        bare = f"pictures({tiles + 2})" if name == "chromium" else f"{sheets})"
        plain.append((await run(panel, bare))["seconds"])
        if name == "firefox":
            scrolled.append((await run(panel, f"{sheets}, true)"))["seconds"])
    what = f"a page {height} CSS pixels high"
    way = f"a view, {tiles} tiles: scrolled, hidden and proved so, cut, sealed, durable, put back"
    if name == "chromium":
        bare = f"{tiles + 2} bare pictures, as fast as the browser gives them"
        return [Measured(what, bare, plain, way, careful, name, 1.1)]
    bare = "bare pictures of 1600 CSS pixels each"
    loaded = f"{what}, that is loaded first"
    return [
        Measured(what, f"{bare}, of the page as it lies", plain, way, careful, name, 3.0),
        Measured(loaded, f"{bare}, after one way down the page", scrolled, way, careful, name),
    ]


async def run(panel: Panel, work: str) -> Any:
    """Do one thing after the browser's second has passed."""
    await panel.evaluate("bench.rest()")
    return await panel.evaluate(f"bench.{work}")
