"""A chat with a slow server that shows nothing meanwhile: its top is what is called so, no sooner.

The waiting is the panel's own here, which is longer than in other tests; or only what it learns.
"""

from __future__ import annotations

import pytest

from handrail.app.browsers import Browser, Page
from tests.browser.conftest import IN_BOTH, Site
from tests.browser.running import begin, finish
from tests.browser.seeing import press

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module")]

PATIENT = "{ patience: {} }"
LEARNING = "{ patience: { unknown: 0 } }"
"""Nothing is waited for but what the waits before say: the last of three would come too late."""

LATE = """<div id=chat style="height:90vh;overflow:auto"></div><script>
  const BATCH = 25;
  const delays = DELAYS;
  let first = BATCH * (delays.length + 1);
  let asks = 0;
  const row = (at) => (
    `<p style="margin:0;padding:9px">Message ${at}: ${'and so on '.repeat(at % 5)}`);
  const rows = (from, to) => Array.from({ length: to - from }, (_, at) => row(from + at)).join('');
  first -= BATCH;
  chat.innerHTML = rows(first, first + BATCH);
  chat.scrollTop = 1e6;
  let loading = false;
  chat.addEventListener('scroll', () => {
    if (chat.scrollTop < 80 && !loading && first > 0) {
      loading = true;
      ASKED;
      setTimeout(() => {
        const before = chat.scrollHeight;
        chat.style.overflowAnchor = 'none';
        chat.insertAdjacentHTML('afterbegin', rows(first - BATCH, first));
        chat.scrollTop += chat.scrollHeight - before;
        first -= BATCH;
        loading = false;
      }, delays[asks]);
      asks += 1;
    }
  });
</script>"""
BATCH = 25
SHOW_IT_LOADS = """chat.insertAdjacentHTML('afterbegin',
  '<div role=progressbar style="height:20px;background:#ccc"></div>')"""


def late(delays: list[int], asked: str = "") -> str:
    return LATE.replace("DELAYS", str(delays)).replace("ASKED", asked)


def words_of(count: int) -> list[str]:
    return [f"Message {at}: {'and so on ' * (at % 5)}".strip() for at in range(count)]


@pytest.mark.parametrize(
    ("delays", "options"),
    [([6000], PATIENT), ([400, 1600, 3500], LEARNING)],
    ids=["once", "later and later"],
)
async def test_a_slow_server_is_waited_for_though_nothing_says_that_it_loads(
    browser: Browser, page: Page, site: Site, delays: list[int], options: str
) -> None:
    await page.goto(site.write(late(delays)))
    panel = await press(browser, page)
    await begin(panel, options)
    run = await finish(panel, 240)
    assert run.words == words_of(BATCH * (len(delays) + 1))
    said = run.completeness
    assert (said["top"], said["ended"], said["gaps"]) == ("reached", "done", [])


async def test_what_still_loads_when_the_waiting_ends_is_not_called_the_top(
    browser: Browser, page: Page, site: Site
) -> None:
    """The page says that it loads, and goes on saying so."""
    await page.goto(site.write(late([9_000_000], asked=SHOW_IT_LOADS)))
    panel = await press(browser, page)
    await begin(panel, "{ patience: { unknown: 0, busyTries: 6 } }")
    run = await finish(panel, 240)
    said = run.completeness
    assert (said["top"], said["bottom"], said["ended"]) == ("not-reached", "reached", "done")
    assert run.words == [*words_of(2 * BATCH)[BATCH:]]
