"""The numbered pages of a capture one at a time: where each begins, and one of them drawn alone.

Every page begins where the one above it was cut, so the cuts are found once, from the top down,
without drawing (`find_sheets`); after that any page can be drawn by itself (`draw_sheet`) and has
the same bytes as in a package (`pages.draw_pages`). A sheet is numbers only: no pixel, no word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import limits, pictures
from .pages import Layout, OpenTile, PagePlan, ask, command_of, height_of, plan_page
from .pictures import PictureRefused


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a tile that stand on a sheet, in the tile's own pixels; the tile is so wide."""

    tile: int
    width: int
    top: int
    rows: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One numbered page that is not drawn yet: which strip, from which row on, and how high.

    `gap` says that something may be missing between it and the sheet before. `parts` are what
    stands on it, from the top down.
    """

    strip: int
    begin: int
    width: int
    rows: int
    gap: bool
    parts: tuple[Part, ...]


def find_sheets(layout: Layout, open_tile: OpenTile) -> Iterator[Sheet]:
    """Yield where each page is cut, the top of the page first. Raises as `lay_out`.

    Call it where no event loop runs.
    """
    for place, strip in enumerate(layout.strips):
        begin = 0
        while begin < strip.end:
            planned = plan_page(strip, begin, open_tile)
            rows = planned.most if planned.plan["ends"] else _cut(planned)
            yield Sheet(
                place, begin, strip.width, rows, strip.gap and begin == 0, _parts(planned, rows)
            )
            begin += rows


def plan_sheet(layout: Layout, sheet: Sheet, open_tile: OpenTile) -> PagePlan:
    """Open the tiles of one page. `draw_sheet` draws it."""
    return plan_page(layout.strips[sheet.strip], sheet.begin, open_tile)


async def draw_sheet(sheet: Sheet, planned: PagePlan) -> bytes:
    """Return one page as PNG. Its child ends when the task that waits for it is cancelled.

    Raises `PictureRefused` when the child failed or drew another page than was found.
    """
    command = command_of("page", planned.plan)
    page = await pictures.run_child(command, b"".join(planned.bodies))
    if height_of(page, planned) != sheet.rows:
        raise PictureRefused(limits.FAILED)
    return page


def _cut(planned: PagePlan) -> int:
    """Have a child say where a page is cut, and believe only what can be."""
    untrusted_answer = ask("cut", planned.bodies, **planned.plan)
    if not untrusted_answer.isdigit() or len(untrusted_answer) > 9:
        raise PictureRefused(limits.FAILED)
    rows = int(untrusted_answer)
    if not planned.least <= rows <= planned.most:
        raise PictureRefused(limits.FAILED)
    return rows


def _parts(planned: PagePlan, rows: int) -> tuple[Part, ...]:
    parts: list[Part] = []
    for tile, top, most in planned.parts:
        here = min(most, rows)
        if here > 0:
            parts.append(Part(tile, int(planned.plan["width"]), top, here))
        rows -= here
    return tuple(parts)
