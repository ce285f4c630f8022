"""When it does not connect, the panel says why in one sentence and what to do.

Hearing who is there is tested with the diagnosis itself; here it is a double.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.building import ROOT, look_only_at
from tests.extension.doubles import FaultyService, disk_fails
from tests.extension.fresh import Chromium
from tests.extension.test_panel import connected, press, save_view, title

WORDS = json.loads((ROOT / "shared/text/en.json").read_text("utf-8"))

CODES = [
    "service-not-running", "service-other-port", "port-taken", "service-blocked",
    "paired-elsewhere", "private-window",
]  # fmt: skip

DOUBLE = """
export async function diagnose() {
  globalThis.looked = (globalThis.looked ?? 0) + 1;
  return { code: globalThis.trouble ?? null, ports: [] };
}
"""


@pytest.fixture(scope="module")
def told(invented_views: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build whose diagnosis is told by the test, and that finds no service."""
    out = tmp_path_factory.mktemp("told") / "chromium"
    shutil.copytree(invented_views, out)
    (out / "engine/diagnosis.js").write_text(DOUBLE, "utf-8")
    look_only_at((1,), out)
    return out


@pytest_asyncio.fixture(loop_scope="module")
async def lost(chromium: Chromium, told: Path) -> Page:
    """The panel of a browser that finds no service."""
    return await chromium.panel_of(told)


def test_these_are_all_the_reasons_that_the_diagnosis_gives() -> None:
    source = (ROOT / "extension/engine/diagnosis.js").read_text("utf-8")
    assert set(re.findall(r'code: "([a-z-]+)"', source)) == set(CODES)


async def test_each_reason_has_one_sentence_and_what_to_do(lost: Page) -> None:
    for code in CODES:
        await lost.evaluate("code => { globalThis.trouble = code; }", code)
        await press(lost, "panel.connect_quiet")
        await title(lost, "panel.connect_title")
        key = f"panel.trouble_{code.replace('-', '_')}"
        notice = lost.get_by_role("status").filter(has_text=WORDS[key])
        await expect(notice).to_contain_text(WORDS[f"{key}_do"])
        assert WORDS[key].rstrip(".").count(".") <= 1
        await press(lost, "panel.back")


async def test_the_panel_looks_seldom_and_goes_on_knocking(lost: Page) -> None:
    await press(lost, "panel.connect_quiet")
    await expect(lost.get_by_text(WORDS["panel.connect_away"])).to_be_visible()
    await lost.wait_for_timeout(4_000)
    assert await lost.evaluate("globalThis.looked") == 1


@pytest.mark.parametrize("private", [True, False])
async def test_a_private_window_that_keeps_nothing_is_named_in_place_of_the_usual_advice(
    lost: Page, service: FaultyService, private: bool
) -> None:
    await connected(lost, service)
    trouble = "private-window" if private else "service-not-running"
    await lost.evaluate("code => { globalThis.trouble = code; }", trouble)
    await disk_fails(lost, "InvalidStateError")
    await save_view(lost)
    await title(lost, "panel.problem_storage_failed_title")
    usual = lost.get_by_text(WORDS["panel.problem_storage_failed_next"])
    named = lost.get_by_role("status").filter(has_text=WORDS["panel.trouble_private_window"])
    if private:
        await expect(named).to_contain_text(WORDS["panel.trouble_private_window_do"])
        await expect(usual).to_be_hidden()
    else:
        await lost.wait_for_function("globalThis.looked === 1")
        await expect(usual).to_be_visible()
        await expect(lost.locator(".notice")).to_have_count(0)
