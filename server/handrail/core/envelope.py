"""The plaintext of a sealed envelope: one header line, then the exhibit's bytes (DESIGN D4).

    {"capture":"…","kind":"view","length":11,"media_type":"image/png","number":1,"sha256":"…","v":1}
    <the bytes of the exhibit>

The header is RFC 8785 JSON, so that ``age -d … | tail -n +2 | sha256sum`` gives the digest that the
header names. Encryption itself is age and happens elsewhere.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from . import canonical
from .digest import sha256_hex
from .errors import Damaged

MAX_HEADER = 4096
"""The longest header line in bytes, without its newline."""


def exactly(pattern: str) -> msgspec.Meta:
    r"""Return the rule that a text is this pattern from its first character to its last.

    Python's `$` also matches before a line feed at the end, and that of JavaScript and JSON Schema
    does not; `(?!\n)` makes it the end for all of them. For the same reason a digit is `[0-9]`:
    Python's `\d` knows the digits of every script.
    """
    return msgspec.Meta(pattern=rf"^{pattern}$(?!\n)")


Hex32 = Annotated[str, exactly("[0-9a-f]{32}")]
Hex64 = Annotated[str, exactly("[0-9a-f]{64}")]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Number = Annotated[int, msgspec.Meta(ge=1, le=2_000_000_000)]
"""The number of an exhibit in its capture. `numbers_of` says which ones a kind may have."""

Kind = Literal["start", "view", "page", "tile", "reading", "facts", "note"]

MEDIA_TYPES: dict[Kind, str] = {
    "start": "application/json",
    "view": "image/png",
    "page": "text/html;charset=utf-8",
    "tile": "image/png",
    "reading": "application/json",
    "facts": "application/json",
    "note": "application/json",
}
"""The one media type that each kind of exhibit has."""

ONCE: frozenset[Kind] = frozenset(("start", "view", "page", "facts"))
"""The kinds that a capture has at most one of; a file name of theirs holds no number."""

_NUMBERS = range(1, 100_000)
_NOTE_NUMBERS = range(1_000_000, 2_000_000_001)


def numbers_of(kind: Kind) -> range:
    """Return the numbers that exhibits of this kind may have.

    Notes are drawn at random from a range of their own: the panel and the dashboard may both write
    one without asking each other, and none takes the place of a part of the capture.
    """
    return _NOTE_NUMBERS if kind == "note" else _NUMBERS


def file_name(kind: Kind, number: int) -> str:
    """Return the name of an exhibit's file below the folder of its capture in a package."""
    match kind:
        case "view":
            return "view.png"
        case "page":
            return "page.html.txt"
        case "start" | "facts":
            return f"{kind}.json"
        case "tile":
            return f"tiles/{number:05d}.png"
        case "reading":
            return f"readings/{number:05d}.json"
        case "note":
            return f"notes/{number}.json"


class EnvelopeHeader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an envelope says about the exhibit inside it. `length` is in bytes."""

    v: Literal[1]
    kind: Kind
    capture: Hex32
    number: Number
    media_type: Annotated[str, msgspec.Meta(max_length=100)]
    length: Count
    sha256: Hex64


def encode_envelope(header: EnvelopeHeader, body: bytes) -> bytes:
    """Return the plaintext of an envelope."""
    return canonical.encode(header) + b"\n" + body


def verify_envelope(plaintext: bytes) -> tuple[EnvelopeHeader, bytes]:
    """Return the header and the exhibit of an opened envelope.

    1. There is a header line of at most `MAX_HEADER` bytes.
    2. It has exactly the fields of `EnvelopeHeader`.
    3. It is its own canonical form (RFC 8785), so that one exhibit has one spelling.
    4. The media type is the one of its kind.
    5. The number is one that its kind may have.
    6. Length and SHA-256 are those of the bytes that follow.

    Raises `Damaged` with the code of the step that failed.
    """
    line, newline, body = plaintext[: MAX_HEADER + 1].partition(b"\n")
    if not newline:
        raise Damaged("envelope-header", "the envelope has no header line")
    body = plaintext[len(line) + 1 :]
    try:
        header = msgspec.json.decode(line, type=EnvelopeHeader)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Damaged("envelope-header", "the envelope's header is not one we know") from error
    if canonical.encode(header) != line:
        raise Damaged("envelope-header", "the envelope's header is not in canonical form")
    if MEDIA_TYPES[header.kind] != header.media_type:
        raise Damaged("envelope-media-type", "the media type is not the one of this kind")
    if header.number not in numbers_of(header.kind):
        raise Damaged("envelope-number", "the number is not one that this kind may have")
    if header.length != len(body):
        raise Damaged("envelope-length", "the exhibit is not as long as its header says")
    if header.sha256 != sha256_hex(body):
        raise Damaged("envelope-digest", "the exhibit's SHA-256 is not the one its header names")
    return header, body
