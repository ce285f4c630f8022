"""The practice pages: invented through and through, and they reach nothing outside."""

from __future__ import annotations

import re

import pytest

from handrail.web import practice
from handrail.web.application import load_catalogue
from tests.web.conftest import Service
from tests.web.test_pages import inside, read

__all__ = ["inside"]

PAGES = ("/practice/chat", "/practice/profile")


@pytest.mark.parametrize("path", PAGES)
async def test_a_practice_page_loads_nothing_from_elsewhere(inside: Service, path: str) -> None:
    page = await read(inside, path)
    for address in page.addresses:
        assert (
            re.match(r"/[a-z]|/$|data:image/svg\+xml;base64,", address)
            or address
            == (
                page.all("a")[1]["href"]  # Leave quickly
            )
        ), address
    policy = (await inside.get(path)).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "img-src data:;" in policy
    assert "connect-src" not in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", PAGES)
async def test_a_practice_page_says_first_that_nothing_is_real(inside: Service, path: str) -> None:
    words = (await read(inside, path)).text.split("\n")
    assert next(line.strip() for line in words if line.strip()) == (
        "This is a practice page. Nothing here is real."
    )


async def test_the_chat_is_long_and_full_of_pictures_to_hide(inside: Service) -> None:
    page = await read(inside, "/practice/chat")
    messages = sum(len(day.messages) for day in practice.load().days)
    assert len(page.all("time")) == messages
    assert len(page.all("img")) >= 8
    assert all("alt" in image for image in page.all("img"))
    assert "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4" in page.text
    assert "07700 900142" in page.text


async def test_the_account_number_is_anchored_to_the_account(inside: Service) -> None:
    page = await read(inside, "/practice/profile")
    (main,) = page.all("main")
    assert main["data-account"] == "51000314772"
    assert "51000314772" in page.text


async def test_practice_is_behind_the_same_door(service: Service) -> None:
    for path in PAGES:
        assert (await service.get(path)).status == 401


def test_the_conversation_is_invented_and_says_nothing_unkind() -> None:
    conversation, catalogue = practice.load(), load_catalogue()
    said = [catalogue.t(m.say) for day in conversation.days for m in day.messages]
    assert len(said) >= 55, "this is a chat to practise scrolling on"
    assert len(conversation.days) >= 4
    unkind = r"\b(kill|die|ugly|stupid|hate|nude|naked|sex\w*|porn|slut|bitch|suicide)\b"
    assert not [words for words in said if re.search(unkind, words, re.I)]
    numbers = re.findall(r"\b0\d[\d ]{8,}", " / ".join(said))
    assert len(numbers) >= 2
    assert all(number.startswith("07700 900") for number in numbers)
    addresses = re.findall(r"\b[\w.-]+\.[a-z]{2,}/\S*", " ".join(said))
    assert addresses
    assert all(one.startswith("example.com/") for one in addresses)
    times = [(day.date, m.at) for day in conversation.days for m in day.messages]
    assert times == sorted(times)
