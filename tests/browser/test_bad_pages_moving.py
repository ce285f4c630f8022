"""Pages that scroll by themselves while they are saved: nothing is lost in silence."""

from __future__ import annotations

import pytest
from PIL import Image

from handrail.app.browsers import Browser, Page
from tests.browser.conftest import IN_BOTH, Site
from tests.browser.running import Run, begin, finish
from tests.browser.seeing import NotTakenError, press

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module")]

COUNT = 70

CHAT = """<div id=chat style="height:90vh;overflow:auto">MESSAGES</div><script>
  chat.scrollTop = 1e6;
  let [times, came] = [0, 0];
  // New messages come, and the chat shows the newest at once, wherever the person was.
  const coming = setInterval(() => {
    if (chat.scrollTop < chat.scrollHeight / 2 && times < TIMES) {
      times += 1;
      for (let many = 0; many < MANY; many += 1) {
        came += 1;
        chat.insertAdjacentHTML('beforeend', `<p style="padding:9px">New ${came}`);
      }
      chat.scrollTop = 1e6;
    }
  }, 300);
</script>"""


def old(count: int) -> list[str]:
    return [f"Message {at}: {'and so on ' * (at % 6)}".strip() for at in range(count)]


async def save_while_it_jumps(
    browser: Browser, page: Page, site: Site, *, times: int, many: int
) -> Run:
    """Save a chat that jumps so many times, each time to the end of so many new messages."""
    messages = "".join(f"<p style='padding:9px'>{words}</p>" for words in old(COUNT))
    chat = CHAT.replace("TIMES", str(times)).replace("MANY", str(many))
    await page.goto(site.write(chat.replace("MESSAGES", messages)))
    panel = await press(browser, page)
    await begin(panel)
    run = await finish(panel, 240)
    assert await page.evaluate("came") == times * many
    said = run.completeness
    assert (said["ended"], said["top"]) == ("done", "reached")
    for stretch in stretches(run):
        reached = stretch[0][0]
        for top, bottom in stretch:
            assert top <= reached + 1, "something is missing between two tiles that are joined"
            reached = max(reached, bottom)
    return run


async def test_a_chat_that_jumps_to_every_new_message_is_saved_in_order(
    browser: Browser, page: Page, site: Site
) -> None:
    """Beside the new message stand some that were seen before: the place is found again."""
    run = await save_while_it_jumps(browser, page, site, times=3, many=1)
    assert run.completeness["gaps"] == []
    assert all(reading.joined for reading in run.readings)
    assert [words for words in run.words if words.startswith("Message")] == old(COUNT)


async def test_a_chat_that_jumps_beyond_all_that_was_seen_is_saved_with_gaps_that_are_said(
    browser: Browser, page: Page, site: Site
) -> None:
    """The window shows new messages only: nobody can tell how far they lie from the last tile."""
    run = await save_while_it_jumps(browser, page, site, times=1, many=40)
    unjoined = [at for at, reading in enumerate(run.readings) if not reading.joined]
    gaps = run.completeness["gaps"]
    assert len(unjoined) >= 1
    assert [gap["after_tile"] for gap in gaps] == unjoined
    assert sorted(gap["after_message"] for gap in gaps) == [*run.transcript.gaps]
    everything = [*old(COUNT), *(f"New {at + 1}" for at in range(40))]
    assert set(run.words) == set(everything)
    for part in run.transcript.runs:
        words = [" ".join(line.row.text.split()) for line in part]
        begins = everything.index(words[0])
        assert words == everything[begins : begins + len(words)], "a gap inside of a run"


def stretches(run: Run) -> list[list[tuple[int, int]]]:
    """Return from where to where the tiles reach that belong together, from the top down."""
    found: list[list[tuple[int, int]]] = []
    for at, reading in enumerate(run.readings):
        if at == 0 or not reading.joined:
            found.append([])
        found[-1].append((reading.top, reading.top + reading.box.height))
    return [sorted(stretch) for stretch in found]


def stripes() -> str:
    return "".join(
        f"<section style='height:100px;background:rgb({at * 5},0,9)'></section>" for at in range(40)
    )


def colours(run: Run) -> list[tuple[int, int, int]]:
    """Return the colour in the middle of each stripe, as the tiles show it."""
    height = max(reading.top + reading.box.height for reading in run.readings)
    whole = Image.new("RGB", (run.tiles[0].width, height))
    for tile, reading in zip(run.tiles, run.readings, strict=True):
        whole.paste(tile, (0, reading.top))
    seen = [whole.getpixel((30, y)) for y in range(50, height, 100)]
    return [one for one in seen if isinstance(one, tuple)]  # type: ignore[misc]


SCROLLS = (
    "<style>body { margin: 0 }</style><script>setInterval(() => scrollBy(0, 7), EVERY)</script>"
)

IT_MOVED = {"page-moves", "lost-place", "pictures-not-hidden"}
"""The last is said when only the strip was missing: in Firefox it lies on the page."""


@pytest.mark.parametrize("every", [10, 700], ids=["always", "now and then"])
async def test_a_page_that_scrolls_by_itself_is_saved_right_or_not_called_saved(
    browser: Browser, page: Page, site: Site, every: int
) -> None:
    await page.goto(site.write(stripes(), head=SCROLLS.replace("EVERY", str(every))))
    panel = await press(browser, page)
    await begin(panel, save="page")
    try:
        run = await finish(panel)
    except NotTakenError as refused:
        assert refused.code in IT_MOVED  # noqa: PT017
        assert await panel.evaluate("run.kept.length") == 0
        return
    seen = colours(run)
    assert seen == [(at * 5, 0, 9) for at in range(len(seen))]
    said = run.completeness
    if said["ended"] == "done":
        assert (len(seen), said["bottom"]) == (40, "reached")
    else:
        assert said["ended"] in IT_MOVED
        assert said["bottom"] == "not-reached"


async def test_a_page_from_right_to_left_that_is_wider_than_the_window_is_saved_as_it_is_seen(
    browser: Browser, page: Page, site: Site
) -> None:
    head = "<style>:root { direction: rtl } body { margin: 0; width: 2000px }</style>"
    await page.goto(site.write(stripes(), head=head))
    panel = await press(browser, page)
    await begin(panel, save="page")
    run = await finish(panel)
    assert colours(run) == [(at * 5, 0, 9) for at in range(40)]
    said = run.completeness
    assert (said["ended"], said["top"], said["bottom"]) == ("done", "reached", "reached")
