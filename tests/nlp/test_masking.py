from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewatch.core.moment import parse_moment
from stancewatch.nlp.gazetteer import Gazetteer
from stancewatch.nlp.languages import GRAMMARS
from stancewatch.nlp.names import Names
from stancewatch.nlp.reader.masking import OTHERS, OWN, Masker, candidates, masked

from .conftest import rulebook

DAY = parse_moment("2025-06-10")


@cache
def names() -> Names:
    return Names(rulebook().actors, GRAMMARS["en"])


@cache
def masker() -> Masker:
    return Masker(names())


def seen(text: str, country: str, signer: str | None = None) -> str:
    """The text as the network sees it, with short words for the placeholders."""
    hits = masker().hits(text, Gazetteer(names()).offices(DAY, text))
    told = "".join(piece.text for piece in masked(text, hits, country, signer))
    for who, words in (("own", OWN), ("other", OTHERS)):
        for kind, mark in words.items():
            told = told.replace(mark, f"<{who} {kind}>")
    return told


@pytest.mark.parametrize(
    ("text", "country", "told"),
    [
        ("Italy is ready.", "IT", "<own nation> is ready."),
        ("Italy told Spain.", "ES", "<other nation> told <own nation>."),
        ("German and Dutch troops", "NL", "<other demonym> and <own demonym> troops"),
        ("Berlin and the Bundeswehr", "DE", "<own seat> and the <own army>"),
        ("Friedrich Merz said", "DE", "<own government> said"),
        ("Friedrich Merz said. The chancellor added", "DE",
         "<own government> said. The <own government> added"),
        ("Italy and Germany spoke. The chancellor added", "IT",
         "<own nation> and <other nation> spoke. The <other government> added"),
        ("The Baltic states agree", "LV", "The <own nation> agree"),
        ("Russia warned Italy over Ukraine", "IT", "Russia warned <own nation> over Ukraine"),
        ("NATO and Italy", "IT", "NATO and <own nation>"),
        ("NATO and Italy", "NATO", "<own nation> and <other nation>"),
    ],
)  # fmt: skip
def test_names_are_masked_by_kind_and_side(text: str, country: str, told: str) -> None:
    assert seen(text, country) == told


def test_a_title_that_may_mean_two_offices_stays() -> None:
    told = seen("Spain met Portugal. The prime minister nodded.", "ES")
    assert told == "<own nation> met <other nation>. The prime minister nodded."


def test_a_title_that_belongs_to_a_name_is_not_bare() -> None:
    told = seen("Germany said so. The German chancellor nodded.", "DE")
    assert told == "<own nation> said so. The <own demonym> chancellor nodded."


def test_a_signed_text_opens_with_its_author() -> None:
    assert seen("We stand ready.", "EE", "EE") == "<own government>: We stand ready."
    assert seen("Italy stands ready.", "IT", "EE") == (
        "<other government>: <own nation> stands ready."
    )


def test_the_author_is_a_candidate_and_parties_to_the_war_are_none() -> None:
    text = "Russia, Ukraine and Italy"
    hits = masker().hits(text, Gazetteer(names()).offices(DAY, text))
    assert candidates(hits, "EE") == ["EE", "IT"]


WORDS = st.sampled_from(
    [
        "Italy",
        "Berlin",
        "French",
        "Macron",
        "NATO",
        "Russia",
        "the",
        "chancellor",
        "said",
        ",",
        ".",
        "é",
        "'ready'",
        "UK",
    ]
)


@given(st.lists(WORDS, max_size=12), st.sampled_from(["IT", "DE", "FR", "NATO", "GB"]))
def test_pieces_are_the_text_in_order(words: list[str], country: str) -> None:
    text = " ".join(words)
    hits = masker().hits(text, Gazetteer(names()).offices(DAY, text))
    pieces = masked(text, hits, country)
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text
    assert all(piece.mask or piece.text == text[piece.start : piece.end] for piece in pieces)
    assert any(piece.own for piece in pieces) == any(country in hit.countries for hit in hits)
