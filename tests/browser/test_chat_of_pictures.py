"""A chat with many pictures and with words for those who listen: the track is not lost in it.

Hidden words are mostly placed freely, and then they stand still while the messages move. Where a
picture fills the window there is little else to tell how far it went.
"""

from __future__ import annotations

import pytest

from handrail.app.browsers import Browser, Page
from tests.browser.conftest import IN_BOTH, Site
from tests.browser.running import Run, begin, finish
from tests.browser.seeing import press

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(400)]

CHAT = """<!doctype html><html lang=en><meta charset=utf-8><title>A chat</title>
<style>
  body { margin: 0; font: 16px/22px sans-serif }
  #chat { height: 480px; overflow-y: auto; overflow-anchor: none }
  .them { margin: 8px 30% 8px 0 } .you { margin: 8px 0 8px 30%; text-align: right }
  li { list-style: none } ol { margin: 0; padding: 0 }
  img { display: inline-block; width: 300px; height: 250px }
  .said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  p { margin: 0 }
</style>
<div id=chat><ol></ol></div>
<script>
  const ALL = 60, FIRST = 20, BATCH = 9, PINNED = IS_PINNED;
  const chat = document.querySelector('#chat'), list = document.querySelector('ol');
  const row = (n) => {
    const one = document.createElement('li');
    one.className = n % 3 ? 'them' : 'you';
    one.innerHTML = `<b class=said>${n % 3 ? 'From sky.m_204 to you' : 'From you to them'}</b>`
      + (n % 4 === 2 ? '<img src=/green.png>' : '')
      + `<p>${n % 4 === 2 ? 'ok' : `message ${n}`}</p>`;
    return one;
  };
  let first = ALL - FIRST, loading = false;
  for (let n = first; n < ALL; n += 1) list.append(row(n));
  chat.scrollTop = chat.scrollHeight;
  const load = () => {
    if (loading || first === 0 || chat.scrollTop > 60) return;
    loading = true;
    setTimeout(() => {
      const from = Math.max(0, first - BATCH), come = [];
      for (let n = from; n < first; n += 1) come.push(row(n));
      const { scrollTop, scrollHeight } = chat;
      list.prepend(...come);
      first = from;
      chat.scrollTop = PINNED ? scrollTop : scrollTop + chat.scrollHeight - scrollHeight;
      loading = false;
      load();
    }, 500);
  };
  chat.addEventListener('scroll', load);
</script>"""

SAID = ["ok" if n % 4 == 2 else f"message {n}" for n in range(60)]


def places(run: Run) -> dict[str, set[int]]:
    """Return where each message that says something of its own was read, on the capture's scale."""
    found: dict[str, set[int]] = {}
    for reading in run.readings:
        for row in reading.rows:
            words = row.text.split("\n")[-1]
            if words != "ok":
                found.setdefault(words, set()).add(reading.top + row.top)
    return found


@pytest.mark.parametrize("pinned", ["false", "true"])
async def test_hidden_words_that_stand_still_are_no_sign_of_standing_still(
    browser: Browser, page: Page, site: Site, pinned: str
) -> None:
    await page.goto(site.put(CHAT.replace("IS_PINNED", pinned), path=f"/pictures-{pinned}.html"))
    panel = await press(browser, page)
    await begin(panel)
    run = await finish(panel, 300)
    assert run.completeness["gaps"] == []
    apart = {words: tops for words, tops in places(run).items() if max(tops) - min(tops) > 4}
    assert apart == {}, "the same message stands in two places"
    assert [words.split()[-1] for words in run.words] == [words.split()[-1] for words in SAID]
    assert run.completeness["top"] == "reached"
