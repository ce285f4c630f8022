"""Fail when a part that reaches a person has a licence that Handrail did not agree to.

Two lists are read: the Python packages of requirements/run.txt as they are installed, and the npm
packages that the extension carries (package-lock.json without the development ones). The check
reads what each package says about itself; what only checks or builds Handrail is not looked at.
"""

import argparse
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

ALLOWED = frozenset(
    {
        "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "HPND", "ISC", "MIT",
        "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib",
    }
)  # fmt: skip

# The older words that packages use for the same licences, lower case.
OLDER_WORDS = {
    "2-clause bsd license": "BSD-2-Clause",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
}

# Packages that say nothing a program can read, and what a person read in the named file.
READ_BY_A_PERSON = {
    "apsw-sqlite3mc": "Zlib AND MIT",  # licenses/LICENSE for APSW; SQLite3 Multiple Ciphers is MIT
    "pyrage": "MIT",  # licenses/LICENSE
}


class Part(NamedTuple):
    """One package and the licence it states, as an SPDX expression or as the words it uses."""

    name: str
    licence: str


def is_allowed(licence: str) -> bool:
    """Tell whether an SPDX expression leaves us free to use only licences of the list.

    `AND` needs both sides, `OR` needs one, `WITH` (an exception) is never on the list.
    """
    tokens = re.findall(r"[()]|[^\s()]+", OLDER_WORDS.get(licence.strip().lower(), licence))
    if not tokens:
        return False
    answer, rest = _either(tokens)
    return answer and not rest


def _either(tokens: list[str]) -> tuple[bool, list[str]]:
    answer, rest = _both(tokens)
    while rest and rest[0].upper() == "OR":
        other, rest = _both(rest[1:])
        answer = answer or other
    return answer, rest


def _both(tokens: list[str]) -> tuple[bool, list[str]]:
    answer, rest = _one(tokens)
    while rest and rest[0].upper() == "AND":
        other, rest = _one(rest[1:])
        answer = answer and other
    return answer, rest


def _one(tokens: list[str]) -> tuple[bool, list[str]]:
    if not tokens:
        return False, []
    if tokens[0] != "(":
        return tokens[0] in ALLOWED, tokens[1:]
    answer, rest = _either(tokens[1:])
    return (answer, rest[1:]) if rest and rest[0] == ")" else (False, [])


def python_parts(lock: Path, site: list[str] | None = None) -> Iterator[Part]:
    """Yield the packages that a lock file names, with what their installed metadata says."""
    names = re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)
    for name in dict.fromkeys(names):
        found = next(iter(importlib.metadata.distributions(name=name, path=site or sys.path)), None)
        if found is None:
            yield Part(name, "not installed here")
            continue
        about = found.metadata.json
        classes = [
            one.rpartition(" :: ")[2]
            for one in about.get("classifier", [])
            if one.startswith("License ::") and not one.endswith("OSI Approved")
        ]
        stated = READ_BY_A_PERSON.get(name) or about.get("license_expression")
        # A whole licence text in the field `License` says less than the classifiers do.
        words = [OLDER_WORDS.get(one.lower(), one) for one in classes] or [
            str(about.get("license", ""))
        ]
        yield Part(name, str(stated or " AND ".join(words)))


def npm_parts(lock: Path) -> Iterator[Part]:
    """Yield the packages that package-lock.json would give to a person."""
    for place, about in json.loads(lock.read_text(encoding="utf-8"))["packages"].items():
        if place and not about.get("dev"):
            yield Part(place.rpartition("node_modules/")[2], about.get("license", ""))


def refused(parts: Iterable[Part]) -> list[Part]:
    """Return the parts whose licence is not on the list."""
    return [part for part in parts if not is_allowed(part.licence)]


def main() -> int:
    """Check both lists; with --list, show them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--list", action="store_true", help="show every part and its licence")
    show = options.parse_args().list
    parts = [
        *python_parts(ROOT / "requirements" / "run.txt"),
        *npm_parts(ROOT / "package-lock.json"),
    ]
    if show:
        for part in parts:
            print(f"{part.name:30} {part.licence}")
    bad = refused(parts)
    for part in bad:
        print(f"{part.name}: the licence {part.licence!r} is not on the list", file=sys.stderr)
    if not bad:
        print(f"Licences: {len(parts)} parts reach a person, every licence is on the list.")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
