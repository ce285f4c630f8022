"""Words on a gradient or a photo can be read in every tile, also in bubbles that come later.

What lay behind them is hidden, so a colour stands in for it: white words on white can be read by
nobody.
"""

from __future__ import annotations

import pytest

from handrail.app.browsers import Browser, Page
from tests.browser.conftest import IN_BOTH, Site
from tests.browser.running import Run, begin, finish
from tests.browser.seeing import greens, press

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

CHAT = """<!doctype html><html lang=en><meta charset=utf-8><title>A chat</title>
<style>
  body { margin: 0; font: 16px/24px sans-serif }
  #chat { height: 420px; overflow-y: auto; overflow-anchor: none; position: relative }
  li { list-style: none; height: 40px; display: block }
  ol { margin: 0; padding: 0; position: relative }
  STYLE
</style>
<div id=chat><ol></ol></div>
<script>
  const STYLE = `STYLE`;
  const chat = document.querySelector('#chat'), list = document.querySelector('ol');
  const isOwn = (n) => n < 24 && n % 2 === 0;
  ROWS
</script>"""

STYLE = """.bubble { width: 260px; height: 32px; padding: 0 10px; transition: all 0.3s }
  .you .bubble { margin-left: auto; color: #fff; background: BACKGROUND }"""

ADDED = """
  const row = (n) => {
    const one = document.createElement('li');
    one.className = isOwn(n) ? 'you' : 'them';
    one.innerHTML = `<div class=bubble>message ${n}</div>`;
    return one;
  };
  let first = 26;
  for (let n = first; n < 40; n += 1) list.append(row(n));
  chat.scrollTop = chat.scrollHeight;
  chat.onscroll = () => {
    while (chat.scrollTop < 200 && first > 0) {
      first -= 1;
      const { scrollTop, scrollHeight } = chat;
      list.prepend(row(first));
      chat.scrollTop = scrollTop + chat.scrollHeight - scrollHeight;
    }
  };"""

IN_SHADOW = ADDED.replace(
    "one.innerHTML = `<div class=bubble>message ${n}</div>`;",
    """const host = document.createElement('div');
      one.append(host);
      host.attachShadow({ mode: 'closed' }).innerHTML = `<style>${STYLE}</style>
      <div class=${one.className}><div class=bubble>message ${n}</div></div>`;""",
)

USED_AGAIN = """
  list.style.height = `${40 * 40}px`;
  const pool = [...Array(16)].map(() => {
    const one = document.createElement('li');
    one.innerHTML = '<div class=bubble></div>';
    list.append(one);
    return one;
  });
  const fill = () => {
    const from = Math.max(0, Math.min(24, Math.floor(chat.scrollTop / 40) - 2));
    for (let n = from; n < from + 16; n += 1) {
      const one = pool[n % 16];
      one.className = isOwn(n) ? 'you' : 'them';
      one.style.cssText = `position: absolute; left: 0; right: 0; top: ${n * 40}px`;
      if (one.firstChild.textContent !== `message ${n}`) {
        one.firstChild.textContent = `message ${n}`;
      }
    }
  };
  chat.onscroll = fill;
  chat.scrollTop = chat.scrollHeight;
  fill();"""

GRADIENT, PURPLE = "linear-gradient(#a0f, #40c)", (119, 0, 230)
PHOTO, GREY = "url(/green.png)", (128, 128, 128)
WHITE = (255, 255, 255)

KINDS = {
    "added": (ADDED, GRADIENT, PURPLE),
    "added with a photo": (ADDED, PHOTO, GREY),
    "in closed roots": (IN_SHADOW, GRADIENT, PURPLE),
    "used again": (USED_AGAIN, GRADIENT, PURPLE),
}

CHANGED = """() => [...document.querySelectorAll('.bubble')]
  .filter((one) => one.getAttribute('style') !== null).length"""


def colours(run: Run) -> dict[str, set[tuple[int, ...]]]:
    """Return the colour beside the words of each bubble, wherever a tile shows it whole."""
    found: dict[str, set[tuple[int, ...]]] = {}
    for reading, tile in zip(run.readings, run.tiles, strict=True):
        for row in reading.rows:
            x, y = row.left + (row.width - 12 if row.side == "own" else 240), row.top + 28
            if row.text.startswith("message") and row.top >= 0 and y < tile.height - 8:
                seen = tile.getpixel((x, y))
                assert isinstance(seen, tuple)
                found.setdefault(row.text, set()).add(seen)
    return found


@pytest.mark.parametrize("kind", KINDS)
async def test_a_bubble_that_comes_while_scrolling_has_a_colour_behind_its_words(
    browser: Browser, page: Page, site: Site, kind: str
) -> None:
    rows, background, colour = KINDS[kind]
    style = STYLE.replace("BACKGROUND", background)
    html = CHAT.replace("STYLE = `STYLE`", f"STYLE = `{style}`").replace("STYLE\n", f"{style}\n")
    path = f"/bubbles-{kind.replace(' ', '-')}.html"
    await page.goto(site.put(html.replace("ROWS", rows), path=path))
    panel = await press(browser, page)
    await begin(panel)
    run = await finish(panel, 200)
    assert run.words == [f"message {n}" for n in range(40)]
    expected = {f"message {n}": {colour if n < 24 and n % 2 == 0 else WHITE} for n in range(40)}
    assert colours(run) == expected
    assert sum(map(greens, run.tiles)) == 0
    assert await page.evaluate(CHANGED) == 0
