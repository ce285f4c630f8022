"""What a paired browser may do. What it may not is in `test_bad_input` and `test_put_aside`."""

from __future__ import annotations

import asyncio
import json
import secrets

import aiohttp
import pytest

from handrail.web import keys
from tests.builders import a_capture, an_envelope
from tests.web.conftest import Service

NO_ANSWER = aiohttp.ClientConnectionError


def stored(service: Service) -> set[str]:
    """Every file the vault has, with its content."""
    return {
        f"{path.relative_to(service.data)}"
        for folder in ("inbox", "objects", "quarantine", "log")
        for path in (service.data / folder).rglob("*")
        if path.is_file()
    }


async def test_a_capture_handed_in_is_there(service: Service) -> None:
    peer = await service.paired()
    taken = a_capture(peer.recipient)
    for envelope in taken.envelopes:
        status, receipt = await peer.hand_in(envelope)
        assert status == 200
        assert receipt["status"] == "stored"
        assert peer.is_receipt(envelope, receipt)
    await service.app[keys.DRAIN].settle()
    assert service.vault.captures()[0].whole


async def test_handing_in_again_gives_the_same_receipt_and_one_exhibit(service: Service) -> None:
    peer = await service.paired()
    envelope = an_envelope(peer.recipient)
    answers = await asyncio.gather(*(peer.hand_in(envelope) for _ in range(10)))
    assert [status for status, _ in answers] == [200] * 10
    receipts = [receipt for _, receipt in answers]
    assert sum(receipt["status"] == "stored" for receipt in receipts) == 1
    assert len({receipt["received_at"] for receipt in receipts}) == 1
    assert all(peer.is_receipt(envelope, receipt) for receipt in receipts)
    await service.app[keys.DRAIN].settle()
    assert sum(1 for name in stored(service) if envelope.key in name) == 1


async def test_a_picture_that_is_no_picture_is_kept_without_picture_facts(service: Service) -> None:
    peer = await service.paired()
    taken = a_capture(peer.recipient, picture=b"<svg onload=alert(1)>")
    for envelope in taken.envelopes:
        await peer.hand_in(envelope)
    await service.app[keys.DRAIN].settle()
    await service.pictures_read()
    detail = service.vault.capture(taken.capture)
    assert detail.picture is None
    assert service.vault.open_exhibit(taken.capture, 1) == b"<svg onload=alert(1)>"


async def test_size_and_hash_of_a_picture_are_derived(service: Service) -> None:
    taken = await service.save()
    await service.pictures_read()
    picture = service.vault.capture(taken.capture).picture
    assert picture is not None
    assert (picture.width, picture.height, picture.format) == (64, 48, "PNG")
    assert len(picture.phash) == 16


async def test_a_ticket_needs_a_fresh_nonce(service: Service) -> None:
    peer = await service.paired()
    _, told = await peer.ask("/api/status", {})
    status, answer = await peer.ask("/api/ticket", {"to": "/"}, key=told["nonce"])
    assert status == 200
    assert answer["address"].startswith(f"{service.hosts.pages_origin}/enter#")
    for key in (told["nonce"], secrets.token_hex(16)):
        status, answer = await peer.ask("/api/ticket", {"to": "/"}, key=key)
        assert (status, answer["error"]["code"]) == (409, "nonce-used")


async def test_a_paired_browser_reaches_nothing_but_the_api(service: Service) -> None:
    """With a good key, nothing can be listed, read, removed or exported."""
    peer = await service.paired()
    taken = await service.save()
    for path in (
        "/", "/captures", f"/captures/{taken.capture}", "/hand-over", "/safety", "/api",
    ):  # fmt: skip
        with pytest.raises(NO_ANSWER):
            await peer.ask(path, {})
    for path in ("/api/captures", "/api/export", f"/api/captures/{taken.capture}"):
        status, answer = await peer.ask(path, {})
        assert (status, answer["error"]["code"]) == (404, "no-such-page")


# ── Pairing ──────────────────────────────────────────────────────────────────────────────────


async def test_both_sides_show_the_same_digits_and_yes_connects(service: Service) -> None:
    pairings = service.app[keys.PAIRINGS]
    pairings.open_window()
    peer = service.new_peer()
    pairing = await peer.ask_pairing()
    assert pairing.status == "asked"
    asked = pairings.asked()
    assert asked is not None
    assert asked.digits == pairing.digits
    assert await peer.finish(pairing) == "waiting"
    pairings.answer(asked.pairing, same=True)
    assert await peer.finish(pairing) == "accepted"
    assert (await peer.ask("/api/status", {}))[0] == 200


async def test_no_connects_nothing(service: Service) -> None:
    pairings = service.app[keys.PAIRINGS]
    pairings.open_window()
    peer = service.new_peer()
    pairing = await peer.ask_pairing()
    pairings.answer(pairing.browser, same=False)
    assert await peer.finish(pairing) == "refused"
    assert pairings.browsers == {}


async def test_three_times_no_closes_pairing(service: Service) -> None:
    pairings = service.app[keys.PAIRINGS]
    pairings.open_window()
    for answered in range(3):
        assert pairings.is_open(), answered
        pairing = await service.new_peer().ask_pairing()
        pairings.answer(pairing.browser, same=False)
    assert not pairings.is_open()


async def test_a_key_that_was_not_committed_to_ends_the_pairing(service: Service) -> None:
    service.app[keys.PAIRINGS].open_window()
    peer = service.new_peer()
    commit = json.dumps({"commit": "ab" * 32}).encode()
    _, given = await peer.post("/api/pair/start", commit)
    reveal = {"pairing": given["pairing"], "key": given["key"], "nonce": "cd" * 16, "proof": None}
    status, answer = await peer.post("/api/pair/reveal", json.dumps(reveal).encode())
    assert (status, answer["error"]["code"]) == (403, "pairing-broken")
    status, answer = await peer.post("/api/pair/reveal", json.dumps(reveal).encode())
    assert status == 404


async def test_a_start_code_is_good_once_and_for_a_minute(service: Service) -> None:
    pairings = service.app[keys.PAIRINGS]
    code = bytes.fromhex(pairings.new_start_code())
    await service.new_peer().pair(code)
    pairings.open_window()
    again = await service.new_peer().ask_pairing(code)
    assert again.status == "start-code-used"
    late = bytes.fromhex(pairings.new_start_code())
    service.seconds.at += 61
    pairings.open_window()
    assert (await service.new_peer().ask_pairing(late)).status == "start-code-used"


async def test_pairing_survives_a_restart_and_ends_when_forgotten(service: Service) -> None:
    peer = await service.paired()
    pairings = service.app[keys.PAIRINGS]
    pairings.browsers.clear()
    pairings.load()
    assert (await peer.ask("/api/status", {}))[0] == 200
    pairings.forget(peer.browser)
    with pytest.raises(NO_ANSWER):
        await peer.ask("/api/status", {})
