"""Every way of changing a package is found, and named by the check that finds it and the file.

Each change is shown to both verifiers: verify.py alone with openssl, and the same file imported
with the cryptography library. Most changes are made by someone clever enough to make both manifests
fit again; nobody without the case key can make the signature fit.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from handrail.core import checkpoint
from tests.proof.builders import (
    Case,
    failures,
    rewrite_lists,
    two_views,
    unpack,
    verify_alone,
    verify_imported,
)

SEAL = "tagmanifest-sha256.txt.sig"
NOTE = "proof/checkpoints/00000008.note"
LEAVES = "proof/checkpoints/00000008.leaves.txt"
EXPORT = "proof/entries/00000007.json"
VIEW = "data/captures/0001/view.png"

Change = Callable[[Path], None]
Found = set[tuple[int, str]]
CHANGES: dict[str, tuple[Change, Found]] = {}


def change(*found: tuple[int, str]) -> Callable[[Change], Change]:
    """Note a change and the checks that must name it."""

    def note(function: Change) -> Change:
        CHANGES[function.__name__] = (function, set(found))
        return function

    return note


def flip(path: Path, place: int = 40) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(bytes(data))


def another_package(folder: Path, case: Case) -> Path:
    path = folder.parent / "another.zip"
    case.save(path)
    return unpack(path, folder.parent / "another")


@change((3, VIEW), (10, VIEW))
def one_byte_of_an_exhibit_is_flipped(folder: Path) -> None:
    flip(folder / VIEW)


@change((4, "VERIFY.txt"))
def one_byte_of_the_instructions_is_flipped(folder: Path) -> None:
    flip(folder / "VERIFY.txt")


@change((6, SEAL))
def one_byte_of_the_signature_is_flipped(folder: Path) -> None:
    flip(folder / SEAL)


@change((3, VIEW), (10, VIEW))
def an_exhibit_is_removed(folder: Path) -> None:
    (folder / VIEW).unlink()


@change((2, "data/captures/0001/extra.png"), (3, "data/captures/0001/extra.png"))
def a_file_is_added_to_a_capture(folder: Path) -> None:
    shutil.copy(folder / VIEW, folder / "data/captures/0001/extra.png")


@change((2, "notes.txt"), (4, "notes.txt"))
def a_file_is_added_beside_the_lists(folder: Path) -> None:
    (folder / "notes.txt").write_text("hello", "utf-8")


@change((2, "proof/zlib.py"), (4, "proof/zlib.py"))
def a_program_is_added_beside_the_verifier(folder: Path) -> None:
    (folder / "proof/zlib.py").write_text("raise SystemExit(0)", "utf-8")


@change((2, "data/captures/0001/image.png"), (3, VIEW), (10, VIEW))
def an_exhibit_is_renamed(folder: Path) -> None:
    (folder / VIEW).rename(folder / "data/captures/0001/image.png")


@change((10, VIEW), (6, SEAL))
def an_exhibit_is_changed_and_both_lists_are_rewritten(folder: Path) -> None:
    flip(folder / VIEW)
    rewrite_lists(folder)


@change((10, "data/captures/0001/view.png"), (10, "data/captures/0002/view.png"), (6, SEAL))
def two_exhibits_change_places_and_both_lists_are_rewritten(folder: Path) -> None:
    one, other = folder / VIEW, folder / "data/captures/0002/view.png"
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    rewrite_lists(folder)


@change((11, "data/captures/0001/facts.json"), (6, SEAL))
def an_exhibit_its_entry_and_its_proof_are_removed_and_both_lists_are_rewritten(
    folder: Path,
) -> None:
    (folder / VIEW).unlink()
    (folder / "proof/entries/00000001.json").unlink()
    (folder / "proof/entries/00000001.tlog-proof").unlink()
    rewrite_lists(folder)


@change((9, EXPORT), (6, SEAL))
def a_whole_capture_with_its_entries_is_removed_and_both_lists_are_rewritten(folder: Path) -> None:
    shutil.rmtree(folder / "data/captures/0002")
    for index in (4, 5, 6):
        (folder / f"proof/entries/{index:08d}.json").unlink()
        (folder / f"proof/entries/{index:08d}.tlog-proof").unlink()
    rewrite_lists(folder)


@change((9, "proof/entries/00000007.json"), (6, SEAL))
def the_choice_of_the_export_is_removed_and_both_lists_are_rewritten(folder: Path) -> None:
    (folder / EXPORT).unlink()
    (folder / "proof/entries/00000007.tlog-proof").unlink()
    rewrite_lists(folder)


@change((9, "proof/entries/00000000.json"), (6, SEAL))
def the_opening_of_the_case_is_removed_and_both_lists_are_rewritten(folder: Path) -> None:
    (folder / "proof/entries/00000000.json").unlink()
    (folder / "proof/entries/00000000.tlog-proof").unlink()
    rewrite_lists(folder)


@change((6, SEAL))
def the_summary_is_edited_and_both_lists_are_rewritten(folder: Path) -> None:
    readme = folder / "README.txt"
    readme.write_text(readme.read_text("utf-8").replace("sky.m_204", "sky.m_205"), "utf-8")
    rewrite_lists(folder)


@change((4, "README.txt"))
def the_summary_is_edited(folder: Path) -> None:
    readme = folder / "README.txt"
    readme.write_text(readme.read_text("utf-8").replace("sky.m_204", "sky.m_205"), "utf-8")


@change((6, SEAL))
def a_file_is_added_under_derived_and_both_lists_are_rewritten(folder: Path) -> None:
    (folder / "data/derived").mkdir()
    (folder / "data/derived/report.txt").write_text("invented", "utf-8")
    rewrite_lists(folder)


@change((3, "data/derived/report.txt"))
def a_file_is_added_under_derived(folder: Path) -> None:
    (folder / "data/derived").mkdir()
    (folder / "data/derived/report.txt").write_text("invented", "utf-8")


@change((6, SEAL))
def the_verifier_is_changed_and_both_lists_are_rewritten(folder: Path) -> None:
    with (folder / "proof/verify.py").open("a", encoding="utf-8") as file:
        file.write("# invented\n")
    rewrite_lists(folder)


@change((2, SEAL), (6, SEAL))
def the_signature_is_removed(folder: Path) -> None:
    (folder / SEAL).unlink()


@change((2, NOTE), (4, NOTE), (7, "proof/checkpoints/"))
def the_checkpoint_is_removed(folder: Path) -> None:
    (folder / NOTE).unlink()


@change((2, "proof/"), (7, "proof/checkpoints/"), (6, SEAL))
def the_checkpoint_and_its_list_are_removed_and_both_lists_are_rewritten(folder: Path) -> None:
    shutil.rmtree(folder / "proof/checkpoints")
    rewrite_lists(folder)


@change((2, "proof/entries/00000003.tlog-proof"), (8, "proof/entries/00000003.tlog-proof"))
def a_proof_is_removed_and_both_lists_are_rewritten(folder: Path) -> None:
    (folder / "proof/entries/00000003.tlog-proof").unlink()
    rewrite_lists(folder)


@change((8, "proof/entries/00000003.tlog-proof"))
def a_proof_stands_for_another_entry_and_both_lists_are_rewritten(folder: Path) -> None:
    shutil.copy(
        folder / "proof/entries/00000004.tlog-proof", folder / "proof/entries/00000003.tlog-proof"
    )
    rewrite_lists(folder)


@change((7, NOTE), (6, SEAL))
def the_checkpoint_of_an_earlier_size_is_put_in_its_place(folder: Path) -> None:
    case = two_views()
    head = checkpoint.checkpoint_of(case.case, case.plan().tree(), 4)
    note = checkpoint.sign_checkpoint(head, case.public, case.private.sign)
    (folder / NOTE).write_bytes(note)
    rewrite_lists(folder)


@change((7, LEAVES), (6, SEAL))
def the_list_of_leaves_is_shortened_and_both_lists_are_rewritten(folder: Path) -> None:
    leaves = (folder / LEAVES).read_text("ascii").splitlines(keepends=True)
    (folder / LEAVES).write_text("".join(leaves[:-1]), "ascii")
    rewrite_lists(folder)


@change((7, NOTE), (6, SEAL))
def the_checkpoint_says_another_root_and_both_lists_are_rewritten(folder: Path) -> None:
    note = (folder / NOTE).read_bytes()
    old = note.split(b"\n")[2]
    (folder / NOTE).write_bytes(note.replace(old, base64.b64encode(b"r" * 32), 1))
    rewrite_lists(folder)


@change((8, EXPORT), (9, EXPORT), (6, SEAL))
def an_entry_is_edited_and_both_lists_are_rewritten(folder: Path) -> None:
    record = (folder / EXPORT).read_bytes()
    (folder / EXPORT).write_bytes(record.replace(b"2026-11-24", b"2026-11-23"))
    rewrite_lists(folder)


@change((8, "proof/entries/00000001.json"), (6, SEAL))
def an_entry_is_spelt_in_another_way_and_both_lists_are_rewritten(folder: Path) -> None:
    entry = folder / "proof/entries/00000001.json"
    entry.write_bytes(entry.read_bytes() + b"\n")
    rewrite_lists(folder)


@change(
    (8, "proof/entries/00000001.json"),
    (8, "proof/entries/00000002.json"),
    (8, "proof/entries/00000003.json"),
    (9, EXPORT),
    (6, SEAL),
)
def the_capture_of_another_case_is_swapped_in_and_both_lists_are_rewritten(folder: Path) -> None:
    another = another_package(folder, two_views("harbour", seed=2))
    shutil.rmtree(folder / "data/captures/0001")
    shutil.copytree(another / "data/captures/0001", folder / "data/captures/0001")
    for index in (1, 2, 3):
        for kind in ("json", "tlog-proof"):
            name = f"proof/entries/{index:08d}.{kind}"
            shutil.copy(another / name, folder / name)
    rewrite_lists(folder)


@change((5, "proof/case-key.vkey"), (6, SEAL))
def the_one_line_key_is_replaced_and_both_lists_are_rewritten(folder: Path) -> None:
    case, other = two_views(), Case("harbour", seed=2)
    vkey = checkpoint.encode_vkey(f"handrail/case/{case.case}", other.public)
    (folder / "proof/case-key.vkey").write_text(f"{vkey}\n", "ascii")
    rewrite_lists(folder)


@change((5, "proof/case-key.vkey"), (6, SEAL), (7, NOTE))
def the_pem_key_is_replaced_and_both_lists_are_rewritten(folder: Path) -> None:
    pem = checkpoint.encode_pem(Case("harbour", seed=2).public)
    (folder / "proof/case-key.pub.pem").write_bytes(pem)
    rewrite_lists(folder)


@change((5, "proof/case-key.vkey"), (7, NOTE), (8, "proof/entries/"), (6, SEAL))
def the_origin_is_replaced_and_both_lists_are_rewritten(folder: Path) -> None:
    origin = f"handrail/case/{Case('harbour').case}"
    (folder / "proof/origin.txt").write_text(f"{origin}\n", "ascii")
    rewrite_lists(folder)


@change((3, "manifest-sha256.txt"), (4, "manifest-sha256.txt"))
def a_line_of_the_manifest_is_doubled(folder: Path) -> None:
    manifest = folder / "manifest-sha256.txt"
    first = manifest.read_text("ascii").splitlines(keepends=True)[0]
    manifest.write_text(manifest.read_text("ascii") + first, "ascii")


@change((2, "bag-info.txt"), (4, "bag-info.txt"))
def the_number_of_files_is_stated_wrongly(folder: Path) -> None:
    info = folder / "bag-info.txt"
    info.write_text(info.read_text("utf-8").replace("Payload-Oxum: ", "Payload-Oxum: 1"), "utf-8")


@change((2, "bagit.txt"), (6, SEAL))
def the_declaration_of_the_bag_is_changed_and_both_lists_are_rewritten(folder: Path) -> None:
    bagit = folder / "bagit.txt"
    bagit.write_text(bagit.read_text("ascii").replace("1.0", "0.97"), "ascii")
    rewrite_lists(folder)


@change((12, "proof/checkpoints/00000008.tsr"), (4, "proof/checkpoints/00000008.tsr"))
def a_time_token_that_nobody_asked_for_is_added(folder: Path) -> None:
    (folder / "proof/checkpoints/00000008.tsr").write_bytes(b"invented")


@pytest.mark.parametrize("name", CHANGES)
def test_the_change_is_found_and_named(name: str, a_copy: Callable[[], Path]) -> None:
    make_change, expected = CHANGES[name]
    folder = a_copy()
    make_change(folder)
    alone, imported = verify_alone(folder), verify_imported(folder)
    assert alone == imported
    assert alone["exit"] == 1
    assert alone["integrity"]["status"] == "failed"
    assert expected <= failures(alone)


def test_the_package_that_is_changed_was_sound_before(sound_folder: Path) -> None:
    for report in (verify_alone(sound_folder), verify_imported(sound_folder)):
        assert failures(report) == set()
        assert report["integrity"]["status"] == "passed"


def test_someone_who_makes_everything_anew_cannot_pass_for_the_owner_of_the_key(
    tmp_path: Path,
) -> None:
    owner = two_views()
    key = checkpoint.encode_vkey(owner.plan().origin, owner.public)
    forged = tmp_path / "forged.zip"
    forger = Case("meadow", seed=9)
    forger.choose(forger.save_view("first", source={"title": "Something else"}))
    forger.save(forged)
    without_key = (verify_alone(forged), verify_imported(forged))
    for report in without_key:
        assert report["integrity"]["status"] == "passed"
        assert report["who"]["status"] == "not-checked"
    for report in (verify_alone(forged, "--key", key), verify_imported(forged, key)):
        assert report["exit"] == 1
        assert report["who"]["status"] == "failed"
        assert failures(report) == {(13, "proof/case-key.vkey")}


def test_one_byte_flipped_inside_the_zip_is_named(sound_zip: Path, tmp_path: Path) -> None:
    data = bytearray(sound_zip.read_bytes())
    data[data.index(b"\x89PNG") + 40] ^= 1
    changed = tmp_path / "changed.zip"
    changed.write_bytes(bytes(data))
    for report in (verify_alone(changed), verify_imported(changed)):
        assert report["exit"] == 1
        assert {(3, VIEW), (10, VIEW)} <= failures(report)
