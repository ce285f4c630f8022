"""Python and JavaScript give the same advice: in every situation, and on every example."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from handrail.core.advice import FILES, Advice, Saved, Situation
from tests.building import ROOT

SHARED = ROOT / "shared"
ADVICE = Advice.load({name: (SHARED / path).read_bytes() for name, path in FILES.items()})

LOAD = """
import { readFileSync } from "node:fs";
import { FILES, makeAdvice } from "./core/advice.js";
const read = (path) => JSON.parse(readFileSync(`../shared/${path}`, "utf8"));
const files = Object.fromEntries(Object.entries(FILES).map(([name, path]) => [name, read(path)]));
const advice = makeAdvice(files);
"""

EVERYTHING = (
    LOAD
    + """
const { country, age, danger, paid } = files.rules.dimensions;
const answers = {};
for (const c of [...country, "DE"]) for (const a of age) for (const d of danger) {
  answers[[c, a, d].join(" ")] = advice.linesFor(c, a, d);
  for (const p of paid) for (const profile of [false, true]) for (const chat of [false, true]) {
    answers[[c, a, d, p, profile, chat].join(" ")] = advice.firstSteps(
      { country: c, age: a, danger: d, paid: p }, { profile, chat });
  }
}
answer(answers);"""
)


def in_python() -> dict[str, Any]:
    """Every value of every dimension with every value of every other, answered in Python."""
    names = ("country", "age", "danger", "paid")
    countries, *rest = (ADVICE.dimensions[name] for name in names)
    answers: dict[str, Any] = {}
    for c, a, d in itertools.product((*countries, "DE"), *rest[:2]):
        lines = ADVICE.lines_for(c, a, d)  # type: ignore[arg-type]
        answers[f"{c} {a} {d}"] = [_line(line) for line in lines]
        for p, profile, chat in itertools.product(rest[2], (False, True), (False, True)):
            situation = msgspec.convert({"country": c, "age": a, "danger": d, "paid": p}, Situation)
            planned = ADVICE.first_steps(situation, Saved(profile=profile, chat=chat))
            key = f"{c} {a} {d} {p} {profile} {chat}".replace("True", "true")
            answers[key.replace("False", "false")] = _json(planned)
    return answers


def _json(value: object) -> Any:
    return json.loads(msgspec.json.encode(value))


def _line(line: Any) -> dict[str, Any]:
    """A line as its file has it: what a way does not say stays unsaid."""
    told: dict[str, Any] = _json(line)
    told["ways"] = [
        {name: value for name, value in way.items() if value not in (None, "")}
        for way in told["ways"]
    ]
    return told


def test_every_situation_gets_the_same_answer_in_both(node: Callable[[str], Any]) -> None:
    python, javascript = in_python(), node(EVERYTHING)
    assert len(python) == 7 * 4 * 3 * (1 + 4 * 4)
    assert python.keys() == javascript.keys()
    assert [key for key in python if python[key] != javascript[key]] == []


@pytest.mark.parametrize("path", sorted((SHARED / "examples/advice").glob("*.json")), ids=str)
def test_the_examples_come_out_as_written_in_javascript(
    node: Callable[[str], Any], path: Any
) -> None:
    example = json.loads(path.read_text("utf-8"))
    told = node(
        f"""{LOAD}
        const {{ situation, saved, zone }} = {json.dumps(example)};
        const planned = advice.firstSteps(situation, advice.savedFrom(saved));
        answer({{
          steps: planned.map(({{ id }}) => id),
          done: planned.filter(({{ done }}) => done).map(({{ id }}) => id),
          lines: advice.linesFor(situation.country, situation.age, situation.danger)
            .map(({{ id }}) => id),
          country: advice.countryOfZone(zone),
        }});"""
    )
    assert told == {
        "steps": example["steps"],
        "done": example["done"],
        "lines": example["lines"],
        "country": example["situation"]["country"],
    }


ADDRESSES = [
    f"{start}{host}{path}"
    for start in ("https://", "http://", "HTTPS://", "ftp://", "")
    for host in (
        "instagram.com", "www.instagram.com", "x.com", "a.localhost:80", "localhost", "t.me:999999",
        "www.tiktok.com", "web.whatsapp.com", "user@x.com", "x.com.", "",
    )
    for path in (
        "", "/", "//", "/direct/t/1", "/direct", "/sky.m_204", "/sky/", "/@sky", "/@", "/explore",
        "/messages/1-2?x=/", "/practice/chat#a", "/practice/profile\n", "/\u2028x", "/a/b/c", "/**",
        "/*", "?direct/t/1", "/%64irect/",
    )
]  # fmt: skip


def test_every_address_is_read_the_same_in_both(node: Callable[[str], Any]) -> None:
    told = node(f"{LOAD} answer({json.dumps(ADDRESSES)}.map((one) => advice.savedFrom([one])));")
    python = [_json(ADVICE.saved_from([one])) for one in ADDRESSES]
    assert python == told
    assert {"profile": True, "chat": False} in python
    assert {"profile": False, "chat": True} in python


def test_every_time_zone_is_read_the_same_in_both(node: Callable[[str], Any]) -> None:
    names = [n for names in ADVICE.zones.values() for n in names]
    names += ["", "US/Eastern", "US", "us/Eastern", "Europe/Paris", "Europe/London ", "America/"]
    told = node(f"{LOAD} answer({json.dumps(names)}.map(advice.countryOfZone));")
    assert told == [ADVICE.country_of_zone(name) for name in names]


@pytest.mark.parametrize("field", ["age", "danger", "paid"])
def test_an_answer_that_nobody_gave_is_refused_in_javascript(
    node: Callable[[str], Any], field: str
) -> None:
    told = node(
        f"""{LOAD}
        const situation = {{ country: "GB", age: "unknown", danger: "unknown", paid: "unknown" }};
        try {{
          advice.firstSteps({{ ...situation, {field}: "perhaps" }});
          answer("taken");
        }} catch (thrown) {{ answer(thrown instanceof RangeError); }}"""
    )
    assert told is True
