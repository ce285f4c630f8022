"""A language of our own for tests: every sentence of the catalogue, accented, longer, in brackets.

    Save this view   →   ⟦ŠŠááṽé ŧŧĥĥíš ṽṽííéŵ⟧

Shown in it, a screen tells which of its words are not from the catalogue: they are the ones that
can still be read. And its words are longer by two fifths, as those of another language may be.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

from babel import Locale
from playwright.async_api import Page

from tests.contract.examples import ROOT

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
STRANGE = "áƀçđéƒĝĥíĵķłɱñóƥɋŕšŧúṽŵẋýžÁƁÇĐÉƑĜĤÍĴĶŁⱮÑÓƤɊŔŠŦÚṼŴẊÝŽ"
LONGER = 0.4

_LETTERS = str.maketrans(PLAIN, STRANGE)
_PLACE = re.compile(r"(\{[a-z_]+\})")
_WORD = re.compile(r"[^\W\d_]+")
_DIGEST = re.compile(r"\b(?:[0-9a-f]{8} ?){8}\b|\b(?:[0-9a-f]{4} ){2}[0-9a-f]{4}\b")

NO_SENTENCES = ("pages.pattern.",)
"""Values that a program reads: how a date is written, and in which language."""


def pseudo(sentence: str) -> str:
    """Return one sentence in the language of tests. What stands in {braces} stays."""
    parts = _PLACE.split(sentence)
    parts[::2] = (_WORD.sub(_stretched, part).translate(_LETTERS) for part in parts[::2])
    return f"⟦{''.join(parts)}⟧"


def _stretched(word: re.Match[str]) -> str:
    """Double as many letters of a word as make it longer by two fifths."""
    letters = word[0]
    doubled = math.ceil(len(letters) * LONGER)
    return "".join(letter * 2 for letter in letters[:doubled]) + letters[doubled:]


def sentences() -> dict[str, Any]:
    """Return the whole catalogue in the language of tests."""
    catalogue = json.loads((ROOT / "shared/text/en.json").read_text("utf-8"))
    return {
        key: value
        if key.startswith(NO_SENTENCES)
        else {form: pseudo(said) for form, said in value.items()}
        if isinstance(value, dict)
        else pseudo(value)
        for key, value in catalogue.items()
    }


# ── What is left ─────────────────────────────────────────────────────────────────────────────

# Text inside <bdi> is the page's that was saved; `translate=no` are words to be written down.
EVERYTHING_SAID = """() => {
  const said = [document.title];
  const walk = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) {
        if (!node.parentElement.closest("script, style, bdi, [translate=no]")) {
          said.push(node.data);
        }
        continue;
      }
      for (const name of ["alt", "title", "label", "placeholder", "aria-label",
        "aria-description", "aria-roledescription", "aria-valuetext"]) {
        said.push(node.getAttribute(name) ?? "");
      }
      if (node.matches("input[type=submit], input[type=button]")) {
        said.push(node.value);
      }
    }
  };
  walk(document.documentElement);
  return said;
}"""


def names() -> list[str]:
    """Return what is not ours to translate: names of helplines, sources, days and months."""
    lines, sources, practice = (
        json.loads((ROOT / "shared" / path).read_text("utf-8"))
        for path in ("helplines/lines.json", "advice/sources.json", "practice/chat.json")
    )
    listed = [line for country in lines["countries"] for line in country["lines"]]
    listed += lines["everywhere"]
    english = Locale("en")
    return [
        *(line["name"] for line in listed),
        *(way.get("body", "") for line in listed for way in line["ways"]),
        *(source[name] for source in sources["sources"] for name in ("organisation", "title")),
        practice["account"]["name"],
        *english.days["format"]["wide"].values(),
        *english.months["format"]["wide"].values(),
    ]


async def readable_words(page: Page, data: Iterable[str]) -> set[str]:
    """Return the words of a page that can still be read and are no part of this data.

    A piece with a digit, a dot inside or a sign is an address, a number or the name of a file.
    """
    said: list[str] = await page.evaluate(EVERYTHING_SAID)
    names = sorted({text for text in data if text}, key=len, reverse=True)
    known = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names))
    return {word for text in said for word in _words(known.sub(" ", " ".join(text.split())))}


def _words(text: str) -> Iterable[str]:
    for piece in re.split(r"[\s⟦⟧()]+", _DIGEST.sub(" ", text)):
        word = re.sub(r"^\W+|\W+$", "", piece)
        if re.fullmatch(r"[A-Za-z]+([^\w./:@][A-Za-z]+)*", word) and len(word) > 1:
            yield word
