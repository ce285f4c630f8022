"""Connecting: the same six digits on both sides, one question, and never without it."""

from __future__ import annotations

import json

from handrail.web import keys
from tests.web.conftest import Service
from tests.web.reading import Read
from tests.web.test_pages import inside, read

__all__ = ["inside"]


async def test_the_page_opens_pairing_and_shows_what_the_panel_shows(inside: Service) -> None:
    assert not inside.app[keys.PAIRINGS].is_open()
    page = await read(inside, "/connect")
    assert inside.app[keys.PAIRINGS].is_open()
    assert "Choose Connect to Handrail" in page.text
    asked = await inside.new_peer().ask_pairing()
    state = json.loads(await (await inside.get("/connect/state")).text())
    assert state == {"state": "asking", "number": asked.digits}
    page = await read(inside, "/connect")
    left, right = asked.digits.split(" ")
    assert left in page.text
    assert right in page.text
    assert ", ".join(" ".join(half) for half in (left, right)) in page.text


async def test_looking_keeps_pairing_open_and_leaving_closes_it(inside: Service) -> None:
    await read(inside, "/connect")
    for _ in range(5):
        inside.seconds.at += 100
        await inside.get("/connect/state")
        assert inside.app[keys.PAIRINGS].is_open()
    inside.seconds.at += 121
    assert not inside.app[keys.PAIRINGS].is_open()


async def test_yes_connects_the_browser_and_says_so(inside: Service) -> None:
    await read(inside, "/connect")
    asked = await inside.new_peer().ask_pairing()
    response = await inside.submit("/connect/answer", pairing=asked.browser, answer="yes")
    assert response.status == 303
    page = await read(inside, response.headers["Location"])
    assert "Your browser is connected" in page.text
    assert "Chromium" in (await read(inside, "/safety")).text


async def test_no_connects_nothing_and_loses_nothing(inside: Service) -> None:
    await read(inside, "/connect")
    asked = await inside.new_peer().ask_pairing()
    for answer in ("no", "", "YES"):
        response = await inside.submit("/connect/answer", pairing=asked.browser, answer=answer)
        if response.status == 303:
            assert (
                "Nothing was connected" in (await read(inside, response.headers["Location"])).text
            )
    assert not inside.app[keys.PAIRINGS].browsers


async def test_a_made_up_answer_connects_nothing(inside: Service) -> None:
    response = await inside.submit("/connect/answer", pairing="<script>", answer="yes")
    assert response.status == 404
    assert "connected" not in Read(await response.text()).text
    assert "Nothing was connected" in (await read(inside, "/connect?answered=%3Cscript%3E")).text


async def test_disconnecting_is_asked_first(inside: Service) -> None:
    peer = await inside.paired()
    response = await inside.submit("/connect/forget", browser=peer.browser)
    page = Read(await response.text())
    assert "Disconnect this browser?" in page.text
    assert "What it saved stays here." in page.text
    assert peer.browser in inside.app[keys.PAIRINGS].browsers
    response = await inside.submit("/connect/forget", browser=peer.browser, sure="yes")
    assert "What it saved is still here." in (await read(inside, response.headers["Location"])).text
    assert not inside.app[keys.PAIRINGS].browsers


async def test_a_browser_that_is_not_connected_cannot_be_disconnected(inside: Service) -> None:
    for sure in ("", "yes"):
        response = await inside.submit("/connect/forget", browser="0" * 32, sure=sure)
        assert response.status == 404
