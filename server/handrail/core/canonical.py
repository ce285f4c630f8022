"""Canonical JSON (RFC 8785): one value has one spelling, so its digest can be compared.

Everything that is signed, logged or hashed as JSON is written here. Reading is `records`' business:
what was read is spelt again by this module and compared byte for byte, so a key that appears twice,
a fraction or another spelling never passes.
"""

from __future__ import annotations

import msgspec
import rfc8785


def encode(value: object) -> bytes:
    """Return the canonical bytes of a record, or of a value.

    It is made of objects, lists, strings, whole numbers, booleans and null. Raises `ValueError` for
    anything else, a float among them: no float is ever signed here.
    """
    plain = msgspec.to_builtins(value) if isinstance(value, msgspec.Struct) else value
    _refuse_floats(plain)
    try:
        return rfc8785.dumps(plain)  # type: ignore[arg-type]
    except rfc8785.CanonicalizationError as error:
        raise ValueError("this value has no canonical form") from error


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise ValueError("a float has no place in a record")
    if isinstance(value, dict):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
