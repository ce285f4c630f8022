"""Canonical JSON has one spelling; what two programs could read differently is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core import canonical
from handrail.core.errors import Damaged
from handrail.core.records import CaseOpened, decode_event

LARGEST = 2**53 - 1
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
RECORD = CaseOpened(
    v=1, case="ab" * 16, at="2026-03-10T12:00:00.000Z", salt="cd" * 16, vault="ef" * 16
)
LINE = canonical.encode(RECORD)


@given(VALUES)
def test_a_value_comes_back_as_it_went_in(value: object) -> None:
    assert json.loads(canonical.encode(value)) == value


def test_keys_are_sorted_by_utf_16_as_rfc_8785_says() -> None:
    # U+1F600 is two surrogates in UTF-16 and sorts before U+FB33; by code point it sorts after.
    value = {"\ufb33": 1, "\U0001f600": 2}
    assert canonical.encode(value) == '{"\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), {"a": [0.0]}, ("\ud800",), {1: 2}, object(), 2**53, {"a": b"x"}]
)
def test_a_value_without_a_canonical_form_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match=r"canonical form|float"):
        canonical.encode(value)


def test_a_record_is_read_in_its_own_spelling() -> None:
    assert decode_event(LINE) == RECORD


@pytest.mark.parametrize(
    "data",
    [
        LINE.replace(b'"v":1', b'"v":1,"v":1'),
        LINE.replace(b'"v":1', b'"v":1.0'),
        LINE.replace(b'"v":1', b'"v":1e0'),
        LINE.replace(b'"v":1', b'"v":NaN'),
        LINE.replace(b'"v":1', b'"v":01'),
        LINE.replace(b'"v":1', b'"v": 1'),
        LINE.replace(b'"case"', b'"\\u0063ase"'),
        b"\xef\xbb\xbf" + LINE,
        LINE + b"\n",
        LINE + LINE,
        LINE[:-1] + b",}",
        json.dumps(dict(reversed(json.loads(LINE).items()))).encode(),
        b"[" * 100_000,
        b'"' + b'\\"' * 250_000,
        b"\xff",
        b"",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(data: bytes) -> None:
    with pytest.raises(Damaged) as refused:
        decode_event(data)
    assert refused.value.code == "log-record"
