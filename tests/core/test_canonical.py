"""Canonical JSON has one spelling; what two programs could read differently is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core import canonical
from handrail.core.errors import Damaged

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-canonical.MAX_WHOLE, canonical.MAX_WHOLE) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_a_value_comes_back_as_it_went_in(value: object) -> None:
    assert canonical.decode(canonical.encode(value)) == value


def test_keys_are_sorted_by_utf_16_as_rfc_8785_says() -> None:
    # U+1F600 is two surrogates in UTF-16 and sorts before U+FB33; by code point it sorts after.
    value = {"\ufb33": 1, "\U0001f600": 2}
    assert canonical.encode(value) == '{"\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a":1,"a":1}', "json-shape"),
        (b'{"a":{"b":1,"b":2}}', "json-shape"),
        (b'{"a":1.0}', "json-shape"),
        (b'{"a":1e3}', "json-shape"),
        (b"NaN", "json-shape"),
        (b"-Infinity", "json-shape"),
        (b"9007199254740992", "json-shape"),
        (b"9" * 5000, "json-shape"),
        (b'"\\ud800"', "json-shape"),
        (b'"\xff"', "json-shape"),
        (b"\xef\xbb\xbf{}", "json-shape"),
        (b"", "json-shape"),
        (b"{}{}", "json-shape"),
        (b'{"a":1,}', "json-shape"),
        (b'{ "a":1}', "json-not-canonical"),
        (b'{"b":1,"a":1}', "json-not-canonical"),
        (b'{"a":1}\n', "json-not-canonical"),
        (b'"\\u0041"', "json-not-canonical"),
        (b'"\\/"', "json-not-canonical"),
        (b"-0", "json-not-canonical"),
        (b"[" * 33 + b"]" * 33, "json-too-deep"),
        (b"[" * 100_000, "json-too-deep"),
        (b'"' + b"a" * canonical.MAX_BYTES + b'"', "json-too-large"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Damaged) as refused:
        canonical.decode(data)
    assert refused.value.code == code


def test_brackets_inside_a_text_are_not_depth() -> None:
    data = json.dumps("[{" * 200).encode()
    assert canonical.decode(data) == "[{" * 200


def test_a_text_that_never_ends_is_refused() -> None:
    for data in (b'"' + b'\\"' * 250_000, b'["a', b'"\\'):
        with pytest.raises(Damaged):
            canonical.decode(data)


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), {"a": [0.0]}, ("\ud800",), {1: 2}, object(), 2**53, {"a": b"x"}]
)
def test_a_value_without_a_canonical_form_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match=r"canonical form|float"):
        canonical.encode(value)
