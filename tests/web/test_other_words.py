"""Every page in a language of its own: no word is left over, and longer words have room."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from handrail.core.text import Catalogue
from handrail.core.words import words_of
from handrail.web import application
from tests.contract import pseudo
from tests.screens import long_scenes, scenes
from tests.screens.camera import Look, chromium, context_for
from tests.screens.pages import Stage, screens, stage

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

SMALLEST = Look("320", 320, 640)

Seen = dict[str, tuple[set[str], int]]
"""By screen: the words that can still be read on it, and its width in CSS pixels."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on() -> AsyncIterator[Stage]:
    with pytest.MonkeyPatch.context() as patched:
        catalogue = Catalogue(pseudo.sentences())
        patched.setattr(application, "load_catalogue", lambda: catalogue)
        async with stage() as set_up:
            yield set_up


def data(on: Stage) -> list[str]:
    """What is not ours to translate: what the saved pages said, names, dates, codes."""
    details = [on.full.vault.capture(saved.capture) for saved in on.full.vault.captures()]
    facts = [detail.facts for detail in details if detail.facts]
    return [
        *pseudo.names(),
        *words_of(scenes.PAGE_COPY).splitlines(),
        *(*long_scenes.SAYINGS, long_scenes.DAY, long_scenes.NOTE, "9 Mar,"),
        "<!DOCTYPE",
        *(detail.summary.title for detail in details),
        *(said for one in facts for said in (one.source.language, one.made_by.platform) if said),
        "UTC",
        "proof/",
        "no-session",
        "no-such-capture",
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seen(on: Stage) -> Seen:
    """Every screen, looked at once."""
    seen: Seen = {}
    async with chromium() as browser, context_for(browser, SMALLEST) as context:
        page = await context.new_page()
        await on.enter(page)
        for screen in screens(on):
            await screen.show(page)
            words = await pseudo.readable_words(page, data(on))
            seen[screen.name] = words, await page.evaluate("document.scrollingElement.scrollWidth")
    return seen


async def test_no_word_of_a_page_is_written_anywhere_but_in_the_catalogue(seen: Seen) -> None:
    assert {name: words for name, (words, _) in seen.items() if words} == {}


async def test_a_word_that_is_written_elsewhere_would_be_seen(on: Stage) -> None:
    async with chromium() as browser, context_for(browser, SMALLEST) as context:
        page = await context.new_page()
        await page.set_content(
            """<title>Left in the tab</title><p hidden>Written by mistake</p>
            <button aria-label="Close">⟦ŠŠááṽé⟧</button><input type=submit value=Send>
            <bdi>From the page</bdi> proof/ http://a.example/Path 9 March 2026 abcd ef01 2345"""
        )
        assert await pseudo.readable_words(page, data(on)) == {
            "Left", "in", "the", "tab", "Written", "by", "mistake", "Close", "Send",
        }  # fmt: skip


async def test_longer_words_never_make_a_page_wider_than_a_phone(seen: Seen) -> None:
    assert {name: width for name, (_, width) in seen.items() if width > SMALLEST.width} == {}
