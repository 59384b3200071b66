"""A run that dies at a statement or around a commit, and what must be the same after the next one.

    python -m tests.soak.faults [--steps 12] [--times N] [--ledger URL]

Dies at every statement and around every commit of a run that files, folds, decides and sends,
starts it again from scratch each time, and compares what is left with an undisturbed run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, select

from stancewatch.core.notification import Form, Notification, Receipt
from stancewatch.core.ports import Told
from stancewatch.core.record import Change, Filing, Untold
from stancewatch.core.ruling import Ruling
from stancewatch.core.watch import Decision, Reading, Reason
from stancewatch.jobs.dispatch import dispatch
from stancewatch.stores.ledger import SqlLedger, open_ledger
from stancewatch.stores.ledger.schema import (
    DECISIONS,
    METADATA,
    NOTIFICATIONS,
    RECEIPTS,
    SHIFTS,
    UNTOLD,
)
from tests.stores.ledger.build import NOW, file, refold, stable
from tests.stores.ledger.corpus import evidence, planted, ruled

SINK = "memory"
LIFE = timedelta(hours=1)  # between two starts, so that what a dead run had leased is free again


class CrashError(BaseException):
    """The process is gone: nothing in the product may catch this."""


class Place(StrEnum):
    STATEMENT = "at a statement"
    BEFORE = "before a commit"
    AFTER = "after a commit"  # done, but whoever asked for it never hears of it


@dataclass(frozen=True, slots=True)
class Fault:
    """At the `number`-th such place; the first is 1."""

    place: Place
    number: int


@dataclass(slots=True)
class Faults:
    """Counts what a ledger does, and raises at one place. Transactions that only read are no
    commits here: to die in one is to die at the statement after it.

    A ledger holds nothing but its connections, so a new process is one with new connections."""

    ledger: SqlLedger
    counts: Counter[Place] = field(default_factory=Counter)
    _fault: Fault | None = None
    _writes: bool = False

    def __post_init__(self) -> None:
        engine = self.ledger._engine
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", self._committing)
        # There is no event after a commit.
        commit = engine.dialect.do_commit
        engine.dialect.do_commit = self._committed(commit)  # type: ignore[method-assign]

    def start(self, fault: Fault | None = None) -> None:
        """A new process, which is to die there."""
        self.ledger._engine.dispose()
        self.counts.clear()
        self._fault = fault

    def _statement(self, *_: object) -> None:
        self._reach(Place.STATEMENT)

    def _committing(self, connection: Connection) -> None:
        self._writes = bool(connection.get_execution_options().get("writes"))
        if self._writes:
            self._reach(Place.BEFORE)

    def _committed(self, commit: Callable[[Any], None]) -> Callable[[Any], None]:
        def commit_and_die(connection: Any) -> None:
            commit(connection)
            if self._writes:
                self._writes = False
                self._reach(Place.AFTER)

        return commit_and_die

    def _reach(self, place: Place) -> None:
        self.counts[place] += 1
        if self._fault == Fault(place, self.counts[place]):
            raise CrashError


@contextmanager
def beset(url: str) -> Iterator[Faults]:
    with open_ledger(url) as ledger:
        yield Faults(ledger)


# --- What a run does ---


@dataclass(frozen=True, slots=True)
class Step:
    """What comes in at once: loud as a monitor files it, or quiet as a backfill does."""

    filings: tuple[Filing, ...] = ()
    quiet: str = ""
    ruling: Ruling | None = None


@dataclass(slots=True)
class Memory:
    """A sink that outlives the processes that send to it."""

    posted: list[Notification] = field(default_factory=list)

    def send(self, notification: Notification, root: Receipt | None) -> Receipt:
        assert root is not None or notification.form is Form.ROOT
        self.posted.append(notification)
        return self._receipt(notification)

    def find(self, notification: Notification, root: Receipt | None = None) -> Receipt | None:
        return self._receipt(notification) if notification in self.posted else None

    def _receipt(self, notification: Notification) -> Receipt:
        return Receipt(notification.delivery_key, "", notification.incident)


def script(steps: int) -> list[Step]:
    """The corpus in portions of six, every third of them quiet, with rulings in between."""
    filings, judged = evidence(), ruled()
    portions = [tuple(filings[place : place + 6]) for place in range(0, len(filings), 6)]
    found: list[Step] = []
    for number, portion in enumerate(portions):
        found.append(Step(portion, Reason.BACKFILL if number % 3 == 2 else ""))
        if number % 2:
            found += [Step(ruling=judged.pop(0))] if judged else []
    return found[:steps]


def live(
    ledger: SqlLedger,
    steps: Sequence[Step],
    sink: Memory,
    now: datetime = NOW,
    spacing: int = 1,
) -> None:
    """A run from its start: end what a dead one left, plant, then step by step."""
    refold(ledger, spacing=spacing)
    plant(ledger, planted())
    refold(ledger, spacing=spacing)
    for step in steps:
        take(ledger, step)
        refold(ledger, spacing=spacing)
        tell(ledger)
        dispatch(ledger, {SINK: sink}, lambda: now)


def plant(ledger: SqlLedger, readings: Sequence[Reading]) -> None:
    ledger.plant(readings, now=NOW, quiet=Reason.REBUILT)


def take(ledger: SqlLedger, step: Step) -> None:
    file(ledger, *step.filings, quiet=step.quiet)
    if step.ruling:
        ledger.rule(step.ruling, now=NOW, quiet=step.quiet)


def tell(ledger: SqlLedger) -> None:
    """Each change by itself, all in one commit: a message of its own, or an edit of or a reply to
    the one there is. What is quiet is decided on, and told to nobody."""
    told = {each.incident for each in ledger.told()}
    roots: list[Told] = []
    messages: list[Notification] = []
    untold = ledger.untold()
    for each in untold:
        if message := _message(each, told):
            messages.append(message)
            if message.form is Form.ROOT:
                told.add(message.incident)
                roots.append(Told(message.incident, "all", message.topic, message, None))
    decisions = [_decision(each) for each in untold]
    assert ledger.settle([each.id for each in untold], decisions, roots, messages, now=NOW)


def _message(untold: Untold, told: set[str]) -> Notification | None:
    incident = untold.recorded.id
    if untold.quiet or (untold.change is not Change.NEW and incident not in told):
        return None
    form = Form.EDIT if untold.change is Change.STRENGTHENED else Form.REPLY
    if incident not in told:
        form = Form.ROOT
    return Notification(incident, form, SINK, "", "t", untold.change, (), cause=untold.id)


def _decision(untold: Untold) -> Decision:
    shift = untold.recorded.shift
    reason = untold.quiet or "told"
    return Decision(untold.recorded.id, shift.key, reason, untold.id, shift.happened_at)


# --- What it leaves ---


@dataclass(frozen=True, slots=True)
class Left:
    """All that outsiders can see of a ledger and a sink, and nothing that may differ."""

    history: str
    versions: tuple[tuple[Any, ...], ...]
    changes: tuple[tuple[Any, ...], ...]
    decisions: tuple[tuple[Any, ...], ...]
    messages: tuple[tuple[Any, ...], ...]
    posted: tuple[Notification, ...]


def left(ledger: SqlLedger, sink: Memory) -> Left:
    shifts = select(SHIFTS.c.shift_id, SHIFTS.c.version, SHIFTS.c.status, SHIFTS.c.payload)
    untold = select(UNTOLD.c.id, UNTOLD.c.change, UNTOLD.c.quiet, UNTOLD.c.payload)
    decided = (DECISIONS.c.origin, DECISIONS.c.digest, DECISIONS.c.superseded_at.is_(None))
    queued = select(NOTIFICATIONS.c.delivery_key, NOTIFICATIONS.c.state, RECEIPTS.c.delivery_key)
    queued = queued.outerjoin(RECEIPTS, RECEIPTS.c.delivery_key == NOTIFICATIONS.c.delivery_key)
    with ledger._reading() as connection:

        def rows(chosen: Any) -> tuple[tuple[Any, ...], ...]:
            return tuple(tuple(row) for row in connection.execute(chosen))

        return Left(
            stable(ledger),
            rows(shifts.order_by(SHIFTS.c.shift_id, SHIFTS.c.version)),
            rows(untold.order_by(UNTOLD.c.seq)),
            tuple(sorted(rows(select(*decided)))),
            rows(queued.order_by(NOTIFICATIONS.c.seq)),
            # Within an incident in their order; which incident comes first may differ.
            tuple(sorted(sink.posted, key=lambda each: each.incident)),
        )


def assert_told_once(ledger: SqlLedger) -> None:
    """The outbox tells the life of every shift in order: it is new, it grows, it goes, and only
    then may it be new again."""
    alive: set[str] = set()
    with ledger._reading() as connection:
        told = connection.execute(select(UNTOLD.c.shift_id, UNTOLD.c.change).order_by(UNTOLD.c.seq))
        for shift_id, change in told:
            assert (shift_id in alive) == (change != Change.NEW), (shift_id, change)
            (alive.discard if change == Change.RETRACTED else alive.add)(shift_id)
        live_now = select(SHIFTS.c.shift_id).where(SHIFTS.c.superseded_at.is_(None))
        assert alive == set(connection.scalars(live_now))


# --- The same after every crash ---


def empty(ledger: SqlLedger) -> None:
    """As if just made: quicker than to make another."""
    with ledger._writing() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())


def undisturbed(faults: Faults, steps: Sequence[Step]) -> tuple[Left, Counter[Place]]:
    """What a run leaves that nothing happens to, and how many places it has to die at."""
    sink, ledger = Memory(), faults.ledger
    empty(ledger)
    faults.start()
    live(ledger, steps, sink)
    counts = Counter(faults.counts)
    assert_told_once(ledger)
    return left(ledger, sink), counts


def disturbed(faults: Faults, steps: Sequence[Step], deaths: Sequence[Fault]) -> Left:
    """What is left when one run after the other dies, and then one does not."""
    sink, ledger, now = Memory(), faults.ledger, NOW
    faults.start()
    empty(ledger)
    for death in deaths:
        faults.start(death)
        assert _dies(ledger, steps, sink, now), death
        now += LIFE
    faults.start()
    live(ledger, steps, sink, now)
    assert_told_once(ledger)
    assert (ledger.dirty(), ledger.untold(), ledger.next_due()) == ([], [], None)
    return left(ledger, sink)


def _dies(ledger: SqlLedger, steps: Sequence[Step], sink: Memory, now: datetime) -> bool:
    try:
        live(ledger, steps, sink, now)
    except CrashError:
        return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--times", type=int, help="at each kind of place; default: all")
    parser.add_argument("--ledger", help="an empty place; default: a SQLite file that goes again")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.ledger or f"sqlite:///{Path(folder) / 'faults.db'}"
        with beset(url) as faults:
            sys.exit(1 if report(faults, script(asked.steps), asked.times) else 0)


def report(faults: Faults, steps: Sequence[Step], times: int | None = None) -> int:
    """The table, and how many crashes left something else behind. Dies everywhere, or so many times
    at places of each kind."""
    calm, counts = undisturbed(faults, steps)
    print(f"{len(steps)} steps, {len(calm.changes)} changes, {len(calm.posted)} messages")
    print(f"{'died':<16} {'times':>6} {'differ':>7}")
    wrong = 0
    for place in Place:
        apart = max(1, counts[place] // times) if times else 1
        deaths = [Fault(place, 1 + number) for number in range(0, counts[place], apart)][:times]
        differ = [each for each in deaths if disturbed(faults, steps, [each]) != calm]
        numbers = ", ".join(str(each.number) for each in differ)
        print(f"{place:<16} {len(deaths):>6} {len(differ):>7}  {numbers}".rstrip(), flush=True)
        wrong += len(differ)
    return wrong


if __name__ == "__main__":
    main()
