"""Whoever connects from a screen that says what went wrong comes back to what they wanted."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import Page, expect

from tests.building import ROOT
from tests.extension.doubles import FaultyService
from tests.extension.test_panel import connected, press, tell, title

WORDS = json.loads((ROOT / "shared/text/en.json").read_text("utf-8"))


async def connect_anew(panel: Page, service: FaultyService) -> None:
    """Another page of the extension connects this browser, as another one than before."""
    service.browser = "5c" * 16
    await service.connect(panel)


@pytest.mark.parametrize("code", ["not-paired", "service-away"])
@pytest.mark.parametrize("save", ["conversation", "page"])
async def test_after_connecting_the_long_save_that_was_wanted_is_the_next_step(
    panel: Page, service: FaultyService, save: str, code: str
) -> None:
    await connected(panel, service)
    await tell(panel, problem=code)
    await press(panel, f"panel.save_{save}")
    await title(panel, f"panel.problem_{code.replace('-', '_')}_title")
    await press(panel, "panel.connect_quiet")
    await expect(panel.get_by_text(WORDS["panel.connect_then"])).to_be_visible()
    await tell(panel, problem=None)
    await connect_anew(panel, service)
    await expect(panel.get_by_text(WORDS["panel.connected_back"])).to_be_visible(timeout=30_000)
    await press(panel, f"panel.save_{save}")
    await title(panel, f"panel.saved_title_{save}")


async def test_after_connecting_a_short_save_begins_where_the_person_chooses(
    panel: Page, service: FaultyService
) -> None:
    await connected(panel, service)
    await tell(panel, problem="not-paired")
    await panel.locator(".action.primary").click()
    await title(panel, "panel.problem_not_paired_title")
    await press(panel, "panel.connect_quiet")
    await expect(panel.get_by_text(WORDS["panel.connect_once"])).to_be_visible()
    await tell(panel, problem=None)
    await connect_anew(panel, service)
    await title(panel, "panel.connected_title")
    await press(panel, "panel.start_title")
    await title(panel, "panel.start_title")
