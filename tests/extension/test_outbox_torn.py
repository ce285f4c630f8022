"""A browser that died in the middle of a write keeps what it kept, also two starts later.

Chromium goes on in the log in which the half record stands, and at the start after that it deletes
everything. A real Chromium, a real kill, and the last bytes of its log taken away, as a write that
was cut off leaves them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.app.eyes import Chromium, Opened

KEEP = """async (numbers) => {
  const { keep } = await import("/engine/outbox.js");
  for (const number of numbers) {
    await keep([{ key: String(number).padStart(32, "0"), capture: "ab".repeat(16), number,
      kind: "tile", sealed: new Blob([new Uint8Array(60_000).fill(number)]),
      sha256: "cd".repeat(32), recipient: "age1someone", at: "2026-11-01T00:00:00.000Z" }]);
  }
}"""
CONNECT = """async () => {
  const { keepConnection } = await import("/engine/connection.js");
  const key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  await keepConnection({ browser: "ef".repeat(16), key, recipient: "age1someone", port: 9 });
}"""
KEPT = """async () => {
  const { OUTBOX, transact } = await import("/engine/database.js");
  const { readConnection } = await import("/engine/connection.js");
  const items = await transact(OUTBOX, "readonly", (store) => store.getAll());
  return [(await readConnection())?.recipient, await Promise.all(
    items.map(async ({ number, sealed }) => {
      const bytes = new Uint8Array(await sealed.arrayBuffer());
      return bytes.length === 60_000 && bytes.every((byte) => byte === number) ? number : -1;
    }))];
}"""


def log_of(profile: Path) -> Path:
    """Return the log to which Chromium writes what our origin keeps."""
    logs = sorted(profile.rglob("chrome-extension_*.indexeddb.leveldb/*.log"))
    return logs[-1]


def tear(log: Path, count: int) -> None:
    """Take the last bytes of a file away."""
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - count)


@asynccontextmanager
async def killed(chromium: Chromium) -> AsyncIterator[Opened]:
    """Open it, and kill it at the end."""
    with suppress(*chromium.gone):
        async with chromium.open() as browser:
            yield browser
            browser.kill()


async def test_half_a_record_costs_nothing_but_itself(tmp_path: Path, builds: Path) -> None:
    chromium, profile = Chromium(builds, tmp_path), tmp_path / "chromium-profile"
    async with killed(chromium) as browser:
        page = await browser.page()
        await page.evaluate(CONNECT)
        await page.evaluate(KEEP, [1, 2, 3])
        # What was being written when the browser died was not called saved.
        await page.evaluate(KEEP, [99])
    tear(log_of(profile), 3)
    async with killed(chromium) as browser:
        page = await browser.page()
        await page.evaluate(KEEP, [4, 5])
    async with chromium.open() as browser:
        recipient, numbers = await (await browser.page()).evaluate(KEPT)
    assert recipient == "age1someone"
    assert [number for number in numbers if number != 99] == [1, 2, 3, 4, 5]
