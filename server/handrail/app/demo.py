"""`handrail demo`: the main job, unattended, with the real parts (extra `demo`).

    start → pair → capture → seal → package → verify

The service, the extension and the browser are the ones a person uses; only the screen is missing.
It presses the toolbar button and the buttons in the panel, and prints one line a step. The data
folder is a temporary one; under `--out` lies the package and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import resources, system
from ..core.errors import Refused, Unavailable
from ..core.text import Catalogue
from . import control, work
from .browsers import CONNECT_PAGE, Browser, BrowserName, Page, Panel, connect_address, opening_of
from .driver import find_chromium
from .firefox import find_firefox
from .marionette import RemoteError

SAVES = ("view", "page", "conversation", "profile")
"""What a person can choose to save, by the names of the panel's words."""

PRACTICE = "/practice/chat"
PATIENCE = 60.0
"""Seconds that one step may take before the demo gives up."""

LOADING = 15.0
"""Seconds to wait for a page that goes on loading."""

LONG = 1_800.0
"""Seconds that saving may take: a long conversation is scrolled through as a person would."""


@dataclass(frozen=True, slots=True)
class Step:
    """Prints the steps of the demo as they are done."""

    words: Catalogue

    def say(self, name: str, **values: Any) -> None:
        """Print one line."""
        print(self.words.t(f"cli.demo.{name}", **values), flush=True)


async def run_demo(
    out: Path,
    words: Catalogue,
    *,
    page: str | None,
    save: str = "view",
    browser: BrowserName = "chromium",
) -> int:
    """Do the main job and return the exit status of the check of the package.

    Raises `Unavailable` when there is no such browser or no driver, `Refused` when `out` already
    holds a package.
    """
    step = Step(words)
    if browser == "firefox":
        find_firefox()
    else:
        find_chromium()
    out.mkdir(parents=True, exist_ok=True)
    if any(out.rglob("*.zip")):
        raise Refused("demo-out-used", "there is a package in this folder already")
    with tempfile.TemporaryDirectory(prefix="handrail-demo-") as folder:
        data = Path(folder) / "data"
        async with running_service(data):
            step.say("start")
            async with paired_browser(data, Path(folder) / "profile", name=browser) as opened:
                step.say("pair")
                panel = await _open_panel(opened, page)
                await save_from(panel, words, save)
                step.say("capture")
                await sealed_and_kept(data)
                step.say("seal")
            package = out.absolute() / "handrail-demo.zip"
            await control.ask(data, "/export", out=str(package), case=None, only=[])
            step.say("package")
            saved = (await control.ask(data, "/captures"))["captures"]
    report, text = work.verify(package)
    step.say("verify")
    print(text)
    step.say("advice")
    for line in work.first_steps(words, saved):
        print(line)
    verdict = "verified" if report["exit"] == 0 else "failed"
    step.say(verdict, package=package)
    return int(report["exit"])


@asynccontextmanager
async def running_service(data: Path, *, port: int = 0) -> AsyncIterator[subprocess.Popen[bytes]]:
    """Run the service as a person starts it, without a window, and stop it at the end."""
    service = subprocess.Popen(
        [
            sys.executable, "-I", "-m", "handrail", "run",
            "--data", str(data), "--port", str(port), "--no-browser",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if system.is_root() else None,
    )  # fmt: skip
    try:
        await service_answers(data, service)
        yield service
    finally:
        service.terminate()
        await asyncio.to_thread(service.wait)


async def service_answers(data: Path, service: subprocess.Popen[bytes]) -> None:
    """Wait until the service answers. Raises `Unavailable` when it ends before it does."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await control.ask(data, "/captures")
                return
            except control.NoService:
                if service.poll() is not None:
                    raise Unavailable("no-service", "the service did not start") from None
                await asyncio.sleep(0.05)


@asynccontextmanager
async def paired_browser(
    data: Path,
    profile: Path,
    *,
    name: BrowserName = "chromium",
    extension: Path | None = None,
    to: str = PRACTICE,
) -> AsyncIterator[Browser]:
    """Open a browser with the extension and pair it by a start code, as `handrail run` does."""
    build = extension or resources.extension_folder(name)
    if not (build / "manifest.json").exists():
        raise Unavailable("no-extension", "the extension was not built; run `make extension`")
    async with opening_of(name)(build, profile, headless=True) as browser:
        await pair(browser, data, to)
        yield browser


async def pair(browser: Browser, data: Path, to: str = PRACTICE) -> None:
    """Pair an open browser by a start code; its first tab then shows a page of the service."""
    given = await control.ask(data, "/start-code")
    connect_page, port = browser.address(CONNECT_PAGE), given["port"]
    tab = browser.context.pages[0]
    await tab.goto(connect_address(connect_page, port, given["code"], to), wait_until="commit")
    await tab.wait_for_url(f"http://*.localhost:{port}{to}", timeout=PATIENCE * 1000)


async def _open_panel(browser: Browser, page: str | None) -> Panel:
    """Go to the page and press the toolbar button."""
    tab = browser.context.pages[0]
    if page is not None:
        await _go_to(tab, page, browser.name)
    await browser.click_toolbar(tab)
    return await browser.panel(patience=PATIENCE)


async def _go_to(tab: Page, address: str, name: BrowserName) -> None:
    """Open a page, and go on with what there is when it never ends loading.

    Raises `Unavailable` when it cannot be opened at all.
    """
    failed, late = _failures(name)
    try:
        await tab.goto(address, wait_until="commit", timeout=PATIENCE * 1000)
        with contextlib.suppress(late):
            await tab.wait_for_function(
                "document.readyState === 'complete'", timeout=LOADING * 1000
            )
    except (failed, late) as error:
        raise Unavailable("demo-no-page", "the page could not be opened") from error


def _failures(name: BrowserName) -> tuple[type[Exception], type[Exception]]:
    """Return what a driver raises when a page does not open, and when it is late."""
    if name == "firefox":
        return RemoteError, TimeoutError
    from playwright.async_api import Error
    from playwright.async_api import TimeoutError as Late

    return Error, Late


async def save_view(panel: Panel, words: Catalogue) -> None:
    """Press *Save this view* and wait until the panel says that it is saved."""
    await save_from(panel, words, "view")


async def save_from(panel: Panel, words: Catalogue, save: str) -> None:
    """Press the button of a kind of save and wait until the panel says that it is saved.

    Raises `Refused` when the panel says that it could not be.
    """
    saved = [words.t(key) for key in filter(_is_saved, words.keys())]
    ends = [*saved, *map(words.t, filter(_is_problem, words.keys()))]
    await panel.click(words.t(f"panel.save_{save}"), patience=PATIENCE)
    reached = await panel.wait_for(
        f"{json.dumps(ends)}.find((end) => document.querySelector('h1')?.innerText === end)",
        patience=PATIENCE if save == "view" else LONG,
        what=f"the panel to say: {saved}",
    )
    if reached not in saved:
        raise Refused("demo-not-saved", f"the panel says: {reached}")


def _is_saved(key: str) -> bool:
    return key.startswith("panel.saved_title")


def _is_problem(key: str) -> bool:
    return key.startswith("panel.problem_") and key.endswith("_title")


async def sealed_and_kept(data: Path) -> None:
    """Wait until the capture is whole in the vault."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await control.ask(data, "/captures")
            if found["captures"] and all(one["whole"] for one in found["captures"]):
                return
            await asyncio.sleep(0.1)
