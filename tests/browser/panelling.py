"""What has arrived at a service: for tests of the whole way, from the button to the vault."""

from __future__ import annotations

import asyncio
from typing import Any

from handrail.app import control
from tests.app.running import RunningService


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
