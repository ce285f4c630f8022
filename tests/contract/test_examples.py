"""Every example: accepted, refused or detected by Python, by the extension and by JSON Schema."""

from __future__ import annotations

import inspect
import json
import subprocess
from pathlib import Path
from typing import get_args

import jsonschema
import msgspec
import pytest

from handrail.core import messages, records
from tests.contract.examples import EXAMPLES, FIELDS, FOLDER, KINDS, ROOT, Example, those
from tests.contract.reading import BY_BOTH, READERS, TO_THE_BROWSER, TO_THE_SERVICE, verdict
from tools import schemas

SCHEMAS = {
    name: jsonschema.Draft202012Validator(
        json.loads((schemas.FOLDER / f"{name}.schema.json").read_text("utf-8"))
    )
    for name in schemas.DOCUMENTS
}
WITHOUT_SCHEMA = {"checkpoint", "tlog-proof", "transcript"}
"""Two forms of text (c2sp.org) and the numbers of a pairing: no messages, so no schema."""


def with_schema(*kinds: str) -> list[Example]:
    return [e for e in EXAMPLES if e.kind in kinds and e.document in SCHEMAS]


# ── In Python ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("example", those("valid"), ids=str)
def test_python_accepts_what_is_valid(example: Example) -> None:
    assert verdict(example) == "accepted"


@pytest.mark.parametrize("example", [*those("invalid"), *those("tampered")], ids=str)
def test_python_refuses_what_is_not_with_the_code_that_is_named(example: Example) -> None:
    said = verdict(example)
    assert said != "accepted"
    if example.document in TO_THE_SERVICE:
        assert said == (example.code or "refused")


# ── In the extension ─────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def told_by_javascript() -> dict[str, str]:
    done = subprocess.run(
        ["node", Path(__file__).with_name("verdicts.js"), FOLDER],
        cwd=ROOT / "extension",
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    verdicts: dict[str, str] = json.loads(done.stdout)
    return verdicts


def test_the_extension_says_the_same_of_everything_that_it_receives(
    told_by_javascript: dict[str, str],
) -> None:
    expected = {
        str(example): "accepted" if example.kind == "valid" else example.code or "refused"
        for example in EXAMPLES
        if example.document in TO_THE_BROWSER | BY_BOTH
    }
    assert told_by_javascript == expected


# ── In JSON Schema ───────────────────────────────────────────────────────────────────────────


def says_schema(example: Example) -> bool | None:
    """Tell whether the schema accepts the document; None when it is no JSON to begin with."""
    try:
        document = json.loads(example.raw)
    except ValueError:
        return None
    return SCHEMAS[example.document].is_valid(document)


@pytest.mark.parametrize("example", with_schema("valid", "tampered"), ids=str)
def test_the_schema_accepts_every_right_shape(example: Example) -> None:
    assert says_schema(example) is True


@pytest.mark.parametrize("example", with_schema("invalid"), ids=str)
def test_the_schema_refuses_what_a_schema_can_see(example: Example) -> None:
    """What it cannot see is marked: another spelling, a key twice, a day in no calendar."""
    if example.said.get("beyond_schema"):
        assert says_schema(example) is not False
    else:
        assert says_schema(example) is False


# ── Nothing is forgotten ─────────────────────────────────────────────────────────────────────


def test_every_document_has_examples_and_every_example_a_document() -> None:
    assert set(schemas.DOCUMENTS) | WITHOUT_SCHEMA == set(READERS)
    for name in READERS:
        assert those("valid", name), name
        assert those("invalid", name), name
    known = {FOLDER / kind / name for kind in KINDS for name in READERS}
    assert {path for kind in KINDS for path in (FOLDER / kind).iterdir()} <= known
    assert {path.name for path in FOLDER.iterdir()} == {*KINDS, "advice"}


def test_whatever_can_be_proved_has_an_example_that_is_tampered_with() -> None:
    proved = {"envelope-header", "custody-event", "checkpoint", "tlog-proof", "transcript"}
    proved |= {"pair-reveal", "pair-finished", "receipt", "ticket"}
    assert {example.document for example in those("tampered")} == proved


def test_every_message_and_every_event_stands_in_a_schema() -> None:
    parts = {
        part for name in schemas.DOCUMENTS for part in schemas.schema_of(name).get("$defs", {})
    }
    roots = {record.__name__ for record, _ in schemas.DOCUMENTS.values() if inspect.isclass(record)}
    for module in (messages, records):
        for name, record in vars(module).items():
            if inspect.isclass(record) and issubclass(record, msgspec.Struct):
                assert name in parts | roots | INSIDE, name


INSIDE = {"Record", "LogRecord"}
"""Bases of records."""


@pytest.mark.parametrize("kind", ["valid", "invalid"])
def test_every_event_of_the_log_has_an_example(kind: str) -> None:
    events = {member.__struct_config__.tag for member in get_args(records.CustodyEvent)}
    shown = {
        example.said.get("document", {}).get("event")
        for example in EXAMPLES
        if (example.kind, example.document) == (kind, "custody-event")
    }
    assert events <= shown


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_says_what_it_shows_and_nothing_else(example: Example) -> None:
    assert set(example.said) <= FIELDS
    assert example.said["description"].endswith(".")
    assert len({"document", "document_text", "document_hex"} & set(example.said)) == 1
    if example.kind == "valid":
        assert not {"code", "beyond_schema"} & set(example.said)
