"""The outbox under attack: no room, killed browsers, an update, answers without sense."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from handrail.app.driver import Browser, open_browser
from handrail.vault.vault import open_vault
from handrail.web import keys
from handrail.web.application import RUNNER, create_locked_app
from handrail.web.hosts import hosts_for
from handrail.web.pairing import Browser as Paired
from tests.builders import Clock

from .doubles import AT, FaultyService
from .rough_service import CHUNK, MOST_CHUNKS, NONSENSE, RoughService
from .test_outbox import a_page, holding, save, send
from .test_outbox_long import KEEP, numbers_of

KEEP_ON = f"""async ([first, recipient]) => {{
  for (let number = first; number < first + 9_998; number += 2) {{
    await ({KEEP})(["0c".repeat(16), number, 2, recipient, 60_000]);
    console.log(`saved ${{number}}`);
  }}
}}"""


async def keep_on(page: Page, service: RoughService, first: int) -> None:
    """Keep pairs without end, and say of each that it is saved, as the panel does."""
    await page.evaluate(KEEP_ON, [first, service.recipient])


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> Page:
    """A page in the extension's origin that runs nothing of its own."""
    return await a_page(browser)


@pytest_asyncio.fixture(loop_scope="module")
async def service() -> AsyncIterator[RoughService]:
    """A service that can talk nonsense."""
    async with RoughService() as running:
        yield running


# ── The disk ─────────────────────────────────────────────────────────────────────────────────


async def test_with_no_room_nothing_half_is_kept_and_with_room_again_it_goes_on(
    builds: Path, tmp_path: Path, service: RoughService
) -> None:
    """In a build without `unlimitedStorage`: with it, no quota of the browser is ever full."""
    limited = shutil.copytree(builds / "chromium", tmp_path / "limited")
    manifest = json.loads((limited / "manifest.json").read_text("utf-8"))
    manifest["permissions"].remove("unlimitedStorage")
    (limited / "manifest.json").write_text(json.dumps(manifest))
    # It writes as soon as the extension is there, before the quota is.
    (limited / "engine/new-log.js").write_text("export async function beginNewLog() {}")
    async with open_browser(limited, tmp_path / "profile", headless=True) as opened:
        await no_room(opened, await a_page(opened), service)


async def no_room(browser: Browser, page: Page, service: RoughService) -> None:
    # Before anything is written: the browser remembers for a while how much room there was.
    wire = await browser.context.new_cdp_session(page)
    origin = browser.address("")
    await wire.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 300_000})
    kept, told = 0, None
    for number in range(1, 99, 2):
        told = await page.evaluate(
            f"(given) => ({KEEP})(given).then(() => null, (error) => error.code)",
            ["01" * 16, number, 2, service.recipient, 50_000],
        )
        if told is not None:
            break
        kept += 1
    assert (told, kept > 0) == ("storage-full", True)
    await wire.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    await service.connect(page)
    await page.evaluate(KEEP, ["01" * 16, 101, 2, service.recipient, 50_000])
    await send(page)
    assert numbers_of(service) == [*range(1, 2 * kept + 1), 101, 102]
    assert (await holding(page))["captures"] == 0


async def test_an_envelope_that_the_disk_does_not_give_back_holds_up_no_other(
    builds: Path, tmp_path: Path, service: RoughService
) -> None:
    """A damaged disk looks like a service that is away, for ever, unless the two are told apart."""
    profile = tmp_path / "damaged"
    async with open_browser(builds / "chromium", profile, headless=True) as opened:
        page = await a_page(opened)
        await service.connect(page)
        await page.evaluate(KEEP, ["01" * 16, 1, 6, service.recipient, 60_000])
    blobs = sorted(
        (path for path in profile.rglob("*.indexeddb.blob/**/*") if path.is_file()),
        key=lambda path: path.stat().st_mtime_ns,
    )
    assert len(blobs) == 6
    blobs[2].unlink()
    async with open_browser(builds / "chromium", profile, headless=True) as opened:
        page = await a_page(opened)
        await send(page)
        assert len(service.received) == 5
        told = await holding(page)
        assert (told["captures"], told["refused"], told["trouble"]) == (1, 1, None)


# ── The browser ──────────────────────────────────────────────────────────────────────────────


def kill_browser(profile: Path) -> None:
    """Kill every process of a browser at once, as when the power goes."""
    # Chromium notes its own process in the profile: computer-PID.
    noted = int((profile / "SingletonLock").readlink().name.rpartition("-")[2])
    group = os.getpgid(noted)
    assert group != os.getpgid(0)
    os.killpg(group, signal.SIGKILL)


async def test_what_was_called_saved_survives_the_browser_killed_in_mid_run(
    builds: Path, tmp_path: Path, service: RoughService
) -> None:
    """Five times in one profile, while the outbox is filled and emptied at once."""
    profile, chance = tmp_path / "lasting", random.Random(4)
    saved: set[int] = set()
    service.pace = 0.02
    for run in range(5):
        before = len(saved)
        with suppress(PlaywrightError):  # Playwright says that the browser is gone
            async with open_browser(builds / "chromium", profile, headless=True) as opened:
                page, other = await a_page(opened), await a_page(opened)
                page.on("console", lambda said: saved.add(int(said.text.split()[1])))
                await service.connect(page)
                going = [
                    asyncio.ensure_future(keep_on(page, service, 1 + run * 10_000)),
                    asyncio.ensure_future(send(other)),
                ]
                while len(saved) < before + 8:
                    await asyncio.sleep(0.01)
                await asyncio.sleep(chance.uniform(0, 0.3))
                kill_browser(profile)
                await asyncio.gather(*going, return_exceptions=True)
        for left in profile.glob("Singleton*"):
            left.unlink()
    async with open_browser(builds / "chromium", profile, headless=True) as opened:
        page = await a_page(opened)
        await send(page)
        assert (await holding(page))["captures"] == 0
    arrived = set(numbers_of(service))
    assert saved <= arrived
    assert {number + 1 for number in saved} <= arrived
    assert len(saved) >= 40


async def test_what_was_called_saved_survives_an_update_of_the_extension_in_mid_run(
    builds: Path, tmp_path: Path, service: RoughService
) -> None:
    """All pages of the extension are closed, and the next version starts."""
    build = shutil.copytree(builds / "chromium", tmp_path / "build")
    saved: list[int] = []
    async with open_browser(build, tmp_path / "profile", headless=True) as opened:
        page = await a_page(opened)
        page.on("console", lambda said: saved.append(int(said.text.split()[1])))
        await service.connect(page)
        keeping = asyncio.ensure_future(keep_on(page, service, 1))
        sending = asyncio.ensure_future(send(page))
        while len(saved) < 8:
            await asyncio.sleep(0.01)
        manifest = json.loads((build / "manifest.json").read_text("utf-8"))
        (build / "manifest.json").write_text(json.dumps({**manifest, "version": "0.1.1"}))
        assert opened.context.browser is not None
        wire = await opened.context.browser.new_browser_cdp_session()
        await wire.send("Extensions.loadUnpacked", {"path": str(build)})
        await asyncio.gather(keeping, sending, return_exceptions=True)
        page = await a_page(opened)
        assert await page.evaluate("chrome.runtime.getManifest().version") == "0.1.1"
        await send(page)
        assert (await holding(page))["captures"] == 0
    assert len(saved) >= 8
    assert set(saved) <= set(numbers_of(service))


# ── The service ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("manner", sorted(NONSENSE))
async def test_nonsense_is_no_receipt(page: Page, service: RoughService, manner: str) -> None:
    await save(page, service)
    await service.connect(page)
    service.manner = manner
    await send(page)
    told = await holding(page)
    assert (told["captures"], told["refused"], told["trouble"]) == (1, 0, "service-answer")
    service.manner = None
    await send(page)
    assert (await holding(page))["captures"] == 0


async def test_a_redirect_is_followed_nowhere(page: Page, service: RoughService) -> None:
    await save(page, service)
    await service.connect(page)
    service.manner = "redirect"
    await send(page)
    told = await holding(page)
    assert (told["captures"], told["trouble"]) == (1, "service-away")


async def test_of_an_endless_answer_only_the_beginning_is_read(
    page: Page, service: RoughService
) -> None:
    await save(page, service)
    await service.connect(page)
    service.manner = "endless"
    await send(page)
    assert (await holding(page))["trouble"] == "service-answer"
    # What lies in the buffers between the two is all that was sent.
    assert service.chunks_sent < MOST_CHUNKS / 4, service.chunks_sent * len(CHUNK)


async def test_a_slow_service_is_waited_for(page: Page, service: RoughService) -> None:
    await save(page, service)
    await service.connect(page)
    service.pace = 1.5
    await send(page)
    assert (await holding(page))["captures"] == 0
    assert len(service.received) == 3


async def test_one_envelope_that_always_fails_holds_up_no_other(
    page: Page, service: RoughService
) -> None:
    await page.evaluate(KEEP, ["01" * 16, 1, 10, service.recipient, 100])
    await service.connect(page)
    service.stuck = lambda key: int(key, 16) == 3
    await send(page)
    assert numbers_of(service) == [1, 2, *range(4, 11)]
    told = await holding(page)
    assert (told["captures"], told["refused"], told["trouble"]) == (1, 0, "internal")
    service.stuck = lambda _: False
    await send(page)
    assert numbers_of(service)[-1] == 3
    assert (await holding(page))["trouble"] is None


async def test_a_service_that_always_fails_is_not_knocked_at_for_every_envelope(
    page: Page, service: RoughService
) -> None:
    await page.evaluate(KEEP, ["01" * 16, 1, 40, service.recipient, 100])
    await service.connect(page)
    asked: list[str] = []

    def note(key: str) -> bool:
        asked.append(key)
        return True

    service.stuck = note
    await send(page)
    assert len(asked) == 3
    told = await holding(page)
    assert (told["captures"], told["refused"], told["trouble"]) == (1, 0, "internal")


async def test_another_program_that_refuses_is_not_believed_for_long(
    page: Page, service: RoughService
) -> None:
    """A refusal is not signed. What it says holds for an hour, and then the service is asked."""
    await save(page, service)
    await service.connect(page)
    service.manner = "refused"
    await send(page)
    assert (await holding(page))["refused"] == 1
    service.manner = None
    await send(page)
    assert service.received == []
    await page.evaluate("() => { const was = Date.now; Date.now = () => was() + 3_700_000; }")
    await send(page)
    assert len(service.received) == 3
    assert (await holding(page))["captures"] == 0


async def test_a_program_in_the_place_of_the_service_only_costs_a_detour(
    page: Page, service: RoughService
) -> None:
    """It forges receipts where the service was; the service itself is on another port."""
    async with FaultyService() as squatter:
        squatter.fault = "wrong mac"
        service.recipient = squatter.recipient
        await page.evaluate(KEEP, ["01" * 16, 1, 4, service.recipient, 100])
        await squatter.connect(page)
        # Nothing is deleted on its word, as long as the service is not found.
        await send(page)
        assert (await holding(page))["trouble"] == "receipt-unverified"
        told = await page.evaluate(
            """async (port) => {
              const { sendWaiting } = await import("/engine/sending.js");
              const { readConnection } = await import("/engine/connection.js");
              const service = await import("/browser/service.js");
              const onSomePort = async (likely, attempt) => {
                for (const one of new Set([...likely, port])) {
                  try { return { port: one, answer: await attempt(one) }; } catch { continue; }
                }
                throw new Error("none");
              };
              await sendWaiting({ ...service, onSomePort }, { patient: false });
              return (await readConnection()).port;
            }""",
            service.port,
        )
        assert numbers_of(service) == [1, 2, 3, 4]
        assert told == service.port
        assert len(squatter.received) == 2
        assert (await holding(page))["captures"] == 0


async def test_a_locked_service_takes_everything_in(page: Page, tmp_path: Path) -> None:
    """The real one: it holds no key, and its receipt is as good."""
    data, clock = tmp_path / "vault", Clock()
    async with FaultyService() as other:  # for its way to connect a browser
        with open_vault(data, clock) as vault:
            other.recipient = vault.recipient
            vault.protect("violet-kettle-harbour-7319")
        app = create_locked_app(data, other.recipient, hosts_for(data, other.port), clock)
        await other.stop()
        origin = page.url.removesuffix("/manifest.json")
        app[keys.PAIRINGS].browsers[other.browser] = Paired(
            browser=other.browser, key=other.key.hex(), origin=origin, paired_at=AT
        )
        server = TestServer(app, host="127.0.0.1", port=other.port)
        await server.start_server(**RUNNER)
        try:
            await other.connect(page)
            await save(page, other)
            await send(page)
            assert (await holding(page)) == {
                "captures": 0, "refused": 0, "elsewhere": 0, "trouble": None,
            }  # fmt: skip
            assert app[keys.INBOX].count_waiting() == 3
        finally:
            await server.close()
