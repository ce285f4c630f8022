"""The extension as it is built, a real Chromium that has it, and a service that can misbehave.

The tests of a file share one Chromium and one event loop; `fresh.py` says how each of them finds
the extension as new. So every async fixture here, and in the files, is one for the loop of a file:
`pytest_asyncio.fixture(loop_scope="module")`.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from handrail.app.driver import Browser
from tests.building import EXTENSION
from tests.extension.doubles import FaultyService, invent_views
from tests.extension.fresh import Chromium, open_chromium

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the async tests of a file in one loop."""
    for item in items:
        if item.path.parent == HERE and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest.fixture
def node() -> Callable[[str], Any]:
    """Run JavaScript in node beside the sources; it gives what the script hands to `answer`."""

    def run(script: str) -> Any:
        whole = f"const answer = (v) => console.log(JSON.stringify(v));\n{script}"
        done = subprocess.run(
            ["node", "--input-type=module", "-"],
            input=whole,
            cwd=EXTENSION,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium(
    builds: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Chromium]:
    """The Chromium of a file."""
    async with open_chromium(builds / "chromium", tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def browser(chromium: Chromium, builds: Path) -> Browser:
    """A Chromium with the extension, and nothing saved yet."""
    return await chromium.with_new(builds / "chromium")


@pytest.fixture(scope="session")
def invented_views(builds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build for Chromium with a double for taking a view: what follows is tested."""
    return invent_views(builds / "chromium", tmp_path_factory.mktemp("invented"))


@pytest_asyncio.fixture(loop_scope="module")
async def panel(chromium: Chromium, invented_views: Path) -> Page:
    """The panel as a page of its own, where a test can look into it."""
    return await chromium.panel_of(invented_views)


@pytest_asyncio.fixture(loop_scope="module")
async def service() -> AsyncIterator[FaultyService]:
    """A service that keeps the contract until it is told to break it."""
    async with FaultyService() as running:
        yield running
