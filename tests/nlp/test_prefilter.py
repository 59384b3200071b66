from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stancewatch.nlp.prefilter import Gate, Prefilter, actor_names

from .conftest import rulebook

LONG = "The rain went on and the market closed early. " * 25
FILLER = st.lists(st.sampled_from(["the", "of", "rain", "market", "said", "and"]), max_size=12)


def _gate(text: str, title: str = "") -> Gate:
    book = rulebook()
    gates = Prefilter(book.topics.values(), book.actors, "en").gates(title, text)
    return next(gate for gate in gates if gate.topic == "troop-deployment")


@pytest.mark.parametrize(
    ("text", "why_not"),
    [
        ("France may send troops to Ukraine", ""),
        ("Nor\u200bway may send troops to Ukraine", ""),
        ("Somebody may send troops to Ukraine's neighbours", ""),
        ("Somebody may send troops somewhere", "no actor"),
        ("France and Poland like cheese", "no trigger"),
        ("France may send troops to Mali", "another theatre"),
        ("France may send troops to Mali, or to Ukraine", ""),
        ("all of us saw the troops", "no actor"),
        ("France saw stroops", "no trigger"),
        ("Once a truce holds, Estonia would take part", ""),
        (f"France may send troops. {LONG}", "no theatre"),
        (f"France may send troops to Ukraine. {LONG}", ""),
    ],
)
def test_what_passes_and_why_not(text: str, why_not: str) -> None:
    assert _gate(text).why_not == why_not


def test_a_missing_theatre_is_told() -> None:
    assert not _gate("France may send troops").theatre
    assert _gate("France may send troops to Ukraine").theatre


def test_common_words_open_the_gate_only_with_the_theatre() -> None:
    assert _gate("Estonia is ready to take part").why_not == "no trigger"
    assert _gate("Estonia is ready to take part in Ukraine").passed
    assert _gate("Estonia is ready to take part under a UN mandate").passed


def test_title_and_text_count_as_one() -> None:
    assert _gate("troops to go", title="France and Ukraine").passed


@settings(deadline=None)  # the first example loads the rules
@given(before=FILLER, after=FILLER, data=st.data())
def test_no_known_name_is_lost(before: list[str], after: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(actor_names(rulebook().actors))))
    assert _seen(" ".join([*before, name, *after, "troops in Ukraine"]))


def _seen(text: str) -> bool:
    return _gate(text).passed
