"""The bad-input matrix: what is sent, the answer and its code, its sentence, and nothing changed.

A row is a function that sends one bad thing and returns the answer: a status and a code, or None
when the connection was cut without a byte. What a row needs first it makes first; `begin` marks the
moment from which on nothing that is stored may change.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from handrail.core.digest import content_digest
from handrail.vault.inbox import MAX_ENVELOPE
from handrail.web import api, application, keys
from tests.builders import Clock, a_capture, an_envelope
from tests.contract.examples import Example, those
from tests.proof import test_hostile_zip as zips
from tests.proof.builders import two_views
from tests.web.bench import OTHER, Answer, Bench, told
from tests.web.conftest import Service
from tests.web.test_locking import PASSPHRASE, locked_service, protected

# ── The rows ─────────────────────────────────────────────────────────────────────────────────

DROPPED: Answer = None

Row = Callable[[Bench], Awaitable[Answer]]
ROWS: dict[str, tuple[Row, Answer]] = {}


def row(expected: Answer) -> Callable[[Row], Row]:
    """Note a row that is a function, under its own words."""

    def note(send: Row) -> Row:
        ROWS[send.__name__.replace("_", " ")] = (send, expected)
        return send

    return note


def rows(expected: Answer, **sent: Row) -> None:
    """Note rows that are answered alike."""
    for name, send in sent.items():
        ROWS[name.replace("_", " ")] = (send, expected)


# Who may call: the connection is cut, so that a web page cannot tell a closed door from no door.

UP = "POST /api/envelopes"

rows(
    DROPPED,
    another_host=lambda on: on.head(UP, Host="evil.example.com"),
    a_page_under_another_host=lambda on: on.head(
        "GET /static/tokens.css", Host="evil.example.com", Origin=""
    ),
    a_page_under_two_names=lambda on: on.head(
        "GET /static/tokens.css", Host=f"{on.service.hosts.pages}, evil.example.com", Origin=""
    ),
    the_host_of_the_pages=lambda on: on.head(UP, Host=on.service.hosts.pages),
    no_origin=lambda on: on.head(UP, Origin=""),
    a_web_page_as_origin=lambda on: on.head(UP, Origin="https://evil.example.com"),
    another_extension_as_origin=lambda on: on.hand_in(
        Origin="moz-extension://01234567-89ab-cdef-0123-456789abcdef"
    ),
    a_method_that_reads=lambda on: on.head("GET /api/envelopes"),
    a_method_that_replaces=lambda on: on.head("PUT /api/envelopes"),
    a_method_that_deletes=lambda on: on.head("DELETE /api/envelopes"),
    a_page_on_the_host_of_the_api=lambda on: on.head("POST /hand-over"),
    an_address_in_place_of_a_path=lambda on: on.head("POST http://evil.example.com/api/envelopes"),
)

# The proof that every request of a connected browser carries.

rows(
    (401, "not-paired"),
    no_authorization=lambda on: on.hand_in(Authorization=""),
    another_browser=lambda on: on.hand_in(Authorization=f"Handrail {OTHER}:{'cd' * 32}"),
    a_key_that_was_not_signed=lambda on: on.hand_in(Idempotency_Key=OTHER),
    a_digest_that_was_not_signed=lambda on: on.hand_in(Content_Digest=content_digest("0" * 64)),
)
rows(
    (400, "key-shape"),
    a_key_of_another_form=lambda on: on.hand_in(Idempotency_Key="AB"),
    no_key=lambda on: on.hand_in(Idempotency_Key=""),
)
rows(
    (400, "digest-missing"),
    no_digest=lambda on: on.hand_in(Content_Digest=""),
    a_digest_of_another_kind=lambda on: on.hand_in(Content_Digest="md5=:aaaa:"),
)

# The body of an envelope.

rows((415, "encoding-refused"), a_packed_body=lambda on: on.hand_in(Content_Encoding="gzip"))
rows(
    (411, "length-required"),
    a_body_in_pieces=lambda on: on.head(
        UP, b"1\r\nx\r\n0\r\n\r\n", Content_Length="", Transfer_Encoding="chunked"
    ),
)
rows(
    (422, "digest-mismatch"),
    other_bytes_than_were_signed=lambda on: on.head(UP, b"x" * 100),
)
rows(
    (400, ""),  # two requests in one, and the second is none: it is not read at all
    a_body_longer_than_it_said=lambda on: on.head(UP, b"x" * 4096, Content_Length="100"),
)
rows(
    DROPPED,  # who sent it is gone
    a_body_shorter_than_it_said=lambda on: on.head(UP, b"x" * 100, Content_Length="4096", end=True),
)
rows((408, "too-slow"), a_body_that_stalls=lambda on: on.head(UP, b"x", Content_Length="4096"))
rows(
    (413, "too-large"),
    a_body_larger_than_allowed=lambda on: on.head(UP, Content_Length=str(MAX_ENVELOPE + 1)),
    a_question_larger_than_allowed=lambda on: on.asked("/api/status", b" " * (api.MAX_JSON + 1)),
)


@row((409, "key-reused"))
async def a_key_that_names_another_envelope(on: Bench) -> Answer:
    peer = await on.paired()
    first = an_envelope(peer.recipient)
    await peer.hand_in(first)
    await on.service.app[keys.DRAIN].settle()
    on.begin()
    return told(await peer.hand_in(an_envelope(peer.recipient, b"other", key=first.key)))


@row((507, "disk-full"))
async def an_envelope_for_a_full_disk(on: Bench) -> Answer:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("handrail.system.ROOM_TO_KEEP", 2**60)
        return await on.hand_in()


# Questions.


def pairing(path: str, example: Example) -> Row:
    return lambda on: on.pairing(path, example.raw)


def ticket(example: Example) -> Row:
    return lambda on: on.asked("/api/ticket", example.raw, "nonce")


for step in ("start", "reveal", "finish"):
    for one in those("invalid", f"pair-{step}"):
        ROWS[str(one)] = pairing(f"/api/pair/{step}", one), (400, "json-shape")
for one in those("invalid", "ticket-request"):
    ROWS[str(one)] = ticket(one), (400, "json-shape")

rows(
    (404, "no-such-page"),
    a_question_that_lists=lambda on: on.asked("/api/captures", b"{}"),
    a_question_that_exports=lambda on: on.asked("/api/export", b"{}"),
)
rows(
    (409, "nonce-used"),
    a_ticket_for_a_nonce_of_nobody=lambda on: on.asked("/api/ticket", b'{"to":"/"}'),
)
rows(
    (404, "no-such-pairing"),
    the_end_of_a_pairing_that_never_began=lambda on: on.pairing(
        "/api/pair/finish", json.dumps({"pairing": OTHER}).encode()
    ),
)


@row((403, "pairing-broken"))
async def a_key_that_was_not_committed_to(on: Bench) -> Answer:
    return await reveal(on, "ab" * 32, "04" + "11" * 64)


@row((400, "pairing-key"))
async def a_key_on_no_curve(on: Bench) -> Answer:
    point = "04" + "11" * 64
    commit = hashlib.sha256(bytes.fromhex(point + OTHER)).hexdigest()
    return await reveal(on, commit, point)


async def reveal(on: Bench, commit: str, point: str) -> Answer:
    on.service.app[keys.PAIRINGS].open_window()
    peer = on.service.new_peer()
    _, begun = await peer.post("/api/pair/start", json.dumps({"commit": commit}).encode())
    shown = {"pairing": begun["pairing"], "key": point, "nonce": OTHER, "proof": None}
    return told(await peer.post("/api/pair/reveal", json.dumps(shown).encode()))


@row((403, "start-code-used"))
async def a_start_code_that_nobody_gave(on: Bench) -> Answer:
    on.service.app[keys.PAIRINGS].open_window()
    return 403, (await on.service.new_peer().ask_pairing(bytes(32))).status


@row((429, "too-many-pairings"))
async def a_flood_of_pairings(on: Bench) -> Answer:
    question = json.dumps({"commit": "ab" * 32}).encode()
    for _ in range(20):
        on.service.app[keys.PAIRINGS].open_window()
        assert (await on.service.new_peer().post("/api/pair/start", question))[0] == 200
    return await on.pairing("/api/pair/start", question)


# Pages.

rows(
    (404, "no-such-capture"),
    a_capture_of_nobody=lambda on: on.page(f"/captures/{OTHER}"),
    a_capture_with_a_way_up=lambda on: on.page("/captures/..%2f..%2fvault.json"),
    the_picture_of_a_capture_of_nobody=lambda on: on.page(f"/captures/{OTHER}/picture"),
)
rows(
    (404, "no-such-export"),
    a_package_of_nobody=lambda on: on.page(f"/hand-over/{OTHER}"),
    the_file_of_a_package_of_nobody=lambda on: on.page(f"/hand-over/{OTHER}/file"),
    a_package_of_nobody_again=lambda on: on.form("/hand-over", export=OTHER),
)
rows((404, "no-such-page"), an_address_of_nothing=lambda on: on.page("/no-such-page"))
rows(
    (404, "no-such-browser"), forgetting_nobody=lambda on: on.form("/connect/forget", browser=OTHER)
)
rows(
    (403, "form-too-old"), a_form_without_its_token=lambda on: on.form("/hand-over", csrf="0" * 64)
)
rows((413, "too-large"), a_form_without_end=lambda on: on.form(
    "/hand-over", capture="x" * (application.MAX_FORM + 1)))  # fmt: skip
rows(
    (400, "capture-not-whole"),
    a_package_of_a_capture_of_nobody=lambda on: on.form("/hand-over", capture=OTHER),
)
rows(
    (422, "passphrase-differs"),
    two_passphrases=lambda on: on.form("/safety/protect", passphrase=PASSPHRASE, again="another"),
)
rows(
    (422, "passphrase-short"),
    a_short_passphrase=lambda on: on.form("/safety/protect", passphrase="short", again="short"),
)


@row((401, "no-session"))
async def a_page_without_the_session(on: Bench) -> Answer:
    on.service.cookie = "guess"
    return await on.page("/")


@row((401, "ticket-used"))
async def a_way_in_that_nobody_gave(on: Bench) -> Answer:
    hosts = on.service.hosts
    headers = {"Host": hosts.pages, "Origin": hosts.pages_origin}
    return await on.shown(
        await on.service.client.post("/enter", data={"ticket": "0" * 64}, headers=headers)
    )


@row((404, "no-such-exhibit"))
async def a_number_that_a_capture_has_not(on: Bench) -> Answer:
    taken = await on.service.save()
    on.begin()
    return await on.page(f"/captures/{taken.capture}/exhibits/4")


@row((404, "part-not-here"))
async def the_words_of_a_capture_that_has_not_arrived(on: Bench) -> Answer:
    taken = a_capture(on.service.vault.recipient)
    peer = await on.paired()
    await peer.hand_in(taken.envelopes[0])
    await on.service.app[keys.DRAIN].settle()
    on.begin()
    return await on.page(f"/captures/{taken.capture}/text")


@row((422, "picture-kind"))
async def a_picture_that_is_no_picture(on: Bench) -> Answer:
    taken = await on.service.save(picture=b"<svg onload=alert(1)>")
    await on.service.pictures_read()
    on.begin()
    return await on.page(f"/captures/{taken.capture}/picture")


# A locked vault.


async def while_locked(on: Bench, send: Callable[[Bench], Awaitable[Answer]]) -> Answer:
    protected(on.folder)
    service = await locked_service(on.folder, Clock())
    try:
        await service.sign_in()
        on.service = service
        on.begin(on.folder)
        return await send(on)
    finally:
        await service.client.close()


rows(
    (403, "secret-wrong"),
    a_wrong_passphrase=lambda on: while_locked(on, lambda it: it.form("/unlock", secret="guess")),
)
rows(
    (403, "words-mistyped"),
    a_wrong_word=lambda on: while_locked(
        on, lambda it: it.form("/unlock", secret=" ".join(["abandon"] * 11 + ["handrail"]))
    ),
)
rows(
    (405, "method-refused"),
    a_package_of_a_locked_vault=lambda on: while_locked(
        on, lambda it: it.form("/hand-over", capture=OTHER)
    ),
)


@row((429, "unlock-wait"))
async def a_sixth_guess(on: Bench) -> Answer:
    async def guess(it: Bench) -> Answer:
        for _ in range(5):
            await it.form("/unlock", secret="guess")
        return await it.form("/unlock", secret=PASSPHRASE)

    return await while_locked(on, guess)


@row((1, "vault-locked"))
async def an_export_of_a_locked_vault(on: Bench) -> Answer:
    protected(on.folder)
    out = on.folder / "package.zip"
    on.begin(on.folder)
    return await on.command("export", "--data", str(on.folder), "--out", str(out))


# A package from someone else, as `handrail verify` gets it. It brings its own sentences.


def a_package(spoil: Callable[[bytes], bytes]) -> Row:
    async def check(on: Bench) -> Answer:
        path = on.folder / "package.zip"
        two_views().save(path)
        path.write_bytes(spoil(path.read_bytes()))
        on.begin(on.folder)
        return await on.command("verify", "--json", str(path))

    return check


FROM_ELSEWHERE: dict[str, tuple[Row, Answer]] = {
    "a ZIP with a name that climbs out": (
        a_package(zips.a_name_that_climbs_out),
        (2, "name-parent"),
    ),
    "a ZIP with a link": (a_package(zips.a_link), (2, "link")),
    "a ZIP that is a bomb": (a_package(zips.a_bomb), (2, "zip-bomb")),
    "a ZIP that ends too soon": (a_package(lambda sound: sound[:-30]), (2, "zip-shape")),
    "a ZIP of nothing": (a_package(lambda _: b""), (2, "zip-shape")),
    "a changed word": (a_package(lambda sound: sound.replace(b"Pay", b"Say", 1)), (1, "manifest")),
}
ROWS |= FROM_ELSEWHERE


# ── The test ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def on(
    service: Service, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Bench:
    monkeypatch.setattr(api, "CHUNK_SECONDS", 0.5)
    await service.sign_in()
    bench = Bench(service, tmp_path_factory.mktemp("row"), service.data)
    bench.begin()
    return bench


@pytest.mark.parametrize("what", ROWS)
async def test_bad_input_gets_its_code_and_stores_nothing(on: Bench, what: str) -> None:
    send, expected = ROWS[what]
    try:
        answer = await send(on)
    except aiohttp.ClientConnectionError:
        answer = DROPPED
    assert answer == expected
    async with asyncio.timeout(10):  # what was begun and not finished is swept away
        while on.stored() != on.before:
            await asyncio.sleep(0.02)
    if answer is not None and answer[1] and what not in FROM_ELSEWHERE:
        assert f"error.{answer[1]}" in on.service.app[keys.CATALOGUE]
