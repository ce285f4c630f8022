"""How much memory a long conversation takes: the largest of 5,000 messages beside that of 500.

The panel saves as for a person: every part is sealed and put into the outbox, where all of it
waits. Meanwhile two things are asked for, each time after rubbish was collected: what JavaScript
holds in the panel, and what the process of the extension has for itself alone. Firefox tells only
the latter.
"""

from __future__ import annotations

import asyncio
import json
import re
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from handrail.app import driver, firefox
from handrail.app.browsers import Browser, BrowserName, Panel
from handrail.vault.vault import open_vault
from tests.bench import conversation
from tests.bench.table import Row, row
from tests.builders import Clock

KIND = "windowed"
BETWEEN = 3.0
"""Seconds from one look to the next."""

PATIENCE = 3600.0
AIM = 1.3
MIB = 1024**2

SAVE = """(async () => {
  const { saveLong } = await import("/panel/long-save.js");
  const [{ id: tabId, windowId }] = await chrome.tabs.query({ active: true, currentWindow: true });
  const told = { messages: 0, over: false, problem: null };
  globalThis.told = told;
  saveLong({
    save: "conversation", tab: { tabId, windowId }, recipient: RECIPIENT,
    signal: new AbortController().signal,
    tell({ messages }) { told.messages = messages; },
    kept() {},
  }).then(({ facts }) => { told.messages = facts.completeness.messages; })
    .catch((problem) => { told.problem = `${problem} ${problem.cause ?? ""}`; })
    .finally(() => { told.over = true; });
  return true;
})()"""

IN_FIREFOX = """
  for (const wish of ['child-gc-request', 'child-cc-request']) {
    Services.obs.notifyObservers(null, wish);
  }
  return new Promise((resolve) => { window.setTimeout(resolve, 700); })
    .then(() => ChromeUtils.requestProcInfo())
    .then(({ children }) => children.find(({ type }) => type === 'extension').memory);
"""

Sample = dict[str, float]
"""MiB by the name of what is measured."""


class Scale(ABC):
    """Weighs the panel of one browser."""

    @abstractmethod
    async def weigh(self) -> Sample:
        """Return what it takes now."""


class Chromium(Scale):
    """Asks the panel's own line and the system."""

    def __init__(self, browser: driver.Browser, panel: driver.Panel) -> None:
        self._line = browser._line
        self._panel = panel

    async def weigh(self) -> Sample:
        """Return what JavaScript holds, and what the extension's process has for itself."""
        await self._panel._ask("Performance.enable", {})
        await self._panel._ask("HeapProfiler.collectGarbage", {})
        told = await self._panel._ask("Performance.getMetrics", {})
        heap = {one["name"]: one["value"] for one in told["metrics"]}["JSHeapUsedSize"]
        programs = (await self._line.send("SystemInfo.getProcessInfo"))["processInfo"]
        own = sum(_own_bytes(int(one["id"])) for one in programs if _is_extension(one))
        return {"what its JavaScript holds": heap / MIB, "its process": own / MIB}


class Firefox(Scale):
    """Asks the browser's own window."""

    def __init__(self, browser: firefox.Browser) -> None:
        self._line = browser._line

    async def weigh(self) -> Sample:
        """Return what the process of the extension has for itself."""
        return {"its process": float(await self._line._script(IN_FIREFOX)) / MIB}


def _is_extension(program: dict[str, Any]) -> bool:
    command = Path(f"/proc/{program['id']}/cmdline")
    return program["type"] == "renderer" and b"--extension-process" in command.read_bytes()


def _own_bytes(process: int) -> int:
    """Return the memory that goes when a process goes."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    return 1024 * sum(map(int, re.findall(r"^Private_(?:Clean|Dirty): +(\d+)", told, re.MULTILINE)))


def measure_memory(
    builds: Path, folder: Path, browser: BrowserName, short: int, long: int
) -> list[Row]:
    """Save a short and a long conversation, each in a new browser, and weigh the panel."""
    few, many = (asyncio.run(_save(builds, folder, browser, count)) for count in (short, long))
    return [
        row("memory", f"{what}, {browser}", browser, {
            "browser": browser, "what": what, "short": few[1], "short_mib": few[0][what],
            "long": many[1], "long_mib": many[0][what],
            "ratio": many[0][what] / few[0][what], "aim": AIM,
        })
        for what in few[0]
    ]  # fmt: skip


async def _save(
    builds: Path, folder: Path, browser: BrowserName, messages: int
) -> tuple[Sample, int]:
    """Save one conversation; return the largest of each and how many messages were counted."""
    with open_vault(folder / f"vault-{messages}", Clock()) as vault:
        recipient = json.dumps(vault.recipient)
    chat = conversation.a_chat(builds, folder / str(messages), browser, KIND, messages)
    largest: Sample = {}
    async with chat as (opened, panel):
        scale = _scale_of(opened, panel)
        await panel.evaluate(SAVE.replace("RECIPIENT", recipient))
        async with asyncio.timeout(PATIENCE):
            while True:
                told = await panel.evaluate("globalThis.told")
                assert told["problem"] is None, told["problem"]
                for what, size in (await scale.weigh()).items():
                    largest[what] = max(largest.get(what, 0), size)
                if told["over"]:
                    return largest, int(told["messages"])
                await asyncio.sleep(BETWEEN)


def _scale_of(opened: Browser, panel: Panel) -> Scale:
    if isinstance(opened, driver.Browser) and isinstance(panel, driver.Panel):
        return Chromium(opened, panel)
    assert isinstance(opened, firefox.Browser)
    return Firefox(opened)
