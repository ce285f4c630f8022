"""The one catalogue of words: every sentence a person reads, by its key.

`shared/text/<language>.json` is one flat object. A value is a sentence with `{placeholders}`, or an
object of plural forms (CLDR: zero, one, two, few, many, other) chosen by the value of `count`.
`extension/core/text.js` reads the same file the same way. Reading it from disk is left to others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NoReturn

from babel import Locale, UnknownLocaleError

Sentence = str | Mapping[str, str]

_KEY = re.compile(r"[a-z]+(\.[a-z0-9][a-z0-9_-]*)+")
_PLACE = re.compile(r"\{([a-z_]+)\}")
_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})


class Catalogue:
    """The sentences of one language."""

    def __init__(self, sentences: Mapping[str, Sentence], language: str = "en") -> None:
        try:
            self._form_of = Locale.parse(language, sep="-").plural_form
        except (UnknownLocaleError, ValueError) as error:
            raise ValueError(f"no plural rules for the language {language!r}") from error
        for key, sentence in sentences.items():
            _check(key, sentence)
        self._sentences = dict(sentences)
        self.language = language

    @classmethod
    def load(cls, data: bytes, language: str = "en") -> Catalogue:
        """Return the catalogue that a file's bytes hold. Raises `ValueError` for a wrong one."""
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
        if not isinstance(found, dict):
            raise ValueError("a catalogue is one object")
        return cls(found, language)

    def __contains__(self, key: object) -> bool:
        return key in self._sentences

    def keys(self) -> tuple[str, ...]:
        """Return every key, sorted."""
        return tuple(sorted(self._sentences))

    def t(self, key: str, **values: object) -> str:
        """Return the sentence for a key with its placeholders filled in.

        `count` chooses the plural form and can be shown as `{count}`. A missing key or value raises
        `KeyError`: a sentence with a hole in it must never reach a person. Values are put in once
        and never searched for placeholders themselves.
        """
        sentence = self._sentences[key]
        if not isinstance(sentence, str):
            count = values["count"]
            if not isinstance(count, int):
                raise TypeError(f"{key}: count is a whole number")
            sentence = sentence.get(self._form_of(count), sentence["other"])

        def fill(place: re.Match[str]) -> str:
            return str(values[place[1]])

        return _PLACE.sub(fill, sentence)


def _check(key: str, sentence: object) -> None:
    if _KEY.fullmatch(key) is None:
        _refuse(key, "a key is an area and a name")
    if isinstance(sentence, str):
        if set("{}") & set(_PLACE.sub("", sentence)):
            _refuse(key, "a brace belongs to a placeholder of small letters")
        return
    if not isinstance(sentence, Mapping) or "other" not in sentence:
        _refuse(key, "a sentence is a text, or plural forms with at least `other`")
    if not _FORMS.issuperset(sentence) or not all(
        isinstance(form, str) for form in sentence.values()
    ):
        _refuse(key, "a plural form is one of CLDR's six, with a text")


def _refuse(key: str, reason: str) -> NoReturn:
    raise ValueError(f"{key}: {reason}")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key of the catalogue appears twice")
    return found
