"""What a set of rules would have told, and where two sets would have told differently.

    simulate(histories, around, known) -> Simulated     # the code that decides for delivery
    compare(a, b) -> Comparison                         # appears, vanishes, moves, stays

The clock follows the shifts: each is learned when the press completed it (`established_at`), and
what has to wait (for others to group with, for quiet hours to end) is looked at again when it is
due. History is taken as it stands with all evidence in hand: what was told on the way and taken
back again is not simulated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from stancewatch.core.decide import Circumstances
from stancewatch.core.incident import Knowledge, Plan, plan
from stancewatch.core.moment import Moment
from stancewatch.core.notification import Form, Item
from stancewatch.core.ports import Told
from stancewatch.core.record import RecordedShift, Untold, difference
from stancewatch.core.stance import History
from stancewatch.core.watch import Key

Same = Callable[["Alert", "Alert"], bool]
SAME_NEWS = timedelta(days=7)  # the same step this far apart is one piece of news that moved


@dataclass(frozen=True, slots=True)
class Alert:
    """One country's shift as it would have reached people. `place` is the sink and channel."""

    topic: str
    item: Item
    told_at: datetime
    route: str
    place: str
    articles: frozenset[str]  # behind its evidence

    @property
    def key(self) -> Key:
        return self.item.country, self.topic

    @property
    def happened_at(self) -> Moment:
        return self.item.happened_at


@dataclass(frozen=True, slots=True)
class Simulated:
    """`withheld` counts the shifts that nobody is told of, by reason; two watches may have two."""

    alerts: tuple[Alert, ...]
    messages: int = 0
    withheld: Mapping[str, int] = field(default_factory=dict)


def simulate(histories: Iterable[History], around: Circumstances, known: Knowledge) -> Simulated:
    """`around.now` is replaced, step by step."""
    telling = _Telling(around, known)
    coming = sorted(_untold(histories), key=lambda u: (u.learned_at, u.id))
    while now := telling.next_look(coming):
        while coming and coming[0].learned_at <= now:
            telling.waiting.append(coming.pop(0))
        telling.look(now)
    return Simulated(tuple(telling.alerts), telling.messages, telling.withheld())


def _untold(histories: Iterable[History]) -> Iterator[Untold]:
    for each in histories:
        for change, recorded in difference((), each.shifts).changes:
            yield Untold(recorded.id, change, recorded, recorded.shift.established_at.at)


class _Telling:
    """What was told so far, and what waits. One is used once, by `simulate`."""

    def __init__(self, around: Circumstances, known: Knowledge) -> None:
        self._around, self._known = around, known
        self._told: dict[str, Told] = {}
        self._again: datetime | None = None
        self.waiting: list[Untold] = []
        self.alerts: list[Alert] = []
        self.messages = 0
        self._decided: dict[tuple[str, str], None] = {}  # shift and reason, each once

    def next_look(self, coming: Sequence[Untold]) -> datetime | None:
        times = (coming[0].learned_at if coming else None, self._again)
        return min(filter(None, times), default=None)

    def look(self, now: datetime) -> None:
        around = replace(self._around, now=now)
        planned = plan(self.waiting, self._told.values(), around, self._known)
        self._record(planned, now)
        self._told |= {told.incident: told for told in planned.told}
        settled = set(planned.settled)
        self.waiting = [each for each in self.waiting if each.id not in settled]
        self._again = planned.look_again
        self.messages += sum(each.form is not Form.EDIT for each in planned.notifications)

    def withheld(self) -> Mapping[str, int]:
        told = {alert.item.shift_id for alert in self.alerts}
        return Counter(reason for shift, reason in self._decided if shift not in told)

    def _record(self, planned: Plan, now: datetime) -> None:
        self._decided |= {(each.subject, each.reason): None for each in planned.decisions}
        by_id = {each.recorded.id: each.recorded for each in self.waiting}
        for told in planned.told:
            before = self._told.get(told.incident)
            known = {item.shift_id for item in before.root.items} if before else set()
            fresh = [item for item in told.root.items if item.shift_id not in known]
            self.alerts += [self._alert(by_id[item.shift_id], item, told, now) for item in fresh]

    def _alert(self, recorded: RecordedShift, item: Item, told: Told, now: datetime) -> Alert:
        readings = (self._known.readings.get(each) for each in recorded.shift.evidence)
        return Alert(
            topic=told.topic,
            item=item,
            told_at=now,
            route=told.route,
            place=f"{told.root.sink} {told.root.channel}".strip(),
            articles=frozenset(each.article_id for each in readings if each),
        )


@dataclass(frozen=True, slots=True)
class Move:
    """One piece of news that both tell, and what of it differs."""

    a: Alert
    b: Alert
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    appear: tuple[Alert, ...]
    vanish: tuple[Alert, ...]
    move: tuple[Move, ...]
    same: int


def compare(a: Iterable[Alert], b: Iterable[Alert]) -> Comparison:
    """Pair what is the same news: the same step nearest in time, else steps on one article."""
    left, right = list(a), list(b)
    pairs = [
        *_paired(left, right, lambda one, other: not differences(one, other)),
        *_paired(left, right, _same_step),
        *_paired(left, right, lambda one, other: not one.articles.isdisjoint(other.articles)),
    ]
    moves = [
        Move(one, other, differs) for one, other in pairs if (differs := differences(one, other))
    ]
    return Comparison(
        appear=tuple(sorted(right, key=_order)),
        vanish=tuple(sorted(left, key=_order)),
        move=tuple(sorted(moves, key=lambda move: _order(move.b))),
        same=len(pairs) - len(moves),
    )


def differences(one: Alert, other: Alert) -> tuple[str, ...]:
    """What of two alerts on one key differs, in words."""
    facts: Mapping[str, tuple[object, object]] = {
        "from": (one.item.from_level, other.item.from_level),
        "level": (one.item.to_level, other.item.to_level),
        "date": (one.happened_at, other.happened_at),
        "told": (one.told_at, other.told_at),
        "route": ((one.route, one.place), (other.route, other.place)),
    }
    return tuple(name for name, (before, after) in facts.items() if before != after)


def _same_step(one: Alert, other: Alert) -> bool:
    return one.item.to_level == other.item.to_level and _apart(one, other) <= SAME_NEWS


def _apart(one: Alert, other: Alert) -> timedelta:
    return abs(one.happened_at.at - other.happened_at.at)


def _paired(left: list[Alert], right: list[Alert], same: Same) -> Iterator[tuple[Alert, Alert]]:
    """Pairs that are the same, the nearest in time first; they are taken out of both lists."""
    near = sorted(
        (
            (one, other)
            for one in left
            for other in right
            if one.key == other.key and same(one, other)
        ),
        key=lambda pair: (_apart(*pair), _order(pair[0]), _order(pair[1])),
    )
    for one, other in near:
        if one in left and other in right:
            left.remove(one)
            right.remove(other)
            yield one, other


def _order(alert: Alert) -> tuple[datetime, str, str]:
    return alert.happened_at.at, alert.item.country, alert.item.to_level
