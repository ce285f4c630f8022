"""The language of tests has every sentence, keeps every place, and is longer by two fifths."""

from __future__ import annotations

import json
import re

from handrail.core.text import Catalogue
from tests.contract.examples import ROOT
from tests.contract.pseudo import pseudo, sentences


def test_a_sentence_is_accented_longer_and_in_brackets() -> None:
    assert pseudo("Save this view") == "⟦ŠŠááṽé ŧŧĥĥíš ṽṽííéŵ⟧"
    assert pseudo("{count} of {size} MB") == "⟦{count} óóƒ {size} ⱮⱮƁ⟧"


def test_every_sentence_is_there_and_none_can_be_read() -> None:
    english = json.loads((ROOT / "shared/text/en.json").read_text("utf-8"))
    other = sentences()
    Catalogue(other)
    assert other.keys() == english.keys()
    left = [
        key
        for key, said in other.items()
        for form in (said.values() if isinstance(said, dict) else [said])
        if re.search("[A-Za-z]", re.sub(r"\{[a-z_]+\}", "", form))
    ]
    assert left == ["pages.pattern.date", "pages.pattern.day", "pages.pattern.locale"]


def test_every_word_is_longer_by_two_fifths_at_least() -> None:
    for word in ("a", "no", "save", "evidence", "somebody-else"):
        assert len(pseudo(word)) - 2 >= 1.4 * len(word.replace("-", ""))
