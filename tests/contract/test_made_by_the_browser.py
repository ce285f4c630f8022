"""What the extension makes, Python and the schemas accept: envelopes, questions, facts, codes."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from handrail.core import mac, messages
from handrail.core.digest import decode_content_digest
from handrail.core.envelope import MEDIA_TYPES, numbers_of, verify_envelope
from handrail.core.records import decode_facts, decode_note, decode_start
from handrail.web.api import decode_json
from tests.contract.examples import FOLDER, ROOT, those
from tests.contract.test_examples import SCHEMAS

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    done = subprocess.run(
        ["node", Path(__file__).with_name("made.js"), FOLDER, KEY.hex()],
        cwd=ROOT / "extension",
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_an_envelope_is_made_byte_for_byte_as_the_examples_have_it(made: dict[str, Any]) -> None:
    for example, content in zip(those("valid", "envelope-header"), made["envelopes"], strict=True):
        body = example.given["body"].encode()
        assert bytes.fromhex(content) == example.raw + b"\n" + body
        verify_envelope(bytes.fromhex(content))


def test_every_question_of_a_pairing_is_one_that_the_service_reads(made: dict[str, Any]) -> None:
    kinds: dict[str, tuple[type[Any], str]] = {
        "/api/pair/start": (messages.PairStart, "pair-start"),
        "/api/pair/reveal": (messages.PairReveal, "pair-reveal"),
        "/api/pair/finish": (messages.PairFinish, "pair-finish"),
    }
    assert [path for path, _ in made["pairing"]] == [*kinds, *kinds]
    proofs = []
    for path, body in made["pairing"]:
        kind, name = kinds[path]
        asked = decode_json(bytes.fromhex(body), kind)
        SCHEMAS[name].validate(json.loads(bytes.fromhex(body)))
        if isinstance(asked, messages.PairReveal):
            proofs.append(asked.proof is not None)
    assert proofs == [False, True]


def test_every_request_of_a_connected_browser_is_signed_as_the_service_expects(
    made: dict[str, Any],
) -> None:
    wanted = [example.said["document"]["to"] for example in those("valid", "ticket-request")]
    paths = []
    for request in made["requests"]:
        path, headers = (
            request["address"].removeprefix("http://127.0.0.1:28417"),
            request["headers"],
        )
        sha256 = decode_content_digest(headers["Content-Digest"])
        assert sha256 == hashlib.sha256(bytes.fromhex(request["body"])).hexdigest()
        code = mac.request_mac(KEY, request["method"], path, headers["Idempotency-Key"], sha256)
        assert headers["Authorization"] == f"Handrail {'ab' * 16}:{code}"
        paths.append(path)
        if path == "/api/ticket":
            asked = decode_json(bytes.fromhex(request["body"]), messages.TicketRequest)
            SCHEMAS["ticket-request"].validate(json.loads(bytes.fromhex(request["body"])))
            assert asked.to == wanted.pop(0)
    assert paths == ["/api/status", "/api/ticket"] * 2 + ["/api/envelopes"]


def test_the_facts_of_the_strangest_page_are_facts(made: dict[str, Any]) -> None:
    facts = [decode_facts(bytes.fromhex(body)) for body in made["facts"]]
    for body in made["facts"]:
        SCHEMAS["facts"].validate(json.loads(bytes.fromhex(body)))
    plain, scrolled, long, emoji, half, control, far = facts
    assert plain.times.started == "1970-03-10T12:00:00.000Z"
    assert (plain.source.referrer, plain.source.language) == (None, None)
    assert (scrolled.window.scroll_x, scrolled.window.device_pixel_ratio) == (0, "1.1")
    assert len(long.source.url) == 65_536
    assert {part.what for part in long.completeness.not_read} == {
        "closed-root", "frame", "long-referrer", "long-url",
    }  # fmt: skip
    assert len(emoji.source.title) == 2048
    assert half.source.title == "\ufffd half \ufffd"
    assert control.window.device_pixel_ratio == "0.333333"
    assert (far.times.offset_minutes, far.window.device_pixel_ratio) == (845, "500")


def test_the_start_of_a_long_save_is_a_start_whatever_the_page_says(made: dict[str, Any]) -> None:
    assert {said["kind"] for said in made["starts"]} == {"start"}
    assert {said["number"] for said in made["starts"]} == {1}
    starts = [decode_start(bytes.fromhex(said["bytes"])) for said in made["starts"]]
    for said, start in zip(made["starts"], starts, strict=True):
        SCHEMAS["start"].validate(json.loads(bytes.fromhex(said["bytes"])))
        assert start.capture == said["capture"]
    assert {start.save for start in starts} == {"page", "conversation"}
    assert starts[0].times.started == "2026-03-10T00:00:00.000Z"
    assert len(starts[2].source.url) == 65_536


def test_a_note_is_a_note_with_a_number_of_its_own(made: dict[str, Any]) -> None:
    for said in made["notes"]:
        note = decode_note(bytes.fromhex(said["bytes"]))
        SCHEMAS["note"].validate(json.loads(bytes.fromhex(said["bytes"])))
        assert (note.about, note.text) == ("ab" * 16, said["text"])
        assert said["kind"] == "note"
        assert said["media_type"] == MEDIA_TYPES["note"]
        assert said["number"] in numbers_of("note")
    assert len({said["number"] for said in made["notes"]}) == len(made["notes"])
