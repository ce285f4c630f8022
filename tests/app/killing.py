"""Conversations that are saved while browser, service or both are killed, and what is left then.

A page of the extension keeps what it was given, pair by pair, as the panel does: sealed, durable,
called saved, and sent on while the next is taken. What was called saved is remembered out here,
where no kill reaches it, and is looked for in the vault at the end.
"""

from __future__ import annotations

import asyncio
import base64
import random
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from handrail.app import control
from handrail.vault import keys as vault_keys
from handrail.vault.vault import open_vault
from tests.app.eyes import AnyPage, Eye
from tests.app.running import RunningService
from tests.builders import Clock, TakenConversation, a_conversation

LEAST = 8
"""Tiles that a run has called saved before anything is killed."""

TILES = 90
PACE = 30
"""Milliseconds between two pairs: less than a browser needs for a picture."""

KINDS = ("browser", "service", "both", "worker")

CONNECT = """async ([port, code]) => {
  const { startPairing } = await import("/engine/pairing.js");
  const { keepConnection } = await import("/engine/connection.js");
  const { bytesOf } = await import("/core/bytes.js");
  const service = await import("/browser/service.js");
  await keepConnection(await (await startPairing(service, port, bytesOf(code, 32))).finish());
}"""
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
  const told = { saved: [], over: false, problem: null };
  globalThis.told = told;
  const run = async () => {
    for (let from = 0, to = 3; from < parts.length; from = to, to += 2) {
      const group = parts.slice(from, to);
      await keep(await sealCapture(capture, group, recipient, new Date().toISOString()));
      told.saved.push(...group.map(({ number }) => number));
      sendWaiting(service, { patient: false });
      await new Promise((resolve) => { setTimeout(resolve, pace); });
    }
  };
  run().catch((problem) => { told.problem = String(problem); })
    .finally(() => { told.over = true; });
}"""
TOLD = "globalThis.told"
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


async def save_and_kill(eye: Eye, folder: Path, kills: int, seed: int) -> Left:
    """Save one conversation a kill, in one profile and one vault, and look what is left."""
    chance = random.Random(seed)
    service = RunningService(folder / "data")
    await service.start()
    try:
        async with eye.open() as browser:
            code = (await control.ask(service.data, "/start-code"))["code"]
            await (await browser.page()).evaluate(CONNECT, [service.port, code])
        runs = [await _run(eye, service, KINDS[kill % len(KINDS)], chance) for kill in range(kills)]
        async with eye.open() as browser:
            await _all_arrives(await browser.page())
    finally:
        await service.stop()
    return _look(service.data, runs)


async def _run(eye: Eye, service: RunningService, kind: str, chance: random.Random) -> Run:
    run = Run(kind, a_conversation(_recipient(service), tiles=TILES))
    parts = [
        [number, part, base64.b64encode(body).decode()] for number, part, body in run.taken.exhibits
    ]
    with suppress(*eye.gone):
        async with eye.open() as browser:
            page = await browser.page()
            await page.evaluate(SAVE, [run.taken.capture, parts, PACE])
            async with asyncio.timeout(60):
                while run.tiles_saved() < LEAST:
                    await _note(run, page)
            wait = chance.uniform(0, 0.5)
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    while True:
                        await _note(run, page)
            run.saved_before = run.tiles_saved()
            if kind in ("browser", "both"):
                browser.kill()
            if kind in ("service", "both"):
                service.kill_all()
            if kind == "worker":
                service.kill_worker()
            async with asyncio.timeout(120):
                while not await _note(run, page):
                    await asyncio.sleep(0.05)
            if kind == "service":
                await service.start()
    if kind == "both":
        await service.start()
    return run


async def _note(run: Run, page: AnyPage) -> bool:
    """Note what is called saved by now; tell whether it is over."""
    told = await page.evaluate(TOLD)
    assert told["problem"] is None, told["problem"]
    run.saved.update(told["saved"])
    return bool(told["over"])


async def _all_arrives(page: AnyPage) -> None:
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
