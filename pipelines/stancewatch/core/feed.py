"""A feed as configured, what is known of it between polls, and when it may be asked again.

    due(state, now, every) -> DUE, or the reason why not
    after(state, outcome, now) -> the state to keep

Both are pure: the same state, outcome and clock give the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

FIRST_WAIT = timedelta(minutes=5)  # after one failure; doubles with each that follows
LONGEST_WAIT = timedelta(days=1)  # no server and no row of failures can silence a feed for longer
DEAD_AFTER = 10  # failures in a row: about four days under back-off
DORMANT_AFTER = timedelta(days=14)  # since the newest item


@dataclass(frozen=True, slots=True)
class Feed:
    """`url` names the feed; where it is a file, `path` is where to read it from.

    `source` is the outlet's domain, which is what its articles are attributed to.
    """

    url: str
    source: str
    name: str = ""
    lang: str | None = None
    country: str | None = None
    path: str | None = None
    hazard: str = ""


class Health(StrEnum):
    """What an operator needs to know of a feed; a feed that goes silent is itself news."""

    NEW = "new"  # never polled
    OK = "ok"
    NOT_MODIFIED = "not-modified"
    MOVED = "moved"  # answers from another address for good: the catalogue wants a change
    EMPTY = "empty"  # a well-formed feed without items
    DORMANT = "dormant"  # answers, but its newest item is old
    BLOCKED = "blocked"  # the server refuses us, or our own address rule refuses it
    FAILING = "failing"  # failed lately, tried again after the back-off
    DEAD = "dead"  # gone (410), or failed too often in a row


class Due(StrEnum):
    """Whether a feed is to be polled now; each other word is a reason why not."""

    DUE = "due"
    GONE = "gone"  # it answered 410
    WAITING = "waiting"  # Retry-After or back-off
    FRESH = "fresh"  # polled less than its interval ago


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is kept of a feed between two polls. All times are UTC."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str = ""  # of the last body that was parsed
    unread_hash: str = ""  # of a body that could not be parsed, so that nobody tries again
    failures: int = 0
    not_before: datetime | None = None
    gone: bool = False
    primed: bool = False  # its first articles were taken in silently
    polled_at: datetime | None = None
    newest: datetime | None = None  # publication of the newest item ever seen
    moved_to: str = ""
    health: Health = Health.NEW
    reason: str = ""  # of the last failure


class Answer(StrEnum):
    """The kinds of outcome that a poll of one feed can have."""

    READ = "read"
    UNCHANGED = "unchanged"  # 304, or the same bytes as before
    GONE = "gone"
    BLOCKED = "blocked"
    FAILED = "failed"
    UNASKED = "unasked"  # the poll ran out of time before its turn


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a poll of one feed came to. `retry_at` is when the server wants to be asked again."""

    answer: Answer
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str = ""
    items: int = 0
    newest: datetime | None = None
    moved_to: str = ""
    retry_at: datetime | None = None
    reason: str = ""


def due(state: FeedState, now: datetime, every: timedelta | None = None) -> Due:
    """`every` is the interval of a loop; without one (`--once`) each feed that may be asked is."""
    if state.gone:
        return Due.GONE
    if state.not_before is not None and now < state.not_before:
        return Due.WAITING
    if every is not None and state.polled_at is not None and now < state.polled_at + every:
        return Due.FRESH
    return Due.DUE


def after(state: FeedState, outcome: Outcome, now: datetime) -> FeedState:
    """The state to keep once a poll has come to `outcome` at `now`."""
    match outcome.answer:
        case Answer.UNASKED:
            return state
        case Answer.GONE:
            return replace(
                state, gone=True, polled_at=now, health=Health.DEAD, reason=outcome.reason
            )
        case Answer.BLOCKED | Answer.FAILED:
            return _after_failure(state, outcome, now)
        case Answer.UNCHANGED:
            return _after_silence(state, outcome, now)
        case Answer.READ:
            return _after_reading(state, outcome, now)


def back_off(failures: int) -> timedelta:
    """5, 10, 20, ... minutes, a day at most."""
    doublings = min(failures - 1, 10)  # 5 min * 2^10 is past the cap, and the number stays small
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _after_failure(state: FeedState, outcome: Outcome, now: datetime) -> FeedState:
    failures = state.failures + 1
    wait = now + back_off(failures) if outcome.retry_at is None else outcome.retry_at
    return replace(
        state,
        failures=failures,
        unread_hash=outcome.body_hash or state.unread_hash,
        not_before=min(wait, now + LONGEST_WAIT),
        polled_at=now,
        health=_ill(outcome.answer, failures),
        reason=outcome.reason,
    )


def _ill(answer: Answer, failures: int) -> Health:
    if failures >= DEAD_AFTER:
        return Health.DEAD
    return Health.BLOCKED if answer is Answer.BLOCKED else Health.FAILING


def _after_silence(state: FeedState, outcome: Outcome, now: datetime) -> FeedState:
    return replace(
        state,
        etag=outcome.etag or state.etag,
        last_modified=outcome.last_modified or state.last_modified,
        failures=0,
        not_before=_capped(outcome.retry_at, now),
        polled_at=now,
        moved_to=outcome.moved_to,
        health=_well(Health.NOT_MODIFIED, state.newest, outcome.moved_to, now),
        reason="",
    )


def _after_reading(state: FeedState, outcome: Outcome, now: datetime) -> FeedState:
    newest = max(filter(None, (state.newest, outcome.newest)), default=None)
    kind = Health.OK if outcome.items else Health.EMPTY
    return replace(
        state,
        etag=outcome.etag,
        last_modified=outcome.last_modified,
        body_hash=outcome.body_hash,
        unread_hash="",
        failures=0,
        not_before=_capped(outcome.retry_at, now),
        primed=True,
        polled_at=now,
        newest=newest,
        moved_to=outcome.moved_to,
        health=_well(kind, newest, outcome.moved_to, now),
        reason="",
    )


def _capped(retry_at: datetime | None, now: datetime) -> datetime | None:
    return None if retry_at is None else min(retry_at, now + LONGEST_WAIT)


def _well(kind: Health, newest: datetime | None, moved_to: str, now: datetime) -> Health:
    if moved_to:
        return Health.MOVED
    if kind is not Health.EMPTY and newest is not None and now - newest > DORMANT_AFTER:
        return Health.DORMANT
    return kind
