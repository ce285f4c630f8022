"""What is no conversation is not saved as one, and a person can point at what is one."""

from __future__ import annotations

import pytest

from handrail.app.browsers import Browser, Page
from tests.browser.conftest import IN_BOTH, Site
from tests.browser.running import begin, finish
from tests.browser.seeing import NotTakenError, press

pytestmark = [pytest.mark.asyncio(loop_scope="module"), IN_BOTH]

FRAME = "<iframe src=/framed.html style='width:90%;height:{}vh'></iframe>"
NOTHING_SCROLLS = {
    "a short page": ("no-scroller", "<p>A page with two words"),
    "a page with an advertisement": ("no-scroller", FRAME.format(30)),
    "a chat in a frame": ("frame-chat", FRAME.format(80)),
}


@pytest.mark.parametrize(("code", "body"), NOTHING_SCROLLS.values(), ids=NOTHING_SCROLLS.keys())
async def test_where_nothing_scrolls_nothing_is_kept(
    browser: Browser, page: Page, site: Site, code: str, body: str
) -> None:
    site.write("<p>words</p>" * 200, path="/framed.html")
    await page.goto(site.write(body))
    panel = await press(browser, page)
    await begin(panel)
    with pytest.raises(NotTakenError) as refused:
        await finish(panel)
    assert refused.value.code == code
    assert await panel.evaluate("run.kept.length") == 0


async def test_a_page_that_never_rests_is_not_kept(
    browser: Browser, page: Page, site: Site
) -> None:
    moving = (
        "<script>const on = () => { chat.scrollTop += 3; }; setInterval(on, 4);"
        "const frame = () => { on(); requestAnimationFrame(frame); }; frame()</script>"
    )
    await page.goto(
        site.write(
            "<div id=chat style='height:90vh;overflow:auto'>" + "<p>words</p>" * 2000 + "</div>"
            + moving
        )
    )  # fmt: skip
    panel = await press(browser, page)
    await begin(panel)
    with pytest.raises(NotTakenError) as refused:
        await finish(panel)
    assert refused.value.code in {"page-moves", "lost-place"}
    assert await panel.evaluate("run.kept.length") == 0


# ── Pointing ─────────────────────────────────────────────────────────────────────────────────────

POINT = """(async () => {
  const { openPage } = await import('/browser/tabs.js');
  const [{ id: tabId }] = await chrome.tabs.query({ active: true, currentWindow: true });
  const page = await openPage({ tabId });
  globalThis.pointed = null;
  page.pickScroller().then((answer) => { globalThis.pointed = answer; });
  return true;
})()"""
TWO_LISTS = (
    "<div style='display:flex'>"
    "<div style='flex:1;height:80vh;overflow:auto'>" + "<p>In the larger part.</p>" * 90 + "</div>"
    "<div style='width:250px;height:80vh;overflow:auto'><p id=here>Here</p>"
    + "".join(f"<p>Message {at}.</p>" for at in range(60))
    + "</div></div><script>addEventListener('click', () => { window.clicked = true })</script>"
)


async def test_what_the_person_points_at_is_the_conversation(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(TWO_LISTS))
    panel = await press(browser, page)
    await panel.evaluate(POINT)
    await page.wait_for_timeout(500)
    await page.click("#here")
    await panel.wait_for("globalThis.pointed === true")
    assert not await page.evaluate("window.clicked ?? false")
    await begin(panel)
    run = await finish(panel)
    assert run.words == ["Here", *(f"Message {at}." for at in range(60))]


async def test_a_panel_that_is_closed_points_at_nothing_any_more(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(TWO_LISTS))
    panel = await press(browser, page)
    await panel.evaluate(POINT)
    await page.wait_for_timeout(500)
    await browser.close_panel()
    await page.wait_for_timeout(500)
    await page.click("#here")
    assert await page.evaluate("window.clicked ?? false")
