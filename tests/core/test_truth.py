"""A history scored against what did happen: each number by a story that a person can count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from stancewatch.core.fold import history
from stancewatch.core.mention import Evidence
from stancewatch.core.truth import Record, Score, Span, Truth, score
from stancewatch.core.watch import Reading
from tests.core.build import POLICY, says

UNNAMED = Evidence.UNNAMED
TOPIC = "troop-deployment"


def truth(country: str, day: str, level: str, **changes: Any) -> Truth:
    return Truth(country, TOPIC, date.fromisoformat(day), level, **changes)


def record(country: str, readings: Iterable[Reading]) -> tuple[str, Record]:
    own = [replace(reading, key=(country, TOPIC)) for reading in readings]
    return country, Record(history(own, POLICY), {reading.id: reading for reading in own})


def scored(
    truths: Iterable[Truth], *records: tuple[str, Record], span: Span | None = None
) -> Score:
    return score(truths, dict(records), POLICY, span)


GB = [truth("GB", "2024-02-27", "reluctant"), truth("GB", "2025-02-16", "willing")]
BEFORE = says("reluctant", "2024-02-27T10:00:00Z")
AFTER = says("willing", "2025-02-16T22:00:00Z")


def test_a_history_that_tells_it_as_it_was_is_right_throughout() -> None:
    found = scored(GB, record("GB", [BEFORE, AFTER]))
    assert (found.right_levels, found.right_sides, len(found.checks)) == (2, 2, 2)
    assert (found.side_changes.precision, found.side_changes.recall) == (1.0, 1.0)
    assert (found.wrong, found.missed, found.unjudged) == ((), (), ())


def test_a_shade_of_the_right_side_is_a_wrong_level() -> None:
    found = scored(GB, record("GB", [BEFORE, says("committed", "2025-02-16T22:00:00Z")]))
    assert (found.right_levels, found.right_sides) == (1, 2)
    assert found.confusion == {("reluctant", "reluctant"): 1, ("willing", "committed"): 1}


def test_a_country_never_heard_of_is_unknown() -> None:
    found = scored(GB)
    assert [check.found for check in found.checks] == [None, None]
    assert (found.right_sides, len(found.missed)) == (0, 1)


def test_a_truth_is_looked_up_a_week_later_or_on_the_eve_of_the_next() -> None:
    truths = [*GB, truth("GB", "2025-02-19", "rejects")]
    found = scored(truths, record("GB", [BEFORE, AFTER, says("rejects", "2025-02-19")]))
    days = [check.on for check in found.checks]
    assert days == [date(2024, 3, 5), date(2025, 2, 18), date(2025, 2, 26)]
    assert found.right_levels == 3


def test_a_change_is_right_within_a_week_of_its_day() -> None:
    for days, right in ((7, 1), (-7, 1), (8, 0), (-8, 0)):
        on = date(2025, 2, 16) + timedelta(days=days)
        listed = [*GB, truth("IT", "2025-12-01", "rejects")]
        found = scored(listed, record("GB", [BEFORE, says("willing", f"{on}")]))
        assert len(found.right) == right, days
        assert (len(found.wrong), len(found.missed)) == (1 - right, 1 - right)


def test_one_change_is_right_once() -> None:
    """There, back within days and there again: of two changes to one side, one is true."""
    back = says("reluctant", "2025-02-18T10:00:00Z")
    again = says("willing", "2025-02-20T10:00:00Z")
    found = scored(GB, record("GB", [BEFORE, AFTER, back, again]))
    assert [str(each.shift.happened_at)[:10] for each in found.right] == ["2025-02-16"]
    assert [str(each.shift.happened_at)[:10] for each in found.wrong] == [
        "2025-02-18",
        "2025-02-20",
    ]
    assert found.side_changes.precision == 1 / 3


def test_a_wrong_change_shows_its_sentence() -> None:
    (wrong,) = scored(GB[:1], record("GB", [BEFORE, says("open", "2024-02-28")])).wrong
    assert wrong.evidence
    assert "the stance is open" in wrong.evidence.quote


def test_a_missed_change_shows_what_was_heard_and_why_it_moved_nothing() -> None:
    weak = says("willing", "2025-02-16", confidence=100)
    (missed,) = scored(GB, record("GB", [BEFORE, weak])).missed
    ((reading, why),) = missed.heard
    assert reading.level == "willing"
    assert why.startswith("below-leave-threshold")


def test_a_first_position_is_no_change_of_side() -> None:
    found = scored(GB[1:], record("GB", [AFTER]))
    assert found.side_changes.found == found.side_changes.gold == 0


def test_what_was_recorded_beforehand_is_no_finding() -> None:
    turn = says("willing", "2025-02-16", kind="baseline")
    found = scored(GB, record("GB", [BEFORE, turn]))
    assert (found.right_levels, len(found.right), len(found.missed)) == (2, 0, 1)


def test_what_the_list_does_not_speak_of_is_not_judged() -> None:
    early = [says("willing", "2023-05-01"), says("reluctant", "2023-12-01")]
    late = says("open", "2025-06-01")
    other = record("EU", [says("rejects", "2024-03-01"), says("open", "2024-05-01")])
    found = scored(GB, record("GB", [*early, BEFORE, AFTER, late]), other)
    unjudged = {(s.key[0], str(s.happened_at)) for s in found.unjudged}
    assert unjudged == {("GB", "2023-12-01"), ("GB", "2025-06-01"), ("EU", "2024-05-01")}
    assert found.wrong == ()


def test_a_country_that_never_moved_is_named_when_it_is_said_to_have() -> None:
    truths = [truth("IT", "2024-02-27", "rejects", never_moved=True), *GB]
    moved = record("IT", [says("rejects", "2024-02-27"), says("open", "2024-09-01")])
    found = scored(truths, moved, record("GB", [BEFORE, AFTER]))
    assert [wrong.shift.key[0] for wrong in found.never_moved] == ["IT"]


def test_the_delay_counts_from_the_first_report_that_could_have_told_it() -> None:
    first = says("willing", "2025-02-16T06:00:00Z", who=None, evidence=UNNAMED)
    later = says("willing", "2025-02-16T09:00:00Z", who=None, evidence=UNNAMED, outlet="second")
    (right,) = scored(GB, record("GB", [BEFORE, first, later])).right
    assert (right.delay, right.articles) == (timedelta(hours=3), 1)


def test_a_change_told_by_its_first_report_has_no_delay() -> None:
    (right,) = scored(GB, record("GB", [BEFORE, AFTER])).right
    assert (right.delay, right.articles) == (timedelta(0), 0)


def test_confidence_is_held_against_the_truths_of_its_days() -> None:
    readings = [
        says("reluctant", "2024-02-27", confidence=820),
        says("open", "2024-06-01", confidence=550),
        says("willing", "2025-02-16", confidence=950),
    ]
    bands = scored(GB, record("GB", readings)).reliability
    counted = {band.low: (band.shifts, band.right_level, band.right_side) for band in bands}
    assert (counted[500], counted[800], counted[900]) == ((1, 0, 0), (1, 1, 1), (1, 1, 1))


def test_a_span_leaves_out_other_days() -> None:
    span = Span(since=date(2025, 1, 1))
    found = scored(GB, record("GB", [BEFORE, says("open", "2024-06-01"), AFTER]), span=span)
    assert (len(found.checks), len(found.wrong), len(found.right)) == (1, 0, 1)
