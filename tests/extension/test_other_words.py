"""The panel in a language of its own: no word is left over, and longer words have room."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.contract import pseudo
from tests.screens import panel
from tests.screens.camera import Look, look_at

NARROW = Look("320", 320, 2400)
"""As narrow as a phone, and high enough that nothing has to be scrolled to."""


@pytest.fixture(scope="session")
def in_other_words(builds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build for Chromium in the language of tests."""
    out = tmp_path_factory.mktemp("other-words") / "chromium"
    shutil.copytree(builds / "chromium", out)
    (out / "shared/text/en.json").write_text(json.dumps(pseudo.sentences()), "utf-8")
    return out


@pytest.mark.timeout(300)
async def test_no_word_of_the_panel_is_written_elsewhere_and_longer_words_have_room(
    in_other_words: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "WORDS", pseudo.sentences())
    left, too_wide = {}, {}
    data = [*pseudo.names(), panel.INVENTED["title"], "Handrail"]
    async with panel.stage(in_other_words) as on:
        page = await on.page()
        await look_at(page, NARROW)
        for screen in panel.screens(on):
            await screen.show(page)
            if words := await pseudo.readable_words(page, data):
                left[screen.name] = words
            width = await page.evaluate("document.scrollingElement.scrollWidth")
            if width > NARROW.width:
                too_wide[screen.name] = width
    assert not left
    assert not too_wide
