"""Holder, cue and condition are marked where they stand, and no two marks overlap."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewatch.core.actor import Voice
from stancewatch.core.mention import Evidence, Field, Mention, Modality, Span
from stancewatch.nlp.marking import REACH, Label, Mark, entities, excerpt, marks, pieces

from .conftest import Read

CEASEFIRE = (
    "Prime Minister Giorgia Meloni ruled out sending Italian soldiers to Ukraine"
    " unless there is  a ceasefire."
)


def span(text: str, words: str, field: Field = Field.TEXT) -> Span:
    start = text.index(words)
    return Span(start, start + len(words), words, field)


def mention(holder: Span, cue: Span, condition: str | None = None) -> Mention:
    return Mention(
        "troop-deployment", "IT", "rejects", Voice.GOVERNMENT, Evidence.NARRATOR,
        Modality.ASSERTED, True, "", holder, cue, "rule-out", 850, condition,
    )  # fmt: skip


def bracketed(text: str, *mentions: Mention, field: Field = Field.TEXT) -> str:
    parts = pieces(text, marks(text, field, mentions))
    return "".join(f"[{label.lower()}: {words}]" if label else words for words, label in parts)


def test_what_the_detector_found_is_marked(read: Read) -> None:
    found = read(CEASEFIRE)
    assert bracketed(CEASEFIRE, *found) == (
        "[holder: Prime Minister Giorgia Meloni] [cue: ruled out] sending Italian soldiers to"
        " Ukraine [condition: unless there is  a ceasefire]."
    )


@pytest.mark.parametrize(
    ("holder", "cue", "condition", "marked"),
    [
        # A cue may run into its condition: the shorter is shown whole.
        ("Rome", "will send nobody unless", "unless asked",
         "No, [holder: Rome] [cue: will send nobody] [condition: unless asked]."),
        # A holder inside the cue stands out in it.
        ("Rome", "No, Rome will send nobody", None,
         "[cue: No,] [holder: Rome] [cue: will send nobody] unless asked."),
        ("Rome", "Rome", None, "No, [cue: Rome] will send nobody unless asked."),
    ],
)  # fmt: skip
def test_of_two_that_overlap_neither_is_lost(
    holder: str, cue: str, condition: str | None, marked: str
) -> None:
    text = "No, Rome will send nobody unless asked."
    found = mention(span(text, holder), span(text, cue), condition)
    assert bracketed(text, found) == marked


@pytest.mark.parametrize("quote", ["If asked, Italy will go.", "", "Not in the text."])
def test_the_condition_by_the_cue_is_meant(quote: str) -> None:
    text = "If asked, France says no. If asked,  Italy will go. If asked, Spain will not."
    found = mention(span(text, "Italy"), span(text, "will go"), "If asked")
    told = bracketed(text, replace(found, quote=quote))
    assert told.count("condition") == 1
    in_its_sentence = "no. [condition: If asked],  [holder: Italy] [cue: will go]" in told
    assert in_its_sentence == (quote in " ".join(text.split()) and quote != "")


def test_title_and_text_are_marked_each_by_its_own() -> None:
    title, text = "Italy says no", "Italy said no on Monday, unless asked."
    found = mention(
        span(title, "Italy", Field.TITLE), span(title, "says no", Field.TITLE), "unless asked"
    )
    assert bracketed(title, found, field=Field.TITLE) == "[holder: Italy] [cue: says no]"
    assert bracketed(text, found) == "Italy said no on Monday, [condition: unless asked]."


def test_a_condition_without_words_marks_nothing() -> None:
    text = "Italy says no."
    found = mention(span(text, "Italy"), span(text, "says no"))
    assert bracketed(text, replace(found, condition="")) == bracketed(text, found)


def test_an_excerpt_is_cut_between_words() -> None:
    filler = "word " * 200
    text = f"{filler}Italy says no {filler}"
    found = marks(text, Field.TEXT, [mention(span(text, "Italy"), span(text, "says no"))])
    words, moved = excerpt(text, found)
    assert [words[each.start : each.end] for each in moved] == ["Italy", "says no"]
    assert set(words.split()) == {"…", "word", "Italy", "says", "no"}
    assert 2 * REACH - 10 < len(words) < 2 * REACH + 30


def test_a_short_text_is_its_own_excerpt() -> None:
    text = "Italy says no."
    found = (Mark(0, 5, Label.HOLDER), Mark(6, 13, Label.CUE))
    assert excerpt(text, found) == (text, found)


def test_displacy_draws_the_words_and_escapes_them() -> None:
    text = 'A "b" & <script>x</script> says <i>no</i>.'
    found = (Mark(8, 26, Label.HOLDER), Mark(32, 41, Label.CUE))
    html = entities(text, found)
    assert re.findall(r"</?([a-z]+)", html).count("mark") == 4
    assert "script" not in re.findall(r"<(\w+)", html)
    assert "#ffd166" in html
    assert "#8fd3f4" in html
    bare = re.sub(r"<span[^>]*>[A-Z]+</span>", "", html)
    told = " ".join(unescape(re.sub(r"<[^>]+>", "", bare)).split())
    assert told == 'A "b" & <script>x</script> says <i>no</i> .'


@given(st.text(max_size=60), st.data())
def test_marks_never_overlap_and_the_text_is_kept(text: str, data: st.DataObject) -> None:
    def a_span() -> Span:
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        return Span(start, end, text[start:end])

    condition = data.draw(st.sampled_from((None, "", a_span().text)))
    found = marks(text, Field.TEXT, [mention(a_span(), a_span(), condition) for _ in range(2)])
    ends = [0, *(each.end for each in found)]
    assert all(end <= each.start < each.end for end, each in zip(ends, found, strict=False))
    assert "".join(words for words, _ in pieces(text, found)) == text
