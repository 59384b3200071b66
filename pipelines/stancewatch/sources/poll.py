"""One round over many feeds: who is asked, what came of it, and what to keep for the next round.

    (Feed, FeedState) -> due? -> fetch -> unchanged? -> parse -> Polled(items, new state)

Feeds that failed last time are asked last, and a feed that is slow to parse is put aside until all
others are read, so that what a hostile feed costs is taken from its own share of the round.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from stancewatch.core.article import Article
from stancewatch.core.failure import Failure, Stage
from stancewatch.core.feed import Answer, Due, Feed, FeedState, Health, Outcome, after, due
from stancewatch.core.ports import Clock
from stancewatch.sources import feed as parsing
from stancewatch.sources.feed import CPU_SECONDS, FeedParser, FeedReading
from stancewatch.sources.fetch import (
    Answered,
    Fetched,
    FetchFailure,
    Gone,
    Manners,
    NotModified,
    Reason,
    Request,
    fetch_each,
)

FIRST_CPU = 0.75  # seconds of processor time for the first try; the second try gets CPU_SECONDS
SET_ASIDE = 40_000_000  # bytes of slow feeds that are kept for a second try
UNREAD = "unread-body"  # the same bytes could not be parsed before
READER = b"1"  # raise it when feeds are read differently: every body is then parsed once more
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
SLOW = frozenset({parsing.Reason.KILLED, parsing.Reason.PUT_OFF})
REFUSED = frozenset({Reason.BLOCKED, Reason.REFUSED_ADDRESS, Reason.TLS})


@dataclass(frozen=True, slots=True)
class Polled:
    """What one round made of one feed. `first` articles prime it: nobody is alerted of them.

    `rolled_over` warns that the feed's oldest item is newer than all seen before: some may have
    come and gone between two polls. `undated` says where and why.
    """

    feed: Feed
    state: FeedState
    due: Due = Due.DUE
    items: tuple[Article | Failure, ...] = ()
    first: bool = False
    rolled_over: bool = False
    undated: tuple[tuple[str, str], ...] = ()

    @property
    def health(self) -> Health:
        return self.state.health


@dataclass(frozen=True, slots=True)
class _Turn:
    """A body on its way to be parsed."""

    feed: Feed
    state: FeedState
    fetched: Fetched
    body_hash: str


def poll(
    feeds: Iterable[tuple[Feed, FeedState]],
    clock: Clock,
    *,
    every: timedelta | None = None,
    manners: Manners | None = None,
    deadline: float = 60.0,
) -> list[Polled]:
    """Every feed, in the order given, polled or with the reason why not, in `deadline` seconds."""
    pairs, now = list(feeds), clock()
    turns = {pair[0].url: due(pair[1], now, every) for pair in pairs}
    asked = sorted((pair for pair in pairs if turns[pair[0].url] is Due.DUE), key=_patience)
    with FeedParser() as parser:
        round_ = _Round(parser, clock, time.monotonic() + deadline)
        done = {polled.feed.url: polled for polled in round_.run(asked, manners or Manners())}
    return [done.get(feed.url) or Polled(feed, state, turns[feed.url]) for feed, state in pairs]


def _patience(pair: tuple[Feed, FeedState]) -> tuple[int, datetime]:
    """Who goes first: feeds in good health, and of these the one that has waited longest."""
    state = pair[1]
    return state.failures, state.polled_at or BEGINNING


@dataclass
class _Round:
    parser: FeedParser
    clock: Clock
    until: float
    aside: list[_Turn] = field(default_factory=list)

    def run(self, pairs: Sequence[tuple[Feed, FeedState]], manners: Manners) -> Iterator[Polled]:
        requests = [_request(feed, state) for feed, state in pairs]
        answers = fetch_each(requests, manners, self.clock, deadline=self._left())
        first = (self._first_try(*pairs[index], answer) for index, answer in answers)
        yield from filter(None, first)
        yield from map(self._second_try, self.aside)

    def _left(self) -> float:
        return max(0.0, self.until - time.monotonic())

    def _first_try(self, feed: Feed, state: FeedState, answer: Answered) -> Polled | None:
        """None where the body was put aside."""
        if not isinstance(answer, Fetched):
            return self._polled(feed, state, *_fruitless(feed, answer))
        turn = _Turn(feed, state, answer, fingerprint(answer.body))
        if turn.body_hash == state.body_hash:
            return self._polled(feed, state, _kept(Answer.UNCHANGED, answer))
        if turn.body_hash == state.unread_hash:
            return self._polled(feed, state, Outcome(Answer.FAILED, reason=UNREAD))
        if not self._left():
            return self._polled(feed, state, Outcome(Answer.UNASKED, reason=Reason.UNASKED))
        reading = self._parse(turn, FIRST_CPU)
        if not _too_slow(reading):
            return self._read(turn, reading)
        held = sum(len(other.fetched.body) for other in self.aside)
        if held + len(answer.body) > SET_ASIDE:
            return self._read(turn, _put_off(feed))
        self.aside.append(turn)
        return None

    def _second_try(self, turn: _Turn) -> Polled:
        # Half of what is left: the clock may run twice as fast as the processor is given to us.
        cpu = min(CPU_SECONDS, self._left() / 2)
        reading = self._parse(turn, cpu) if cpu > FIRST_CPU else _put_off(turn.feed)
        if cpu < CPU_SECONDS and _too_slow(reading):
            reading = _put_off(turn.feed)
        return self._read(turn, reading)

    def _parse(self, turn: _Turn, cpu: float) -> FeedReading | Failure:
        return self.parser.parse(
            turn.fetched.body,
            turn.feed,
            self.clock(),
            base_url=turn.fetched.final_url,
            content_type=turn.fetched.content_type,
            cpu=cpu,
        )

    def _read(self, turn: _Turn, reading: FeedReading | Failure) -> Polled:
        if isinstance(reading, Failure):
            # Without validators the body is sent again next time, and known by its hash.
            body_hash = "" if reading.reason == parsing.Reason.PUT_OFF else turn.body_hash
            outcome = Outcome(Answer.FAILED, body_hash=body_hash, reason=reading.reason)
            return self._polled(turn.feed, turn.state, outcome, reading)
        fetched = turn.fetched
        outcome = Outcome(
            Answer.READ,
            fetched.etag,
            fetched.last_modified,
            turn.body_hash,
            len(reading.items),
            reading.newest,
            fetched.moved_to,
            fetched.retry_at,
        )
        return Polled(
            turn.feed,
            after(turn.state, outcome, self.clock()),
            items=reading.items,
            first=not turn.state.primed,
            rolled_over=_rolled_over(turn.state, reading),
            undated=reading.undated,
        )

    def _polled(self, feed: Feed, state: FeedState, outcome: Outcome, *failures: Failure) -> Polled:
        return Polled(feed, after(state, outcome, self.clock()), items=failures)


def _too_slow(reading: FeedReading | Failure) -> bool:
    return isinstance(reading, Failure) and reading.reason in SLOW


def _put_off(feed: Feed) -> Failure:
    detail = "slow to parse, and the round had no time for a second try"
    return Failure(Stage.GATHER, feed.url, parsing.Reason.PUT_OFF, detail)


def _request(feed: Feed, state: FeedState) -> Request:
    return Request(feed.url, state.etag, state.last_modified, feed.path)


def fingerprint(body: bytes) -> str:
    return blake2b(body, digest_size=16, key=READER).hexdigest()


def _fruitless(
    feed: Feed, answer: NotModified | Gone | FetchFailure
) -> tuple[Outcome, *tuple[Failure, ...]]:
    """What an answer without a body comes to, with the dead letter if it is one."""
    match answer:
        case NotModified():
            return (_kept(Answer.UNCHANGED, answer),)
        case Gone():
            failure = Failure(Stage.GATHER, feed.url, "gone", "the server answered 410")
            return Outcome(Answer.GONE, reason="gone"), failure
        case FetchFailure(reason=Reason.UNASKED):
            return (Outcome(Answer.UNASKED, reason=answer.reason),)
    kind = Answer.BLOCKED if answer.reason in REFUSED else Answer.FAILED
    failure = Failure(Stage.GATHER, feed.url, answer.reason, answer.detail)
    return Outcome(kind, retry_at=answer.retry_at, reason=answer.reason), failure


def _kept(kind: Answer, answer: Fetched | NotModified) -> Outcome:
    return Outcome(
        kind,
        answer.etag,
        answer.last_modified,
        moved_to=answer.moved_to,
        retry_at=answer.retry_at,
    )


def _rolled_over(state: FeedState, reading: FeedReading) -> bool:
    articles = (item for item in reading.items if isinstance(item, Article))
    dates = [article.published.at for article in articles if article.published is not None]
    return state.newest is not None and bool(dates) and min(dates) > state.newest
