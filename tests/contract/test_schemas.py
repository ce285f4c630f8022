"""The schemas are as the records have it, and are schemas."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tools import schemas


def test_the_schemas_are_as_the_records_have_it() -> None:
    assert schemas.main(["--check"]) == 0


def test_an_old_schema_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    record, title = schemas.DOCUMENTS["status"]
    monkeypatch.setitem(schemas.DOCUMENTS, "status", (record, f"{title}, as it was"))
    assert schemas.main(["--check"]) == 1


@pytest.mark.parametrize("path", sorted(schemas.FOLDER.iterdir()), ids=lambda path: path.name)
def test_it_is_a_schema_of_2020_12(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    assert schema["$schema"] == schemas.DIALECT
    jsonschema.Draft202012Validator.check_schema(schema)


def test_no_schema_is_left_that_nothing_writes() -> None:
    written = {f"{name}.schema.json" for name in schemas.DOCUMENTS}
    assert {path.name for path in schemas.FOLDER.iterdir()} == written | {"advice.schema.json"}


@pytest.mark.parametrize("name", schemas.DOCUMENTS)
def test_every_object_in_it_is_closed_and_complete(name: str) -> None:
    """No field is optional, no other is taken, no number is a fraction."""

    def walk(part: object) -> None:
        if isinstance(part, list):
            for inner in part:
                walk(inner)
        if isinstance(part, dict):
            if part.get("type") == "object":
                assert part["additionalProperties"] is False
                assert set(part.get("required", ())) == set(part["properties"])
            assert part.get("type") != "number"
            for inner in part.values():
                walk(inner)

    walk(schemas.schema_of(name))
