"""A real browser with the real extension, and a small site on this computer for it to look at.

One browser serves a whole module: Chromium, or each of the two in turn where a module says
`pytestmark = [IN_BOTH, …]`. The site answers on the loopback address; names ending in `.test`
lead there too, so that a page can have parts from another origin. Nothing touches the network.
"""

from __future__ import annotations

import asyncio
import io
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image, ImageDraw

from handrail.app.browsers import BROWSERS, Browser, BrowserName, Opening, Page, opening_of
from handrail.app.demo import pair
from tests.app.running import RunningService

PAGES = Path(__file__).parent / "pages"
ROOT = Path(__file__).parents[2]
HOSTS = {"*.test": "127.0.0.1"}

IN_BOTH = pytest.mark.parametrize("browser_name", BROWSERS, scope="module")
"""Says that the tests of a module are for both browsers."""

IN_CHROMIUM = pytest.mark.parametrize("browser_name", ["chromium"], scope="module")
"""Says that a test is for Chromium alone, in a module that has others for both."""

HIDES_NOTHING = ":root:not([data-handrail-shown]) { }"
"""The sheet of an extension that hides no picture."""

GREEN = (0, 255, 0)


def green_png() -> bytes:
    """Return a picture that is green and nothing else."""
    return png_of(Image.new("RGB", (84, 50), GREEN))


def shape_png() -> bytes:
    """Return a picture that is transparent but for the outline of a round thing."""
    picture = Image.new("RGBA", (84, 50), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((20, 5, 60, 45), fill=(*GREEN, 255))
    return png_of(picture)


def png_of(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


GREEN_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 84 50" width="84" height="50">'
    '<rect id="all" width="84" height="50" fill="#0f0"/></svg>'
)
GREEN_PAGE = "<!doctype html><title>A frame</title><body style='background:#0f0'>words in a frame"


class Site:
    """The pages of `pages/`, and pages that a test writes itself."""

    def __init__(self, port: int, written: dict[str, str]) -> None:
        self._port = port
        self._written = written

    def address(self, path: str, host: str = "page.test") -> str:
        return f"http://{host}:{self._port}{path}"

    def write(self, body: str, *, path: str = "/written.html", head: str = "") -> str:
        """Put a page on the site and return its address."""
        self._written[path] = (
            f"<!doctype html><html lang=en><meta charset=utf-8><title>A page</title>{head}"
            f"<body>{body}</body></html>"
        )
        return self.address(path)

    def put(self, html: str, *, path: str) -> str:
        """Put a whole page on the site and return its address."""
        self._written[path] = html
        return self.address(path)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def site() -> AsyncIterator[Site]:
    written: dict[str, str] = {}
    made: dict[str, tuple[bytes, str]] = {
        "/green.png": (green_png(), "image/png"),
        "/shape.png": (shape_png(), "image/png"),
        "/green.svg": (GREEN_SVG.encode(), "image/svg+xml"),
        "/green.html": (GREEN_PAGE.encode(), "text/html"),
    }

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/slow":
            await asyncio.sleep(5)
        if request.path == "/broken" and request.transport is not None:
            request.transport.abort()
        headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
        if request.path in made:
            body, kind = made[request.path]
            return web.Response(body=body, content_type=kind, headers=headers)
        if request.path in written:
            text = written[request.path]
        elif (PAGES / request.path[1:]).is_file():
            text = (PAGES / request.path[1:]).read_text("utf-8")
        else:
            raise web.HTTPNotFound
        return web.Response(text=text, content_type="text/html", headers=headers)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        assert server.port is not None
        yield Site(server.port, written)


@pytest.fixture(scope="module")
def browser_name() -> BrowserName:
    """The browser that a module's tests are for."""
    return "chromium"


@pytest.fixture(scope="module")
def opening(browser_name: BrowserName) -> Opening:
    """Opens another browser of that kind."""
    return opening_of(browser_name)


@pytest.fixture(scope="module")
def extension(builds: Path, browser_name: BrowserName) -> Path:
    """Return the folder that the browser loads."""
    return builds / browser_name


@pytest.fixture(scope="module")
def changed_extension(
    extension: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], Path]:
    """Return a maker of copies of the extension in which one file has another content."""

    def change(path: str, content: str) -> Path:
        copy = tmp_path_factory.mktemp("changed") / extension.name
        shutil.copytree(extension, copy)
        (copy / path).write_text(content, "utf-8")
        return copy

    return change


@pytest.fixture
def blind_extension(extension: Path, changed_extension: Callable[[str, str], Path]) -> Path:
    """An extension that hides no picture and does not notice: only the second belt is left."""
    imagery = (extension / "inject/imagery.js").read_text("utf-8")
    blind = imagery.replace("    faults,\n  };", "    faults: () => [],\n  };")
    assert blind != imagery
    broken = changed_extension("inject/hide-pictures.css", HIDES_NOTHING)
    (broken / "inject/imagery.js").write_text(blind, "utf-8")
    return broken


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser(
    extension: Path, opening: Opening, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Browser]:
    profile = tmp_path_factory.mktemp("profile")
    async with opening(extension, profile, headless=True, hosts=HOSTS) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A new tab, shown."""
    opened = await browser.context.new_page()
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningService]:
    """A service for the tests of a module. Some modules have one for each test."""
    async with RunningService(tmp_path_factory.mktemp("service") / "data") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def connected(browser: Browser, service: RunningService) -> Browser:
    """The module's browser, connected to the service."""
    await pair(browser, service.data)
    return browser
