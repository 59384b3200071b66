"""Who is told what, once, and why everything else stays silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from stancewatch.core.decide import Send, Wait, Withhold
from stancewatch.core.fold import history
from stancewatch.core.mention import Evidence
from stancewatch.core.moment import parse_moment
from stancewatch.core.notification import Form
from stancewatch.core.occurrence import Occurrence
from stancewatch.core.record import Change, RecordedShift, Untold, difference, shift_id
from stancewatch.core.route import QuietHours, Silence
from stancewatch.core.watch import Reason
from tests.core.build import POLICY, says
from tests.core.telling import (
    BEFORE,
    NOW,
    ROUTE,
    SHIFT,
    TOPIC,
    WATCH,
    decided,
    last_shift,
    planned,
    sent,
    story,
    untold,
)


def test_a_change_of_side_is_sent() -> None:
    verdict = decided(untold(last_shift(story())))
    assert isinstance(verdict, Send)
    assert verdict.route is ROUTE


HOURS_AGO = SHIFT.happened_at.at - timedelta(hours=3)


@pytest.mark.parametrize(
    ("change", "circumstances", "reason"),
    [
        (untold(replace(SHIFT, baseline=True)), {}, Reason.BASELINE),
        (untold(SHIFT, quiet=Reason.PRIMED), {}, Reason.PRIMED),
        (untold(replace(SHIFT, from_level=None)), {}, Reason.FIRST),
        (untold(replace(SHIFT, from_level="rejects", to_level="reluctant")), {}, Reason.SAME_SIDE),
        (untold(replace(SHIFT, single_source=True)), {}, Reason.SINGLE_SOURCE),
        (untold(SHIFT, learned_at=NOW + timedelta(days=9)), {}, Reason.TOO_OLD),
        (
            untold(SHIFT),
            {"silences": [Silence("s", "maintenance", "me", NOW + timedelta(hours=1))]},
            Reason.SILENCED,
        ),
        (untold(SHIFT), {"last_told": {BEFORE: (HOURS_AGO, "willing")}}, Reason.THROTTLED),
        (untold(SHIFT), {"last_told": {BEFORE: (NOW, "rejects")}}, Reason.OVERTAKEN),
        (untold(SHIFT), {"routes": []}, Reason.NO_ROUTE),
        (untold(SHIFT), {"watches": []}, Reason.UNTRACKED),
    ],
)
def test_every_silence_has_its_reason(
    change: Untold, circumstances: dict[str, Any], reason: str
) -> None:
    verdict = decided(change, **circumstances)
    assert isinstance(verdict, Withhold)
    assert (verdict.reason, bool(verdict.why)) == (reason, True)


def test_reaching_the_top_of_the_scale_is_told_whatever_the_side() -> None:
    top = replace(SHIFT, from_level="willing", to_level="committed")
    assert isinstance(decided(untold(top)), Send)


def test_a_throttle_never_hides_an_escalation() -> None:
    told = {BEFORE: (HOURS_AGO, "rejects")}
    assert isinstance(decided(untold(SHIFT), last_told=told), Send)


def test_a_silence_that_has_ended_mutes_nothing() -> None:
    over = Silence("s", "holiday", "me", NOW - timedelta(hours=1))
    assert isinstance(decided(untold(SHIFT), silences=[over]), Send)


def test_quiet_hours_wait_until_they_end() -> None:
    night = replace(ROUTE, quiet_hours=QuietHours(time(22), time(7), "Europe/Berlin"))
    late = datetime(2025, 2, 16, 23, tzinfo=UTC)  # midnight in Berlin
    verdict = decided(untold(SHIFT, learned_at=late), now=late, routes=[night])
    assert verdict == Wait(night, datetime(2025, 2, 17, 6, tzinfo=UTC), "quiet hours")
    morning = datetime(2025, 2, 17, 6, tzinfo=UTC)
    change = untold(SHIFT, learned_at=late)
    assert isinstance(decided(change, now=morning, routes=[night]), Send)


def test_a_loop_waits_for_others_to_group_with_and_a_single_pass_does_not() -> None:
    slow = replace(ROUTE, group_wait=timedelta(minutes=5))
    assert isinstance(decided(untold(SHIFT), routes=[slow]), Wait)
    assert isinstance(decided(untold(SHIFT), routes=[slow], may_wait=False), Send)


def test_shifts_within_a_day_are_one_message() -> None:
    found = planned(untold(last_shift(story("GB"))), untold(last_shift(story("FR"))))
    assert [(n.form, len(n.items)) for n in found.notifications] == [(Form.ROOT, 2)]
    assert {decision.reason for decision in found.decisions} == {Reason.SENT}
    assert len(found.settled) == 2


def test_the_same_plan_has_the_same_delivery_keys() -> None:
    changes = [untold(last_shift(story(each))) for each in ("GB", "FR")]
    keys = [n.delivery_key for n in planned(*changes).notifications]
    assert keys == [n.delivery_key for n in planned(*reversed(changes)).notifications]


def test_an_alert_has_a_quote_a_link_place_and_a_rule_on_both_sides() -> None:
    (root,) = planned(untold(last_shift(story()))).notifications
    (item,) = root.items
    assert item.before is not None
    assert "willing" in item.now.words
    assert "reluctant" in item.before.words
    assert root.headline == "United Kingdom: reluctant → willing"


def test_countries_that_moved_at_one_summit_are_one_message_with_its_outcome() -> None:
    at = parse_moment("2025-02-17")
    assert at is not None
    paris = Occurrence(
        "o1",
        "summit-outcome",
        "Paris meeting",
        "Paris",
        "no-agreement",
        ("FR", "GB"),
        at,
        at,
        "No decision was taken.",
        ("a",),
    )
    late = story("FR", "2025-02-18T20:00:00Z")
    found = planned(
        untold(last_shift(story("GB"))), untold(last_shift(late)), summits=(paris,), readings=late
    )
    (root,) = found.notifications
    assert root.summit is not None
    assert root.headline == "Paris meeting (no-agreement): United Kingdom, France moved"


def test_growing_evidence_edits_the_message_and_pings_nobody() -> None:
    first = untold(last_shift(story()))
    more = [*story(), says("willing", "2025-02-17", outlet="another", evidence=Evidence.PARAPHRASE)]
    grown = RecordedShift(first.recorded.id, last_shift(more))
    change = untold(grown.shift, Change.STRENGTHENED, recorded=grown)
    found = planned(change, told=sent(planned(first)), readings=more)
    assert [n.form for n in found.notifications] == [Form.EDIT]
    assert found.notifications[0].items[0].witnesses == 2


def test_a_retraction_is_told_in_the_thread_of_those_who_were_told() -> None:
    first = untold(last_shift(story()))
    gone = untold(first.recorded.shift, Change.RETRACTED, recorded=first.recorded)
    found = planned(gone, told=sent(planned(first)))
    assert [n.form for n in found.notifications] == [Form.EDIT, Form.REPLY]
    assert all(item.retracted for n in found.notifications for item in n.items)


def test_what_was_never_told_is_retracted_in_silence() -> None:
    gone = untold(SHIFT, Change.RETRACTED)
    found = planned(gone)
    assert found.notifications == ()
    assert [decision.reason for decision in found.decisions] == [Reason.NEVER_TOLD]


def test_new_and_retracted_in_one_pass_is_nothing() -> None:
    new = untold(SHIFT)
    gone = untold(SHIFT, Change.RETRACTED, learned_at=NOW + timedelta(minutes=1))
    found = planned(new, gone)
    assert found.notifications == ()
    assert set(found.settled) == {new.id, gone.id}


def test_a_lone_paraphrase_is_told_once_a_second_witness_comes() -> None:
    grown = untold(SHIFT, Change.STRENGTHENED, earlier=Reason.SINGLE_SOURCE)
    assert [n.form for n in planned(grown).notifications] == [Form.ROOT]


def test_what_was_withheld_for_good_stays_so_when_its_evidence_grows() -> None:
    grown = untold(SHIFT, Change.STRENGTHENED, earlier=Reason.PRIMED)
    found = planned(grown)
    assert found.notifications == ()
    assert [decision.reason for decision in found.decisions] == [Reason.PRIMED]


def test_many_shifts_at_once_are_a_digest() -> None:
    route = replace(ROUTE, digest_above=1)
    changes = [untold(last_shift(story(each))) for each in ("GB", "FR")]
    (root,) = planned(*changes, routes=[route]).notifications
    assert root.is_digest


def test_the_record_tells_new_from_grown_from_gone() -> None:
    before = history(story(), POLICY).shifts
    recorded = [RecordedShift(shift_id(shift), shift) for shift in before]
    assert difference(recorded, before).changes == ()
    grown = history([*story(), says("willing", "2025-02-17", outlet="another")], POLICY).shifts
    changes = difference(recorded, grown).changes
    assert [(change, kept.id) for change, kept in changes] == [
        (Change.STRENGTHENED, recorded[-1].id)
    ]
    gone = difference(recorded, before[:1]).changes
    assert [change for change, _ in gone] == [Change.RETRACTED]


def test_an_announcement_that_follows_an_old_leak_is_news() -> None:
    leak = says(
        "willing", "2025-02-11", who=None, evidence=Evidence.UNNAMED, key=("GB", TOPIC), outlet="l"
    )
    shift = last_shift([*story(), leak])
    assert isinstance(decided(untold(shift)), Send)


def test_old_news_is_measured_by_when_the_press_could_know_it() -> None:
    shift = replace(SHIFT, established_at=parse_moment("2025-02-17T08:00:00Z"))
    old = replace(shift, happened_at=parse_moment("2025-02-10"))
    assert isinstance(decided(untold(old)), Send)


def test_a_quiet_run_edits_and_never_posts() -> None:
    first = untold(last_shift(story()))
    gone = untold(
        first.recorded.shift, Change.RETRACTED, recorded=first.recorded, quiet=Reason.REBUILT
    )
    found = planned(gone, told=sent(planned(first)))
    assert [n.form for n in found.notifications] == [Form.EDIT]
    assert [decision.reason for decision in found.decisions] == [Reason.REBUILT]


def test_updates_of_one_incident_in_one_pass_are_one_edit_and_one_reply() -> None:
    shifts = [untold(last_shift(story(each))) for each in ("GB", "FR")]
    told = sent(planned(*shifts))
    gone = [
        untold(each.recorded.shift, Change.RETRACTED, recorded=each.recorded) for each in shifts
    ]
    found = planned(*gone, told=told)
    assert [n.form for n in found.notifications] == [Form.EDIT, Form.REPLY]
    assert [len(n.items) for n in found.notifications] == [2, 2]


def test_a_stop_on_the_way_is_a_correction_and_no_retraction() -> None:
    """Told reluctant → willing; a late "open" makes it open → willing: it is still willing."""
    first = untold(last_shift(story()))
    late = [*story(), says("open", "2025-02-14", key=("GB", TOPIC), outlet="late")]
    shifts = history(late, POLICY).shifts
    gone = untold(first.recorded.shift, Change.RETRACTED, recorded=first.recorded)
    found = planned(
        untold(shifts[1]), untold(shifts[2]), gone, told=sent(planned(first)), readings=late
    )
    (edit,) = found.notifications
    assert edit.form is Form.EDIT
    assert [(i.from_level, i.to_level, i.retracted) for i in edit.items] == [
        ("open", "willing", False)
    ]


def test_what_was_retracted_and_holds_again_is_said_in_the_thread() -> None:
    first = untold(last_shift(story()))
    told = sent(planned(first))
    gone = untold(first.recorded.shift, Change.RETRACTED, recorded=first.recorded)
    retracted = sent(planned(gone, told=told))
    found = planned(untold(first.recorded.shift, recorded=first.recorded), told=retracted)
    assert [n.form for n in found.notifications] == [Form.EDIT, Form.REPLY]
    assert not any(item.retracted for n in found.notifications for item in n.items)


@pytest.mark.parametrize(
    ("asked", "forms"), [(True, [Form.EDIT, Form.REPLY]), (False, [Form.EDIT])]
)
def test_a_condition_that_was_added_is_said_in_the_thread_of_who_asks(
    asked: bool, forms: list[Form]
) -> None:
    first = untold(last_shift(story()))
    later = says("willing", "2025-03-10", condition="if there is a ceasefire", outlet="later")
    now = last_shift([*story(), later])
    grown = untold(now, Change.STRENGTHENED, recorded=RecordedShift(first.recorded.id, now))
    watch = replace(WATCH, conditions=asked)
    found = planned(grown, told=sent(planned(first)), watches=[watch], readings=[later])
    assert [n.form for n in found.notifications] == forms
    assert found.notifications[-1].items[0].condition == "if there is a ceasefire"


def test_another_channel_gets_a_message_of_its_own() -> None:
    told = sent(planned(untold(last_shift(story("GB")))))
    moved = replace(ROUTE, channel="C2")
    found = planned(untold(last_shift(story("FR"))), told=told, routes=[moved])
    assert [(n.form, n.channel) for n in found.notifications] == [(Form.ROOT, "C2")]


def test_of_two_changes_of_one_instant_the_order_of_learning_decides() -> None:
    """The outbox gives them in order; a digest must not."""
    new, gone = untold(SHIFT), untold(SHIFT, Change.RETRACTED)
    for name in "abcdefgh":
        found = planned(new, replace(gone, id=name))
        assert found.notifications == ()


def test_two_live_shifts_never_share_an_id() -> None:
    """A grown shift keeps its id; another born on its first evidence gets another."""
    shift = last_shift(story())
    kept = RecordedShift(shift_id(shift), shift)
    grown = replace(shift, evidence=(*shift.evidence, "more"))
    found = difference([kept], [grown, shift])
    assert len({each.id for each in found.shifts}) == 2
