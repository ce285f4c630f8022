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
from typing import TYPE_CHECKING, Any

from .. import resources, system
from ..core.errors import Refused, Unavailable
from ..core.text import Catalogue
from . import control, work
from .driver import Browser, Panel, find_chromium, open_browser
from .window import start_address

if TYPE_CHECKING:
    from playwright.async_api import Page

PRACTICE = "/practice/chat"
PATIENCE = 60.0
"""Seconds that one step may take before the demo gives up."""

LOADING = 15.0
"""Seconds to wait for a page that goes on loading."""


@dataclass(frozen=True, slots=True)
class Step:
    """Prints the steps of the demo as they are done."""

    words: Catalogue

    def say(self, name: str, **values: Any) -> None:
        """Print one line."""
        print(self.words.t(f"cli.demo.{name}", **values), flush=True)


async def run_demo(out: Path, words: Catalogue, *, page: str | None, save: str) -> int:
    """Do the main job and return the exit status of the check of the package.

    Raises `Unavailable` when there is no Chromium or no driver, `Refused` when `out` already holds
    a package.
    """
    step = Step(words)
    find_chromium()
    out.mkdir(parents=True, exist_ok=True)
    if any(out.rglob("*.zip")):
        raise Refused("demo-out-used", "there is a package in this folder already")
    with tempfile.TemporaryDirectory(prefix="handrail-demo-") as folder:
        data = Path(folder) / "data"
        async with running_service(data):
            step.say("start")
            async with paired_browser(data, Path(folder) / "profile") as browser:
                step.say("pair")
                panel = await _open_panel(browser, page)
                await save_view(panel, words)
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
    data: Path, profile: Path, *, extension: Path | None = None, to: str = PRACTICE
) -> AsyncIterator[Browser]:
    """Open a browser with the extension and pair it by a start code, as `handrail run` does."""
    build = extension or resources.extension_folder("chromium")
    if not (build / "manifest.json").exists():
        raise Unavailable("no-extension", "the extension was not built; run `make extension`")
    given = await control.ask(data, "/start-code")
    port = given["port"]
    start = start_address(build, port, given["code"], to)
    async with open_browser(build, profile, headless=True, start=start) as browser:
        tab = browser.context.pages[0]
        await tab.wait_for_url(f"http://*.localhost:{port}{to}", timeout=PATIENCE * 1000)
        yield browser


async def _open_panel(browser: Browser, page: str | None) -> Panel:
    """Go to the page and press the toolbar button."""
    tab = browser.context.pages[0]
    if page is not None:
        await _go_to(tab, page)
    await browser.click_toolbar(tab)
    return await browser.panel(patience=PATIENCE)


async def _go_to(tab: Page, address: str) -> None:
    """Open a page, and go on with what there is when it never ends loading.

    Raises `Unavailable` when it cannot be opened at all.
    """
    from playwright.async_api import Error, TimeoutError

    try:
        await tab.goto(address, wait_until="domcontentloaded", timeout=PATIENCE * 1000)
        with contextlib.suppress(TimeoutError):
            await tab.wait_for_load_state("load", timeout=LOADING * 1000)
    except Error as error:
        raise Unavailable("demo-no-page", "the page could not be opened") from error


async def save_view(panel: Panel, words: Catalogue) -> None:
    """Press *Save this view* and wait until the panel says that it is saved.

    Raises `Refused` when the panel says that it could not be.
    """
    saved = words.t("panel.saved_title")
    ends = [saved, *map(words.t, filter(_is_problem, words.keys()))]
    await panel.click(words.t("panel.save_view"), patience=PATIENCE)
    reached = await panel.wait_for(
        f"{json.dumps(ends)}.find((end) => document.querySelector('h1')?.innerText === end)",
        patience=PATIENCE,
        what=f"the panel to say: {saved}",
    )
    if reached != saved:
        raise Refused("demo-not-saved", f"the panel says: {reached}")


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
