"""How well a history tells what governments did decide, against a dated list that people made.

    score(truths, records, policy, ...) -> Score

A truth is a position that a government took on a day. Between two of them the earlier holds. What
the list cannot judge (a country that is not on it, a day before its first entry or after the end
of the list) is left out and counted. A country's first known position is no change of side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from stancewatch.core.score import BINS, Tally
from stancewatch.core.stance import History, Shift
from stancewatch.core.topic import Policy
from stancewatch.core.watch import Reading
from stancewatch.core.weigh import refuse

SETTLED = timedelta(days=7)  # a position is looked at so long after it was taken
NEAR = timedelta(days=7)  # a change told this far from its day is right


@dataclass(frozen=True, slots=True)
class Truth:
    """A position as it was taken. `never_moved` says that the country never changed side."""

    country: str
    topic: str
    day: date
    level: str
    conditional: bool | None = None
    speaker: str | None = None
    office: str | None = None
    summary: str | None = None
    reference: str | None = None
    never_moved: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one country: its history, and the readings that tell it."""

    history: History
    readings: Mapping[str, Reading]

    @property
    def moves(self) -> list[Shift]:
        """Without what was recorded beforehand, which is no finding."""
        return [shift for shift in self.history.shifts if not shift.baseline]

    def level_on(self, day: date) -> str | None:
        held = [s.to_level for s in self.history.shifts if _day(s) <= day]
        return held[-1] if held else None


@dataclass(frozen=True, slots=True)
class Check:
    """A truth, the day on which it was looked up, and the level found there."""

    truth: Truth
    on: date
    found: str | None


@dataclass(frozen=True, slots=True)
class SideChange:
    """A change of side that did happen: the truth that made it, and the one before."""

    truth: Truth
    before: Truth


@dataclass(frozen=True, slots=True)
class Right:
    """A change of side that was found. The delay runs from the first qualifying report to the one
    that completed the evidence; `articles` counts those after the first that it took."""

    change: SideChange
    shift: Shift
    delay: timedelta
    articles: int


@dataclass(frozen=True, slots=True)
class Wrong:
    """A change of side that never happened, with the reading that moved it."""

    shift: Shift
    evidence: Reading | None
    never_moved: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """A change of side that was not found. `heard` is what was heard of the new side in those
    days, each with the reason why it did not move anything."""

    change: SideChange
    heard: tuple[tuple[Reading, str], ...]


@dataclass(frozen=True, slots=True)
class Band:
    """Shifts of about one confidence, and how many of them agree with a truth of their days."""

    low: int
    shifts: int
    right_level: int
    right_side: int


@dataclass(frozen=True, slots=True)
class Score:
    """`confusion` counts (true level, found level); None stands for nothing known.
    `unjudged` are changes of side that the list has nothing to say of."""

    checks: tuple[Check, ...]
    right_levels: int
    right_sides: int
    right: tuple[Right, ...]
    wrong: tuple[Wrong, ...]
    missed: tuple[Missed, ...]
    unjudged: tuple[Shift, ...]
    confusion: Mapping[tuple[str, str | None], int]
    reliability: tuple[Band, ...]

    @property
    def side_changes(self) -> Tally:
        both = len(self.right)
        return Tally(both + len(self.wrong), both + len(self.missed), both)

    @property
    def never_moved(self) -> tuple[Wrong, ...]:
        return tuple(wrong for wrong in self.wrong if wrong.never_moved)


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are scored, both ends included; None is as far as the list goes."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


def score(
    truths: Iterable[Truth], records: Mapping[str, Record], policy: Policy, span: Span | None = None
) -> Score:
    """All truths are of one topic, and `records` are the histories on it, by country."""
    span = span or Span()
    told = _by_country(truths)
    checks = tuple(_checks(told, records, span))
    judge = _Judge(told, policy, span)
    true = [change for change in _side_changes(told, policy) if span.holds(change.truth.day)]
    found, unjudged = judge.sort_out(records)
    pairs = _matched(true, found, policy)
    matched = {id(shift) for _, shift in pairs}
    kept = {id(change) for change, _ in pairs}
    return Score(
        checks=checks,
        right_levels=sum(check.found == check.truth.level for check in checks),
        right_sides=sum(_same_side(check.truth.level, check.found, policy) for check in checks),
        right=tuple(_right(*pair, records[pair[0].truth.country], policy) for pair in pairs),
        wrong=tuple(_wrong(s, records, told) for s in found if id(s) not in matched),
        missed=tuple(_missed(c, records, policy) for c in true if id(c) not in kept),
        unjudged=tuple(unjudged),
        confusion=Counter((check.truth.level, check.found) for check in checks),
        reliability=tuple(judge.bands(records)),
    )


def _by_country(truths: Iterable[Truth]) -> dict[str, list[Truth]]:
    told: dict[str, list[Truth]] = {}
    for truth in sorted(truths, key=lambda truth: (truth.country, truth.day)):
        told.setdefault(truth.country, []).append(truth)
    return told


def _checks(
    told: Mapping[str, Sequence[Truth]], records: Mapping[str, Record], span: Span
) -> Iterator[Check]:
    """A week later, or on the eve of the next truth: a week later that one may hold already."""
    for country, truths in told.items():
        for truth, later in zip(truths, [*truths[1:], None], strict=True):
            on = truth.day + SETTLED
            if later is not None:
                on = max(truth.day, min(on, later.day - timedelta(days=1)))
            if span.holds(truth.day):
                record = records.get(country)
                yield Check(truth, on, record.level_on(on) if record else None)


def _side_changes(told: Mapping[str, Sequence[Truth]], policy: Policy) -> Iterator[SideChange]:
    for truths in told.values():
        for before, after in pairwise(truths):
            if policy.side(before.level) is not policy.side(after.level):
                yield SideChange(after, before)


class _Judge:
    """Says of a shift whether the list can judge it, and whether it is right."""

    def __init__(self, told: Mapping[str, Sequence[Truth]], policy: Policy, span: Span) -> None:
        self._told, self._policy, self._span = told, policy, span
        self._end = max((truth.day for truths in told.values() for truth in truths), default=None)

    def sort_out(self, records: Mapping[str, Record]) -> tuple[list[Shift], list[Shift]]:
        """The changes of side that can be judged, and those that cannot."""
        found: list[Shift] = []
        unjudged: list[Shift] = []
        for shift in self._shifts(records):
            if shift.from_level and not _same_side(shift.from_level, shift.to_level, self._policy):
                (found if self._can(shift) else unjudged).append(shift)
        return found, unjudged

    def bands(self, records: Mapping[str, Record]) -> Iterator[Band]:
        judged = [shift for shift in self._shifts(records) if self._can(shift)]
        for low, high in zip(BINS, (*BINS[1:], 1001), strict=True):
            inside = [shift for shift in judged if low <= shift.confidence < high]
            levels = sum(shift.to_level in self._levels_near(shift) for shift in inside)
            yield Band(low, len(inside), levels, sum(map(self._right_side, inside)))

    def _right_side(self, shift: Shift) -> bool:
        near = self._levels_near(shift)
        return any(_same_side(level, shift.to_level, self._policy) for level in near)

    def _shifts(self, records: Mapping[str, Record]) -> Iterator[Shift]:
        for _, record in sorted(records.items()):
            yield from (shift for shift in record.moves if self._span.holds(_day(shift)))

    def _can(self, shift: Shift) -> bool:
        truths, day = self._told.get(shift.key[0]), _day(shift)
        if not truths or self._end is None:
            return False
        return truths[0].day - NEAR <= day <= self._end + NEAR

    def _levels_near(self, shift: Shift) -> Iterator[str]:
        """The levels that held on some day near this shift's."""
        truths, day = self._told[shift.key[0]], _day(shift)
        for truth, later in zip(truths, [*truths[1:], None], strict=True):
            if truth.day <= day + NEAR and (later is None or later.day > day - NEAR):
                yield truth.level


def _matched(
    true: Sequence[SideChange], found: Sequence[Shift], policy: Policy
) -> list[tuple[SideChange, Shift]]:
    """Each at most once, the nearest in time first."""
    near = [
        (change, shift)
        for change in true
        for shift in found
        if shift.key[0] == change.truth.country
        and _same_side(shift.to_level, change.truth.level, policy)
        and _apart(change, shift) <= NEAR
    ]
    pairs: list[tuple[SideChange, Shift]] = []
    for change, shift in sorted(near, key=lambda pair: (_apart(*pair), pair[0].truth.day)):
        if not any(change is one or shift is other for one, other in pairs):
            pairs.append((change, shift))
    return sorted(pairs, key=lambda pair: (pair[0].truth.day, pair[0].truth.country))


def _apart(change: SideChange, shift: Shift) -> timedelta:
    return abs(_day(shift) - change.truth.day)


def _right(change: SideChange, shift: Shift, record: Record, policy: Policy) -> Right:
    """From the first report that could have told it, to the one with which it was told."""
    told_at = shift.established_at.at
    reports = [
        (reading.published.at, reading.article_id)
        for reading in _heard(change, record, policy)
        if reading.published and reading.published.at <= told_at and not refuse(reading, policy)
    ]
    first = min((at for at, _ in reports), default=told_at)
    later = {article for at, article in reports if at > first}
    early = {article for at, article in reports if at == first}
    return Right(change, shift, told_at - first, len(later - early))


def _wrong(
    shift: Shift, records: Mapping[str, Record], told: Mapping[str, Sequence[Truth]]
) -> Wrong:
    country = shift.key[0]
    readings = records[country].readings
    evidence = next((readings[each] for each in shift.evidence if each in readings), None)
    return Wrong(shift, evidence, any(truth.never_moved for truth in told[country]))


def _missed(change: SideChange, records: Mapping[str, Record], policy: Policy) -> Missed:
    record = records.get(change.truth.country)
    if record is None:
        return Missed(change, ())
    why = {each.subject: f"{each.reason}: {each.detail}" for each in record.history.decisions}
    heard = _heard(change, record, policy)
    return Missed(change, tuple((reading, why.get(reading.id, "")) for reading in heard))


def _heard(change: SideChange, record: Record, policy: Policy) -> list[Reading]:
    """The readings of the new side near the day of the change, as they were spoken."""
    near = [
        reading
        for reading in record.readings.values()
        if reading.at
        and reading.kind != "baseline"
        and _same_side(reading.level, change.truth.level, policy)
        and abs(reading.at.at.date() - change.truth.day) <= NEAR
    ]
    return sorted(near, key=lambda reading: (str(reading.at), reading.id))


def _same_side(one: str, other: str | None, policy: Policy) -> bool:
    return other is not None and policy.side(one) is policy.side(other)


def _day(shift: Shift) -> date:
    return shift.happened_at.at.date()
