"""What holds for every test: time for a busy machine, and which tests share a process.

`make test` runs the tests in three processes: a test of a browser waits half of its time. A file is
never divided between them, so a browser that serves a whole file is started once. The files that
take longest are given out first, so that at the end no process is left alone with one of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.building import build_both

TESTS = Path(__file__).parent

expect.set_options(timeout=15_000)


LONGEST = (
    "extension/test_panel_screens.py",
    "web/test_look.py",
    "browser/test_conversation.py",
    "browser/test_shown_picture.py",
    "browser/test_hiding.py",
    "browser/test_view_capture.py",
    "browser/test_end_to_end.py",
    "browser/test_demo.py",
    "browser/test_whole_page.py",
    "extension/test_outbox_attacked.py",
    "extension/test_other_words.py",
    "extension/test_diagnosis.py",
    "extension/test_panel.py",
    "web/test_other_words.py",
)
"""The files that take longest, in this order."""


@pytest.hookimpl(tryfirst=True)  # before the plugin reads the marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say of each test with which others it shares a process, and put the longest first."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    if hasattr(config, "workerinput"):  # in one process the order changes nothing
        place = {TESTS / name: at for at, name in enumerate(LONGEST)}
        items.sort(key=lambda item: place.get(item.path, len(LONGEST)))


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of both builds of the extension as it is now, looking at no port but our own."""
    return build_both(tmp_path_factory.mktemp("builds"))
