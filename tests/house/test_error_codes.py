"""Every code has its sentence: what happened, that nothing was lost, what is next; and no other.

The codes are read out of the source: every error that is raised by name, and the few places where a
code is passed on. The verifier inside a package stands alone and brings its own sentences.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.core import errors
from handrail.imaging import limits

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "server" / "handrail"
STANDS_ALONE = SERVER / "proof" / "verify.py"

WORDS = {
    key.removeprefix("error."): sentence
    for key, sentence in json.loads((ROOT / "shared/text/en.json").read_text("utf-8")).items()
    if key.startswith("error.")
}

TREE = {name for name, thing in vars(errors).items() if isinstance(thing, type)}
"""The names of our errors."""

PASS_A_CODE_ON = {"super().__init__": 0, "_protect_again": 1}
"""Other calls that are given a code, and at which place."""

PASSED_THROUGH = {
    # The running service has said this code, and this code is one of ours.
    "app/control.py: HandrailError(told['code'], told['message'], status=response.status)",
    # Codes of pictures: limits.CODES.
    "imaging/pictures.py: super().__init__(code, 'the picture was not read', status=422)",
    # How a child ends: limits.CODES again, on its way out of the child.
    "imaging/child.py: super().__init__(how.name)",
    # The base of our errors, and a code that was raised and is shown beside its field.
    "core/errors.py: super().__init__(message)",
    "web/locking.py: _protect_again(request, refused.code)",
}
"""Calls where the code is not written out, each one looked at."""


def calls() -> Iterator[tuple[Path, ast.Call, ast.expr]]:
    """Give every call that is given a code, with that argument."""
    for path in sorted(SERVER.rglob("*.py")):
        if path == STANDS_ALONE:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                place = 0 if name.rpartition(".")[2] in TREE else PASS_A_CODE_ON.get(name)
                if place is not None and len(node.args) > place:
                    yield path, node, node.args[place]


def raised() -> set[str]:
    written = {
        code.value
        for _, _, code in calls()
        if isinstance(code, ast.Constant) and isinstance(code.value, str)
    }
    return written | set(limits.CODES.values()) | {limits.FAILED}


def test_every_code_has_a_sentence() -> None:
    assert raised() - set(WORDS) == set()


def test_every_sentence_has_a_code() -> None:
    assert set(WORDS) - raised() == set()


def test_every_code_that_is_passed_on_was_looked_at() -> None:
    dynamic = {
        f"{path.relative_to(SERVER)}: {ast.unparse(call)}"
        for path, call, code in calls()
        if not isinstance(code, ast.Constant)
    }
    assert dynamic == PASSED_THROUGH


@pytest.mark.parametrize("code", sorted(WORDS))
def test_a_sentence_is_calm(code: str) -> None:
    sentence = WORDS[code]
    assert "!" not in sentence
    assert "{" not in sentence
    longest = max(len(part.split()) for part in sentence.split(". "))
    assert longest <= 20, sentence
    for word in ("must", "invalid", "fatal", "illegal", "abort", "victim", "sorry", "oops"):
        assert word not in sentence.lower().split()
