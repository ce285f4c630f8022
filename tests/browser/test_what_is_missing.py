"""One real run with a gap, a stop by the person, and a thing over the chat: exactly that is said.

In the panel as the person presses it, in the dashboard, and in the package. Nothing else is
missing, so nothing else may be said.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handrail.app import control
from handrail.app.browsers import BrowserName, Page
from handrail.app.demo import paired_browser, sealed_and_kept
from handrail.core.records import Facts, decode_facts
from handrail.web.application import load_catalogue
from tests.app.running import RunningService
from tests.browser.conftest import IN_BOTH
from tests.serving import serving

WORDS = load_catalogue()

CHAT = """<!doctype html><html lang=en><meta charset=utf-8><title>A chat</title>
<style>p { margin: 6px; padding: 8px; max-width: 60%; background: #eee }
#pill { position: fixed; top: 45%; left: 40%; background: #cde }</style>
<div id=chat style="height:90vh;overflow:auto">MESSAGES</div>
<button id=pill>New messages</button>
<script>
  let once = true;
  chat.scrollTop = 1e6;
  // A list that throws away all it shows, and shows others: nothing can be followed.
  chat.addEventListener('scroll', () => {
    if (once && chat.scrollTop < 1600) {
      once = false;
      chat.innerHTML = Array.from({ length: 900 }, (_, at) => `<p>Another one, ${at}`).join('');
      chat.scrollTop = 25_000;
    }
  });
</script>"""


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[RunningService]:
    async with RunningService(tmp_path / "data") as running:
        yield running


@pytest.fixture
async def chat() -> AsyncIterator[str]:
    messages = "".join(f"<p>Message {at}" for at in range(90))
    async with serving(CHAT.replace("MESSAGES", messages)) as server:
        yield str(server.make_url("/"))


@IN_BOTH
@pytest.mark.timeout(300)
async def test_a_gap_a_stop_and_a_thing_over_the_chat_are_said_and_nothing_else(
    service: RunningService, chat: str, extension: Path, browser_name: BrowserName, tmp_path: Path
) -> None:
    async with paired_browser(
        service.data, tmp_path / "p", name=browser_name, extension=extension
    ) as browser:
        tab = browser.context.pages[0]
        await tab.goto(chat)
        await browser.click_toolbar(tab)
        panel = await browser.panel()
        await tab.wait_for_timeout(500)  # the panel makes the page narrower
        await tab.evaluate("chat.scrollTop = 1e6")
        await panel.click(WORDS.t("panel.save_conversation"))
        await tab.wait_for_function("!once")
        # A few tiles of the other side of the gap, and the person has seen enough.
        await tab.wait_for_function("chat.scrollTop < 24_000", timeout=90_000)
        await panel.click(WORDS.t("panel.long_stop"))
        await panel.wait_for("document.querySelector('.statement') !== null", patience=60)
        in_panel = await panel.evaluate(
            "[...document.querySelectorAll('.statement li')].map((one) => one.innerText)"
        )
        await sealed_and_kept(service.data)
        in_dashboard = await look(service, tab)
        numbered_in_dashboard, last = await look_at_messages(tab)
    package = tmp_path / "package.zip"
    await control.ask(service.data, "/export", out=str(package), case=None, only=[])
    facts, in_package, listed = read(package)
    said = facts.completeness
    (gap,) = said.gaps
    assert said.messages is not None
    assert gap.after_message is not None
    # What was read first stands at the end: it went up from the newest.
    assert 0 < gap.after_message < said.messages
    assert listed == numbered_in_dashboard == (gap.after_message, gap.after_message + 1)
    assert last == said.messages
    assert in_panel == [
        WORDS.t("panel.said_messages", count=said.messages),
        WORDS.t("panel.said_gaps_message", count=1, at=gap.after_message),
        WORDS.t("panel.said_end_stopped"),
        WORDS.t("panel.said_overlays_chat", count=1),
    ]
    assert in_dashboard == [
        WORDS.t("pages.said.messages", count=said.messages),
        WORDS.t("pages.said.bottom_chat"),  # the person began there
        WORDS.t("pages.said.stopped"),
        WORDS.t("pages.said.overlays_chat", count=1),
        WORDS.t("pages.gaps.message", count=1, start=gap.after_message),
    ]
    assert in_package == [
        WORDS.t("package.ended_stopped"),
        WORDS.t("package.gap_message", message=gap.after_message),
        WORDS.t("package.missing_overlays", count=1),
        WORDS.t("package.missing_unknown"),
    ]


async def look(service: RunningService, tab: Page) -> list[str]:
    """Return the sentences in which the dashboard says how whole the capture is."""
    (saved,) = (await control.ask(service.data, "/captures"))["captures"]
    way_in = await control.ask(service.data, "/way-in", to=f"/captures/{saved['capture']}")
    await tab.goto(way_in["address"])
    await tab.wait_for_function("document.getElementById('whole') !== null")
    said = await tab.evaluate(
        "[...document.getElementById('whole').closest('section').querySelectorAll('p')]"
        ".map((one) => one.innerText)"
    )
    missing = said.index(WORDS.t("pages.capture.gaps"))
    whole = re.split(r"(?<=\.) ", said[missing - 1])
    return [*whole, *said[missing + 1 : -1]]


async def look_at_messages(tab: Page) -> tuple[tuple[int, int], int]:
    """Return the numbers of the messages around the gap in the dashboard's list, and the last."""
    address = await tab.evaluate("document.querySelector('a[href$=\"/messages\"]').href")
    found: list[str] = []
    while address:
        await tab.goto(address)
        await tab.wait_for_function("document.querySelector('.messages') !== null")
        found += await tab.evaluate(
            "[...document.querySelectorAll('.messages > li')].map((one) => "
            "one.querySelector('.number')?.innerText ?? one.innerText.trim())"
        )
        after = json.dumps(WORDS.t("pages.row.after"))
        address = await tab.evaluate(
            f"[...document.links].find((one) => one.innerText === {after})?.href ?? ''"
        )
    at = found.index(WORDS.t("pages.messages.gap"))
    return (int(found[at - 1]), int(found[at + 1])), int(found[-1])


def read(package: Path) -> tuple[Facts, list[str], tuple[int, int]]:
    """Return the facts of the one capture in a package, what its summary says is missing.

    And the numbers of the messages around the gap in its list of messages.
    """
    with zipfile.ZipFile(package) as opened:
        names = opened.namelist()
        (facts,) = [name for name in names if name.endswith("/facts.json")]
        (readme,) = [name for name in names if name.endswith("README.txt")]
        text = opened.read(readme).decode()
        start = text.index(WORDS.t("package.missing_title") + "\n")
        part = text[start : text.index("\n\n", start)]
        missing = re.findall(r"^  - (.+(?:\n    .+)*)", part, re.MULTILINE)
        (messages,) = [name for name in names if name.endswith("/messages.txt")]
        lines = opened.read(messages).decode().split("\n")
        at = next(at for at, line in enumerate(lines) if WORDS.t("package.messages_gap") in line)
        around = int(lines[at - 1].split()[0]), int(lines[at + 1].split()[0])
        return (
            decode_facts(opened.read(facts)),
            [" ".join(one.split()) for one in missing],
            around,
        )
