"""What was measured, as rows of data, and the tables that `docs/bench.md` shows of them.

A row replaces the row of the same thing that was measured before; all others stay, with the day on
which they were measured. The data are `bench.json`; between two markers of `bench.md` stands what
is made of them, and everything outside is written by hand. What is measured is not said here.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from handrail.app.driver import find_chromium
from handrail.app.firefox import find_firefox

Value = str | int | float | bool | None

DATA, PAGE = "bench.json", "bench.md"
NOTHING = "—"
BEGIN, END = "<!-- what make bench wrote -->", "<!-- the end of what make bench wrote -->"


class Row(NamedTuple):
    """One thing that was measured: `what` is the only one of its table that is called so."""

    table: str
    what: str
    day: str
    machine: str
    measured: dict[str, Value]


class Column(NamedTuple):
    """A column of a table: what it says of a row. The rows of the same table are given as well."""

    title: str
    cell: Callable[[Row, Sequence[Row]], str]


class Table(NamedTuple):
    """One table of the page."""

    title: str
    columns: tuple[Column, ...]


def row(table: str, what: str, browser: str | None, measured: dict[str, Value]) -> Row:
    """Return what was measured today, in this browser, on this computer."""
    return Row(table, what, datetime.now(UTC).date().isoformat(), machine(browser), measured)


@cache
def machine(browser: str | None) -> str:
    """Say what a measurement depends on, without saying whose computer it is."""
    cores = f"{os.cpu_count()} cores, {platform.system()}"
    if browser is None:
        return f"{cores}, Python {platform.python_version()}"
    program = find_firefox() if browser == "firefox" else find_chromium()
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    name, version = told.stdout.removeprefix("Mozilla ").split()[:2]
    return f"{cores}, {name} {version}"


# ── What the columns say ─────────────────────────────────────────────────────────────────────────


def said(title: str, name: str, form: str = "{}") -> Column:
    """Return a column of what was measured under a name."""

    def cell(one: Row, _: Sequence[Row]) -> str:
        value = one.measured.get(name)
        return NOTHING if value is None else form.format(value)

    return Column(title, cell)


DAY = Column("Measured on", lambda one, _: one.day)


def number(one: Row, name: str) -> float:
    """Return a number that was measured."""
    value = one.measured[name]
    assert isinstance(value, int | float)
    return float(value)


def is_met(one: Row, rows: Sequence[Row]) -> str:
    """Say whether a row is within its aim."""
    if one.measured.get("aim") is None:
        return NOTHING
    if one.measured.get("holds") is False:
        return "**no**: messages"
    ratio = ratio_of(one, rows)
    if ratio is None:
        return NOTHING
    return "yes" if round(ratio, 2) <= number(one, "aim") else "**no**: time"


def ratio_of(one: Row, rows: Sequence[Row]) -> float | None:
    """Return what the aim is about: in Firefox, a conversation's time to that in Chromium."""
    if one.measured.get("beside") is None:
        return number(one, "ratio")
    for other in rows:
        same = all(other.measured[name] == one.measured[name] for name in ("kind", "messages"))
        if same and other.measured["browser"] == one.measured["beside"]:
            return number(one, "seconds") / number(other, "seconds")
    return None


def _ratio(one: Row, rows: Sequence[Row]) -> str:
    ratio = ratio_of(one, rows)
    return NOTHING if ratio is None else f"{ratio:.2f}"


def _aim(one: Row, _: Sequence[Row]) -> str:
    if one.measured.get("aim") is None:
        return NOTHING
    beside = one.measured.get("beside")
    return f"≤ {one.measured['aim']}" + (f" of {str(beside).title()}'s time" if beside else "")


def _proves(one: Row, _: Sequence[Row]) -> str:
    return "yes" if one.measured["holds"] else "**no**"


JUDGED = (Column("Ratio", _ratio), Column("Aim", _aim), Column("Met", is_met), DAY)

TABLES: dict[str, Table] = {
    "ways": Table(
        "The careful way beside the plain way",
        (
            said("What", "what"), said("Browser", "browser"),
            said("Plain way", "plain"), said("Plain, ms", "plain_ms", "{:.1f}"),
            said("Careful way", "careful"), said("Careful, ms", "careful_ms", "{:.1f}"),
            said("Turns", "turns"), *JUDGED,
        ),
    ),
    "conversations": Table(
        "Conversations",
        (
            said("List", "kind"), said("Browser", "browser"), said("Messages", "messages"),
            said("Found", "found"), said("In order", "in_order"), said("Twice", "twice"),
            said("Gaps said", "gaps"), said("Gaps not said", "unsaid_gaps"),
            said("Counted in the panel", "counted"), said("Pixels of pictures", "green"),
            said("Tiles", "tiles"), said("Seconds", "seconds", "{:.1f}"),
            said("Limit, seconds", "limit", "{:.1f}"), *JUDGED,
        ),
    ),
    "kills": Table(
        "Kills in the middle of a conversation",
        (
            said("Browser", "browser"), said("Kills", "kills"), said("Of", "killed"),
            said("Called saved before a kill, at the least", "least"),
            said("Called saved in all", "saved"), said("Of these lost", "lost"),
            said("Put aside", "put_aside"), said("Without an end, listed as such", "unfinished"),
            Column("Met", _proves), DAY,
        ),
    ),
    "memory": Table(
        "Memory of the panel",
        (
            said("Browser", "browser"), said("What is measured", "what"),
            said("Messages", "short"), said("Largest, MiB", "short_mib", "{:.1f}"),
            said("Messages", "long"), said("Largest, MiB", "long_mib", "{:.1f}"), *JUDGED,
        ),
    ),
}  # fmt: skip


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def show(one: Row) -> None:
    """Print one row, a line for each of its columns."""
    print(f"\n{TABLES[one.table].title}: {one.what}", flush=True)
    for column in TABLES[one.table].columns[:-1]:
        print(f"  {column.title}: {column.cell(one, [one])}", flush=True)


def keep(folder: Path, new: Iterable[Row]) -> None:
    """Put rows in the place of those of the same name, and write the page of all."""
    folder.mkdir(parents=True, exist_ok=True)
    data, page = folder / DATA, folder / PAGE
    before = json.loads(data.read_text("utf-8")) if data.exists() else []
    rows = {(one.table, one.what): one for one in [*(Row(**one) for one in before), *new]}
    order = list(TABLES)
    kept = sorted(rows.values(), key=lambda one: (order.index(one.table), one.what))
    text = page.read_text("utf-8") if page.exists() else f"# Measurements\n\n{BEGIN}\n{END}\n"
    above, _, rest = text.partition(BEGIN)
    _, mark, below = rest.partition(END)
    if not mark:
        raise ValueError(f"{PAGE} has no place between two markers for what was measured")
    data.write_text(
        json.dumps([one._asdict() for one in kept], indent=1, ensure_ascii=False) + "\n", "utf-8"
    )
    page.write_text(f"{above}{BEGIN}\n\n{pages_of(kept)}\n{END}{below}", "utf-8")


def pages_of(rows: Sequence[Row]) -> str:
    """Return all tables as Markdown, each with where its rows were measured."""
    parts = []
    for name, table in TABLES.items():
        some = [one for one in rows if one.table == name]
        if not some:
            continue
        titles = [column.title for column in table.columns]
        lines = [titles, ["---"] * len(titles)]
        lines += [[column.cell(one, some) for column in table.columns] for one in some]
        written = "\n".join(f"| {' | '.join(_plain(cell) for cell in line)} |" for line in lines)
        where = "".join(
            f"- {day}: {which}\n" for day, which in sorted({(one.day, one.machine) for one in some})
        )
        parts.append(f"### {table.title}\n\n{written}\n\n{where}")
    return "\n".join(parts)


def _plain(cell: str) -> str:
    """Return a text that ends no cell."""
    return cell.replace("|", "\\|").replace("\n", " ")
