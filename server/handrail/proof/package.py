"""Write a package: the portable, signed form of an export (DESIGN D10, shared/spec/package.md).

A package follows from the export's plan, the exhibits and the catalogue alone, so making it again
gives the same bytes. Nothing is decided here: what goes in stands in the custody log. Opening
exhibits and holding the key are left to the vault, which hands in two functions.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import BinaryIO

from .. import __version__
from ..core import checkpoint
from ..core.errors import Damaged, HandrailError, Refused
from ..core.plan import ExhibitRef, ExportPlan
from ..core.records import ExhibitFacts, Facts, decode_facts
from ..core.text import Catalogue
from ..system import no_room_is_an_answer, open_private, sync_folder
from .bag import Bag
from .summary import CaptureShown, render_readme, render_verify
from .verify import LIMITS

OpenExhibit = Callable[[ExhibitRef], Iterator[bytes]]
Sign = Callable[[bytes], bytes]

_CHUNK = 1024 * 1024
_OTHER_FILES = 16
_PROOF_BYTES = 4096


class Cancelled(HandrailError):
    """The person stopped the writing of a package. Nothing of it was kept."""

    status = 409

    def __init__(self) -> None:
        super().__init__("package-cancelled", "the writing of the package was stopped")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the writing is, in exhibits and their bytes."""

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int


@dataclass(frozen=True, slots=True)
class PackageWritten:
    """A finished package: the SHA-256 and length of the ZIP, and how many files it holds."""

    sha256: str
    length: int
    files: int


class Watch:
    """Tells someone how far it is, and asks whether to go on."""

    def __init__(
        self,
        on_progress: Callable[[Progress], None] | None = None,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._on_progress = on_progress
        self._is_cancelled = is_cancelled
        self._now = Progress(0, 0, 0, 0)

    def start(self, plan: ExportPlan) -> None:
        """Begin at nothing done."""
        total = sum(exhibit.length for exhibit in plan.exhibits)
        self._tell(Progress(0, len(plan.exhibits), 0, total))

    def through(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Pass one exhibit's bytes on while counting them. Raises `Cancelled` when asked to."""
        for chunk in chunks:
            self.go_on()
            yield chunk
            now = self._now
            done = now.bytes_done + len(chunk)
            self._tell(Progress(now.files_done, now.files_total, done, now.bytes_total))
        now = self._now
        self._tell(Progress(now.files_done + 1, now.files_total, now.bytes_done, now.bytes_total))

    def go_on(self) -> None:
        """Raise `Cancelled` if the person asked to stop."""
        if self._is_cancelled is not None and self._is_cancelled():
            raise Cancelled

    def _tell(self, now: Progress) -> None:
        self._now = now
        if self._on_progress is not None:
            self._on_progress(now)


def write_package(
    out: BinaryIO,
    plan: ExportPlan,
    open_exhibit: OpenExhibit,
    sign: Sign,
    catalogue: Catalogue,
    watch: Watch | None = None,
) -> PackageWritten:
    """Write the package of an export into an empty file that can be read back.

    1. The package will be one that its own verifier accepts: not too large.
    2. The facts of every capture are read: each capture is whole.
    3. Payload, in the order of names; every exhibit is compared with the digest in the log.
    4. Proof: the key, the checkpoint over the log, and each shown entry with its path.
    5. What a person reads.
    6. The lists of files, and last the signature that binds them all.
    7. The finished file is read back for its digest.

    Raises `Damaged` when an exhibit is not the one that was logged, `Refused` when the export
    cannot become a package, `Cancelled`. The file is then of no use and must be thrown away.
    """
    watch = watch or Watch()
    _refuse_what_no_verifier_takes(plan)  # 1
    captures = _captures(plan, open_exhibit, watch)  # 2
    watch.start(plan)
    with Bag(out, plan.name) as bag:
        for exhibit in plan.exhibits:  # 3
            chunks = watch.through(open_exhibit(exhibit))
            bag.add_stream(exhibit.path, chunks, exhibit.length, exhibit.sha256)
        _add_proof(bag, plan, sign, watch)  # 4
        bag.add("README.txt", render_readme(plan, captures, catalogue))  # 5
        bag.add("VERIFY.txt", render_verify(plan, catalogue))
        bag.finish(_bag_info(plan), lambda tagmanifest: _sealed(plan, sign, tagmanifest))  # 6
    return _read_back(out, bag.files)  # 7


def save_package(
    path: Path,
    plan: ExportPlan,
    open_exhibit: OpenExhibit,
    sign: Sign,
    catalogue: Catalogue,
    watch: Watch | None = None,
) -> PackageWritten:
    """Write the package to a path: all of it, durably, or nothing.

    It is written under a hidden name beside the path and gets its own name when it is complete. A
    package that is already there is replaced: it has the same bytes.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        descriptor = open_private(temporary, read_back=True)
        with no_room_is_an_answer(), os.fdopen(descriptor, "w+b") as file:
            written = write_package(file, plan, open_exhibit, sign, catalogue, watch)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return written


def _refuse_what_no_verifier_takes(plan: ExportPlan) -> None:
    lengths = [exhibit.length for exhibit in plan.exhibits]
    files = len(lengths) + 2 * len(plan.disclosed) + _OTHER_FILES
    total = sum(lengths) + files * _PROOF_BYTES
    leaves = 65 * len(plan.records)
    if (
        files > LIMITS.files
        or max(lengths) > LIMITS.file_bytes
        or total > LIMITS.total_bytes
        or leaves > LIMITS.text_bytes
    ):
        raise Refused("package-too-large", "too much for one package; choose fewer views")


def _captures(
    plan: ExportPlan, open_exhibit: OpenExhibit, watch: Watch
) -> tuple[CaptureShown, ...]:
    by_capture: dict[str, list[ExhibitRef]] = {capture: [] for capture in plan.captures}
    for exhibit in plan.exhibits:
        by_capture[exhibit.capture].append(exhibit)
    shown = []
    for number, capture in enumerate(plan.captures, 1):
        watch.go_on()
        exhibits = by_capture[capture]
        facts = _facts_of(exhibits, open_exhibit)
        _refuse_what_is_not_whole(capture, exhibits, facts)
        shown.append(CaptureShown(number, facts))
    return tuple(shown)


def _facts_of(exhibits: list[ExhibitRef], open_exhibit: OpenExhibit) -> Facts:
    for exhibit in exhibits:
        if exhibit.kind == "facts":
            break
    else:
        raise Refused("capture-not-whole", "a chosen capture has no facts yet")
    if exhibit.length > LIMITS.record_bytes:
        raise Damaged("facts-shape", "the facts of a capture are larger than facts are")
    body = b"".join(open_exhibit(exhibit))
    if hashlib.sha256(body).hexdigest() != exhibit.sha256:
        raise Damaged("exhibit-digest", "an exhibit is not the one that was logged")
    return decode_facts(body)


def _refuse_what_is_not_whole(capture: str, exhibits: list[ExhibitRef], facts: Facts) -> None:
    here = {
        (exhibit.number, exhibit.kind, exhibit.length, exhibit.sha256)
        for exhibit in exhibits
        if exhibit.kind != "facts"
    }
    if facts.capture != capture or here != {_spelt(exhibit) for exhibit in facts.exhibits}:
        raise Refused("capture-not-whole", "a chosen capture is not complete")


def _spelt(exhibit: ExhibitFacts) -> tuple[int, str, int, str]:
    return exhibit.number, exhibit.kind, exhibit.length, exhibit.sha256


def _add_proof(bag: Bag, plan: ExportPlan, sign: Sign, watch: Watch) -> None:
    tree = plan.tree()
    size = len(tree)
    head = checkpoint.checkpoint_of(plan.case, tree)
    note = checkpoint.sign_checkpoint(head, plan.public_key, sign)
    bag.add("proof/case-key.pub.pem", checkpoint.encode_pem(plan.public_key))
    bag.add("proof/case-key.vkey", f"{_vkey(plan)}\n".encode())
    bag.add(f"proof/checkpoints/{size:08d}.leaves.txt", checkpoint.encode_leaves(tree.leaves()))
    bag.add(f"proof/checkpoints/{size:08d}.note", note)
    for index in plan.disclosed:
        watch.go_on()
        bag.add(f"proof/entries/{index:08d}.json", plan.records[index])
        proof = checkpoint.encode_proof(index, tree.inclusion_path(index), note)
        bag.add(f"proof/entries/{index:08d}.tlog-proof", proof)
    bag.add("proof/origin.txt", f"{plan.origin}\n".encode())
    bag.add("proof/verify.py", resources.files(__package__).joinpath("verify.py").read_bytes())


def _vkey(plan: ExportPlan) -> str:
    return checkpoint.encode_vkey(plan.origin, plan.public_key)


def _bag_info(plan: ExportPlan) -> list[tuple[str, str]]:
    """Return what the bag says of itself (RFC 8493 §2.2.2). Nothing about the person."""
    return [
        ("Bag-Software-Agent", f"Handrail {__version__}"),
        ("Bagging-Date", plan.at[:10]),
        ("External-Identifier", f"{plan.origin}/export/{plan.export}"),
    ]


def _sealed(plan: ExportPlan, sign: Sign, tagmanifest: bytes) -> bytes:
    signature = sign(tagmanifest)
    if not checkpoint.is_signed_by(plan.public_key, tagmanifest, signature):
        raise Damaged("signature", "the signing key is not the key of this case")
    return signature


def _read_back(out: BinaryIO, files: int) -> PackageWritten:
    out.flush()
    out.seek(0)
    digest = hashlib.sha256()
    length = 0
    while chunk := out.read(_CHUNK):
        digest.update(chunk)
        length += len(chunk)
    return PackageWritten(digest.hexdigest(), length, files)
