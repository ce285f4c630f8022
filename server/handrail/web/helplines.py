"""The crisis lines, from the reviewed rows in `shared/helplines/first.json`.

The country is guessed from a time zone and can always be changed; a row without a way to reach it
still says what to do. Which rows there are, and since when they hold, is data and not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Final, Literal

import msgspec
from aiohttp import web
from babel.localtime import get_localzone

from .. import resources
from ..core.text import Catalogue
from .views import day_of

ELSEWHERE: Final = "other"
COOKIE: Final = "__Host-country"


class Way(msgspec.Struct, frozen=True):
    """One way to reach a line: as it is dialled or opened, and as it is read."""

    by: Literal["call", "text", "web"]
    to: Annotated[str, msgspec.Meta(pattern=r"^(\+?[0-9]+|https://[a-z0-9.-]+/\S*)$")]
    shown: str
    body: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]*$")] = ""


class Line(msgspec.Struct, frozen=True):
    """One line."""

    id: str
    purpose: Literal["emergency", "crisis", "child", "directory"]
    name: str
    ways: tuple[Way, ...]
    checked_on: date


class Country(msgspec.Struct, frozen=True):
    """The lines of one country, first things first. A zone that ends in `/` is a beginning."""

    id: str
    zones: tuple[str, ...]
    lines: tuple[Line, ...]


class Helplines(msgspec.Struct, frozen=True):
    """All rows."""

    countries: tuple[Country, ...]


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
    """One row of *Talk to someone*."""

    name: str
    who: str
    emergency: bool
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
def load() -> Helplines:
    """Return the reviewed rows."""
    return msgspec.json.decode(
        (resources.shared_folder() / "helplines" / "first.json").read_bytes(), type=Helplines
    )


@cache
def leave_address() -> str:
    """Return the page that Leave quickly opens."""
    path = resources.shared_folder() / "helplines" / "leave.json"
    return msgspec.json.decode(path.read_bytes(), type=Leave).address


@cache
def here() -> str:
    """Return the country that this computer's clock is set to."""
    return guess(str(getattr(get_localzone(), "key", "")))


def guess(zone: str) -> str:
    """Return the country of a time zone, or the one for everywhere else."""
    for country in load().countries:
        for name in country.zones:
            if zone == name or (name.endswith("/") and zone.startswith(name)):
                return country.id
    return ELSEWHERE


def country_of(wanted: str) -> Country:
    """Return a country's rows, or those for everywhere else."""
    countries = {country.id: country for country in load().countries}
    return countries.get(wanted, countries[ELSEWHERE])


def shown(wanted: str, catalogue: Catalogue) -> Lines:
    """Return the lines of a country ready to be shown, with every country to choose from."""
    country = country_of(wanted)
    return Lines(
        rows=tuple(_shown(line, catalogue) for line in country.lines),
        countries=tuple(
            Choice(one.id, catalogue.t(f"panel.country_{one.id.lower()}"), one.id == country.id)
            for one in load().countries
        ),
        checked=day_of(min(line.checked_on for line in country.lines), catalogue),
    )


def country_of_request(request: web.Request) -> str:
    """Return the country that the person chose, now or earlier, or the guess."""
    return request.query.get("country") or request.cookies.get(COOKIE) or here()


def remember(response: web.Response, country: str) -> None:
    """Keep the choice for as long as the browser is open: it says nothing but a country."""
    response.set_cookie(COOKIE, country, path="/", secure=True, httponly=True, samesite="Strict")


def all_ways(wanted: str, catalogue: Catalogue) -> tuple[WayShown, ...]:
    """Return one way to each line of a country, named, for a page that has no room for more."""
    return tuple(
        _named(line, way, catalogue) for line in country_of(wanted).lines for way in line.ways[:1]
    )


def first_ways(wanted: str, catalogue: Catalogue) -> tuple[WayShown, ...]:
    """Return the two ways that stand on every page: the emergency number and the first line."""
    return all_ways(wanted, catalogue)[:2]


def _named(line: Line, way: Way, catalogue: Catalogue) -> WayShown:
    if line.purpose == "emergency" or way.by == "web":
        return _way(way, catalogue)
    words = _way(way, catalogue).words if way.body else way.shown
    named = catalogue.t("pages.lifeline.named", name=line.name, number=words)
    return WayShown(_address(way), named, outside=False)


def _shown(line: Line, catalogue: Catalogue) -> LineShown:
    emergency = line.purpose == "emergency"
    if emergency and not line.ways:
        name, who = catalogue.t("panel.line_emergency"), catalogue.t("panel.line_emergency_other")
    elif emergency:
        name, who = catalogue.t("panel.line_emergency"), ""
    else:
        name, who = line.name, catalogue.t(f"panel.line_{line.id.replace('-', '_')}")
    return LineShown(name, who, emergency, tuple(_way(way, catalogue) for way in line.ways))


def _way(way: Way, catalogue: Catalogue) -> WayShown:
    values = {"number": way.shown, "name": way.shown, "word": way.body}
    key = "panel.way_text_word" if way.body else f"panel.way_{way.by}"
    return WayShown(_address(way), catalogue.t(key, **values), way.by == "web")


def _address(way: Way) -> str:
    match way.by:
        case "call":
            return f"tel:{way.to}"
        case "text":
            return f"sms:{way.to}?body={way.body}" if way.body else f"sms:{way.to}"
        case "web":
            return way.to
