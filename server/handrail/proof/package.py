"""Write a package: the portable, signed form of an export (DESIGN D10, shared/spec/package.md).

A package follows from the export's plan, the exhibits and the catalogue alone, so making it again
gives the same bytes. Nothing is decided here: what goes in stands in the custody log. Opening
exhibits and holding the key are left to the vault, which hands in two functions.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import BinaryIO

from .. import __version__
from ..core import checkpoint
from ..core.errors import Damaged, HandrailError, Refused
from ..core.plan import ExhibitRef, ExportPlan
from ..core.text import Catalogue
from ..system import no_room_is_an_answer, open_private, sync_folder
from .bag import Bag
from .captures import (
    CaptureShown,
    OpenExhibit,
    exhibits_by_capture,
    read_capture,
    read_exhibit,
    read_readings,
    refuse_long_records,
)
from .derived import MakePages, PagesWanted, derived_files
from .statement import PagesSaid
from .summary import render_readme, render_verify
from .verify import LIMITS

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
    """How far the writing is: in exhibits and their bytes, then in tiles that went onto pages."""

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    tiles_done: int = 0
    tiles_total: int = 0


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
        tiles = sum(exhibit.kind == "tile" for exhibit in plan.exhibits)
        self._tell(Progress(0, len(plan.exhibits), 0, total, 0, tiles))

    def through(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Pass one exhibit's bytes on while counting them. Raises `Cancelled` when asked to."""
        for chunk in chunks:
            self.go_on()
            yield chunk
            self._tell(replace(self._now, bytes_done=self._now.bytes_done + len(chunk)))
        self._tell(replace(self._now, files_done=self._now.files_done + 1))

    def page_tiles(self, count: int) -> None:
        """Count tiles that went onto pages, or that no page needs. Raises `Cancelled` as above."""
        self.go_on()
        done = min(self._now.tiles_done + count, self._now.tiles_total)
        self._tell(replace(self._now, tiles_done=done))

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
    make_pages: MakePages | None = None,
) -> PackageWritten:
    """Write the package of an export into an empty file that can be read back.

    1. The package will be one that its own verifier accepts: not too large.
    2. What every capture says of itself is read: each is whole, or was not finished.
    3. Payload, in the order of names; every exhibit is compared with the digest in the log.
    4. What is made again from the exhibits: the messages, and the pages if `make_pages` is given.
    5. Proof: the key, the checkpoint over the log, and each shown entry with its path.
    6. What a person reads.
    7. The lists of files, and last the signature that binds them all.
    8. The finished file is read back for its digest.

    Raises `Damaged` when an exhibit is not the one that was logged, `Refused` when the export
    cannot become a package, `Cancelled`. The file is then of no use and must be thrown away.
    """
    watch = watch or Watch()
    _refuse_what_no_verifier_takes(plan)  # 1
    by_capture = exhibits_by_capture(plan)
    captures = _captures(by_capture, open_exhibit, watch)  # 2
    watch.start(plan)
    with Bag(out, plan.name) as bag:
        for exhibit in plan.exhibits:  # 3
            chunks = watch.through(open_exhibit(exhibit))
            bag.add_stream(exhibit.path, chunks, exhibit.length, exhibit.sha256)
        said = PagesSaid()
        for name, body in _derived(captures, by_capture, open_exhibit, make_pages, catalogue, said):
            watch.go_on()
            bag.add(name, body)  # 4
            _refuse_too_much(bag, plan)
        _add_proof(bag, plan, sign, watch)  # 5
        bag.add("README.txt", render_readme(plan, captures, catalogue, said))  # 6
        bag.add("VERIFY.txt", render_verify(plan, catalogue))
        bag.finish(_bag_info(plan), lambda tagmanifest: _sealed(plan, sign, tagmanifest))  # 7
    return _read_back(out, bag.files)  # 8


def save_package(
    path: Path,
    plan: ExportPlan,
    open_exhibit: OpenExhibit,
    sign: Sign,
    catalogue: Catalogue,
    watch: Watch | None = None,
    make_pages: MakePages | None = None,
) -> PackageWritten:
    """Write the package to a path: all of it, durably, or nothing.

    It is written under a hidden name beside the path and gets its own name when it is complete. A
    package that is already there is replaced: it has the same bytes.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        descriptor = open_private(temporary, read_back=True)
        with no_room_is_an_answer(), os.fdopen(descriptor, "w+b") as file:
            written = write_package(file, plan, open_exhibit, sign, catalogue, watch, make_pages)
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
    refuse_long_records(plan)


def _captures(
    by_capture: Sequence[Sequence[ExhibitRef]], open_exhibit: OpenExhibit, watch: Watch
) -> tuple[CaptureShown, ...]:
    shown = []
    for number, exhibits in enumerate(by_capture, 1):
        watch.go_on()
        shown.append(read_capture(number, exhibits, open_exhibit))
    return tuple(shown)


def _derived(
    captures: Sequence[CaptureShown],
    by_capture: Sequence[Sequence[ExhibitRef]],
    open_exhibit: OpenExhibit,
    make_pages: MakePages | None,
    catalogue: Catalogue,
    said: PagesSaid,
) -> Iterator[tuple[str, bytes]]:
    for shown, exhibits in zip(captures, by_capture, strict=True):
        tiles = {exhibit.number: exhibit for exhibit in exhibits if exhibit.kind == "tile"}

        def open_tile(tile: int, of: dict[int, ExhibitRef] = tiles) -> bytes:
            return read_exhibit(of[tile], open_exhibit)

        readings = read_readings(exhibits, open_exhibit)
        ratio = (shown.start or shown.said).window.device_pixel_ratio
        wanted = PagesWanted(exhibits[0].capture, ratio, readings, open_tile)
        if wanted.readings:
            yield from derived_files(shown.number, wanted, make_pages, catalogue, said)


def _refuse_too_much(bag: Bag, plan: ExportPlan) -> None:
    files = bag.files + 2 * len(plan.disclosed) + _OTHER_FILES
    if files > LIMITS.files or bag.payload_bytes + files * _PROOF_BYTES > LIMITS.total_bytes:
        raise Refused("package-too-large", "too many pages for one package; choose fewer views")


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
