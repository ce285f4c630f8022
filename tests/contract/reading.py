"""How Python reads each document: shape first, then whatever proves it.

Each function returns when it believes the document, and raises when it does not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import rfc8785

from handrail.core import mac, messages, pairing
from handrail.core.checkpoint import decode_proof, verify_checkpoint
from handrail.core.envelope import Hex32, verify_envelope
from handrail.core.errors import HandrailError
from handrail.core.records import (
    decode_event,
    decode_facts,
    decode_note,
    decode_reading,
    decode_start,
)
from handrail.core.tree import leaf_hash, verify_inclusion
from handrail.web.api import decode_json
from handrail.web.pairing import Pairings
from tests.contract.examples import Example
from tests.peer import ORIGIN


class NotProved(Exception):
    """The shape is right, and what should prove it does not."""


def believe(proved: bool) -> None:
    if not proved:
        raise NotProved


def envelope_header(example: Example) -> None:
    verify_envelope(example.raw + b"\n" + example.given["body"].encode())


def exhibit(decode: Callable[[bytes], Any]) -> Callable[[Example], None]:
    """Return how the service reads an exhibit that is a record."""
    return lambda example: void(decode(example.raw))


def custody_event(example: Example) -> None:
    decode_event(example.raw)
    if given := example.given:
        path = [bytes.fromhex(value) for value in given["path"]]
        root = bytes.fromhex(given["root"])
        leaf = leaf_hash(example.raw)
        believe(verify_inclusion(leaf, given["index"], given["size"], path, root))


def checkpoint(example: Example) -> None:
    key = bytes.fromhex(example.given["public_key"])
    verify_checkpoint(example.raw, example.given["origin"], key)


def tlog_proof(example: Example) -> None:
    given, proof = example.given, decode_proof(example.raw)
    head = verify_checkpoint(proof.note, given["origin"], bytes.fromhex(given["public_key"]))
    leaf = leaf_hash(rfc8785.dumps(given["record"]))
    believe(verify_inclusion(leaf, proof.index, head.size, proof.path, head.root))


def transcript(example: Example) -> None:
    browser, service = example.given["browser"], example.given["service"]
    point, nonce, their_point, their_nonce = (
        bytes.fromhex(msgspec.convert(side[name], form))
        for side in (browser, service)
        for name, form in (("key", messages.Point), ("nonce", Hex32))
    )
    digest = pairing.transcript(point, nonce, their_point, their_nonce, service["recipient"])
    made = {
        "commit": pairing.commitment(point, nonce),
        "transcript": digest.hex(),
        "digits": pairing.digits(digest),
    }
    believe(made == example.said["document"])


def pair_reveal(example: Example) -> None:
    asked = decode_json(example.raw, messages.PairReveal)
    if "commit" in example.given:
        pairings = Pairings(Path(), "age1", lambda: 0.0, lambda: "")
        begun = pairings.start(ORIGIN, messages.PairStart(commit=example.given["commit"]))
        pairings.reveal(ORIGIN, msgspec.structs.replace(asked, pairing=begun.pairing))


def pair_finished(example: Example) -> None:
    told = msgspec.json.decode(example.raw, type=messages.PairFinished)
    if isinstance(told, messages.PairAccepted):
        key, pairing_id = bytes.fromhex(example.given["key"]), example.given["pairing"]
        believe(told.mac == mac.paired_mac(key, pairing_id))


def receipt(example: Example) -> None:
    told = msgspec.json.decode(example.raw, type=messages.Receipt)
    key, sent = bytes.fromhex(example.given["key"]), example.given["sent"]
    believe((told.key, told.sha256) == (sent["key"], sent["sha256"]))
    code = mac.receipt_mac(key, told.status, told.key, told.sha256, told.received_at)
    believe(told.mac == code)


def ticket(example: Example) -> None:
    told = msgspec.json.decode(example.raw, type=messages.Ticket)
    believe(f".localhost:{example.given['port']}/" in told.address)


def question(kind: type[Any]) -> Callable[[Example], None]:
    """Return how the service reads a question."""
    return lambda example: void(decode_json(example.raw, kind))


def answer(kind: Any) -> Callable[[Example], None]:
    """Return how an answer is read; the service itself only writes them."""
    return lambda example: void(msgspec.json.decode(example.raw, type=kind))


def void(_: object) -> None:
    """Drop a value."""


TO_THE_SERVICE: dict[str, Callable[[Example], None]] = {
    "envelope-header": envelope_header,
    "start": exhibit(decode_start),
    "reading": exhibit(decode_reading),
    "facts": exhibit(decode_facts),
    "note": exhibit(decode_note),
    "custody-event": custody_event,
    "checkpoint": checkpoint,
    "tlog-proof": tlog_proof,
    "pair-start": question(messages.PairStart),
    "pair-reveal": pair_reveal,
    "pair-finish": question(messages.PairFinish),
    "ticket-request": question(messages.TicketRequest),
}
"""What the service reads. It refuses with the code that the example names."""

TO_THE_BROWSER: dict[str, Callable[[Example], None]] = {
    "pair-started": answer(messages.PairStarted),
    "pair-revealed": answer(messages.PairRevealed),
    "pair-finished": pair_finished,
    "receipt": receipt,
    "status": answer(messages.Status),
    "ticket": ticket,
    "error-answer": answer(messages.ErrorAnswer),
}
"""What the extension reads. There, not here, a refusal has the code that the example names."""

BY_BOTH: dict[str, Callable[[Example], None]] = {"transcript": transcript}
"""What both sides compute for themselves, so that a person can compare it."""

READERS = {**TO_THE_SERVICE, **TO_THE_BROWSER, **BY_BOTH}


def verdict(example: Example) -> str:
    """Return "accepted", the code of the refusal, or "refused" when it has none."""
    try:
        READERS[example.document](example)
    except HandrailError as refused:
        return refused.code
    except (NotProved, msgspec.DecodeError, UnicodeDecodeError):
        return "refused"
    return "accepted"
