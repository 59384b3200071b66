"""Who stands where on a topic on one day, who moved, and who is only spoken for.

    Known (a country's stance and evidence) + shifts + groups -> View

A view keeps nothing and decides nothing: it sorts what stances and readings already say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from stancewatch.core.actor import Actors, Group
from stancewatch.core.mention import Evidence
from stancewatch.core.stance import Shift, Stance, Standing
from stancewatch.core.topic import Policy, Side
from stancewatch.core.watch import Decision, Reading, Reason
from stancewatch.core.weigh import refuse

OTHERS = frozenset({Evidence.NARRATOR, Evidence.THIRD_PARTY})  # nobody of the country speaks
FEWEST = 3  # two countries are a pair: their positions are read off the list
EVERYONE = "All tracked countries"

REPEAT = "words on either side, from an office at least as high"
RESTATE = "a word of the new government"
DATED = "a report that is dated to the day"
HIGHER = "the same from an office at least as high, or from two independent witnesses"
WITNESS = "another independent witness in a catalogued outlet, or the government's own words"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the end of the day it is about, and how far back "lately" goes."""

    topic: str
    policy: Policy
    day: datetime
    lately: timedelta

    @property
    def since(self) -> datetime:
        return self.day - self.lately

    def is_late(self, reading: Reading) -> bool:
        return reading.at is not None and self.since < reading.at.at <= self.day


@dataclass(frozen=True, slots=True)
class Known:
    """All there is on one tracked country by that day."""

    country: str
    stance: Stance | None
    readings: tuple[Reading, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """A level that waits. `why` is the recorded reason, `settles` what would end the waiting."""

    level: str
    says: Reading
    why: str
    settles: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where one country stands. `own`: somebody of its own has spoken, not only others of it."""

    country: str
    stance: Stance
    says: Reading | None
    own: bool
    pending: Pending | None
    opposed: Reading | None

    @property
    def unsettled(self) -> bool:
        return self.pending is not None or self.stance.standing is not Standing.ESTABLISHED

    @property
    def settles(self) -> str:
        if self.pending:
            return self.pending.settles
        return RESTATE if self.stance.standing is Standing.INHERITED else REPEAT


@dataclass(frozen=True, slots=True)
class Move:
    shift: Shift
    says: Reading | None
    crosses: bool  # from one side to another; a first position crosses nothing


@dataclass(frozen=True, slots=True)
class Claim:
    """What others say of a country that has not spoken: the latest, and how many said so."""

    country: str
    says: Reading
    number: int


@dataclass(frozen=True, slots=True)
class Total:
    """How many of a group are on which side; `unknown` holds the rest of its members."""

    name: str
    sides: Mapping[Side, tuple[str, ...]]
    unknown: tuple[str, ...]

    @property
    def size(self) -> int:
        return len(self.unknown) + sum(map(len, self.sides.values()))


@dataclass(frozen=True, slots=True)
class View:
    """`levels` the most committed first, `moves` the latest first; all else by country."""

    question: Question
    levels: tuple[tuple[str, tuple[Place, ...]], ...]
    moves: tuple[Move, ...]
    claims: tuple[Claim, ...]
    unsettled: tuple[Place, ...]
    promised: tuple[Place, ...]
    done: tuple[Place, ...]
    silent: tuple[str, ...]
    totals: tuple[Total, ...]


def view(
    question: Question, known: Sequence[Known], shifts: Iterable[Shift], actors: Actors
) -> View:
    """`known` has every tracked country once; `shifts` are those of the topic that stand."""
    policy = question.policy
    evidence = {each.country: _evidence(each, policy) for each in known}
    places = [
        place
        for each in sorted(known, key=lambda k: k.country)
        if (place := _place(each, evidence[each.country], question))
    ]
    held = [place for place in places if place.stance.level]
    readings = {r.id: r for each in known for r in each.readings}
    claims = tuple(_claims(evidence, question))
    heard = {place.country for place in places} | {claim.country for claim in claims}
    return View(
        question=question,
        levels=_by_level(held, policy),
        moves=tuple(_moves(shifts, readings, question)),
        claims=claims,
        unsettled=tuple(place for place in places if place.unsettled),
        promised=tuple(p for p in held if _is_for(p, policy) and not _is_done(p, policy)),
        done=tuple(place for place in held if _is_done(place, policy)),
        silent=tuple(sorted(evidence.keys() - heard)),
        totals=_totals(held, evidence, actors, policy),
    )


def as_of(recorded: Stance | None, folded: Stance | None) -> Stance | None:
    """A past day's position. The record dates it by all that is known today; what was unsettled
    that day is told by the evidence of that day, where the two agree on the level."""
    level = recorded.level if recorded else None
    return folded if folded and folded.level == level else recorded


def _evidence(known: Known, policy: Policy) -> list[Reading]:
    return [reading for reading in known.readings if refuse(reading, policy) is None]


def _place(known: Known, evidence: Sequence[Reading], question: Question) -> Place | None:
    """None for a country of which nothing but stale or refused words is known."""
    stance = known.stance
    if stance is None:
        return None
    pending = _pending(stance, evidence, known.decisions, question)
    if stance.level is None and pending is None:
        return None
    by_id = {reading.id: reading for reading in known.readings}
    return Place(
        country=known.country,
        stance=stance,
        says=_first(stance.evidence, by_id),
        own=any(reading.evidence not in OTHERS for reading in evidence),
        pending=pending,
        opposed=_first(stance.opposed_by, by_id),
    )


def _first(ids: Iterable[str], readings: Mapping[str, Reading]) -> Reading | None:
    return next((readings[each] for each in ids if each in readings), None)


def _pending(
    stance: Stance, evidence: Sequence[Reading], decisions: Iterable[Decision], question: Question
) -> Pending | None:
    """What waits and was heard lately: an old challenger that nobody repeats is no news."""
    since = stance.pending_since
    waiting = [
        reading
        for reading in evidence
        if since and reading.level == stance.pending_level and _at(reading) >= since.at
    ]
    if stance.pending_level is None or not any(map(question.is_late, waiting)):
        return None
    latest = max(waiting, key=lambda r: (_at(r), r.id))
    decided = {decision.subject: decision for decision in decisions}
    reason = decided.get(latest.id)
    why = reason.detail.removeprefix(f"{stance.pending_level}: ") if reason else ""
    return Pending(stance.pending_level, latest, why, _settles(waiting, reason))


def _settles(waiting: Iterable[Reading], reason: Decision | None) -> str:
    if not any(reading.at and reading.at.dates_a_shift for reading in waiting):
        return DATED
    return HIGHER if reason and reason.reason == Reason.LOWER else WITNESS


def _at(reading: Reading) -> datetime:
    assert reading.at is not None  # undated readings are refused as evidence
    return reading.at.at


def _by_level(held: Sequence[Place], policy: Policy) -> tuple[tuple[str, tuple[Place, ...]], ...]:
    names = [level.name for level in reversed(policy.levels)]
    groups = ((name, [p for p in held if p.stance.level == name]) for name in names)
    return tuple((name, tuple(_latest_first(group, _since))) for name, group in groups if group)


def _since(place: Place) -> datetime:
    assert place.stance.since is not None  # every level was established at some time
    return place.stance.since.at


def _latest_first(places: list[Place], when: Callable[[Place], datetime]) -> list[Place]:
    """Those of one time stay in the order of their countries."""
    return sorted(places, key=when, reverse=True)


def _moves(
    shifts: Iterable[Shift], readings: Mapping[str, Reading], question: Question
) -> Iterable[Move]:
    late = [
        shift
        for shift in shifts
        if not shift.baseline and question.since < shift.happened_at.at <= question.day
    ]
    late.sort(key=lambda shift: shift.key)
    late.sort(key=lambda shift: shift.happened_at, reverse=True)
    side = question.policy.side
    for shift in late:
        crosses = shift.from_level is not None and side(shift.from_level) is not side(
            shift.to_level
        )
        yield Move(shift, _first(shift.evidence, readings), crosses)


def _claims(evidence: Mapping[str, Sequence[Reading]], question: Question) -> Iterable[Claim]:
    for country, readings in sorted(evidence.items()):
        if any(reading.evidence not in OTHERS for reading in readings):
            continue
        if late := [reading for reading in readings if question.is_late(reading)]:
            latest = max(late, key=lambda r: (_at(r), r.id))
            yield Claim(country, latest, len(late))


def _is_for(place: Place, policy: Policy) -> bool:
    return place.stance.level is not None and policy.side(place.stance.level) is Side.FOR


def _is_done(place: Place, policy: Policy) -> bool:
    """The last step of the scale, and no condition on it."""
    last = policy.levels[-1].name
    return place.stance.level == last and place.stance.condition is None


def _totals(
    held: Sequence[Place], tracked: Iterable[str], actors: Actors, policy: Policy
) -> tuple[Total, ...]:
    sides = {p.country: policy.side(p.stance.level) for p in held if p.stance.level}
    states = [code for code in sorted(tracked) if not _is_body(code, actors)]
    groups = [*_bodies(actors), *actors.groups]
    groups.sort(key=lambda group: (-len(group.members), group.name))
    large = [group for group in groups if len(group.members) >= FEWEST]
    everyone = _total(Group(EVERYONE, (), tuple(states)), sides)
    counted = (_total(group, sides) for group in large)
    return (everyone, *(total for total in counted if any(total.sides.values())))


def _is_body(code: str, actors: Actors) -> bool:
    country = actors.countries.get(code)
    return country is not None and country.is_body


def _bodies(actors: Actors) -> Iterable[Group]:
    """The EU and NATO as the countries that are in them; what the body itself says is its own."""
    for body in actors.countries.values():
        members = (c.code for c in actors.countries.values() if body.code in c.member_of)
        if body.is_body and (codes := tuple(members)):
            yield Group(body.name, (), codes)


def _total(group: Group, sides: Mapping[str, Side]) -> Total:
    members = sorted(group.members)
    return Total(
        group.name,
        {side: tuple(code for code in members if sides.get(code) is side) for side in Side},
        tuple(code for code in members if code not in sides),
    )
