from __future__ import annotations

import pytest

from stancewatch.nlp.detector import TextDetector

from .conftest import article


def test_sentences_on_one_place_are_one_telling(detector: TextDetector) -> None:
    text = (
        "European leaders met in Paris to discuss Ukraine. Emmanuel Macron hosted the Paris summit."
        " The leaders failed to reach an agreement, Donald Tusk said after the summit."
    )
    (telling,) = detector.detect(article(text)).tellings
    assert (telling.place, telling.outcome) == ("Paris", "no-agreement")
    assert telling.countries == ("FR", "PL")
    assert telling.quote.startswith("The leaders failed")


def test_two_places_are_two_tellings(detector: TextDetector) -> None:
    text = (
        "Leaders met in Paris over Ukraine. A week later Keir Starmer will host a summit in London"
        " on Ukraine."
    )
    told = {t.place: t.outcome for t in detector.detect(article(text)).tellings}
    assert told == {"Paris": "held", "London": "upcoming"}


def test_the_day_of_a_summit_is_told(detector: TextDetector) -> None:
    text = "European leaders met in Paris on Monday to discuss Ukraine."
    (telling,) = detector.detect(article(text, "2025-02-18")).tellings
    assert str(telling.on) == "2025-02-17"


def told(detector: TextDetector, text: str) -> set[tuple[str | None, str]]:
    return {(t.place, t.outcome) for t in detector.detect(article(text)).tellings}


def test_a_venue_stands_for_its_city(detector: TextDetector) -> None:
    text = "Ministers from six countries met at Lancaster House to discuss Ukraine."
    assert told(detector, text) == {("London", "held")}


def test_a_dateline_is_the_place_unless_they_met_over_a_line(detector: TextDetector) -> None:
    dateline = "BRUSSELS, March 9 - Thirty defence ministers {} about a force for Ukraine."
    assert told(detector, dateline.format("met")) == {("Brussels", "held")}
    assert told(detector, dateline.format("met by video")) == {(None, "held")}


def test_what_else_is_in_a_city_is_no_venue(detector: TextDetector) -> None:
    text = "WARSAW. NATO leaders promised Ukraine shells and a command in Wiesbaden."
    assert told(detector, text) == {("Warsaw", "pledged")}


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ("could not agree on soldiers for Ukraine", "no-agreement"),
        ("went home with nothing settled about Ukraine", "no-agreement"),
        ("pledged shells for Ukraine", "pledged"),
        ("closed ranks on Ukraine", "agreed"),
        ("will meet again on Ukraine next week", "upcoming"),
        ("debated aid to Ukraine", "held"),
    ],
)
def test_how_it_went(detector: TextDetector, how: str, outcome: str) -> None:
    assert told(detector, f"European leaders at the Prague summit {how}.") == {("Prague", outcome)}


def test_a_meeting_of_two_is_no_summit(detector: TextDetector) -> None:
    assert not told(detector, "Donald Tusk met Petr Fiala in Prague to discuss Ukraine.")
    assert not told(detector, "Donald Tusk spoke about Ukraine after talks with Petr Fiala.")


def test_another_war_is_no_theatre(detector: TextDetector) -> None:
    assert not told(detector, "Leaders at the Cairo summit promised soldiers for Gaza.")


def test_a_meeting_that_is_not_named_gets_a_plain_name(detector: TextDetector) -> None:
    text = (
        'Greece sends no soldiers to Ukraine: "I said so at the table," Kyriakos Mitsotakis said.'
    )
    (telling,) = detector.detect(article(text)).tellings
    assert (telling.name, telling.place) == ("leaders' meeting", None)
