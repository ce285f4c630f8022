"""Canonical JSON (RFC 8785): one value has one spelling, so its digest can be compared.

Everything that is signed, logged or hashed as JSON goes through here. What is refused is refused
because two programs could read it differently: a key that appears twice, a number that is not a
whole one, a spelling that is not canonical. Python's own parser takes all of these in silence.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import rfc8785

from .errors import Damaged

MAX_BYTES = 1_048_576
MAX_DEPTH = 32
MAX_WHOLE = 2**53 - 1
"""The largest number that every JSON reader keeps exactly (RFC 7493 §2.2)."""

# A string that never ends is taken whole, so that no input is searched twice.
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|([\[{])|([\]}])', re.DOTALL)


def encode(value: object) -> bytes:
    """Return the canonical bytes of a value.

    It is made of objects, lists, strings, whole numbers, booleans and null. Raises `ValueError` for
    anything else, a float among them: no float is ever signed here.
    """
    _refuse_floats(value)
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except rfc8785.CanonicalizationError as error:
        raise ValueError("this value has no canonical form") from error


def decode(data: bytes, *, limit: int = MAX_BYTES) -> Any:
    """Return the value that canonical bytes stand for. Raises `Damaged` with the reason.

    1. Not longer than `limit`, not deeper than `MAX_DEPTH`: a parser that recurses is not asked.
    2. UTF-8 JSON without repeated keys, fractions, exponents, NaN or Infinity.
    3. Byte for byte what `encode` gives back.
    """
    if len(data) > limit:
        raise Damaged("json-too-large", "this JSON is larger than any record is")
    if _depth(data) > MAX_DEPTH:
        raise Damaged("json-too-deep", "this JSON is nested deeper than any record is")
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
            parse_int=_whole,
        )
    except (ValueError, RecursionError) as error:
        raise Damaged("json-shape", "this is not JSON as records have it") from error
    try:
        spelt = encode(value)
    except ValueError as error:
        raise Damaged("json-shape", "this JSON holds a text that has no UTF-8 form") from error
    if spelt != data:
        raise Damaged("json-not-canonical", "this JSON is not in its canonical form")
    return value


def _depth(data: bytes) -> int:
    depth = deepest = 0
    for match in _STRUCTURE.finditer(data):
        if match[1]:
            depth += 1
            deepest = max(deepest, depth)
        elif match[2]:
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key appears twice")
    return value


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_WHOLE:
        raise ValueError("a number is too large to be kept exactly")
    return int(text)


def _refuse_number(text: str) -> NoReturn:
    raise ValueError("a number is not a whole one")


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise ValueError("a float has no place in a record")
    if isinstance(value, dict):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
