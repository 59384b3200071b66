"""A stance is a pure function of the evidence.

    history(readings, policy, eras) -> History     # shifts, the stance they end in, every reason

`readings` is a set: order, batches and repetition do not matter. In event order, one instant a
step:

    admit      is it evidence at all: government voice, dated, not too weak?   (core.weigh)
    witness    is it a copy of something earlier?                            (core.witness)
    weigh      the strongest readings of the step propose a level              (core.weigh)
    compare    the latest word of the highest evidence stands; lower evidence only supports,
               fills a gap, or leaves the stance split
    confirm    is the proposal established by what has gathered for it, or pending?

`eras` are the days on which another head of government took office: words of the former one bind
the new one no longer.

What a step can still see is bounded by the policy's window, so a fold can stop at a `Checkpoint`
and go on from there when more is known: `refold`. Deleting checkpoints changes nothing.
Confidence is in thousandths throughout, so that refolding gives the very same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, groupby

from stancewatch.core.case import Case, moment, time
from stancewatch.core.checkpoint import Checkpoint
from stancewatch.core.condition import settles, spoken_otherwise
from stancewatch.core.digest import digest
from stancewatch.core.mention import Where, Whose
from stancewatch.core.moment import Moment
from stancewatch.core.stance import ConditionChange, History, Shift, Stance, Standing
from stancewatch.core.topic import Policy, Side
from stancewatch.core.watch import Decision, Key, Reading, Reason
from stancewatch.core.weigh import (
    ALONE,
    TIER,
    Strength,
    accepted,
    because,
    decision_on,
    lone_paraphrase,
    ranked,
    refuse,
    strength,
)
from stancewatch.core.witness import Witnesses

MOST_CONFIDENT = 990  # no amount of press makes a position certain
SHOWN = 20  # of what stands behind a position, the strongest are named; history holds the rest
FOLD_VERSION = "1"  # raise it when the same evidence can tell another history
SPACING = 256  # readings between two checkpoints, at the least
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Refolded:
    """What a fold tells from where it began: of a fold from the start, everything.

    `history` begins with the last shift of `start`, which later words may have strengthened, and
    its decisions with the first that could still change."""

    history: History
    checkpoints: tuple[Checkpoint, ...]


def rules_digest(policy: Policy, eras: Sequence[Moment]) -> str:
    """Changes with all that a fold depends on beside the evidence."""
    return digest("fold", FOLD_VERSION, repr(policy), *map(str, eras))


def history(readings: Iterable[Reading], policy: Policy, eras: Sequence[Moment] = ()) -> History:
    """Every shift that the evidence on one key tells, in event order."""
    return refold(readings, policy, eras).history


def refold(
    readings: Iterable[Reading],
    policy: Policy,
    eras: Sequence[Moment] = (),
    start: Checkpoint | None = None,
    spacing: int = SPACING,
) -> Refolded:
    """The same from a checkpoint on: `readings` are those after it, and those that it needs.

    A checkpoint is left after `spacing` readings, or after as many as the last one held."""
    unique = {reading.id: reading for reading in readings}
    fold = _Fold(policy, eras)
    if start:
        fold.resume(start, unique)
    admitted = []
    for reading in sorted(unique.values(), key=lambda r: r.id):
        if start and reading.at and reading.at.at <= start.at:
            continue
        if reason := refuse(reading, policy):
            fold.note(reading, reason[0], reason[1])
        else:
            admitted.append(reading)
    saved = []
    since, heard = 0, 0
    for step in _steps(admitted):
        fold.step(step)
        since += len(step)
        if since >= max(spacing, heard):
            saved.append(fold.checkpoint())
            since, heard = 0, len(saved[-1].witnesses)
    return Refolded(fold.result(), tuple(saved))


def _steps(readings: list[Reading]) -> Iterator[list[Reading]]:
    ordered = sorted(readings, key=lambda r: (time(r), r.id))
    for _, step in groupby(ordered, key=time):
        yield list(step)


class _Fold:
    """Takes the steps in event order. One is used once, by `refold`."""

    def __init__(self, policy: Policy, eras: Sequence[Moment]) -> None:
        self._policy = policy
        self._view = max(policy.window, policy.confirm_within)
        self._eras = sorted(era.at for era in eras)
        self._witnesses = Witnesses(policy.window)
        self._witness: dict[str, str] = {}
        self._case: Case | None = None
        self._moved: list[Reading] = []  # the evidence of the last shift
        self._challengers: dict[str, Case] = {}
        self._shifts: list[Shift] = []
        self._standing = Standing.PENDING
        self._opposed: list[Reading] = []
        self._decisions: dict[str, Decision] = {}
        self._key: Key | None = None
        self._at = LONG_AGO

    def note(self, reading: Reading, reason: str, detail: str) -> None:
        self._key = reading.key
        self._decisions[reading.id] = decision_on(reading, reason, detail)

    def step(self, step: list[Reading]) -> None:
        """Take all readings of one instant at once, symmetrically."""
        self._key = step[0].key
        self._enter(time(step[0]))
        names = self._witnesses.assign(step)
        self._witness |= names
        copies = {each for each, name in names.items() if name not in names}
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
        elif self._case and self._takes_nothing_back(backing, self._case):
            self._soften(backing, self._case)
        else:
            self._challenge(proposed, backing, copies)

    def _enter(self, at: datetime) -> None:
        """Whoever governs now was not party to what was open among the former voices."""
        if self._era(at) > self._era(self._at):
            self._challengers = {}
            if self._case:
                self._standing, self._opposed = Standing.ESTABLISHED, []
        self._at = at

    def _era(self, at: datetime) -> datetime:
        """When the government of that day took office, as far as is known."""
        return max((era for era in self._eras if era <= at), default=LONG_AGO)

    def _binding(self, case: Case) -> Strength:
        """The strongest evidence inside the window and of this government, else nothing: old words
        bind no longer."""
        return case.strength_since(max(self._at - self._policy.window, self._era(self._at)))

    def _takes_nothing_back(self, backing: list[Reading], case: Case) -> bool:
        """ "Could" within days of "will", and by no stronger voice: the same, in softer words."""
        sides = self._policy.side(backing[0].level), self._policy.side(case.level)
        if sides != (Side.OPEN, Side.FOR):
            return False
        lately = max(self._at - self._policy.confirm_within, self._era(self._at))
        return max(map(strength, backing)) <= case.strength_since(lately)

    def _soften(self, backing: list[Reading], case: Case) -> None:
        for reading in backing:
            self.note(reading, Reason.LOWER, f"says less than {case.level}, and takes nothing back")

    def _proposal(self, step: list[Reading]) -> str | None:
        """The level that the strongest readings speak for; None where two texts contradict.

        Who is ready does not rule it out either: of levels that do not contradict, the one that
        says most. Where one text tells both sides, the more cautious.
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

        levels = {reading.level for reading in best}
        if Side.AGAINST in sides and len(sides) > 1:
            return min(levels, key=caution)
        return max(levels, key=caution)

    def _contest(self, step: list[Reading]) -> None:
        """Contradicting texts contest what stands, unless they are weaker than it."""
        top = max(strength(reading) for reading in step)
        if self._case is None or top >= self._binding(self._case):
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
        bound = self._binding(self._case)
        self._case.add(backing)
        top = max(strength(reading) for reading in backing)
        # Who repeats a position settles what weaker voices had put in doubt.
        if all(strength(reading) <= top for reading in self._opposed):
            self._standing, self._opposed = Standing.ESTABLISHED, []
        self._challengers = {
            level: case
            for level, case in self._challengers.items()
            if case.strength_since(LONG_AGO) > top
        }
        if self._at - self._shifts[-1].happened_at.at <= self._policy.confirm_within:
            # Readings soon after a shift are its evidence too.
            self._moved += backing
            self._shifts[-1] = self._told_by(self._shifts[-1], self._moved)
        elif top >= bound:
            self._restate(backing)

    def _restate(self, backing: list[Reading]) -> None:
        """The same level again, by a voice that binds: under another condition?"""
        shift, best = self._shifts[-1], ranked(backing)[0]
        if settles(best) and spoken_otherwise(shift.condition_now, best.condition):
            change = ConditionChange(moment(best), best.condition, best.id)
            self._shifts[-1] = replace(shift, conditions=(*shift.conditions, change))

    def _challenge(self, level: str, backing: list[Reading], copies: set[str]) -> None:
        if not self._may_replace(backing, [*backing, *self._gathered(level)]):
            self._oppose(level, backing)
            return
        self._rival(level, backing)
        gathered = self._gathered(level)
        missing = self._unconfirmed(gathered)
        if missing is None and self._flaps(level, gathered):
            missing = "the stance changed only just now; it waits for the dust to settle"
            self._standing, self._opposed = Standing.CONTESTED, backing
        if missing is None:
            self._shift(level, gathered)
            return
        for reading in backing:
            reason = Reason.DUPLICATE if reading.id in copies else Reason.PENDING
            self.note(reading, reason, f"{level}: {missing}")

    def _rival(self, level: str, backing: list[Reading]) -> None:
        if case := self._challengers.get(level):
            case.add(backing)
        else:
            self._challengers[level] = Case(level, self._view, backing)

    def _may_replace(self, backing: Sequence[Reading], gathered: Sequence[Reading]) -> bool:
        """Lower evidence never undoes higher evidence inside the window.

        `backing` brings the change, `gathered` is all that speaks for it by then.
        """
        if self._case is None:
            return True
        stands = self._binding(self._case)
        comes = max(strength(reading) for reading in backing)
        seconded = self._count(gathered) >= self._policy.witnesses
        if comes.tier + seconded < stands.tier:
            return False
        same_side = not self._turns(backing[0].level)
        return same_side or comes.tier > stands.tier or comes.office >= stands.office

    def _gathered(self, level: str) -> list[Reading]:
        """What speaks for a challenger and is young enough to confirm each other."""
        case = self._challengers.get(level)
        return case.since(self._at - self._policy.confirm_within) if case else []

    def _oppose(self, level: str, backing: list[Reading]) -> None:
        assert self._case is not None
        for reading in backing:
            self.note(reading, Reason.LOWER, f"higher evidence stands for {self._case.level}")
        # It may still gather: two independent witnesses weigh more than one.
        self._rival(level, backing)
        if self._turns(level) and max(TIER[r.evidence] for r in backing) >= ALONE:
            self._standing, self._opposed = Standing.SPLIT, backing

    def _unconfirmed(self, gathered: list[Reading]) -> str | None:
        """What is missing before the gathered readings establish their level; None if nothing."""
        dated = [r for r in gathered if moment(r).dates_a_shift]
        if not dated:
            return "known only by its month, which dates no shift"
        if not any(self._suffices_alone(reading) for reading in dated):
            count = self._count(dated)
            if count < self._policy.witnesses:
                return f"{count} of {self._policy.witnesses} independent catalogued witnesses"
        sure = self._confidence(dated)
        if self._turns(dated[0].level) and sure < self._policy.turn:
            return f"{sure} of {self._policy.turn} that a change of side needs to be sure of"
        return None

    def _turns(self, level: str) -> bool:
        """Whether it is on another side than what stands."""
        side = self._policy.side
        return self._case is not None and side(level) is not side(self._case.level)

    def _suffices_alone(self, reading: Reading) -> bool:
        return accepted(reading) or (
            reading.catalogued
            and TIER[reading.evidence] >= ALONE
            and reading.confidence >= self._policy.enter
        )

    def _count(self, readings: Iterable[Reading]) -> int:
        return len({self._witness[r.id] for r in readings if r.catalogued})

    def _flaps(self, level: str, gathered: list[Reading]) -> bool:
        """Back to where it came from within `dwell`, and not by stronger words."""
        if not self._shifts or self._shifts[-1].from_level != level or self._case is None:
            return False
        comes = max(strength(reading) for reading in gathered)
        soon = self._at - self._shifts[-1].happened_at.at < self._policy.dwell
        return soon and comes <= self._binding(self._case)

    def _shift(self, level: str, gathered: list[Reading]) -> None:
        before = self._behind()
        bare = Shift(
            key=gathered[0].key,
            from_level=self._case.level if self._case else None,
            to_level=level,
            happened_at=self._happened(gathered),
            established_at=self._completed(gathered),
            step=moment(gathered[-1]),
            confidence=0,
            evidence=(),
            before=tuple(r.id for r in before[:SHOWN]),
            witnesses=0,
            single_source=False,
            baseline=all(reading.kind == "baseline" for reading in gathered),
            because="",
        )
        for reading in gathered:
            self.note(reading, Reason.MOVED, f"establishes {level}")
        self._case = Case(level, self._view, gathered)
        self._moved = list(gathered)
        self._challengers = {}
        self._standing, self._opposed = Standing.ESTABLISHED, []
        self._shifts.append(self._told_by(bare, gathered))

    @staticmethod
    def _happened(gathered: list[Reading]) -> Moment:
        """The earliest of the readings that decide: a leak supports an announcement, and does not
        date it."""
        dated = [r for r in gathered if moment(r).dates_a_shift]
        deciding = max(TIER[reading.evidence] for reading in dated)
        return min(moment(r) for r in dated if TIER[r.evidence] == deciding)

    def _completed(self, gathered: list[Reading]) -> Moment:
        """The publication that completed the evidence: the first after which it tells the shift."""
        told = sorted({r.published for r in gathered if r.published})
        for publication in told:
            known = [r for r in gathered if r.published and r.published <= publication]
            if self._unconfirmed(known) is None and self._may_replace(known, known):
                return publication
        # Undated articles that quote dated words: only the words' own dates are left.
        return max(told, default=max(map(moment, gathered)))

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
            condition=_condition(order),
            whose=order[0].whose,
            where=order[0].where,
        )

    def _confidence(self, readings: Iterable[Reading]) -> int:
        """Independent witnesses, each as sure as its surest reading: 1 - product(1 - c)."""
        best: dict[str, int] = {}
        for reading in readings:
            name = self._witness[reading.id]
            best[name] = max(best.get(name, 0), reading.confidence)
        doubt = 1000
        for confidence in sorted(best.values()):
            doubt = doubt * (1000 - confidence) // 1000
        return min(MOST_CONFIDENT, 1000 - doubt)

    def _behind(self) -> list[Reading]:
        """What the position rests on, strongest first: what moved it, and what repeated it within
        the window."""
        case = self._case.in_view() if self._case else []
        return ranked({reading.id: reading for reading in (*self._moved, *case)}.values())

    def result(self) -> History:
        decisions = sorted(self._decisions.values(), key=lambda d: (str(d.at), d.subject))
        return History(tuple(self._shifts), self._stance(), tuple(decisions))

    def _stance(self) -> Stance | None:
        if self._key is None or not (self._case or self._challengers or self._opposed):
            return None
        waiting = self._waiting()
        order, shift = self._behind(), self._shifts[-1] if self._shifts else None
        stance = Stance(
            key=self._key,
            level=shift.to_level if shift else None,
            standing=self._standing,
            since=shift.happened_at if shift else None,
            confirmed_at=max(map(moment, order), default=None),
            confidence=self._confidence(order) if order else 0,
            evidence=tuple(reading.id for reading in order[:SHOWN]),
            condition=shift.condition_now if shift else None,
            whose=order[0].whose if order else Whose.UNSTATED,
            where=order[0].where if order else Where.UNSTATED,
            pending_level=waiting.level if waiting else None,
            pending_since=moment(waiting.in_view()[0]) if waiting else None,
            opposed_by=tuple(r.id for r in ranked(self._opposed)[:SHOWN]),
        )
        return stance.on(self._at, [Moment(era) for era in self._eras])

    def _waiting(self) -> Case | None:
        """The challenger heard last."""

        def heard(case: Case) -> tuple[Moment, int]:
            return case.last, -self._policy.order(case.level)

        return max(self._challengers.values(), key=heard, default=None)

    def checkpoint(self) -> Checkpoint:
        assert self._key is not None
        witnesses = tuple((reading.id, name) for reading, name in self._witnesses)
        since = self._at - self._policy.confirm_within
        view = [*self._moved, *self._opposed]
        for case in filter(None, (self._case, *self._challengers.values())):
            view += case.in_view()
        heard = {each for each, _ in witnesses}
        named = {r.id: self._witness[r.id] for r in view if r.id not in heard}
        return Checkpoint(
            at=self._at,
            key=self._key,
            standing=self._standing,
            shift=self._shifts[-1] if self._shifts else None,
            moved=_ids(self._moved),
            case=_ids(self._case.in_view()) if self._case else (),
            challengers=tuple(
                (level, _ids(case.in_view())) for level, case in sorted(self._challengers.items())
            ),
            opposed=_ids(self._opposed),
            witnesses=witnesses,
            named=tuple(sorted(named.items())),
            decisions=tuple(
                each for each in self._decisions.values() if each.at and each.at.at >= since
            ),
        )

    def resume(self, start: Checkpoint, known: Mapping[str, Reading]) -> None:
        def found(ids: Iterable[str]) -> list[Reading]:
            return [known[each] for each in ids]

        self._at, self._key, self._standing = start.at, start.key, start.standing
        for each, name in start.witnesses:
            self._witnesses.remember(known[each], name)
        self._witness = dict(chain(start.witnesses, start.named))
        self._moved, self._opposed = found(start.moved), found(start.opposed)
        self._challengers = {
            level: Case(level, self._view, found(ids)) for level, ids in start.challengers
        }
        self._decisions = {each.subject: each for each in start.decisions}
        if start.shift:
            self._shifts = [start.shift]
            self._case = Case(start.shift.to_level, self._view, found(start.case))


def _condition(order: Sequence[Reading]) -> str | None:
    """What any of the strongest ties it to, the surest first: a report that leaves it out is no
    word against it."""
    top = strength(order[0])
    told = [r.condition for r in order if strength(r) == top and r.condition is not None]
    return next(filter(None, told), told[0] if told else None)


def _ids(readings: Iterable[Reading]) -> tuple[str, ...]:
    return tuple(reading.id for reading in readings)
