"""The crisis lines of a country, ready to be shown.

The country is guessed from a time zone and can always be changed; a row without a way to reach it
still says what to do. Which rows there are, their order and which may be used is decided in
`core.advice` from `shared/helplines`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Final

import msgspec
from aiohttp import web
from babel.localtime import get_localzone

from .. import resources
from ..core.advice import ELSEWHERE, Line
from ..core.advice_records import Age, Way
from ..core.text import Catalogue
from . import advising
from .views import day_of

COOKIE: Final = "__Host-country"


class Leave(msgspec.Struct, frozen=True):
    """Where Leave quickly goes."""

    address: Annotated[str, msgspec.Meta(pattern=r"^https://[a-z0-9.-]+/[a-z0-9/-]*$")]


@dataclass(frozen=True, slots=True)
class WayShown:
    """A link that calls, texts or opens a page."""

    address: str
    words: str
    outside: bool


@dataclass(frozen=True, slots=True)
class LineShown:
    """One row of *Talk to someone*. `ages`: whom it is shown to. `seen`: it is second-hand."""

    id: str
    name: str
    who: str
    note: str
    seen: str
    emergency: bool
    ages: frozenset[Age]
    ways: tuple[WayShown, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One country that can be chosen."""

    id: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """What *Talk to someone* shows."""

    rows: tuple[LineShown, ...]
    countries: tuple[Choice, ...]
    checked: str


@cache
def leave_address() -> str:
    """Return the page that Leave quickly opens."""
    path = resources.shared_folder() / "helplines" / "leave.json"
    return msgspec.json.decode(path.read_bytes(), type=Leave).address


@cache
def here() -> str:
    """Return the country that this computer's clock is set to."""
    return advising.load().country_of_zone(str(getattr(get_localzone(), "key", "")))


def known(wanted: str) -> str:
    """Return a country that has lines: the one that is wanted, or the one for everywhere else."""
    return wanted if wanted in advising.load().lines else ELSEWHERE


def shown(wanted: str, catalogue: Catalogue) -> Lines:
    """Return the lines of a country ready to be shown, with every country to choose from."""
    advice = advising.load()
    lines = advice.lines_for(wanted, "unknown", "unknown")
    return Lines(
        rows=tuple(line_shown(line, catalogue) for line in lines),
        countries=tuple(
            Choice(one, catalogue.t(f"advice.country.{one.lower()}"), one == known(wanted))
            for one in advice.lines
        ),
        checked=day_of(date.fromisoformat(min(line.checked_on for line in lines)), catalogue),
    )


def places(wanted: str, ids: Iterable[str], catalogue: Catalogue) -> dict[str, LineShown]:
    """Return some lines of a country, by id."""
    advice = advising.load()
    return {one: line_shown(advice.line(wanted, one), catalogue) for one in ids}


def country_of_request(request: web.Request) -> str:
    """Return the country that the person chose, now or earlier, or the guess."""
    return request.query.get("country") or request.cookies.get(COOKIE) or here()


def remember(response: web.Response, country: str) -> None:
    """Keep the choice for as long as the browser is open: it says nothing but a country."""
    response.set_cookie(COOKIE, country, path="/", secure=True, httponly=True, samesite="Strict")


def all_ways(wanted: str, catalogue: Catalogue) -> tuple[WayShown, ...]:
    """Return one way to each crisis line, named, for a page that has no room for more."""
    lines = advising.load().lines_for(wanted, "unknown", "yes")
    return tuple(_named(line, way, catalogue) for line in lines for way in line.ways[:1])


def first_ways(wanted: str, catalogue: Catalogue) -> tuple[WayShown, ...]:
    """Return the two ways that stand on every page: the emergency number and the first line."""
    return all_ways(wanted, catalogue)[:2]


def line_shown(line: Line, catalogue: Catalogue) -> LineShown:
    """Return one line with its words."""
    emergency, key = "emergency" in line.uses, f"advice.line.{line.id}"
    days = [
        way.checked_on or line.checked_on
        for way in line.ways
        if (way.grade or line.grade) == "secondary"
    ]
    return LineShown(
        id=line.id,
        name=catalogue.t("advice.emergency") if emergency else line.name,
        who=catalogue.t(key) if key in catalogue else "",
        note=catalogue.t(f"{key}.note") if line.note else "",
        seen=catalogue.t("advice.seen", day=day_of(date.fromisoformat(min(days)), catalogue))
        if days
        else "",
        emergency=emergency,
        ages=frozenset(line.ages),
        ways=tuple(_way(way, catalogue) for way in line.ways),
    )


def _named(line: Line, way: Way, catalogue: Catalogue) -> WayShown:
    if "emergency" in line.uses or way.by == "web":
        return _way(way, catalogue)
    words = _way(way, catalogue).words if way.body else way.shown
    named = catalogue.t("pages.lifeline.named", name=line.name, number=words)
    return WayShown(_address(way), named, outside=False)


def _way(way: Way, catalogue: Catalogue) -> WayShown:
    values = {"number": way.shown, "name": way.shown, "word": way.body}
    key = "advice.way.text-word" if way.body else f"advice.way.{way.by}"
    return WayShown(_address(way), catalogue.t(key, **values), way.by == "web")


def _address(way: Way) -> str:
    match way.by:
        case "call":
            return f"tel:{way.to}"
        case "text":
            return f"sms:{way.to}?body={way.body}" if way.body else f"sms:{way.to}"
        case "web":
            return way.to
