"""Captures of many exhibits: what is known before the end, what is whole, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.core import canonical, tree
from handrail.core.errors import Damaged, NotFound, Refused
from handrail.core.records import EnvelopeQuarantined, decode_event, decode_note
from handrail.vault.index import Index
from handrail.vault.vault import Vault, open_vault
from tests.builders import (
    Clock,
    Sealed,
    a_capture,
    a_conversation,
    a_picture,
    an_envelope,
    facts_of,
    hand_in,
    note_about,
    reading_of,
)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with open_vault(tmp_path, Clock()) as opened:
        yield opened


def take_in(vault: Vault, *envelopes: Sealed) -> None:
    for envelope in envelopes:
        hand_in(vault, envelope)
    while vault.drain().added:
        pass


def test_an_unfinished_capture_shows_what_its_start_says(vault: Vault) -> None:
    taken = a_conversation(vault.recipient, finished=False)
    take_in(vault, *taken.envelopes)
    (shown,) = vault.captures()
    assert (shown.finished, shown.whole, shown.tiles, shown.exhibits) == (False, False, 3, 9)
    assert (shown.save, shown.title) == ("conversation", "sky.m_204")
    assert shown.url == "https://chat.example.com/t/sky.m_204"
    assert (shown.started, shown.zone) == ("2026-03-10T12:00:00.000Z", "Europe/London")
    assert vault.capture(taken.capture).facts is None


def test_the_facts_finish_it(vault: Vault) -> None:
    taken = a_conversation(vault.recipient)
    take_in(vault, *taken.envelopes)
    (shown,) = vault.captures()
    assert (shown.finished, shown.whole, shown.missing, shown.tiles) == (True, True, 0, 3)
    assert shown.pictures_hidden == 3
    assert (shown.messages, shown.earliest, shown.latest) == (26, None, None)


def test_how_many_messages_there_are_is_known_when_the_facts_say_it(vault: Vault) -> None:
    said = {
        **SAID["completeness"], "messages": 312, "earliest": "3 March", "latest": "9 March",
    }  # fmt: skip
    facts = canonical.encode({**SAID, "save": "conversation", "completeness": said})
    start = canonical.encode(ABOUT_ANOTHER["start"][1])
    take_in(vault, an_envelope(vault.recipient, start, capture=OTHER, kind="start", number=1))
    (before,) = vault.captures()
    assert (before.messages, before.earliest, before.latest) == (None, None, None)
    take_in(vault, an_envelope(vault.recipient, facts, capture=OTHER, kind="facts", number=9))
    (after,) = vault.captures()
    assert (after.messages, after.earliest, after.latest) == (312, "3 March", "9 March")


@pytest.mark.parametrize("facts_first", [True, False])
def test_what_the_facts_say_stands_over_what_the_start_said(
    vault: Vault, facts_first: bool
) -> None:
    source = {**SAID["source"], "title": "at the end"}
    facts = canonical.encode({**SAID, "source": source})
    start = canonical.encode(ABOUT_ANOTHER["start"][1])
    parts = [
        an_envelope(vault.recipient, start, capture=OTHER, kind="start", number=1),
        an_envelope(vault.recipient, facts, capture=OTHER, kind="facts", number=9),
    ]
    for envelope in reversed(parts) if facts_first else parts:
        take_in(vault, envelope)
    assert vault.captures()[0].title == "at the end"


def test_it_is_whole_in_whatever_order_its_parts_arrive(vault: Vault) -> None:
    taken = a_conversation(vault.recipient)
    missing = []
    for envelope in reversed(taken.envelopes):
        take_in(vault, envelope)
        missing.append(vault.captures()[0].missing)
    assert missing == list(range(9, -1, -1))
    assert vault.captures()[0].whole


def test_a_part_that_the_facts_do_not_name_makes_it_not_whole(vault: Vault) -> None:
    taken = a_conversation(vault.recipient)
    take_in(vault, *taken.envelopes)
    take_in(
        vault,
        an_envelope(vault.recipient, a_picture(), capture=taken.capture, kind="tile", number=90),
    )
    assert (vault.captures()[0].whole, vault.captures()[0].missing) == (False, 0)


def test_another_part_in_the_place_of_a_named_one_makes_it_not_whole(vault: Vault) -> None:
    taken = a_conversation(vault.recipient)
    other = an_envelope(
        vault.recipient, a_picture(9, 9), capture=taken.capture, kind="tile", number=4
    )
    take_in(vault, other, *(e for n, e in enumerate(taken.envelopes, 1) if n != 4))
    assert (vault.captures()[0].whole, vault.captures()[0].missing) == (False, 1)


def test_notes_are_counted_and_change_nothing_else(vault: Vault) -> None:
    taken = a_conversation(vault.recipient)
    take_in(vault, *taken.envelopes)
    for number in (1_000_000, 1_999_999_999):
        body = canonical.encode(note_about(taken.capture))
        take_in(
            vault,
            an_envelope(vault.recipient, body, capture=taken.capture, kind="note", number=number),
        )
    (shown,) = vault.captures()
    assert (shown.notes, shown.whole, shown.exhibits) == (2, True, 12)


def test_a_note_from_the_dashboard_goes_the_way_of_every_exhibit(
    vault: Vault, tmp_path: Path
) -> None:
    taken = a_capture(vault.recipient)
    for envelope in taken.envelopes:  # they still wait, and are drained before it
        hand_in(vault, envelope)
    vault.drain()
    for envelope in a_conversation(vault.recipient, tiles=40).envelopes:
        hand_in(vault, envelope)
    number = vault.add_note(taken.capture, "He wrote again.\n\U0001f642", "Europe/London", 60)
    note = decode_note(vault.open_exhibit(taken.capture, number))
    assert (note.about, note.text) == (taken.capture, "He wrote again.\n\U0001f642")
    assert (note.written, note.offset_minutes) == ("2026-03-10T12:00:00.000Z", 60)
    shown = vault.capture(taken.capture)
    assert (shown.summary.notes, shown.summary.whole) == (1, True)
    (entry,) = (entry for entry in shown.exhibits if entry.kind == "note")
    assert vault.inbox.object_path(entry.envelope_key).exists()
    assert vault.add_note(taken.capture, "Again.", "", 0) != number


@pytest.mark.parametrize(
    ("text", "code"), [("", "note-empty"), (" \n", "note-empty"), ("x" * 10_001, "note-too-long")]
)
def test_a_note_of_nothing_or_of_too_much_is_refused(vault: Vault, text: str, code: str) -> None:
    taken = a_capture(vault.recipient)
    take_in(vault, *taken.envelopes)
    with pytest.raises(Refused) as refused:
        vault.add_note(taken.capture, text, "UTC", 0)
    assert refused.value.code == code
    assert vault.captures()[0].notes == 0


def test_a_note_about_a_capture_that_is_not_here_is_refused(vault: Vault) -> None:
    with pytest.raises(NotFound):
        vault.add_note("ab" * 16, "hello", "UTC", 0)


@pytest.mark.parametrize(("zone", "offset"), [("x" * 101, 0), ("UTC", 2000)])
def test_a_note_that_no_reader_takes_is_not_kept(vault: Vault, zone: str, offset: int) -> None:
    taken = a_capture(vault.recipient)
    take_in(vault, *taken.envelopes)
    with pytest.raises(Damaged):
        vault.add_note(taken.capture, "hello", zone, offset)
    assert (vault.captures()[0].notes, vault.inbox.count_waiting()) == (0, 0)


def test_an_unfinished_capture_goes_into_a_package_only_when_it_is_named(vault: Vault) -> None:
    broken = a_conversation(vault.recipient, finished=False)
    take_in(vault, *broken.envelopes)
    with pytest.raises(Refused, match="nothing to put into a package"):
        vault.choose_export()
    view = a_capture(vault.recipient)
    take_in(vault, *view.envelopes)
    assert vault.export(vault.choose_export()).captures == (view.capture,)
    chosen = vault.choose_export([broken.capture])
    assert vault.export(chosen).captures == (broken.capture,)


@pytest.mark.parametrize("lost", [0, 4])
def test_what_has_no_start_or_lost_a_part_goes_into_no_package(vault: Vault, lost: int) -> None:
    """A capture without a start has no place; one with facts is not unfinished."""
    taken = a_conversation(vault.recipient, finished=lost != 0)
    take_in(vault, *(e for place, e in enumerate(taken.envelopes) if place != lost))
    with pytest.raises(Refused) as refused:
        vault.choose_export([taken.capture])
    assert refused.value.code == "capture-not-whole"


def put_aside(vault: Vault, *envelopes: Sealed) -> list[str]:
    take_in(vault, *envelopes)
    events = (decode_event(record) for record in vault.log(vault.case))
    return [event.reason for event in events if isinstance(event, EnvelopeQuarantined)]


OTHER = "cd" * 16
SAID = facts_of(OTHER, [(1, "view", b"x")])
START = {name: SAID[name] for name in ("v", "capture", "source", "window", "made_by")}
TIMES = {name: value for name, value in SAID["times"].items() if name != "finished"}
ABOUT_ANOTHER: dict[Any, tuple[int, dict[str, Any]]] = {
    "start": (1, {**START, "save": "page", "times": TIMES}),
    "reading": (5, reading_of(OTHER, 4, ["hello"])),
    "facts": (9, SAID),
    "note": (1_000_000, note_about(OTHER)),
}


@pytest.mark.parametrize("kind", ABOUT_ANOTHER)
def test_what_is_about_another_capture_is_put_aside(vault: Vault, kind: Any) -> None:
    number, said = ABOUT_ANOTHER[kind]
    body = canonical.encode(said)
    here = an_envelope(vault.recipient, body, capture="ab" * 16, kind=kind, number=number)
    there = an_envelope(vault.recipient, body, capture=OTHER, kind=kind, number=number)
    assert put_aside(vault, here, there) == ["facts-capture"]


@pytest.mark.parametrize("kind", ["start", "reading", "facts", "note"])
def test_what_is_no_such_record_is_put_aside(vault: Vault, kind: Any) -> None:
    number = 1_000_000 if kind == "note" else 1
    envelope = an_envelope(vault.recipient, b"{}", kind=kind, number=number)
    assert put_aside(vault, envelope) == [f"{kind}-shape"]


def test_a_record_that_is_longer_than_a_package_can_hold_is_put_aside(vault: Vault) -> None:
    """It would make every package with it one that no verifier reads."""
    said = reading_of(OTHER, 4, ["x" * 20_000] * 450)
    body = canonical.encode(said)
    envelope = an_envelope(vault.recipient, body, capture=OTHER, kind="reading", number=5)
    assert put_aside(vault, envelope) == ["reading-shape"]
    shorter = canonical.encode({**said, "rows": said["rows"][:400]})
    take_in(vault, an_envelope(vault.recipient, shorter, capture=OTHER, kind="reading", number=5))
    assert vault.open_exhibit(OTHER, 5) == shorter


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("kind", ["start", "view", "page", "facts"])
def test_a_capture_has_one_of_each_that_it_has_once(
    vault: Vault, kind: Any, together: bool
) -> None:
    """A second one would have the same file name in a package."""
    said = ABOUT_ANOTHER.get(kind)
    body = canonical.encode(said[1]) if said else a_picture()
    first = an_envelope(vault.recipient, body, capture=OTHER, kind=kind, number=11)
    second = an_envelope(vault.recipient, body, capture=OTHER, kind=kind, number=12)
    if not together:
        take_in(vault, first)
    assert put_aside(vault, *([first, second] if together else [second])) == ["kind-taken"]


def test_readings_are_given_in_the_order_of_the_tiles_that_are_here(vault: Vault) -> None:
    taken = a_conversation(vault.recipient, tiles=4)
    take_in(vault, *(e for place, e in enumerate(taken.envelopes) if place != 5))
    readings = vault.readings(taken.capture)
    assert [reading.tile for reading in readings] == [4, 8, 10]
    assert readings[1].rows[0].text == "message 16"


def test_notes_are_given_oldest_first(vault: Vault) -> None:
    taken = a_capture(vault.recipient)
    take_in(vault, *taken.envelopes)
    for day in (12, 11, 13):
        said = note_about(taken.capture, str(day)) | {"written": f"2026-03-{day}T08:02:00.000Z"}
        take_in(
            vault,
            an_envelope(
                vault.recipient,
                canonical.encode(said),
                capture=taken.capture,
                kind="note",
                number=1_000_000 + day,
            ),
        )
    assert [note.text for note in vault.notes(taken.capture)] == ["11", "12", "13"]


def test_a_lost_index_knows_as_much_as_before(tmp_path: Path) -> None:
    with open_vault(tmp_path, Clock()) as vault:
        take_in(vault, *a_conversation(vault.recipient).envelopes)
        take_in(vault, *a_conversation(vault.recipient, finished=False).envelopes)
        before = vault.captures()
    (tmp_path / "index.db").unlink()
    with open_vault(tmp_path, Clock()) as vault:
        assert vault.captures() == before


def test_facts_of_a_form_that_is_not_known_any_more_close_no_vault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older release logged them. They stay as they are, and their capture is not finished."""
    with open_vault(tmp_path, Clock()) as vault, monkeypatch.context() as older:
        older.setattr("handrail.vault.vault._ABOUT", {})
        said = canonical.encode(ABOUT_ANOTHER["start"][1])
        take_in(
            vault,
            an_envelope(vault.recipient, said, capture=OTHER, kind="start", number=1),
            an_envelope(vault.recipient, b"{}", capture=OTHER, kind="facts", number=3),
        )
    (tmp_path / "index.db").unlink()
    with open_vault(tmp_path, Clock()) as vault:
        (shown,) = vault.captures()
        assert (shown.finished, shown.exhibits, shown.save) == (False, 2, "page")
        assert vault.open_exhibit(OTHER, 3) == b"{}"
        with pytest.raises(Refused):
            vault.choose_export([OTHER])


def test_an_exhibit_costs_the_same_whether_it_is_the_first_or_the_hundredth(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No hash is made again, no table is read from end to end, and no answer grows."""
    asked: set[str] = set()
    answers: set[int] = set()
    listed: list[bytes] = []

    def heard(real: Any) -> Any:
        def ask(index: Index, sql: str, *values: Any) -> Any:
            asked.add(sql)
            answer = real(index, sql, *values)
            answers.add(len(answer or ()))
            return answer

        return ask

    real_line = tree.listed

    def line(leaf: bytes) -> bytes:
        listed.append(leaf)
        return real_line(leaf)

    monkeypatch.setattr(Index, "_rows", heard(Index._rows))
    monkeypatch.setattr(Index, "_change", heard(Index._change))
    monkeypatch.setattr(tree, "listed", line)
    made = []
    for envelope in a_conversation(vault.recipient, tiles=50).envelopes:
        before = len(listed)
        hand_in(vault, envelope)
        assert vault.drain().added == 1
        made.append(len(listed) - before)
    assert answers == {0, 1}
    vault.pictures_to_read()
    assert set(made) == {1}
    plans = [
        str(step[3])
        for sql in asked
        for step in vault._index._db.execute(f"EXPLAIN QUERY PLAN {sql}", (None,) * sql.count("?"))
    ]
    assert any("SEARCH" in plan for plan in plans)
    assert [plan for plan in plans if plan.startswith("SCAN") and "cases" not in plan] == []
