"""Text from elsewhere shows what is in it: nothing hides, turns round or piles up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core import display

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u115f\u3164\u2800\U000e0041\U000e0100"
CONTROLLING = "\x00\x07\x1b\x7f\x85\u2028\u2029"


@pytest.mark.parametrize("character", TURNING + INVISIBLE + CONTROLLING)
def test_a_character_that_hides_or_turns_is_named(character: str) -> None:
    assert display.title(f"photo{character}gpj.exe") == f"photo[U+{ord(character):04X}]gpj.exe"


def test_ordinary_text_of_many_languages_stays_as_it_is() -> None:
    for text in ("Zürich, naïve", "שלום", "مرحبا", "नमस्ते", "こんにちは", "❤️ thanks"):
        assert display.title(text) == text


def test_at_most_three_marks_pile_up_on_one_letter() -> None:
    shown = display.title("a" + "\u0301" * 40 + "b")
    assert shown.count("\u0301") == 3
    assert shown.count("[U+0301]") == 37
    assert shown.endswith("b")


def test_a_run_of_variation_selectors_is_named() -> None:
    assert display.title("x\ufe0f\ufe0f") == "x\ufe0f[U+FE0F]"
    assert display.title("\ufe0f") == "[U+FE0F]"


def test_long_text_is_cut_and_says_so() -> None:
    shown = display.title("a" * 900)
    assert shown == "a" * display.TITLE_LIMIT + display.CUT


def test_line_breaks_stay_in_text_and_are_named_in_titles() -> None:
    assert display.visible("one\ntwo\r", 100, lines=True) == "one\ntwo[U+000D]"
    assert display.title("one\ntwo") == "one[U+000A]two"


def test_joiners_stay_where_a_language_needs_them_and_nowhere_else() -> None:
    persian = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    assert display.visible(persian, 100, lines=True, joiners=True) == persian
    assert display.visible("pay\u200dpal", 100, joiners=True) == "pay[U+200D]pal"
    assert "[U+200C]" in display.title(persian)


def test_a_host_is_shown_in_both_spellings() -> None:
    shown = display.address("https://xn--80ak6aa92e.com/login")
    assert shown.host == "xn--80ak6aa92e.com"
    assert shown.reads_as == "\u0430\u0440\u0440\u04cf\u0435.com"
    assert display.address("https://b\u00fccher.example/").reads_as == "xn--bcher-kva.example"
    assert display.address("https://chat.example.com/").reads_as is None


def test_a_host_of_two_alphabets_is_noticed() -> None:
    assert display.address("https://ex\u0430mple.com/").mixed_alphabets
    assert not display.address("https://example.com/").mixed_alphabets
    assert not display.address("https://\u4f8b\u3048.example/").mixed_alphabets


def test_a_name_and_password_in_an_address_are_left_out() -> None:
    shown = display.address("https://bank.example.com:secret@other.example/pay")
    assert shown.text == "https://other.example/pay"
    assert shown.host == "other.example"


@pytest.mark.parametrize(
    "url", ["", "http://[", "javascript:alert(1)", "//", "http://\u202e/", "xn--"]
)
def test_any_address_can_be_shown(url: str) -> None:
    assert isinstance(display.address(url).text, str)


@given(st.text(max_size=300))
def test_what_is_shown_never_holds_a_character_that_turns_or_hides(text: str) -> None:
    shown = (
        display.title(text) + display.address(text).text + display.visible(text, 300, lines=True)
    )
    assert not set(shown) & set(TURNING + INVISIBLE + CONTROLLING)


@given(st.text(max_size=200))
def test_what_is_shown_can_always_be_sent(text: str) -> None:
    display.title(text).encode("utf-8")
