"""No picture is ever taken: seen in the pixels that the real browser gives to the real extension.

All imagery of the test pages is pure green. A save must have no green in it, or must not happen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from handrail.app.browsers import Browser, BrowserName, Opening, Page
from tests.browser.conftest import HIDES_NOTHING, HOSTS, IN_BOTH, Site
from tests.browser.seeing import NotTakenError, View, cells, greens, press, shot, take, take_in

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module")]

BOXES = """() => Object.fromEntries([...document.querySelectorAll('figure')].map((figure, at) => {
  const { left, top, right, bottom } = figure.getBoundingClientRect();
  const name = `${at} ${figure.querySelector('figcaption').textContent}`;
  return [name, [left, top, right, bottom].map(Math.round)];
}))"""


async def open_imagery(
    browser: Browser, page: Page, site: Site
) -> dict[str, tuple[int, int, int, int]]:
    """Open the page with every kind of imagery, and return where each kind is."""
    await page.goto(site.address("/imagery.html"))
    await press(browser, page)  # the panel makes the page narrower
    await page.wait_for_selector("html[data-ready]")
    await page.wait_for_function("document.querySelector('video').readyState > 1")
    await page.wait_for_timeout(500)
    boxes: dict[str, tuple[int, int, int, int]] = await page.evaluate(BOXES)
    return boxes


async def take_or_refuse(browser: Browser, page: Page) -> View | None:
    """Take a view of a page that fights back. It may be refused; then nothing was taken."""
    try:
        return await take(browser, page)
    except NotTakenError as error:
        if error.code != "pictures-not-hidden":
            raise
        return None


# ── Every kind of imagery ────────────────────────────────────────────────────────────────────────


NOT_DRAWN: dict[str, set[str]] = {
    "chromium": set(),
    "firefox": {
        "audio", "backdrop-filter", "date", "progress", "range", "scroll bars", "scroll buttons",
        "scroll markers", "select", "webgl",
    },
}  # fmt: skip
"""Kinds that a browser has no way to draw: parts of controls that have other names or none."""


async def test_every_kind_of_imagery_is_seen_while_nothing_is_hidden(
    browser: Browser, browser_name: BrowserName, page: Page, site: Site
) -> None:
    boxes = await open_imagery(browser, page, site)
    seen = cells(await shot(browser, page), boxes)
    assert len(boxes) >= 75
    missing = {name.partition(" ")[2] for name in boxes.keys() - seen.keys()}
    assert missing <= NOT_DRAWN[browser_name]


async def test_no_pixel_of_any_picture_is_taken(browser: Browser, page: Page, site: Site) -> None:
    boxes = await open_imagery(browser, page, site)
    view = await take(browser, page)
    assert cells(view.pixels, boxes) == {}
    assert greens(view.pixels) == 0
    assert view.facts["pictures"]["hidden"] is True
    assert view.facts["pictures"]["count"] > 60


async def test_words_stay_where_pictures_go(browser: Browser, page: Page, site: Site) -> None:
    boxes = await open_imagery(browser, page, site)
    view = await take(browser, page)
    captions = {name: (box[0], box[1], box[2], box[1] + 12) for name, box in boxes.items()}
    dark = {
        name: any(value < 100 for value in view.pixels.crop(box).convert("L").tobytes())
        for name, box in captions.items()
    }
    assert all(dark.values()), [name for name, there in dark.items() if not there]


# ── This test can see a leak ─────────────────────────────────────────────────────────────────────


async def test_a_sheet_that_hides_nothing_is_noticed_and_nothing_is_taken(
    changed_extension: Callable[[str, str], Path], opening: Opening, site: Site, tmp_path: Path
) -> None:
    broken = changed_extension("inject/hide-pictures.css", HIDES_NOTHING)
    async with opening(broken, tmp_path, headless=True, hosts=HOSTS) as browser:
        page = browser.context.pages[0]
        await page.goto(site.write("<img src=/green.png>"))
        with pytest.raises(NotTakenError) as refused:
            await take(browser, page)
    assert refused.value.code == "pictures-not-hidden"


async def test_green_would_be_seen_if_hiding_and_its_check_were_both_broken(
    blind_extension: Path, opening: Opening, site: Site, tmp_path: Path
) -> None:
    async with opening(blind_extension, tmp_path, headless=True, hosts=HOSTS) as browser:
        page = browser.context.pages[0]
        boxes = await open_imagery(browser, page, site)
        view = await take(browser, page)
    assert len(cells(view.pixels, boxes)) > 55


async def test_a_picture_older_than_the_hiding_is_not_taken(
    changed_extension: Callable[[str, str], Path],
    extension: Path,
    opening: Opening,
    site: Site,
    tmp_path: Path,
) -> None:
    # A mark that never comes on the screen stands for a screen that shows old frames.
    mark = (extension / "inject/fresh-mark.js").read_text("utf-8")
    unseen = mark.replace('display: "block", ...placed(edge)', 'opacity: "0", ...placed(edge)')
    assert unseen != mark
    frozen = changed_extension("inject/fresh-mark.js", unseen)
    async with opening(frozen, tmp_path, headless=True, hosts=HOSTS) as browser:
        page = browser.context.pages[0]
        await page.goto(site.write("<p>words"))
        with pytest.raises(NotTakenError) as refused:
            await take(browser, page)
    assert refused.value.code == "pictures-not-hidden"


# ── Above the page ───────────────────────────────────────────────────────────────────────────────


async def test_dialogs_popovers_and_their_backdrops_show_no_picture(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(
        site.write(
            """<style>
            dialog::backdrop { background: url(/green.png) }
            dialog, [popover] { border: 10px solid; border-image: url(/green.png) 10 }
            </style>
            <dialog><img src=/green.png>Are you there?</dialog>
            <div popover=manual style='inset: 0 0 auto auto'><img src=/green.png></div>
            <script>
              document.querySelector('dialog').showModal();
              document.querySelector('[popover]').showPopover();
            </script>"""
        )
    )
    await page.wait_for_timeout(300)
    assert greens(await shot(browser, page)) > 100_000
    assert greens((await take(browser, page)).pixels) == 0


async def test_a_full_screen_picture_is_hidden(browser: Browser, page: Page, site: Site) -> None:
    await page.goto(site.write("<div><img src=/green.png width=400 height=300></div>"))
    await page.evaluate(
        """() => { const box = document.querySelector('div');
          box.onclick = () => { box.requestFullscreen(); }; }"""
    )
    await page.click("div")
    await page.wait_for_function("document.fullscreenElement")
    view = await take_or_refuse(browser, page)
    assert view is None or greens(view.pixels) == 0


@pytest.mark.parametrize("name", ["root", "photo"])
async def test_a_view_transition_does_not_bring_an_older_picture_back(
    browser: Browser, page: Page, site: Site, name: str
) -> None:
    await page.goto(
        site.write(
            f"""<style>
            img {{ view-transition-name: photo; width: 400px; height: 300px }}
            ::view-transition-group({name}), ::view-transition-old({name}) {{
              animation: none !important; animation-duration: 600s !important;
              opacity: 1 !important; display: block !important }}
            ::view-transition-group(*) {{ animation-duration: 600s }}
            </style><img src=/green.png><p>words"""
        )
    )
    await page.wait_for_timeout(300)
    await press(browser, page)
    await page.evaluate(
        """() => new Promise((resolve) => {
          document.startViewTransition(() => { document.querySelector('p').textContent = 'new'; })
            .ready.then(resolve, resolve); })"""
    )
    view = await take_or_refuse(browser, page)
    assert view is None or greens(view.pixels) == 0


# ── Pages that change while they are taken, and pages that fight ─────────────────────────────────

FIGHTS = {
    "adds pictures": "document.body.append(green())",
    "adds closed roots": "{ const div = document.createElement('div'); document.body.append(div); "
    "div.attachShadow({ mode: 'closed' }).append(green()); }",
    "adds roots later": "{ const div = document.createElement('div'); document.body.append(div); "
    "setTimeout(() => div.attachShadow({ mode: 'closed' }).append(green()), 5); }",
    "adds generated content": "{ const p = document.createElement('p'); p.className = 'after'; "
    "document.body.append(p); }",
    "says that it is shown": "document.documentElement.setAttribute('data-handrail-shown', '')",
    "removes our marks": "for (const one of document.querySelectorAll('*')) for (const name of "
    "one.getAttributeNames()) if (name.startsWith('data-handrail')) one.removeAttribute(name)",
    "throws our sheets out": "root.adoptedStyleSheets = []",
    "writes its style again": "root.querySelector('img').style.cssText = "
    "'filter: none !important; object-position: 0 0 !important'",
    "removes what it does not know": "for (const one of document.querySelectorAll('html > div')) "
    "one.remove()",
    "starts transitions": "document.startViewTransition?.(() => {}).ready.catch(() => {})",
    "swaps the document": "document.replaceChild(document.documentElement.cloneNode(true), "
    "document.documentElement)",
}


@pytest.mark.parametrize("fight", FIGHTS.values(), ids=FIGHTS.keys())
async def test_a_page_that_fights_back_gets_no_picture_taken(
    browser: Browser, page: Page, site: Site, fight: str
) -> None:
    await page.goto(
        site.write(
            f"""<style>img {{ width: 60px }} .after::after {{ content: url(/green.png) }}</style>
            <img src=/green.png><p class=after>words</p><div id=host></div>
            <script>
              const green = () => Object.assign(new Image(), {{ src: '/green.png' }});
              const root = document.getElementById('host').attachShadow({{ mode: 'open' }});
              root.append(green());
              globalThis.fight = () => {{ {fight} }};
            </script>"""
        )
    )
    await page.wait_for_timeout(200)
    await press(browser, page)
    await page.evaluate("setInterval(() => { try { fight() } catch { } }, 30)")
    view = await take_or_refuse(browser, page)
    assert view is None or greens(view.pixels) == 0


async def test_a_page_that_answers_to_our_names_does_not_blind_us(
    browser: Browser, page: Page, site: Site
) -> None:
    names = ["querySelectorAll", "documentElement", "getAnimations", "title", "body", "handrail"]
    await page.goto(
        site.write(
            "".join(f"<img name={name} src=/green.png>" for name in names)
            + "<form><input name=attributes><input name=localName><input name=style>"
            "<input name=getAttribute><input name=firstChild><input name=children>"
            "<input name=getBoundingClientRect><img src=/green.png><p>words</p></form>"
            "<div id=handrail></div><script>Element.prototype.checkVisibility = () => false;"
            "globalThis.getComputedStyle = () => ({}); globalThis.MutationObserver = class {};"
            "</script>"
        )
    )
    await page.wait_for_timeout(200)
    view = await take(browser, page)
    assert greens(view.pixels) == 0
    assert view.facts["pictures"]["count"] == len(names) + 1
    assert ">words</p>" in view.copy


# ── What is left to see ──────────────────────────────────────────────────────────────────────────


async def test_a_picture_that_is_transparent_in_places_leaves_no_outline(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(
        site.write("<img src=/shape.png style='position: absolute; inset: 0 auto auto 0'>")
    )
    await page.wait_for_timeout(200)
    view = await take(browser, page)
    colours = view.pixels.crop((0, 0, 84, 50)).getcolors()
    assert colours == [(84 * 50, (128, 128, 128))]


async def test_words_on_a_gradient_and_on_a_photo_can_still_be_read(
    browser: Browser, page: Page, site: Site
) -> None:
    white = "position: absolute; left: 0; width: 200px; height: 40px; color: #fff; margin: 0;"
    await page.goto(
        site.write(
            f"<p style='{white} top: 0; background: linear-gradient(#a0f, #40c)'>white words</p>"
            f"<p style='{white} top: 50px; background: url(/green.png)'>white words</p>"
        )
    )
    await page.wait_for_timeout(200)
    view = await take(browser, page)
    assert view.pixels.getpixel((190, 30)) == (119, 0, 230)
    assert view.pixels.getpixel((190, 80)) == (128, 128, 128)
    before = await page.evaluate("document.querySelector('p').getAttribute('style')")
    assert before.startswith("position: absolute")
    assert "119" not in before


async def test_imagery_over_the_whole_page_does_not_cover_the_words(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(
        site.write(
            "<style>canvas, iframe { position: fixed; inset: 0; border: 0 }"
            "canvas, iframe { width: 100%; height: 100% }</style>"
            "<h1>words</h1><canvas></canvas><iframe></iframe>"
        )
    )
    view = await take(browser, page)
    assert min(view.pixels.convert("L").crop((0, 0, 200, 80)).tobytes()) < 50
    assert view.pixels.getpixel((400, 300)) == (255, 255, 255)


# ── The page as it was ───────────────────────────────────────────────────────────────────────────


async def test_after_a_save_the_page_is_as_it_was(browser: Browser, page: Page, site: Site) -> None:
    await page.goto(
        site.write(
            "<style>.after::after { content: url(/green.png) }</style><img src=/green.png>"
            "<p class=after style='color: red; background: linear-gradient(red, blue);'>words</p>"
            "<div id=host></div><script>document.getElementById('host')"
            ".attachShadow({ mode: 'open' }).innerHTML = '<img src=/green.png style=\"filter: none"
            " !important;\">'</script>"
        )
    )
    await page.wait_for_timeout(200)
    all_of_it = """() => document.documentElement.outerHTML
      + document.getElementById('host').shadowRoot.innerHTML
      + document.getElementById('host').shadowRoot.adoptedStyleSheets.length"""
    before, seen = await page.evaluate(all_of_it), await shot(browser, page)
    for _ in range(2):
        assert greens((await take(browser, page)).pixels) == 0
        assert await page.evaluate(all_of_it) == before
        assert (await shot(browser, page)).tobytes() == seen.tobytes()


async def test_a_refused_save_puts_the_page_back_too(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write("<img src=/green.png><script>/* */</script>", path="/refused.html"))
    await page.wait_for_timeout(200)
    seen = await shot(browser, page)
    say = "document.documentElement.setAttribute('data-handrail-shown', '')"
    timer = await page.evaluate(f"setInterval(() => {say}, 10)")
    assert await take_or_refuse(browser, page) is None
    await page.evaluate(f"clearInterval({timer})")
    assert (await shot(browser, page)).tobytes() == seen.tobytes()


async def test_closing_the_panel_in_the_middle_shows_the_page_again(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write("<img src=/green.png>"))
    await page.wait_for_timeout(200)
    seen = greens(await shot(browser, page))
    panel = await browser.panel()
    hidden = asyncio.ensure_future(
        page.wait_for_function("getComputedStyle(document.images[0]).filter === 'contrast(0)'")
    )
    await panel.evaluate("addEventListener('checking', () => { globalThis.goes = true; })")
    taking = asyncio.ensure_future(take_in(panel))
    await panel.wait_for("globalThis.goes")
    await browser.close_panel()
    with pytest.raises(ConnectionError):
        await taking
    await hidden
    await page.wait_for_function("getComputedStyle(document.images[0]).filter === 'none'")
    assert greens(await shot(browser, page)) == seen
    # What the closed panel left behind does not stand in the way of the next save.
    assert greens((await take(browser, page)).pixels) == 0
    assert greens(await shot(browser, page)) == seen


async def test_a_page_that_nobody_speaks_to_any_more_shows_itself_again(
    changed_extension: Callable[[str, str], Path],
    extension: Path,
    opening: Opening,
    site: Site,
    tmp_path: Path,
) -> None:
    hiding = (extension / "inject/hide-pictures.js").read_text("utf-8")
    hasty = hiding.replace("const SILENCE = 30_000;", "const SILENCE = 700;")
    assert hasty != hiding
    impatient = changed_extension("inject/hide-pictures.js", hasty)
    async with opening(impatient, tmp_path, headless=True, hosts=HOSTS) as browser:
        page = browser.context.pages[0]
        await page.goto(site.write("<img src=/green.png>"))
        panel = await press(browser, page)
        report = await panel.evaluate(
            """(async () => {
              const { openPage } = await import('/browser/tabs.js');
              const [{ id: tabId, windowId }] = await chrome.tabs.query({ active: true });
              globalThis.held = await openPage({ tabId, windowId });
              return globalThis.held.hide();
            })()"""
        )
        assert report["faults"] == 0
        filter_now = "getComputedStyle(document.images[0]).filter"
        assert await page.evaluate(filter_now) == "contrast(0)"
        await page.wait_for_function(f"{filter_now} === 'none'", timeout=5000)
