"""Drives a real Chromium with the extension loaded, as a person would use it.

`handrail demo` shows Handrail with it and the browser tests prove Handrail with it: a real press of
the toolbar button, the real side panel, real mouse events. It needs the extra ``demo`` (Playwright)
and a Chromium that is already installed; it never downloads one. The window that `handrail run`
opens needs neither, only `find_chromium` and `arguments_for`. What it shares with Firefox's driver
is in `browsers.py`.

Branded Chrome will not do: since version 137 it ignores ``--load-extension``.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handrail import system
from handrail.core.errors import Unavailable

from . import browsers
from .browsers import PANEL, PATIENCE, BrowserName

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Page

CHROMIUM_NAMES = (
    "chromium",
    "chromium-browser",
    "ungoogled-chromium",
    "google-chrome-for-testing",
    "chrome-for-testing",
)
"""Programs that load an unpacked extension, the likeliest first."""

QUIET = (
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-field-trial-config",
    "--disable-quic",
    "--disable-search-engine-choice-screen",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
    "--password-store=basic",
)
"""Flags that keep Chromium from asking questions and from calling home."""


# ── A Chromium and how it is started ─────────────────────────────────────────────────────────────


def find_chromium() -> Path:
    """Return the Chromium of this computer. Raises `Unavailable` when there is none."""
    if found := system.first_program(CHROMIUM_NAMES):
        return found
    raise Unavailable(
        "no-chromium",
        "no Chromium was found; install the package `chromium` (Google Chrome will not do)",
    )


def arguments_for(extension: Path) -> list[str]:
    """Return the flags for a quiet Chromium that has one extension, this one."""
    flags = [*QUIET, f"--load-extension={extension}", f"--disable-extensions-except={extension}"]
    if system.is_root():
        flags.append("--no-sandbox")  # Chromium refuses to start a sandbox as root
    return flags


def extension_id(extension: Path) -> str:
    """Return the id that Chromium gives to a build: it is computed from the manifest's key.

    The first 128 bits of the key's SHA-256, spelt with the letters a to p.
    """
    manifest = json.loads((extension / "manifest.json").read_text("utf-8"))
    digest = hashlib.sha256(base64.b64decode(manifest["key"])).hexdigest()
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digest[:32])


# ── A browser window ─────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def open_browser(
    extension: Path,
    profile: Path,
    *,
    headless: bool,
    start: str | None = None,
    size: tuple[int, int] = (1280, 800),
    language: str = "en-GB",
    hosts: Mapping[str, str] | None = None,
    scale: float | None = None,
    flags: tuple[str, ...] = (),
) -> AsyncIterator[Browser]:
    """Open a Chromium with the extension, and close it at the end.

    `start` is opened once the extension is there. `hosts` maps host names to addresses: a demo and
    a test have sites of their own without touching the network. `scale` makes the pixels of the
    screen smaller than those of a page.
    """
    try:
        from playwright.async_api import async_playwright
    except ImportError as error:
        raise Unavailable(
            "no-playwright", "the demo needs one more part: pip install 'handrail[demo]'"
        ) from error
    more = [f"--lang={language}", f"--accept-lang={language}", *flags]
    if scale is not None:
        more.append(f"--force-device-scale-factor={scale}")
    if hosts:
        rules = ",".join(f"MAP {name} {address}" for name, address in hosts.items())
        more.append(f"--host-resolver-rules={rules}")
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile,
            executable_path=find_chromium(),
            headless=headless,
            chromium_sandbox=not system.is_root(),
            args=[*arguments_for(extension), f"--window-size={size[0]},{size[1]}", *more],
            ignore_default_args=["--hide-scrollbars"],  # a person has them
            no_viewport=True,
        )
        try:
            await _extension_is_ready(context)
            browser = Browser(context, await _whole_browser(context), extension_id(extension))
            if start is not None:
                await context.pages[0].goto(start)
            yield browser
        finally:
            await context.close()


async def _extension_is_ready(context: BrowserContext) -> None:
    """Wait until the background listens: a press before that would be lost."""
    if not context.service_workers:
        await context.wait_for_event("serviceworker")
    await context.service_workers[0].evaluate("chrome.runtime.id")


async def _whole_browser(context: BrowserContext) -> CDPSession:
    """Return a line to the browser itself, not to one page of it."""
    if context.browser is None:
        raise Unavailable("no-playwright", "this Playwright is too old; version 1.50 is needed")
    return await context.browser.new_browser_cdp_session()


class Browser:
    """An open Chromium with the extension in it."""

    name: BrowserName = "chromium"

    def __init__(self, context: BrowserContext, line: CDPSession, extension: str) -> None:
        self.context = context
        self.extension = extension
        self._line = line

    def address(self, path: str) -> str:
        """Return the address of a page of the extension."""
        return f"chrome-extension://{self.extension}/{path}"

    async def click_toolbar(self, page: Page) -> None:
        """Press the Handrail button while `page` is shown, as a person does.

        This is the browser's own action click: it opens the panel and grants `activeTab`.
        """
        await page.bring_to_front()
        target = await self._tab_of(page)
        await self._line.send(
            "Extensions.triggerAction", {"id": self.extension, "targetId": target}
        )

    async def panel(self, *, patience: float = PATIENCE) -> Panel:
        """Return the side panel once it is open and has loaded."""
        async with asyncio.timeout(patience):
            while True:
                for target in await self._targets("page"):
                    if target["url"].startswith(self.address(PANEL)):
                        panel = await Panel.attach(self._line, target["targetId"])
                        await panel.wait_for("document.readyState === 'complete'")
                        return panel
                await asyncio.sleep(0.05)

    async def close_panel(self) -> None:
        """Close the panel from outside, as the browser's own control does."""
        for target in await self._targets("page"):
            if target["url"].startswith(self.address(PANEL)):
                await self._line.send("Target.closeTarget", {"targetId": target["targetId"]})

    async def _tab_of(self, page: Page) -> str:
        tabs = await self._targets("tab")
        shown = [tab for tab in tabs if tab.get("embedderData", {}).get("tabActive", True)]
        # The address of a page that did not load is another for Playwright than for Chromium.
        for tab in [tab for tab in shown if tab["url"] == page.url] or shown[:1]:
            return str(tab["targetId"])
        raise Unavailable("no-tab", "the page is shown in no tab")

    async def _targets(self, kind: str) -> list[dict[str, Any]]:
        answer = await self._line.send("Target.getTargets", {"filter": [{"type": kind}]})
        return list(answer["targetInfos"])


# ── The side panel ───────────────────────────────────────────────────────────────────────────────


class Panel(browsers.Panel):
    """The real side panel. Playwright does not show it, so this speaks to it over the wire.

    DevTools protocol, Target.attachToTarget without `flatten`: messages travel inside messages.
    """

    def __init__(self, line: CDPSession, session: str) -> None:
        self._line = line
        self._session = session
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        line.on("Target.receivedMessageFromTarget", self._receive)
        line.on("Target.detachedFromTarget", self._lose)

    @classmethod
    async def attach(cls, line: CDPSession, target: str) -> Panel:
        """Connect to the panel that is open in `target`."""
        answer = await line.send("Target.attachToTarget", {"targetId": target, "flatten": False})
        return cls(line, answer["sessionId"])

    async def evaluate(self, javascript: str) -> Any:
        """Return what an expression gives in the panel; a promise is awaited."""
        answer = await self._ask(
            "Runtime.evaluate",
            {"expression": javascript, "awaitPromise": True, "returnByValue": True},
        )
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            raise RuntimeError(thrown.get("exception", {}).get("description") or thrown["text"])
        return answer["result"].get("value")

    async def press(self, x: float, y: float) -> None:
        """Press with the mouse at a point of the panel."""
        for kind, pressed in (("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)):
            mouse = {"type": kind, "x": x, "y": y, "buttons": pressed}
            if kind != "mouseMoved":
                mouse |= {"button": "left", "clickCount": 1}
            await self._ask("Input.dispatchMouseEvent", mouse)

    async def screenshot(self, path: Path) -> None:
        """Write a picture of the panel as PNG."""
        answer = await self._ask("Page.captureScreenshot", {"format": "png"})
        await asyncio.to_thread(path.write_bytes, base64.b64decode(answer["data"]))

    async def _ask(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        number = next(_NUMBERS)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        message = json.dumps({"id": number, "method": method, "params": params})
        await self._line.send(
            "Target.sendMessageToTarget", {"sessionId": self._session, "message": message}
        )
        async with asyncio.timeout(60):
            return await answer

    def _receive(self, event: dict[str, Any]) -> None:
        if event["sessionId"] != self._session:
            return
        message = json.loads(event["message"])
        answer = self._waiting.pop(message.get("id", 0), None)
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(RuntimeError(message["error"]["message"]))
        else:
            answer.set_result(message["result"])

    def _lose(self, event: dict[str, Any]) -> None:
        if event["sessionId"] == self._session:
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(ConnectionError("the panel was closed"))
            self._waiting.clear()


_NUMBERS = itertools.count(1)
