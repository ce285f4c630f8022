"""Makes a long save as the panel does, part after part, and looks at what was kept.

The options are those of the capture, in JavaScript, and two for tests: `stopAfter`, a number of
tiles after which the person stops; and `picture`, which is given the way to take one and takes it.
At an end of a conversation a test waits less long than a person's panel does, unless it says
`patience: {}`.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
from dataclasses import dataclass
from typing import Any

from PIL import Image

from handrail.app.browsers import Panel
from handrail.core.records import Reading, decode_facts, decode_reading, decode_start
from handrail.core.transcript import Transcript, merge
from tests.browser.seeing import NotTakenError

START = """(async () => {
  const [conversation, wholePage, tabs, screenshots, { base64Of }] = await Promise.all([
    import('/engine/conversation.js'), import('/engine/whole-page.js'), import('/browser/tabs.js'),
    import('/browser/screenshots.js'), import('/core/bytes.js'),
  ]);
  const { captureConversation, captureWholePage } = { ...conversation, ...wholePage };
  const [{ id: tabId, windowId }] = await chrome.tabs.query({ active: true, currentWindow: true });
  const run = { said: [], kept: [], sizes: [], pictures: 0, ended: null };
  globalThis.run = run;
  run.stopping = new AbortController();
  run.keep = async (capture, exhibits) => {
    run.sizes.push(exhibits.length);
    for (const one of exhibits) {
      run.kept.push({ ...one, capture, bytes: base64Of(one.bytes) });
    }
  };
  const began = performance.now();
  const quick = { unknown: 2000 };
  const {
    stopAfter = Infinity, picture = (take) => take(), patience = quick, ...options
  } = OPTIONS;
  const counted = (take) => take && ((...asked) => {
    run.pictures += 1;
    return picture(() => take(...asked), tabId);
  });
  CAPTURE({
    ...options, patience,
    tab: { tabId, windowId },
    doors: { tabs, screenshots: {
      takePicture: counted(screenshots.takePicture),
      takeRectangle: counted(screenshots.takeRectangle),
    } },
    keep: (...given) => run.keep(...given),
    signal: run.stopping.signal,
    tell(progress) {
      run.said.push(progress);
      if (progress.tiles >= stopAfter) run.stopping.abort();
      globalThis.dispatchEvent(new CustomEvent(progress.step, { detail: progress }));
    },
  }).then(({ facts }) => { run.ended = { facts }; }, (error) => {
    run.ended = { code: error.code ?? String(error), cause: String(error.cause ?? error.stack) };
  }).finally(() => { run.seconds = (performance.now() - began) / 1000; });
  return true;
})()"""


@dataclass(frozen=True)
class Run:
    """What a long save gave: the facts, every exhibit, and what was said on the way."""

    facts: dict[str, Any]
    kept: tuple[dict[str, Any], ...]
    said: tuple[dict[str, Any], ...]
    sizes: tuple[int, ...]
    seconds: float
    pictures: int

    def bodies(self, kind: str) -> list[bytes]:
        """Return the bytes of all exhibits of a kind."""
        return [base64.b64decode(one["bytes"]) for one in self.kept if one["kind"] == kind]

    @property
    def tiles(self) -> list[Image.Image]:
        return [Image.open(io.BytesIO(body)).convert("RGB") for body in self.bodies("tile")]

    @property
    def readings(self) -> list[Reading]:
        return [decode_reading(body) for body in self.bodies("reading")]

    @property
    def transcript(self) -> Transcript:
        return merge(self.readings)

    @property
    def words(self) -> list[str]:
        """Return what the messages say, from the top of the conversation down."""
        lines = [line for line in self.transcript.lines if line.is_message]
        return [" ".join(line.row.text.split()) for line in lines]

    @property
    def completeness(self) -> dict[str, Any]:
        return dict(self.facts["completeness"])


CAPTURES = {"conversation": "captureConversation", "page": "captureWholePage"}


async def begin(panel: Panel, options: str = "{}", *, save: str = "conversation") -> None:
    """Begin a long save in the document of the real panel."""
    start = START.replace("OPTIONS", options).replace("CAPTURE(", f"{CAPTURES[save]}(")
    await panel.evaluate(start)


async def finish(panel: Panel, patience: float = 120) -> Run:
    """Wait for the end. Raises `NotTakenError`."""
    async with asyncio.timeout(patience):
        while not await panel.evaluate("globalThis.run.ended !== null"):
            await asyncio.sleep(0.1)
    ended = await panel.evaluate("({ ...run.ended, seconds: run.seconds })")
    if "code" in ended:
        raise NotTakenError(ended["code"], ended["cause"])
    kept = [
        await panel.evaluate(f"run.kept[{at}]")
        for at in range(await panel.evaluate("run.kept.length"))
    ]
    run = Run(
        ended["facts"],
        tuple(kept),
        tuple(await panel.evaluate("run.said")),
        tuple(await panel.evaluate("run.sizes")),
        ended["seconds"],
        await panel.evaluate("run.pictures"),
    )
    assert run.facts == json.loads(run.bodies("facts")[0])
    facts = decode_facts(run.bodies("facts")[0])
    assert [one.number for one in facts.exhibits] == list(range(1, len(kept)))
    decode_start(run.bodies("start")[0])
    return run
