"""Invented cases with real keys: a log, its exhibits, and packages made from them.

A test names only what matters to it. Identifiers and salts are derived from short words and the key
from a number, so that the same case is the same bytes every time.
"""

from __future__ import annotations

import hashlib
import json
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from handrail.core import canonical
from handrail.core.checkpoint import is_signed_by
from handrail.core.envelope import Kind
from handrail.core.plan import ExhibitRef, ExportPlan, plan_export
from handrail.core.records import (
    CaseOpened,
    CustodyEvent,
    EnvelopeQuarantined,
    EnvelopeRef,
    ExhibitAdded,
    ExhibitFacts,
    ExportChosen,
    Facts,
    decode_facts,
)
from handrail.core.text import Catalogue
from handrail.proof.derived import MakePages
from handrail.proof.package import PackageWritten, save_package
from handrail.proof.verify import verify_package

REPOSITORY = Path(__file__).parents[2]
CATALOGUE = Catalogue.load((REPOSITORY / "shared" / "text" / "en.json").read_bytes())
VERIFIER = REPOSITORY / "server" / "handrail" / "proof" / "verify.py"


def identifier(word: str, digits: int = 32) -> str:
    """Return an identifier made from a word."""
    return hashlib.sha256(word.encode()).hexdigest()[:digits]


def plain_picture(
    width: int = 8, height: int = 6, colour: tuple[int, int, int] = (0, 90, 90)
) -> bytes:
    """Return a PNG of one colour."""

    def part(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = (b"\x00" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", head)
        + part(b"IDAT", zlib.compress(rows, 0))
        + part(b"IEND", b"")
    )


def facts_of(capture: str, exhibits: list[ExhibitFacts], **changes: Any) -> Facts:
    """Return the facts of an invented view. `changes` replace whole sections by their fields."""
    sections: dict[str, Any] = {
        "source": {
            "url": "https://chat.example.com/direct/sky.m_204",
            "title": "Messages with sky.m_204",
            "referrer": None,
            "language": "en",
        },
        "subject": None,
        "times": {
            "started": "2026-11-24T07:03:01.123Z",
            "finished": "2026-11-24T07:03:02.004Z",
            "zone": "Europe/London",
            "offset_minutes": 0,
            "uptime_ms": 5_400_000,
        },
        "window": {
            "width": 1280,
            "height": 720,
            "page_width": 1280,
            "page_height": 4210,
            "scroll_x": 0,
            "scroll_y": 600,
            "device_pixel_ratio": "1.5",
        },
        "picture": {"width": 8, "height": 6},
        "made_by": {
            "extension": "0.1.0",
            "browser": "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0",
            "platform": "Linux x86_64",
            "languages": ["en-GB"],
        },
        "pictures": {"hidden": True, "count": 4, "verified": True, "shown": None},
        "completeness": {
            "ended": "done",
            "top": None,
            "bottom": None,
            "tiles": 0,
            "messages": None,
            "earliest": None,
            "latest": None,
            "overlays_hidden": 0,
            "gaps": [],
            "not_read": [],
            "page_changed": False,
        },
    }
    save = changes.pop("save", "view")
    for name, fields in changes.items():
        sections[name] = {**(sections[name] or {}), **fields}
    listed = [msgspec.structs.asdict(exhibit) for exhibit in exhibits]
    head = {"v": 1, "capture": capture, "save": save, "exhibits": listed}
    return decode_facts(canonical.encode({**head, **sections}))


_NOTHING = ExhibitFacts(number=1, kind="view", media_type="image/png", length=0, sha256="0" * 64)


def reading_of(capture: str, number: int, tile: int) -> dict[str, Any]:
    """Return the reading of an invented tile as plain data: four messages of 40 px each."""
    return {
        "v": 1,
        "capture": capture,
        "tile": number,
        "at": "2026-11-24T07:03:01.500Z",
        "box": {"left": 0, "top": 0, "width": 1280, "height": 160},
        "top": 160 * tile,
        "joined": True,
        "overlays": 0,
        "pictures": 4,
        "rows": [
            {
                "id": 4 * tile + place,
                "top": 40 * place,
                "left": 0,
                "width": 400,
                "height": 36,
                "side": "own" if place % 2 else "theirs",
                "time": None if place else "2026-11-20T10:00:00Z",
                "text": f"message {4 * tile + place + 1}",
            }
            for place in range(4)
        ],
    }


def note_about(capture: str, text: str) -> dict[str, Any]:
    """Return a note as plain data."""
    return {
        "v": 1,
        "about": capture,
        "written": "2026-11-25T08:02:00.000Z",
        "zone": "Europe/Paris",
        "offset_minutes": 60,
        "text": text,
    }


class Case:
    """A case that grows. The bytes of every exhibit are kept by their digest."""

    def __init__(self, name: str = "meadow", seed: int = 1) -> None:
        self.name = name
        self.case = identifier(f"case {name}")
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.public = self.private.public_key().public_bytes_raw()
        self.records: list[bytes] = []
        self.exhibits: dict[str, bytes] = {}
        self.log(CaseOpened, vault=identifier("vault"))

    def log(self, event: type[CustodyEvent], **fields: Any) -> None:
        """Add one record."""
        number = len(self.records)
        record = event(
            v=1,
            case=self.case,
            at=f"2026-11-24T07:{number // 60 % 60:02d}:{number % 60:02d}.000Z",
            salt=identifier(f"salt {self.name} {number}"),
            **fields,
        )
        self.records.append(canonical.encode(record))

    def add_exhibit(
        self,
        capture: str,
        number: int,
        kind: Kind,
        media_type: str,
        body: bytes,
        sha256: str | None = None,
        length: int | None = None,
    ) -> ExhibitFacts:
        """Add one exhibit and return what its capture's facts say of it.

        A digest and a length can be given for an exhibit whose bytes are made somewhere else.
        """
        digest = sha256 or hashlib.sha256(body).hexdigest()
        self.exhibits[digest] = body
        listed = ExhibitFacts(
            number=number,
            kind=kind,  # type: ignore[arg-type]  # facts and notes are named by no facts
            media_type=media_type,
            length=len(body) if length is None else length,
            sha256=digest,
        )
        self.log(
            ExhibitAdded,
            capture=capture,
            envelope=EnvelopeRef(
                key=identifier(f"envelope {capture} {number}"),
                sha256=identifier(f"sealed {digest}", 64),
            ),
            received_at="2026-11-24T07:03:03.000Z",
            **msgspec.structs.asdict(listed),
        )
        return listed

    def add_facts(self, capture: str, listed: list[ExhibitFacts], **changes: Any) -> None:
        """Add the facts of a capture as its last exhibit."""
        facts = canonical.encode(facts_of(capture, listed, **changes))
        self.add_exhibit(capture, len(listed) + 1, "facts", "application/json", facts)

    def save_view(self, word: str, *, view: bytes | None = None, **changes: Any) -> str:
        """Save an invented view of three exhibits and return its capture."""
        capture = identifier(f"capture {self.name} {word}")
        page = f"<!doctype html><title>{word}</title><p>Pay by 20:00 or I send it</p>".encode()
        listed = [
            self.add_exhibit(capture, 1, "view", "image/png", view or plain_picture()),
            self.add_exhibit(capture, 2, "page", "text/html;charset=utf-8", page),
        ]
        self.add_facts(capture, listed, **changes)
        return capture

    def save_conversation(
        self,
        word: str,
        *,
        tiles: int = 2,
        finished: bool = True,
        notes: Sequence[str] = (),
        save: str = "conversation",
        **changes: Any,
    ) -> str:
        """Save an invented conversation of four messages a tile, and return its capture."""
        capture = identifier(f"capture {self.name} {word}")
        plain = msgspec.to_builtins(facts_of(capture, [_NOTHING], times=changes.get("times", {})))
        start = {name: plain[name] for name in ("v", "capture", "source", "window", "made_by")}
        times = {name: value for name, value in plain["times"].items() if name != "finished"}
        first = canonical.encode({**start, "save": save, "times": times})
        page = f"<!doctype html><title>{word}</title>".encode()
        listed = [
            self.add_exhibit(capture, 1, "start", "application/json", first),
            self.add_exhibit(capture, 2, "view", "image/png", plain_picture()),
            self.add_exhibit(capture, 3, "page", "text/html;charset=utf-8", page),
        ]
        for tile in range(tiles):
            number = 4 + 2 * tile
            picture = plain_picture(colour=(tile % 256, 9, 9))
            said = canonical.encode(reading_of(capture, number, tile))
            listed += [
                self.add_exhibit(capture, number, "tile", "image/png", picture),
                self.add_exhibit(capture, number + 1, "reading", "application/json", said),
            ]
        for place, text in enumerate(notes):
            said = canonical.encode(note_about(capture, text))
            self.add_exhibit(capture, 1_000_000 + place, "note", "application/json", said)
        if finished:
            completeness: dict[str, Any] = {"tiles": tiles, "messages": 4 * tiles, "top": "reached"}
            completeness |= changes.pop("completeness", {})
            self.add_facts(capture, listed, save=save, completeness=completeness, **changes)
        return capture

    def quarantine(self, word: str) -> None:
        """Put an envelope aside."""
        envelope = EnvelopeRef(key=identifier(word), sha256=identifier(word, 64))
        self.log(
            EnvelopeQuarantined,
            envelope=envelope,
            reason="envelope-digest",
            received_at="2026-11-24T07:03:04.000Z",
        )

    def choose(
        self, *captures: str, word: str = "first", time_tokens: tuple[str, ...] = ()
    ) -> None:
        """Choose what goes into a package."""
        self.log(
            ExportChosen,
            export=identifier(f"export {self.name} {word}"),
            captures=captures,
            time_tokens=time_tokens,
        )

    def plan(self) -> ExportPlan:
        """Return the plan of the export that was chosen last."""
        return plan_export(self.case, self.records, self.public)

    def open_exhibit(self, exhibit: ExhibitRef) -> Iterator[bytes]:
        """Yield an exhibit in small pieces."""
        body = self.exhibits[exhibit.sha256]
        for start in range(0, len(body), 50):
            yield body[start : start + 50]

    def save(self, path: Path, make_pages: MakePages | None = None) -> PackageWritten:
        """Write the package of the export that was chosen last."""
        return save_package(
            path,
            self.plan(),
            self.open_exhibit,
            self.private.sign,
            CATALOGUE,
            make_pages=make_pages,
        )


def two_views(name: str = "meadow", seed: int = 1) -> Case:
    """Return a case with two views, both chosen: the whole log is in its package."""
    case = Case(name, seed)
    first = case.save_view("first")
    second = case.save_view("second", view=plain_picture(colour=(200, 150, 20)))
    case.choose(first, second)
    return case


def unpack(package: Path, into: Path) -> Path:
    """Unpack one of our own packages and return its folder."""
    with zipfile.ZipFile(package) as archive:
        archive.extractall(into)
    (folder,) = into.iterdir()
    return folder


def rewrite_lists(folder: Path) -> None:
    """Do what someone without the key can do: make both manifests fit the files again."""
    files = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    payload = [name for name in files if name.startswith("data/")]
    size = sum((folder / name).stat().st_size for name in payload)
    info = (folder / "bag-info.txt").read_text("utf-8").splitlines()
    kept = [line for line in info if not line.startswith("Payload-Oxum")]
    _write_lines(folder / "bag-info.txt", [*kept, f"Payload-Oxum: {size}.{len(payload)}"])
    _write_lines(folder / "manifest-sha256.txt", _listed(folder, payload))
    tags = [name for name in files if name not in payload and "tagmanifest" not in name]
    _write_lines(folder / "tagmanifest-sha256.txt", _listed(folder, tags))


def _listed(folder: Path, names: list[str]) -> list[str]:
    return [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in names]


def _write_lines(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def verify_alone(package: Path, *options: str, verifier: Path = VERIFIER) -> dict[str, Any]:
    """Run verify.py as a reader would, with openssl, and return its report."""
    done = subprocess.run(
        [sys.executable, "-I", verifier, package, "--json", *options],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.stderr == ""
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["exit"] == done.returncode
    return report


def verify_imported(package: Path, key: str | None = None) -> dict[str, Any]:
    """Verify as `handrail verify` does, with the cryptography library in place of openssl."""
    return verify_package(str(package), given_key=key, check_ed25519=is_signed_by)


def failures(report: dict[str, Any]) -> set[tuple[int, str | None]]:
    """Return the number and file of every check that failed."""
    return {(check["number"], check["file"]) for check in report["checks"] if not check["passed"]}
