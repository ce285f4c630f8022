"""One picture is seen because an adult pointed at it, and no pixel of any other (DESIGN D2).

Every picture of these pages has one plain colour of its own. What a save may show is the colour of
the picture that was pointed at, where it is; the other colours are counted and are not there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handrail.app import firefox_pages
from handrail.app.browsers import Browser, Opening, Page, Panel
from handrail.core.records import decode_facts
from tests.browser.conftest import HOSTS, IN_BOTH, Site
from tests.browser.running import begin, finish
from tests.browser.seeing import TAKE, NotTakenError, View, greens, press, shot, take, take_in

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module")]

POINT = """(async () => {
  const [{ pointAtPicture }, tabs] = await Promise.all([
    import('/engine/one-picture.js'), import('/browser/tabs.js')]);
  const [{ id: tabId, windowId }] = await chrome.tabs.query({ active: true, currentWindow: true });
  globalThis.pointed = undefined;
  globalThis.leaving = new AbortController();
  pointAtPicture({ tab: { tabId, windowId }, doors: { tabs }, signal: globalThis.leaving.signal })
    .then((one) => { globalThis.pointed = one; }, (error) => { globalThis.pointed = error.code; });
  return true;
})()"""

POINTED = "globalThis.pointed !== undefined"

MAGENTA, ORANGE, BLUE = (255, 0, 255), (255, 128, 0), (0, 0, 255)
AS_THE_BROWSER_WRITES_IT = """() => { for (const one of document.querySelectorAll('[style]')) {
  one.style.setProperty('color', 'black'); } }"""
"""Inline styles in the browser's own spelling, as they are after any change of them."""

FRAMES = "document.querySelectorAll('[data-handrail-frame]').length"


def picture(colour: tuple[int, int, int], size: str = "width='120' height='80'") -> str:
    """The address of a picture of one colour."""
    fill = "%23{:02x}{:02x}{:02x}".format(*colour)
    return (
        f'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" {size}>'.replace('"', "'")
        + f"<rect width='120' height='80' fill='{fill}'/></svg>"
    )


def place(left: int, top: int, more: str = "") -> str:
    where = f"position:absolute;left:{left}px;top:{top}px;width:120px;height:80px"
    return f"{where};margin:0;border:0;{more}"


def img(one_id: str, colour: tuple[int, int, int], left: int, top: int, more: str = "") -> str:
    return f'<img id={one_id} alt="" src="{picture(colour)}" style="{place(left, top, more)}">'


OTHERS = (
    img("other", ORANGE, 160, 20)
    + f"""<div style="{place(300, 20)}background:url(&quot;{picture(BLUE)}&quot;)">words</div>"""
    + f"""<iframe src=/green.html style="{place(20, 120)}"></iframe>"""
    + f"""<div id=root style="{place(160, 120)}"></div>
    <script>document.getElementById('root').attachShadow({{ mode: 'closed' }}).innerHTML =
      '<img src=/green.png style="width:120px;height:80px">'</script>"""
)
"""What stays hidden: a photo, a background, a frame, a picture in a closed root."""


def close(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(one, other, strict=True))


def count(image: Image.Image, colour: tuple[int, int, int]) -> int:
    """How many pixels have nearly this colour."""
    colours = image.getcolors(image.width * image.height) or []
    return sum(number for number, one in colours if isinstance(one, tuple) and close(one, colour))


def others_in(view: View) -> int:
    return count(view.pixels, ORANGE) + count(view.pixels, BLUE) + greens(view.pixels)


async def begin_pointing(browser: Browser, page: Page) -> Panel:
    panel = await press(browser, page)
    await page.wait_for_timeout(300)
    await panel.evaluate(POINT)
    await page.wait_for_function(f"{FRAMES} > 0")
    await page.wait_for_timeout(400)
    return panel


async def click_on(page: Any, selector: str) -> None:
    """Click where the middle of something is, whatever lies there."""
    if isinstance(page, firefox_pages.Page):
        await page.click(selector)
        return
    x, y = await page.evaluate(
        """(selector) => {
          const { left, top, width, height } =
            document.querySelector(selector).getBoundingClientRect();
          return [left + width / 2, top + height / 2];
        }""",
        selector,
    )
    await page.mouse.move(x, y)
    await page.mouse.click(x, y)


async def point_at_mine(browser: Browser, page: Page) -> Panel:
    panel = await begin_pointing(browser, page)
    await click_on(page, "#mine")
    await panel.wait_for(POINTED)
    return panel


async def take_shown(panel: Panel, save: str = "view") -> View:
    given = f"save: {json.dumps(save)}, shown: globalThis.pointed, tab:"
    return await take_in(panel, TAKE.replace("tab:", given, 1))


async def refused(panel: Panel, save: str = "view") -> str:
    with pytest.raises(NotTakenError) as error:
        await take_shown(panel, save)
    return error.value.code


# ── What is seen ─────────────────────────────────────────────────────────────────────────────────


async def test_only_the_picture_that_was_pointed_at_is_seen(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(img("mine", MAGENTA, 20, 20) + OTHERS))
    panel = await point_at_mine(browser, page)
    view = await take_shown(panel)
    assert count(view.pixels, MAGENTA) >= 120 * 80 * 0.95
    assert count(view.pixels, MAGENTA) == count(view.pixels.crop((20, 20, 140, 100)), MAGENTA)
    assert others_in(view) == 0
    wanted = {"what": "img", "left": 20, "top": 20, "width": 120, "height": 80}
    assert view.facts["pictures"]["shown"] == wanted
    facts = decode_facts(view.written_facts)
    assert facts.pictures.shown is not None
    assert facts.pictures.hidden
    assert facts.pictures.count == 4
    assert "svg" not in view.copy.replace('data-picture="svg"', "")
    assert "data:" not in view.copy


async def test_the_places_of_the_others_are_grey_even_if_hiding_and_its_check_were_both_broken(
    blind_extension: Path, opening: Opening, site: Site, tmp_path: Path
) -> None:
    async with opening(blind_extension, tmp_path, headless=True, hosts=HOSTS) as browser:
        page = browser.context.pages[0]
        both = img("mine", MAGENTA, 20, 20) + img("other", ORANGE, 160, 20)
        await page.goto(site.write(both))
        panel = await point_at_mine(browser, page)
        view = await take_shown(panel)
    assert count(view.pixels, MAGENTA) >= 120 * 80 * 0.95
    assert others_in(view) == 0


async def test_a_background_is_seen_and_no_other_background(
    browser: Browser, page: Page, site: Site
) -> None:
    ground = f"background:url(&quot;{picture(MAGENTA)}&quot;)"
    mine = f'<div id=mine style="{place(20, 20)}{ground}"></div>'
    await page.goto(site.write(mine + OTHERS))
    panel = await point_at_mine(browser, page)
    view = await take_shown(panel)
    assert view.facts["pictures"]["shown"]["what"] == "background"
    assert count(view.pixels, MAGENTA) >= 120 * 80 * 0.95
    assert others_in(view) == 0


@pytest.mark.parametrize("mode", ["open", "closed"])
async def test_a_picture_in_a_shadow_root_is_seen(
    browser: Browser, page: Page, site: Site, mode: str
) -> None:
    root = f"""<div id=mine style="{place(20, 20)}"></div><script>
      document.getElementById('mine').attachShadow({{ mode: '{mode}' }}).innerHTML =
        {json.dumps(img("in", MAGENTA, 0, 0) + img("too", ORANGE, 0, 260))}</script>"""
    await page.goto(site.write(root + OTHERS))
    panel = await point_at_mine(browser, page)
    view = await take_shown(panel)
    assert count(view.pixels, MAGENTA) >= 120 * 80 * 0.95
    assert others_in(view) == 0


async def test_the_picture_is_shown_as_the_page_lays_it_out(
    browser: Browser, page: Page, site: Site
) -> None:
    more = "object-fit:contain;width:120px;height:200px;background:#00f;pointer-events:none"
    await page.goto(site.write(img("mine", MAGENTA, 20, 20, more)))
    panel = await point_at_mine(browser, page)
    view = await take_shown(panel)
    assert 120 * 80 * 0.95 <= count(view.pixels, MAGENTA) <= 120 * 80
    assert count(view.pixels, BLUE) >= 120 * 120 * 0.95


async def test_the_save_after_that_shows_nothing(browser: Browser, page: Page, site: Site) -> None:
    await page.goto(site.write(img("mine", MAGENTA, 20, 20)))
    panel = await point_at_mine(browser, page)
    await take_shown(panel)
    view = await take(browser, page)
    assert count(view.pixels, MAGENTA) == 0
    assert view.facts["pictures"]["shown"] is None


# ── While pointing ───────────────────────────────────────────────────────────────────────────────


async def test_all_pictures_stay_hidden_while_the_person_points(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(img("mine", MAGENTA, 20, 20) + OTHERS))
    await begin_pointing(browser, page)
    seen = await shot(browser, page)
    assert count(seen, MAGENTA) + count(seen, ORANGE) + count(seen, BLUE) + greens(seen) < 60_000
    for box in [(30, 30, 130, 90), (170, 30, 270, 90), (30, 130, 130, 190), (170, 130, 270, 190)]:
        colours = seen.crop(box).getcolors() or []
        assert [one for _, one in colours] == [(128, 128, 128)], box


@pytest.mark.parametrize("how", ["panel says no", "panel closes"])
async def test_pointing_at_nothing_leaves_the_page_as_it_was(
    browser: Browser, page: Page, site: Site, how: str
) -> None:
    await page.goto(site.write(img("mine", MAGENTA, 20, 20) + OTHERS))
    whole = "document.documentElement.outerHTML"
    await page.evaluate(AS_THE_BROWSER_WRITES_IT)
    before, seen = await page.evaluate(whole), await shot(browser, page)
    panel = await begin_pointing(browser, page)
    if how == "panel says no":
        await panel.evaluate("globalThis.leaving.abort()")
    else:
        await browser.close_panel()
    if how != "panel closes":
        await panel.wait_for(POINTED)
        assert await panel.evaluate("globalThis.pointed") is None
    await page.wait_for_function(f"{FRAMES} === 0")
    await page.wait_for_function("getComputedStyle(document.images[0]).filter === 'none'")
    if how != "panel closes":
        assert await page.evaluate(whole) == before
        assert (await shot(browser, page)).tobytes() == seen.tobytes()


async def test_what_is_no_picture_cannot_be_pointed_at(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(img("mine", MAGENTA, 20, 20) + OTHERS))
    panel = await begin_pointing(browser, page)
    assert await page.evaluate(FRAMES) == 1 + 4  # and the one that moves; not the frame
    await click_on(page, "iframe")
    await page.wait_for_timeout(200)
    assert not await panel.evaluate(POINTED)


async def test_a_page_without_a_picture_says_so(browser: Browser, page: Page, site: Site) -> None:
    await page.goto(site.write("<p>words"))
    panel = await press(browser, page)
    await panel.evaluate(POINT)
    await panel.wait_for(POINTED)
    assert await panel.evaluate("globalThis.pointed") == "no-picture"


UNCLEAR = {
    "blurred": img("mine", MAGENTA, 20, 20, "filter:blur(20px)"),
    "in something blurred": f"<div style='filter:blur(9px)'>{img('mine', MAGENTA, 20, 20)}</div>",
    "blurred from above": img("mine", MAGENTA, 20, 20)
    + f"<div style='{place(20, 20, 'backdrop-filter:blur(20px);pointer-events:none')}'></div>",
    "under a drawing": img("mine", MAGENTA, 20, 20)
    + f"<canvas style='{place(70, 50, 'width:4px;height:4px')}'></canvas>",
    "under another background": img("mine", MAGENTA, 20, 20)
    + f"<div style='{place(20, 20, 'background:linear-gradient(#000, #222)')}'></div>",
    "under generated content": f"<style>b::after {{ content:''; {place(0, 0)} "
    "background:linear-gradient(#000, #222) }</style>"
    f"<b style='{place(20, 20)}'>{img('mine', MAGENTA, 0, 0)}</b>",
}


@pytest.mark.parametrize("body", UNCLEAR.values(), ids=UNCLEAR.keys())
async def test_a_picture_that_would_be_seen_more_clearly_than_the_page_shows_it_stays_hidden(
    browser: Browser, page: Page, site: Site, body: str
) -> None:
    await page.goto(site.write(body))
    panel = await press(browser, page)
    await page.wait_for_timeout(300)
    await panel.evaluate(POINT)
    await page.wait_for_timeout(800)
    if await page.evaluate(f"{FRAMES} > 0"):
        await click_on(page, "#mine")
        await panel.evaluate("globalThis.leaving.abort()")
    await panel.wait_for(POINTED)
    assert await panel.evaluate("globalThis.pointed?.what") is None


# ── Between pointing and the save ────────────────────────────────────────────────────────────────

GONE = {
    "it goes away": "mine.remove()",
    "it moves": "mine.style.left = '40px'",
    "it grows": "mine.style.width = '160px'",
    "it is another picture": "mine.src = other.src",
    "it is a frame now": "mine.outerHTML = '<iframe id=mine src=/green.html></iframe>'",
    "the page is scrolled": "document.body.style.height = '5000px'; scrollTo(0, 30)",
    "it is blurred": "mine.style.filter = 'blur(20px)'",
    "something is blurred over it": "document.body.insertAdjacentHTML('beforeend', "
    "`<div style='position:fixed;inset:0;backdrop-filter:blur(20px)'></div>`)",
}


@pytest.mark.parametrize("change", GONE.values(), ids=GONE.keys())
async def test_a_picture_that_changed_since_is_not_shown(
    browser: Browser, page: Page, site: Site, change: str
) -> None:
    await page.goto(site.write(img("mine", MAGENTA, 20, 20) + OTHERS))
    panel = await point_at_mine(browser, page)
    await page.evaluate(f"() => {{ {change}; }}")
    await page.wait_for_timeout(200)
    await page.evaluate(AS_THE_BROWSER_WRITES_IT)
    before = await page.evaluate("document.documentElement.outerHTML")
    assert await refused(panel) == "picture-gone"
    assert await page.evaluate("document.documentElement.outerHTML") == before


async def test_a_picture_that_changes_while_it_is_taken_is_not_shown(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(img("mine", MAGENTA, 20, 20) + img("other", ORANGE, 160, 20)))
    panel = await point_at_mine(browser, page)
    await page.evaluate(
        """() => { new MutationObserver(() => { mine.src = other.src; })
          .observe(mine, { attributeFilter: ['data-handrail-picture'] }); }"""
    )
    assert await refused(panel) == "picture-gone"


async def test_a_page_that_was_left_has_nothing_to_show(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(img("mine", MAGENTA, 20, 20)))
    panel = await point_at_mine(browser, page)
    await page.reload()
    await page.wait_for_timeout(300)
    assert await refused(panel) in ("picture-gone", "permission-lost")


async def test_a_page_that_marks_its_other_pictures_like_the_one_gets_nothing_taken(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(img("mine", MAGENTA, 20, 20) + img("other", ORANGE, 160, 20)))
    panel = await point_at_mine(browser, page)
    await page.evaluate("other.setAttribute('data-handrail-picture', '')")
    assert await refused(panel) == "pictures-not-hidden"


# ── Where it never is ────────────────────────────────────────────────────────────────────────────


async def test_a_profile_shows_none(browser: Browser, page: Page, site: Site) -> None:
    await page.goto(site.write(img("mine", MAGENTA, 20, 20)))
    panel = await point_at_mine(browser, page)
    assert await refused(panel, "profile") == "picture-not-shown"


@pytest.mark.parametrize("save", ["page", "conversation"])
async def test_a_long_save_shows_none_whatever_it_is_told(
    browser: Browser, page: Page, site: Site, save: str
) -> None:
    words = "".join(f"<p>Message {at}.</p>" for at in range(60))
    await page.goto(site.write(img("mine", MAGENTA, 220, 20) + words))
    panel = await point_at_mine(browser, page)
    shown: dict[str, Any] = await panel.evaluate("globalThis.pointed")
    await begin(panel, json.dumps({"shown": shown}), save=save)
    run = await finish(panel)
    assert run.facts["pictures"]["shown"] is None
    assert sum(count(tile, MAGENTA) for tile in run.tiles) == 0
