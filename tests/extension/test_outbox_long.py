"""A long save puts hundreds of envelopes into the outbox, while the outbox is being emptied."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from handrail.app.driver import Browser
from tests.app.eyes import Chromium, Firefox

from .rough_service import RoughService
from .test_outbox import HOLDING, a_page, holding, send

MANY = 1_000

KEEP = """async ([capture, first, count, recipient, length]) => {
  const { keep } = await import("/engine/outbox.js");
  const hex = (bytes) => Array.from(new Uint8Array(bytes),
    (byte) => byte.toString(16).padStart(2, "0")).join("");
  for (let number = first; number < first + count; number += 2) {
    await keep(await Promise.all([number, number + 1].map(async (one) => {
      const bytes = crypto.getRandomValues(new Uint8Array(length));
      return { key: one.toString(16).padStart(32, "0"), capture, number: one, kind: "tile",
        sealed: new Blob([bytes]), sha256: hex(await crypto.subtle.digest("SHA-256", bytes)),
        recipient, at: "2026-03-10T12:00:00.000Z" };
    })));
  }
}"""

COUNTED = """() => {
  globalThis.counts = {};
  for (const [owner, name] of [
    [IDBObjectStore, "getAll"], [IDBIndex, "getAll"], [IDBObjectStore, "openCursor"],
    [IDBIndex, "openCursor"], [IDBIndex, "openKeyCursor"], [IDBIndex, "count"],
    [IDBCursorWithValue, "value"], [IDBCursor, "continue"], [Blob, "arrayBuffer"],
  ]) {
    const told = `${owner.name}.${name}`;
    const made = Object.getOwnPropertyDescriptor(owner.prototype, name);
    globalThis.counts[told] = 0;
    if (made?.get) {
      Object.defineProperty(owner.prototype, name, {
        get() { globalThis.counts[told] += 1; return made.get.call(this); } });
    } else {
      const was = owner.prototype[name];
      owner.prototype[name] = function counted(...given) {
        globalThis.counts[told] += 1;
        return was.apply(this, given);
      };
    }
  }
}"""


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> Page:
    """A page in the extension's origin that runs nothing of its own."""
    return await a_page(browser)


@pytest_asyncio.fixture(loop_scope="module", params=[Chromium, Firefox])
async def in_either(
    request: pytest.FixtureRequest, builds: Path, tmp_path: Path
) -> AsyncIterator[Any]:
    """The same in each of the two browsers."""
    async with request.param(builds, tmp_path).open() as opened:
        yield await opened.page()


@pytest_asyncio.fixture(loop_scope="module")
async def service() -> AsyncIterator[RoughService]:
    """A quick service."""
    async with RoughService() as running:
        yield running


def numbers_of(service: RoughService) -> list[int]:
    """Return the numbers of what arrived, in this order: the keys say them."""
    return [int(key, 16) for key, _ in service.received]


async def counts(page: Page) -> dict[str, int]:
    told: dict[str, int] = await page.evaluate("globalThis.counts")
    return told


async def test_a_thousand_wait_and_are_sent_one_by_one_and_never_read_together(
    page: Page, service: RoughService
) -> None:
    await page.evaluate(KEEP, ["01" * 16, 1, MANY, service.recipient, 20_000])
    await service.connect(page)
    await page.evaluate(COUNTED)

    assert (await holding(page))["captures"] == 1
    looked = await counts(page)
    # One step for the one capture, in each of two indexes: not one for each envelope.
    assert looked["IDBCursor.continue"] <= 4
    assert looked["IDBCursorWithValue.value"] == 0

    await send(page)
    assert numbers_of(service) == list(range(1, MANY + 1))
    sent = await counts(page)
    assert sent["IDBObjectStore.getAll"] == sent["IDBIndex.getAll"] == 0
    assert sent["Blob.arrayBuffer"] == 0
    # One envelope is taken in hand for each that is sent: no walk over those behind it.
    assert sent["IDBCursorWithValue.value"] == MANY
    assert service.most_at_once == 1
    assert (await holding(page))["captures"] == 0


async def test_refused_envelopes_in_front_are_passed_once_and_not_for_each_that_follows(
    page: Page, service: RoughService
) -> None:
    await service.connect(page)
    await page.evaluate(KEEP, ["01" * 16, 1, 40, service.recipient, 100])
    service.manner = "refused"
    await send(page)
    assert await holding(page) == {"captures": 1, "refused": 1, "elsewhere": 0, "trouble": None}
    service.manner = None
    await page.evaluate(KEEP, ["02" * 16, 41, 40, service.recipient, 100])
    await page.evaluate(COUNTED)
    await send(page)
    assert numbers_of(service) == list(range(41, 81))
    assert (await counts(page))["IDBCursorWithValue.value"] == 40 + 40


async def test_what_is_kept_while_the_outbox_is_emptied_goes_with_it_in_order(
    page: Page, browser: Browser, service: RoughService
) -> None:
    """The capture runs in one window, two others press to send, and one flusher works."""
    service.pace = 0.003
    await service.connect(page)
    others = [await a_page(browser) for _ in range(2)]
    keeping = asyncio.ensure_future(
        page.evaluate(KEEP, ["01" * 16, 1, 200, service.recipient, 50_000])
    )
    before_the_end: list[int] = []
    keeping.add_done_callback(lambda _: before_the_end.append(len(service.received)))
    while not keeping.done():
        await asyncio.gather(*(send(one) for one in others))
    await keeping
    await send(page)
    assert 10 < before_the_end[0] < 200
    assert numbers_of(service) == list(range(1, 201))
    assert service.most_at_once == 1
    assert (await holding(page))["captures"] == 0


async def test_a_long_save_may_ask_to_send_after_every_picture(
    page: Page, service: RoughService
) -> None:
    """Those who wait for their turn are one, so that no crowd gathers; and none asks in vain."""
    service.pace = 0.02
    await service.connect(page)
    await page.evaluate(KEEP, ["01" * 16, 1, 10, service.recipient, 100])
    most = await page.evaluate(
        f"""async (recipient) => {{
          const service = await import("/browser/service.js");
          const {{ sendWaiting }} = await import("/engine/sending.js");
          const sent = [];
          let most = 0;
          for (let number = 11; number < 51; number += 2) {{
            await ({KEEP})(["01".repeat(16), number, 2, recipient, 100]);
            sent.push(sendWaiting(service, {{ patient: false }}));
            const {{ held, pending }} = await navigator.locks.query();
            most = Math.max(most, held.length + pending.length);
          }}
          await Promise.all(sent);
          return most;
        }}""",
        service.recipient,
    )
    assert most <= 2
    assert numbers_of(service) == list(range(1, 51))
    assert (await holding(page))["captures"] == 0


async def test_envelopes_of_one_capture_are_one_capture_in_all_that_is_said(
    page: Page, service: RoughService
) -> None:
    other = "age1" + "q" * 58
    for capture, first, recipient in (("01", 1, service.recipient), ("02", 21, other)):
        await page.evaluate(KEEP, [capture * 16, first, 20, recipient, 100])
    await service.connect(page)
    service.manner = "refused"
    await send(page)
    assert await holding(page) == {"captures": 2, "refused": 1, "elsewhere": 1, "trouble": None}


# ── A database that an older version made ────────────────────────────────────────────────────

MAKE_OLD = """async ([recipient, key, browser, port]) => {
  const { signingKey } = await import("/engine/keyring.js");
  const { sha256Hex } = await import("/core/digest.js");
  const kept = { browser, key: await signingKey(new Uint8Array(key)), recipient, port };
  indexedDB.deleteDatabase("handrail");
  const opening = indexedDB.open("handrail", 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("outbox", { keyPath: "order", autoIncrement: true });
    opening.result.createObjectStore("kept");
  };
  const database = await new Promise((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  database.onversionchange = () => database.close();
  const digests = {};
  for (let number = 1; number <= 9; number += 1) {
    const bytes = new TextEncoder().encode(`sealed ${number}`);
    digests[number] = await sha256Hex(bytes);
  }
  const writing = database.transaction(["outbox", "kept"], "readwrite", { durability: "strict" });
  const outbox = writing.objectStore("outbox");
  for (let number = 1; number <= 9; number += 1) {
    const item = { key: number.toString(16).padStart(32, "0"), capture: "0a".repeat(16), number,
      kind: "view", sealed: new Blob([`sealed ${number}`]), sha256: digests[number], recipient,
      at: "2026-03-10T12:00:00.000Z" };
    outbox.add(number === 4 ? { ...item, refused: "key-reused" } : item);
  }
  writing.objectStore("kept").put(kept, "connection");
  writing.objectStore("kept").put({ tries: 3, after: 1, trouble: "service-away" }, "pause");
  globalThis.written = new Promise((resolve, reject) => {
    writing.oncomplete = () => resolve(true);
    writing.onabort = () => reject(writing.error);
  });
  return kept.port;
}"""


async def test_what_an_older_version_kept_is_found_and_sent_by_this_one(
    in_either: Any, service: RoughService
) -> None:
    """The older window still writes when this version opens the database."""
    told = await in_either.evaluate(
        f"""async (given) => {{
          await ({MAKE_OLD})(given);
          const told = await ({HOLDING})();
          return [await globalThis.written, told];
        }}""",
        [service.recipient, list(service.key), service.browser, service.port],
    )
    waiting = {"captures": 1, "refused": 1, "elsewhere": 0, "trouble": "service-away"}
    assert told == [True, waiting]
    await send(in_either)
    # The one that was refused long ago is tried again; it is the service that decides.
    assert sorted(body for _, body in service.received) == [
        f"sealed {number}".encode() for number in range(1, 10)
    ]
    assert (await holding(in_either))["captures"] == 0


async def test_an_update_in_the_middle_of_a_save_waits_for_the_older_window(
    page: Page, browser: Browser, service: RoughService
) -> None:
    """Another page holds the old database open and busy for a while: nothing is refused."""
    older = await a_page(browser)
    await older.evaluate(
        f"""async (given) => {{
          await ({MAKE_OLD})(given);
          await globalThis.written;
        }}""",
        [service.recipient, list(service.key), service.browser, service.port],
    )
    await older.evaluate(
        """async () => {
          const opening = indexedDB.open("handrail", 1);
          const database = await new Promise((resolve) => {
            opening.onsuccess = () => resolve(opening.result);
          });
          database.onversionchange = () => database.close();
          const store = database.transaction("outbox", "readwrite").objectStore("outbox");
          const until = performance.now() + 1_500;
          const hold = () => {
            store.count().onsuccess = () => { if (performance.now() < until) hold(); };
          };
          hold();
        }"""
    )
    assert (await holding(page))["captures"] == 1
    await page.evaluate(KEEP, ["0b" * 16, 11, 2, service.recipient, 10])
    assert (await holding(page))["captures"] == 2


async def test_the_clock_may_jump(page: Page, service: RoughService) -> None:
    """Put back by a year, no wait becomes a year; put forward, an hour is over."""
    await service.connect(page)
    await page.evaluate(KEEP, ["01" * 16, 1, 2, service.recipient, 10])

    async def tried(now: int, code: str | None) -> Any:
        return await page.evaluate(
            """async ([now, code, recipient]) => {
              const { flush } = await import("/engine/outbox.js");
              const { HandrailError } = await import("/core/errors.js");
              let tried = 0;
              await flush(async () => ({ recipient, deliver: async () => {
                tried += 1;
                if (code) throw new HandrailError(code);
              } }), { patient: true, now: () => now, chance: 1 });
              return tried;
            }""",
            [now, code, service.recipient],
        )

    now, hour, year = 1_770_000_000_000, 3_600_000, 31_536_000_000
    assert await tried(now, "service-away") == 1
    assert await tried(now + 100, "service-away") == 0
    assert await tried(now - year, "service-away") == 1
    assert await tried(now - year, "service-away") == 0
    assert await tried(now, "key-reused") == 2
    assert await tried(now + hour // 2, None) == 0
    assert await tried(now - year, "key-reused") == 2
    assert await tried(now, None) == 2
