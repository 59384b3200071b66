"""Scores are what one would count by hand."""

from __future__ import annotations

from stancewatch.core.actor import Voice
from stancewatch.core.score import Bin, Label, SummitLabel, Tally, score, score_summits
from stancewatch.core.venue import Venues
from tests.core.build import POLICY


def label(passage: str, country: str, level: str, **changes: object) -> Label:
    fields: dict[str, object] = {
        "voice": Voice.GOVERNMENT, "conditional": False, "current": True, "confidence": 1000,
    }  # fmt: skip
    return Label(passage, country, level=level, **{**fields, **changes})  # type: ignore[arg-type]


GOLD = [
    label("a", "FR", "open"),
    label("a", "DE", "rejects"),
    label("b", "GB", "willing", conditional=True),
    label("b", "PL", "rejects", voice=Voice.PARTY),
]
FOUND = [
    label("a", "FR", "open", confidence=850),
    label("a", "DE", "reluctant", confidence=850),
    label("b", "GB", "rejects", confidence=620),
    label("c", "IT", "open", confidence=620),
]


def test_tallies_count_what_agrees() -> None:
    marks = score(GOLD, FOUND, POLICY)
    assert marks.tallies["government, country and polarity"] == Tally(4, 3, 2)
    assert marks.tallies["government, country and exact level"] == Tally(4, 3, 1)
    assert marks.tallies["all voices, country, voice and polarity"] == Tally(4, 4, 2)
    assert marks.by_level["rejects"] == Tally(1, 1, 0)


def test_a_yes_read_for_a_no_is_counted_apart() -> None:
    assert score(GOLD, FOUND, POLICY).wrong_side == 1


def test_confusion_calibration_and_mistakes() -> None:
    marks = score(GOLD, FOUND, POLICY)
    assert marks.confusion[("rejects", "reluctant")] == 1
    assert marks.confusion[(None, "open")] == 1
    assert [each for each in marks.calibration if each.found] == [Bin(600, 2, 0), Bin(800, 2, 1)]
    assert next((each.passage, each.country) for each in marks.wrong) == ("a", "DE")
    assert len(marks.missing) == 3


def test_perfect_is_one_and_nothing_is_zero() -> None:
    perfect = score(GOLD, GOLD, POLICY)
    assert all(each.f1 == 1.0 for each in perfect.tallies.values())
    nothing = score(GOLD, [], POLICY)
    assert all(each.f1 == 0.0 for each in nothing.tallies.values())


CITIES = Venues({"Paris": "Paris", "Elysée": "Paris", "London": "London"})


def summit(place: str | None, outcome: str = "held", name: str = "summit") -> SummitLabel:
    return SummitLabel("a", name, place, outcome)


def summits(gold: list[SummitLabel], found: list[SummitLabel]) -> tuple[int, ...]:
    """Found at all, in the right place, with the right outcome too."""
    return tuple(tally.both for tally in score_summits(gold, found, CITIES).values())


def test_a_venue_and_another_spelling_are_the_city() -> None:
    assert summits([summit("Elysée")], [summit("Paris")]) == (1, 1, 1)
    assert summits([summit("PARIS")], [summit("Paris", "agreed")]) == (1, 1, 0)
    assert summits([summit("the Elysee")], [summit("London")]) == (1, 0, 0)


def test_a_label_without_a_place_is_met_by_none_or_by_the_city_in_its_name() -> None:
    named = summit(None, name="Paris conference on Ukraine")
    assert summits([named], [summit(None)]) == (1, 1, 1)
    assert summits([named], [summit("Paris")]) == (1, 1, 1)
    assert summits([named], [summit("London")]) == (1, 0, 0)
    assert summits([summit("Paris")], [summit(None, name="Paris talks")]) == (1, 0, 0)


def test_a_place_that_repeats_the_name_is_none() -> None:
    council = summit("European Council", name="European Council")
    assert summits([council], [summit(None)]) == (1, 1, 1)


def test_one_found_summit_answers_for_one_label_of_its_own_passage() -> None:
    two = [summit(None, name="Paris summit"), summit("Paris")]
    assert summits(two, [summit("Paris")]) == (1, 1, 1)
    assert summits(two, [summit("Paris"), summit(None)]) == (2, 2, 2)
    elsewhere = SummitLabel("b", "summit", "Paris", "held")
    assert summits([summit("Paris")], [elsewhere]) == (0, 0, 0)
