"""A view is taken once, whole, from the tab that was asked for, and says how it was taken."""

from __future__ import annotations

import hashlib
import json
import re
import time
from pathlib import Path

import pytest
import rfc8785
from playwright.async_api import Error as PlaywrightError

from handrail.app.browsers import Browser, BrowserName, Opening, Page
from handrail.app.marionette import RemoteError
from handrail.core.records import decode_facts
from tests.browser.conftest import HOSTS, IN_BOTH, Site
from tests.browser.seeing import NotTakenError, greens, press, shot, take, take_in

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module")]

PICTURE_AND_WORDS = "<img src=/green.png><p>words</p>"


# ── What the facts say ───────────────────────────────────────────────────────────────────────────


async def test_the_facts_are_canonical_and_name_the_exhibits_by_digest(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(PICTURE_AND_WORDS))
    view = await take(browser, page)
    assert view.written_facts == rfc8785.dumps(json.loads(view.written_facts))
    assert json.loads(view.written_facts) == view.facts
    assert decode_facts(view.written_facts).capture == view.facts["capture"]
    bodies = (view.picture, view.copy.encode())
    assert [
        (one["number"], one["kind"], one["media_type"], one["length"], one["sha256"])
        for one in view.facts["exhibits"]
    ] == [
        (number, kind, media_type, len(body), hashlib.sha256(body).hexdigest())
        for number, kind, media_type, body in zip(
            (1, 2), ("view", "page"), ("image/png", "text/html;charset=utf-8"), bodies, strict=True
        )
    ]
    assert view.steps == ("hiding", "checking", "picture", "text", "restoring")


async def test_the_facts_are_those_of_the_page(browser: Browser, page: Page, site: Site) -> None:
    await page.goto(site.write("<div style='width: 3000px; height: 4000px'>words</div>"))
    path = "/written.html?q=%C3%A9&to=%2F..%2f&x=a+b#%20part/of?it"
    await page.evaluate("(path) => history.pushState(null, '', path)", path)
    await page.evaluate("document.title = 'Half a \\ud83d character & <b>'")
    await press(browser, page)
    await page.evaluate("scrollTo(120, 340)")
    facts = (await take(browser, page)).facts
    assert facts["source"] == {
        "url": site.address(path),
        "title": "Half a \ufffd character & <b>",
        "referrer": None,
        "language": "en",
    }
    width, height = await page.evaluate("[innerWidth, innerHeight]")
    assert facts["window"] == {
        "width": width,
        "height": height,
        "page_width": 3008,
        "page_height": 4016,
        "scroll_x": 120,
        "scroll_y": 340,
        "device_pixel_ratio": "1",
    }
    assert facts["picture"] == {"width": width, "height": height}
    assert facts["pictures"] == {"hidden": True, "count": 0, "verified": True, "shown": None}
    assert facts["completeness"] == {
        "ended": "done",
        "top": None,
        "bottom": None,
        "tiles": 0,
        "messages": None,
        "earliest": None,
        "latest": None,
        "overlays_hidden": 0,
        "gaps": [],
        "not_read": [],
        "page_changed": False,
    }
    assert re.fullmatch(r"[0-9a-f]{32}", facts["capture"])
    assert facts["made_by"]["languages"][0] == "en-GB"
    assert facts["times"]["started"] < facts["times"]["finished"]


async def test_texts_of_any_length_make_facts_that_the_service_accepts(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(
        site.write(
            "<p>words", head="<script>document.title = '\\u{1f60a}'.repeat(5000).slice(1)</script>"
        )
    )
    await page.evaluate("history.pushState(null, '', '?' + 'x'.repeat(70_000))")
    await page.evaluate("document.documentElement.lang = 'x'.repeat(3000)")
    view = await take(browser, page)
    facts = decode_facts(view.written_facts)
    assert facts.source.url == (await page.evaluate("location.href"))[:65_536]
    assert len(facts.source.title) < 4096
    assert [one.what for one in facts.completeness.not_read] == [
        "long-language",
        "long-title",
        "long-url",
    ]


async def test_frames_and_canvases_are_said_to_be_missing(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(
        site.write("<iframe src=/green.html></iframe><object data=/green.html></object><canvas>")
    )
    facts = (await take(browser, page)).facts
    assert facts["completeness"]["not_read"] == [
        {"count": 1, "what": "canvas"},
        {"count": 2, "what": "frame"},
    ]


async def test_a_title_that_changes_meanwhile_is_recorded(
    browser: Browser, page: Page, site: Site
) -> None:
    counting = "let n = 0; setInterval(() => { document.title = `(${n += 1})`; }, 20)"
    await page.goto(site.write(f"<script>{counting}</script>"))
    await page.wait_for_function("document.title !== 'A page'")
    facts = (await take(browser, page)).facts
    assert facts["completeness"]["page_changed"] is True
    assert re.fullmatch(r"\([0-9]+\)", facts["source"]["title"])


# ── Windows of every kind ────────────────────────────────────────────────────────────────────────

WAYS = {
    "right to left": "<style>:root { direction: rtl }</style>",
    "zoomed by style": "<style>:root { zoom: 1.7 }</style>",
    "scrolled": "<style>body { height: 9000px; width: 9000px }</style>"
    "<script>onload = () => scrollTo(700, 900)</script>",
    "shrunk root": "<style>:root { transform: scale(.3) rotate(20deg); opacity: .4 }</style>",
    "black": "<style>:root { background: #000 } * { color: #000 }</style>",
    "strict policy": "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; "
    "style-src 'none'; require-trusted-types-for 'script'\">",
    "empty": "<style>body { display: none !important }</style>",
    "fixed children": "<style>html > * { position: static !important; opacity: 0 !important }"
    "</style>",
}


@pytest.mark.parametrize("head", WAYS.values(), ids=WAYS.keys())
async def test_a_view_is_taken_of_a_page_that_is(
    browser: Browser, page: Page, site: Site, head: str
) -> None:
    await page.goto(site.write(PICTURE_AND_WORDS * 3, head=head))
    await page.wait_for_timeout(200)
    view = await take(browser, page)
    assert greens(view.pixels) == 0
    assert view.facts["picture"]["width"] == view.facts["window"]["width"]


@pytest.mark.parametrize("zoom", [0.25, 1.1, 5])
async def test_a_view_is_taken_at_every_zoom(
    browser: Browser, page: Page, site: Site, zoom: float
) -> None:
    await page.goto(site.write(PICTURE_AND_WORDS))
    panel = await press(browser, page)
    await panel.evaluate(f"chrome.tabs.setZoom({zoom})")
    await page.wait_for_timeout(300)
    try:
        view = await take(browser, page)
    finally:
        await panel.evaluate("chrome.tabs.setZoom(1)")
    assert greens(view.pixels) == 0
    # Firefox divides a pixel into sixty: 1.1 is 60/55 there.
    assert float(view.facts["window"]["device_pixel_ratio"]) == pytest.approx(zoom, rel=0.01)


async def test_a_view_is_taken_on_a_screen_with_small_pixels(
    extension: Path, opening: Opening, site: Site, tmp_path: Path
) -> None:
    async with opening(extension, tmp_path, headless=True, hosts=HOSTS, scale=1.75) as browser:
        page = browser.context.pages[0]
        await page.goto(site.write(PICTURE_AND_WORDS))
        await page.wait_for_timeout(200)
        assert greens(await shot(browser, page)) > 1000
        view = await take(browser, page)
    assert greens(view.pixels) == 0
    assert float(view.facts["window"]["device_pixel_ratio"]) == pytest.approx(1.75, rel=0.01)
    assert view.facts["picture"]["width"] > view.facts["window"]["width"] * 1.7


async def test_a_page_of_ten_thousand_messages_is_taken_in_seconds(
    browser: Browser, page: Page, site: Site
) -> None:
    messages = "<div><p>words <b>and</b> words</p></div>" * 50 + "<img src=/green.png width=20>"
    await page.goto(site.write(messages * 200))
    panel = await press(browser, page)
    started = time.monotonic()
    view = await take_in(panel)
    # It would be minutes, if each element were compared with every other.
    assert time.monotonic() - started < 60
    assert view.facts["pictures"]["count"] == 200
    assert view.copy.count("<b>and</b>") == 10_000


async def test_a_page_that_is_still_loading_can_be_taken(
    browser: Browser, browser_name: BrowserName, page: Page, site: Site
) -> None:
    await page.goto(
        site.write(PICTURE_AND_WORDS + "<script src=/slow></script><p>later</p>"),
        wait_until="commit",
    )
    await page.wait_for_function("document.querySelector('p')")
    view = await take(browser, page)
    assert greens(view.pixels) == 0
    # Firefox hides pictures only when the text of a page has arrived, and waits for it.
    assert ("later" in view.copy) == (browser_name == "firefox")


# ── When nothing is taken ────────────────────────────────────────────────────────────────────────


async def test_the_person_can_stop_and_the_page_comes_back(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(PICTURE_AND_WORDS))
    await press(browser, page)
    await page.wait_for_timeout(500)  # the panel makes the page narrower
    seen = await shot(browser, page)
    panel = await browser.panel()
    await panel.evaluate("addEventListener('checking', () => stopping.abort(), { once: true })")
    with pytest.raises(NotTakenError) as stopped:
        await take_in(panel)
    assert stopped.value.code == "capture-stopped"
    assert (await shot(browser, page)).tobytes() == seen.tobytes()


async def test_another_tab_that_comes_to_the_front_ends_it(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(PICTURE_AND_WORDS))
    panel = await press(browser, page)
    # There and back between two steps: it is noticed all the same.
    await panel.evaluate(
        """addEventListener('checking', async () => {
          const [mine] = await chrome.tabs.query({ active: true, currentWindow: true });
          const other = await chrome.tabs.create({ url: 'about:blank' });
          await chrome.tabs.update(mine.id, { active: true });
          await chrome.tabs.remove(other.id);
        }, { once: true })"""
    )
    with pytest.raises(NotTakenError) as left:
        await take_in(panel)
    assert left.value.code == "tab-changed"


LEAVE = """addEventListener(STEP, () => {
  const { captureVisibleTab } = chrome.tabs;
  const left = new Promise((resolve) => {
    // Not its address: a browser that has taken our permission back does not tell it.
    chrome.tabs.onUpdated.addListener((tab, { status }) => status === 'complete' && resolve());
  });
  // Pictures wait until it went: on a busy machine everything could be taken before.
  chrome.tabs.captureVisibleTab = (...asked) => left.then(() => captureVisibleTab(...asked));
  chrome.tabs.update({ url: OTHER });
}, { once: true })"""


@pytest.mark.parametrize("step", ["hiding", "checking", "picture", "text"])
async def test_a_page_that_goes_away_is_not_taken(
    browser: Browser, page: Page, site: Site, step: str
) -> None:
    other = site.write("<img src=/green.png width=900>", path="/other.html")
    await page.goto(site.write(PICTURE_AND_WORDS))
    panel = await press(browser, page)
    await panel.evaluate(LEAVE.replace("STEP", f"'{step}'").replace("OTHER", f"'{other}'"))
    try:
        view = await take_in(panel)
    except NotTakenError as gone:
        assert gone.code == "page-changed", gone  # noqa: PT017
    else:
        # It was quick enough to be over before the page went.
        assert step == "text"
        assert greens(view.pixels) == 0
        assert view.facts["source"]["url"].endswith("/written.html")


FAIL = """(() => {
  const { captureVisibleTab } = chrome.tabs;
  let failed = 0;
  chrome.tabs.captureVisibleTab = async (...asked) => {
    if (failed === TIMES) return captureVisibleTab(...asked);
    failed += 1;
    MEANWHILE;
    throw new Error("Failed to capture tab: image readback failed");
  };
})()"""


@pytest.mark.parametrize(("times", "code"), [(2, None), (3, "capture-failed")])
async def test_a_picture_that_fails_is_asked_for_again_and_not_without_end(
    browser: Browser, page: Page, site: Site, times: int, code: str | None
) -> None:
    await page.goto(site.write(PICTURE_AND_WORDS))
    panel = await press(browser, page)
    await panel.evaluate(FAIL.replace("TIMES", str(times)).replace("MEANWHILE", ""))
    if code is None:
        assert greens((await take_in(panel)).pixels) == 0
    else:
        with pytest.raises(NotTakenError) as failed:
            await take_in(panel)
        assert failed.value.code == code


@pytest.mark.parametrize("host", ["page.test", "other.test"])
async def test_a_picture_that_fails_because_the_page_goes_is_said_to_be_that(
    browser: Browser, page: Page, site: Site, host: str
) -> None:
    await page.goto(site.write(PICTURE_AND_WORDS))
    panel = await press(browser, page)
    leave = f"chrome.tabs.update({{ url: '{site.address('/green.html', host)}' }})"
    await panel.evaluate(FAIL.replace("TIMES", "1").replace("MEANWHILE", f"await {leave}"))
    with pytest.raises(NotTakenError) as gone:
        await take_in(panel)
    assert gone.value.code == "page-changed"


async def test_a_tab_without_a_press_of_the_button_cannot_be_read(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(PICTURE_AND_WORDS))
    panel = await press(browser, page)
    await page.goto(site.address("/green.html", host="other.test"))
    with pytest.raises(NotTakenError) as lost:
        await take_in(panel)
    assert lost.value.code == "permission-lost"


OWN_PAGES = {"chromium": "chrome://version/", "firefox": "about:support"}


@pytest.mark.parametrize("what", ["a page of the browser itself", "a drawing"])
async def test_what_is_not_a_page_is_not_readable(
    browser: Browser, browser_name: BrowserName, page: Page, site: Site, what: str
) -> None:
    await page.goto(site.address("/green.svg") if what == "a drawing" else OWN_PAGES[browser_name])
    with pytest.raises(NotTakenError) as refused:
        await take(browser, page)
    assert refused.value.code == "page-not-readable"


async def test_a_page_that_did_not_load_cannot_be_read(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(PICTURE_AND_WORDS))
    panel = await press(browser, page)
    with pytest.raises((PlaywrightError, RemoteError), match=r"ERR_|not loaded"):
        await page.goto(site.address("/broken"))
    with pytest.raises(NotTakenError) as refused:
        await take_in(panel)
    # Which of the two is noticed first is the browser's: both are so.
    assert refused.value.code in {"permission-lost", "page-changed"}


async def test_no_picture_is_asked_for_that_the_browser_would_refuse(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write("<p>words"))
    panel = await press(browser, page)
    refused = await panel.evaluate(
        """(async () => {
          const { takePicture } = await import('/browser/screenshots.js');
          const [{ windowId }] = await chrome.tabs.query({ active: true, currentWindow: true });
          const { captureVisibleTab } = chrome.tabs;
          const refused = [];
          chrome.tabs.captureVisibleTab = (...asked) => captureVisibleTab(...asked).catch((why) => {
            refused.push(String(why));
            throw why;
          });
          for (let count = 0; count < 5; count += 1) await takePicture(windowId);
          chrome.tabs.captureVisibleTab = captureVisibleTab;
          return refused;
        })()"""
    )
    assert refused == []
