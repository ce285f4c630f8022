"""Spoilt at random, an answer is accepted by all three readers or by none."""

from __future__ import annotations

import json
import random
import subprocess
from typing import Any

import msgspec

from handrail.core import messages
from tests.contract.examples import ROOT, those
from tests.contract.test_examples import SCHEMAS

ANSWERS: dict[str, tuple[Any, str]] = {
    "pair-started": (messages.PairStarted, "decode_pairStarted"),
    "pair-revealed": (messages.PairRevealed, "decode_pairRevealed"),
    "pair-finished": (messages.PairFinished, "decode_pairFinished"),
    "receipt": (messages.Receipt, "decode_receipt"),
    "status": (messages.Status, "decode_status"),
    "error-answer": (messages.ErrorAnswer, "decode_errorAnswer"),
}

IN_JAVASCRIPT = """
import * as read from "./core/messages.js";
console.log(JSON.stringify(%s.map(([decode, text]) => {
  try {
    read[decode](read.decode_object(text));
    return true;
  } catch (thrown) {
    return thrown.name === "HandrailError" ? false : String(thrown);
  }
})));"""

LETTERS = "09afzAF-_ \n\r\t.:/~#\u2028\u0661\u00e9\U0001f600\x00\u00a0"
VALUES: tuple[Any, ...] = (None, True, 0, -1, 2**53 - 1, 2**53, 1.5, "", "0", [], [1], {})
NAMES = ("__proto__", "constructor", "toString", "more")


def spoilt(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return a copy with one field changed, left out, added or given twice under like names."""
    copy = dict(document)
    name = chance.choice(sorted(copy))
    value = copy[name]
    if isinstance(value, dict) and chance.random() < 0.7:
        return {**copy, name: spoilt(value, chance)}
    match chance.randrange(5):
        case 0:
            del copy[name]
        case 1:
            copy[spoilt_text(name, chance)] = value
        case 2:
            copy[name] = chance.choice(VALUES)
        case 3:
            copy[chance.choice(NAMES)] = chance.choice(VALUES)
        case _:
            copy[name] = spoilt_text(value, chance) if isinstance(value, str) else [value]
    return copy


def spoilt_text(text: str, chance: random.Random) -> str:
    """Return a text with one letter put in, taken out or replaced."""
    at = chance.randrange(len(text) + 1)
    letter: str = chance.choice([*LETTERS, ""])
    return text[:at] + letter + text[at + chance.randrange(2) :]


def accepts(name: str, text: str) -> bool:
    try:
        msgspec.json.decode(text.encode(), type=ANSWERS[name][0])
    except msgspec.DecodeError:
        return False
    return True


def test_all_three_say_the_same_of_any_answer() -> None:
    chance = random.Random(2020_12)
    sent = [
        (name, json.dumps(spoilt(chance.choice(those("valid", name)).said["document"], chance)))
        for name in ANSWERS
        for _ in range(500)
    ]
    done = subprocess.run(
        ["node", "--input-type=module", "-"],
        input=IN_JAVASCRIPT % json.dumps([(ANSWERS[name][1], text) for name, text in sent]),
        cwd=ROOT / "extension",
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    javascript = json.loads(done.stdout)
    python = [accepts(name, text) for name, text in sent]
    schema = [SCHEMAS[name].is_valid(json.loads(text)) for name, text in sent]
    assert 50 < sum(python) < 500
    for case, *said in zip(sent, python, javascript, schema, strict=True):
        assert len(set(said)) == 1, (case, said)
