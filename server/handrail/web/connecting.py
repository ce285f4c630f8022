"""Safety, and connecting a browser: the same six digits here and in the panel, and one question."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from .. import resources
from ..core.errors import NotFound
from ..core.text import Catalogue
from . import keys
from .pairing import Browser, Pairings
from .rendering import form_of, go_to, page
from .views import when_of


@dataclass(frozen=True, slots=True)
class BrowserView:
    """One connected browser."""

    id: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class PairingView:
    """How pairing stands, and the six digits while it asks."""

    state: Literal["open", "asking", "connected", "refused"]
    id: str = ""
    number: str = ""

    @property
    def halves(self) -> tuple[str, ...]:
        """The digits as they are read: twice three."""
        return tuple(self.number.split(" "))

    @property
    def spoken(self) -> str:
        """The digits one by one, for the ear."""
        return ", ".join(" ".join(half) for half in self.halves)


async def safety(request: web.Request) -> web.Response:
    """Show who may add, where it is kept, how to leave."""
    values = {
        "browsers": _browsers(request),
        "is_protected": request.app[keys.VAULT].is_protected(),
        "forgotten": "forgotten" in request.query,
        "data_folder": str(request.app[keys.DATA]),
        "extension_folder": await asyncio.to_thread(extension_folder),
    }
    return page(request, "safety.html", values)


def extension_folder() -> str:
    """Return the folder that a browser can load, or nothing when it was not built."""
    folder = resources.extension_folder("chromium")
    return str(folder) if (folder / "manifest.json").is_file() else ""


async def connect_page(request: web.Request) -> web.Response:
    """Open pairing for as long as this page is looked at, and show how it stands."""
    pairings = request.app[keys.PAIRINGS]
    answered = request.query.get("answered", "")
    if answered:
        paired = answered in pairings.browsers
        view = PairingView("connected" if paired else "refused")
        return page(request, "connect.html", {"pairing": view})
    pairings.open_window()
    return page(request, "connect.html", {"pairing": _pairing(pairings)})


async def connect_state(request: web.Request) -> web.Response:
    """Say how pairing stands; the page that asks keeps it open."""
    pairings = request.app[keys.PAIRINGS]
    pairings.open_window()
    pairing = _pairing(pairings)
    return web.json_response({"state": pairing.state, "number": pairing.number})


async def connect_answer(request: web.Request) -> web.Response:
    """Take the person's answer: the same number, or not."""
    form = await form_of(request)
    pairing = str(form.get("pairing", ""))
    request.app[keys.PAIRINGS].answer(pairing, same=form.get("answer") == "yes")
    return go_to(f"/connect?answered={pairing}")


async def connect_forget(request: web.Request) -> web.Response:
    """Disconnect a browser, after asking once."""
    form = await form_of(request)
    pairings, browser = request.app[keys.PAIRINGS], str(form.get("browser", ""))
    if form.get("sure") == "yes":
        pairings.forget(browser)
        return go_to("/safety?forgotten=1")
    known = next((one for one in _browsers(request) if one.id == browser), None)
    if known is None:
        raise NotFound("no-such-browser", "this browser is not connected")
    return page(request, "forget.html", {"browser": known})


def _browsers(request: web.Request) -> tuple[BrowserView, ...]:
    catalogue = request.app[keys.CATALOGUE]
    return tuple(_browser(one, catalogue) for one in request.app[keys.PAIRINGS].browsers.values())


def _browser(browser: Browser, catalogue: Catalogue) -> BrowserView:
    """Return a browser in words: its origin tells the kind, and nothing else is known of it."""
    kind = "firefox" if browser.origin.startswith("moz-extension://") else "chromium"
    return BrowserView(
        id=browser.browser,
        name=catalogue.t(f"pages.safety.{kind}"),
        about=catalogue.t(
            "pages.safety.connected_on", when=when_of(browser.paired_at, 0, catalogue)
        ),
    )


def _pairing(pairings: Pairings) -> PairingView:
    asked = pairings.asked()
    if asked is None:
        return PairingView("open")
    return PairingView("asking", asked.pairing, asked.digits)
