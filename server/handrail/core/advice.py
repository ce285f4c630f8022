"""What helps next: advice is data, and this is the whole of its logic.

`shared/advice` and `shared/helplines` hold the steps, the rules and the lines, each with a source.
`extension/core/advice.js` reads the same files the same way, and a test shows that both always
agree. Nothing here knows a sentence: words are in the catalogue, under `advice.step.<id>.title` and
the like. Reading the files is left to others. A situation is held in memory by whoever asks, and
goes nowhere from here: no log, no storage, no package.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from .advice_records import (
    ELSEWHERE,
    FILES,
    Age,
    Conditions,
    Country,
    Danger,
    Line,
    Order,
    PlannedStep,
    Rule,
    Saved,
    Situation,
    Step,
    Use,
)
from .page_kinds import Site, kind_of_page
from .text import Catalogue

__all__ = [
    "ELSEWHERE", "FILES", "Advice", "Line", "PlannedStep", "Saved", "Situation",
    "steps_for_terminal",
]  # fmt: skip


class _Steps(msgspec.Struct, frozen=True):
    steps: tuple[Step, ...]


class _Rules(msgspec.Struct, frozen=True):
    dimensions: dict[str, tuple[str, ...]]
    rules: tuple[Rule, ...]


class _Lines(msgspec.Struct, frozen=True):
    orders: tuple[Order, ...]
    countries: tuple[Country, ...]
    everywhere: tuple[Line, ...]


class _Zones(msgspec.Struct, frozen=True):
    zones: dict[str, tuple[str, ...]]


class _Pages(msgspec.Struct, frozen=True):
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """The advice as it was loaded, and the questions it answers."""

    dimensions: Mapping[str, tuple[str, ...]]
    steps: tuple[Step, ...]
    rules: tuple[Rule, ...]
    orders: tuple[Order, ...]
    lines: Mapping[str, tuple[Line, ...]]
    zones: Mapping[str, tuple[str, ...]]
    sites: tuple[Site, ...]

    @classmethod
    def load(cls, files: Mapping[str, bytes]) -> Advice:
        """Return the advice that the bytes of `FILES` hold. Raises `msgspec.DecodeError`."""
        rules = msgspec.json.decode(files["rules"], type=_Rules)
        lines = msgspec.json.decode(files["lines"], type=_Lines)
        return cls(
            dimensions=rules.dimensions,
            steps=msgspec.json.decode(files["steps"], type=_Steps).steps,
            rules=rules.rules,
            orders=lines.orders,
            lines={one.id: (*one.lines, *lines.everywhere) for one in lines.countries},
            zones=msgspec.json.decode(files["zones"], type=_Zones).zones,
            sites=msgspec.json.decode(files["pages"], type=_Pages).sites,
        )

    def first_steps(
        self, situation: Situation, saved: Saved | None = None
    ) -> tuple[PlannedStep, ...]:
        """Return the steps of a situation in the order that helps most, each with its reasons."""
        values = self._values(situation)
        rules = [rule for rule in self.rules if _holds(rule.when, values)]
        if any(rule.only for rule in rules):
            rules = [rule for rule in rules if rule.only]
        taken = {step for rule in rules for step in rule.remove}
        order = self._order(values)
        return tuple(
            PlannedStep(
                id=step.id,
                because=because,
                done=step.done_by is not None and getattr(saved or Saved(), step.done_by),
                lines=tuple(
                    line.id
                    for line in self._lines(
                        situation.country,
                        situation.age,
                        # Whom to talk to stands in the same order everywhere.
                        sorted(step.uses, key=lambda use: order.index(use) if use in order else -1),
                    )
                ),
            )
            for step in self.steps
            if step.id not in taken
            and (because := tuple(rule.id for rule in rules if step.id in rule.add))
        )

    def lines_for(self, country: str, age: Age, danger: Danger) -> tuple[Line, ...]:
        """Return whom to talk to, the emergency number first. Only ways that may be used."""
        values = self._values(Situation(country=country, age=age, danger=danger))
        return self._lines(country, age, self._order(values))

    def line(self, country: str, line_id: str) -> Line:
        """Return one line of a country. Raises `KeyError` when there is none that may be used."""
        for line in map(_usable, self._of(country)):
            if line is not None and line.id == line_id:
                return line
        raise KeyError(line_id)

    def country_of_zone(self, zone: str) -> str:
        """Return the country that an IANA time zone points to, or `ELSEWHERE`."""
        for country, names in self.zones.items():
            if any(zone == n or (n.endswith("/") and zone.startswith(n)) for n in names):
                return country
        return ELSEWHERE

    def saved_from(self, untrusted_addresses: Iterable[str]) -> Saved:
        """Return what saved pages can tick, by their addresses. A guess, and it claims no more."""
        kinds = {kind_of_page(self.sites, address) for address in untrusted_addresses}
        return Saved(profile="profile" in kinds, chat="chat" in kinds)

    def _order(self, values: Mapping[str, str]) -> tuple[Use, ...]:
        return next(order.uses for order in self.orders if _holds(order.when, values))

    def _of(self, country: str) -> tuple[Line, ...]:
        return self.lines.get(country, self.lines[ELSEWHERE])

    def _lines(self, country: str, age: Age, uses: Iterable[Use]) -> tuple[Line, ...]:
        found: dict[str, Line] = {}
        for use in uses:
            for line in self._of(country):
                usable = _usable(line) if use in line.uses and age in line.ages else None
                if usable is not None:
                    found.setdefault(line.id, usable)
        return tuple(found.values())

    def _values(self, situation: Situation) -> dict[str, str]:
        """Return a situation by dimension. Raises `ValueError` for a value that no rule knows."""
        values: dict[str, str] = msgspec.to_builtins(situation)
        if situation.country not in self.lines:
            values["country"] = ELSEWHERE
        for name, value in values.items():
            if value not in self.dimensions[name]:
                raise ValueError(f"{name} is not known to be {value!r}")
        return values


def steps_for_terminal(
    advice: Advice,
    catalogue: Catalogue,
    untrusted_addresses: Iterable[str],
    zone: str,
    most: int = 3,
) -> tuple[str, ...]:
    """Return the first steps that are still open, as lines of text, with no question asked."""
    situation = Situation(country=advice.country_of_zone(zone))
    planned = advice.first_steps(situation, advice.saved_from(untrusted_addresses))
    return tuple(
        catalogue.t(
            "advice.terminal.step",
            number=number,
            title=catalogue.t(f"advice.step.{step.id}.title"),
            what=catalogue.t(f"advice.step.{step.id}.what"),
        )
        for number, step in enumerate([one for one in planned if not one.done][:most], start=1)
    )


def _holds(when: Conditions, values: Mapping[str, str]) -> bool:
    return all(values[name] in wanted for name, wanted in when.items())


def _usable(line: Line) -> Line | None:
    """Return a line with the ways that may be used; nothing when it had ways and none may be.

    An emergency number always counts as checked. Any other way that nobody has read is not shown.
    """
    if "emergency" in line.uses:
        return line
    ways = tuple(way for way in line.ways if (way.grade or line.grade) != "unchecked")
    if line.ways and not ways:
        return None
    return msgspec.structs.replace(line, ways=ways)
