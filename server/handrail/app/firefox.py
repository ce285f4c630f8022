"""Drives a real Firefox with the extension loaded, as a person would use it.

The same as `driver.py` does with Chromium, for `handrail demo --browser firefox` and the browser
tests: a real press of the toolbar button, the real sidebar, real mouse events. It needs a Firefox
that is already installed and nothing else. The extension is loaded for as long as the browser is
open, as web-ext does: a Firefox that people use asks for a signature before it keeps one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from handrail import system
from handrail.core.errors import Unavailable

from .browsers import PATIENCE, BrowserName
from .firefox_pages import Page, Panel, Tabs
from .marionette import PORT_FILE, Marionette, RemoteError

Setting = bool | int | str

STARTING = 60.0
"""Seconds that a browser may take to start, or to end."""

FIREFOX_NAMES = ("firefox-esr", "firefox", "firefox-developer-edition", "firefox-nightly")
"""Programs that are a Firefox, the likeliest first. Snap's cannot read a folder under /tmp."""

QUIET: Mapping[str, Setting] = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.contentblocking.report.lockwise.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.region.network.url": "",
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.search.update": False,
    "browser.sessionstore.resume_from_crash": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "captivedetect.canonicalURL": "",
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "geo.provider.testing": True,
    "marionette.port": 0,
    "messaging-system.rsexperimentloader.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.prefetch-next": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "signon.rememberSignons": False,
    "toolkit.startup.max_resumed_crashes": -1,
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": "data:,",
    "toolkit.telemetry.unified": False,
}
"""Settings that keep Firefox from asking questions and from calling home."""


# ── A Firefox and how it is started ──────────────────────────────────────────────────────────────


def find_firefox() -> Path:
    """Return the Firefox of this computer. Raises `Unavailable` when there is none."""
    if found := system.first_program(FIREFOX_NAMES):
        return found
    raise Unavailable("no-firefox", "no Firefox was found; install the package `firefox-esr`")


def extension_id(extension: Path) -> str:
    """Return the id that a build's manifest states. Its addresses have another, random one."""
    manifest = json.loads((extension / "manifest.json").read_text("utf-8"))
    return str(manifest["browser_specific_settings"]["gecko"]["id"])


@asynccontextmanager
async def open_browser(
    extension: Path,
    profile: Path,
    *,
    headless: bool,
    size: tuple[int, int] = (1280, 800),
    language: str = "en-GB",
    hosts: Mapping[str, str] | None = None,
    scale: float | None = None,
    installed: bool = False,
    settings: Mapping[str, Setting] | None = None,
) -> AsyncIterator[Browser]:
    """Open a Firefox with the extension, and close it at the end.

    `hosts` names hosts that are this computer: a demo and a test have sites of their own without
    touching the network. `installed` says that the profile has the extension already; else it is
    loaded for as long as the browser is open. `settings` are more of Firefox's own preferences.
    """
    pixels = {} if scale is None else {"layout.css.devPixelsPerPx": str(scale)}
    _write_settings(
        profile, QUIET, _hosts(hosts or {}), _language(language), pixels, settings or {}
    )
    program = subprocess.Popen(
        [
            find_firefox(),
            *(["--headless"] if headless else []),
            "--marionette", "--remote-allow-system-access", "--no-remote",
            "--profile", profile, "--width", str(size[0]), "--height", str(size[1]),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(STARTING):
            line = await Marionette.reach(profile)
        try:
            yield await _prepared(
                line, program, None if installed else extension, extension_id(extension)
            )
            with contextlib.suppress(OSError, EOFError, RemoteError):
                await line.ask("Marionette:Quit", flags=["eForceQuit"])
        finally:
            await line.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(program.wait, STARTING)
    finally:
        program.kill()
        await asyncio.to_thread(program.wait)


async def _prepared(
    line: Marionette, program: subprocess.Popen[bytes], load: Path | None, name: str
) -> Browser:
    """Return the browser when its window is there and the extension listens."""
    async with asyncio.timeout(STARTING):
        await line.take_hands()
        if load is not None:
            await line.ask("Addon:Install", path=str(load.absolute()), temporary=True)
        browser = Browser(line, program, name, await line.do("ready", name))
        await browser.context.look()
        return browser


def _write_settings(profile: Path, *settings: Mapping[str, Setting]) -> None:
    """Write a profile's user.js, and take away the port of a run that was killed."""
    profile.mkdir(mode=0o700, parents=True, exist_ok=True)
    (profile / PORT_FILE).unlink(missing_ok=True)
    together = {name: value for some in settings for name, value in some.items()}
    (profile / "user.js").write_text(preferences(together), "utf-8")


def preferences(settings: Mapping[str, Setting]) -> str:
    """Return settings as a profile's files hold them."""
    return "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in settings.items())


def _hosts(hosts: Mapping[str, str]) -> Mapping[str, Setting]:
    """Return the settings that lead host names to this computer."""
    if any("*" in name for name in hosts):
        # Firefox knows no patterns here: every name leads to this computer.
        return {"network.dns.forceResolve": "127.0.0.1"}
    return {"network.dns.localDomains": ",".join(hosts)}


def _language(language: str) -> Mapping[str, Setting]:
    short = language.partition("-")[0]
    return {"intl.accept_languages": f"{language}, {short}", "intl.locale.requested": language}


class Browser:
    """An open Firefox with the extension in it."""

    name: BrowserName = "firefox"

    def __init__(
        self, line: Marionette, program: subprocess.Popen[bytes], extension: str, host: str
    ) -> None:
        self.context = Tabs(line)
        self.program = program
        self._line = line
        self._extension = extension
        self._host = host

    def address(self, path: str) -> str:
        """Return the address of a page of the extension."""
        return f"moz-extension://{self._host}/{path}"

    async def click_toolbar(self, page: Page) -> None:
        """Press the Handrail button while `page` is shown, as a person does.

        This is the browser's own action: it opens the sidebar and grants `activeTab`.
        """
        await page.bring_to_front()
        await self._line.do("button", self._extension)

    async def panel(self, *, patience: float = PATIENCE) -> Panel:
        """Return the sidebar once it is open and has loaded."""
        async with asyncio.timeout(patience):
            while not await self.has_panel():
                await asyncio.sleep(0.05)
            panel = Panel(self._line, self._extension)
            await panel.wait_for("document.readyState === 'complete'")
            return panel

    async def has_panel(self) -> bool:
        """Tell whether the sidebar is open and shows the panel."""
        return bool(await self._line.do("panel", self._extension))

    async def close_panel(self) -> None:
        """Close the sidebar with the browser's own control."""
        await self._line.do("close_panel")

    async def resize(self, width: int, height: int) -> None:
        """Give the window another size."""
        await self._line.do("resize", width, height)
