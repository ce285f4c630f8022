"""Pointing at a picture without a mouse; what is pressed meanwhile does not reach the page."""

from __future__ import annotations

from typing import Any

import pytest

from handrail.app.browsers import Browser
from tests.browser.conftest import Site
from tests.browser.test_shown_picture import (
    FRAMES,
    MAGENTA,
    ORANGE,
    POINTED,
    begin_pointing,
    count,
    img,
    take_shown,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEARS = "<script>addEventListener('keydown', () => { window.heard = true })</script>"


async def test_the_keyboard_can_point_too(browser: Browser, page: Any, site: Site) -> None:
    pictures = img("mine", MAGENTA, 20, 20) + img("other", ORANGE, 160, 20)
    await page.goto(site.write(pictures + HEARS))
    panel = await begin_pointing(browser, page)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await panel.wait_for(POINTED)
    view = await take_shown(panel)
    assert count(view.pixels, ORANGE) > 9000
    assert count(view.pixels, MAGENTA) == 0
    assert not await page.evaluate("window.heard ?? false")


async def test_escape_points_at_nothing(browser: Browser, page: Any, site: Site) -> None:
    await page.goto(site.write(img("mine", MAGENTA, 20, 20) + HEARS))
    panel = await begin_pointing(browser, page)
    await page.keyboard.press("Escape")
    await panel.wait_for(POINTED)
    assert await panel.evaluate("globalThis.pointed") is None
    await page.wait_for_function(f"{FRAMES} === 0")
    assert not await page.evaluate("window.heard ?? false")
