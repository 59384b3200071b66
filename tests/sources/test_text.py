"""Markup in, plain words out, whatever the markup is."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewatch.sources.text import MARKS, clean, html_to_text, line

PARTS = [*"<>/!-[]&;#x=\"' abİß\n\0", "script", "</p>", "<![", "<!--", "-->", "&#", "CDATA["]
MARKUP = st.lists(st.sampled_from(PARTS)).map("".join)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "plain"),
        ("<p>One.</p><p>Two &amp; three.</p>", "One.\nTwo & three."),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<b>bold</b>er", "bolder"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("x<script>alert('<p>no</p>')</script>y<style>p{}</style>z", "xyz"),
        ("5 &lt; 6 and 6 > 5", "5 < 6 and 6 > 5"),
        ("a<!-- never -->b", "ab"),
        ("caf&eacute; &#x2014; &#8364;", "café — €"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),  # stripped once, not until nothing is left
        ("  many \t spaces\u00a0here \n\n\n there ", "many spaces here\nthere"),
        ("<![strange[ x ]]>word", "word"),
    ],
)
def test_the_words_of_markup(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("tro\0o\x07ps", "troops"),
        ("Nor\u200bway", "Norway"),
        ("\u202eevil\u202c", "evil"),
        ("one\r\ntwo\u2028three\x85four", "one\ntwo\nthree\nfour"),
        ("half \ud800 char", "half char"),
        ("cafe\u0301", "café"),
        ("\ufeffmark", "mark"),
        ("soft\u00adhyphen", "softhyphen"),
        ("नमस्ते می\u200cخواهم", "नमस्ते می\u200cخواهم"),  # joiners that spell words stay
    ],
)
def test_characters_that_no_text_needs_are_gone(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_a_line_is_one_line() -> None:
    assert line(" a\n b\u2029c ") == "a b c"


@given(st.one_of(st.text(), MARKUP))
def test_text_is_clean_whatever_the_markup(markup: str) -> None:
    text = html_to_text(markup)
    assert clean(text) == text
    text.encode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert not [
        letter for letter in text if unicodedata.category(letter) == "Cc" and letter != "\n"
    ]


def test_a_tower_of_marks_does_not_stop_normalisation() -> None:
    started = time.perf_counter()
    text = clean("a" + "\u0315\u0300" * 100_000)
    assert time.perf_counter() - started < 1
    assert len(text) <= MARKS + 2
