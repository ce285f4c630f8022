"""A page that is saved twice is as it was both times, although the first save left its scripts."""

from __future__ import annotations

import pytest

from handrail.app.browsers import Browser, Page
from tests.browser.conftest import IN_BOTH, Site
from tests.browser.running import begin, finish
from tests.browser.seeing import press

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(200)]

CHAT = (
    "<style>#chat { height: 300px; overflow-y: auto; position: relative }"
    "#pill { position: fixed; left: 40px; top: 90px; background: #ddd }"
    "p { height: 30px; background: linear-gradient(#a0f, #40c) }</style>"
    "<div id=chat>"
    + "".join(f"<p>message {n}</p>" for n in range(14))
    + "</div><div id=pill>new messages</div>"
)

AS_IT_IS = """() => [getComputedStyle(document.querySelector('#pill')).visibility,
  document.documentElement.outerHTML]"""


async def test_what_lay_over_a_chat_is_there_again_after_each_save(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(CHAT, path="/twice.html"))
    before = await page.evaluate(AS_IT_IS)
    for _ in range(2):
        panel = await press(browser, page)
        await begin(panel)
        run = await finish(panel)
        assert run.completeness["overlays_hidden"] == 1
        assert await page.evaluate(AS_IT_IS) == before
    assert before[0] == "visible"
