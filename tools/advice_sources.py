"""Write docs/advice-sources.md: each sentence of the agency advice, its step, its present source.

Everything in it comes from shared/advice, shared/helplines and the catalogue, so it cannot say
anything else than the screens do. With --check nothing is written: the exit status says whether
the document is as the data has it now.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "advice-sources.md"

HEAD = """\
# Where the advice comes from

<!-- Written by tools/advice_sources.py from shared/. Change the data, then run it again. -->

Handrail was made from the advice of a law enforcement agency, the British National Crime Agency,
of 2016. This page follows that advice line by line: what it said, in few words of our own, what has
become of it, which step shows it now, and who says so today.

How sure a row is: **read** means that the body's own words were read, in a stored copy, on that
day. **secondary** means that somebody else repeats them. **unchecked** means widely known and still
to be read; such a number is never shown as one to ring. Nobody has opened these pages live yet:
that has to be done before a release.
"""


def main(arguments: list[str]) -> int:
    """Write the document, or compare it; return 1 when it is not as the data has it."""
    text = document()
    if arguments == ["--check"]:
        if OUT.is_file() and OUT.read_text("utf-8") == text:
            print("The advice document is as the data has it.")
            return 0
        print(
            "docs/advice-sources.md is not as the data has it. Run tools/advice_sources.py.",
            file=sys.stderr,
        )
        return 1
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(text, "utf-8")
    return 0


def document() -> str:
    """Return the whole document."""
    words = read("text/en.json")
    sources = by_id(read("advice/sources.json")["sources"])
    facts = by_id(read("advice/facts.json")["facts"])
    lines = read("helplines/lines.json")
    parts = [
        HEAD,
        agency_table(read("advice/agency.json")["lines"], words, facts, sources),
        step_table(read("advice/steps.json")["steps"], words, facts, sources),
        rule_table(read("advice/rules.json")["rules"], words),
        *(
            line_table(country["id"], country["lines"], words, sources)
            for country in lines["countries"]
        ),
        line_table("everywhere", lines["everywhere"], words, sources),
    ]
    return "\n".join(parts)


def agency_table(
    rows: Iterable[Mapping[str, Any]],
    words: Mapping[str, str],
    facts: Mapping[str, Any],
    sources: Mapping[str, Any],
) -> str:
    """Return the table of the agency's lines."""
    made = ["## Line by line", ""]
    made += table_head("What it said", "What has become of it", "Step", "Present source")
    for row in rows:
        key = f"advice.agency.{row['id']}"
        made.append(
            table_row(
                f"{words[f'{key}.said']}",
                f"**{row['status'].replace('-', ' ')}.** {words[f'{key}.now']}",
                ", ".join(f"`{step}`" for step in row["steps"]) or "none",
                "; ".join(cited(facts[fact], sources) for fact in row["facts"]) or "none",
            )
        )
    copies = sorted({row["source"] for row in rows})
    made += ["", "The agency's advice was read in these copies:", ""]
    made += [f"- {linked(sources[one])}" for one in copies]
    return "\n".join([*made, ""])


def step_table(
    rows: Iterable[Mapping[str, Any]],
    words: Mapping[str, str],
    facts: Mapping[str, Any],
    sources: Mapping[str, Any],
) -> str:
    """Return the table of the steps, in their order, with what each rests on."""
    made = ["## The steps, in their order", ""]
    made += table_head("Step", "What is shown", "It rests on")
    for row in rows:
        key = f"advice.step.{row['id']}"
        resting = [
            f"{words[f'advice.fact.{fact}']} {cited(facts[fact], sources)}" for fact in row["facts"]
        ]
        shown = f"**{words[f'{key}.title']}** {words[f'{key}.what']}"
        made.append(table_row(f"`{row['id']}`", shown, "<br>".join(resting)))
    return "\n".join([*made, ""])


def rule_table(rows: Iterable[Mapping[str, Any]], words: Mapping[str, str]) -> str:
    """Return the table of the rules."""
    made = ["## Which steps are shown", ""]
    made += table_head("Rule", "When", "Adds", "Takes away")
    for row in rows:
        when = " and ".join(
            f"{name} is {' or '.join(values)}" for name, values in row["when"].items()
        )
        because = words[f"advice.rule.{row['id'].lower()}"]
        made.append(
            table_row(
                f"{row['id']}: {because}",
                when or "always",
                ", ".join(f"`{step}`" for step in row["add"]) or "nothing",
                "everything else" if row["only"] else named(row["remove"]) or "nothing",
            )
        )
    return "\n".join([*made, ""])


def line_table(
    where: str,
    rows: Iterable[Mapping[str, Any]],
    words: Mapping[str, str],
    sources: Mapping[str, Any],
) -> str:
    """Return the table of one country's lines."""
    title = {"other": "Elsewhere", "everywhere": "In every country"}
    country = title.get(where) or words[f"advice.country.{where.lower()}"]
    made = [f"## Lines and places to report: {country}", ""]
    made += table_head("Name", "Ways", "For", "Source")
    for row in rows:
        ways = [
            f"{way['by']} {way['shown']}" + (f" ({cited(way, sources)})" if "grade" in way else "")
            for way in row["ways"]
        ]
        emergency = "emergency" in row["uses"]
        made.append(
            table_row(
                row["name"] or "Emergency number",
                "<br>".join(ways) or "no number",
                words.get(f"advice.line.{row['id']}", "danger to life"),
                cited(row, sources) + (", an emergency number counts as checked" * emergency),
            )
        )
    return "\n".join([*made, ""])


# ---------------------------------------------------------------- small parts


def read(path: str) -> Any:
    """Return one file of shared/."""
    return json.loads((ROOT / "shared" / path).read_text("utf-8"))


def by_id(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return rows by their id."""
    return {row["id"]: row for row in rows}


def named(ids: Iterable[str]) -> str:
    """Return ids as code."""
    return ", ".join(f"`{one}`" for one in ids)


def linked(source: Mapping[str, str]) -> str:
    """Return a source as a link."""
    return f"[{source['organisation']}: {source['title']}]({source['address']})"


def cited(row: Mapping[str, str], sources: Mapping[str, Any]) -> str:
    """Return a source with how and when it was read."""
    return f"{linked(sources[row['source']])}, {row['grade']}, {row['checked_on']}"


def table_head(*names: str) -> list[str]:
    """Return the two lines that begin a table."""
    return [table_row(*names), table_row(*("---" for _ in names))]


def table_row(*cells: str) -> str:
    """Return one line of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
