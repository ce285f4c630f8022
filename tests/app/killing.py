"""Conversations that are saved while browser, service or both are killed, and what is left then.

What was called saved is remembered out here, where no kill reaches it, and is looked for in the
vault at the end. How it is saved is `savers.py`, in which browser `eyes.py`.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from handrail.app import control
from handrail.vault import keys as vault_keys
from handrail.vault.vault import Vault, open_vault
from tests.app.eyes import AnyPage, Asked, Eye
from tests.app.running import RunningService
from tests.app.savers import Run, Saver
from tests.builders import Clock

LEAST = 8
"""Tiles that a run has called saved before anything is killed."""

KINDS = ("browser", "service", "both", "worker")

CONNECT = """async ([port, code]) => {
  const { startPairing } = await import("/engine/pairing.js");
  const { keepConnection } = await import("/engine/connection.js");
  const { bytesOf } = await import("/core/bytes.js");
  const service = await import("/browser/service.js");
  await keepConnection(await (await startPairing(service, port, bytesOf(code, 32))).finish());
}"""
TOLD = "globalThis.told"
SEND = """async () => {
  const service = await import("/browser/service.js");
  const { readHolding, sendWaiting } = await import("/engine/sending.js");
  await sendWaiting(service, { patient: false });
  return (await readHolding()).captures;
}"""


@dataclass
class Left:
    """What is left when all is over: the captures in the order in which they were begun."""

    runs: list[Run]
    captures: list[str]
    lost: list[tuple[str, int]]
    unfinished: set[str]
    whole: set[str]
    put_aside: int


async def save_and_kill(eye: Eye, saver: Saver, folder: Path, kills: int, seed: int) -> Left:
    """Save one conversation a kill, in one profile and one vault, and look what is left."""
    chance = random.Random(seed)
    service = RunningService(folder / "data")
    await service.start()
    try:
        async with eye.open() as browser:
            code = (await control.ask(service.data, "/start-code"))["code"]
            await (await browser.page()).evaluate(CONNECT, [service.port, code])
        runs = [
            await _run(eye, saver, service, KINDS[kill % len(KINDS)], chance)
            for kill in range(kills)
        ]
        async with eye.open() as browser:
            await _all_arrives(await browser.page())
    finally:
        await service.stop()
    with open_vault(service.data, Clock()) as vault:
        return _look(vault, runs)


async def _run(
    eye: Eye, saver: Saver, service: RunningService, kind: str, chance: random.Random
) -> Run:
    run = Run(kind)
    with _gone_only_when_killed(eye, run):
        async with eye.open() as browser:
            page = await saver.begin(browser, run, vault_keys.read(service.data).recipient)
            async with asyncio.timeout(120):
                while run.tiles < LEAST:
                    run.note(await page.evaluate(TOLD))
            await _note_for(run, page, chance.uniform(0, 0.5))
            run.before = run.tiles
            if kind in ("browser", "both"):
                browser.kill()
            if kind in ("service", "both"):
                service.kill_all()
            if kind == "worker":
                service.kill_worker()
            async with asyncio.timeout(240):
                while not run.over:
                    run.note(await page.evaluate(TOLD))
                    await asyncio.sleep(0.05)
            if kind == "service":
                await service.start()
    if kind == "both":
        await service.start()
    return run


@contextmanager
def _gone_only_when_killed(eye: Eye, run: Run) -> Iterator[None]:
    """A browser that we killed is gone; one that goes by itself, or fails, is a finding."""
    try:
        yield
    except eye.gone:
        if run.killed not in ("browser", "both") or not run.before:
            raise


async def _note_for(run: Run, page: Asked, seconds: float) -> None:
    """Go on noting for a while, so that the kill comes at any moment."""
    until = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until:
        run.note(await page.evaluate(TOLD))


async def _all_arrives(page: AnyPage) -> None:
    async with asyncio.timeout(240):
        while await page.evaluate(SEND):
            await asyncio.sleep(0.2)


def _look(vault: Vault, runs: list[Run]) -> Left:
    """Look for every exhibit that was called saved, and open it."""
    while (done := vault.drain()).added or done.quarantined:
        pass
    summaries = sorted(vault.captures(), key=lambda one: one.started)
    captures = [one.capture for one in summaries]
    if all(run.taken for run in runs):
        captures = [run.taken.capture for run in runs if run.taken]
    lost: list[tuple[str, int]] = []
    for run, capture in zip(runs, captures, strict=True):
        there: dict[int, bytes] = {}
        with suppress(Exception):
            entries = vault.capture(capture).exhibits
            there = {entry.number: vault.open_entry(entry) for entry in entries}
        wanted = {n: body for n, _, body in run.taken.exhibits} if run.taken else there
        lost += [(capture, n) for n in run.saved() if n not in there or there[n] != wanted[n]]
    return Left(
        runs=runs,
        captures=captures,
        lost=lost,
        unfinished={one.capture for one in summaries if not one.finished},
        whole={one.capture for one in summaries if one.whole},
        put_aside=vault.quarantined(),
    )
