"""What to do: safety first, the order for the person's answers, and no trace of an answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from handrail.web import advising, keys
from tests.screens.camera import WIDE, context_for
from tests.screens.pages import Stage
from tests.web.conftest import Service
from tests.web.reading import Read

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

CHILD_PAID = ["safe", "not-in-trouble", "stop-money", "stop-paid"]
DANGER = ["talk-now", "stay-with", "get-safe"]


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, on: Stage) -> AsyncIterator[Page]:
    """What to do, for somebody in the United Kingdom who has answered nothing."""
    async with context_for(browser, WIDE) as context:
        fresh = await context.new_page()
        await on.enter(fresh)
        await fresh.goto(on.full.address("/what-to-do?country=GB"))
        yield fresh


async def steps(page: Page) -> list[str]:
    found = page.locator("[data-step]:not([hidden])")
    return [await one.get_attribute("data-step") or "" for one in await found.all()]


async def lines(page: Page) -> list[str]:
    found = page.locator("[data-line]:not([hidden])")
    return [await one.get_attribute("data-line") or "" for one in await found.all()]


async def answer(page: Page, name: str, value: str) -> None:
    questions = page.locator("[data-questions]")
    if await questions.get_attribute("open") is None:
        await questions.locator("summary").click()
    await page.locator(f"input[name={name}][value='{value}']").check(force=True)


async def test_the_first_steps_stand_there_before_any_question(page: Page) -> None:
    assert (await steps(page))[:3] == ["safe", "stop", "quiet"]
    assert (await lines(page))[:2] == ["gb-999", "gb-samaritans"]
    now = page.locator("[data-step].now")
    assert await now.get_attribute("data-step") == "stop"


async def test_answers_change_the_order_at_once(page: Page) -> None:
    await answer(page, "age", "under-18")
    await answer(page, "paid", "yes")
    assert (await steps(page))[:4] == CHILD_PAID
    assert (await lines(page))[:2] == ["gb-999", "gb-childline"]
    assert await page.get_by_role("link", name="Open takeitdown.ncmec.org").is_visible()
    assert not await page.get_by_role("link", name="Open stopncii.org").is_visible()
    await answer(page, "age", "18-or-over")
    await answer(page, "paid", "no")
    assert (await steps(page))[:2] == ["safe", "stop-unpaid"]
    assert await page.get_by_role("link", name="Open stopncii.org").is_visible()
    assert not await page.get_by_role("link", name="Open takeitdown.ncmec.org").is_visible()


async def test_in_danger_only_help_is_shown_and_the_rest_when_it_is_asked_for(page: Page) -> None:
    await answer(page, "danger", "yes")
    assert await steps(page) == DANGER
    assert await page.locator("#talk").is_visible()
    await page.get_by_role("button", name="Show the other steps too").click()
    assert (await steps(page))[:4] == [*DANGER, "stop"]
    await answer(page, "danger", "no")
    assert (await steps(page))[0] == "stop"


async def test_an_answer_leaves_no_trace(page: Page, on: Stage) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    # The mark in the tab may be fetched late; it says nothing and is the same for everyone.
    mark = await page.evaluate("document.querySelector('link[rel=icon]').href")
    before = await page.evaluate("[location.href, history.length, document.cookie]")
    await answer(page, "danger", "yes")
    await answer(page, "age", "unsure")
    await answer(page, "paid", "collected")
    assert not set(asked) - {mark}
    assert await page.evaluate("[location.href, history.length, document.cookie]") == before
    assert await page.evaluate("[localStorage.length, sessionStorage.length, history.state]") == [
        0, 0, None,
    ]  # fmt: skip
    await page.reload()
    assert (await steps(page))[:2] == ["safe", "stop"]
    assert (
        await page.locator("input:checked").evaluate_all("boxes => boxes.map((box) => box.value)")
        == ["unknown"] * 3
    )
    assert await page.locator("form[autocomplete=off] input").count() == 11


# ── What the service gives ───────────────────────────────────────────────────────────────────


@pytest.mark.asyncio(loop_scope="function")
async def test_the_service_takes_no_answer(service: Service) -> None:
    await service.sign_in()
    plain = await (await service.get("/what-to-do?country=GB")).text()
    asked = await (await service.get("/what-to-do?country=GB&danger=yes&age=under-18")).text()
    assert plain == asked
    assert (await service.submit("/what-to-do", danger="yes")).status == 405


@pytest.mark.asyncio(loop_scope="function")
async def test_saving_ticks_its_step(service: Service) -> None:
    await service.sign_in()
    page = Read(await (await service.get("/what-to-do")).text())
    assert not [one for one in page.all("li") if "done" in one.get("class", "").split()]
    steps = advising.steps_shown(
        "GB", ["https://www.instagram.com/direct/t/1/"], service.app[keys.CATALOGUE]
    )
    assert [step.id for step in steps if step.done] == ["save-chat"]


@pytest.mark.asyncio(loop_scope="function")
@pytest.mark.parametrize("country", ["GB", "US", "IE", "CA", "AU", "other"])
async def test_every_place_to_report_has_a_way_or_says_what_to_do(
    service: Service, country: str
) -> None:
    await service.sign_in()
    page = Read(await (await service.get(f"/what-to-do?country={country}")).text())
    (plans,) = [json.loads(one["data-advice"]) for one in page.all("div") if "data-advice" in one]
    assert len(plans) == 48
    shown = {one["data-step"] for one in page.all("li") if "data-step" in one}
    assert {step for plan in plans.values() for step in plan["steps"]} == shown
    listed = {one["data-line"] for one in page.all("li") if "data-line" in one}
    assert {line for plan in plans.values() for line in plan["lines"]} <= listed
    second_hand = "Not from their own page" in page.text
    assert second_hand == (country in ("US", "IE", "CA", "AU"))
