"""A whole page is saved from its top to its bottom: every stretch once, with nothing over it."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image

from handrail.app.browsers import Browser, Page, Panel
from handrail.core.records import decode_facts, decode_reading, decode_start
from tests.browser.conftest import IN_BOTH, Site
from tests.browser.seeing import NotTakenError, greens, press

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module")]

SAVE = """(async () => {
  const [{ captureWholePage }, tabs, screenshots, { base64Of }] = await Promise.all([
    import('/engine/whole-page.js'), import('/browser/tabs.js'),
    import('/browser/screenshots.js'), import('/core/bytes.js'),
  ]);
  const [{ id: tabId, windowId }] = await chrome.tabs.query({ active: true, currentWindow: true });
  const kept = [];
  globalThis.stopping = new AbortController();
  try {
    await captureWholePage({
      ...OPTIONS,
      tab: { tabId, windowId }, doors: { tabs, screenshots }, signal: globalThis.stopping.signal,
      tell: ({ tiles }) => {
        if (tiles >= (OPTIONS.stopAfter ?? 1e9)) globalThis.stopping.abort();
      },
      keep: async (_, exhibits) => {
        kept.push(...exhibits.map((one) => ({ ...one, bytes: base64Of(one.bytes) })));
      },
    });
    return { kept };
  } catch (error) {
    return { code: error.code ?? String(error), cause: String(error.stack ?? error.cause), kept };
  }
})()"""

WIDTH = 30


@dataclass(frozen=True)
class Tile:
    """A tile as it was kept, and what its reading says."""

    top: int
    picture: Image.Image


@dataclass(frozen=True)
class Saved:
    """A whole page as it was kept."""

    facts: dict[str, Any]
    kinds: tuple[str, ...]
    tiles: tuple[Tile, ...]

    @property
    def picture(self) -> Image.Image:
        """All tiles in their places, later ones over earlier ones."""
        height = max(tile.top + tile.picture.height for tile in self.tiles)
        whole = Image.new("RGB", (self.tiles[0].picture.width, height), (255, 0, 255))
        for tile in self.tiles:
            whole.paste(tile.picture, (0, tile.top))
        return whole


async def save(panel: Panel, **options: Any) -> Saved:
    """Save the page that is shown. Raises `NotTakenError` when nothing was kept."""
    given = await panel.evaluate(SAVE.replace("OPTIONS", json.dumps(options)))
    if "code" in given:
        assert given["kept"] == []
        raise NotTakenError(given["code"], given["cause"])
    kept = given["kept"]
    bodies = [base64.b64decode(one["bytes"]) for one in kept]
    decode_start(bodies[0])
    facts = decode_facts(bodies[-1])
    assert [one.number for one in facts.exhibits] == list(range(1, len(kept)))
    tiles = []
    for tile, reading in zip(bodies[3:-1:2], bodies[4:-1:2], strict=True):
        tiles.append(Tile(decode_reading(reading).top, _picture(tile)))
    return Saved(json.loads(bodies[-1]), tuple(one["kind"] for one in kept), tuple(tiles))


def _picture(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def stripes(count: int, height: int, also: str = "") -> str:
    """Return a page of stripes, each of a colour of its own that says its number."""
    return also + "".join(
        f"<section style='height:{height}px;background:rgb{colour(at)}'></section>"
        for at in range(count)
    )


def colour(at: int) -> tuple[int, int, int]:
    return (at, 255 - at, at * 7 % 256)


STILL = "<style>body { margin: 0 }</style>"


async def test_every_stretch_of_a_page_is_there_once_and_in_its_place(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(stripes(60, 100), head=STILL))
    await page.evaluate("scrollTo(0, 1234)")
    saved = await save(await press(browser, page))
    assert saved.kinds[:3] == ("start", "view", "page")
    assert saved.kinds[-1] == "facts"
    whole = saved.picture
    assert whole.height == 6000
    assert [whole.getpixel((WIDTH, at * 100 + y)) for at in range(60) for y in (1, 50, 98)] == [
        colour(at) for at in range(60) for _ in range(3)
    ]
    said = saved.facts["completeness"]
    assert (said["ended"], said["top"], said["bottom"]) == ("done", "reached", "reached")
    assert (said["tiles"], said["messages"], said["gaps"]) == (len(saved.tiles), None, [])
    assert await page.evaluate("scrollY") == 1234


async def test_what_sticks_to_the_window_is_not_in_every_tile(
    browser: Browser, page: Page, site: Site
) -> None:
    bar = "<header style='position:fixed;top:0;width:100%;height:60px;background:#000'>Bar</header>"
    stuck = "<p style='position:sticky;top:0;height:40px;margin:0;background:#fff'>Heading</p>"
    await page.goto(site.write(bar + stripes(10, 300) + stuck + stripes(20, 200), head=STILL))
    saved = await save(await press(browser, page))
    whole = saved.picture
    assert whole.height == 7040
    assert whole.getpixel((WIDTH, 10)) == colour(0)
    assert [whole.getpixel((WIDTH * 9, 3040 + at * 200 + 20)) for at in range(20)] == [
        colour(at) for at in range(20)
    ]
    assert saved.facts["completeness"]["overlays_hidden"] == 1


async def test_pictures_that_come_late_leave_no_pixel(
    browser: Browser, page: Page, site: Site
) -> None:
    late = "<img src=/green.png?{} loading=lazy width=200 height=120><p>words {}</p>"
    await page.goto(site.write("".join(late.format(at, at) for at in range(40))))
    saved = await save(await press(browser, page))
    assert [greens(tile.picture) for tile in saved.tiles] == [0] * len(saved.tiles)
    assert saved.facts["pictures"]["count"] == 40


async def test_a_page_that_never_ends_is_followed_to_a_limit_that_is_said(
    browser: Browser, page: Page, site: Site
) -> None:
    more = (
        "<script>onscroll = () => { const next = document.createElement('p');"
        " next.style.height = '900px'; next.textContent = 'more';"
        " document.body.append(next) }</script>"
    )
    await page.goto(site.write(stripes(5, 400) + more, head=STILL))
    saved = await save(await press(browser, page), longest=4000)
    said = saved.facts["completeness"]
    assert (said["ended"], said["bottom"]) == ("limit", "not-reached")
    assert 4000 <= saved.picture.height < 5000


async def test_the_person_stops_and_what_there_is_is_kept(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(stripes(60, 100), head=STILL))
    saved = await save(await press(browser, page), stopAfter=2)
    said = saved.facts["completeness"]
    assert (said["ended"], said["top"], said["bottom"]) == ("stopped", "reached", "not-reached")
    assert 2 <= said["tiles"] == len(saved.tiles) < 5


async def test_a_page_that_fits_the_window_is_whole(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(stripes(4, 50), head=STILL))
    saved = await save(await press(browser, page))
    whole = saved.picture
    assert whole.height == await page.evaluate("innerHeight")
    assert [whole.getpixel((WIDTH, at * 50 + 25)) for at in range(4)] == [
        colour(at) for at in range(4)
    ]
    assert saved.facts["completeness"]["bottom"] == "reached"


async def test_a_page_whose_middle_scrolls_is_saved_by_its_middle(
    browser: Browser, page: Page, site: Site
) -> None:
    frame = "<style>body { margin: 0; display: flex; flex-flow: column; height: 100vh }</style>"
    middle = f"<main style='overflow-y:auto;flex:1'>{stripes(30, 100)}</main>"
    await page.goto(site.write(f"<header style='height:50px'>Top</header>{middle}", head=frame))
    saved = await save(await press(browser, page))
    whole = saved.picture
    assert whole.height == 3000
    assert [whole.getpixel((WIDTH, at * 100 + 50)) for at in range(30)] == [
        colour(at) for at in range(30)
    ]
