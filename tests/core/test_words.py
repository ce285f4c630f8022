"""The words of a page copy are all there, in order, whatever the markup does."""

from __future__ import annotations

import time

import pytest

from handrail.core.words import MOST_WORDS, words_of


def test_words_come_out_one_line_for_each_block() -> None:
    head = "<!DOCTYPE html><html><head><title>t</title></head>"
    body = "<body><h1>Chat</h1><p>Pay &amp; <b>now</b></p></body>"
    assert words_of(head + body) == "Chat\nPay & now"


def test_markup_in_attributes_is_not_words() -> None:
    assert words_of("<p title=\"a > b\" data-x='<b>'>one</p><br><p>two</p>") == "one\ntwo"


@pytest.mark.parametrize("name", ["script", "style", "template", "noscript", "svg"])
def test_what_is_not_words_is_left_out(name: str) -> None:
    assert words_of(f"<p>a</p><{name}><{name}>x</{name}>y</{name}><p>b</p>") == "a\nb"


def test_escaped_markup_stays_text() -> None:
    assert words_of("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>") == "<script>alert(1)</script>"


def test_a_lone_bracket_is_a_word() -> None:
    assert words_of("<p>1 < 2 and 3 <4</p>") == "1 < 2 and 3 <4"


@pytest.mark.parametrize(
    "copy", ["", "<", "<p", "<p title='", "<!--", "<!", "</", "&#0;&#xD800;", "<svg>"]
)
def test_a_broken_copy_is_read_as_far_as_it_goes(copy: str) -> None:
    assert isinstance(words_of(copy), str)


@pytest.mark.parametrize("piece", ["<", "<a '", '<a "', "<!--", "<p>", "&amp;", "<svg>", "\n <br>"])
def test_reading_takes_time_in_step_with_length(piece: str) -> None:
    started = time.perf_counter()
    assert len(words_of(piece * (2_000_000 // len(piece)))) <= MOST_WORDS
    assert time.perf_counter() - started < 8
