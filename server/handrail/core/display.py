r"""Text from elsewhere, made safe to look at.

Titles, names and addresses are written by whoever made the page. Some characters in them are
invisible, turn the reading direction round or pile up over the lines beside them, so that what a
person reads is not what is there (`photo\u202egpj.exe` reads as `photoexe.jpg`). The copies made
here show such characters as `[U+202E]`. They are for screens only: the exhibit keeps every byte,
and escaping for HTML is left to the template.
"""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple
from urllib.parse import urlsplit

TITLE_LIMIT: Final = 500
ADDRESS_LIMIT: Final = 2048
TEXT_LIMIT: Final = 1_048_576
CUT: Final = "\u2026"

_MARKS_PER_LETTER = 3
_LINE_BREAKS = ("\n", "\t")
# Letters that are drawn as nothing, but are not of a category that says so.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u034f\u2800\u17b4\u17b5")
_VARIATION_SELECTORS = frozenset(
    [*(chr(point) for point in range(0xFE00, 0xFE10)), "\u180b", "\u180c", "\u180d", "\u180f"]
)
_JOINERS = frozenset("\u200c\u200d")


class AddressShown(NamedTuple):
    """A web address as it may be shown: never as a link, always as text."""

    text: str
    host: str
    reads_as: str | None
    """What a browser would draw for an `xn--` host, or the `xn--` form of one in other letters."""
    mixed_alphabets: bool


def visible(untrusted_text: str, limit: int, *, lines: bool = False, joiners: bool = False) -> str:
    """Return the text with nothing in it that hides, turns or piles up, cut to `limit` characters.

    `lines` keeps line breaks and tabs. `joiners` keeps U+200C and U+200D between letters, where
    Persian and Indian languages need them to be read at all; names and titles never get that.
    """
    shown: list[str] = []
    marks = 0
    before = ""
    for place, character in enumerate(untrusted_text):
        if place >= limit:
            shown.append(CUT)
            break
        if character in _VARIATION_SELECTORS:
            lone = bool(before) and before not in _VARIATION_SELECTORS
            shown.append(character if lone else _named(character))
        elif _is_mark(character):
            marks += 1
            shown.append(character if marks <= _MARKS_PER_LETTER else _named(character))
        elif lines and character in _LINE_BREAKS:
            marks = 0
            shown.append(character)
        elif joiners and character in _JOINERS and _joins(before, untrusted_text, place):
            shown.append(character)
        elif _is_invisible(character):
            marks = 0
            shown.append(_named(character))
        else:
            marks = 0
            shown.append(character)
        before = character
    return "".join(shown)


def title(untrusted_title: str) -> str:
    """Return a page's title or an account's name as one line of visible text."""
    return visible(untrusted_title.strip(), TITLE_LIMIT)


def address(untrusted_url: str) -> AddressShown:
    """Return a web address ready to be shown as text, with its host in both spellings.

    A name and password in front of the host are left out: they are there to mislead, or secret.
    """
    try:
        parts = urlsplit(untrusted_url)
        host = parts.hostname or ""
    except ValueError:
        return AddressShown(visible(untrusted_url, ADDRESS_LIMIT), "", None, mixed_alphabets=False)
    shown = untrusted_url
    if "@" in parts.netloc:
        shown = shown.replace(parts.netloc, parts.netloc.rpartition("@")[2], 1)
    unicode_host = ".".join(_decode_label(label) for label in host.split("."))
    ascii_host = ".".join(_encode_label(label) for label in host.split("."))
    other = unicode_host if unicode_host != host else ascii_host
    return AddressShown(
        text=visible(shown, ADDRESS_LIMIT),
        host=visible(host, TITLE_LIMIT),
        reads_as=visible(other, TITLE_LIMIT) if other != host else None,
        mixed_alphabets=any(_alphabets(label) > 1 for label in unicode_host.split(".")),
    )


def _named(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _is_mark(character: str) -> bool:
    """Say whether a character is drawn over or under the letter before it."""
    return unicodedata.category(character) in ("Mn", "Me") and not _is_invisible(character)


def _is_invisible(character: str) -> bool:
    """Say whether a character controls, formats, separates or is drawn as nothing."""
    return (
        unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        or character in _BLANK_LETTERS
        or 0xE0000 <= ord(character) <= 0xE0FFF
    )


def _joins(before: str, text: str, place: int) -> bool:
    """Say whether a joiner stands between two letters or marks of a script that joins."""
    after = text[place + 1] if place + 1 < len(text) else ""
    return _of_a_joining_script(before) and _of_a_joining_script(after)


def _of_a_joining_script(letter: str) -> bool:
    return "\u0600" <= letter <= "\u0fff" and unicodedata.category(letter)[0] in "LM"


def _decode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _encode_label(label: str) -> str:
    if label.isascii():
        return label
    try:
        return "xn--" + label.encode("punycode").decode("ascii")
    except UnicodeError:
        return label


def _alphabets(label: str) -> int:
    """Return how many alphabets the letters of a host label come from, by their Unicode names."""
    names = {unicodedata.name(letter, "").split(" ")[0] for letter in label if letter.isalpha()}
    east_asian = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"}
    return len(names - east_asian) + bool(names & east_asian)
