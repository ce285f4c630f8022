"""The examples of shared/examples, for the tests. `shared/README.md` says what is in one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import rfc8785

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "shared" / "examples"

Kind = Literal["valid", "invalid", "tampered"]
KINDS: tuple[Kind, ...] = ("valid", "invalid", "tampered")

FIELDS = frozenset(
    {"description", "given", "document", "document_text", "document_hex", "code", "beyond_schema"}
)


@dataclass(frozen=True)
class Example:
    """One document that both halves must accept, refuse or detect as tampered with."""

    kind: Kind
    document: str
    name: str
    said: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind}/{self.document}/{self.name}"

    @property
    def raw(self) -> bytes:
        """The bytes of the document: as they stand, or in the canonical spelling of the value."""
        if "document_hex" in self.said:
            return bytes.fromhex(self.said["document_hex"])
        if "document_text" in self.said:
            return str(self.said["document_text"]).encode()
        return rfc8785.dumps(self.said["document"])

    @property
    def given(self) -> dict[str, Any]:
        """What a reader knows besides the document: keys, what was sent, a place in a log."""
        return self.said.get("given") or {}

    @property
    def code(self) -> str | None:
        """The code with which the half that receives it refuses it."""
        return self.said.get("code")


def every_example() -> list[Example]:
    """Return all examples of the contract, those of the advice excepted."""
    return [
        Example(kind, path.parent.name, path.stem, json.loads(path.read_text("utf-8")))
        for kind in KINDS
        for path in sorted((FOLDER / kind).glob("*/*.json"))
    ]


EXAMPLES = every_example()


def those(kind: Kind | None = None, document: str | None = None) -> list[Example]:
    """Return the examples of a kind, of a document, or of both."""
    return [e for e in EXAMPLES if kind in (None, e.kind) and document in (None, e.document)]
