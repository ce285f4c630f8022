"""The numbered pages of a capture, to look at: found once, drawn one at a time, kept nowhere.

Where the pages are cut is found from the tiles when the person first asks, and kept as numbers in
the index; a page is drawn each time it is looked at. One child works at a time, for whoever asks.
What nobody waits for any more is stopped. Who asks, and what is said, is for `numbered_pages`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from ..core.digest import sha256_hex
from ..core.errors import Refused
from ..core.summaries import CaptureDetail
from ..core.transcript import merge
from ..imaging.pages import Layout, OpenTile, look_at_tiles
from ..imaging.sheets import Sheet, draw_sheet, find_sheets, plan_sheet
from ..vault.vault import Vault
from .errors import translate
from .on_sheets import OnSheet, on_sheets

A_MOMENT: Final = 0.8
"""So many seconds a page waits for the cuts before it says how far they are."""

PATIENCE: Final = 30.0
"""After so many seconds in which nobody asked how far it is, finding the cuts stops."""

MOST_WAITING: Final = 8
"""So many different pages may wait to be drawn; who wants another one is asked to wait."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where the pages of a capture are cut, and what stands on each. Numbers only.

    `made_of` is the digest of what it was found from: an unfinished capture may still grow.
    """

    made_of: str
    layout: Layout
    sheets: tuple[Sheet, ...]
    on: tuple[OnSheet, ...]


@dataclass(slots=True)
class Finding:
    """The cuts of one capture on their way: first its tiles are looked at, then the cuts found."""

    asked_at: float
    step: Literal["looking", "cutting"] = "looking"
    done: int = 0
    total: int = 0
    error: str = ""
    stopped: bool = False
    task: asyncio.Future[None] = field(default_factory=asyncio.Future)


@dataclass(slots=True)
class _Drawing:
    task: asyncio.Task[bytes]
    wanted: int = 0


@dataclass(slots=True)
class Numbered:
    """The numbered pages that are looked at. `clock` counts seconds."""

    vault: Vault
    clock: Callable[[], float]
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _findings: dict[str, Finding] = field(default_factory=dict)
    _drawings: dict[tuple[str, str, int], _Drawing] = field(default_factory=dict)
    _last: tuple[tuple[str, str, int], bytes] | None = None
    """The page that was drawn last: the browser fetches it right after it was said to be there."""

    def known(self, detail: CaptureDetail) -> Found | None:
        """Return what was found of a capture as it is now; None when it must be found first.

        No exhibit is opened for this.
        """
        kept = self.vault.sheets(detail.summary.capture)
        if kept is None:
            return None
        try:
            found = msgspec.json.decode(kept, type=Found)
        except msgspec.DecodeError:
            return None
        return found if found.made_of == made_of(detail) else None

    async def find(self, detail: CaptureDetail) -> Found | Finding:
        """Return what was found, or how far it is; begin when nobody did.

        Finding that failed is told once, in `error`: asking again tries again.
        """
        capture = detail.summary.capture
        found = await asyncio.to_thread(self.known, detail)
        if found is not None:
            return found
        finding = self._findings.get(capture)
        if finding is None:
            finding = self._findings[capture] = Finding(self.clock())
            finding.task = asyncio.create_task(self._find(capture, made_of(detail), finding))
        finding.asked_at = self.clock()
        await asyncio.wait({finding.task}, timeout=A_MOMENT)
        if not finding.task.done():
            return finding
        if self._findings.get(capture) is finding:
            del self._findings[capture]
        return await asyncio.to_thread(self.known, detail) or finding

    def finding(self, capture: str) -> Finding | None:
        """Return how far it is, and note that somebody waits; None when it is over."""
        finding = self._findings.get(capture)
        if finding is None or finding.task.done():
            return None
        finding.asked_at = self.clock()
        return finding

    async def _find(self, capture: str, of: str, finding: Finding) -> None:
        steps = self._steps(capture, of, finding)
        try:
            while True:
                async with self._turn:
                    # A child that has begun ends by itself, within its own limits.
                    if not await asyncio.to_thread(next, steps, False):
                        return
                if finding.stopped or self.clock() - finding.asked_at > PATIENCE:
                    finding.error = "pages-stopped"
                    return
        except Exception as error:
            finding.error = translate(error).code
        finally:
            steps.close()

    def _steps(self, capture: str, of: str, finding: Finding) -> Generator[bool]:
        """Find everything, and stop to think after each child."""
        vault, open_tile = self.vault, self._opener(capture)
        readings, ratio = vault.readings(capture), vault.ratio(capture)
        places = {reading.tile: place for place, reading in enumerate(readings, 1)}
        finding.total = len(readings)
        looking = look_at_tiles(ratio, readings, open_tile)
        layout = None
        while layout is None:
            try:
                finding.done = next(looking)
                yield True
            except StopIteration as done:
                layout = done.value
        finding.step, finding.done = "cutting", 0
        sheets = []
        for sheet in find_sheets(layout, open_tile):
            sheets.append(sheet)
            finding.done = max(finding.done, *(places[part.tile] for part in sheet.parts))
            yield True
        on = on_sheets(sheets, readings, ratio, merge(readings))
        found = Found(of, layout, tuple(sheets), on)
        vault.set_sheets(capture, msgspec.json.encode(found))

    def _opener(self, capture: str) -> OpenTile:
        return lambda tile: self.vault.open_exhibit(capture, tile)

    async def draw(self, capture: str, found: Found, number: int) -> bytes:
        """Return a page as PNG, the first one is 1. Whoever wants the same page waits for it too.

        Its child ends when nobody waits any more. Raises `PictureRefused` when it failed, and
        `Refused` when too many others wait.
        """
        key = (capture, found.made_of, number)
        if self._last is not None and self._last[0] == key:
            return self._last[1]
        drawing = self._drawings.get(key)
        if drawing is None:
            if len(self._drawings) >= MOST_WAITING:
                raise Refused("pages-busy", "too many pages are being drawn", status=503)
            task = asyncio.create_task(self._draw(key, found))
            drawing = self._drawings[key] = _Drawing(task)
            task.add_done_callback(_retrieved)
        drawing.wanted += 1
        try:
            return await asyncio.shield(drawing.task)
        finally:
            drawing.wanted -= 1
            if not drawing.wanted:
                drawing.task.cancel()
                if self._drawings.get(key) is drawing:
                    del self._drawings[key]

    async def _draw(self, key: tuple[str, str, int], found: Found) -> bytes:
        capture, _, number = key
        sheet = found.sheets[number - 1]
        async with self._turn:
            opener = self._opener(capture)
            planned = await asyncio.to_thread(plan_sheet, found.layout, sheet, opener)
            page = await draw_sheet(sheet, planned)
        self._last = key, page
        return page

    async def close(self) -> None:
        """Stop everything. What was found stays found."""
        finding = [one.task for one in self._findings.values()]
        for one in self._findings.values():
            one.stopped = True
        drawings = [drawing.task for drawing in self._drawings.values()]
        for task in drawings:
            task.cancel()
        await asyncio.gather(*finding, *drawings, return_exceptions=True)


def made_of(detail: CaptureDetail) -> str:
    """Return the digest of all that pages depend on. No exhibit is opened for this."""
    parts = [
        f"{entry.number} {entry.kind} {entry.sha256}"
        for entry in detail.exhibits
        if entry.kind in ("start", "tile", "reading", "facts")
    ]
    return sha256_hex("\n".join(parts).encode())


def _retrieved(task: asyncio.Task[bytes]) -> None:
    """Look at how a drawing ended, also when nobody waits for it any more."""
    if not task.cancelled():
        task.exception()
