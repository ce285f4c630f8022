"""The whole journey with the real parts: page, extension, outbox, service, package."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from handrail.app import control
from handrail.app.browsers import Browser, BrowserName, Panel
from handrail.app.demo import paired_browser, save_view, sealed_and_kept
from handrail.app.driver import find_chromium
from handrail.vault.vault import open_vault
from handrail.web.application import load_catalogue
from tests.app.running import RunningService
from tests.browser.conftest import IN_BOTH, IN_CHROMIUM
from tests.builders import Clock
from tests.serving import serving

WORDS = load_catalogue()
MARKER = "quietmarker50317"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[RunningService]:
    async with RunningService(tmp_path / "data") as running:
        yield running


@pytest.fixture
async def chat() -> AsyncIterator[str]:
    """The address of a page whose message holds the marker and which may not be kept by anyone."""
    body = f"<!doctype html><title>A chat</title><p>pay by midnight {MARKER}</p>"
    async with serving(body, headers={"Cache-Control": "no-store"}) as server:
        yield str(server.make_url("/"))


async def open_panel(browser: Browser, address: str) -> Panel:
    tab = browser.context.pages[0]
    await tab.goto(address)
    await browser.click_toolbar(tab)
    return await browser.panel()


def holds_marker(*folders: Path) -> list[str]:
    """The files below these folders in which the marker stands, as UTF-8 or UTF-16."""
    spellings = (MARKER.encode(), MARKER.encode("utf-16-le"))
    return [
        f"{path}"
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and any(spelling in path.read_bytes() for spelling in spellings)
    ]


@IN_BOTH
async def test_no_word_of_a_message_is_left_in_the_profile_or_the_data_folder(
    service: RunningService, chat: str, extension: Path, browser_name: BrowserName, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    async with paired_browser(
        service.data, profile, name=browser_name, extension=extension
    ) as browser:
        await save_view(await open_panel(browser, chat), WORDS)
        await sealed_and_kept(service.data)
        service.kill_all()  # what comes now stays in the outbox
        panel = await open_panel(browser, chat)
        await panel.wait_for_text(WORDS.t("panel.start_title"))
        await save_view(panel, WORDS)
    assert holds_marker(profile, service.data) == []
    await service.start()
    await service.stop()
    with open_vault(service.data, Clock()) as vault:
        (capture,) = vault.captures()
        assert MARKER.encode() in vault.open_exhibit(capture.capture, 2)


@IN_BOTH
async def test_the_same_search_finds_the_message_when_sealing_is_switched_off(
    service: RunningService,
    chat: str,
    extension: Path,
    browser_name: BrowserName,
    changed_extension: Callable[[str, str], Path],
    tmp_path: Path,
) -> None:
    seal = (extension / "engine" / "seal.js").read_text("utf-8")
    encrypting = "return encrypter.encrypt(content);"
    assert encrypting in seal
    unsealed = changed_extension("engine/seal.js", seal.replace(encrypting, "return content;"))
    profile = tmp_path / "profile"
    async with paired_browser(
        service.data, profile, name=browser_name, extension=unsealed
    ) as browser:
        panel = await open_panel(browser, chat)
        service.kill_all()
        await save_view(panel, WORDS)
    assert holds_marker(profile) != []


@IN_CHROMIUM
async def test_a_capture_waits_while_the_service_is_away_and_arrives_by_itself(
    service: RunningService, chat: str, extension: Path, browser_name: BrowserName, tmp_path: Path
) -> None:
    async with paired_browser(
        service.data, tmp_path / "p", name=browser_name, extension=extension
    ) as browser:
        panel = await open_panel(browser, chat)
        service.kill_all()
        await save_view(panel, WORDS)
        await panel.wait_for_text(WORDS.t("panel.waiting_title", count=1))
        await service.start()
        await panel.wait_for_text(WORDS.t("panel.saved_arrived"), patience=60)
        found = await control.ask(service.data, "/captures")
    assert [capture["whole"] for capture in found["captures"]] == [True]


@IN_CHROMIUM
async def test_a_person_who_only_clicks_what_is_shown_saves_the_practice_chat_in_a_minute(
    service: RunningService, extension: Path, browser_name: BrowserName, tmp_path: Path
) -> None:
    started = time.monotonic()
    async with paired_browser(
        service.data, tmp_path / "p", name=browser_name, extension=extension, to="/"
    ) as browser:
        tab = browser.context.pages[0]
        await tab.get_by_role("link", name=WORDS.t("pages.room.safety"), exact=True).click()
        await tab.get_by_role("link", name=WORDS.t("pages.safety.practice_chat")).click()
        await tab.wait_for_url("**/practice/chat")
        await browser.click_toolbar(tab)
        panel = await browser.panel()
        await save_view(panel, WORDS)
        await sealed_and_kept(service.data)
        await panel.click(WORDS.t("panel.open_saved"))
        async with asyncio.timeout(20):
            while not any(".localhost" in page.url and page.url.endswith("/")
                          for page in browser.context.pages):  # fmt: skip
                await asyncio.sleep(0.1)
    assert time.monotonic() - started < 60


async def test_handrail_run_opens_a_window_that_is_paired_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window's Chromium is real, started as `handrail run` does; only the screen is missing."""
    programs = tmp_path / "programs"
    programs.mkdir()
    shim = programs / "chromium"
    shim.write_text(f'#!/bin/sh\nexec {find_chromium()} --headless=new "$@"\n')
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    running = RunningService(tmp_path / "data", arguments=("run",))
    await running.start()
    try:
        async with asyncio.timeout(40):
            while not (running.data / "browsers.json").exists():
                await asyncio.sleep(0.1)
        listed = msgspec.json.decode((running.data / "browsers.json").read_bytes())
        assert len(listed) == 1
        profile = running.data / "browser"
        assert profile.stat().st_mode & 0o077 == 0
    finally:
        end_window(running.data / "browser")
        await running.stop()


def end_window(profile: Path) -> None:
    """End the Chromium that was left open on a profile, as a person closes it."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in command:
            os.kill(int(process.name), 15)
