"""When a feed may be asked again, and what its last answers say of its health."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewatch.core.feed import (
    DEAD_AFTER,
    FIRST_WAIT,
    LONGEST_WAIT,
    Answer,
    Due,
    FeedState,
    Health,
    Outcome,
    after,
    back_off,
    due,
)
from tests.sources.build import NOW

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def test_failures_wait_twice_as_long_each_time_and_a_day_at_most() -> None:
    assert [back_off(failures) for failures in (1, 2, 3)] == [
        FIRST_WAIT,
        2 * FIRST_WAIT,
        4 * FIRST_WAIT,
    ]
    assert back_off(10_000) == LONGEST_WAIT


def test_a_feed_that_keeps_failing_is_dead_but_still_asked() -> None:
    state, now = FeedState(primed=True), NOW
    for _ in range(DEAD_AFTER):
        state = after(state, Outcome(Answer.FAILED, reason="timeout"), now)
        assert state.not_before is not None
        assert due(state, state.not_before - SECOND) is Due.WAITING
        now = state.not_before
        assert due(state, now) is Due.DUE
    assert state.health is Health.DEAD
    well = after(state, Outcome(Answer.READ, body_hash="x", items=1, newest=now), now)
    assert (well.health, well.failures, well.not_before, well.reason) == (Health.OK, 0, None, "")


def test_the_servers_wish_goes_before_our_own_back_off() -> None:
    outcome = Outcome(Answer.FAILED, retry_at=NOW + 7 * SECOND, reason="busy")
    assert after(FeedState(failures=5), outcome, NOW).not_before == NOW + 7 * SECOND


@pytest.mark.parametrize("answer", [Answer.READ, Answer.UNCHANGED, Answer.FAILED])
def test_no_server_can_silence_a_feed_for_more_than_a_day(answer: Answer) -> None:
    state = after(FeedState(), Outcome(answer, retry_at=NOW + timedelta(days=400)), NOW)
    assert state.not_before == NOW + LONGEST_WAIT


def test_gone_is_for_good() -> None:
    state = after(FeedState(), Outcome(Answer.GONE, reason="gone"), NOW)
    assert state.health is Health.DEAD
    assert due(state, NOW + timedelta(days=9999)) is Due.GONE


def test_a_failure_keeps_the_validators_and_the_last_good_hash() -> None:
    good = FeedState('"1"', "then", "good", primed=True)
    bad = after(good, Outcome(Answer.FAILED, body_hash="bad", reason="parse-deadline"), NOW)
    assert (bad.etag, bad.body_hash, bad.unread_hash) == ('"1"', "good", "bad")
    later = after(bad, Outcome(Answer.FAILED, reason="timeout"), NOW)
    assert later.unread_hash == "bad"
    assert after(later, Outcome(Answer.READ, body_hash="new", items=1), NOW).unread_hash == ""


def test_a_304_keeps_what_it_does_not_repeat() -> None:
    state = after(FeedState('"1"', "then", "hash"), Outcome(Answer.UNCHANGED), NOW)
    assert (state.etag, state.last_modified, state.body_hash) == ('"1"', "then", "hash")


def test_a_new_body_drops_validators_that_came_without_it() -> None:
    state = after(FeedState('"1"', "then"), Outcome(Answer.READ, body_hash="x", items=1), NOW)
    assert (state.etag, state.last_modified) == (None, None)


def test_a_feed_falls_dormant_without_a_new_item() -> None:
    state = after(FeedState(), Outcome(Answer.READ, items=1, newest=NOW - 13 * 24 * HOUR), NOW)
    assert state.health is Health.OK
    assert after(state, Outcome(Answer.UNCHANGED), NOW + 48 * HOUR).health is Health.DORMANT


def test_the_interval_starts_at_the_last_poll() -> None:
    state = replace(FeedState(), polled_at=NOW)
    assert due(state, NOW + HOUR - SECOND, HOUR) is Due.FRESH
    assert due(state, NOW + HOUR, HOUR) is Due.DUE
    assert due(state, NOW) is Due.DUE


@given(st.lists(st.sampled_from(Answer), max_size=30))
def test_whatever_happens_a_feed_is_asked_again_within_a_day_unless_gone(
    answers: list[Answer],
) -> None:
    state = FeedState()
    for answer in answers:
        state = after(state, Outcome(answer, reason="x"), NOW)
    expected = Due.GONE if Answer.GONE in answers else Due.DUE
    assert due(state, NOW + LONGEST_WAIT) is expected
