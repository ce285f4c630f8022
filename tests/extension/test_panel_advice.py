"""What to do now, in the panel: one press away, offline, in the order for the person's answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.building import ROOT
from tests.extension.doubles import FaultyService
from tests.extension.test_panel import connected, press, save_view, tell, title

WORDS = json.loads((ROOT / "shared/text/en.json").read_text("utf-8"))
DANGER = ["talk-now", "stay-with", "get-safe"]


async def steps(panel: Page) -> list[str]:
    found = panel.locator("[data-step]")
    return [await one.get_attribute("data-step") or "" for one in await found.all()]


async def answer(panel: Page, name: str, value: str) -> None:
    if await panel.locator("details.fold[open]").count() == 0:
        await panel.locator("details.fold summary").click()
    await panel.locator(f"input[name={name}][value='{value}']").check(force=True)


async def in_country(panel: Page, country: str) -> None:
    await panel.get_by_role("link", name=WORDS["panel.lifeline_question"]).click()
    await panel.get_by_label(WORDS["panel.lines_country"]).select_option(country)
    await press(panel, "panel.back")


async def test_the_right_first_step_is_there_with_no_network_and_no_service(panel: Page) -> None:
    await panel.context.set_offline(True)
    await expect(panel.get_by_text(WORDS["advice.step.stop.title"])).to_be_visible()
    await press(panel, "panel.now_all")
    await title(panel, "panel.now_title")
    assert (await steps(panel))[:3] == ["safe", "stop", "quiet"]
    assert await panel.locator("details.fold").get_attribute("open") is None


async def test_answers_change_the_order_at_once(panel: Page) -> None:
    await in_country(panel, "GB")
    await press(panel, "panel.now_all")
    await answer(panel, "age", "unsure")
    await answer(panel, "paid", "yes")
    assert (await steps(panel))[:4] == ["safe", "not-in-trouble", "stop-money", "stop-paid"]
    await expect(panel.get_by_role("link", name="Call 0800 1111")).to_be_visible()
    await expect(panel.get_by_role("link", name="Open takeitdown.ncmec.org")).to_be_visible()
    await expect(panel.get_by_role("link", name="Open stopncii.org")).to_have_count(0)
    await expect(panel.locator("#said")).to_have_text(WORDS["advice.ask.changed"])
    await answer(panel, "danger", "no")
    assert (await steps(panel))[0] == "not-in-trouble"


@pytest.mark.parametrize(
    ("country", "first"),
    [("GB", "tel:999"), ("US", "tel:911"), ("IE", "tel:112"), ("CA", "tel:911"), ("AU", "tel:000")],
)
async def test_a_child_in_danger_sees_whom_to_call_and_nothing_that_can_wait(
    panel: Page, country: str, first: str
) -> None:
    await in_country(panel, country)
    await press(panel, "panel.now_all")
    await answer(panel, "age", "under-18")
    await answer(panel, "danger", "yes")
    assert await steps(panel) == DANGER
    ways = panel.locator(".lines a")
    assert await ways.first.get_attribute("href") == first
    second = await panel.locator(".lines > li h2").nth(1).inner_text()
    assert second == {
        "GB": "Childline", "US": "988", "IE": "ISPCC Childline", "CA": "Kids Help Phone",
        "AU": "Kids Helpline",
    }[country]  # fmt: skip
    await press(panel, "advice.later")
    assert (await steps(panel))[:4] == [*DANGER, "not-in-trouble"]


async def test_what_was_saved_ticks_its_step(panel: Page, service: FaultyService) -> None:
    await connected(panel, service)
    await tell(panel, url="https://www.instagram.com/direct/t/1234567890/")
    await save_view(panel)
    await title(panel, "panel.saved_title")
    await panel.get_by_role("button", name=WORDS["panel.now_title"]).click()
    ticked = panel.locator("[data-step].done")
    assert [await one.get_attribute("data-step") for one in await ticked.all()] == ["save-chat"]
    await expect(ticked).to_contain_text(WORDS["advice.done"])


STORED = """async () => {
  const stores = {};
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    for (const store of database.objectStoreNames) {
      stores[`${name}/${store}`] = await new Promise((resolve) => {
        const asked = database.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => resolve(asked.result.length);
      });
    }
    database.close();
  }
  return JSON.stringify([
    stores, await chrome.storage.local.get(null), await chrome.storage.session.get(null),
    Object.entries(localStorage), Object.entries(sessionStorage), location.href, history.length,
  ]);
}"""


async def stored(panel: Page) -> str:
    """Return what is kept, once the background has done what it does after it was installed."""
    before, now = "", ""
    async with asyncio.timeout(10):
        while now != before or '"handrail-new-log/filling":0' not in now:
            await asyncio.sleep(0.1)
            before, now = now, await panel.evaluate(STORED)
    return now


async def test_an_answer_is_kept_nowhere(panel: Page) -> None:
    said: list[Any] = []
    panel.on("console", lambda message: said.append(message.text))
    before = await stored(panel)
    await press(panel, "panel.now_all")
    await answer(panel, "danger", "yes")
    await answer(panel, "age", "under-18")
    await answer(panel, "paid", "collected")
    await press(panel, "panel.back")
    assert await panel.evaluate(STORED) == before
    assert said == []
    await panel.reload()
    await panel.wait_for_selector(".action")
    await expect(panel.get_by_text(WORDS["advice.step.stop.title"])).to_be_visible()


async def test_answers_stay_while_the_panel_is_open(panel: Page) -> None:
    await press(panel, "panel.now_all")
    await answer(panel, "paid", "no")
    await press(panel, "panel.back")
    await expect(panel.get_by_text(WORDS["advice.step.stop-unpaid.what"])).to_be_visible()
    await press(panel, "panel.now_all")
    assert (await steps(panel))[:2] == ["safe", "stop-unpaid"]
