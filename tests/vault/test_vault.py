"""What a vault promises: nothing is lost, nothing is believed, and the index is only a copy."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from handrail.core import canonical
from handrail.core.envelope import verify_envelope
from handrail.core.errors import Damaged, NotFound, Refused
from handrail.core.records import (
    EnvelopeQuarantined,
    PackageMade,
    decode_event,
)
from handrail.vault import keys
from handrail.vault.index import SCHEMA_VERSION, Index
from handrail.vault.vault import Vault, open_vault
from tests.builders import (
    Clock,
    a_capture,
    a_conversation,
    an_envelope,
    facts_of,
    hand_in,
    sealed,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault(tmp_path: Path, clock: Clock) -> Iterator[Vault]:
    with open_vault(tmp_path, clock) as opened:
        yield opened


def save(vault: Vault, **facts: Any) -> str:
    taken = a_capture(vault.recipient, **facts)
    for envelope in taken.envelopes:
        hand_in(vault, envelope)
    vault.drain()
    return taken.capture


def test_a_capture_comes_back_as_it_was_sent(vault: Vault) -> None:
    taken = a_capture(vault.recipient, text="hello")
    for envelope in taken.envelopes:
        hand_in(vault, envelope)
    assert vault.drain().added == 3
    (summary,) = vault.captures()
    assert (summary.capture, summary.whole, summary.missing) == (taken.capture, True, 0)
    detail = vault.capture(taken.capture)
    for exhibit in detail.exhibits:
        assert vault.open_exhibit(taken.capture, exhibit.number) == taken.exhibits[exhibit.kind]


def test_a_capture_is_not_whole_until_every_part_is_there(vault: Vault) -> None:
    taken = a_capture(vault.recipient)
    for envelope in taken.envelopes[1:]:
        hand_in(vault, envelope)
    vault.drain()
    assert (vault.captures()[0].whole, vault.captures()[0].missing) == (False, 1)
    with pytest.raises(Refused, match="nothing to put into a package"):
        vault.choose_export()
    hand_in(vault, taken.envelopes[0])
    vault.drain()
    assert vault.captures()[0].whole


def test_the_same_envelope_twice_is_one(vault: Vault) -> None:
    envelope = an_envelope(vault.recipient)
    assert hand_in(vault, envelope).status == "stored"
    assert hand_in(vault, envelope).status == "duplicate"
    vault.drain()
    assert hand_in(vault, envelope).status == "duplicate"
    assert vault.drain().added == 0


def test_looking_at_the_inbox_while_it_is_drained_is_no_error(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drain may move an envelope between the listing of its name and the look at its time."""
    for envelope in a_capture(vault.recipient).envelopes:
        hand_in(vault, envelope)
    gone = vault.inbox.folder / f"{'ab' * 16}.age"
    names = [gone, *vault.inbox.waiting()]
    monkeypatch.setattr(vault.inbox, "_names", lambda: iter(names))
    assert len(vault.inbox.waiting()) == 3


def test_one_key_never_names_two_envelopes(vault: Vault) -> None:
    first = an_envelope(vault.recipient)
    hand_in(vault, first)
    with pytest.raises(Refused) as refused:
        hand_in(vault, an_envelope(vault.recipient, b"other", key=first.key))
    assert refused.value.code == "key-reused"


def test_a_wrong_digest_stores_nothing(vault: Vault, tmp_path: Path) -> None:
    envelope = an_envelope(vault.recipient)
    incoming = vault.inbox.begin(envelope.key, len(envelope.data))
    incoming.write(envelope.data)
    with pytest.raises(Refused) as refused:
        incoming.finish("0" * 64, Clock()())
    incoming.abandon()
    assert refused.value.code == "digest-mismatch"
    assert list((tmp_path / "inbox").iterdir()) == []


DAMAGED = {
    "envelope-not-opened": lambda recipient: sealed(
        "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", b"x"
    ),
    "envelope-header": lambda recipient: sealed(recipient, b'{"v":1}\nbody'),
    "envelope-length": lambda recipient: sealed(
        recipient, canonical_header(recipient, length=9) + b"\nbody"
    ),
    "envelope-digest": lambda recipient: sealed(
        recipient, canonical_header(recipient, sha256="0" * 64) + b"\nbody"
    ),
    "envelope-media-type": lambda recipient: sealed(
        recipient, canonical_header(recipient, media_type="image/svg+xml") + b"\nbody"
    ),
    "facts-shape": lambda recipient: an_envelope(recipient, b"{}", kind="facts", number=3),
    "facts-capture": lambda recipient: an_envelope(
        recipient,
        canonical.encode(facts_of("ab" * 16, [(1, "view", b"x")])),
        kind="facts",
        number=3,
        capture="cd" * 16,
    ),
}


def canonical_header(recipient: str, **changes: object) -> bytes:
    header: dict[str, object] = {
        "v": 1,
        "kind": "page",
        "capture": "ab" * 16,
        "number": 2,
        "media_type": "text/html;charset=utf-8",
        "length": 4,
        "sha256": "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5",
    }
    return canonical.encode({**header, **changes})


@pytest.mark.parametrize("code", DAMAGED)
def test_what_does_not_verify_is_put_aside_and_reported(
    vault: Vault, tmp_path: Path, code: str
) -> None:
    envelope = DAMAGED[code](vault.recipient)
    hand_in(vault, envelope)
    drained = vault.drain()
    assert (drained.added, drained.quarantined) == (0, 1)
    assert (tmp_path / "quarantine" / f"{envelope.key}.age").read_bytes() == envelope.data
    event = decode_event(vault.log(vault.case)[-1])
    assert isinstance(event, EnvelopeQuarantined)
    assert event.reason == code
    assert hand_in(vault, envelope).status == "duplicate"


def test_a_taken_number_is_never_replaced(vault: Vault) -> None:
    hand_in(vault, an_envelope(vault.recipient, b"first", capture="ab" * 16))
    hand_in(vault, an_envelope(vault.recipient, b"second", capture="ab" * 16))
    assert vault.drain().quarantined == 1
    kept = vault.open_exhibit("ab" * 16, 2)
    assert kept in (b"first", b"second")


def test_everything_is_there_after_opening_again(tmp_path: Path, clock: Clock) -> None:
    with open_vault(tmp_path, clock) as vault:
        captures = [save(vault, text=str(n)) for n in range(3)]
        case, log = vault.case, vault.log(vault.case)
    with open_vault(tmp_path, clock) as vault:
        assert vault.case == case
        assert vault.log(case) == log
        assert {c.capture for c in vault.captures()} == set(captures)


@pytest.mark.parametrize("loss", ["removed", "first page overwritten", "cut in half"])
def test_a_lost_index_is_made_again_from_the_log(tmp_path: Path, clock: Clock, loss: str) -> None:
    with open_vault(tmp_path, clock) as vault:
        captures = [save(vault, text=str(n)) for n in range(4)]
        vault.record_package(vault.choose_export(), "a" * 64, 12)
        before = (vault.captures(), vault.exports(), vault.log(vault.case))
    index = tmp_path / "index.db"
    if loss == "removed":
        index.unlink()
    elif loss == "cut in half":
        index.write_bytes(index.read_bytes()[: index.stat().st_size // 2])
    else:
        with index.open("r+b") as file:
            file.write(b"\xff" * 4096)
    with open_vault(tmp_path, clock) as vault:
        assert (vault.captures(), vault.exports(), vault.log(vault.case)) == before
        for capture in captures:
            assert vault.open_exhibit(capture, 2)


@pytest.mark.parametrize("version", [2, SCHEMA_VERSION + 1])
def test_an_index_of_another_version_is_made_again_and_not_called_damaged(
    tmp_path: Path, clock: Clock, version: int
) -> None:
    """A person's vault from before, opened by this release; and by an older one again."""
    with open_vault(tmp_path, clock) as vault:
        long = a_conversation(vault.recipient, tiles=2)
        for envelope in long.envelopes:
            hand_in(vault, envelope)
        vault.drain()
        view = save(vault)
        vault.add_note(view, "He wrote again.", "Europe/London", 0)
        vault.record_package(vault.choose_export(), "a" * 64, 12)
        before = (vault.captures(), vault.exports(), vault.log(vault.case))
        key = vault._keys.index_key()
    to_version(tmp_path / "index.db", key, version)
    with open_vault(tmp_path, clock) as vault:
        assert (vault.captures(), vault.exports(), vault.log(vault.case)) == before
        assert vault.captures()[1].messages == 18
        assert vault.open_exhibit(view, 2)
        assert vault.pictures_to_read() == ((long.capture, 2), (view, 1))
    assert not (tmp_path / "index.damaged.db").exists()
    opened = opened_index(tmp_path / "index.db", key)
    assert opened.pragma("user_version") == SCHEMA_VERSION
    opened.close()


def opened_index(path: Path, key: bytes) -> apsw.Connection:
    db = apsw.Connection(str(path))
    db.pragma("cipher", "chacha20")
    db.pragma("key", f"raw:{key.hex()}")
    return db


def to_version(path: Path, key: bytes, version: int) -> None:
    """Make an index one of another version; version 2 has fewer columns."""
    db = opened_index(path, key)
    if version == 2:
        for column in ("messages", "earliest", "latest"):
            db.execute(f"ALTER TABLE captures DROP COLUMN {column}")
    db.pragma("user_version", version)
    db.close()


def test_an_index_that_fails_after_the_commit_is_brought_up_to_the_log(
    vault: Vault, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is the commit: what is in it is entered later, and never logged twice."""
    for envelope in a_capture(vault.recipient).envelopes:
        hand_in(vault, envelope)

    def full(*_: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as broken:
        broken.setattr(Index, "apply", full)
        with pytest.raises(OSError, match="no room"):
            vault.drain()
    assert vault.captures() == ()
    vault.drain()
    assert [capture.whole for capture in vault.captures()] == [True]
    assert vault.inbox.count_waiting() == 0
    vault.close()
    with open_vault(tmp_path, clock) as again:  # the log on the disk agrees
        assert len(again.log(again.case)) == 1 + 3


def test_a_log_with_a_missing_part_is_not_opened(tmp_path: Path, clock: Clock) -> None:
    with open_vault(tmp_path, clock) as vault:
        case = vault.case
        save(vault)
        save(vault)
    segments = sorted((tmp_path / "log" / case).iterdir())
    segments[1].unlink()
    with pytest.raises(Damaged) as damaged, open_vault(tmp_path, clock):
        pass
    assert damaged.value.code == "log-gap"


def test_a_forged_part_of_the_log_is_not_believed(tmp_path: Path, clock: Clock) -> None:
    with open_vault(tmp_path, clock) as vault:
        case = vault.case
        save(vault)
    opened = keys.unlock_open(tmp_path)
    segment = sorted((tmp_path / "log" / case).iterdir())[1]
    plaintext = opened.open(segment.read_bytes())
    segment.write_bytes(opened.seal(plaintext.replace(b'"length":', b'"length":1', 1)))
    (tmp_path / "index.db").unlink()
    with pytest.raises(Damaged), open_vault(tmp_path, clock):
        pass


def test_a_changed_object_is_noticed_when_it_is_opened(vault: Vault, tmp_path: Path) -> None:
    capture = save(vault)
    entry = vault.capture(capture).exhibits[1]
    path = vault.inbox.object_path(entry.envelope_key)
    path.write_bytes(an_envelope(vault.recipient, b"swapped", capture=capture).data)
    with pytest.raises(Damaged) as damaged:
        vault.open_exhibit(capture, 2)
    assert damaged.value.code == "object-changed"


def test_objects_are_plain_age_files(vault: Vault, tmp_path: Path) -> None:
    """`age -d -i identity object | tail -n +2 | sha256sum` gives the digest in the log."""
    capture = save(vault)
    entry = vault.capture(capture).exhibits[1]
    identity = tmp_path / "identity.txt"
    identity.write_text(str(keys.unlock_open(tmp_path).identity))
    plaintext = subprocess.run(
        ["age", "-d", "-i", identity, vault.inbox.object_path(entry.envelope_key)],
        check=True,
        capture_output=True,
    ).stdout
    header, body = verify_envelope(plaintext)
    assert header.sha256 == entry.sha256
    assert plaintext.split(b"\n", 1)[1] == body


def test_a_package_is_recorded_once_for_the_same_bytes(vault: Vault) -> None:
    save(vault)
    export = vault.choose_export()
    for digest in ("a" * 64, "a" * 64, "b" * 64):
        vault.record_package(export, digest, 12)
    events = [decode_event(record) for record in vault.log(vault.case)]
    assert [e.sha256 for e in events if isinstance(e, PackageMade)] == ["a" * 64, "b" * 64]
    assert vault.export(export).sha256 == "b" * 64


def test_nothing_is_found_that_was_never_saved(vault: Vault) -> None:
    with pytest.raises(NotFound):
        vault.capture("ab" * 16)
    with pytest.raises(NotFound):
        vault.export("ab" * 16)


def test_no_text_of_a_page_lies_in_the_data_folder(vault: Vault, tmp_path: Path) -> None:
    marker = "quietmarker7319"
    save(vault, text=marker, title=marker, url=f"https://chat.example.com/{marker}")
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert marker.encode() not in path.read_bytes(), path
