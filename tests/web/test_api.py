"""What a paired browser may do, and that bad input gets a code and changes nothing."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets

import aiohttp
import pytest

from handrail.core.digest import content_digest
from handrail.web import api, keys
from tests.builders import a_capture, an_envelope, sealed
from tests.peer import Peer
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


BAD = {
    "another key": ({"Idempotency_Key": "ab" * 16}, 401, "not-paired"),
    "a key of another shape": ({"Idempotency_Key": "AB"}, 400, "key-shape"),
    "no digest": ({"Content_Digest": ""}, 400, "digest-missing"),
    "a digest of another kind": ({"Content_Digest": "md5=:aaaa:"}, 400, "digest-missing"),
    "another digest": ({"Content_Digest": content_digest("0" * 64)}, 401, "not-paired"),
    "no authorization": ({"Authorization": ""}, 401, "not-paired"),
    "another browser": (
        {"Authorization": f"Handrail {'ab' * 16}:{'cd' * 32}"}, 401, "not-paired",
    ),
    "another origin": (
        {"Origin": "moz-extension://01234567-89ab-cdef-0123-456789abcdef"}, None, None,
    ),
    "packed": ({"Content_Encoding": "gzip"}, 415, "encoding-refused"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
async def test_bad_input_gets_its_code_and_stores_nothing(service: Service, case: str) -> None:
    changed, status, code = BAD[case]
    peer = await service.paired()
    before = stored(service)
    envelope = an_envelope(peer.recipient)
    if status is None:
        with pytest.raises(NO_ANSWER):
            await peer.hand_in(envelope, **changed)
    else:
        got, answer = await peer.hand_in(envelope, **changed)
        assert (got, answer["error"]["code"]) == (status, code)
        assert answer["error"]["message"]
    assert stored(service) == before


async def test_a_key_that_names_another_envelope_is_refused(service: Service) -> None:
    peer = await service.paired()
    first = an_envelope(peer.recipient)
    await peer.hand_in(first)
    status, answer = await peer.hand_in(an_envelope(peer.recipient, b"other", key=first.key))
    assert (status, answer["error"]["code"]) == (409, "key-reused")


async def test_a_body_that_is_not_the_one_signed_is_refused(service: Service) -> None:
    peer = await service.paired()
    before = stored(service)
    honest, other = an_envelope(peer.recipient), an_envelope(peer.recipient, b"other words")
    headers = peer.headers("/api/envelopes", honest.key, honest.sha256, "application/octet-stream")
    status, answer = await peer.post("/api/envelopes", other.data, headers)
    assert (status, answer["error"]["code"]) == (422, "digest-mismatch")
    assert stored(service) == before


async def hand_in_raw(
    service: Service, peer: Peer, length: int, body: bytes, *, end: bool
) -> bytes:
    """Send an envelope's headers with any length, and any bytes after them."""
    envelope = an_envelope(peer.recipient)
    headers = {
        "Host": service.hosts.api,
        "Origin": peer.origin,
        "Content-Length": str(length),
        "Connection": "close",
        **peer.headers("/api/envelopes", envelope.key, envelope.sha256, "application/octet-stream"),
    }
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    head = "POST /api/envelopes HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items())
    writer.write(head.encode() + b"\r\n" + body)
    await writer.drain()
    if end:
        writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer


async def test_a_body_shorter_than_it_said_leaves_nothing(service: Service) -> None:
    peer = await service.paired()
    before = stored(service)
    await hand_in_raw(service, peer, 4096, b"x" * 100, end=True)
    async with asyncio.timeout(10):
        while stored(service) != before:
            await asyncio.sleep(0.01)


async def test_a_body_larger_than_allowed_is_refused_before_it_is_read(service: Service) -> None:
    peer = await service.paired()
    before = stored(service)
    answer = await hand_in_raw(service, peer, 65 * 1024 * 1024, b"", end=False)
    assert b" 413 " in answer.partition(b"\r\n")[0]
    assert b"too-large" in answer
    assert stored(service) == before


async def test_a_body_that_stalls_is_given_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "CHUNK_SECONDS", 0.2)
    peer = await service.paired()
    before = stored(service)
    answer = await hand_in_raw(service, peer, 4096, b"x" * 100, end=False)
    assert b"too-slow" in answer
    assert stored(service) == before


async def test_an_envelope_that_does_not_open_is_kept_and_reported(service: Service) -> None:
    peer = await service.paired()
    for envelope in (sealed(peer.recipient, b"not an exhibit"), an_envelope(peer.recipient)):
        assert (await peer.hand_in(envelope))[0] == 200
    await service.app[keys.DRAIN].settle()
    assert service.vault.quarantined() == 1
    assert len(service.vault.captures()) == 1


async def test_a_picture_that_is_no_picture_is_kept_without_picture_facts(service: Service) -> None:
    peer = await service.paired()
    taken = a_capture(peer.recipient, picture=b"<svg onload=alert(1)>")
    for envelope in taken.envelopes:
        await peer.hand_in(envelope)
    drain = service.app[keys.DRAIN]
    await drain.settle()
    while service.vault.pictures_to_read():
        await asyncio.sleep(0.05)
    detail = service.vault.capture(taken.capture)
    assert detail.picture is None
    assert service.vault.open_exhibit(taken.capture, 1) == b"<svg onload=alert(1)>"


async def test_size_and_hash_of_a_picture_are_derived(service: Service) -> None:
    taken = await service.save()
    service.app[keys.DRAIN].wake()
    while service.vault.pictures_to_read():
        await asyncio.sleep(0.05)
    picture = service.vault.capture(taken.capture).picture
    assert picture is not None
    assert (picture.width, picture.height, picture.format) == (64, 48, "PNG")
    assert len(picture.phash) == 16


@pytest.mark.parametrize(
    "body",
    [b"[]", b'{"to":1}', b'{"to":"/","more":1}', b'{"to":"/"', b"\xff", b'{"to":"//evil.test"}'],
)
async def test_json_of_another_shape_is_refused(service: Service, body: bytes) -> None:
    peer = await service.paired()
    _, told = await peer.ask("/api/status", {})
    sha256 = hashlib.sha256(body).hexdigest()
    headers = peer.headers("/api/ticket", told["nonce"], sha256, "application/json")
    status, answer = await peer.post("/api/ticket", body, headers)
    assert status == 400
    assert answer["error"]["code"] == "json-shape"


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


async def test_a_flood_of_pairings_is_stopped(service: Service) -> None:
    service.app[keys.PAIRINGS].open_window()
    peer = service.new_peer()
    commit = json.dumps({"commit": "ab" * 32}).encode()
    answers = [(await peer.post("/api/pair/start", commit))[0] for _ in range(25)]
    assert answers.count(429) == 5
