"""`make bench`: how much longer the careful way takes than the plain way.

Both ways do the same work on the same bytes, in turns, in one run, on the disk of --folder. What
counts is the ratio of the medians; the milliseconds belong to this computer. What each way does is
said beside its number, so that nobody has to guess what is compared. Every row that was measured is
printed and written into docs/bench.md at once; rows that were not measured stay as they are.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from handrail.app.browsers import BROWSERS, BrowserName
from handrail.vault.inbox import Inbox
from handrail.vault.vault import open_vault
from handrail.web.application import load_catalogue
from handrail.web.exports import write_export
from tests.bench import kills
from tests.bench.comparing import Measured, seconds
from tests.bench.conversation import measure_conversation
from tests.bench.memory import measure_memory
from tests.bench.pages import measure_pages
from tests.bench.table import Row, keep, show
from tests.browser.lists import LISTS
from tests.builders import a_capture, hand_in
from tests.building import build_both

CHUNK = 256 * 1024
DOCS = Path(__file__).resolve().parents[2] / "docs"


def measure_ingest(folder: Path, turns: int, size: int) -> Measured:
    """Measure the way of one sealed envelope to a disk that a power cut cannot take it from."""
    inbox = Inbox(folder / "vault")
    plainly = folder / "plain"
    plainly.mkdir()

    def plain(data: bytes) -> None:
        digest = hashlib.sha256()
        with (plainly / secrets.token_hex(16)).open("xb") as file:
            for start in range(0, len(data), CHUNK):
                digest.update(data[start : start + CHUNK])
                file.write(data[start : start + CHUNK])
            file.flush()
            os.fsync(file.fileno())
        digest.hexdigest()

    def careful(data: bytes, sha256: str) -> None:
        incoming = inbox.begin(secrets.token_hex(16), len(data))
        for start in range(0, len(data), CHUNK):
            incoming.write(data[start : start + CHUNK])
        incoming.finish(sha256, datetime.now(UTC))

    result = Measured(
        f"one envelope of {size // 1024} KiB made durable",
        "SHA-256, write, fsync",
        [],
        "the same, and: room checked, duplicate looked for, named without replacing, folder synced",
        [],
    )
    for turn in range(turns):
        data = secrets.token_bytes(size)
        sha256 = hashlib.sha256(data).hexdigest()
        ways = [
            (result.plain_seconds, partial(plain, data)),
            (result.careful_seconds, partial(careful, data, sha256)),
        ]
        for times, way in ways if turn % 2 else reversed(ways):
            times.append(seconds(way))
    return result


def measure_package(folder: Path, turns: int, captures: int, size: int) -> Measured:
    """Measure the way from a vault to a finished package."""
    loose = folder / "loose"
    with open_vault(folder / "case", lambda: datetime.now(UTC)) as vault:
        for number in range(1, captures + 1):
            capture = a_capture(vault.recipient, picture=secrets.token_bytes(size))
            place = loose / f"{number:04}"
            place.mkdir(parents=True)
            for kind, body in capture.exhibits.items():
                (place / kind).write_bytes(body)
            for envelope in capture.envelopes:
                hand_in(vault, envelope, datetime.now(UTC))
        while vault.drain().added:  # a drain takes some at a time
            pass
        export = vault.choose_export()
        catalogue = load_catalogue()

        def plain(out: Path) -> None:
            subprocess.run(["zip", "-0", "-q", "-r", out, "."], cwd=loose, check=True)
            with out.open("rb") as file:
                os.fsync(file.fileno())

        result = Measured(
            f"a package of {captures} captures, {captures * size // 1024**2} MiB",
            "zip -0 of the same files lying in the clear, fsync",
            [],
            "every exhibit decrypted and compared with the log; proofs; signed; read back; fsync",
            [],
        )
        for turn in range(turns):
            zipped, package = folder / f"{turn}.plain.zip", folder / f"{turn}.zip"
            ways: list[tuple[list[float], Callable[[], object]]] = [
                (result.plain_seconds, partial(plain, zipped)),
                (result.careful_seconds, partial(write_export, vault, catalogue, export, package)),
            ]
            for times, way in ways if turn % 2 else reversed(ways):
                times.append(seconds(way))
            # Both hold every byte, or the comparison is worth nothing.
            assert min(zipped.stat().st_size, package.stat().st_size) > captures * size
            zipped.unlink()
            package.unlink()
    return result


IN_A_BROWSER = ("pages", "conversations", "kills", "memory")
PARTS = ("ingest", "package", *IN_A_BROWSER)
"""What can be measured."""


def measure_in(
    browser: BrowserName, part: str, builds: Path, place: Path, chosen: argparse.Namespace
) -> Iterator[tuple[Row, bool]]:
    """Measure one part in one browser: rows, and whether what must hold holds."""
    if part == "pages":
        for result in measure_pages(builds, place, browser, chosen.saves):
            yield result.row(), True
    elif part == "conversations":
        for kind in chosen.list:
            saved = measure_conversation(builds, place, browser, chosen.messages, kind)
            yield saved.row(), saved.is_good()
    elif part == "kills":
        left = kills.measure_kills(builds, place, browser, chosen.kills, chosen.seed)
        yield kills.row_of(browser, left), kills.is_proof(left)
    else:
        for row in measure_memory(builds, place, browser, chosen.messages, chosen.long):
            yield row, True


def main() -> int:
    """Measure, print and write; return 1 when something was lost or a gap was not said."""
    options = argparse.ArgumentParser(prog="make bench", description=__doc__)
    options.add_argument("--folder", type=Path, help="a folder on the disk to measure")
    options.add_argument("--turns", type=int, default=60, help="envelopes each way")
    options.add_argument("--packages", type=int, default=7, help="packages each way")
    options.add_argument("--captures", type=int, default=60, help="captures in a package")
    options.add_argument("--size", type=int, default=1024 * 1024, help="bytes of an exhibit")
    options.add_argument("--saves", type=int, default=3, help="saves each way, in each browser")
    options.add_argument("--messages", type=int, default=500, help="in a conversation")
    options.add_argument("--long", type=int, default=5_000, help="in one of which memory is told")
    options.add_argument("--list", choices=LISTS, nargs="+", default=LISTS, help="how it scrolls")
    options.add_argument("--kills", type=int, default=20, help="in each browser")
    options.add_argument("--seed", type=int, default=20, help="for the moments of the kills")
    options.add_argument("--browser", choices=BROWSERS, nargs="+", default=BROWSERS)
    options.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="not all of it")
    options.add_argument("--into", type=Path, default=DOCS, help="where the table is written")
    options.add_argument("--print", action="store_true", help="write no table: for a trial")
    chosen = options.parse_args()
    good = True

    def tell(row: Row) -> None:
        show(row)
        if not chosen.print:
            keep(chosen.into, [row])

    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="handrail-bench-") as name:
        folder = Path(name)
        if "ingest" in chosen.only:
            tell(measure_ingest(folder, chosen.turns, chosen.size).row())
        if "package" in chosen.only:
            tell(measure_package(folder, chosen.packages, chosen.captures, chosen.size).row())
        parts = [part for part in IN_A_BROWSER if part in chosen.only]
        builds = folder / "builds"
        if parts:
            build_both(builds)
        for part, browser in itertools.product(parts, chosen.browser):
            place = folder / f"{part}-{browser}"
            place.mkdir()
            began = time.monotonic()
            for row, holds in measure_in(browser, part, builds, place, chosen):
                tell(row)
                good &= holds
            print(f"\n{part}, {browser}: {time.monotonic() - began:.0f} s in all", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
