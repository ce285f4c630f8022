"""The advice of `shared/advice`, loaded once, and what *What to do* shows of it.

Which steps a situation gets is decided in `core.advice`. The page gets every step and, for each set
of answers, which of them are shown: the person's answers are chosen and used in the browser, by
`static/todo.js`, and reach neither this service nor an address nor a disk.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import get_args

import msgspec

from .. import resources
from ..core.advice import FILES, Advice, Situation
from ..core.advice_records import Age, Danger, Grade, Paid
from ..core.text import Catalogue


class Source(msgspec.Struct, frozen=True):
    """Who says something, and where."""

    id: str
    organisation: str
    title: str
    address: str


class Fact(msgspec.Struct, frozen=True):
    """What a step rests on."""

    id: str
    source: str
    grade: Grade
    checked_on: str


class _Sources(msgspec.Struct, frozen=True):
    sources: tuple[Source, ...]


class _Facts(msgspec.Struct, frozen=True):
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step with its words. `lines`: the id of a line, and the ages that it is shown to."""

    id: str
    title: str
    what: str
    at_first: bool
    done: bool
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One of the three questions, with its answers: value and words."""

    name: str
    words: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What one step rests on: a sentence, and the source with how it was read."""

    title: str
    facts: tuple[tuple[str, Source, str], ...]


@cache
def load() -> Advice:
    """Return the advice."""
    return Advice.load({name: _read(path) for name, path in FILES.items()})


def steps_shown(
    country: str, saved_addresses: Iterable[str], catalogue: Catalogue
) -> tuple[StepShown, ...]:
    """Return every step in its order; those with `at_first` are shown before any answer."""
    advice = load()
    saved = advice.saved_from(saved_addresses)
    first = {step.id for step in advice.first_steps(Situation(country=country))}
    lines: dict[str, dict[str, set[str]]] = {}
    done: set[str] = set()
    for situation in situations(country):
        for step in advice.first_steps(situation, saved):
            if step.done:
                done.add(step.id)
            for line in step.lines:
                lines.setdefault(step.id, {}).setdefault(line, set()).add(situation.age)
    return tuple(
        StepShown(
            step.id,
            catalogue.t(f"advice.step.{step.id}.title"),
            catalogue.t(f"advice.step.{step.id}.what"),
            step.id in first,
            step.id in done,
            # Whom to talk to in danger stands above all steps already.
            ()
            if "emergency" in step.uses
            else tuple(
                (line, " ".join(sorted(ages))) for line, ages in lines.get(step.id, {}).items()
            ),
        )
        for step in advice.steps
    )


def plans(country: str) -> str:
    """Return, as JSON, which steps and lines each set of answers shows, in their order."""
    advice = load()
    found = {
        f"{one.age} {one.danger} {one.paid}": {
            "steps": [step.id for step in advice.first_steps(one)],
            "lines": [line.id for line in advice.lines_for(country, one.age, one.danger)],
        }
        for one in situations(country)
    }
    return json.dumps(found, separators=(",", ":"))


def situations(country: str) -> tuple[Situation, ...]:
    """Return every situation that the three questions can tell of."""
    return tuple(
        Situation(country=country, age=age, danger=danger, paid=paid)
        for age, danger, paid in itertools.product(get_args(Age), get_args(Danger), get_args(Paid))
    )


def questions(catalogue: Catalogue) -> tuple[Question, ...]:
    """Return the three questions, danger first. No answer is always an answer."""
    return tuple(
        Question(
            name,
            catalogue.t(f"advice.ask.{name}"),
            tuple((value, catalogue.t(f"advice.ask.{name}.{value}")) for value in values),
        )
        for name, values in (
            ("danger", ("yes", "no", "unknown")),
            ("age", ("under-18", "18-or-over", "unsure", "unknown")),
            ("paid", ("no", "yes", "collected", "unknown")),
        )
    )


def grounds(catalogue: Catalogue) -> tuple[Grounds, ...]:
    """Return what each step rests on."""
    facts, sources = _evidence()
    return tuple(
        Grounds(
            catalogue.t(f"advice.step.{step.id}.title"),
            tuple(
                (
                    catalogue.t(f"advice.fact.{fact}"),
                    sources[facts[fact].source],
                    catalogue.t(f"advice.grade.{facts[fact].grade}"),
                )
                for fact in step.facts
            ),
        )
        for step in load().steps
    )


@cache
def _evidence() -> tuple[dict[str, Fact], dict[str, Source]]:
    facts = msgspec.json.decode(_read("advice/facts.json"), type=_Facts).facts
    sources = msgspec.json.decode(_read("advice/sources.json"), type=_Sources).sources
    return {one.id: one for one in facts}, {one.id: one for one in sources}


def _read(path: str) -> bytes:
    return (resources.shared_folder() / path).read_bytes()
