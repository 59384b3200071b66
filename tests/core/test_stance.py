"""History in the sentences of the field: who said what, when, and what stands afterwards."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stancewatch.core.actor import Voice
from stancewatch.core.fold import history, refold
from stancewatch.core.mention import Evidence, Modality
from stancewatch.core.moment import day, parse_moment
from stancewatch.core.stance import History, Standing
from stancewatch.core.topic import Level, Policy, Side
from stancewatch.core.watch import Reading, Reason
from tests.core.build import POLICY, says


def told(*readings: Reading) -> History:
    return history(readings, POLICY)


def moves(found: History) -> list[tuple[str | None, str, str]]:
    return [(s.from_level, s.to_level, str(s.happened_at)) for s in found.shifts]


def reasons(found: History) -> dict[str, str]:
    return {decision.subject: decision.reason for decision in found.decisions}


def test_nothing_is_known_without_evidence() -> None:
    assert told() == History((), None, ())


def test_own_words_of_the_leader_establish_and_shift() -> None:
    found = told(says("reluctant", "2024-02-27"), says("willing", "2025-02-16"))
    assert moves(found) == [
        (None, "reluctant", "2024-02-27"),
        ("reluctant", "willing", "2025-02-16"),
    ]
    assert found.stance is not None
    assert (found.stance.level, found.stance.standing) == ("willing", Standing.ESTABLISHED)


def test_the_same_position_again_confirms_and_does_not_shift() -> None:
    found = told(says("open", "2024-02-26"), says("open", "2024-05-02"))
    assert len(found.shifts) == 1
    assert found.stance is not None
    assert str(found.stance.confirmed_at) == "2024-05-02"


def test_a_lone_narrator_leaves_it_pending_and_a_second_witness_establishes_it() -> None:
    first = says("willing", "2024-03-14", who=None, evidence=Evidence.NARRATOR, outlet="one")
    second = says("willing", "2024-03-15", who=None, evidence=Evidence.NARRATOR, outlet="two")
    alone = told(first)
    assert alone.shifts == ()
    assert alone.stance is not None
    assert (alone.stance.standing, alone.stance.pending_level) == (Standing.PENDING, "willing")
    assert reasons(alone) == {first.id: Reason.PENDING}
    both = told(first, second)
    assert moves(both) == [(None, "willing", "2024-03-14")]
    assert str(both.shifts[0].established_at) == "2024-03-15"


def test_forty_copies_of_a_wire_story_are_one_witness() -> None:
    wire = "Officials in the capital lean towards sending soldiers, several diplomats said today."
    copies = [
        says(
            "willing",
            f"2024-03-14T{hour:02}:00:00Z",
            who=None,
            evidence=Evidence.UNNAMED,
            outlet=f"paper {hour}",
            agency="Wire One",
            text=wire,
            article=f"a{hour}",
        )
        for hour in range(24)
    ]
    found = told(*copies)
    assert found.shifts == ()
    assert sorted(set(reasons(found).values())) == [Reason.PENDING, Reason.DUPLICATE]


def test_one_quotation_in_two_papers_is_one_witness() -> None:
    one = says("willing", "2024-03-14", who=None, evidence=Evidence.UNNAMED, quoted="q1")
    two = says(
        "willing", "2024-03-15", who=None, evidence=Evidence.UNNAMED, quoted="q1", outlet="two"
    )
    assert told(one, two).shifts == ()


def test_a_near_copy_that_says_otherwise_is_another_text() -> None:
    text = "The minister said that the country would {} send soldiers to Ukraine after a truce."
    yes = says("willing", "2025-03-01", outlet="one", text=text.format("gladly"))
    no = says("rejects", "2025-03-02", outlet="one", text=text.format("not"))
    assert [shift.to_level for shift in told(yes, no).shifts] == ["willing", "rejects"]


def test_a_lone_paraphrase_is_established_but_marked_until_a_second_witness() -> None:
    one = says("open", "2025-02-17T08:00:00Z", evidence=Evidence.PARAPHRASE, outlet="one")
    two = says("open", "2025-02-17T10:00:00Z", evidence=Evidence.PARAPHRASE, outlet="two")
    assert [shift.single_source for shift in told(one).shifts] == [True]
    shift = told(one, two).shifts[0]
    assert (shift.single_source, shift.witnesses) == (False, 2)


@pytest.mark.parametrize(
    ("lower", "standing"),
    [
        ({"who": "state-secretary"}, Standing.SPLIT),
        ({"who": None, "evidence": Evidence.NARRATOR}, Standing.ESTABLISHED),
        ({"who": None, "evidence": Evidence.THIRD_PARTY}, Standing.ESTABLISHED),
    ],
)
def test_lower_evidence_never_undoes_higher(lower: dict[str, object], standing: Standing) -> None:
    leader = says("rejects", "2024-02-27")
    other = says("willing", "2024-03-05", **lower)
    found = told(leader, other)
    assert moves(found) == [(None, "rejects", "2024-02-27")]
    assert found.stance is not None
    assert found.stance.standing is standing
    assert reasons(found)[other.id] == Reason.LOWER


def test_old_words_bind_no_longer() -> None:
    leader = says("rejects", "2024-02-27")
    minister = says("willing", "2024-09-01", who="defence-minister")
    assert [shift.to_level for shift in told(leader, minister).shifts] == ["rejects", "willing"]


def test_the_leader_repeating_settles_a_split() -> None:
    found = told(
        says("rejects", "2024-02-27"),
        says("willing", "2024-03-05", who="state-secretary"),
        says("rejects", "2024-03-06"),
    )
    assert found.stance is not None
    assert found.stance.standing is Standing.ESTABLISHED
    assert len(found.shifts) == 1


def test_two_equal_voices_on_one_day_are_contested_and_shift_nothing() -> None:
    found = told(
        says("open", "2024-01-01"),
        says("willing", "2024-05-02", outlet="one"),
        says("rejects", "2024-05-02", outlet="two"),
    )
    assert len(found.shifts) == 1
    assert found.stance is not None
    assert (found.stance.level, found.stance.standing) == ("open", Standing.CONTESTED)


def test_a_change_back_within_hours_waits_for_the_dust_to_settle() -> None:
    found = told(
        says("rejects", "2024-05-01T08:00:00Z"),
        says("willing", "2024-05-02T08:00:00Z"),
        says("rejects", "2024-05-02T10:00:00Z"),
    )
    assert [shift.to_level for shift in found.shifts] == ["rejects", "willing"]
    assert found.stance is not None
    assert found.stance.standing is Standing.CONTESTED


def test_a_dated_recap_is_late_evidence_at_its_date() -> None:
    recap = says("open", "2025-01-10", current=False, stated_at=parse_moment("2024-02-26"))
    found = told(says("willing", "2025-01-05"), recap)
    assert moves(found) == [(None, "open", "2024-02-26"), ("open", "willing", "2025-01-05")]
    assert str(found.shifts[0].established_at) == "2025-01-10"


def test_a_month_orders_evidence_and_dates_no_shift() -> None:
    month = says("willing", "2024-03")
    found = told(says("rejects", "2024-01-05"), month)
    assert [shift.to_level for shift in found.shifts] == ["rejects"]
    assert reasons(found)[month.id] == Reason.PENDING


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (says("willing", None), Reason.UNDATED),
        (says("willing", "2024"), Reason.UNDATED),
        (says("willing", "2024-03-01", voice=Voice.PARTY), Reason.NOT_GOVERNMENT),
        (says("willing", "2024-03-01", current=False), Reason.OLD_WORDS),
        (says("willing", "2024-03-01", confidence=100), Reason.WEAK),
        (says("willing", "2024-03-01", modality=Modality.DENIED), Reason.DENIED),
    ],
)
def test_what_is_no_evidence_says_why(reading: Reading, reason: str) -> None:
    found = told(reading)
    assert found.shifts == ()
    assert reasons(found) == {reading.id: reason}


def test_an_uncatalogued_outlet_alone_establishes_nothing() -> None:
    found = told(says("willing", "2024-03-01", catalogued=False))
    assert found.shifts == ()


def test_a_baseline_is_marked_as_one() -> None:
    found = told(says("reluctant", "2024-02-27", kind="baseline"), says("willing", "2025-02-16"))
    assert [shift.baseline for shift in found.shifts] == [True, False]


ERAS = [day(2024, 2, 10)]

READINGS = st.lists(
    st.builds(
        lambda level, day, who, evidence, outlet, confidence, catalogued, month: says(
            level,
            f"2024-{month:02}-{day:02}",
            who=who,
            evidence=evidence,
            outlet=f"outlet {outlet}",
            confidence=confidence,
            catalogued=catalogued,
            text=f"text {outlet % 3} with some words that are shared by near copies of {level}",
        ),
        level=st.sampled_from([level.name for level in POLICY.levels]),
        day=st.integers(1, 28),
        month=st.integers(1, 7),
        who=st.sampled_from(["prime-minister", "defence-minister", "state-secretary", None]),
        evidence=st.sampled_from(list(Evidence)),
        outlet=st.integers(0, 6),
        confidence=st.integers(200, 990),
        catalogued=st.booleans(),
    ),
    max_size=24,
)


@given(READINGS, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_history_is_independent_of_order_and_repetition(
    readings: list[Reading], rng: object
) -> None:
    shuffled = readings + readings[: len(readings) // 2]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert history(shuffled, POLICY) == history(readings, POLICY)


@given(READINGS, st.data())
@settings(max_examples=200, deadline=None)
def test_a_fold_goes_on_from_any_checkpoint_as_if_it_had_never_stopped(
    readings: list[Reading], data: st.DataObject
) -> None:
    """With nothing but the readings that came after it and those that it names."""
    whole = refold(readings, POLICY, ERAS, spacing=1)
    for point in whole.checkpoints:
        left = [r for r in readings if r.id in point.needs or (r.at and r.at.at > point.at)]
        left = data.draw(st.permutations(left))
        resumed = refold(left, POLICY, ERAS, point, spacing=1)
        kept = len(resumed.history.shifts)
        assert resumed.history.shifts == whole.history.shifts[len(whole.history.shifts) - kept :]
        assert resumed.history.stance == whole.history.stance
        told = {d for d in whole.history.decisions if d.at and d.at.at > point.at}
        assert told <= set(resumed.history.decisions) <= set(whole.history.decisions)
        earlier = point.at - POLICY.confirm_within
        settled = {d for d in whole.history.decisions if d.at and d.at.at < earlier}
        assert settled.isdisjoint(resumed.history.decisions)


@given(READINGS)
@settings(max_examples=150, deadline=None)
def test_every_reading_has_exactly_one_reason_and_every_shift_its_evidence(
    readings: list[Reading],
) -> None:
    found = history(readings, POLICY)
    subjects = [decision.subject for decision in found.decisions]
    assert sorted(subjects) == sorted({reading.id for reading in readings})
    known = {reading.id: reading for reading in readings}
    level = None
    for shift in found.shifts:
        assert shift.from_level == level
        assert shift.to_level != level
        assert shift.evidence
        assert all(known[each].level == shift.to_level for each in shift.evidence)
        assert shift.happened_at.dates_a_shift
        level = shift.to_level
    if found.stance:
        assert found.stance.level == level


@given(READINGS)
@settings(max_examples=100, deadline=None)
def test_voices_that_are_not_the_governments_change_nothing(readings: list[Reading]) -> None:
    noise = [says("committed", f"2024-02-{day:02}", voice=Voice.PARTY) for day in range(1, 20)]
    assert history([*readings, *noise], POLICY).shifts == history(readings, POLICY).shifts


def test_a_leak_supports_an_announcement_and_does_not_date_it() -> None:
    leak = says("willing", "2025-02-11", who=None, evidence=Evidence.UNNAMED, outlet="leak")
    word = says("willing", "2025-02-16T09:00:00Z", outlet="own")
    found = told(says("reluctant", "2024-02-27"), leak, word)
    shift = found.shifts[-1]
    assert str(shift.happened_at) == "2025-02-16T09:00:00Z"
    assert str(shift.established_at) == "2025-02-16T09:00:00Z"
    assert leak.id in shift.evidence


def test_what_the_press_had_on_a_day_is_what_a_fold_of_that_day_says() -> None:
    """`established_at` is the first publication after which the evidence tells the shift."""
    story = [
        says("open", "2025-01-16"),
        says("willing", "2025-02-15", who=None, evidence=Evidence.NARRATOR, outlet="a"),
        says("willing", "2025-02-15", who="spokesperson", evidence=Evidence.INSTITUTION),
        says("willing", "2025-02-16T22:00:00Z", outlet="own"),
    ]
    shift = told(*story).shifts[-1]
    known = [r for r in story if r.published and r.published < shift.established_at]
    assert [each.to_level for each in told(*known).shifts] == ["open"]
    assert [each.to_level for each in told(*story).shifts] == ["open", "willing"]


def test_words_of_one_day_in_one_article_are_one_step() -> None:
    """ "On Thursday" stands for noon, its neighbour for the hour of publication: one telling."""
    published = parse_moment("2025-02-20T20:30:00Z")
    day = parse_moment("2025-02-20")
    one = says("reluctant", "2025-02-20T20:30:00Z", article="a", stated_at=day)
    other = says("open", "2025-02-20T20:30:00Z", article="a")
    assert one.at == other.at == published
    found = told(says("open", "2024-02-26"), one, other)
    assert len(found.shifts) == 1


def test_one_text_that_tells_both_sides_is_taken_at_the_more_cautious() -> None:
    found = told(
        says("rejects", "2024-02-27"),
        says("open", "2025-02-16", article="a"),
        says("rejects", "2025-02-16", article="a"),
    )
    assert found.stance is not None
    assert (found.stance.level, found.stance.standing) == ("open", Standing.ESTABLISHED)


def test_who_is_ready_does_not_rule_it_out_either() -> None:
    found = told(says("open", "2025-02-16", outlet="a"), says("willing", "2025-02-16", outlet="b"))
    assert found.stance is not None
    assert found.stance.level == "willing"


@pytest.mark.parametrize(
    ("softer", "levels"),
    [
        (says("open", "2025-02-18"), ["willing"]),
        (says("open", "2025-02-18", who="spokesperson"), ["willing"]),
        (says("reluctant", "2025-02-18"), ["willing", "reluctant"]),
        (says("open", "2025-03-18"), ["willing", "open"]),
    ],
)
def test_softer_words_within_days_take_nothing_back(softer: Reading, levels: list[str]) -> None:
    found = told(says("willing", "2025-02-16"), softer)
    assert [shift.to_level for shift in found.shifts] == levels
    if len(levels) == 1:
        assert reasons(found)[softer.id] == Reason.LOWER


def test_weak_voices_cannot_contest_a_strong_one() -> None:
    claims = {"who": None, "evidence": Evidence.THIRD_PARTY}
    found = told(
        says("willing", "2025-02-16"),
        says("willing", "2025-02-20", outlet="a", **claims),
        says("rejects", "2025-02-20", outlet="b", **claims),
    )
    assert found.stance is not None
    assert found.stance.standing is Standing.ESTABLISHED


def test_contested_from_the_start_is_shown_as_such() -> None:
    found = told(
        says("willing", "2025-02-16", outlet="a"), says("rejects", "2025-02-16", outlet="b")
    )
    assert found.stance is not None
    assert (found.stance.level, found.stance.standing) == (None, Standing.CONTESTED)


def test_a_tie_between_levels_of_one_side_does_not_depend_on_hashing() -> None:
    """On a scale with more than one middle, two levels can be as far from it."""
    levels = (
        Level("rejects", Side.AGAINST), Level("b", Side.OPEN), Level("c", Side.OPEN),
        Level("d", Side.OPEN), Level("yes", Side.FOR),
    )  # fmt: skip
    readings = [says("b", "2025-02-16", outlet="one"), says("d", "2025-02-16", outlet="two")]
    found = history(readings, Policy(levels))
    assert [shift.to_level for shift in found.shifts] == ["d"]


def test_a_new_government_inherits_what_it_has_not_restated() -> None:
    eras = [day(2024, 7, 5)]
    old, other = says("reluctant", "2024-06-30"), says("rejects", "2024-07-10", voice=Voice.PARTY)
    nothing_since = history([old], POLICY, eras).stance
    assert nothing_since is not None
    assert nothing_since.standing is Standing.ESTABLISHED
    assert nothing_since.on(day(2024, 7, 6).at, eras).standing is Standing.INHERITED
    assert nothing_since.on(day(2024, 7, 4).at, eras).standing is Standing.ESTABLISHED
    again = history([old, other, says("reluctant", "2024-07-20")], POLICY, eras).stance
    assert again is not None
    assert again.on(day(2024, 8, 1).at, eras).standing is Standing.ESTABLISHED


def test_a_former_leader_does_not_bind_the_ministers_of_the_next() -> None:
    old = says("rejects", "2024-06-30")
    minister = says("willing", "2024-07-20", who="defence-minister")
    assert [s.to_level for s in history([old, minister], POLICY).shifts] == ["rejects"]
    moved = history([old, minister], POLICY, [day(2024, 7, 5)]).shifts
    assert [s.to_level for s in moved] == ["rejects", "willing"]


def test_conditions_are_history_and_no_shift() -> None:
    story = [
        says("willing", "2024-02-01"),
        says("willing", "2024-03-01", condition="if there is a ceasefire"),
        says("willing", "2024-03-11", condition="once a truce holds"),
        says("willing", "2024-03-21", condition="only with an American backstop"),
        says("willing", "2024-03-25", evidence=Evidence.PARAPHRASE),
        says("willing", "2024-03-26", who="state-secretary"),
        says("willing", "2024-04-01"),
    ]
    found = told(*story)
    assert len(found.shifts) == 1
    assert [(str(c.at), c.condition) for c in found.shifts[0].conditions] == [
        ("2024-03-01", "if there is a ceasefire"),
        ("2024-03-21", "only with an American backstop"),
        ("2024-04-01", None),
    ]
    assert found.stance is not None
    assert found.stance.condition is None
