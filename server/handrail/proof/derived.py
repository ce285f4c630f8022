"""What a package holds that is made again from its exhibits: numbered pages, and the messages.

    data/derived/0001/messages.txt       the readings of capture 0001, merged: one line a message
    data/derived/0001/pages/0001.png     its tiles, joined and cut into pages

Nothing here is evidence: the log does not name it, and anybody can make it again from the tiles and
readings beside it. The pictures are made elsewhere, by a process without keys; `MakePages` is how
they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..core import display
from ..core.records import Reading
from ..core.text import Catalogue
from ..core.transcript import Line, merge
from .statement import PagesSaid
from .summary import wrap

_TIME_WIDTH = 25
_LINE_BREAK = " \N{PILCROW SIGN} "


@dataclass(frozen=True, slots=True)
class PagesWanted:
    """A capture of tiles. `readings` are those of its tiles, in the order of the capture.

    `ratio` is the `device_pixel_ratio` of its start, or of its facts if it has no start.
    `open_tile` takes the number of a tile (`Reading.tile`) and returns its PNG, as it was logged.
    """

    capture: str
    ratio: str
    readings: tuple[Reading, ...]
    open_tile: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class PagesMade:
    """The numbered pages of a capture: each one a PNG, the top of the page first.

    `unread` are the tiles that could not be drawn: there the pages have a gap.
    """

    pages: Iterable[bytes] = ()
    unread: tuple[int, ...] = ()


MakePages = Callable[[PagesWanted], PagesMade]
"""Makes the numbered pages of a capture.

The same capture must give the same bytes. Pages that cannot be drawn are left out, which is no
reason to raise: the package is whole without them.
"""


def derived_files(
    number: int,
    wanted: PagesWanted,
    make_pages: MakePages | None,
    catalogue: Catalogue,
    said: PagesSaid,
) -> Iterator[tuple[str, bytes]]:
    """Yield the derived files of one capture, by their names, in the order of names.

    `said` learns what there is to say of its pages.
    """
    folder = f"data/derived/{number:04d}"
    if any(reading.rows for reading in wanted.readings):
        yield f"{folder}/messages.txt", render_messages(number, wanted.readings, catalogue)
    made = PagesMade() if make_pages is None else make_pages(wanted)
    said[wanted.capture] = 0, made.unread
    for page, picture in enumerate(made.pages, 1):
        yield f"{folder}/pages/{page:04d}.png", picture
        said[wanted.capture] = page, made.unread


def render_messages(number: int, readings: Sequence[Reading], catalogue: Catalogue) -> bytes:
    """Return the messages as plain text: one line each, with its side and its time.

    A page's words can neither leave their line nor look like ours: every line of theirs begins with
    its number, and what cannot be seen is named.
    """
    t = catalogue.t
    sides = {
        "own": t("package.side_own"),
        "theirs": t("package.side_theirs"),
        "middle": t("package.side_middle"),
        "unknown": t("package.side_unknown"),
    }
    width = max(map(len, sides.values()))
    made = t("package.messages_made", folder=f"data/captures/{number:04d}")
    lines = []
    for sentence in (made, t("package.messages_words"), t("package.messages_sides")):
        lines += [*wrap(sentence).split("\n"), ""]
    gap = t("package.messages_gap")
    for line, place, after_gap in merge(readings).with_gaps():
        if after_gap:
            lines.append(f"      {gap}")
        mark = f"{place:>4}" if line.is_message else "   -"
        side = sides[line.row.side]
        lines.append(f"{mark}  {side:<{width}}  {_time(line):<{_TIME_WIDTH}}  {_words(line)}")
    return "".join(f"{line.rstrip()}\n" for line in lines).encode("utf-8")


def _time(line: Line) -> str:
    return display.visible(line.row.time or "", 60)


def _words(line: Line) -> str:
    text = line.row.text.replace("\r\n", "\n").strip("\n").replace("\n", _LINE_BREAK)
    return display.visible(text, display.TEXT_LIMIT)
