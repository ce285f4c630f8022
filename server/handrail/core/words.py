"""The words of a page copy, without its markup.

The copy is text that a page's author had a hand in, so it is never given to an HTML parser that
builds, fetches or repairs anything. This reads it once from left to right, in time that grows with
its length only. The result is for reading; the exhibit is the copy itself.
"""

from __future__ import annotations

import html
import re
from typing import Final

MOST_INPUT: Final = 8 * 1024 * 1024
MOST_WORDS: Final = 1024 * 1024

_WORDLESS = frozenset({"script", "style", "template", "noscript", "head", "svg", "title"})
_BREAKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table",
    "td", "th", "tr", "ul",
})  # fmt: skip
_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:-]*")
_END_OR_QUOTE = re.compile("[>\"']")
_SPACES = re.compile(r"[ \t\r\f\n]+")
_EMPTY_LINES = re.compile(r"\n[ \n]*\n")


def words_of(untrusted_copy: str) -> str:
    """Return the text of a page copy, one line for each block, at most `MOST_WORDS` characters."""
    copy = untrusted_copy[:MOST_INPUT]
    lines: list[str] = []
    length = place = depth = 0
    silent = ""  # the wordless element we are in
    while place < len(copy) and length <= MOST_WORDS:
        opening = copy.find("<", place)
        text = copy[place : opening if opening >= 0 else len(copy)]
        if not silent and text:
            said = _SPACES.sub(" ", html.unescape(text))
            lines.append(said)
            length += len(said)
        if opening < 0:
            break
        name, place = _tag(copy, opening)
        if name is None:
            if not silent:
                lines.append(copy[opening:place])
        elif silent:
            depth += (name == silent) - (name == f"/{silent}")
            silent = silent if depth else ""
        elif name in _WORDLESS:
            silent, depth = name, 1
        elif name.removeprefix("/") in _BREAKS:
            lines.append("\n")
    joined = "".join(lines).replace(" \n", "\n").replace("\n ", "\n")
    return _EMPTY_LINES.sub("\n", joined).strip()[:MOST_WORDS]


def _tag(copy: str, opening: int) -> tuple[str | None, int]:
    """Return the lower-case name of the tag that opens here, with its slash, and where it ends.

    The name is None for a `<` that opens no tag. A comment and a doctype have the name `!`. A tag
    that never ends takes the rest with it, as in the HTML standard (13.2.5, "eof-in-tag").
    """
    if copy.startswith("<!--", opening):
        end = copy.find("-->", opening + 4)
        return "!", len(copy) if end < 0 else end + 3
    if copy.startswith("<!", opening):
        end = copy.find(">", opening)
        return "!", len(copy) if end < 0 else end + 1
    match = _NAME.match(copy, opening + 1)
    if match is None:
        return None, opening + 1
    place = match.end()
    while (found := _END_OR_QUOTE.search(copy, place)) is not None:
        if found[0] == ">":
            return match[0].lower(), found.end()
        closing = copy.find(found[0], found.end())
        if closing < 0:
            break
        place = closing + 1
    return match[0].lower(), len(copy)
