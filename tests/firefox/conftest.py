"""A real Firefox that has the extension installed, as a person has it, not only loaded.

An installed extension has another random host in its addresses in every profile, and keeps it.
Firefox ESR lets a profile say that it asks for no signature; the one for people does not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from handrail.app import firefox
from handrail.app.firefox_window import pack
from tests.browser.conftest import HOSTS, site

__all__ = ["site"]

UNSIGNED: dict[str, bool | int | str] = {
    "extensions.autoDisableScopes": 0,
    "xpinstall.signatures.required": False,
}

OpenInstalled = Callable[[], AbstractAsyncContextManager[firefox.Browser]]


@pytest.fixture
def build(builds: Path) -> Path:
    """The build for Firefox."""
    return builds / "firefox"


@pytest.fixture
def open_installed(build: Path, tmp_path: Path) -> OpenInstalled:
    """Opens a Firefox whose profile has the extension; the same profile each time."""
    profile = tmp_path / "profile"
    install(build, profile)

    @asynccontextmanager
    async def open_it() -> AsyncIterator[firefox.Browser]:
        async with firefox.open_browser(
            build, profile, headless=True, hosts=HOSTS, installed=True, settings=UNSIGNED
        ) as browser:
            yield browser

    return open_it


def install(build: Path, profile: Path) -> None:
    """Put a build into a profile as one file, as Firefox has it after an installation."""
    place = profile / "extensions" / f"{firefox.extension_id(build)}.xpi"
    place.parent.mkdir(parents=True)
    pack(build, place)
