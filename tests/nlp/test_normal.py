from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from stancewatch.nlp.normal import lower, normal

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)


@given(TEXT)
def test_nothing_invisible_is_left(text: str) -> None:
    assert not any(unicodedata.category(c) == "Cf" for c in normal(text).text)


@given(TEXT)
def test_the_whole_leads_back_to_the_whole(text: str) -> None:
    form = normal(text)
    start, end = form.back(0, len(form.text))
    visible = [c for c in text[start:end] if unicodedata.category(c) != "Cf"]
    assert visible == [c for c in text if unicodedata.category(c) != "Cf"]


@given(TEXT)
def test_ways_back_keep_their_order(text: str) -> None:
    form = normal(text)
    ways = [form.back(i, i + 1) for i in range(len(form.text))]
    assert all(0 <= start <= end <= len(text) for start, end in ways)
    assert ways == sorted(ways)


@given(TEXT)
def test_a_normal_text_is_normal(text: str) -> None:
    once = normal(text).text
    assert normal(once).text == once


@given(TEXT)
def test_lower_case_keeps_the_length(text: str) -> None:
    assert len(lower(text)) == len(text)


def test_zero_width_letters_hide_no_name() -> None:
    form = normal("in Nor\u200bway to\u00adday")
    assert form.text == "in Norway today"
    assert form.words(3, 9) == "Nor\u200bway"


def test_quotation_marks_are_straightened_in_place() -> None:
    assert normal("\u201cWe won\u2019t\u201d").text == '"We won\'t"'


def test_ligatures_lead_back_to_one_character() -> None:
    form = normal("of\ufb01cial")
    assert form.text == "official"
    assert form.back(2, 4) == (2, 3)
