"""What someone without the key changes in a package of conversations is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proof.builders import (
    Case,
    failures,
    plain_picture,
    rewrite_lists,
    unpack,
    verify_alone,
    verify_imported,
)
from tests.proof.conversations import FOLDER, SEAL, a_case, pages

Attack = Callable[[Path], set[tuple[int, str]]]
ATTACKS: list[Attack] = []


def attack(function: Attack) -> Attack:
    """Each attack changes a folder and returns what the verifier must name, beside the seal."""
    ATTACKS.append(function)
    return function


def entries_of(folder: Path, kind: str) -> list[Path]:
    found = sorted((folder / "proof/entries").glob("*.json"))
    return [path for path in found if f'"kind":"{kind}"' in path.read_text("utf-8")]


@attack
def the_facts_are_dropped_with_their_entry(folder: Path) -> set[tuple[int, str]]:
    """As if the conversation had not been finished. The seal does not allow it."""
    (folder / FOLDER / "facts.json").unlink()
    for entry in entries_of(folder, "facts"):
        entry.unlink()
        entry.with_suffix(".tlog-proof").unlink()
    return set()


@attack
def the_facts_are_dropped(folder: Path) -> set[tuple[int, str]]:
    (folder / FOLDER / "facts.json").unlink()
    return {(10, f"{FOLDER}/facts.json"), (11, f"{FOLDER}/facts.json")}


@attack
def two_tiles_are_swapped(folder: Path) -> set[tuple[int, str]]:
    one, two = (folder / FOLDER / "tiles" / name for name in ("00004.png", "00006.png"))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    return {(10, f"{FOLDER}/tiles/00004.png"), (10, f"{FOLDER}/tiles/00006.png")}


@attack
def a_tile_gets_another_number(folder: Path) -> set[tuple[int, str]]:
    (folder / FOLDER / "tiles/00006.png").rename(folder / FOLDER / "tiles/00008.png")
    return {(10, f"{FOLDER}/tiles/00006.png"), (10, f"{FOLDER}/tiles/00008.png")}


@attack
def a_tile_is_added(folder: Path) -> set[tuple[int, str]]:
    (folder / FOLDER / "tiles/00090.png").write_bytes(plain_picture())
    return {(10, f"{FOLDER}/tiles/00090.png")}


@attack
def a_tile_has_six_digits(folder: Path) -> set[tuple[int, str]]:
    shutil.copy(folder / FOLDER / "tiles/00006.png", folder / FOLDER / "tiles/000006.png")
    return {(2, f"{FOLDER}/tiles/000006.png"), (10, f"{FOLDER}/tiles/000006.png")}


@attack
def a_tile_lies_in_a_folder_of_another_kind(folder: Path) -> set[tuple[int, str]]:
    shutil.copy(folder / FOLDER / "tiles/00006.png", folder / FOLDER / "readings/00006.png")
    return {(2, f"{FOLDER}/readings/00006.png")}


@attack
def a_reading_says_something_else(folder: Path) -> set[tuple[int, str]]:
    path = folder / FOLDER / "readings/00005.json"
    path.write_text(path.read_text("utf-8").replace("message 1", "message X"), "utf-8")
    return {(10, f"{FOLDER}/readings/00005.json")}


@attack
def a_reading_is_dropped_with_its_entry(folder: Path) -> set[tuple[int, str]]:
    (folder / FOLDER / "readings/00007.json").unlink()
    entry = entries_of(folder, "reading")[1]
    entry.unlink()
    entry.with_suffix(".tlog-proof").unlink()
    return {(11, f"{FOLDER}/facts.json")}


@attack
def a_note_is_moved_to_another_capture(folder: Path) -> set[tuple[int, str]]:
    (folder / "data/captures/0002/notes").mkdir()
    note = folder / FOLDER / "notes/1000000.json"
    note.rename(folder / "data/captures/0002/notes/1000000.json")
    return {
        (10, f"{FOLDER}/notes/1000000.json"),
        (10, "data/captures/0002/notes/1000000.json"),
    }


@attack
def a_note_has_the_number_of_a_part(folder: Path) -> set[tuple[int, str]]:
    shutil.copy(folder / FOLDER / "notes/1000000.json", folder / FOLDER / "notes/999999.json")
    return {(2, f"{FOLDER}/notes/999999.json")}


@attack
def the_messages_are_written_anew(folder: Path) -> set[tuple[int, str]]:
    (folder / "data/derived/0001/messages.txt").write_text("invented\n", "utf-8")
    return set()


@pytest.mark.parametrize("change", ATTACKS, ids=lambda change: change.__name__)
def test_what_an_outsider_does_is_named(change: Attack, tmp_path: Path) -> None:
    case = Case()
    case.choose(
        case.save_conversation("first", notes=["He wrote again."]), case.save_conversation("second")
    )
    case.save(tmp_path / "package.zip")
    folder = unpack(tmp_path / "package.zip", tmp_path / "unpacked")
    expected = change(folder)
    rewrite_lists(folder)
    report = verify_alone(folder)
    assert report == verify_imported(folder)
    assert report["exit"] == 1
    assert report["integrity"]["status"] == "failed"
    assert {SEAL, *expected} <= failures(report)


def test_one_byte_of_any_file_is_named(tmp_path: Path) -> None:
    a_case().save(tmp_path / "package.zip", pages)
    folder = unpack(tmp_path / "package.zip", tmp_path / "unpacked")
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        path.write_bytes(bytes([*whole[:-9], whole[-9] ^ 1, *whole[-8:]]))
        report = verify_imported(folder)
        name = path.relative_to(folder).as_posix()
        assert report["exit"] == 1, name
        # A changed list names other files; that it was changed itself is named by its signature.
        said = f"{name}.sig" if name == "tagmanifest-sha256.txt" else name
        assert said in {file for _, file in failures(report)}, name
        path.write_bytes(whole)
    assert verify_imported(folder)["exit"] == 0
