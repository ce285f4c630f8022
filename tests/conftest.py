"""What holds for every test: time for a busy machine, and which tests share a process.

`make test` runs the tests in two processes. A file is never divided between them, so a browser that
serves a whole file is started once.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.building import build_both

expect.set_options(timeout=15_000)


@pytest.hookimpl(tryfirst=True)  # before the plugin reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say of each test with which others it shares a process."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of both builds of the extension as it is now, looking at no port but our own."""
    return build_both(tmp_path_factory.mktemp("builds"))
