"""Making packages: one job at a time, with progress and cancel (DESIGN D10).

A package is a function of its export record, so it is made when it is asked for, handed out, and
removed: no plaintext package stays in the data folder. Stopping a job loses nothing; it can be made
again and has the same bytes.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .. import system
from ..core.errors import HandrailError, NotFound, Refused
from ..core.plan import ExhibitRef, plan_export
from ..core.text import Catalogue
from ..imaging.pages import draw_pages, lay_out
from ..imaging.pictures import PictureRefused
from ..proof.derived import MakePages, PagesMade, PagesWanted
from ..proof.package import Cancelled, PackageWritten, Progress, Watch, save_package
from ..vault.vault import Vault

KEEP_SECONDS = 15 * 60.0
"""How long a made package waits to be fetched."""

_IN_MEMORY = 32 * 1024 * 1024
"""How many bytes of drawn pages wait in memory; more wait beside the package."""

State = Literal["making", "ready", "stopped", "failed"]


def write_export(
    vault: Vault,
    catalogue: Catalogue,
    export: str,
    out: Path,
    watch: Watch | None = None,
    say: Callable[[str, PagesMade], None] | None = None,
) -> PackageWritten:
    """Write the package of an export to a new file, and record that it was made.

    `say` is told of each capture that lacks numbered pages, or has a gap in them where a tile could
    not be read: it is in the package like that. Call this where no event loop runs.

    The file appears under its name only when it is whole and synced. Raises `Refused` when the name
    is taken, `DiskFull`, `Damaged` when an exhibit is not the one that was logged, and `Cancelled`.
    """
    known = vault.export(export)
    plan = plan_export(
        known.case, vault.log(known.case, known.index + 1), vault.public_key(known.case)
    )

    def open_exhibit(ref: ExhibitRef) -> Iterator[bytes]:
        yield vault.open_exhibit(ref.capture, ref.number)

    watch = watch or Watch()
    if out.exists():
        raise Refused("file-exists", "there is a file of this name already", status=409)
    system.check_room(out.parent, sum(ref.length for ref in plan.exhibits))
    made = save_package(
        out,
        plan,
        open_exhibit,
        lambda message: vault.sign(known.case, message),
        catalogue,
        watch,
        pages_maker(watch, out.parent, say),
    )
    vault.record_package(export, made.sha256, made.length)
    return made


def pages_maker(
    watch: Watch, folder: Path, say: Callable[[str, PagesMade], None] | None
) -> MakePages:
    """Return what makes the pages of a capture, and stops between two tiles when it is asked to.

    A capture has all its pages or, when the child failed, none: they wait in `folder`, in a file
    without a name, until the last of them is drawn.
    """

    def pages_of(wanted: PagesWanted) -> PagesMade:
        drawn: set[int] = set()
        looking = True

        def open_tile(tile: int) -> bytes:
            watch.go_on()
            if not looking and tile not in drawn:
                drawn.add(tile)
                watch.page_tiles(1)
            return wanted.open_tile(tile)

        made = PagesMade()
        try:
            layout = lay_out(wanted.ratio, wanted.readings, open_tile)
            looking = False
            made = _waiting(draw_pages(layout, open_tile), folder, tuple(sorted(layout.unread)))
        except PictureRefused:
            pass  # the child failed: the package is whole without these pages, and says so
        watch.page_tiles(len(wanted.readings) - len(drawn))
        if say is not None and (made.unread or made.pages == ()):
            say(wanted.capture, made)
        return made

    return pages_of


def _waiting(pages: Iterator[bytes], folder: Path, unread: tuple[int, ...]) -> PagesMade:
    """Draw every page before the first is given on."""
    lengths = []
    kept = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115
    try:
        for page in pages:
            kept.write(page)
            lengths.append(len(page))
    except BaseException:
        kept.close()
        raise

    def given() -> Iterator[bytes]:
        with kept:
            kept.seek(0)
            for length in lengths:
                yield kept.read(length)

    if lengths:
        return PagesMade(given(), unread)
    kept.close()
    return PagesMade((), unread)


@dataclass(slots=True)
class Job:
    """A package on its way. Counts are in bytes of exhibits; `tiles` are those on pages.

    `unpaged` are the captures that are in it without numbered pages; `unread` are tiles that are on
    none of the pages that there are, each with its capture.
    """

    export: str
    state: State = "making"
    done: int = 0
    total: int = 0
    tiles: int = 0
    tiles_total: int = 0
    error: str | None = None
    ready_at: float = 0.0
    unpaged: list[str] = field(default_factory=list)
    unread: list[tuple[str, int]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> Watch:
        """Return what the writing tells its progress to, and asks whether to go on."""
        return Watch(self._note, self._stop.is_set)

    def _note(self, progress: Progress) -> None:
        self.done, self.total = progress.bytes_done, progress.bytes_total
        self.tiles, self.tiles_total = progress.tiles_done, progress.tiles_total

    def say(self, capture: str, made: PagesMade) -> None:
        """Keep what there is to say of the pages of a capture."""
        if made.pages == ():
            self.unpaged.append(capture)
        else:
            self.unread += [(capture, tile) for tile in made.unread]

    def stop(self) -> None:
        """Ask the job to end before its next exhibit."""
        self._stop.set()


class Exports:
    """The packages that are being made or wait to be fetched."""

    def __init__(
        self, data: Path, vault: Vault, catalogue: Catalogue, clock: Callable[[], float]
    ) -> None:
        self._vault, self._catalogue, self._clock = vault, catalogue, clock
        self._folder = system.make_private_folder(data / "outgoing")
        for left in self._folder.iterdir():
            left.unlink()
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def start(self, captures: Sequence[str] | None = None) -> str:
        """Record the choice, begin to make the package, and return the export's id."""
        export = await asyncio.to_thread(self._vault.choose_export, captures)
        self._begin(export)
        return export

    async def start_again(self, export: str) -> None:
        """Make the package of an earlier export again; it has the same bytes."""
        await asyncio.to_thread(self._vault.export, export)
        job = self.job(export)
        if job is None or job.state != "making":
            self._begin(export)

    def _begin(self, export: str) -> None:
        self._sweep()
        self._path(export).unlink(missing_ok=True)
        job = self._jobs[export] = Job(export)
        self._tasks[export] = asyncio.create_task(self._make(job))

    async def _make(self, job: Job) -> None:
        try:
            async with self._one_at_a_time:
                await asyncio.to_thread(
                    write_export,
                    self._vault,
                    self._catalogue,
                    job.export,
                    self._path(job.export),
                    job.watch(),
                    job.say,
                )
            job.state, job.ready_at = "ready", self._clock()
        except Cancelled:
            job.state = "stopped"
        except HandrailError as error:
            job.state, job.error = "failed", error.code
        except Exception:
            job.state, job.error = "failed", "internal"
            raise

    def job(self, export: str) -> Job | None:
        """Return how a job stands, or None when this service has not begun it."""
        self._sweep()
        return self._jobs.get(export)

    def cancel(self, export: str) -> None:
        """Stop a job. Nothing is lost: the choice stays recorded and can be made again."""
        job = self._jobs.get(export)
        if job is None:
            raise NotFound("no-such-export", "there is no such export")
        job.stop()

    def file(self, export: str) -> Path:
        """Return the made package. Raises `NotFound` when it was not made or has been removed."""
        job, path = self.job(export), self._path(export)
        if job is None or job.state != "ready" or not path.exists():
            raise NotFound("package-gone", "this package is not here; it can be made again")
        return path

    def _path(self, export: str) -> Path:
        return self._folder / f"{export}.zip"

    def _sweep(self) -> None:
        """Remove packages that waited long enough."""
        for export, job in list(self._jobs.items()):
            if job.state == "ready" and self._clock() - job.ready_at > KEEP_SECONDS:
                self._path(export).unlink(missing_ok=True)
                del self._jobs[export]

    async def close(self) -> None:
        """Stop what is on its way and remove every package that waits."""
        for job in self._jobs.values():
            job.stop()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        for left in self._folder.iterdir():
            left.unlink()
