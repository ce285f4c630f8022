"""Takes a view as the panel does, and looks at what came out."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from handrail.app.browsers import Browser, Page, Panel

TAKE = """(async () => {
  const [{ captureView }, tabs, screenshots, { base64Of }] = await Promise.all([
    import('/engine/view.js'), import('/browser/tabs.js'), import('/browser/screenshots.js'),
    import('/core/bytes.js'),
  ]);
  const [{ id: tabId, windowId }] = await chrome.tabs.query({ active: true, currentWindow: true });
  const steps = [];
  globalThis.stopping = new AbortController();
  try {
    const { facts, exhibits } = await captureView({
      tab: { tabId, windowId }, doors: { tabs, screenshots }, signal: globalThis.stopping.signal,
      tell: (step) => { steps.push(step); globalThis.dispatchEvent(new Event(step)); },
    });
    const parts = exhibits.map((one) => ({ ...one, bytes: base64Of(one.bytes) }));
    return { facts, exhibits: parts, steps };
  } catch (error) {
    return { code: error.code ?? String(error), cause: String(error.cause), steps };
  }
})()"""


@dataclass(frozen=True)
class View:
    """What a save gave: facts, the two exhibits and the facts as they were written."""

    facts: dict[str, Any]
    picture: bytes
    copy: str
    written_facts: bytes
    steps: tuple[str, ...]

    @property
    def pixels(self) -> Image.Image:
        return Image.open(io.BytesIO(self.picture)).convert("RGB")


class NotTakenError(Exception):
    """Nothing was taken; carries the code that the panel would explain."""

    def __init__(self, code: str, cause: str) -> None:
        super().__init__(f"{code}: {cause}")
        self.code = code


async def press(browser: Browser, page: Page) -> Panel:
    """Press the Handrail button on a page and return the panel."""
    await browser.click_toolbar(page)
    return await browser.panel()


async def take(browser: Browser, page: Page) -> View:
    """Press the button and take the view, in the document of the real panel."""
    return await take_in(await press(browser, page))


async def take_in(panel: Panel, script: str = TAKE) -> View:
    """Take the view that is shown. Raises `NotTakenError`."""
    given = await panel.evaluate(script)
    if "code" in given:
        raise NotTakenError(given["code"], given["cause"])
    view, copy, facts = (base64.b64decode(part["bytes"]) for part in given["exhibits"])
    return View(given["facts"], view, copy.decode(), facts, tuple(given["steps"]))


SHOT = """(async () => {
  const { takePicture } = await import('/browser/screenshots.js');
  const { base64Of } = await import('/core/bytes.js');
  const [{ windowId }] = await chrome.tabs.query({ active: true, currentWindow: true });
  return base64Of(await takePicture(windowId));
})()"""


async def shot(browser: Browser, page: Page) -> Image.Image:
    """Take a picture of a page as it is, with nothing hidden: what a careless tool would keep."""
    panel = await press(browser, page)
    picture = base64.b64decode(await panel.evaluate(SHOT))
    return Image.open(io.BytesIO(picture)).convert("RGB")


def greens(picture: Image.Image) -> int:
    """Count the pixels that have any green in them: more of it than of red and of blue."""
    data = picture.tobytes()
    return sum(data[at + 1] > max(data[at], data[at + 2]) + 12 for at in range(0, len(data), 3))


def cells(picture: Image.Image, boxes: dict[str, tuple[int, int, int, int]]) -> dict[str, int]:
    """Count the green pixels in each named part of a picture, naming only those that have some."""
    found = {name: greens(picture.crop(box)) for name, box in boxes.items()}
    return {name: count for name, count in found.items() if count}
