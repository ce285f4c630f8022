"""Crisis lines and places to report: each number was typed twice, each zone is in its country."""

from __future__ import annotations

import json
import re
from pathlib import Path

from babel.core import get_global

from handrail.core.advice import ELSEWHERE, FILES, Advice, Line

SHARED = Path(__file__).resolve().parents[2] / "shared"
ADVICE = Advice.load({name: (SHARED / path).read_bytes() for name, path in FILES.items()})
DOCUMENT = json.loads((SHARED / "helplines/lines.json").read_text("utf-8"))

# Typed by hand from the sources, not copied from the data: a slip in one is seen in the other.
NUMBERS = {
    "gb-999": ["999"],
    "gb-childline": ["08001111"],
    "gb-samaritans": ["116123"],
    "gb-papyrus": ["08000684141"],
    "gb-shout": ["85258"],
    "gb-rph": ["03456000459"],
    "gb-victim-support": ["08081689111"],
    "gb-ceop": ["https://www.ceop.police.uk/Safety-Centre/"],
    "gb-police": ["101"],
    "gb-report-fraud": ["https://www.reportfraud.police.uk/"],
    "gb-report-remove": ["https://www.childline.org.uk/"],
    "us-911": ["911"],
    "us-988": ["988", "988"],
    "us-crisis-text": ["741741"],
    "us-ccri": ["https://cybercivilrights.org/ccri-safety-center", "8448782274"],
    "us-cybertipline": ["https://report.cybertip.org/", "18008435678"],
    "us-fbi": ["https://tips.fbi.gov/", "18002255324"],
    "us-ic3": ["https://www.ic3.gov/"],
    "ie-112": ["112", "999"],
    "ie-childline": ["1800666666"],
    "ie-samaritans": ["116123"],
    "ie-50808": ["50808"],
    "ie-pieta": ["1800247247"],
    "ie-hotline": ["https://hotline.ie/report"],
    "ie-garda": [],
    "ca-911": ["911"],
    "ca-kids-help-phone": ["686868", "18006686868"],
    "ca-988": ["988", "988"],
    "ca-cybertip": ["https://www.cybertip.ca/", "18666589022"],
    "ca-police": [],
    "ca-antifraud": ["18884958501"],
    "ca-needhelpnow": ["https://needhelpnow.ca/"],
    "au-000": ["000"],
    "au-kids-helpline": ["1800551800"],
    "au-lifeline": ["131114"],
    "au-accce": ["https://www.accce.gov.au/help-and-support/how-and-what-to-report"],
    "au-esafety": ["https://www.esafety.gov.au/report/forms"],
    "au-police": ["131444"],
    "au-reportcyber": [],
    "other-emergency": [],
    "other-find": ["https://findahelpline.com/"],
    "other-cybertipline": ["https://report.cybertip.org/"],
    "other-police": [],
    "take-it-down": ["https://takeitdown.ncmec.org/"],
    "stopncii": ["https://stopncii.org/"],
}
WORDS_TO_SEND = {"gb-shout": "SHOUT", "us-crisis-text": "HOME", "ca-kids-help-phone": "CONNECT"}

# Numbers that are old, wrong or another body's, and still go round. Also typed by hand.
NEVER = {
    "07860039967", "07786209697", "08088025858", "08080684141", "18002738255", "88247",
    "18664887366", "155260",
}  # fmt: skip


def lines() -> list[Line]:
    own = {line.id: line for lines in ADVICE.lines.values() for line in lines}
    return list(own.values())


def test_every_number_is_the_one_that_was_read() -> None:
    assert {line.id: [way.to for way in line.ways] for line in lines()} == NUMBERS


def test_the_word_to_send_is_the_one_that_was_read() -> None:
    told = {line.id: way.body for line in lines() for way in line.ways if way.body}
    assert told == WORDS_TO_SEND


def test_the_number_that_is_read_is_the_number_that_is_dialled() -> None:
    for line in lines():
        for way in line.ways:
            if way.by == "web":
                assert way.shown in way.to
            else:
                assert re.sub(r"[ -]", "", way.shown) == way.to


def test_no_old_number_is_shown() -> None:
    assert set(DOCUMENT["retired"]) == NEVER
    assert not {way.to for line in lines() for way in line.ways} & NEVER
    words = re.sub(r"[ -]", "", (SHARED / "text/en.json").read_text("utf-8"))
    assert [number for number in sorted(NEVER) if number in words] == []


def test_one_place_has_one_number_in_one_country() -> None:
    for country, own in ADVICE.lines.items():
        assert len({line.id for line in own}) == len(own), country
        assert all(line.id.startswith(country.lower()) for line in own[:-2])


# ── The clock ────────────────────────────────────────────────────────────────────────────────

TERRITORIES = {"GB": "GB", "GG": "GB", "IM": "GB", "JE": "GB"} | {
    country: country for country in ("US", "IE", "CA", "AU")
}
ZONES: dict[str, str] = dict(get_global("zone_territories"))
ALIASES: dict[str, str] = dict(get_global("zone_aliases"))


def test_a_zone_points_to_the_country_it_lies_in() -> None:
    expected = {zone: TERRITORIES.get(where, ELSEWHERE) for zone, where in ZONES.items()}
    assert {zone: ADVICE.country_of_zone(zone) for zone in ZONES} == expected
    assert set(expected.values()) == set(ADVICE.lines)


def test_an_old_name_of_a_zone_points_there_too() -> None:
    expected = {
        alias: TERRITORIES[ZONES[zone]]
        for alias, zone in ALIASES.items()
        if ZONES.get(zone) in TERRITORIES and alias not in ("HST", "MST")  # also elsewhere
    }
    assert {alias: ADVICE.country_of_zone(alias) for alias in expected} == expected
    assert len(expected) > 40
