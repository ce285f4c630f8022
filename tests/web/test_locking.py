"""Protection: what a passphrase changes, what a locked vault shows, and that nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer, unused_port

from handrail.core.errors import Damaged, Refused
from handrail.vault import keys as vault_keys
from handrail.vault import wraps
from handrail.vault.vault import open_vault
from handrail.web import keys
from handrail.web.application import RUNNER, create_locked_app
from handrail.web.hosts import hosts_for
from tests.builders import Clock, a_capture, hand_in
from tests.web.conftest import Seconds, Service

PASSPHRASE = "correct horse battery staple"


# ── The wraps ────────────────────────────────────────────────────────────────────────────────


def protected(data: Path) -> str:
    """Make a protected vault with one capture in it and return its words."""
    with open_vault(data, Clock()) as vault:
        for envelope in a_capture(vault.recipient).envelopes:
            hand_in(vault, envelope)
        vault.drain()
        return vault.protect(PASSPHRASE)


def test_a_protected_vault_has_two_wraps_and_no_open_one(tmp_path: Path) -> None:
    protected(tmp_path)
    described = vault_keys.read(tmp_path)
    assert [type(wrap) for wrap in described.wraps] == [wraps.PassphraseWrap, wraps.WordsWrap]
    assert not (tmp_path / "open.key").exists()
    with pytest.raises(Refused) as refused, open_vault(tmp_path, Clock()):
        pass
    assert refused.value.code == "vault-locked"


@pytest.mark.parametrize("how", ["passphrase", "words", "words in capitals, with line breaks"])
def test_passphrase_and_words_open_it(tmp_path: Path, how: str) -> None:
    words = protected(tmp_path)
    secret = {
        "passphrase": PASSPHRASE,
        "words": words,
        "words in capitals, with line breaks": words.upper().replace(" ", "\n "),
    }[how]
    with open_vault(tmp_path, Clock(), vault_keys.unlock(tmp_path, secret)) as vault:
        assert vault.captures()[0].whole


@pytest.mark.parametrize("secret", ["", "correct horse", PASSPHRASE + " ", PASSPHRASE.upper()])
def test_anything_else_does_not_open_it(tmp_path: Path, secret: str) -> None:
    protected(tmp_path)
    with pytest.raises(Refused) as refused:
        vault_keys.unlock(tmp_path, secret)
    assert refused.value.code == "secret-wrong"


def test_a_mistyped_word_is_said(tmp_path: Path) -> None:
    words = protected(tmp_path).split()
    words[3] = "handrail"
    with pytest.raises(Refused) as refused:
        vault_keys.unlock(tmp_path, " ".join(words))
    assert refused.value.code == "words-mistyped"


def test_a_passphrase_of_twelve_words_is_a_passphrase(tmp_path: Path) -> None:
    twelve = "one two three four five six seven eight nine ten eleven twelve"
    with open_vault(tmp_path, Clock()) as vault:
        vault.protect(twelve)
    assert vault_keys.unlock(tmp_path, twelve).recipient


def test_a_new_passphrase_makes_the_old_one_and_the_old_words_void(tmp_path: Path) -> None:
    words = protected(tmp_path)
    with open_vault(tmp_path, Clock(), vault_keys.unlock(tmp_path, PASSPHRASE)) as vault:
        vault.protect("another passphrase")
    for old in (PASSPHRASE, words):
        with pytest.raises(Refused):
            vault_keys.unlock(tmp_path, old)
    assert vault_keys.unlock(tmp_path, "another passphrase").recipient


def test_a_vault_file_that_asks_for_too_little_work_is_refused(tmp_path: Path) -> None:
    protected(tmp_path)
    path = tmp_path / "vault.json"
    path.write_text(path.read_text().replace('"memory_kib":65536', '"memory_kib":8'))
    with pytest.raises(Damaged):
        vault_keys.unlock(tmp_path, PASSPHRASE)


def test_a_wrap_of_another_vault_opens_nothing(tmp_path: Path) -> None:
    protected(tmp_path / "one")
    protected(tmp_path / "two")
    one, two = vault_keys.read(tmp_path / "one"), vault_keys.read(tmp_path / "two")
    with pytest.raises(Refused):
        wraps.open_with_secret(two.vault, one.wraps, PASSPHRASE)


def test_a_crash_before_the_key_file_is_removed_is_made_good(tmp_path: Path) -> None:
    with open_vault(tmp_path, Clock()):
        left = (tmp_path / "open.key").read_bytes()
    protected(tmp_path)
    (tmp_path / "open.key").write_bytes(left)
    with pytest.raises(Refused):
        vault_keys.unlock_open(tmp_path)
    assert not (tmp_path / "open.key").exists()


# ── The pages ────────────────────────────────────────────────────────────────────────────────


async def test_choosing_a_passphrase_shows_twelve_words_once(service: Service) -> None:
    await service.sign_in()
    assert "login?" in await (await service.get("/safety/protect")).text()
    response = await service.submit("/safety/protect", passphrase=PASSPHRASE, again=PASSPHRASE)
    text = await response.text()
    assert response.status == 200
    assert text.count('translate="no"') == 12
    assert response.headers["Cache-Control"] == "no-store"
    assert vault_keys.is_protected(service.data)


@pytest.mark.parametrize(
    ("passphrase", "again", "says"),
    [
        (PASSPHRASE, PASSPHRASE + "!", "not the same"),
        ("short", "short", "eight characters"),
        ("        ", "        ", "eight characters"),
        ("x" * 1001, "x" * 1001, "too long"),
    ],
)
async def test_a_passphrase_that_will_not_do_changes_nothing(
    service: Service, passphrase: str, again: str, says: str
) -> None:
    await service.sign_in()
    response = await service.submit("/safety/protect", passphrase=passphrase, again=again)
    text = await response.text()
    assert response.status == 422
    assert says in text
    assert passphrase not in text
    assert not vault_keys.is_protected(service.data)


async def test_a_new_passphrase_needs_the_present_one(service: Service) -> None:
    await service.sign_in()
    await service.submit("/safety/protect", passphrase=PASSPHRASE, again=PASSPHRASE)
    other = "another passphrase"
    wrong = await service.submit("/safety/protect", present="guess", passphrase=other, again=other)
    assert wrong.status == 422
    right = await service.submit(
        "/safety/protect", present=PASSPHRASE, passphrase=other, again=other
    )
    assert right.status == 200
    assert vault_keys.unlock(service.data, other).recipient


async def test_lock_without_a_passphrase_leads_to_choosing_one(service: Service) -> None:
    await service.sign_in()
    response = await service.submit("/lock")
    assert (response.status, response.headers["Location"]) == (303, "/safety/protect")
    assert not service.app[keys.CHANGE].wanted.is_set()


async def test_lock_asks_for_a_process_without_the_key(service: Service) -> None:
    await service.sign_in()
    service.vault.protect(PASSPHRASE)
    response = await service.submit("/lock")
    assert response.status == 303
    assert "storage" in response.headers["Clear-Site-Data"]
    passed = service.app[keys.CHANGE].passed
    assert passed is not None
    assert passed.vault_key is None
    # This process answers nobody any more, also not with the ticket it gave out.
    with pytest.raises(aiohttp.ClientConnectionError):
        await service.get("/")


# ── While locked ─────────────────────────────────────────────────────────────────────────────


class Locked(Service):
    """A service whose vault is locked."""


async def locked_service(data: Path, clock: Clock) -> Locked:
    recipient = vault_keys.read(data).recipient
    port = unused_port()
    hosts = hosts_for(data, port)
    app = create_locked_app(data, recipient, hosts, clock, Seconds())
    server = TestServer(app, host="127.0.0.1", port=port)
    client: TestClient[Any, Any] = TestClient(server, auto_decompress=False)
    await server.start_server(**RUNNER)
    await client.start_server()
    nothing: Any = None
    return Locked(data, app, nothing, hosts, client, Seconds())


@pytest.fixture
async def clock() -> Clock:
    return Clock()


async def test_captures_keep_arriving_while_locked(tmp_path: Path, clock: Clock) -> None:
    protected(tmp_path)
    service = await locked_service(tmp_path, clock)
    try:
        peer = await service.paired()
        taken = a_capture(peer.recipient)
        for envelope in taken.envelopes:
            status, receipt = await peer.hand_in(envelope)
            assert (status, receipt["status"]) == (200, "stored")
            assert peer.is_receipt(envelope, receipt)
        _, told = await peer.ask("/api/status", {})
        assert (told["locked"], told["waiting"]) == (True, 3)
    finally:
        await service.client.close()
    with open_vault(tmp_path, clock, vault_keys.unlock(tmp_path, PASSPHRASE)) as vault:
        assert vault.drain().added == 3
        assert len(vault.captures()) == 2
        assert all(capture.whole for capture in vault.captures())


async def test_a_locked_vault_shows_the_same_page_empty_or_full(
    tmp_path: Path, clock: Clock
) -> None:
    pages = []
    for name, full in (("empty", False), ("full", True)):
        data = tmp_path / name
        if full:
            protected(data)
        else:
            with open_vault(data, clock) as vault:
                vault.protect(PASSPHRASE)
        service = await locked_service(data, clock)
        try:
            await service.sign_in()
            for path in ("/", "/captures/" + "ab" * 16, "/safety", "/hand-over", "/what-to-do"):
                text = await (await service.get(path)).text()
                csrf = service.app[keys.SESSIONS].csrf(service.cookie)
                pages.append(text.replace(csrf, "CSRF"))
        finally:
            await service.client.close()
    assert len(set(pages)) == 1
    assert 'action="/unlock"' in pages[0]


async def test_the_right_secret_asks_for_a_process_with_the_key(
    tmp_path: Path, clock: Clock
) -> None:
    words = protected(tmp_path)
    service = await locked_service(tmp_path, clock)
    try:
        await service.sign_in()
        response = await service.submit("/unlock", secret=words)
        assert response.status == 303
        passed = service.app[keys.CHANGE].passed
        assert passed is not None
        assert passed.vault_key == vault_keys.unlock(tmp_path, PASSPHRASE).vault_key.hex()
        assert response.headers["Location"] == f"/enter#{passed.ticket}"
    finally:
        await service.client.close()


async def test_guessing_is_slowed_down_and_a_restart_does_not_forget_it(
    tmp_path: Path, clock: Clock
) -> None:
    protected(tmp_path)
    service = await locked_service(tmp_path, clock)
    await service.sign_in()
    for _ in range(5):
        assert (await service.submit("/unlock", secret="guess")).status == 403
    await service.client.close()
    service = await locked_service(tmp_path, clock)
    try:
        await service.sign_in()
        assert (await service.submit("/unlock", secret=PASSPHRASE)).status == 429
        clock.forward(seconds=61)
        assert (await service.submit("/unlock", secret=PASSPHRASE)).status == 303
        assert not (tmp_path / "attempts.json").exists()
    finally:
        await service.client.close()


async def test_a_locked_service_opens_nothing_for_a_paired_browser(
    tmp_path: Path, clock: Clock
) -> None:
    protected(tmp_path)
    service = await locked_service(tmp_path, clock)
    try:
        peer = await service.paired()
        for path in ("/api/captures", "/api/export"):
            status, answer = await peer.ask(path, {})
            assert (status, answer["error"]["code"]) == (405, "method-refused")
    finally:
        await service.client.close()
