"""What the holder of the key forges in a package of conversations is named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handrail.core import canonical
from tests.proof.builders import (
    failures,
    identifier,
    note_about,
    plain_picture,
    verify_alone,
    verify_imported,
)
from tests.proof.conversations import FOLDER, a_case
from tests.proof.test_forged import Forgery

Change = Callable[[Forgery], set[tuple[int, str]]]
FORGERIES: list[Change] = []


def forgery(function: Change) -> Change:
    FORGERIES.append(function)
    return function


def relogged(forged: Forgery, name: str, **fields: Any) -> None:
    """Write and log a record with other fields, and let the facts name it as it now is."""
    path = f"{FOLDER}/{name}"
    old = hashlib.sha256(forged.files[path]).hexdigest()
    forged.relog(path, canonical.encode({**json.loads(forged.files[path]), **fields}))
    renamed(forged, old, forged.files[path])


def renamed(forged: Forgery, old: str, body: bytes) -> None:
    facts = json.loads(forged.files[f"{FOLDER}/facts.json"])
    for exhibit in facts["exhibits"]:
        if exhibit["sha256"] == old:
            exhibit.update(sha256=hashlib.sha256(body).hexdigest(), length=len(body))
    forged.relog(f"{FOLDER}/facts.json", canonical.encode(facts))


@forgery
def a_picture_shown_in_a_conversation(forged: Forgery) -> set[tuple[int, str]]:
    path = f"{FOLDER}/facts.json"
    facts = json.loads(forged.files[path])
    assert facts["save"] == "conversation"
    facts["pictures"]["shown"] = {"what": "img", "left": 1, "top": 2, "width": 30, "height": 40}
    forged.relog(path, canonical.encode(facts))
    return {(11, path)}


@forgery
def a_reading_of_another_capture(forged: Forgery) -> set[tuple[int, str]]:
    relogged(forged, "readings/00005.json", capture="0" * 32)
    return {(11, f"{FOLDER}/readings/00005.json")}


@forgery
def a_reading_of_a_tile_that_is_not_here(forged: Forgery) -> set[tuple[int, str]]:
    relogged(forged, "readings/00005.json", tile=90)
    return {(11, f"{FOLDER}/readings/00005.json")}


@forgery
def two_readings_of_one_tile(forged: Forgery) -> set[tuple[int, str]]:
    relogged(forged, "readings/00007.json", tile=4)
    return {(11, f"{FOLDER}/readings/00007.json")}


@forgery
def a_reading_whose_tile_is_a_text(forged: Forgery) -> set[tuple[int, str]]:
    relogged(forged, "readings/00005.json", tile="4")
    return {(11, f"{FOLDER}/readings/00005.json")}


@forgery
def a_reading_whose_tile_is_true(forged: Forgery) -> set[tuple[int, str]]:
    relogged(forged, "readings/00005.json", tile=True)
    return {(11, f"{FOLDER}/readings/00005.json")}


@forgery
def a_start_of_another_capture(forged: Forgery) -> set[tuple[int, str]]:
    relogged(forged, "start.json", capture="0" * 32)
    return {(11, f"{FOLDER}/start.json")}


@forgery
def a_note_about_another_capture(forged: Forgery) -> set[tuple[int, str]]:
    body = canonical.encode(note_about("0" * 32, "He wrote again."))
    forged.relog(f"{FOLDER}/notes/1000000.json", body)
    return {(11, f"{FOLDER}/notes/1000000.json")}


@forgery
def a_note_that_is_no_record(forged: Forgery) -> set[tuple[int, str]]:
    forged.relog(f"{FOLDER}/notes/1000000.json", b"[]")
    return {(11, f"{FOLDER}/notes/1000000.json")}


@forgery
def a_reading_that_is_nested_without_end(forged: Forgery) -> set[tuple[int, str]]:
    path = f"{FOLDER}/readings/00005.json"
    old = hashlib.sha256(forged.files[path]).hexdigest()
    forged.relog(path, b"[" * 200_000)
    renamed(forged, old, forged.files[path])
    return {(11, path)}


@forgery
def a_note_that_the_facts_name(forged: Forgery) -> set[tuple[int, str]]:
    facts = json.loads(forged.files[f"{FOLDER}/facts.json"])
    note = next(record for record in forged.records if record.get("kind") == "note")
    fields = ("number", "kind", "media_type", "length", "sha256")
    facts["exhibits"].append({field: note[field] for field in fields})
    forged.relog(f"{FOLDER}/facts.json", canonical.encode(facts))
    return {(11, f"{FOLDER}/facts.json")}


@forgery
def a_tile_that_the_facts_do_not_name(forged: Forgery) -> set[tuple[int, str]]:
    tile = next(record for record in forged.records if record.get("kind") == "tile")
    body = plain_picture(9, 9)
    sha256, salt = hashlib.sha256(body).hexdigest(), identifier("one more")
    added = {**tile, "number": 90, "length": len(body), "sha256": sha256, "salt": salt}
    forged.records.insert(-1, added)
    forged.files[f"{FOLDER}/tiles/00090.png"] = body
    return {(11, f"{FOLDER}/facts.json")}


@forgery
def a_second_start_with_the_same_bytes(forged: Forgery) -> set[tuple[int, str]]:
    start = next(record for record in forged.records if record.get("kind") == "start")
    forged.records.insert(-1, {**start, "number": 90, "salt": identifier("one more")})
    return {(10, f"{FOLDER}/start.json")}


@forgery
def a_tile_with_the_number_of_a_note(forged: Forgery) -> set[tuple[int, str]]:
    index = next(n for n, record in enumerate(forged.records) if record.get("kind") == "tile")
    forged.records[index]["number"] = 1_000_000
    return {(8, f"proof/entries/{index:08d}.json")}


@forgery
def a_note_with_the_number_of_a_part(forged: Forgery) -> set[tuple[int, str]]:
    index = next(n for n, record in enumerate(forged.records) if record.get("kind") == "note")
    forged.records[index]["number"] = 8
    return {(8, f"proof/entries/{index:08d}.json")}


@forgery
def a_number_that_is_true(forged: Forgery) -> set[tuple[int, str]]:
    forged.records[1]["number"] = True
    return {(8, "proof/entries/00000001.json")}


@forgery
def no_facts_and_no_start(forged: Forgery) -> set[tuple[int, str]]:
    for name in ("facts", "start"):
        del forged.files[f"{FOLDER}/{name}.json"]
    kept = [record for record in forged.records if record.get("kind") not in ("facts", "start")]
    forged.records[:] = kept
    return {(11, f"{FOLDER}/facts.json")}


@pytest.mark.parametrize("change", FORGERIES, ids=lambda change: change.__name__)
def test_what_the_key_holder_forges_is_named(change: Change, tmp_path: Path) -> None:
    forged = Forgery(a_case())
    expected = change(forged)
    forged.write(tmp_path / "forged.zip")
    alone = verify_alone(tmp_path / "forged.zip")
    assert alone == verify_imported(tmp_path / "forged.zip")
    assert alone["exit"] == 1
    assert expected <= failures(alone)
    assert not {3, 4, 5, 6, 7} & {number for number, _ in failures(alone)}


@pytest.mark.parametrize("tile", ["4", True, None, [4]], ids=repr)
def test_a_reading_of_no_number_is_named_while_its_tile_may_still_come(
    tile: Any, tmp_path: Path
) -> None:
    forged = Forgery(a_case(finished=False))
    path = f"{FOLDER}/readings/00005.json"
    forged.relog(path, canonical.encode({**json.loads(forged.files[path]), "tile": tile}))
    forged.write(tmp_path / "forged.zip")
    alone = verify_alone(tmp_path / "forged.zip")
    assert alone == verify_imported(tmp_path / "forged.zip")
    assert failures(alone) == {(11, path)}


def test_the_same_exhibit_may_be_in_the_log_twice(tmp_path: Path) -> None:
    """With its number and its bytes it is the same one: the package holds it once."""
    case = a_case(finished=False)
    tile = next(json.loads(record) for record in case.records if b'"kind":"tile"' in record)
    case.records.insert(-1, canonical.encode({**tile, "salt": identifier("one more")}))
    case.save(tmp_path / "package.zip")
    assert verify_alone(tmp_path / "package.zip")["exit"] == 0


def test_the_same_conversation_without_a_change_passes(tmp_path: Path) -> None:
    Forgery(a_case()).write(tmp_path / "honest.zip")
    assert verify_alone(tmp_path / "honest.zip")["exit"] == 0
