"""A profile is saved in one click, with what the page itself says of whose it is."""

from __future__ import annotations

from typing import Any

import pytest

from handrail.app.browsers import Browser, Page
from handrail.core.records import decode_facts
from tests.browser.conftest import IN_BOTH, Site
from tests.browser.seeing import TAKE, press, take_in

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module")]

SAID = (
    "<link rel=stylesheet href=/no.css>"
    "<link rel='alternate canonical' href='/people/sky.m_204'>"
    "<meta property=og:title content='  Sky \N{BULLET} photos '>"
    "<meta property=og:url content='https://page.test/other'>"
)
NOTHING: dict[str, Any] = {"canonical": None, "name": None, "accounts": []}


async def subject(browser: Browser, page: Page, save: str = "profile") -> Any:
    """Save the page and return what its facts say of its subject."""
    panel = await press(browser, page)
    view = await take_in(panel, TAKE.replace("captureView({", f"captureView({{ save: '{save}',"))
    assert decode_facts(view.written_facts).save == save
    return view.facts["subject"]


async def test_the_page_says_whose_it_is(browser: Browser, page: Page, site: Site) -> None:
    await page.goto(site.write("<h1>Sky</h1>", path="/p.html", head=SAID))
    assert await subject(browser, page) == {
        "canonical": site.address("/people/sky.m_204"),
        "name": "Sky \N{BULLET} photos",
        "accounts": [],
    }


async def test_a_page_that_says_nothing_gives_nothing_and_nothing_is_guessed(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.write("<h1>Sky</h1><a href='/people/sky.m_204'>me</a>"))
    assert await subject(browser, page) == NOTHING


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "http://[broken"])
async def test_only_an_address_of_the_web_names_a_profile(
    browser: Browser, page: Page, site: Site, address: str
) -> None:
    await page.goto(site.write("<h1>Sky</h1>", head=f"<link rel=canonical href='{address}'>"))
    assert await subject(browser, page) == NOTHING


async def test_names_that_a_page_gives_its_parts_are_not_taken_for_the_document(
    browser: Browser, page: Page, site: Site
) -> None:
    trap = "<form name=baseURI></form><img name=querySelectorAll>"
    await page.goto(site.write(trap, head="<link rel=canonical href='/people/sky.m_204'>"))
    given = await subject(browser, page)
    assert given["canonical"] == site.address("/people/sky.m_204")


async def test_a_long_name_is_cut_and_kept(browser: Browser, page: Page, site: Site) -> None:
    await page.goto(site.write("", head=f"<meta property=og:title content='{'é' * 9000}'>"))
    assert (await subject(browser, page))["name"] == "é" * 4096


async def test_a_view_has_no_subject(browser: Browser, page: Page, site: Site) -> None:
    await page.goto(site.write("<h1>Sky</h1>", head=SAID))
    assert await subject(browser, page, "view") is None
