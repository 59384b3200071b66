"""One cycle over the feeds: poll, run the spine, remember the feeds, deliver.

    prepare -> poll feeds -> spine (first looks prime silently) -> save feed states -> deliver

A feed's validators are saved only after its articles are in the ledger, so a crash in between
asks for the same items again and files nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from stancewatch.core.article import Article
from stancewatch.core.failure import Failure
from stancewatch.core.feed import Due, Feed, FeedState
from stancewatch.core.ports import Clock, Sink
from stancewatch.core.watch import Reason
from stancewatch.jobs.deliver import Delivery, Sleep, Terms, deliver
from stancewatch.jobs.prepare import prepare
from stancewatch.jobs.spine import Counts, run_spine
from stancewatch.jobs.wiring import House
from stancewatch.sources.fetch import Manners
from stancewatch.sources.poll import Polled, poll
from stancewatch.stores.ledger import SqlLedger

DEADLINE = 90.0  # seconds for one round over all feeds


@dataclass(frozen=True, slots=True)
class Cycle:
    """What one cycle did."""

    polled: Sequence[Polled]
    counts: Counts
    prepared: Counts
    delivery: Delivery = field(default_factory=Delivery)

    @property
    def asked(self) -> int:
        return sum(polled.due is Due.DUE for polled in self.polled)


def cycle(
    house: House,
    ledger: SqlLedger,
    feeds: Sequence[Feed],
    sinks: Mapping[str, Sink],
    clock: Clock,
    sleep: Sleep,
    *,
    manners: Manners,
    every: timedelta | None = None,
) -> Cycle:
    """Poll what is due and follow it through to delivery. `every` is the interval of a loop."""
    run = ledger.begin_run("monitor", now=clock())
    prepared = prepare(house, ledger, clock())
    states = ledger.feed_states()
    pairs = [(feed, states.get(feed.url) or FeedState()) for feed in feeds]
    polled = poll(pairs, clock, every=every, manners=manners, deadline=DEADLINE)
    counts = _follow(house, polled, clock())
    _remember(ledger, polled, clock())
    terms = Terms(may_wait=every is not None)
    delivery = deliver(house, ledger, sinks, clock, sleep, terms)
    ledger.end_run(run, asdict(counts), now=clock())
    return Cycle(polled, counts, prepared, delivery)


def _remember(ledger: SqlLedger, polled: Sequence[Polled], now: datetime) -> None:
    """Which articles stood in which feed, and how each feed is."""
    for each in polled:
        seen = [item.id for item in each.items if isinstance(item, Article)]
        ledger.sighted(each.feed.url, seen, now=now)
    ledger.save_feed_states({each.feed.url: each.state for each in polled})


def _follow(house: House, polled: Sequence[Polled], now: datetime) -> Counts:
    """Articles of first looks go ahead of the others and alert nobody, where priming is on."""
    first: list[Article | Failure] = []
    later: list[Article | Failure] = []
    for each in polled:
        (first if each.first and house.settings.prime else later).extend(each.items)
    counts = run_spine(first, house.spine(now, Reason.PRIMED), house.beam)
    return counts + run_spine(later, house.spine(now), house.beam)
