"""A conversation is saved whole, in order, with no picture in it, whatever kind of list it is."""

from __future__ import annotations

import functools
import io
import itertools
from pathlib import Path

import pytest
from PIL import Image

from handrail.app.browsers import Browser, Opening, Page
from handrail.core.transcript import merge
from tests.browser import lists
from tests.browser.conftest import HOSTS, IN_BOTH, Site
from tests.browser.running import Run, begin, finish
from tests.browser.seeing import NotTakenError, greens, press

pytestmark = [pytest.mark.asyncio(loop_scope="module"), IN_BOTH]

COUNT = 60
EVERYTHING = [f"{text} {lists.clock(at)}" for at, text in enumerate(lists.texts(COUNT))]

page_of = functools.cache(lists.page_of)

BUBBLE = "<div style='display:flex;justify-content:{side}'><p style='margin:4px;padding:6px;\
max-width:60%;background:#eee'>{words}</p></div>"


def bubbles(count: int) -> str:
    """Return messages as HTML, every third one the person's own."""
    return "".join(
        BUBBLE.format(side="flex-end" if at % 3 == 0 else "flex-start", words=words_of(at))
        for at in range(count)
    )


def words_of(number: int) -> str:
    return f"Message {number}: " + "and so on " * (number * 5 % 13)


def plain_words(count: int) -> list[str]:
    return [" ".join(words_of(at).split()) for at in range(count)]


async def take_conversation(browser: Browser, page: Page, options: str = "{}") -> Run:
    panel = await press(browser, page)
    await begin(panel, options)
    return await finish(panel)


def shown(run: Run) -> dict[str, int]:
    """Return how many green pixels each exhibit with a picture has, naming only those with some."""
    pictures = {f"tile {at}": picture for at, picture in enumerate(run.tiles)}
    return {name: count for name, one in pictures.items() if (count := greens(one))}


# ── Every kind of list ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", lists.LISTS)
async def test_a_conversation_is_saved_from_its_beginning_to_its_end(
    browser: Browser, page: Page, site: Site, name: str
) -> None:
    address = site.put(page_of(name), path=f"/{name}.html")
    await page.goto(f"{address}?n={COUNT}&pictures=9")
    await page.wait_for_selector(".bubble")
    run = await take_conversation(browser, page)
    assert run.words == EVERYTHING
    assert shown(run) == {}
    stated = run.completeness
    assert (stated["ended"], stated["top"], stated["bottom"]) == ("done", "reached", "reached")
    assert stated["gaps"] == []
    assert stated["messages"] == COUNT
    assert stated["tiles"] == len(run.tiles) == len(run.readings)
    assert stated["overlays_hidden"] == (1 if name == "windowed" else 0)
    if name == "reversed":
        assert (stated["earliest"], stated["latest"]) == ("Day 1", "Day 2")


async def test_parts_are_kept_as_they_are_taken_and_the_facts_name_them_all(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(f"<div style='height:90vh;overflow:auto'>{bubbles(30)}</div>"))
    run = await take_conversation(browser, page)
    assert run.sizes == (3, *[2] * len(run.tiles), 1)
    numbers = [one["number"] for one in run.kept]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [one["kind"] for one in run.kept] == [
        "start", "view", "page", *["tile", "reading"] * len(run.tiles), "facts",
    ]  # fmt: skip
    assert [one["number"] for one in run.facts["exhibits"]] == numbers[:-1]
    assert [reading.tile for reading in run.readings] == numbers[3:-1:2]
    for picture, reading in zip(run.tiles, run.readings, strict=True):
        scale = run.facts["picture"]["width"] / run.facts["window"]["width"]
        assert picture.size == (
            round(reading.box.width * scale),
            round(reading.box.height * scale),
        )


# ── Pages of every kind ──────────────────────────────────────────────────────────────────────────

CHAT = "<div id=chat style='height: 95vh; overflow: auto;'>{messages}</div>"
PAGES = {
    "a long box": CHAT,
    "the page itself": "{messages}",
    "right to left": "<style>:root {{ direction: rtl }}</style>" + CHAT,
    "zoomed by style": "<style>:root {{ zoom: 1.5 }}</style>" + CHAT,
    "smooth and snapping": "<style>#chat {{ scroll-behavior: smooth; "
    "scroll-snap-type: y mandatory }}"
    "#chat p {{ scroll-snap-align: start }}</style>" + CHAT,
    "over the whole window": "<style>body {{ margin: 0 }} #chat {{ height: 100vh !important }}"
    "</style>" + CHAT,
    "among ten that scroll": "<div style='display:flex'>"
    + "<nav style='width:60px;height:90vh;overflow:auto'><p style='height:3000px'>x</p></nav>" * 9
    + "<div style='flex:1'>"
    + CHAT
    + "</div></div>",
    "in a shadow root": "<div id=host></div><script>"
    "host.attachShadow({{ mode: 'closed' }}).innerHTML = `" + CHAT + "`</script>",
}


@pytest.mark.parametrize("body", PAGES.values(), ids=PAGES.keys())
async def test_a_conversation_is_found_in(
    browser: Browser, page: Page, site: Site, body: str
) -> None:
    await page.goto(site.write(body.format(messages=bubbles(40))))
    run = await take_conversation(browser, page)
    assert run.words == plain_words(40)
    assert run.completeness["gaps"] == []
    sides = {line.row.side for line in run.transcript.lines}
    assert sides == {"own", "theirs"}
    assert run.transcript.runs[0][0].row.side == "own"


async def test_a_person_may_begin_in_the_middle(browser: Browser, page: Page, site: Site) -> None:
    await page.goto(site.write(CHAT.format(messages=bubbles(60))))
    panel = await press(browser, page)
    await page.wait_for_timeout(500)  # the panel makes the page narrower
    await page.evaluate("chat.scrollTop = 1400")
    await begin(panel)
    run = await finish(panel)
    assert run.words == plain_words(60)
    assert run.readings[0].top == 0
    assert min(reading.top for reading in run.readings) <= -1390
    assert max(reading.top for reading in run.readings) > 0
    assert await page.evaluate("chat.scrollTop") == pytest.approx(1400, abs=2)


# ── What is said ─────────────────────────────────────────────────────────────────────────────────


async def test_a_dialog_that_opens_meanwhile_is_hidden_and_said(
    browser: Browser, page: Page, site: Site
) -> None:
    dialog = "<dialog id=asking style='background:#0f0'>Turn on notifications?</dialog>"
    await page.goto(site.write(CHAT.format(messages=bubbles(60)) + dialog))
    panel = await press(browser, page)
    await begin(panel)
    await panel.wait_for("run.kept.length > 5")
    await page.evaluate("asking.showModal()")
    run = await finish(panel)
    assert run.words == plain_words(60)
    assert shown(run) == {}
    assert run.completeness["overlays_hidden"] == 1
    assert await page.evaluate("getComputedStyle(asking).visibility") == "visible"


async def test_a_gap_is_said_where_it_is(browser: Browser, page: Page, site: Site) -> None:
    # A list that throws away all it shows, and shows others: nothing can be followed.
    jump = """<script>
      let once = true;
      chat.scrollTop = 1e6;
      chat.addEventListener('scroll', () => {
        if (once && chat.scrollTop < 1500) {
          once = false;
          chat.innerHTML = JUMPED;
          chat.scrollTop = 2000;
        }
      });
    </script>"""
    jumped = "".join(f"<p>Another one, {at}</p>" for at in range(120))
    body = CHAT.format(messages=bubbles(60)) + jump.replace("JUMPED", repr(jumped))
    await page.goto(site.write(body))
    run = await take_conversation(browser, page)
    unjoined = [at for at, reading in enumerate(run.readings) if not reading.joined]
    assert len(unjoined) == 1
    gap = run.completeness["gaps"][0]
    assert run.completeness["gaps"] == [gap]
    assert gap["after_tile"] == unjoined[0]
    # It went up: what was read first is what lies below the gap.
    below = {row.text for one in run.readings[: unjoined[0]] for row in one.rows}
    assert gap["after_message"] == run.completeness["messages"] - len(below)
    assert (gap["after_message"],) == merge(run.readings).gaps
    assert run.completeness["top"] == "reached"


MOVES_ON = """{ picture: (() => {
  let times = TIMES;
  return async (take, tabId) => {
    if (times > 0 && run.kept.length > 5) {
      times -= 1;
      await chrome.scripting.executeScript({ target: { tabId }, func: () => {
        const chat = document.getElementById('chat');
        chat.scrollBy(0, -chat.clientHeight / 2);
      } });
    }
    return take();
  };
})() }"""


async def after_moving(browser: Browser, page: Page, site: Site, times: str) -> Run:
    await page.goto(site.write(CHAT.format(messages=bubbles(60))))
    panel = await press(browser, page)
    await page.wait_for_timeout(500)  # the panel makes the page narrower
    await page.evaluate("chat.scrollTop = 1e6")
    await begin(panel, MOVES_ON.replace("TIMES", times))
    return await finish(panel)


async def test_a_page_that_moves_on_just_before_a_picture_is_gone_back_to(
    browser: Browser, page: Page, site: Site
) -> None:
    run = await after_moving(browser, page, site, "1")
    assert run.words == plain_words(60)
    assert run.completeness["gaps"] == []


async def test_a_page_that_moves_on_before_every_picture_leaves_gaps_that_are_said(
    browser: Browser, page: Page, site: Site
) -> None:
    run = await after_moving(browser, page, site, "Infinity")
    unjoined = [at for at, reading in enumerate(run.readings) if not reading.joined]
    assert [gap["after_tile"] for gap in run.completeness["gaps"]] == unjoined
    listed = merge(run.readings)
    assert run.completeness["messages"] == listed.messages
    assert sorted(gap["after_message"] for gap in run.completeness["gaps"]) == [*listed.gaps]
    assert len(unjoined) >= 1
    for before, after in itertools.pairwise(run.readings):
        assert not after.joined or abs(after.top - before.top) <= after.box.height


@pytest.mark.parametrize("again", [False, True], ids=["the same elements", "other elements"])
async def test_a_list_that_jumps_over_what_it_puts_in_front_is_followed(
    browser: Browser, page: Page, site: Site, again: bool
) -> None:
    # It keeps its scrolling position when it gets forty earlier ones: nothing in sight is the same.
    jump = """<script>
      chat.style.overflowAnchor = 'none';
      let once = true;
      chat.addEventListener('scroll', () => {
        if (once && chat.scrollTop < 300) {
          once = false;
          const { scrollTop } = chat;
          chat.insertAdjacentHTML('afterbegin', EARLIER);
          if (AGAIN) chat.innerHTML = chat.innerHTML;
          chat.scrollTop = scrollTop;
        }
      });
    </script>"""
    earlier = bubbles(40)
    later = bubbles(90).removeprefix(earlier)
    script = jump.replace("EARLIER", repr(earlier)).replace("AGAIN", str(again).lower())
    await page.goto(site.write(CHAT.format(messages=later) + script))
    await page.evaluate("chat.scrollTop = 1e6")
    run = await take_conversation(browser, page)
    assert run.words == plain_words(90)
    assert run.completeness["gaps"] == []
    assert run.completeness["messages"] == 90


async def test_what_lies_below_the_beginning_comes_after_it_when_there_is_a_gap_above(
    browser: Browser, page: Page, site: Site
) -> None:
    # A chat that jumps to the top of what it loaded, once: farther than anybody looks back.
    jump = """<script>
      let once = true;
      chat.addEventListener('scroll', () => {
        if (once && chat.scrollTop < 300) {
          once = false;
          chat.insertAdjacentHTML('afterbegin', EARLIER);
          chat.scrollTop = 0;
        }
      });
    </script>"""
    earlier = "".join(f"<p>An earlier one, {at}</p>" for at in range(900))
    body = CHAT.format(messages=bubbles(60)) + jump.replace("EARLIER", repr(earlier))
    await page.goto(site.write(body))
    await page.evaluate("chat.scrollTop = 1400")
    run = await take_conversation(browser, page)
    numbers = [int(words.split()[1][:-1]) for words in run.words if words.startswith("Message")]
    assert sorted(set(numbers)) == list(dict.fromkeys(numbers))
    assert numbers[-1] == 59
    assert run.words[0] == "An earlier one, 0"
    assert len(run.completeness["gaps"]) == len(run.transcript.gaps) >= 1
    assert run.completeness["messages"] == len(run.words)


async def test_a_limit_ends_it_and_is_said(browser: Browser, page: Page, site: Site) -> None:
    await page.goto(site.write(CHAT.format(messages=bubbles(60))))
    run = await take_conversation(browser, page, "{ most: 3 }")
    assert run.completeness["ended"] == "limit"
    assert run.completeness["bottom"] == "not-reached"
    assert len(run.tiles) == 3


# ── No picture of anything that was not hidden ───────────────────────────────────────────────────


async def test_what_was_shown_while_the_picture_was_taken_is_not_kept(
    browser: Browser, page: Page, site: Site
) -> None:
    host = (
        "<div id=host></div><script>host.attachShadow({ mode: 'open' }).innerHTML ="
        " '<img src=/green.png>'</script>"
    )
    await page.goto(site.write(CHAT.format(messages=host + bubbles(40))))
    panel = await press(browser, page)
    shows = """{ picture: async (take, tabId) => {
      if (run.said.some(({ step }) => step === 'text')) {
        await chrome.scripting.executeScript({ target: { tabId }, func: () => {
          document.getElementById('host').shadowRoot.adoptedStyleSheets = [];
        } });
      }
      return take();
    } }"""
    await begin(panel, shows)
    with pytest.raises(NotTakenError) as refused:
        await finish(panel)
    assert refused.value.code == "pictures-not-hidden"
    assert await panel.evaluate("run.kept.length") == 0


async def test_the_places_of_pictures_are_grey_even_if_hiding_and_its_check_were_both_broken(
    blind_extension: Path, opening: Opening, site: Site, tmp_path: Path
) -> None:
    async with opening(blind_extension, tmp_path, headless=True, hosts=HOSTS) as browser:
        page = browser.context.pages[0]
        await page.goto(
            site.write(CHAT.format(messages="<p><img src=/green.png></p>" * 9 + bubbles(20)))
        )
        await page.wait_for_timeout(200)
        run = await take_conversation(browser, page)
    (view,) = run.bodies("view")
    assert greens(Image.open(io.BytesIO(view)).convert("RGB")) > 1000
    assert shown(run) == {}


# ── Endings ──────────────────────────────────────────────────────────────────────────────────────


async def test_the_person_stops_and_everything_is_kept(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(CHAT.format(messages=bubbles(90)) + "<img src=/green.png>"))
    panel = await press(browser, page)
    await page.wait_for_timeout(500)  # the panel makes the page narrower
    await page.evaluate("chat.scrollTop = 1e6")
    before = await page.evaluate("[chat.scrollTop, document.documentElement.outerHTML]")
    await begin(panel)
    await panel.wait_for("run.kept.length > 5")
    await panel.evaluate("run.stopping.abort()")
    run = await finish(panel)
    stated = run.completeness
    assert (stated["ended"], stated["top"], stated["bottom"]) == (
        "stopped", "not-reached", "reached",
    )  # fmt: skip
    assert stated["tiles"] == len(run.tiles) > 0
    assert run.words == plain_words(90)[-len(run.words) :]
    assert stated["messages"] == len(run.words)
    after = await page.evaluate("[chat.scrollTop, document.documentElement.outerHTML]")
    assert after[0] == pytest.approx(before[0], abs=2)
    assert after[1] == before[1]


async def test_a_panel_that_is_closed_meanwhile_leaves_the_page_as_it_was(
    browser: Browser, page: Page, site: Site
) -> None:
    pill = "<p id=pill style='position: fixed; top: 40px; left: 40%;'>New</p>"
    await page.goto(site.write(CHAT.format(messages=bubbles(90)) + pill + "<img src=/green.png>"))
    panel = await press(browser, page)
    await page.wait_for_timeout(500)  # the panel makes the page narrower
    await page.evaluate("chat.scrollTop = 1e6")
    before = await page.evaluate("[chat.scrollTop, document.documentElement.outerHTML]")
    await begin(panel)
    await panel.wait_for("run.kept.length > 7")
    assert await page.evaluate("getComputedStyle(pill).visibility") == "hidden"
    await panel.evaluate("setTimeout(() => location.reload())")
    await page.wait_for_function("getComputedStyle(pill).visibility === 'visible'")
    await page.wait_for_function(f"Math.abs(chat.scrollTop - {before[0]}) < 3")
    # The mark by which the rules no longer apply stays; the rules go with the page.
    after = await page.evaluate("document.documentElement.outerHTML")
    assert after.replace(' data-handrail-shown=""', "") == before[1]


async def test_a_page_that_goes_away_meanwhile_ends_it_and_what_there_is_is_kept(
    browser: Browser, page: Page, site: Site
) -> None:
    other = site.write("<img src=/green.png width=900>", path="/other.html")
    await page.goto(site.write(CHAT.format(messages=bubbles(90))))
    panel = await press(browser, page)
    await begin(panel)
    await panel.wait_for("run.kept.length > 7")
    await page.evaluate(f"location.href = '{other}'")
    run = await finish(panel)
    assert run.completeness["ended"] in {"page-changed", "permission-lost", "pictures-not-hidden"}
    assert run.completeness["page_changed"] is True
    assert run.completeness["tiles"] == len(run.tiles) >= 2
    assert shown(run) == {}


async def test_it_waits_while_another_tab_is_in_front(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write(CHAT.format(messages=bubbles(60))))
    panel = await press(browser, page)
    await begin(panel)
    await panel.wait_for("run.kept.length > 5")
    other = await browser.context.new_page()
    await other.goto(site.address("/green.html"))
    await panel.wait_for("run.said.at(-1).step === 'paused'")
    await other.close()
    await page.bring_to_front()
    run = await finish(panel)
    assert run.words == plain_words(60)
    assert shown(run) == {}
    assert run.completeness["ended"] == "done"
