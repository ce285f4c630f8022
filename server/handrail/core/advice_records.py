"""The shapes of the advice: what `shared/advice` and `shared/helplines` hold, read strictly.

What is made of it is in `advice`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from .records import Record

Age = Literal["unknown", "under-18", "18-or-over", "unsure"]
Danger = Literal["unknown", "yes", "no"]
Paid = Literal["unknown", "no", "yes", "collected"]
Grade = Literal["read", "secondary", "unchecked"]
Use = Literal[
    "emergency", "crisis", "child", "directory", "support", "report-child", "report-adult",
    "removal-child", "removal-adult", "money",
]  # fmt: skip
Conditions = Mapping[str, tuple[str, ...]]

ELSEWHERE: Final = "other"
"""The country id of everywhere that has no lines of its own."""
FILES: Final = {
    "steps": "advice/steps.json",
    "rules": "advice/rules.json",
    "pages": "advice/pages.json",
    "lines": "helplines/lines.json",
    "zones": "helplines/zones.json",
}
"""The files that `Advice.load` needs, by name, under `shared/`."""


class Situation(Record, frozen=True, kw_only=True):
    """What is known about the person's situation. Nothing has to be."""

    country: str = ELSEWHERE
    age: Age = "unknown"
    danger: Danger = "unknown"
    paid: Paid = "unknown"


class Saved(Record, frozen=True, kw_only=True):
    """What has been saved already, as far as an address can tell."""

    profile: bool = False
    chat: bool = False


class Step(Record, frozen=True, kw_only=True):
    """Something a person can do."""

    id: str
    window: Literal["now", "day", "weeks"]
    uses: tuple[Use, ...]
    done_by: Literal["profile", "chat"] | None
    facts: tuple[str, ...]


class Rule(Record, frozen=True, kw_only=True):
    """Which steps come and go when each named dimension has one of the named values."""

    id: str
    when: dict[str, tuple[str, ...]]
    add: tuple[str, ...]
    remove: tuple[str, ...]
    only: bool


class Order(Record, frozen=True, kw_only=True):
    """In which order kinds of lines are shown in a situation."""

    when: dict[str, tuple[str, ...]]
    uses: tuple[Use, ...]


class Way(Record, frozen=True, kw_only=True):
    """One way to reach a line: as it is dialled or opened, and as it is read."""

    by: Literal["call", "text", "web"]
    to: str
    shown: str
    body: str = ""
    source: str | None = None
    grade: Grade | None = None
    checked_on: str | None = None


class Line(Record, frozen=True, kw_only=True):
    """Somebody to talk to, or a place to report."""

    id: str
    uses: tuple[Use, ...]
    ages: tuple[Age, ...]
    name: str
    note: bool
    ways: tuple[Way, ...]
    source: str
    grade: Grade
    checked_on: str


class Country(Record, frozen=True, kw_only=True):
    """The lines of one country."""

    id: str
    lines: tuple[Line, ...]


class PlannedStep(Record, frozen=True, kw_only=True):
    """A step, the rules that ask for it, whether it is done, and the lines under it, by id."""

    id: str
    because: tuple[str, ...]
    done: bool
    lines: tuple[str, ...]
