"""Scores are what one would count by hand."""

from __future__ import annotations

from stancewatch.core.actor import Voice
from stancewatch.core.score import Bin, Label, Tally, score
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
