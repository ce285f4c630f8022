"""A browser that is connected to a service, and what has arrived there: for tests of the whole way.

What is pressed and read in the panel is in the tests.
"""

from __future__ import annotations

import asyncio
from typing import Any

from handrail.app import control
from handrail.app.browsers import CONNECT_PAGE, Browser, Page, connect_address
from tests.app.running import RunningService


async def pair(browser: Browser, page: Page, service: RunningService) -> None:
    """Connect a browser by a start code, as `handrail run` does."""
    given = await control.ask(service.data, "/start-code")
    address = connect_address(browser.address(CONNECT_PAGE), given["port"], given["code"])
    await page.goto(address, wait_until="commit")
    await page.wait_for_url(f"http://*.localhost:{given['port']}/**", timeout=60_000)


async def arrived(service: RunningService) -> dict[str, dict[str, Any]]:
    """Return what is in the vault, by capture."""
    found = await control.ask(service.data, "/captures")
    return {one["capture"]: one for one in found["captures"]}


async def newest(
    service: RunningService, before: dict[str, Any], tiles: int = 0, *, finished: bool = True
) -> dict[str, Any]:
    """Wait for the one capture that was not there before, with so many tiles at least."""
    async with asyncio.timeout(60):
        while True:
            now = await arrived(service)
            new = [one for name, one in now.items() if name not in before]
            if new and new[0]["tiles"] >= tiles and new[0]["whole"] >= finished:
                (only,) = new
                return only
            await asyncio.sleep(0.1)
