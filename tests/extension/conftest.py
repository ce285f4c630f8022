"""The extension as it is built, a real Chromium that has it, and a service that can misbehave."""

from __future__ import annotations

import json
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from handrail.app.driver import Browser, open_browser
from tests.building import EXTENSION
from tests.extension.doubles import FaultyService, invent_views


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


@pytest.fixture
async def browser(builds: Path, tmp_path: Path) -> AsyncIterator[Browser]:
    """A Chromium with the extension, and nothing saved yet."""
    async with open_browser(builds / "chromium", tmp_path / "profile", headless=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def invented_views(builds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build for Chromium with a double for taking a view: what follows is tested."""
    return invent_views(builds / "chromium", tmp_path_factory.mktemp("invented"))


@asynccontextmanager
async def a_panel(build: Path, profile: Path) -> AsyncIterator[Page]:
    """The panel of this build, which takes the page that it is itself for the chosen tab."""
    async with open_browser(build, profile, headless=True) as opened:
        page = await opened.context.new_page()
        await page.set_viewport_size({"width": 360, "height": 760})
        await page.goto(opened.address("panel/panel.html"))
        await page.evaluate(
            """chrome.tabs.getCurrent().then(
              ({ id, windowId }) => chrome.storage.session.set({ tab: { tabId: id, windowId } }))"""
        )
        await page.wait_for_selector(".action")
        yield page


@pytest.fixture
async def panel(invented_views: Path, tmp_path: Path) -> AsyncIterator[Page]:
    """The panel as a page of its own, where a test can look into it."""
    async with a_panel(invented_views, tmp_path / "panel-profile") as page:
        yield page


@pytest.fixture
async def service() -> AsyncIterator[FaultyService]:
    """A service that keeps the contract until it is told to break it."""
    async with FaultyService() as running:
        yield running
