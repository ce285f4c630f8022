"""A page that goes away while it is saved: what was called saved is kept, and why it ended is said.

The whole way, as a person sees it: the panel's own sentences, and what has arrived in the vault.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from handrail.app.browsers import Browser, Page, Panel
from handrail.app.demo import save_view
from handrail.web.application import load_catalogue
from tests.app.running import RunningService
from tests.browser.conftest import IN_BOTH, Site
from tests.browser.panelling import arrived, newest
from tests.browser.seeing import press

pytestmark = [pytest.mark.asyncio(loop_scope="module")]

WORDS = load_catalogue()

ENDS = {
    key.removeprefix("panel.said_end_"): WORDS.t(key)
    for key in WORDS.keys()  # noqa: SIM118
    if key.startswith("panel.said_end_")
}

CHAT = (
    "<div id=chat style='height:90vh;overflow:auto'>"
    + "".join(f"<p style='padding:9px'>Message {at}</p>" for at in range(300))
    + "</div><script>chat.scrollTop = 1e6</script>"
)
LONG_PAGE = "".join(f"<p style='height:90px'>Part {at}</p>" for at in range(900))


async def saved_so_far(panel: Panel, least: int = 3) -> int:
    """Wait until the panel calls some pictures saved, and return how many."""
    one, other = WORDS.t("panel.long_pictures", count=0).split("0")
    number = rf"{re.escape(one)}(\d+){re.escape(other)}"
    found = f"Number((document.body.innerText.match(/{number}/) ?? [])[1] ?? 0)"
    return int(await panel.wait_for(f"({found} >= {least}) && {found}", patience=60))


async def reload(browser: Browser, page: Page, panel: Panel, site: Site) -> None:
    await panel.evaluate("chrome.tabs.reload().then(() => true)")


async def leave(browser: Browser, page: Page, panel: Panel, site: Site) -> None:
    other = site.address("/green.html", host="other.test")
    await panel.evaluate(f"chrome.tabs.update({{ url: '{other}' }}).then(() => true)")


async def close_tab(browser: Browser, page: Page, panel: Panel, site: Site) -> None:
    await page.close()


async def close_its_window(browser: Browser, page: Page, panel: Panel, site: Site) -> None:
    """The tab is pulled into a window of its own, and that is closed."""
    await panel.evaluate(
        """(async () => {
          const [{ id: tabId }] = await chrome.tabs.query({ active: true, currentWindow: true });
          const { id } = await chrome.windows.create({ tabId });
          await new Promise((resolve) => { setTimeout(resolve, 1500); });
          await chrome.windows.remove(id);
          return true;
        })()"""
    )


Ending = Callable[[Browser, Page, Panel, Site], Awaitable[None]]
ENDINGS: dict[str, tuple[Ending, set[str]]] = {
    "reloads": (reload, {"page_changed"}),
    "goes to another address": (leave, {"page_changed"}),
    "is closed": (close_tab, {"tab_changed"}),
    # Firefox takes its leave back when a tab gets a window of its own.
    "is closed with its window": (
        close_its_window,
        {"tab_changed", "permission_lost"},
    ),
}


@IN_BOTH
@pytest.mark.parametrize("save", ["conversation", "page"])
@pytest.mark.parametrize(("end", "codes"), ENDINGS.values(), ids=ENDINGS.keys())
async def test_what_was_called_saved_is_kept_when_the_page(
    connected: Browser,
    site: Site,
    service: RunningService,
    save: str,
    end: Ending,
    codes: set[str],
) -> None:
    page = await connected.context.new_page()
    before = await arrived(service)
    await page.goto(site.write(CHAT if save == "conversation" else LONG_PAGE))
    panel = await press(connected, page)
    await panel.click(WORDS.t(f"panel.save_{save}"))
    called = await saved_so_far(panel)
    await end(connected, page, panel, site)
    await panel.wait_for_text(WORDS.t("panel.saved_title_part"), patience=60)
    said = await panel.evaluate(
        "[...document.querySelectorAll('.statement li')].map((one) => one.innerText)"
    )
    (why,) = [one for one in said if one in ENDS.values()]
    assert why in {ENDS[code] for code in codes}
    assert WORDS.t("panel.said_bottom_reached") not in said
    if save == "conversation":
        assert WORDS.t("panel.said_top_reached") not in said
    one = await newest(service, before, called)
    assert (one["save"], one["finished"], one["whole"], one["missing"]) == (save, True, True, 0)
    # The panel goes on working.
    other = await connected.context.new_page()
    await other.goto(site.write("<p>words"))
    before = await arrived(service)
    await save_view(await press(connected, other), WORDS)
    assert (await newest(service, before))["save"] == "view"
    await other.close()


ASKED = """(async () => {
  const { openPage } = await import('/browser/tabs.js');
  const [{ id: tabId }] = await chrome.tabs.query({ active: true, currentWindow: true });
  const page = await openPage({ tabId });
  // The person is to point at something: a question that waits.
  const answer = page.pickScroller().then(String, ({ code }) => code);
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  await END;
  return answer;
})()"""


@IN_BOTH
@pytest.mark.parametrize(
    ("end", "code"),
    [("chrome.tabs.remove(tabId)", "tab-changed"), ("chrome.tabs.reload(tabId)", "page-changed")],
    ids=["its tab is closed", "it is loaded anew"],
)
async def test_a_question_that_waits_is_told_why_the_page_is_gone(
    connected: Browser, site: Site, end: str, code: str
) -> None:
    page = await connected.context.new_page()
    await page.goto(site.write(CHAT))
    panel = await press(connected, page)
    assert await panel.evaluate(ASKED.replace("END", end)) == code
