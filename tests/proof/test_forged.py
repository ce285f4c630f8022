"""A package that its own key holder made wrong does not pass, although every signature is right.

The holder of the key can sign anything: a log that is not one, facts that name what is not there,
fields of the wrong type. The verifier believes the signature and still checks the rest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handrail.core import canonical, checkpoint
from handrail.core.tree import Tree, leaf_hash
from handrail.proof.bag import Bag
from tests.proof.builders import VERIFIER, Case, failures, verify_alone, verify_imported

FACTS = "data/captures/0001/facts.json"
VIEW = "data/captures/0001/view.png"


class Forgery:
    """A package of which every part can be replaced before it is signed."""

    def __init__(self, case: Case | None = None) -> None:
        if case is None:
            case = Case()
            case.choose(case.save_view("first"))
        self.case = case
        self.capture = case.plan().captures[0]
        self.records = [json.loads(record) for record in self.case.records]
        self.files = {
            exhibit.path: self.case.exhibits[exhibit.sha256]
            for exhibit in self.case.plan().exhibits
        }
        self.spelling: Callable[[Any], bytes] = canonical.encode
        self.shown: list[int] | None = None

    def relog(self, path: str, body: bytes) -> None:
        """Put other bytes in the place of an exhibit, and log them as if they had always been."""
        old = hashlib.sha256(self.files[path]).hexdigest()
        self.files[path] = body
        for record in self.records:
            if record.get("sha256") == old:
                record["sha256"] = hashlib.sha256(body).hexdigest()
                record["length"] = len(body)

    def write(self, path: Path) -> None:
        """Write and sign it."""
        origin, public = f"handrail/case/{self.case.case}", self.case.public
        lines = [self.spelling(record) for record in self.records]
        tree = Tree(leaf_hash(line) for line in lines)
        head = checkpoint.checkpoint_of(self.case.case, tree)
        note = checkpoint.sign_checkpoint(head, public, self.case.private.sign)
        with path.open("x+b") as out, Bag(out, "handrail-00000000-00000000") as bag:
            for name, body in self.files.items():
                bag.add(name, body)
            bag.add("proof/origin.txt", f"{origin}\n".encode())
            bag.add("proof/case-key.pub.pem", checkpoint.encode_pem(public))
            bag.add("proof/case-key.vkey", f"{checkpoint.encode_vkey(origin, public)}\n".encode())
            bag.add("proof/verify.py", VERIFIER.read_bytes())
            stem = f"proof/checkpoints/{len(lines):08d}"
            bag.add(f"{stem}.note", note)
            bag.add(f"{stem}.leaves.txt", checkpoint.encode_leaves(tree.leaves()))
            for index in self.shown if self.shown is not None else range(len(lines)):
                entry = f"proof/entries/{index:08d}"
                bag.add(f"{entry}.json", lines[index])
                proof = checkpoint.encode_proof(index, tree.inclusion_path(index), note)
                bag.add(f"{entry}.tlog-proof", proof)
            bag.add("README.txt", b"invented\n")
            bag.add("VERIFY.txt", b"invented\n")
            bag.finish([], self.case.private.sign)


Change = Callable[[Forgery], None]
CHANGES: dict[str, tuple[Change, set[tuple[int, str]]]] = {}


def found_as(*found: tuple[int, str]) -> Callable[[Change], Change]:
    def note(function: Change) -> Change:
        CHANGES[function.__name__] = (function, set(found))
        return function

    return note


def edited_facts(forgery: Forgery, **fields: Any) -> None:
    facts = {**json.loads(forgery.files[FACTS]), **fields}
    forgery.relog(FACTS, canonical.encode(facts))


@found_as((8, "proof/entries/00000002.json"))
def a_record_of_another_case(forgery: Forgery) -> None:
    forgery.records[2]["case"] = "0" * 32


@found_as((8, "proof/entries/00000001.json"))
def a_record_of_another_version(forgery: Forgery) -> None:
    forgery.records[1]["v"] = 2


@found_as((8, "proof/entries/00000001.json"))
def an_event_that_nobody_knows(forgery: Forgery) -> None:
    forgery.records[1]["event"] = "exhibit-improved"


@found_as((8, "proof/entries/00000001.json"))
def an_event_that_is_not_a_text(forgery: Forgery) -> None:
    forgery.records[1]["event"] = ["exhibit-added"]


@found_as((8, "proof/entries/00000001.json"))
def a_record_that_is_no_object(forgery: Forgery) -> None:
    forgery.records[1] = "exhibit-added"


@found_as((8, "proof/entries/00000000.json"), (8, "proof/entries/00000004.json"))
def records_that_are_not_canonical(forgery: Forgery) -> None:
    forgery.spelling = lambda record: json.dumps(record).encode()


@found_as((8, "proof/entries/00000001.json"))
def a_record_with_a_fraction(forgery: Forgery) -> None:
    forgery.spelling = lambda record: canonical.encode(record).replace(b'"v":1}', b'"v":1.0}')


@found_as((8, "proof/entries/00000001.json"))
def a_record_with_a_key_twice(forgery: Forgery) -> None:
    forgery.spelling = lambda record: canonical.encode(record).replace(b'"v":1}', b'"v":1,"v":1}')


@found_as((8, "proof/entries/00000001.json"))
def a_record_that_is_nested_without_end(forgery: Forgery) -> None:
    forgery.spelling = lambda record: (
        b"[" * 200_000 if b'"number":1,' in canonical.encode(record) else canonical.encode(record)
    )


@found_as((8, "proof/entries/00000001.json"))
def an_exhibit_of_an_unknown_kind(forgery: Forgery) -> None:
    forgery.records[1]["kind"] = "film"


@found_as((8, "proof/entries/00000001.json"))
def an_exhibit_with_a_media_type_that_runs(forgery: Forgery) -> None:
    forgery.records[1]["media_type"] = "text/html"


@found_as((8, "proof/entries/00000001.json"))
def an_exhibit_whose_capture_is_a_list(forgery: Forgery) -> None:
    forgery.records[1]["capture"] = [forgery.capture]


@found_as((8, "proof/entries/00000001.json"))
def an_exhibit_whose_length_is_a_text(forgery: Forgery) -> None:
    forgery.records[1]["length"] = str(forgery.records[1]["length"])


@found_as((10, VIEW))
def an_exhibit_of_another_length(forgery: Forgery) -> None:
    forgery.records[1]["length"] += 1


@found_as((10, VIEW))
def an_entry_without_its_file(forgery: Forgery) -> None:
    del forgery.files[VIEW]


@found_as((10, "data/captures/0002/view.png"))
def a_file_without_an_entry(forgery: Forgery) -> None:
    forgery.files["data/captures/0002/view.png"] = b"x"


@found_as((9, "proof/entries/00000000.json"))
def a_log_that_nobody_opened(forgery: Forgery) -> None:
    forgery.shown = [1, 2, 3, 4]


@found_as((9, "proof/entries/00000004.json"), (12, "proof/entries/"))
def a_log_that_ends_with_no_choice(forgery: Forgery) -> None:
    forgery.shown = [0, 1, 2, 3]


@found_as((9, "proof/entries/00000004.json"), (12, "proof/entries/"))
def another_event_with_the_fields_of_a_choice(forgery: Forgery) -> None:
    forgery.records[4]["event"] = "package-made"


@found_as((9, "proof/entries/00000004.json"))
def a_choice_of_nothing(forgery: Forgery) -> None:
    forgery.records[4]["captures"] = []


@found_as((9, "proof/entries/00000004.json"))
def a_choice_that_is_no_list(forgery: Forgery) -> None:
    forgery.records[4]["captures"] = {forgery.capture: True}


@found_as((9, "proof/entries/00000004.json"))
def a_choice_of_a_capture_that_is_not_there(forgery: Forgery) -> None:
    forgery.records[4]["captures"].append("0" * 32)


@found_as((9, "proof/entries/00000001.json"))
def an_exhibit_that_was_not_chosen(forgery: Forgery) -> None:
    forgery.records[4]["captures"] = ["0" * 32]


@found_as((9, "proof/entries/00000004.json"), (12, "proof/entries/"))
def time_tokens_that_are_not_said(forgery: Forgery) -> None:
    del forgery.records[4]["time_tokens"]


@found_as((12, "proof/checkpoints/00000005.tsr"))
def a_time_token_that_this_verifier_cannot_check(forgery: Forgery) -> None:
    token = b"invented"
    forgery.files["proof/checkpoints/00000005.tsr"] = token
    forgery.records[4]["time_tokens"] = [hashlib.sha256(token).hexdigest()]


@found_as((11, FACTS))
def facts_that_name_an_exhibit_that_is_not_there(forgery: Forgery) -> None:
    listed = json.loads(forgery.files[FACTS])["exhibits"]
    edited_facts(forgery, exhibits=[*listed, {**listed[0], "number": 4}])


@found_as((11, FACTS))
def facts_that_leave_an_exhibit_out(forgery: Forgery) -> None:
    edited_facts(forgery, exhibits=json.loads(forgery.files[FACTS])["exhibits"][:1])


@found_as((11, FACTS))
def facts_about_another_capture(forgery: Forgery) -> None:
    edited_facts(forgery, capture="0" * 32)


@found_as((11, FACTS))
def facts_whose_exhibits_are_no_exhibits(forgery: Forgery) -> None:
    edited_facts(forgery, exhibits=[["view"], 5, None])


@found_as((11, FACTS))
def facts_whose_exhibits_have_other_types(forgery: Forgery) -> None:
    listed = json.loads(forgery.files[FACTS])["exhibits"]
    edited_facts(forgery, exhibits=[{**listed[0], "number": [1]}])


@found_as((11, FACTS))
def facts_that_are_not_canonical(forgery: Forgery) -> None:
    forgery.relog(FACTS, forgery.files[FACTS] + b"\n")


@found_as((11, FACTS))
def facts_that_are_no_facts(forgery: Forgery) -> None:
    forgery.relog(FACTS, b"[]")


@found_as((11, FACTS))
def facts_that_are_not_there(forgery: Forgery) -> None:
    del forgery.files[FACTS]
    del forgery.records[3]


@pytest.mark.parametrize("name", CHANGES)
def test_it_does_not_pass_although_it_is_signed(name: str, tmp_path: Path) -> None:
    change, expected = CHANGES[name]
    forgery = Forgery()
    change(forgery)
    path = tmp_path / "forged.zip"
    forgery.write(path)
    alone, imported = verify_alone(path), verify_imported(path)
    assert alone == imported
    assert (alone["exit"], alone["error"]) == (1, None)
    assert alone["integrity"]["status"] == "failed"
    assert expected <= failures(alone)
    assert not {3, 4, 5, 6, 7} & {number for number, _ in failures(alone)}


def test_the_same_package_without_a_change_passes(tmp_path: Path) -> None:
    path = tmp_path / "honest.zip"
    Forgery().write(path)
    assert verify_alone(path)["exit"] == 0


def test_derived_files_that_were_signed_belong_to_the_package(tmp_path: Path) -> None:
    forgery = Forgery()
    forgery.files["data/derived/report.txt"] = b"invented"
    forgery.write(tmp_path / "derived.zip")
    assert verify_alone(tmp_path / "derived.zip")["exit"] == 0
