"""Nothing is lost: envelopes wait on the disk until a receipt proves that the service has them.

In a real Chromium, in the extension's own origin, with the code that people run.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyrage
import pytest
import pytest_asyncio
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from handrail.app.driver import Browser, open_browser
from handrail.core.envelope import verify_envelope

from .doubles import FaultyService

SEAL = """async ([capture, texts, recipient]) => {
  const { sealCapture } = await import("/engine/seal.js");
  const { keep } = await import("/engine/outbox.js");
  const kinds = ["view", "page", "facts"];
  const types = ["image/png", "text/html;charset=utf-8", "application/json"];
  const exhibits = texts.map((text, at) => ({ number: at + 1, kind: kinds[at],
    media_type: types[at], bytes: new TextEncoder().encode(text) }));
  await keep(await sealCapture(capture, exhibits, recipient, "2026-03-10T12:00:00.000Z"));
}"""
HOLDING = """async () => (await import("/engine/sending.js")).readHolding()"""
SEND = """async (patient) => {
  const service = await import("/browser/service.js");
  await (await import("/engine/sending.js")).sendWaiting(service, { patient });
}"""


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> Page:
    """A page in the extension's origin that runs nothing of its own."""
    return await a_page(browser)


async def a_page(browser: Browser) -> Page:
    page = await browser.context.new_page()
    await page.goto(browser.address("manifest.json"))
    return page


async def save(page: Page, service: FaultyService, capture: str = "ab" * 16) -> None:
    await page.evaluate(SEAL, [capture, ["one", "two", "three"], service.recipient])


async def send(page: Page, *, patient: bool = False) -> None:
    await page.evaluate(SEND, patient)


async def holding(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = await page.evaluate(HOLDING)
    return told


async def test_what_waits_is_delivered_oldest_first_and_then_gone(
    page: Page, service: FaultyService
) -> None:
    await save(page, service, "01" * 16)
    await save(page, service, "02" * 16)
    await service.connect(page)
    assert (await holding(page))["captures"] == 2
    await send(page)
    opened = [pyrage.decrypt(body, [service.identity]) for _, body in service.received]
    headers = [verify_like(one) for one in opened]
    assert headers == [(capture * 16, number) for capture in ("01", "02") for number in (1, 2, 3)]
    assert await holding(page) == {"captures": 0, "refused": 0, "elsewhere": 0, "trouble": None}


def verify_like(plaintext: bytes) -> tuple[str, int]:
    """Read capture and number; what is inside is invented, so the whole check is not made."""
    header = json.loads(plaintext.split(b"\n", 1)[0])
    return header["capture"], header["number"]


async def test_an_envelope_opens_with_the_age_tool_and_its_digest_is_right(
    page: Page, service: FaultyService, tmp_path: Path
) -> None:
    sealed = await page.evaluate(
        """async (recipient) => {
          const { seal } = await import("/engine/seal.js");
          const bytes = new TextEncoder().encode("<p>Pay until 20:00.</p>\\nor else\\n");
          const sealed = await seal("ab".repeat(16),
            { number: 2, kind: "page", media_type: "text/html;charset=utf-8", bytes }, recipient);
          return Array.from(sealed);
        }""",
        service.recipient,
    )
    (tmp_path / "envelope.age").write_bytes(bytes(sealed))
    (tmp_path / "identity").write_text(str(service.identity))
    body = b"<p>Pay until 20:00.</p>\nor else\n"

    header, read = verify_envelope(pyrage.decrypt(bytes(sealed), [service.identity]))
    assert (bytes(read), header.sha256) == (body, hashlib.sha256(body).hexdigest())

    shown = subprocess.run(
        ["sh", "-c", "age -d -i identity envelope.age | tail -n +2 | sha256sum"],
        cwd=tmp_path, capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert shown.stdout.split()[0] == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(
    "fault", ["wrong mac", "no mac", "other key", "other digest", "other status"]
)
async def test_a_receipt_that_does_not_verify_deletes_nothing(
    page: Page, service: FaultyService, fault: str
) -> None:
    await save(page, service)
    await service.connect(page)
    service.fault = fault
    await send(page)
    assert len(service.received) == 1
    told = await holding(page)
    assert (told["captures"], told["trouble"]) == (1, "receipt-unverified")
    service.fault = None
    await send(page)
    assert (await holding(page))["captures"] == 0


async def test_an_absent_service_only_means_waiting(page: Page, service: FaultyService) -> None:
    await save(page, service)
    await service.connect(page)
    await service.stop()
    await send(page)
    told = await holding(page)
    assert (told["captures"], told["refused"], told["trouble"]) == (1, 0, "service-away")
    await service.start()
    await send(page)
    assert (await holding(page))["captures"] == 0


async def test_a_dropped_connection_only_means_waiting(page: Page, service: FaultyService) -> None:
    await save(page, service)
    await service.connect(page)
    service.fault = "silence"
    await send(page)
    assert (await holding(page))["captures"] == 1


async def test_after_a_failure_the_background_waits_before_it_tries_again(
    page: Page, service: FaultyService
) -> None:
    await save(page, service)
    await service.connect(page)
    service.fault = "refuse 507 disk-full"
    for _ in range(4):
        await send(page)
    tried = len(service.received)
    await send(page, patient=True)
    assert len(service.received) == tried
    assert (await holding(page))["trouble"] == "disk-full"


@pytest.mark.parametrize(
    "fault", ["409 key-reused", "413 too-large", "422 digest-mismatch", "415 encoding-refused"]
)
async def test_a_refused_envelope_is_kept_and_marked_and_the_rest_goes_on(
    page: Page, service: FaultyService, fault: str
) -> None:
    await save(page, service, "01" * 16)
    await service.connect(page)
    service.fault = f"refuse {fault}"
    await send(page)
    assert (await holding(page))["refused"] == 1
    service.fault = None
    await save(page, service, "02" * 16)
    await send(page)
    assert await holding(page) == {"captures": 1, "refused": 1, "elsewhere": 0, "trouble": None}
    await page.evaluate("async () => (await import('/engine/outbox.js')).forgetRefusals()")
    await send(page)
    assert (await holding(page))["captures"] == 0


async def test_a_browser_that_is_not_known_any_more_keeps_everything(
    page: Page, service: FaultyService
) -> None:
    await save(page, service)
    await service.connect(page)
    service.fault = "refuse 401 not-paired"
    await send(page)
    told = await holding(page)
    assert (told["captures"], told["refused"], told["trouble"]) == (1, 0, "not-paired")


async def test_what_is_sealed_to_another_vault_waits_for_that_vault(
    page: Page, service: FaultyService
) -> None:
    await save(page, service)
    other = str(pyrage.x25519.Identity.generate().to_public())
    await service.connect(page, other)
    await send(page)
    assert service.received == []
    assert (await holding(page))["elsewhere"] == 1


async def test_without_a_connection_nothing_is_sent(page: Page, service: FaultyService) -> None:
    await save(page, service)
    await send(page)
    assert service.received == []
    assert (await holding(page))["captures"] == 1


async def test_a_capture_is_kept_whole_or_not_at_all(page: Page, service: FaultyService) -> None:
    told = await page.evaluate(
        """async (recipient) => {
          const { keep } = await import("/engine/outbox.js");
          const item = (number) => ({ key: "ab".repeat(16), capture: "cd".repeat(16), number,
            kind: "view", sealed: new Blob(["x"]), sha256: "00".repeat(32), recipient, at: "" });
          const cannotBeStored = { ...item(2), sealed: () => 1 };
          return keep([item(1), cannotBeStored]).catch((error) => error.code);
        }""",
        service.recipient,
    )
    assert told == "storage-failed"
    assert (await holding(page))["captures"] == 0


async def test_two_windows_send_nothing_twice(
    browser: Browser, page: Page, service: FaultyService
) -> None:
    for number in range(4):
        await save(page, service, f"{number:02d}" * 16)
    await service.connect(page)
    other = await a_page(browser)
    await asyncio.gather(send(page), send(other), send(page), send(other))
    keys = [key for key, _ in service.received]
    assert len(keys) == len(set(keys)) == 12
    assert service.most_at_once == 1


async def test_a_reload_in_the_middle_of_sending_loses_nothing(
    page: Page, service: FaultyService
) -> None:
    await service.connect(page)
    for number in range(3):
        await save(page, service, f"{number:02d}" * 16)
    sending = asyncio.ensure_future(send(page))
    while len(service.received) < 2:
        await asyncio.sleep(0.005)
    await page.reload()
    await asyncio.gather(sending, return_exceptions=True)
    await send(page)
    assert len({key for key, _ in service.received}) == 9
    assert (await holding(page))["captures"] == 0


async def test_what_was_kept_survives_a_killed_browser(
    builds: Path, tmp_path: Path, service: FaultyService
) -> None:
    profile = tmp_path / "lasting"
    with suppress(PlaywrightError):  # Playwright says that the browser is gone
        async with open_browser(builds / "chromium", profile, headless=True) as opened:
            page = await a_page(opened)
            await service.connect(page)
            await save(page, service)
            # Chromium notes its own process in the profile: computer-PID.
            noted = (profile / "SingletonLock").readlink().name
            os.kill(int(noted.rpartition("-")[2]), signal.SIGKILL)
    for left in profile.glob("Singleton*"):
        left.unlink()
    async with open_browser(builds / "chromium", profile, headless=True) as opened:
        page = await a_page(opened)
        assert (await holding(page))["captures"] == 1
        await send(page)
        assert (await holding(page))["captures"] == 0
    assert len(service.received) == 3


async def test_a_background_that_was_ended_sends_when_it_is_knocked_up(
    browser: Browser, page: Page, service: FaultyService
) -> None:
    await service.connect(page)
    await save(page, service)
    wire = await browser.context.new_cdp_session(page)
    await wire.send("ServiceWorker.enable")
    await wire.send("ServiceWorker.stopAllWorkers")
    await page.evaluate("chrome.alarms.create('outbox', { when: Date.now() + 50 })")
    for _ in range(100):
        if (await holding(page))["captures"] == 0:
            break
        await asyncio.sleep(0.1)
    assert len(service.received) == 3


async def test_the_knock_is_set_for_every_half_minute(page: Page) -> None:
    alarm = await page.evaluate("chrome.alarms.get('outbox')")
    assert alarm["periodInMinutes"] == 0.5


async def test_the_pairing_key_cannot_be_read_out(page: Page, service: FaultyService) -> None:
    await service.connect(page)
    told = await page.evaluate(
        """async () => {
          const { key } = await (await import("/engine/connection.js")).readConnection();
          const way = await crypto.subtle.exportKey("raw", key).catch((error) => error.name);
          return [key.extractable, way];
        }"""
    )
    assert told == [False, "InvalidAccessError"]


async def test_no_word_of_a_capture_is_written_into_the_profile(
    builds: Path, tmp_path: Path, service: FaultyService
) -> None:
    profile = tmp_path / "searched"
    secret = "Pay 400 or your sister sees it"
    async with open_browser(builds / "chromium", profile, headless=True) as opened:
        page = await a_page(opened)
        await page.evaluate(SEAL, ["ab" * 16, ["one", secret, "three"], service.recipient])
        assert (await holding(page))["captures"] == 1
    written = [path for path in profile.rglob("*") if path.is_file()]
    needles = [secret.encode(), secret.encode("utf-16-le")]
    assert not [p for p in written if any(needle in p.read_bytes() for needle in needles)]
    assert any(b"age-encryption.org/v1" in path.read_bytes() for path in written)
