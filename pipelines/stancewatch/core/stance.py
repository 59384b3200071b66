"""A stance is a pure function of the evidence.

    history(readings, policy) -> History        # shifts, the stance they end in, and every reason

`readings` is a set: order, batches and repetition do not matter. In event order, one instant a
step:

    admit      is it evidence at all: government voice, dated, not too weak?   (core.weigh)
    witness    is it a copy of something earlier?                            (core.witness)
    weigh      the strongest readings of the step propose a level              (core.weigh)
    compare    the latest word of the highest evidence stands; lower evidence only supports,
               fills a gap, or leaves the stance split
    confirm    is the proposal established by what has gathered for it, or pending?

Confidence is in thousandths throughout, so that refolding gives the very same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby

from stancewatch.core.mention import Where, Whose
from stancewatch.core.moment import Moment
from stancewatch.core.topic import Policy, Side
from stancewatch.core.watch import Decision, Key, Reading, Reason
from stancewatch.core.weigh import (
    ALONE,
    TIER,
    Strength,
    because,
    lone_paraphrase,
    ranked,
    refuse,
    strength,
)
from stancewatch.core.witness import Witnesses

MOST_CONFIDENT = 990  # no amount of press makes a position certain
SHOWN = 20  # of what stands behind a position, the strongest are named; history holds the rest


class Standing(StrEnum):
    ESTABLISHED = "established"
    PENDING = "pending"  # nothing established yet, something waits for a witness
    CONTESTED = "contested"  # evidence of equal rank on both sides
    SPLIT = "split"  # voices of one government differ
    INHERITED = "inherited"  # a new government has not restated it


@dataclass(frozen=True, slots=True)
class Shift:
    """A change of stance. `from_level` is None at first. `evidence` and `before` are reading ids,
    strongest first; `evidence` holds what supported the new level within `confirm_within`."""

    key: Key
    from_level: str | None
    to_level: str
    happened_at: Moment
    established_at: Moment
    confidence: int
    evidence: tuple[str, ...]
    before: tuple[str, ...]
    witnesses: int
    single_source: bool
    baseline: bool
    because: str
    condition: str | None = None
    whose: Whose = Whose.UNSTATED
    where: Where = Where.UNSTATED

    def same_as(self, other: Shift) -> bool:
        """One change seen twice: key, from and to agree and the evidence overlaps."""
        return (self.key, self.from_level, self.to_level) == (
            other.key,
            other.from_level,
            other.to_level,
        ) and not set(self.evidence).isdisjoint(other.evidence)


@dataclass(frozen=True, slots=True)
class Stance:
    """Where a key stands after all its evidence. `level` is None while nothing is established."""

    key: Key
    level: str | None
    standing: Standing
    since: Moment | None
    confirmed_at: Moment | None
    confidence: int
    evidence: tuple[str, ...]
    condition: str | None = None
    whose: Whose = Whose.UNSTATED
    where: Where = Where.UNSTATED
    pending_level: str | None = None
    pending_since: Moment | None = None
    opposed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    shifts: tuple[Shift, ...]
    stance: Stance | None
    decisions: tuple[Decision, ...]


def history(readings: Iterable[Reading], policy: Policy) -> History:
    """Every shift that the evidence on one key tells, in event order."""
    unique = {reading.id: reading for reading in readings}
    fold = _Fold(policy)
    admitted = []
    for reading in sorted(unique.values(), key=lambda r: r.id):
        if reason := refuse(reading, policy):
            fold.note(reading, reason[0], reason[1])
        else:
            admitted.append(reading)
    for step in _steps(admitted):
        fold.step(step)
    return fold.result()


def _steps(readings: list[Reading]) -> Iterator[list[Reading]]:
    def instant(reading: Reading) -> object:
        assert reading.at is not None
        return reading.at.at

    ordered = sorted(readings, key=lambda r: (instant(r), r.id))
    for _, step in groupby(ordered, key=instant):
        yield list(step)


@dataclass(slots=True)
class _Case:
    """What has gathered for one level: the standing one, or a challenger."""

    level: str
    readings: list[Reading] = field(default_factory=list)

    def add(self, step: Iterable[Reading]) -> None:
        self.readings.extend(step)

    def since(self, at: Moment, policy: Policy) -> list[Reading]:
        """The readings young enough at `at` to confirm each other."""
        return [r for r in self.readings if r.at and at.at - r.at.at <= policy.confirm_within]

    def standing_strength(self, at: Moment, policy: Policy) -> Strength:
        """The strongest evidence inside the window, else nothing: old words bind no longer."""
        young = [r for r in self.readings if r.at and at.at - r.at.at <= policy.window]
        return max((strength(r) for r in young), default=Strength())


class _Fold:
    """Takes the steps in event order. One is used once, by `history`."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._witnesses = Witnesses(policy.window)
        self._witness: dict[str, int] = {}
        self._known: set[int] = set()  # witnesses heard before this step
        self._case: _Case | None = None
        self._challengers: dict[str, _Case] = {}
        self._shifts: list[Shift] = []
        self._standing = Standing.PENDING
        self._opposed: list[Reading] = []
        self._decisions: list[Decision] = []
        self._key: Key | None = None

    def note(self, reading: Reading, reason: str, detail: str) -> None:
        self._key = reading.key
        self._decisions.append(Decision(reading.id, reading.key, reason, detail, reading.at))

    def step(self, step: list[Reading]) -> None:
        """Take all readings of one instant at once, symmetrically."""
        self._key = step[0].key
        numbers = self._witnesses.assign(step)
        self._witness |= numbers
        copies = {each for each, number in numbers.items() if number in self._known}
        self._known.update(numbers.values())
        proposed = self._proposal(step)
        for reading in step:
            if proposed is None or reading.level != proposed:
                self._set_aside(reading, proposed)
        if proposed is None:
            self._contest(step)
            return
        backing = [reading for reading in step if reading.level == proposed]
        if self._case and proposed == self._case.level:
            self._support(backing, copies)
        else:
            self._challenge(proposed, backing, copies)

    def _proposal(self, step: list[Reading]) -> str | None:
        """The level that the strongest readings speak for; None where two texts contradict.

        Of two levels that do not contradict, or that one text tells, the more cautious.
        """
        top = max(strength(reading) for reading in step)
        best = [reading for reading in step if strength(reading) == top]
        sides = {self._policy.side(reading.level) for reading in best}
        articles = {reading.article_id for reading in best}
        if Side.AGAINST in sides and len(sides) > 1 and len(articles) > 1:
            return None
        middle = len(self._policy.levels) // 2

        def caution(level: str) -> tuple[int, int]:
            place = self._policy.order(level)
            return abs(place - middle), place

        return min({reading.level for reading in best}, key=caution)

    def _contest(self, step: list[Reading]) -> None:
        """Contradicting texts contest what stands, unless they are weaker than it."""
        at = step[0].at
        assert at is not None
        top = max(strength(reading) for reading in step)
        if self._case is None or top >= self._case.standing_strength(at, self._policy):
            self._standing, self._opposed = Standing.CONTESTED, step

    def _set_aside(self, reading: Reading, proposed: str | None) -> None:
        if proposed is None:
            self.note(
                reading,
                Reason.CONTESTED,
                "equal evidence on both sides at the same time",
            )
        else:
            self.note(reading, Reason.LOWER, f"stronger words at the same time say {proposed}")

    def _support(self, backing: list[Reading], copies: set[str]) -> None:
        assert self._case is not None
        for reading in backing:
            reason = Reason.DUPLICATE if reading.id in copies else Reason.CONFIRMS
            self.note(reading, reason, f"the stance is already {reading.level}")
        self._case.add(backing)
        top = max(strength(reading) for reading in backing)
        # Who repeats a position settles what weaker voices had put in doubt.
        if all(strength(reading) <= top for reading in self._opposed):
            self._standing, self._opposed = Standing.ESTABLISHED, []
        self._challengers = {
            level: case
            for level, case in self._challengers.items()
            if max(strength(r) for r in case.readings) > top
        }
        self._strengthen(backing)

    def _strengthen(self, backing: list[Reading]) -> None:
        """Readings soon after a shift are its evidence too."""
        shift = self._shifts[-1]
        at = backing[0].at
        assert at is not None
        assert self._case is not None
        if at.at - shift.happened_at.at > self._policy.confirm_within:
            return
        self._shifts[-1] = self._told_by(shift, self._case.readings)

    def _challenge(self, level: str, backing: list[Reading], copies: set[str]) -> None:
        at = backing[0].at
        assert at is not None
        if not self._may_replace(backing, [*backing, *self._gathered(level, at)], at):
            self._oppose(level, backing)
            return
        case = self._challengers.setdefault(level, _Case(level))
        case.add(backing)
        gathered = case.since(at, self._policy)
        missing = self._unconfirmed(gathered)
        if missing is None and self._flaps(level, gathered, at):
            missing = "the stance changed only just now; it waits for the dust to settle"
            self._standing, self._opposed = Standing.CONTESTED, backing
        if missing is None:
            self._shift(level, gathered)
            return
        for reading in backing:
            reason = Reason.DUPLICATE if reading.id in copies else Reason.PENDING
            self.note(reading, reason, f"{level}: {missing}")

    def _may_replace(
        self, backing: Sequence[Reading], gathered: Sequence[Reading], at: Moment
    ) -> bool:
        """Lower evidence never undoes higher evidence inside the window.

        `backing` brings the change, `gathered` is all that speaks for it by then.
        """
        if self._case is None:
            return True
        stands = self._case.standing_strength(at, self._policy)
        comes = max(strength(reading) for reading in backing)
        tier = comes.tier + (self._count(gathered) >= self._policy.witnesses)
        if tier < stands.tier:
            return False
        same_side = self._policy.side(backing[0].level) is self._policy.side(self._case.level)
        return same_side or comes.tier > stands.tier or comes.office >= stands.office

    def _gathered(self, level: str, at: Moment) -> list[Reading]:
        case = self._challengers.get(level)
        return case.since(at, self._policy) if case else []

    def _oppose(self, level: str, backing: list[Reading]) -> None:
        assert self._case is not None
        for reading in backing:
            self.note(reading, Reason.LOWER, f"higher evidence stands for {self._case.level}")
        # It may still gather: two independent witnesses weigh more than one.
        self._challengers.setdefault(level, _Case(level)).add(backing)
        other_side = self._policy.side(level) is not self._policy.side(self._case.level)
        if other_side and max(TIER[r.evidence] for r in backing) >= ALONE:
            self._standing, self._opposed = Standing.SPLIT, backing

    def _unconfirmed(self, gathered: list[Reading]) -> str | None:
        """What is missing before the gathered readings establish their level; None if nothing."""
        dated = [r for r in gathered if r.at and r.at.dates_a_shift]
        if not dated:
            return "known only by its month, which dates no shift"
        if any(self._suffices_alone(reading) for reading in dated):
            return None
        count = self._count(dated)
        if count >= self._policy.witnesses:
            return None
        return f"{count} of {self._policy.witnesses} independent catalogued witnesses"

    def _suffices_alone(self, reading: Reading) -> bool:
        return (
            reading.catalogued
            and TIER[reading.evidence] >= ALONE
            and reading.confidence >= self._policy.enter
        )

    def _count(self, readings: Iterable[Reading]) -> int:
        return len({self._witness[r.id] for r in readings if r.catalogued})

    def _flaps(self, level: str, gathered: list[Reading], at: Moment) -> bool:
        """Back to where it came from within `dwell`, and not by stronger words."""
        if not self._shifts or self._shifts[-1].from_level != level or self._case is None:
            return False
        comes = max(strength(reading) for reading in gathered)
        stands = self._case.standing_strength(at, self._policy)
        return at.at - self._shifts[-1].happened_at.at < self._policy.dwell and comes <= stands

    def _shift(self, level: str, gathered: list[Reading]) -> None:
        before = self._case
        moved = {reading.id for reading in gathered}
        self._decisions = [each for each in self._decisions if each.subject not in moved]
        for reading in gathered:
            self.note(reading, Reason.MOVED, f"establishes {level}")
        happened, established = self._happened(gathered), self._completed(gathered)
        self._case = _Case(level, list(gathered))
        self._challengers = {}
        self._standing, self._opposed = Standing.ESTABLISHED, []
        bare = Shift(
            key=gathered[0].key,
            from_level=before.level if before else None,
            to_level=level,
            happened_at=happened,
            established_at=established,
            confidence=0,
            evidence=(),
            before=tuple(r.id for r in ranked(before.readings)[:SHOWN]) if before else (),
            witnesses=0,
            single_source=False,
            baseline=all(reading.kind == "baseline" for reading in gathered),
            because="",
        )
        self._shifts.append(self._told_by(bare, gathered))

    @staticmethod
    def _happened(gathered: list[Reading]) -> Moment:
        """The earliest of the readings that decide: a leak supports an announcement, and does not
        date it."""
        dated = [r for r in gathered if r.at and r.at.dates_a_shift]
        deciding = max(TIER[reading.evidence] for reading in dated)
        return min(r.at for r in dated if r.at and TIER[r.evidence] == deciding)

    def _completed(self, gathered: list[Reading]) -> Moment:
        """The publication that completed the evidence: the first after which it tells the shift."""
        told = sorted({r.published for r in gathered if r.published})
        for moment in told:
            known = [r for r in gathered if r.published and r.published <= moment]
            at = max(r.at for r in known if r.at)
            if self._unconfirmed(known) is None and self._may_replace(known, known, at):
                return moment
        # Undated articles that quote dated words: only the words' own dates are left.
        return max(told, default=max(r.at for r in gathered if r.at))

    def _told_by(self, shift: Shift, readings: list[Reading]) -> Shift:
        """The shift as these readings tell it: the strongest speaks for all."""
        order = ranked(readings)
        count = self._count(order)
        return replace(
            shift,
            confidence=self._confidence(order),
            evidence=tuple(reading.id for reading in order),
            witnesses=count,
            single_source=lone_paraphrase(order) and count < self._policy.witnesses,
            because=because(order[0], count),
            condition=order[0].condition,
            whose=order[0].whose,
            where=order[0].where,
        )

    def _confidence(self, readings: Iterable[Reading]) -> int:
        """Independent witnesses, each as sure as its surest reading: 1 - product(1 - c)."""
        best: dict[int, int] = {}
        for reading in readings:
            number = self._witness[reading.id]
            best[number] = max(best.get(number, 0), reading.confidence)
        doubt = 1000
        for confidence in sorted(best.values()):
            doubt = doubt * (1000 - confidence) // 1000
        return min(MOST_CONFIDENT, 1000 - doubt)

    def result(self) -> History:
        decisions = tuple(sorted(self._decisions, key=lambda d: (str(d.at), d.subject)))
        return History(tuple(self._shifts), self._stance(), decisions)

    def _stance(self) -> Stance | None:
        if self._key is None or not (self._case or self._challengers or self._opposed):
            return None
        waiting = self._waiting()
        case, shift = self._case, self._shifts[-1] if self._shifts else None
        order = ranked(case.readings) if case else []
        return Stance(
            key=self._key,
            level=case.level if case else None,
            standing=self._standing,
            since=shift.happened_at if shift else None,
            confirmed_at=max((r.at for r in order if r.at), default=None),
            confidence=self._confidence(order) if order else 0,
            evidence=tuple(reading.id for reading in order[:SHOWN]),
            condition=self._latest(order).condition if order else None,
            whose=order[0].whose if order else Whose.UNSTATED,
            where=order[0].where if order else Where.UNSTATED,
            pending_level=waiting.level if waiting else None,
            pending_since=min(r.at for r in waiting.readings if r.at) if waiting else None,
            opposed_by=tuple(r.id for r in ranked(self._opposed)[:SHOWN]),
        )

    @staticmethod
    def _latest(order: list[Reading]) -> Reading:
        """The latest of the strongest: its condition is the one that holds."""
        top = strength(order[0])
        best = [reading for reading in order if strength(reading) == top]
        return max(best, key=lambda r: (str(r.at), r.confidence, r.id))

    def _waiting(self) -> _Case | None:
        """The challenger heard last."""

        def heard(case: _Case) -> tuple[Moment, int]:
            return max(r.at for r in case.readings if r.at), -self._policy.order(case.level)

        return max(self._challengers.values(), key=heard, default=None)
