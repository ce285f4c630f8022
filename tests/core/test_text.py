"""A sentence reaches a person whole, in the right number, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from handrail.core.text import Catalogue, Sentence

SAVED: dict[str, Sentence] = {
    "panel.saved": {"one": "{count} view is saved.", "other": "{count} views are saved."},
    "panel.from": "From {name}.",
    "panel.brace": "{name} and {other}",
}


def test_the_number_chooses_the_form() -> None:
    catalogue = Catalogue(SAVED)
    assert catalogue.t("panel.saved", count=1) == "1 view is saved."
    assert catalogue.t("panel.saved", count=0) == "0 views are saved."


def test_each_language_has_its_own_plural_forms() -> None:
    forms = {
        "one": "{count} zapis",
        "few": "{count} zapisy",
        "many": "{count} zapisów",
        "other": "",
    }
    catalogue = Catalogue({"panel.saved": forms}, "pl")
    assert [catalogue.t("panel.saved", count=count) for count in (1, 3, 5)] == [
        "1 zapis",
        "3 zapisy",
        "5 zapisów",
    ]


def test_a_missing_key_or_value_is_an_error_and_not_a_hole() -> None:
    catalogue = Catalogue(SAVED)
    for key in ("panel.none", "panel.from", "panel.saved"):
        with pytest.raises(KeyError):
            catalogue.t(key)


def test_a_value_is_never_read_as_a_placeholder() -> None:
    shown = Catalogue(SAVED).t("panel.brace", name="{other}", other="x")
    assert shown == "{other} and x"


@pytest.mark.parametrize(
    "data",
    [
        b"[]",
        b'{"panel.a":"x","panel.a":"y"}',
        b'{"panel":"x"}',
        b'{"panel.a":1}',
        b'{"panel.a":{"one":"x"}}',
        b'{"panel.a":{"other":"x","several":"y"}}',
        b"\xff",
    ],
)
def test_a_wrong_catalogue_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Catalogue.load(data)


def test_the_catalogue_of_this_project_is_a_right_one() -> None:
    path = Path(__file__).parents[2] / "shared" / "text" / "en.json"
    catalogue = Catalogue.load(path.read_bytes())
    assert set(catalogue.keys()) == set(json.loads(path.read_text("utf-8")))


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="plural rules"):
        Catalogue({}, "xx-nowhere")


@pytest.mark.parametrize("sentence", ["a {sha256}", "a {", "a }", "a {Name}", "a {}"])
def test_a_brace_that_is_no_placeholder_is_refused(sentence: str) -> None:
    with pytest.raises(ValueError, match="placeholder"):
        Catalogue({"area.name": sentence})
