"""What holds for every test: time for a busy machine, and which tests share a process.

`make test` runs the tests in two processes. A file is never divided between them, so a browser that
serves a whole file is started once. Tests that need something of which a computer has only one, the
ports where Handrail is looked for, stay in one process: they never run at the same time.
"""

from __future__ import annotations

import pytest
from playwright.async_api import expect

expect.set_options(timeout=15_000)

ON_THE_PORTS = (
    "tests/app/",
    "tests/extension/",
    "tests/firefox/",
    "tests/browser/test_end_to_end.py",
    "tests/browser/test_what_is_missing.py",
)
"""Where tests take the ports on which Handrail is looked for, or look there and expect nobody."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say of each test with which others it shares a process."""
    for item in items:
        file = item.nodeid.partition("::")[0]
        alone = file.startswith(ON_THE_PORTS)
        item.add_marker(pytest.mark.xdist_group("ports" if alone else file))
