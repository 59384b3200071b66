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


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            "The presidents of Poland and Latvia sat down in Riga to talk of Ukraine.",
            "Riga",
        ),
        ("Europe's heads of government emerged from talks in Prague on Ukraine.", "Prague"),
        ("Macron, Merz and Starmer conferred in Kyiv with Zelensky.", "Kyiv"),
        (
            "Donald Tusk hosted the Baltic states' leaders in Gdansk for Ukraine.",
            "Gdansk",
        ),
        ("Lavrov and Rubio sat opposite each other in Riyadh; Ukraine was not asked.", "Riyadh"),
        ("G7 finance ministers, meeting in Banff, spoke about Ukraine.", "Banff"),
        ("Some thirty countries logged on to a call about Ukraine on Saturday.", None),
    ],
)
def test_a_gathering_is_found_by_who_meets(
    detector: TextDetector, text: str, place: str | None
) -> None:
    assert told(detector, text) == {(place, "held")}


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Fifteen ministers came away from Prague with nothing agreed on Ukraine.", "no-agreement"),
        ("EU leaders in Prague could not bridge their differences over Ukraine.", "no-agreement"),
        ("NATO leaders wrapped up two days in Prague with no decision on Ukraine.", "no-agreement"),
        ("Ministers of ten countries gave the go-ahead in Prague to help for Ukraine.", "agreed"),
        ("Leaders in Prague backed a loan; nobody disagreed, and Ukraine was pleased.", "agreed"),
        ("Nordic leaders, meeting in Prague, committed 50 million euros to Ukraine.", "pledged"),
        ("The Prague talks of Ukraine's allies have been pushed back to May.", "postponed"),
        ("The Prague summit on Ukraine will not take place on Monday.", "postponed"),
        ("NATO's foreign ministers are due in Prague on Thursday over Ukraine.", "upcoming"),
        ("Prague is to play host to the EU's leaders next week for Ukraine.", "upcoming"),
    ],
)
def test_an_outcome_is_told_in_many_ways(detector: TextDetector, text: str, outcome: str) -> None:
    assert told(detector, text) == {("Prague", outcome)}


def test_what_is_put_off_may_be_a_decision(detector: TextDetector) -> None:
    text = "EU leaders, meeting in Prague, put off a decision on the loan for Ukraine."
    assert told(detector, text) == {("Prague", "no-agreement")}


def test_what_one_alone_does_is_no_outcome(detector: TextDetector) -> None:
    text = "European leaders met in Prague over Ukraine. Viktor Orban did not sign a thing."
    assert told(detector, text) == {("Prague", "held")}


def test_two_in_a_sentence_have_outcomes_of_their_own(detector: TextDetector) -> None:
    text = (
        "Leaders signed a declaration on Ukraine in Paris, while the Warsaw summit ended without a"
        " deal."
    )
    assert told(detector, text) == {("Paris", "agreed"), ("Warsaw", "no-agreement")}


def test_a_meeting_over_a_line_is_not_the_one_in_a_city(detector: TextDetector) -> None:
    text = (
        "Starmer chaired the G7 by video over Ukraine. Macron will receive twenty leaders in Paris."
    )
    assert told(detector, text) == {(None, "held"), ("Paris", "upcoming")}


@pytest.mark.parametrize(
    "text",
    [
        "Since last month's London summit Canada has said nothing about Ukraine.",
        "Finland proposes a summit on Ukraine.",
        "Opposition leaders gathered in Warsaw against aid to Ukraine.",
        "The generals of thirty countries met in Northwood over Ukraine.",
        "European leaders have long argued about soldiers for Ukraine.",
        "The Belgian cabinet met in Brussels and approved jets for Ukraine.",
        "A meeting of the presidents of Russia and Ukraine was not even discussed.",
        "Macron telephoned Trump, Starmer and Merz about Ukraine on Monday.",
    ],
)
def test_what_is_no_gathering(detector: TextDetector, text: str) -> None:
    assert not told(detector, text)
