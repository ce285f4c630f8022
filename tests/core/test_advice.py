"""The advice: danger first, block last, a source for everything, a tick only for what is saved."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import msgspec
import pytest

from handrail.core.advice import FILES, Advice, Saved, Situation, steps_for_terminal
from handrail.core.text import Catalogue

SHARED = Path(__file__).resolve().parents[2] / "shared"
ADVICE = Advice.load({name: (SHARED / path).read_bytes() for name, path in FILES.items()})
WORDS = Catalogue.load((SHARED / "text/en.json").read_bytes())
SENTENCES = json.loads((SHARED / "text/en.json").read_text("utf-8"))
KEYS = WORDS.keys()
SCHEMA = json.loads((SHARED / "schemas/advice.schema.json").read_text("utf-8"))
DOCUMENTS = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in [
        *sorted((SHARED / "advice").glob("*.json")),
        SHARED / "helplines/lines.json",
        SHARED / "helplines/zones.json",
    ]
}
EXAMPLES = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((SHARED / "examples/advice").glob("*.json"))
}
SITUATIONS = [
    Situation(country=country, age=age, danger=danger, paid=paid)  # type: ignore[arg-type]
    for country, age, danger, paid in itertools.product(
        *(ADVICE.dimensions[name] for name in ("country", "age", "danger", "paid"))
    )
]


def ids(situation: Situation) -> list[str]:
    return [step.id for step in ADVICE.first_steps(situation)]


def all_lines() -> list[dict[str, Any]]:
    document = DOCUMENTS["lines"]
    own = [line for country in document["countries"] for line in country["lines"]]
    return [*own, *document["everywhere"]]


def sources_named() -> list[dict[str, Any]]:
    """Every place in the data that rests on a source: facts, lines, and ways with their own."""
    ways = [way for line in all_lines() for way in line["ways"] if "source" in way]
    return [*DOCUMENTS["facts"]["facts"], *all_lines(), *ways]


# ── The order ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_come_out_as_written(name: str) -> None:
    example = EXAMPLES[name]
    situation = msgspec.convert(example["situation"], Situation)
    planned = ADVICE.first_steps(situation, ADVICE.saved_from(example["saved"]))
    lines = ADVICE.lines_for(situation.country, situation.age, situation.danger)
    assert [step.id for step in planned] == example["steps"]
    assert [step.id for step in planned if step.done] == example["done"]
    assert [line.id for line in lines] == example["lines"]
    assert ADVICE.country_of_zone(example["zone"]) == situation.country


@pytest.mark.parametrize("situation", [one for one in SITUATIONS if one.danger == "yes"], ids=str)
def test_in_danger_only_help_is_shown(situation: Situation) -> None:
    planned = ADVICE.first_steps(situation)
    assert [step.id for step in planned] == ["talk-now", "stay-with", "get-safe"]
    told = [line.id for line in ADVICE.lines_for(situation.country, situation.age, "yes")]
    assert list(planned[0].lines) == told


@pytest.mark.parametrize(
    ("country", "first"),
    [
        ("GB", "gb-childline"),
        ("US", "us-988"),
        ("IE", "ie-childline"),
        ("CA", "ca-kids-help-phone"),
        ("AU", "au-kids-helpline"),
        ("other", "other-find"),
    ],
)
@pytest.mark.parametrize("age", ["under-18", "unsure"])
def test_a_suicidal_child_gets_the_line_of_that_country_first(
    country: str, first: str, age: Any
) -> None:
    emergency, line, *_ = ADVICE.lines_for(country, age, "yes")
    assert "emergency" in emergency.uses
    assert line.id == first
    assert line.ways


def test_the_emergency_number_is_first_in_every_situation() -> None:
    for one in SITUATIONS:
        first, *others = ADVICE.lines_for(one.country, one.age, one.danger)
        assert "emergency" in first.uses
        assert not any("emergency" in line.uses for line in others)


def test_safety_is_asked_before_anything_until_it_is_answered() -> None:
    for one in SITUATIONS:
        if one.danger == "unknown":
            assert ids(one)[0] == "safe"
        else:
            assert "safe" not in ids(one)


def test_block_comes_last_of_what_is_done_in_the_app() -> None:
    for one in SITUATIONS:
        if one.danger != "yes":
            windows = {step.id: step.window for step in ADVICE.steps}
            now = [step for step in ids(one) if windows[step] == "now"]
            assert now[-1] == "block"
            assert {"save-profile", "save-chat", "report"} < set(now)


def test_under_18_or_unsure_gets_no_route_for_adults() -> None:
    for one in SITUATIONS:
        steps = set(ids(one))
        lines = {line for step in ADVICE.first_steps(one) for line in step.lines}
        if one.danger == "yes":
            continue
        if one.age in ("under-18", "unsure"):
            assert {"not-in-trouble", "report-child", "take-down-child"} <= steps
            assert not {"report-adult", "take-down-adult"} & steps
            assert "take-it-down" in lines
            assert "stopncii" not in lines
        elif one.age == "18-or-over":
            assert {"report-adult", "take-down-adult"} <= steps
            assert not {"not-in-trouble", "report-child", "take-down-child"} & steps
            assert "stopncii" in lines
        else:
            assert {"report-child", "report-adult", "take-down-child", "take-down-adult"} <= steps


def test_money_on_its_way_comes_before_saving() -> None:
    for one in SITUATIONS:
        steps = ids(one)
        assert ("stop-money" in steps) == (one.paid == "yes" and one.danger != "yes")
        if "stop-money" in steps:
            assert (
                steps.index("stop-money") < steps.index("stop-paid") < steps.index("save-profile")
            )


def test_exactly_one_step_says_not_to_pay() -> None:
    for one in SITUATIONS:
        if one.danger != "yes":
            assert len({"stop", "stop-paid", "stop-unpaid"} & set(ids(one))) == 1


def test_every_answer_has_a_reason_and_every_rule_is_used() -> None:
    reasons = {rule for one in SITUATIONS for s in ADVICE.first_steps(one) for rule in s.because}
    assert reasons == {rule.id for rule in ADVICE.rules if rule.add}
    assert {step for one in SITUATIONS for step in ids(one)} == {step.id for step in ADVICE.steps}
    for one in SITUATIONS:
        assert len(ids(one)) == len(set(ids(one)))


def test_saving_ticks_a_step_and_moves_none() -> None:
    for one in SITUATIONS:
        both = ADVICE.first_steps(one, Saved(profile=True, chat=True))
        assert [step.id for step in both] == ids(one)
        assert {step.id for step in both if step.done} == (
            set() if one.danger == "yes" else {"save-profile", "save-chat"}
        )
        assert not any(step.done for step in ADVICE.first_steps(one))


@pytest.mark.parametrize(
    ("field", "value"), [("age", "17"), ("danger", "maybe"), ("paid", ""), ("age", "Under-18")]
)
def test_an_answer_that_nobody_gave_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=field):
        ADVICE.first_steps(Situation(**{field: value}))  # type: ignore[arg-type]


def test_a_country_without_lines_is_elsewhere() -> None:
    assert ADVICE.first_steps(Situation(country="DE")) == ADVICE.first_steps(Situation())
    assert ADVICE.lines_for("../GB", "unknown", "unknown") == ADVICE.lines_for(
        "other", "unknown", "unknown"
    )


# ── Saved pages ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "profile", "chat"),
    [
        ("https://www.instagram.com/direct/t/1234567890/", False, True),
        ("https://www.instagram.com/sky.m_204/", True, False),
        ("https://www.instagram.com/explore/", False, False),
        ("https://www.instagram.com/", False, False),
        ("https://www.tiktok.com/@sky.m_204?lang=en", True, False),
        ("https://www.tiktok.com/sky", False, False),
        ("https://web.whatsapp.com/", False, True),
        ("https://discord.com/channels/@me/1234", False, True),
        ("http://0123456789abcdef.localhost:28417/practice/chat", False, True),
        ("https://instagram.com.example.com/direct/t/1", False, False),
        ("https://example.com/https://www.instagram.com/direct/", False, False),
        ("javascript:alert(1)//www.instagram.com/direct/", False, False),
        ("https://notlocalhost/practice/chat", False, False),
        ("", False, False),
    ],
)
def test_an_address_ticks_only_what_it_shows(address: str, profile: bool, chat: bool) -> None:
    assert ADVICE.saved_from([address]) == Saved(profile=profile, chat=chat)


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────


def test_no_unchecked_number_is_ever_a_number_to_ring() -> None:
    unchecked = {
        way["to"]
        for line in all_lines()
        for way in line["ways"]
        if way.get("grade", line["grade"]) == "unchecked" and "emergency" not in line["uses"]
    }
    assert unchecked  # the data has some, so this test can fail
    for one in SITUATIONS:
        lines = list(ADVICE.lines_for(one.country, one.age, one.danger))
        for step in ADVICE.first_steps(one):
            lines += [ADVICE.line(one.country, line) for line in step.lines]
        shown = {way.to for line in lines for way in line.ways}
        assert not shown & unchecked
        assert all(line.ways or f"advice.line.{line.id}" in WORDS for line in lines)


def test_a_line_that_nobody_has_read_is_not_shown() -> None:
    with pytest.raises(KeyError):
        ADVICE.line("IE", "ie-pieta")


# ── Sources and words ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_file_is_as_the_schema_says(name: str) -> None:
    document = DOCUMENTS[name]
    own = {"$ref": f"#/$defs/{document['kind']}", "$defs": SCHEMA["$defs"]}
    for schema in (SCHEMA, own):
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema).validate(document)


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("facts", lambda one: one["facts"][0].update(checked_on="24.11.2026")),
        ("facts", lambda one: one["facts"][0].update(grade="sure")),
        ("facts", lambda one: one["facts"][0].pop("source")),
        ("sources", lambda one: one["sources"][0].update(address="http://example.com/")),
        ("sources", lambda one: one["sources"][0].update(address="https://example.com/a b")),
        ("steps", lambda one: one["steps"][0].update(facts=[])),
        ("rules", lambda one: one["rules"][1]["when"].update(danger=["perhaps"])),
        ("rules", lambda one: one["rules"][1]["when"].update(mood=["low"])),
        ("lines", lambda one: one["countries"][0]["lines"][0]["ways"][0].update(to="99 9")),
        ("lines", lambda one: one["countries"][0]["lines"][0]["ways"][0].update(grade="read")),
        ("lines", lambda one: one["everywhere"][0]["ways"][0].update(to="tel:1")),
        ("zones", lambda one: one["zones"].update(DE=["Europe/Berlin"])),
    ],
)
def test_a_wrong_file_is_refused_by_the_schema(kind: str, spoil: Any) -> None:
    document = json.loads(json.dumps(DOCUMENTS[kind]))
    spoil(document)
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(document)


def test_every_fact_and_line_has_a_source_a_day_and_an_address() -> None:
    sources = {one["id"]: one for one in DOCUMENTS["sources"]["sources"]}
    today = datetime.now(UTC).date().isoformat()
    for one in sources_named():
        assert one["checked_on"] <= today, one
        address = urlsplit(sources[one["source"]]["address"])
        assert address.scheme == "https"
        assert "." in (address.hostname or "")
    used = {one["source"] for one in sources_named()}
    used |= {line["source"] for line in DOCUMENTS["agency"]["lines"]}
    assert used == set(sources)


def test_ids_are_given_once_and_name_something() -> None:
    facts = [one["id"] for one in DOCUMENTS["facts"]["facts"]]
    steps = [step.id for step in ADVICE.steps]
    rules = [rule.id for rule in ADVICE.rules]
    lines = [line["id"] for line in all_lines()]
    agency = [line["id"] for line in DOCUMENTS["agency"]["lines"]]
    for given in (facts, steps, rules, lines, agency):
        assert len(given) == len(set(given))
    for rule in ADVICE.rules:
        assert {*rule.add, *rule.remove} <= set(steps)
    for step in ADVICE.steps:
        assert set(step.facts) <= set(facts)
    for line in DOCUMENTS["agency"]["lines"]:
        assert set(line["steps"]) <= set(steps)
        assert set(line["facts"]) <= set(facts)
        assert bool(line["steps"]) == (line["status"] != "left-out")
    cited = {f for step in ADVICE.steps for f in step.facts}
    cited |= {f for line in DOCUMENTS["agency"]["lines"] for f in line["facts"]}
    assert set(facts) - cited == {"threats-not-kept"}  # stands beside the steps, in its own words


def test_every_step_fact_rule_and_line_has_its_words_and_no_words_are_left_over() -> None:
    expected = {"advice.terminal.step"}
    for step in ADVICE.steps:
        expected |= {f"advice.step.{step.id}.title", f"advice.step.{step.id}.what"}
    expected |= {f"advice.rule.{rule.id.lower()}" for rule in ADVICE.rules}
    expected |= {f"advice.fact.{fact['id']}" for fact in DOCUMENTS["facts"]["facts"]}
    for line in DOCUMENTS["agency"]["lines"]:
        expected |= {f"advice.agency.{line['id']}.said", f"advice.agency.{line['id']}.now"}
    for one in all_lines():
        if one["id"] == "other-emergency" or "emergency" not in one["uses"]:
            expected.add(f"advice.line.{one['id']}")
        if one["note"]:
            expected.add(f"advice.line.{one['id']}.note")
    kinds = ("step", "rule", "fact", "agency", "line", "terminal")
    found = {key for key in KEYS if key.split(".")[:2] in [["advice", k] for k in kinds]}
    assert found == expected


def test_the_words_blame_nobody_press_nobody_and_promise_nothing() -> None:
    for key in KEYS:
        if key.startswith("advice.") and not key.endswith(".said"):
            words = SENTENCES[key].lower()
            words = words.replace("revenge porn helpline", "")  # its own name
            for wrong in ("!", "victim", "you must", "you should", "hurry", "will not share",
                          "committed suicide", "revenge porn", "we promise", "score"):  # fmt: skip
                assert wrong not in words, key


# ── The clock, and the terminal ──────────────────────────────────────────────────────────────


def test_the_demo_can_print_the_first_three_steps_that_are_open() -> None:
    chat = "http://0123456789abcdef.localhost:1/practice/chat"
    printed = steps_for_terminal(ADVICE, WORDS, [chat], "Europe/London", most=6)
    assert len(printed) == 6
    assert [one.split(".")[0] for one in printed] == list("123456")
    titles = [
        WORDS.t(f"advice.step.{step}.title") for step in ("safe", "save-profile", "save-chat")
    ]
    assert titles[0] in printed[0]
    assert any(titles[1] in one for one in printed)
    assert not any(titles[2] in one for one in printed)
    assert steps_for_terminal(ADVICE, WORDS, [], "") == steps_for_terminal(
        ADVICE, WORDS, [], "Europe/Paris"
    )
