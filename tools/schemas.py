"""Write shared/schemas: each document that crosses between the halves, in JSON Schema.

The records of the server say what a document is; this says it for every other language (JSON Schema
2020-12). What a schema cannot say is in the words of `shared/README.md` and proved on the examples.
With --check nothing is written: the exit status says whether the files are as the records have it.
`advice.schema.json` is not one of these: it is written by hand.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from handrail.core import messages, records
from handrail.core.envelope import EnvelopeHeader

FOLDER = Path(__file__).resolve().parent.parent / "shared" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

DOCUMENTS: dict[str, tuple[Any, str]] = {
    # What is kept.
    "envelope-header": (EnvelopeHeader, "The first line of what a sealed envelope holds"),
    "facts": (records.Facts, "The circumstances of one capture: facts.json"),
    "start": (records.StartFacts, "What is known when a long capture starts: start.json"),
    "reading": (records.Reading, "What was read while a tile was taken: readings/NNNNN.json"),
    "note": (records.Note, "A sentence of the person's own about a capture: notes/N.json"),
    "custody-event": (records.CustodyEvent, "One line of the custody log"),
    # Pairing: question and answer, in their order.
    "pair-start": (messages.PairStart, "POST /api/pair/start, the question"),
    "pair-started": (messages.PairStarted, "POST /api/pair/start, the answer"),
    "pair-reveal": (messages.PairReveal, "POST /api/pair/reveal, the question"),
    "pair-revealed": (messages.PairRevealed, "POST /api/pair/reveal, the answer"),
    "pair-finish": (messages.PairFinish, "POST /api/pair/finish, the question"),
    "pair-finished": (messages.PairFinished, "POST /api/pair/finish, the answer"),
    # A paired browser.
    "receipt": (messages.Receipt, "POST /api/envelopes, the answer"),
    "status": (messages.Status, "POST /api/status, the answer"),
    "ticket-request": (messages.TicketRequest, "POST /api/ticket, the question"),
    "ticket": (messages.Ticket, "POST /api/ticket, the answer"),
    "error-answer": (messages.ErrorAnswer, "Every answer that is a failure"),
}
"""Each document by the name of its file: the record, and its title."""


def main(arguments: list[str]) -> int:
    """Write the schemas, or compare them; return 1 when one is not as the records have it."""
    made = {FOLDER / f"{name}.schema.json": text_of(name) for name in DOCUMENTS}
    if arguments == ["--check"]:
        old = [
            path.name
            for path, text in made.items()
            if not path.is_file() or path.read_text("utf-8") != text
        ]
        if old:
            print(f"Not as the records have it: {', '.join(old)}. Run tools/schemas.py.")
            return 1
        print("The schemas are as the records have it.")
        return 0
    for path, text in made.items():
        path.write_text(text, "utf-8")
    return 0


def text_of(name: str) -> str:
    """Return the file of one document."""
    return json.dumps(schema_of(name), indent=2, ensure_ascii=False) + "\n"


def schema_of(name: str) -> dict[str, Any]:
    """Return the schema of one document, the parts it uses under `$defs`."""
    record, title = DOCUMENTS[name]
    (root,), parts = msgspec.json.schema_components((record,), ref_template="#/$defs/{name}")
    if "$ref" in root:
        root = parts.pop(root["$ref"].rpartition("/")[2])
    else:
        # msgspec writes a choice as OpenAPI has it. The tag already says which one it is.
        root = {"oneOf": root["anyOf"]}
    schema = {"$schema": DIALECT, "title": title, **{k: root[k] for k in root if k != "title"}}
    if parts:
        schema["$defs"] = {part: parts[part] for part in sorted(parts)}
    return schema


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
