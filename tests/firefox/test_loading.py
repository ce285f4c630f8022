"""A page whose text never ends is given up in words: Firefox hides pictures only after its end."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from handrail.app import firefox
from tests.browser.conftest import HOSTS, Site
from tests.browser.seeing import NotTakenError, take

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_page_whose_text_does_not_end_is_not_waited_for_without_end(
    build: Path, site: Site, tmp_path: Path
) -> None:
    copy = tmp_path / "firefox"
    shutil.copytree(build, copy)
    sheet = copy / "browser" / "sheet.js"
    text = sheet.read_text("utf-8")
    hasty = text.replace("const PATIENCE = 20_000;", "const PATIENCE = 300;")
    assert hasty != text
    sheet.write_text(hasty, "utf-8")
    async with firefox.open_browser(copy, tmp_path / "p", headless=True, hosts=HOSTS) as browser:
        page = browser.context.pages[0]
        await page.goto(site.write("<p>words<script src=/slow></script>"), wait_until="commit")
        await page.wait_for_function("document.querySelector('p')")
        with pytest.raises(NotTakenError) as refused:
            await take(browser, page)
        assert refused.value.code == "pictures-not-hidden"
        # The page is there and unharmed, and can be saved when its text has come.
        await page.wait_for_function("document.readyState === 'complete'")
        assert "words" in (await take(browser, page)).copy
