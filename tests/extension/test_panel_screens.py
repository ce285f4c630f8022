"""Every screen of the panel that there is a picture of: anyone can use it, at any size.

axe-core looks for what keeps people out (WCAG 2.2 A and AA, and its best practices). The screens
are those of tests/screens/panel.py, in every look they are photographed in.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.building import ROOT
from tests.screens.camera import Look, look_at, whole
from tests.screens.panel import ALL_LOOKS, PANEL, SLIM, Stage, screens, stage

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

TOO_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((part) => !part.closest(".hidden")
    && part.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
  .map((part) => `too wide: ${part.outerHTML.slice(0, 120)}`)"""

TOO_SMALL = """() => [...document.querySelectorAll(
    "button, select, summary, .answer, .links a, .line-link, a.button")]
  .filter((part) => part.checkVisibility() && part.getBoundingClientRect().height < 43.5)
  .map((part) => `too small: ${part.outerHTML.slice(0, 120)}`)"""

PRIMARY = """() => [...document.querySelectorAll(".primary")]
  .filter((part) => part.checkVisibility()).slice(1)
  .map((part) => `a second next step: ${part.outerHTML.slice(0, 120)}`)"""

LOWEST = """(selectors) => Math.max(...selectors.map(
  (selector) => document.querySelector(selector).getBoundingClientRect().bottom))"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on(builds: Path) -> AsyncIterator[Stage]:
    async with stage(builds / "chromium") as set_up:
        yield set_up


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(on: Stage) -> Page:
    return await on.page()


async def axe(page: Page) -> list[str]:
    """What axe-core finds, one line each."""
    found: Any = await page.evaluate(
        "tags => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })", AXE_TAGS
    )
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@dataclass
class Seen:
    """What there is to say of a look, by screen."""

    faults: dict[str, list[str]] = field(default_factory=dict)
    lowest: dict[str, float] = field(default_factory=dict)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seen(page: Page, on: Stage) -> dict[Look, Seen]:
    """Every screen, brought up once and looked at in each of its looks."""
    seen = {look: Seen() for look in ALL_LOOKS}
    for screen in screens(on):
        await look_at(page, screen.looks[0])
        await screen.show(page)
        await page.evaluate(AXE)
        for look in screen.looks:
            await look_at(page, look)
            assert await page.evaluate("innerWidth") == look.width
            if screen.name.startswith("panel-start"):
                seen[look].lowest[screen.name] = await page.evaluate(
                    LOWEST, [".action.primary", ".lifeline p"]
                )
            async with whole(page):
                faults = await axe(page)
            for fault in (TOO_WIDE, TOO_SMALL, PRIMARY):
                faults += await page.evaluate(fault)
            seen[look].faults[screen.name] = faults
    return seen


@pytest.mark.parametrize("look", ALL_LOOKS, ids=lambda look: f"{look.width}-{look.name}")
async def test_every_screen_can_be_used_by_everyone_and_fits(
    seen: dict[Look, Seen], on: Stage, look: Look
) -> None:
    faults = seen[look].faults
    assert {name: found for name, found in faults.items() if found} == {}
    assert list(faults) == [screen.name for screen in screens(on) if look in screen.looks]


@pytest.mark.parametrize("look", [PANEL, SLIM], ids=lambda look: look.name)
async def test_saving_and_the_danger_line_are_there_without_moving_the_panel(
    seen: dict[Look, Seen], look: Look
) -> None:
    lowest = seen[look].lowest
    assert {name: at for name, at in lowest.items() if at > look.height} == {}
    assert "panel-start" in lowest


@pytest.mark.parametrize("look", [PANEL, SLIM], ids=lambda look: look.name)
async def test_leaving_and_the_danger_line_stay_in_sight_on_a_long_screen(
    page: Page, on: Stage, look: Look
) -> None:
    await look_at(page, look)
    shown = next(screen for screen in screens(on) if screen.name == "panel-now")
    await shown.show(page)
    tall = await page.evaluate("document.documentElement.scrollHeight")
    assert tall > 3 * look.height
    for top in (0, tall // 2, tall):
        await page.evaluate("top => scrollTo(0, top)", top)
        for selector in ("#leave", ".foot .line-link"):
            hit = await page.locator(selector).evaluate(
                """(part) => {
                  const { left, top, width, height } = part.getBoundingClientRect();
                  return part.contains(
                    document.elementFromPoint(left + width / 2, top + height / 2));
                }"""
            )
            assert hit, (selector, top)


async def test_the_keyboard_never_lands_under_what_stays_in_sight(page: Page, on: Stage) -> None:
    await look_at(page, PANEL)
    shown = next(screen for screen in screens(on) if screen.name == "panel-now")
    await shown.show(page)
    for _ in range(20):
        await page.keyboard.press("Tab")
        covered = await page.evaluate(
            """() => {
              const part = document.activeElement;
              const bar = document.querySelector(".bar").getBoundingClientRect();
              const foot = document.querySelector(".foot").getBoundingClientRect();
              const { top, bottom } = part.getBoundingClientRect();
              return part !== document.body && !part.closest(".bar, .foot")
                && (top < bar.bottom || bottom > foot.top)
                && part.outerHTML;
            }"""
        )
        assert not covered
