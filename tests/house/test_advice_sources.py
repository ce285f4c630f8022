"""The page that says where the advice comes from is as the data has it."""

from __future__ import annotations

import json

import pytest

from tools import advice_sources


def test_the_document_is_as_the_data_has_it() -> None:
    assert advice_sources.main(["--check"]) == 0


def test_an_old_document_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advice_sources, "HEAD", advice_sources.HEAD + "one word more\n")
    assert advice_sources.main(["--check"]) == 1


def test_each_line_of_the_agency_leads_to_a_step_and_to_a_present_source() -> None:
    text = advice_sources.document()
    table = text.split("## Line by line")[1].split("The agency's advice")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    agency = json.loads((advice_sources.ROOT / "shared/advice/agency.json").read_text("utf-8"))
    assert len(rows) == len(agency["lines"])
    for row, line in zip(rows, agency["lines"], strict=True):
        assert all(f"`{step}`" in row for step in line["steps"])
        assert line["status"] == "left-out" or "https://" in row
