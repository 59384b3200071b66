"""Several watches on one country: each decides for itself, and each route is told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from stancewatch.core.decide import Send, Withhold, decide
from stancewatch.core.fold import history
from stancewatch.core.incident import Plan
from stancewatch.core.mention import Evidence
from stancewatch.core.notification import Form, Notification
from stancewatch.core.ports import Told
from stancewatch.core.record import Change, RecordedShift, Untold
from stancewatch.core.route import QuietHours, Route, Silence
from stancewatch.core.watch import Reading, Reason
from tests.core.build import POLICY, says
from tests.core.telling import (
    NOW,
    SHIFT,
    TOPIC,
    WATCH,
    around,
    last_shift,
    moment,
    planned,
    sent,
    story,
    untold,
)

DESK = replace(WATCH, id="desk")
EMBASSY = replace(WATCH, id="embassy", any_level=True, single_source=True, conditions=True)
TO_DESK = Route("desk", "slack", "C1", watches=frozenset({"desk"}), group_wait=timedelta(0))
TO_EMBASSY = replace(TO_DESK, id="embassy", channel="C2", watches=frozenset({"embassy"}))
NIGHT = replace(TO_EMBASSY, quiet_hours=QuietHours(time(22), time(7)))
MIDNIGHT = datetime(2025, 2, 17, 0, tzinfo=UTC)
MORNING = datetime(2025, 2, 17, 7, tzinfo=UTC)
BOTH: dict[str, Any] = {"watches": [DESK, EMBASSY], "routes": [TO_DESK, TO_EMBASSY]}
WAITS: dict[str, Any] = {"watches": [DESK, EMBASSY], "routes": [TO_DESK, NIGHT]}
SMALL = replace(SHIFT, from_level="rejects", to_level="reluctant")


def reasons(found: Plan) -> list[str]:
    return [decision.reason for decision in found.decisions]


def places(found: Plan) -> list[tuple[Form, str]]:
    return sorted((each.form, each.channel) for each in found.notifications)


def last(before: Iterable[Told], found: Plan) -> tuple[Told, ...]:
    """What was told, as it now is."""
    return tuple({told.incident: told for told in (*before, *sent(found))}.values())


def grown(more: list[Reading], **changes: Any) -> Untold:
    shift = last_shift([*story(), *more])
    recorded = RecordedShift(untold(SHIFT).recorded.id, shift)
    return untold(shift, Change.STRENGTHENED, recorded=recorded, **changes)


def gone(**changes: Any) -> Untold:
    return untold(SHIFT, Change.RETRACTED, **changes)


def second_witness() -> Reading:
    return says("willing", "2025-02-17", outlet="another", evidence=Evidence.PARAPHRASE)


# --- Each for itself ---


def test_each_watch_gives_its_own_verdict() -> None:
    desk, embassy = decide(untold(SMALL), around(**BOTH))
    assert isinstance(desk, Withhold)
    assert desk.reason == Reason.SAME_SIDE
    assert desk.why.startswith("watch desk: ")
    assert embassy == Send(TO_EMBASSY, f"changed level; {SMALL.because}")


def test_a_lone_watch_is_not_named() -> None:
    (verdict,) = decide(untold(SMALL), around(watches=[DESK]))
    assert isinstance(verdict, Withhold)
    assert "desk" not in verdict.why


def test_two_watches_on_two_routes_tell_both() -> None:
    found = planned(untold(SHIFT), **BOTH)
    assert places(found) == [(Form.ROOT, "C1"), (Form.ROOT, "C2")]
    assert len({each.delivery_key for each in found.notifications}) == 2
    assert reasons(found) == [Reason.SENT, Reason.SENT]
    assert found.settled == (untold(SHIFT).id,)


def test_two_watches_on_one_route_tell_it_once_with_the_reason_of_the_first_that_tells() -> None:
    shared = replace(TO_DESK, watches=frozenset())
    found = planned(untold(SHIFT), watches=[DESK, EMBASSY], routes=[shared])
    assert places(found) == [(Form.ROOT, "C1")]
    assert reasons(found) == [Reason.SENT]
    small = planned(untold(SMALL), watches=[DESK, EMBASSY], routes=[shared])
    assert "changed level" in small.notifications[0].items[0].because


def test_what_one_watch_withholds_is_recorded_while_another_sends() -> None:
    found = planned(untold(SMALL), **BOTH)
    assert places(found) == [(Form.ROOT, "C2")]
    said = {decision.reason: decision.detail for decision in found.decisions}
    assert said[Reason.SENT].startswith("route embassy: ")
    assert said[Reason.SAME_SIDE].startswith("watch desk: ")


def test_each_route_groups_for_itself() -> None:
    french = [says("rejects", "2024-01-01", key=("FR", TOPIC)), *story("FR", to="reluctant")[1:]]
    small = untold(last_shift(french))
    found = planned(untold(SHIFT), small, readings=french, **BOTH)
    told = {each.channel: [item.country for item in each.items] for each in found.notifications}
    assert told == {"C1": ["GB"], "C2": ["FR", "GB"]}


# --- Waiting ---


def at_midnight() -> Plan:
    return planned(untold(SHIFT, learned_at=MIDNIGHT), now=MIDNIGHT, **WAITS)


def test_a_wait_of_one_route_does_not_hold_up_another() -> None:
    found = at_midnight()
    assert places(found) == [(Form.ROOT, "C1")]
    assert (found.settled, found.look_again) == ((), MORNING)
    assert found.waiting == (untold(SHIFT, learned_at=MIDNIGHT).id,)


def test_what_waits_for_one_route_is_told_there_alone() -> None:
    night = at_midnight()
    change = untold(SHIFT, learned_at=MIDNIGHT)
    again = planned(change, told=sent(night), now=MIDNIGHT + timedelta(hours=1), **WAITS)
    assert (again.notifications, again.decisions, again.settled) == ((), (), ())
    assert again.waiting == ()  # nothing was done with it
    found = planned(change, told=sent(night), now=MORNING, **WAITS)
    assert places(found) == [(Form.ROOT, "C2")]
    assert reasons(found) == [Reason.SENT]
    assert found.settled == (change.id,)


def test_a_silence_of_the_morning_says_nothing_of_who_was_told_at_night() -> None:
    mute = Silence("s", "maintenance", "me", NOW + timedelta(hours=9))
    change = untold(SHIFT, learned_at=MIDNIGHT)
    found = planned(change, told=sent(at_midnight()), now=MORNING, silences=[mute], **WAITS)
    (decision,) = found.decisions
    assert decision.reason == Reason.SILENCED
    assert decision.detail.startswith("watch embassy: ")


def test_what_is_withheld_is_recorded_once_however_long_another_waits() -> None:
    change = untold(SMALL, learned_at=MIDNIGHT)
    waiting = planned(change, now=MIDNIGHT, **WAITS)
    assert (waiting.decisions, waiting.settled) == ((), ())
    assert reasons(planned(change, now=MORNING, **WAITS)) == [Reason.SENT, Reason.SAME_SIDE]


def test_what_was_retracted_meanwhile_is_told_to_nobody_else() -> None:
    change = untold(SHIFT, learned_at=MIDNIGHT)
    later = gone(learned_at=MIDNIGHT + timedelta(hours=1))
    found = planned(change, later, told=sent(at_midnight()), now=MORNING, **WAITS)
    assert places(found) == [(Form.EDIT, "C1"), (Form.REPLY, "C1")]
    assert set(found.settled) == {change.id, later.id}


def test_what_grew_meanwhile_is_edited_once_and_told_as_it_now_is() -> None:
    change = untold(SHIFT, learned_at=MIDNIGHT)
    more = grown([second_witness()], learned_at=MIDNIGHT + timedelta(hours=1))
    night = sent(at_midnight())
    both: dict[str, Any] = {**WAITS, "readings": [second_witness()]}
    at_one = planned(change, more, told=night, now=MIDNIGHT + timedelta(hours=1), **both)
    assert places(at_one) == [(Form.EDIT, "C1")]
    assert (at_one.settled, set(at_one.waiting)) == ((), {change.id, more.id})
    found = planned(change, more, told=last(night, at_one), now=MORNING, **both)
    assert places(found) == [(Form.ROOT, "C2")]
    assert found.notifications[0].items[0].witnesses == 2
    assert set(found.settled) == {change.id, more.id}


def test_a_rebuild_meanwhile_does_not_silence_what_waits() -> None:
    change = untold(SHIFT, learned_at=MIDNIGHT)
    rebuilt = grown([second_witness()], learned_at=MORNING, quiet=Reason.REBUILT)
    more: dict[str, Any] = {**WAITS, "readings": [second_witness()]}
    late = planned(change, rebuilt, now=MIDNIGHT, **more)
    assert late.settled == ()  # the quiet change alone would mute it in the morning
    found = planned(change, rebuilt, told=sent(late), now=MORNING, **more)
    assert places(found) == [(Form.ROOT, "C2")]


# --- What comes later ---


def test_a_retraction_reaches_every_route_that_was_told() -> None:
    found = planned(gone(), told=sent(planned(untold(SHIFT), **BOTH)), **BOTH)
    assert places(found) == [
        (Form.EDIT, "C1"),
        (Form.EDIT, "C2"),
        (Form.REPLY, "C1"),
        (Form.REPLY, "C2"),
    ]
    assert reasons(found) == [Reason.RETRACTED]


def test_growing_evidence_edits_every_message() -> None:
    told = sent(planned(untold(SHIFT), **BOTH))
    more = second_witness()
    found = planned(grown([more]), told=told, readings=[more], **BOTH)
    assert places(found) == [(Form.EDIT, "C1"), (Form.EDIT, "C2")]
    assert {each.items[0].witnesses for each in found.notifications} == {2}
    assert reasons(found) == [Reason.UPDATED]


def test_a_changed_condition_is_said_to_those_who_ask_for_it() -> None:
    told = sent(planned(untold(SHIFT), **BOTH))
    more = says("willing", "2025-03-10", condition="if there is a ceasefire", outlet="later")
    found = planned(grown([more]), told=told, readings=[more], **BOTH)
    assert places(found) == [(Form.EDIT, "C1"), (Form.EDIT, "C2"), (Form.REPLY, "C2")]
    assert reasons(found) == [Reason.UPDATED]


def corrected() -> tuple[list[Reading], list[Untold]]:
    """A late "open" makes of reluctant → willing two steps."""
    late = [*story(), says("open", "2025-02-14", key=("GB", TOPIC), outlet="late")]
    _, to_open, to_willing = history(late, POLICY).shifts
    return late, [gone(), untold(to_open), untold(to_willing)]


def told_willing(found: Plan) -> dict[str, list[tuple[str | None, bool]]]:
    def steps(message: Notification) -> list[tuple[str | None, bool]]:
        return [(i.from_level, i.retracted) for i in message.items if i.to_level == "willing"]

    return {
        each.channel: steps(each) for each in found.notifications if each.form is not Form.REPLY
    }


def test_a_correction_edits_every_message() -> None:
    readings, changes = corrected()
    told = sent(planned(untold(SHIFT), **BOTH))
    found = planned(*changes, told=told, readings=readings, **BOTH)
    assert told_willing(found) == {"C1": [("open", False)], "C2": [("open", False)]}
    assert not any(each.form is Form.REPLY for each in found.notifications)


def test_what_is_corrected_for_one_route_is_news_for_the_other() -> None:
    readings, changes = corrected()
    waiting = untold(SHIFT, learned_at=MIDNIGHT)
    changes[0] = gone(learned_at=MORNING)
    found = planned(waiting, *changes, told=sent(at_midnight()), readings=readings, **WAITS)
    assert told_willing(found) == {"C1": [("open", False)], "C2": [("open", False)]}


LONE = replace(SHIFT, single_source=True)


def witnessed(told: Plan) -> Plan:
    """A second witness comes. The ledger gives back the last reason as `earlier`."""
    more = second_witness()
    change = grown([more], earlier=reasons(told)[-1])
    return planned(change, told=sent(told), readings=[more], **BOTH)


def test_a_second_witness_tells_those_who_waited_for_it() -> None:
    first = planned(untold(LONE), **BOTH)
    assert (places(first), reasons(first)[-1]) == ([(Form.ROOT, "C2")], Reason.SINGLE_SOURCE)
    found = witnessed(first)
    assert places(found) == [(Form.EDIT, "C2"), (Form.ROOT, "C1")]
    assert sorted(reasons(found)) == [Reason.SENT, Reason.UPDATED]


def test_a_second_witness_is_no_news_for_those_who_would_not_hear_of_it_anyway() -> None:
    mute = Silence("s", "maintenance", "me", NOW + timedelta(hours=1))
    first = planned(untold(LONE), silences=[mute], **BOTH)
    assert reasons(first) == [Reason.SILENCED, Reason.SINGLE_SOURCE]
    assert places(witnessed(first)) == [(Form.ROOT, "C1")]


def test_a_third_witness_tells_nobody_anything_new() -> None:
    told = witnessed(planned(untold(LONE), **BOTH))
    assert set(places(witnessed(told))) <= {(Form.EDIT, "C1"), (Form.EDIT, "C2")}


# --- What a route was told before ---

MORE = says("committed", "2025-02-16T13:00:00Z", key=("GB", TOPIC))
LESS = says("willing", "2025-02-16T14:00:00Z", key=("GB", TOPIC))
HIGH = untold(last_shift([*story(), MORE]))
# The step back an hour later, of the same side.
BACK = untold(
    replace(
        HIGH.recorded.shift,
        from_level="committed",
        to_level="willing",
        happened_at=moment("2025-02-16T14:00:00Z"),
        evidence=(LESS.id,),
    )
)
ALL: dict[str, Any] = {
    "watches": [replace(DESK, any_level=True), EMBASSY],
    "routes": [TO_DESK, TO_EMBASSY],
    "readings": [MORE, LESS],
}


def test_a_route_is_throttled_by_what_it_was_told_itself() -> None:
    told = sent(planned(HIGH, **{**ALL, "routes": [TO_DESK]}))
    found = planned(BACK, told=told, **ALL)
    assert places(found) == [(Form.ROOT, "C2")]
    said = {decision.reason: decision.detail for decision in found.decisions}
    assert said[Reason.THROTTLED].startswith("watch desk: told of committed")


def test_what_is_withdrawn_throttles_nothing() -> None:
    told = sent(planned(HIGH, **ALL))
    assert reasons(planned(BACK, told=told, **ALL)) == [Reason.THROTTLED, Reason.THROTTLED]
    withdrawn = replace(HIGH, change=Change.RETRACTED)
    found = planned(BACK, withdrawn, told=told, **ALL)
    assert reasons(found) == [Reason.RETRACTED, Reason.SENT, Reason.SENT]


def test_who_was_told_what_came_after_is_not_told_what_came_before() -> None:
    told = sent(planned(HIGH, **{**ALL, "routes": [TO_DESK]}))
    found = planned(untold(SHIFT), told=told, **ALL)
    assert places(found) == [(Form.ROOT, "C2")]
    said = {decision.reason: decision.detail for decision in found.decisions}
    assert said[Reason.OVERTAKEN] == "watch desk: what came after it was told: committed"
