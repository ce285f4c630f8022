"""What was kept is still there after Firefox was quit, and after it was killed.

The extension is installed and its address is not pinned: Firefox invents the host of its pages at
the first start, and everything it stores belongs to that host.
"""

from __future__ import annotations

from typing import Any

from handrail.app import firefox
from tests.firefox.conftest import OpenInstalled

KEEP = """(async () => {
  const { keep } = await import('/engine/outbox.js');
  const item = (number) => ({
    key: String(number).padStart(32, '0'), capture: 'ab'.repeat(16), number, kind: 'tile',
    sealed: new Blob([new Uint8Array(60_000).fill(number)]), sha256: 'cd'.repeat(32),
    recipient: 'age1someone', at: '2026-11-01T00:00:00.000Z',
  });
  for (const number of NUMBERS) {
    await keep([item(number)]);
  }
  return true;
})()"""

KEPT = """(async () => {
  const { OUTBOX, transact } = await import('/engine/database.js');
  const items = await transact(OUTBOX, 'readonly', (store) => store.getAll());
  return Promise.all(items.map(async ({ number, sealed }) => {
    const bytes = new Uint8Array(await sealed.arrayBuffer());
    return [number, bytes.length, bytes.every((byte) => byte === number)];
  }));
})()"""

KEEP_KEY = """(async () => {
  const { KEPT, transact } = await import('/engine/database.js');
  const key = await crypto.subtle.importKey('raw', new Uint8Array(32).fill(7),
    { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
  await transact(KEPT, 'readwrite', (store) => store.put({ key }, 'a test'));
  return true;
})()"""

USE_KEY = """(async () => {
  const { KEPT, transact } = await import('/engine/database.js');
  const { key } = await transact(KEPT, 'readonly', (store) => store.get('a test'));
  const exported = await crypto.subtle.exportKey('raw', key).catch(() => null);
  const made = await crypto.subtle.sign('HMAC', key, new Uint8Array([1, 2, 3]));
  return [exported, [...new Uint8Array(made)].slice(0, 4)];
})()"""


async def in_extension(browser: firefox.Browser, javascript: str) -> Any:
    """Run something where the panel's code lives."""
    page = await browser.context.new_page()
    await page.goto(browser.address("connect/connect.html"))
    return await page.evaluate(javascript)


def whole(*numbers: int) -> list[list[int | bool]]:
    return [[number, 60_000, True] for number in numbers]


async def test_what_was_kept_is_there_after_firefox_was_quit(open_installed: OpenInstalled) -> None:
    async with open_installed() as browser:
        first = browser.address("")
        await in_extension(browser, KEEP.replace("NUMBERS", "[1, 2, 3]"))
        await in_extension(browser, KEEP_KEY)
    async with open_installed() as browser:
        assert browser.address("") == first
        assert await in_extension(browser, KEPT) == whole(1, 2, 3)
        # The pairing key is used and cannot be read out, in Firefox too.
        exported, made = await in_extension(browser, USE_KEY)
    assert exported is None
    assert len(made) == 4


async def test_what_was_kept_is_there_after_firefox_was_killed(
    open_installed: OpenInstalled,
) -> None:
    kept: list[int] = []
    for run in range(3):
        async with open_installed() as browser:
            assert await in_extension(browser, KEPT) == whole(*kept)
            numbers = [10 * run + 1, 10 * run + 2]
            await in_extension(browser, KEEP.replace("NUMBERS", str(numbers)))
            browser.program.kill()  # at once: nothing had time to be written later
            kept += numbers
    async with open_installed() as browser:
        assert await in_extension(browser, KEPT) == whole(*kept)


async def test_firefox_says_that_it_will_not_clear_what_was_kept_to_make_room(
    open_installed: OpenInstalled,
) -> None:
    async with open_installed() as browser:
        assert await in_extension(browser, "navigator.storage.persist()") is True
