"""Conversations that are saved while browser, service or both are killed, and what is left then.

A page of the extension keeps what it was given, pair by pair, as the panel does: sealed, durable,
called saved, and sent on while the next is taken. What was called saved is remembered out here,
where no kill reaches it, and is looked for in the vault at the end.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from handrail.app import control
from handrail.app.driver import Browser, open_browser
from handrail.vault import keys as vault_keys
from handrail.vault.vault import open_vault
from tests.app.running import RunningService
from tests.builders import Clock, TakenConversation, a_conversation

LEAST = 8
"""Tiles that a run has called saved before anything is killed."""

TILES = 120
PACE = 30
"""Milliseconds between two pairs: less than a browser needs for a picture."""

KINDS = ("browser", "service", "both", "worker")

SAVE = """async ([capture, exhibits, pace]) => {
  const { sealCapture } = await import("/engine/seal.js");
  const { keep } = await import("/engine/outbox.js");
  const { readConnection } = await import("/engine/connection.js");
  const { sendWaiting } = await import("/engine/sending.js");
  const { mediaTypes } = await import("/core/envelope.js");
  const service = await import("/browser/service.js");
  const { recipient } = await readConnection();
  const parts = exhibits.map(([number, kind, body]) => ({ number, kind,
    media_type: mediaTypes[kind], bytes: Uint8Array.from(atob(body), (c) => c.charCodeAt(0)) }));
  for (let from = 0, to = 3; from < parts.length; from = to, to += 2) {
    const group = parts.slice(from, to);
    await keep(await sealCapture(capture, group, recipient, new Date().toISOString()));
    console.log(JSON.stringify(["saved", capture, group.map(({ number }) => number)]));
    sendWaiting(service, { patient: false });
    await new Promise((resolve) => { setTimeout(resolve, pace); });
  }
}"""
SEND = """async () => {
  const service = await import("/browser/service.js");
  const { readHolding, sendWaiting } = await import("/engine/sending.js");
  await sendWaiting(service, { patient: false });
  return (await readHolding()).captures;
}"""


@dataclass
class Run:
    """One conversation and one kill."""

    killed: str
    taken: TakenConversation
    saved: set[int] = field(default_factory=set)
    saved_before: int = 0

    def tiles_saved(self) -> int:
        """Return how many tiles were called saved by now."""
        return sum(
            kind == "tile" for number, kind, _ in self.taken.exhibits if number in self.saved
        )


@dataclass
class Left:
    """What is left when all is over."""

    runs: list[Run]
    lost: list[tuple[str, int]]
    unfinished: set[str]
    finished: set[str]
    put_aside: int


async def save_and_kill(build: Path, folder: Path, kills: int, seed: int) -> Left:
    """Save one conversation a kill, in one profile and one vault, and look what is left."""
    chance = random.Random(seed)
    service = RunningService(folder / "data")
    profile = folder / "profile"
    await service.start()
    try:
        async with _browser(build, profile) as browser:
            await _connect(browser, service)
        runs = [
            await _run(build, profile, service, KINDS[kill % len(KINDS)], chance)
            for kill in range(kills)
        ]
        async with _browser(build, profile) as browser:
            await _all_arrives(browser)
    finally:
        await service.stop()
    return _look(service.data, runs)


async def _run(
    build: Path, profile: Path, service: RunningService, kind: str, chance: random.Random
) -> Run:
    run = Run(kind, a_conversation(_recipient(service), tiles=TILES))
    with suppress(PlaywrightError):  # Playwright says that the browser is gone
        async with _browser(build, profile) as browser:
            page = await _own_page(browser)
            page.on("console", lambda said: _note(run, said.text))
            parts = [
                [number, part, base64.b64encode(body).decode()]
                for number, part, body in run.taken.exhibits
            ]
            saving = asyncio.ensure_future(page.evaluate(SAVE, [run.taken.capture, parts, PACE]))
            async with asyncio.timeout(60):
                while run.tiles_saved() < LEAST:
                    await asyncio.sleep(0.01)
            await asyncio.sleep(chance.uniform(0, 0.5))
            run.saved_before = run.tiles_saved()
            if kind in ("browser", "both"):
                kill_browser(profile)
            if kind in ("service", "both"):
                service.kill_all()
            if kind == "worker":
                service.kill_worker()
            await asyncio.gather(saving, return_exceptions=True)
            if kind == "service":
                await service.start()
    if kind == "both":
        await service.start()
    for left in profile.glob("Singleton*"):
        left.unlink()
    return run


def _note(run: Run, said: str) -> None:
    with suppress(ValueError):
        word, capture, numbers = json.loads(said)
        assert (word, capture) == ("saved", run.taken.capture)
        run.saved.update(numbers)


def kill_browser(profile: Path) -> None:
    """Kill every process of a browser at once, as when the power goes."""
    # Chromium notes its own process in the profile: computer-PID.
    noted = int((profile / "SingletonLock").readlink().name.rpartition("-")[2])
    group = os.getpgid(noted)
    assert group != os.getpgid(0)
    os.killpg(group, signal.SIGKILL)


@asynccontextmanager
async def _browser(build: Path, profile: Path) -> AsyncIterator[Browser]:
    async with open_browser(build, profile, headless=True) as opened:
        yield opened


async def _own_page(browser: Browser) -> Page:
    page = await browser.context.new_page()
    await page.goto(browser.address("manifest.json"))
    return page


async def _connect(browser: Browser, service: RunningService) -> None:
    code = (await control.ask(service.data, "/start-code"))["code"]
    page = await browser.context.new_page()
    address = f"connect/connect.html#port={service.port}&code={code}&to=%2F"
    await page.goto(browser.address(address))
    await page.wait_for_url(lambda url: ".localhost:" in url)


async def _all_arrives(browser: Browser) -> None:
    page = await _own_page(browser)
    async with asyncio.timeout(120):
        while await page.evaluate(SEND):
            await asyncio.sleep(0.2)


def _recipient(service: RunningService) -> str:
    return vault_keys.read(service.data).recipient


def _look(data: Path, runs: list[Run]) -> Left:
    """Open the vault and look for every exhibit that was called saved, byte for byte."""
    lost: list[tuple[str, int]] = []
    with open_vault(data, Clock()) as vault:
        while (done := vault.drain()).added or done.quarantined:
            pass
        for run in runs:
            there = {}
            with suppress(Exception):
                entries = vault.capture(run.taken.capture).exhibits
                there = {entry.number: vault.open_entry(entry) for entry in entries}
            for number, _, body in run.taken.exhibits:
                if number in run.saved and there.get(number) != body:
                    lost.append((run.taken.capture, number))
        summaries = vault.captures()
        return Left(
            runs=runs,
            lost=lost,
            unfinished={one.capture for one in summaries if not one.finished},
            finished={one.capture for one in summaries if one.whole},
            put_aside=vault.quarantined(),
        )
