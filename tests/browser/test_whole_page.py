"""A whole page is saved from its top to its bottom: every stretch once, with nothing over it."""

from __future__ import annotations

import pytest
from PIL import Image

from handrail.app.browsers import Browser, Page, Panel
from tests.browser.conftest import IN_BOTH, Site
from tests.browser.running import Run, begin, finish
from tests.browser.seeing import greens, press

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module")]

WIDTH = 30


async def save(panel: Panel, options: str = "{}") -> Run:
    """Save the page that is shown."""
    await begin(panel, options, save="page")
    return await finish(panel)


def whole_of(run: Run) -> Image.Image:
    """Return all tiles in their places, later ones over earlier ones."""
    placed = [(reading.top, tile) for reading, tile in zip(run.readings, run.tiles, strict=True)]
    height = max(top + tile.height for top, tile in placed)
    whole = Image.new("RGB", (placed[0][1].width, height), (255, 0, 255))
    for top, tile in placed:
        whole.paste(tile, (0, top))
    return whole


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
    kinds = [one["kind"] for one in saved.kept]
    assert kinds == ["start", "view", "page", *["tile", "reading"] * len(saved.tiles), "facts"]
    whole = whole_of(saved)
    assert whole.height == 6000
    assert [whole.getpixel((WIDTH, at * 100 + y)) for at in range(60) for y in (1, 50, 98)] == [
        colour(at) for at in range(60) for _ in range(3)
    ]
    said = saved.completeness
    assert (said["ended"], said["top"], said["bottom"]) == ("done", "reached", "reached")
    assert (said["tiles"], said["messages"], said["gaps"]) == (len(saved.tiles), None, [])
    assert await page.evaluate("scrollY") == 1234


async def test_no_tile_is_higher_than_it_may_be(browser: Browser, page: Page, site: Site) -> None:
    """Where many are cut out of one picture, too: each is in its place, the joints are whole."""
    await page.goto(site.write(stripes(95, 100), head=STILL))
    saved = await save(await press(browser, page))
    assert max(tile.height for tile in saved.tiles) <= 1600
    assert all(reading.joined for reading in saved.readings)
    whole = whole_of(saved)
    assert whole.height == 9500
    seams = {reading.top for reading in saved.readings if reading.top > 0}
    assert [whole.getpixel((WIDTH, seam + by)) for seam in seams for by in (-1, 0)] == [
        colour((seam + by) // 100) for seam in seams for by in (-1, 0)
    ]


async def test_what_sticks_to_the_window_is_not_in_every_tile(
    browser: Browser, page: Page, site: Site
) -> None:
    bar = "<header style='position:fixed;top:0;width:100%;height:60px;background:#000'>Bar</header>"
    stuck = "<p style='position:sticky;top:0;height:40px;margin:0;background:#fff'>Heading</p>"
    await page.goto(site.write(bar + stripes(10, 300) + stuck + stripes(20, 200), head=STILL))
    saved = await save(await press(browser, page))
    whole = whole_of(saved)
    assert whole.height == 7040
    assert whole.getpixel((WIDTH, 10)) == colour(0)
    assert [whole.getpixel((WIDTH * 9, 3040 + at * 200 + 20)) for at in range(20)] == [
        colour(at) for at in range(20)
    ]
    assert saved.completeness["overlays_hidden"] == 1


async def test_pictures_that_come_late_leave_no_pixel(
    browser: Browser, page: Page, site: Site
) -> None:
    late = "<img src=/green.png?{} loading=lazy width=200 height=120><p>words {}</p>"
    await page.goto(site.write("".join(late.format(at, at) for at in range(40))))
    saved = await save(await press(browser, page))
    assert [greens(tile) for tile in saved.tiles] == [0] * len(saved.tiles)
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
    saved = await save(await press(browser, page), "{ longest: 4000 }")
    said = saved.completeness
    assert (said["ended"], said["bottom"]) == ("limit", "not-reached")
    assert 4000 <= whole_of(saved).height < 5000


async def test_the_person_stops_and_what_there_is_is_kept(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(stripes(200, 100), head=STILL))
    saved = await save(await press(browser, page), "{ stopAfter: 2 }")
    said = saved.completeness
    assert (said["ended"], said["top"], said["bottom"]) == ("stopped", "reached", "not-reached")
    # In Firefox a few tiles are cut out of one picture.
    assert 2 <= said["tiles"] == len(saved.tiles) < (5 if browser.name == "chromium" else 11)


async def test_a_page_that_fits_the_window_is_whole(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(stripes(4, 50), head=STILL))
    saved = await save(await press(browser, page))
    whole = whole_of(saved)
    assert whole.height == await page.evaluate("innerHeight")
    assert [whole.getpixel((WIDTH, at * 50 + 25)) for at in range(4)] == [
        colour(at) for at in range(4)
    ]
    assert saved.completeness["bottom"] == "reached"


async def test_a_page_whose_middle_scrolls_is_saved_by_its_middle(
    browser: Browser, page: Page, site: Site
) -> None:
    frame = "<style>body { margin: 0; display: flex; flex-flow: column; height: 100vh }</style>"
    middle = f"<main style='overflow-y:auto;flex:1'>{stripes(30, 100)}</main>"
    await page.goto(site.write(f"<header style='height:50px'>Top</header>{middle}", head=frame))
    saved = await save(await press(browser, page))
    whole = whole_of(saved)
    assert whole.height == 3000
    assert [whole.getpixel((WIDTH, at * 100 + 50)) for at in range(30)] == [
        colour(at) for at in range(30)
    ]


async def test_a_picture_older_than_its_place_is_not_taken_for_it(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(stripes(30, 100), head=STILL))
    # A browser that gives every second time the picture it gave before.
    late = """{ picture: (() => {
      let [count, last] = [0, null];
      return async (take) => {
        const before = last;
        last = await take();
        count += 1;
        return count % 2 ? last : before;
      };
    })() }"""
    saved = await save(await press(browser, page), late)
    whole = whole_of(saved)
    assert [whole.getpixel((WIDTH, at * 100 + 50)) for at in range(30)] == [
        colour(at) for at in range(30)
    ]
    assert saved.completeness["bottom"] == "reached"
