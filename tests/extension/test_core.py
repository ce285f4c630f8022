"""Both halves compute the same: canonical JSON, pairing, MACs, envelopes, words, waiting."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785

from handrail.core import mac, pairing
from handrail.core.envelope import verify_envelope

Node = Callable[[str], Any]

VALUES: list[Any] = [
    None,
    True,
    [],
    {},
    0,
    -1,
    2**53 - 1,
    -(2**53 - 1),
    "",
    '\u0000\u001f"\\/\b\f\n\r\t\u007f\u2028\u2029',
    "€ 😀 é é",
    {"b": 1, "a": [1, {"z": None, "y": False}], "": "empty", "B": 2},
    {"\ufb33": 1, "😀": 2, "\u20ac": 3, "\r": 4, "1": 5, "ö": 6, "\u0080": 7},
]


def test_canonical_json_is_the_same_as_in_python(node: Node) -> None:
    told = node(
        'import { canonicalText } from "./core/canonical.js";'
        f"answer({json.dumps(VALUES)}.map(canonicalText));"
    )
    assert told == [rfc8785.dumps(value).decode() for value in VALUES]


def any_value(chance: random.Random, depth: int = 0) -> Any:
    """Return a record of any shape, the strangest characters included."""
    kinds = ("text", "number", "constant") if depth == 4 else ("text", "number", "list", "object")
    kind = chance.choice(kinds)
    if kind == "constant":
        return chance.choice([None, True, False])
    if kind == "number":
        return chance.choice([0, chance.randint(-(2**53 - 1), 2**53 - 1), chance.randint(-9, 9)])
    if kind == "list":
        return [any_value(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    if kind == "object":
        return {any_text(chance): any_value(chance, depth + 1) for _ in range(chance.randint(0, 5))}
    return any_text(chance)


def any_text(chance: random.Random) -> str:
    ranges = ((0, 0x7F), (0x80, 0x2FFF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF))
    return "".join(chr(chance.randint(*chance.choice(ranges))) for _ in range(chance.randint(0, 8)))


def test_canonical_json_is_the_same_for_any_record(node: Node) -> None:
    chance = random.Random(8785)
    values = [any_value(chance) for _ in range(400)]
    told = node(
        'import { canonicalText } from "./core/canonical.js";'
        f"answer({json.dumps(values)}.map(canonicalText));"
    )
    assert told == [rfc8785.dumps(value).decode() for value in values]


@pytest.mark.parametrize(
    "value",
    [
        "1.5", "NaN", "Infinity", "2**53", "undefined", "() => 1", "10n", "new Date(0)",
        "new Map()", "[undefined]", "[,1]", '"\\ud800"', '({"\\udfff": 1})', "({a: undefined})",
        "Symbol()",
    ],
)  # fmt: skip
def test_a_value_without_one_spelling_is_refused(node: Node, value: str) -> None:
    script = f"""import {{ canonicalText }} from "./core/canonical.js";
    try {{ canonicalText({value}); answer("accepted"); }} catch (e) {{ answer(e.name); }}"""
    assert node(script) == "TypeError"


def test_both_sides_of_a_pairing_show_the_same_number(node: Node) -> None:
    a, na, b, nb = b"\x04" + b"\x11" * 64, b"\x22" * 16, b"\x04" + b"\x33" * 64, b"\x44" * 16
    recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    digest = pairing.transcript(a, na, b, nb, recipient)
    told = node(
        f"""import {{ transcriptOf, digitsOf, groupsOf }} from "./core/pairing.js";
        import {{ bytesOf, hexOf }} from "./core/bytes.js";
        const side = (key, nonce) => ({{ key: bytesOf(key, 65), nonce: bytesOf(nonce, 16) }});
        const text = transcriptOf(side("{a.hex()}", "{na.hex()}"),
          side("{b.hex()}", "{nb.hex()}"), "{recipient}");
        const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
        answer([hexOf(hash), groupsOf(digitsOf(hash)).join(" ")]);"""
    )
    assert told == [digest.hex(), pairing.digits(digest)]


@pytest.mark.parametrize("number", [0, 7, 999_999, 1_000_000, 2**64 - 1])
def test_the_number_has_always_six_digits(node: Node, number: int) -> None:
    digest = number.to_bytes(8, "big") + bytes(24)
    told = node(
        f"""import {{ digitsOf, groupsOf }} from "./core/pairing.js";
        import {{ bytesOf }} from "./core/bytes.js";
        answer(groupsOf(digitsOf(bytesOf("{digest.hex()}", 32))).join(" "));"""
    )
    assert told == pairing.digits(digest)


def test_both_sides_sign_the_same_texts(node: Node) -> None:
    key = bytes(range(32))
    told = node(
        """import { requestText, receiptText, pairedText } from "./core/mac.js";
        import { startProofContent } from "./core/pairing.js";
        import { sign, signingKey } from "./engine/keyring.js";
        const key = await signingKey(Uint8Array.from({ length: 32 }, (_, at) => at));
        answer(await Promise.all([
          requestText("POST", "/api/envelopes", "k".repeat(32), "d".repeat(64)),
          receiptText("stored", "k".repeat(32), "d".repeat(64), "2026-03-10T12:00:00.000Z"),
          pairedText("p".repeat(32)), startProofContent(new Uint8Array(32).fill(9)),
        ].map((text) => sign(key, text))));"""
    )
    assert told == [
        mac.request_mac(key, "POST", "/api/envelopes", "k" * 32, "d" * 64),
        mac.receipt_mac(key, "stored", "k" * 32, "d" * 64, "2026-03-10T12:00:00.000Z"),
        mac.paired_mac(key, "p" * 32),
        mac.start_mac(key, bytes([9]) * 32),
    ]


def test_an_envelope_says_what_the_service_reads(node: Node) -> None:
    body = b"<p>Pay until 20:00.</p>\nor else\n"
    told = node(
        f"""import {{ envelopeContent }} from "./core/envelope.js";
        import {{ hexOf, utf8 }} from "./core/bytes.js";
        import {{ sha256Hex }} from "./core/digest.js";
        const body = utf8({json.dumps(body.decode())});
        answer(hexOf(envelopeContent({{ v: 1, capture: "ab".repeat(16), number: 2, kind: "page",
          media_type: "text/html;charset=utf-8", length: body.length,
          sha256: await sha256Hex(body) }}, body)));"""
    )
    header, read = verify_envelope(bytes.fromhex(told))
    assert (header.number, header.kind, bytes(read)) == (2, "page", body)


def test_an_envelope_that_contradicts_itself_is_not_made(node: Node) -> None:
    told = node(
        """import { envelopeContent } from "./core/envelope.js";
        const good = { v: 1, capture: "ab".repeat(16), number: 1, kind: "view",
          media_type: "image/png", length: 3, sha256: "cd".repeat(32) };
        const tries = [{}, { length: 4 }, { number: 0 }, { number: 1.5 }, { kind: "video" },
          { capture: "AB".repeat(16) }, { sha256: "cd" }, { v: 2 }];
        answer(tries.map((change) => {
          try { envelopeContent({ ...good, ...change }, new Uint8Array(3)); return "made"; }
          catch (e) { return e.name; }
        }));"""
    )
    assert told == ["made", *["TypeError"] * 7]


def test_words_have_plural_forms_and_say_what_is_missing(node: Node) -> None:
    told = node(
        """import { makeText } from "./core/text.js";
        const t = makeText({ "a.one": { one: "{count} view", other: "{count} views" },
          "a.two": "For {name}" }, "en");
        const tries = [["a.one", { count: 1 }], ["a.one", { count: 1200 }], ["a.one"],
          ["a.two", { name: "{count} $& <b>" }], ["a.two"], ["a.three"], ["constructor"]];
        answer(tries.map(([key, values]) => {
          try { return t(key, values); } catch (e) { return e.name; }
        }));"""
    )
    assert told == [
        "1 view", "1,200 views", "RangeError",
        "For {count} $& <b>", "RangeError", "RangeError", "RangeError",
    ]  # fmt: skip


def test_waiting_grows_to_a_minute_and_no_further(node: Node) -> None:
    told = node(
        """import { waitAfter } from "./core/backoff.js";
        answer([1, 2, 3, 7, 8, 50, 5000].map(
          (tries) => [waitAfter(tries, 0), waitAfter(tries, 0.999999)]));"""
    )
    assert told[:3] == [[250, 500], [500, 1000], [1000, 2000]]
    assert told[-3:] == [[30_000, 60_000]] * 3


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        (f"#port=28417&code={'ab' * 32}&to=%2Fsafety", [28417, 32, "/safety"]),
        (f"#port=28417&code={'ab' * 32}", [28417, 32, "/"]),
        ("#port=0&code=ab&to=//evil.example", [None, None, "/"]),
        ("#port=70000&to=/\\evil.example", [None, None, "/"]),
        ("#to=https://evil.example/", [None, None, "/"]),
        ("", [None, None, "/"]),
    ],
)
def test_a_start_address_is_read_with_care(node: Node, fragment: str, expected: list[Any]) -> None:
    told = node(
        f"""import {{ decode_start }} from "./core/start.js";
        const {{ port, code, to }} = decode_start({json.dumps(fragment)});
        answer([port, code && code.length, to]);"""
    )
    assert told == expected
