"""A page at the browser's own zoom: nothing is missing, every picture has its size, none leaks."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PIL import Image

from handrail.app.browsers import Browser, Page, Panel
from tests.browser import lists
from tests.browser.conftest import IN_BOTH, Site
from tests.browser.running import Run, begin, finish
from tests.browser.seeing import greens, press, take_in

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module")]

ZOOMS = (0.67, 1.5, 2)
COUNT = 60
EVERYTHING = [f"{text} {lists.clock(at)}" for at, text in enumerate(lists.texts(COUNT))]

page_of = functools.cache(lists.page_of)


@asynccontextmanager
async def zoomed(browser: Browser, page: Page, zoom: float) -> AsyncIterator[Panel]:
    """Press the button on a page that is shown and zoom as the browser's own menu does."""
    panel = await press(browser, page)
    await panel.evaluate(f"chrome.tabs.setZoom({zoom})")
    await page.wait_for_function(f"Math.abs(devicePixelRatio / {zoom} - 1) < 0.02")
    await page.wait_for_timeout(500)
    try:
        yield panel
    finally:
        await panel.evaluate("chrome.tabs.setZoom(1)")


def sizes_are_right(run: Run) -> bool:
    """Tell whether every tile has the pixels of its box, to one pixel however high it is.

    The scale is near that of the window and not the same: browsers round one of them.
    """
    sides = [
        pair
        for tile, reading in zip(run.tiles, run.readings, strict=True)
        for pair in zip(tile.size, (reading.box.width, reading.box.height), strict=True)
    ]
    longest, of_box = max(sides)
    scale = longest / of_box
    assert scale == pytest.approx(float(run.facts["window"]["device_pixel_ratio"]), rel=0.01)
    return all(abs(side - of_box * scale) <= 1.5 for side, of_box in sides)


@pytest.mark.parametrize("zoom", ZOOMS)
async def test_a_view_has_the_pixels_of_the_window(
    browser: Browser, page: Page, site: Site, zoom: float
) -> None:
    await page.goto(site.write("<img src=/green.png width=300><p>words"))
    async with zoomed(browser, page, zoom) as panel:
        view = await take_in(panel)
    window, picture = view.facts["window"], view.facts["picture"]
    assert float(window["device_pixel_ratio"]) == pytest.approx(zoom, rel=0.02)
    assert view.pixels.size == (picture["width"], picture["height"])
    assert picture["width"] / window["width"] == pytest.approx(zoom, rel=0.02)
    assert greens(view.pixels) == 0


@pytest.mark.parametrize(("name", "zoom"), list(zip(lists.LISTS, ZOOMS, strict=True)))
async def test_a_conversation_is_whole(
    browser: Browser, page: Page, site: Site, name: str, zoom: float
) -> None:
    address = site.put(page_of(name), path=f"/{name}.html")
    await page.goto(f"{address}?n={COUNT}&pictures=9")
    await page.wait_for_selector(".bubble")
    async with zoomed(browser, page, zoom) as panel:
        await begin(panel)
        run = await finish(panel, 240)
    # In Firefox at 0.67 one message was read twice on a busy machine, and it is not known why. That
    # does no harm to evidence; none may be missing or misplaced.
    assert list(dict.fromkeys(run.words)) == list(dict.fromkeys(EVERYTHING))
    said = run.completeness
    assert (said["ended"], said["top"], said["bottom"]) == ("done", "reached", "reached")
    assert (said["gaps"], said["messages"]) == ([], len(run.words))
    assert all(reading.joined for reading in run.readings)
    assert sizes_are_right(run)
    assert [greens(tile) for tile in run.tiles] == [0] * len(run.tiles)


STRIPE = "<section style='height:120px;background:rgb({},0,{})'><p>Part {}{}</section>"
PICTURE = "<img src=/green.png?{} loading=lazy style='margin-left:200px'>"


def colour(at: int) -> tuple[int, int, int]:
    return (at * 6, 0, 255 - at * 6)


@pytest.mark.parametrize("zoom", ZOOMS)
async def test_a_whole_page_is_whole(browser: Browser, page: Page, site: Site, zoom: float) -> None:
    stripes = "".join(
        STRIPE.format(colour(at)[0], colour(at)[2], at, PICTURE.format(at) if at % 4 == 1 else "")
        for at in range(40)
    )
    head = "<style>body, p { margin: 0 } section { overflow: hidden }</style>"
    await page.goto(site.write(stripes, head=head))
    async with zoomed(browser, page, zoom) as panel:
        await begin(panel, save="page")
        run = await finish(panel)
    said = run.completeness
    assert (said["ended"], said["top"], said["bottom"]) == ("done", "reached", "reached")
    assert said["gaps"] == []
    assert sizes_are_right(run)
    assert [greens(tile) for tile in run.tiles] == [0] * len(run.tiles)
    whole = put_together(run)
    assert whole.height == pytest.approx(4800, abs=2)
    x = whole.width - 20
    seen = [whole.getpixel((x, at * 120 + y)) for at in range(40) for y in (5, 60, 115)]
    assert seen == [colour(at) for at in range(40) for _ in range(3)]


def put_together(run: Run) -> Image.Image:
    """Return all tiles in their places, one pixel for a pixel of the page."""
    boxes = [(reading.top, reading.box) for reading in run.readings]
    height = max(top + box.height for top, box in boxes)
    whole = Image.new("RGB", (boxes[0][1].width, height), (255, 255, 255))
    for (top, box), tile in zip(boxes, run.tiles, strict=True):
        sized = tile.resize((box.width, box.height), Image.Resampling.NEAREST)
        whole.paste(sized, (0, top))
    return whole
