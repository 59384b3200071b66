"""Is a shift told, to whom, and if not, why not? One literal list of checks is the whole policy.

Each watch decides for itself and sends by the first route that takes it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from stancewatch.core.record import Untold
from stancewatch.core.route import Route, Silence
from stancewatch.core.stance import Shift
from stancewatch.core.topic import Policy
from stancewatch.core.watch import Key, Reason, Watch

OLD = timedelta(hours=72)  # news older than this when learned is for the brief, not a ping


Place = tuple[Key, str]  # a country on a topic, on one route


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision depends on besides the shift. `last_told` has the newest news that a route
    was told of a key; `core.incident` knows it."""

    now: datetime
    policies: Mapping[str, Policy]
    watches: Sequence[Watch]
    routes: Sequence[Route]
    silences: Sequence[Silence] = ()
    last_told: Mapping[Place, tuple[datetime, str]] = field(default_factory=dict)  # when, level
    age_matters: bool = True  # False where alerts on an archive were asked for
    may_wait: bool = True  # False in a single pass: no more evidence will come to group with


@dataclass(frozen=True, slots=True)
class Send:
    route: Route
    why: str


@dataclass(frozen=True, slots=True)
class Withhold:
    reason: str
    why: str


@dataclass(frozen=True, slots=True)
class Wait:
    route: Route
    until: datetime
    why: str


Verdict = Send | Withhold | Wait


@dataclass(frozen=True, slots=True)
class _Case:
    untold: Untold
    watch: Watch
    around: Circumstances

    @property
    def shift(self) -> Shift:
        return self.untold.recorded.shift

    @property
    def policy(self) -> Policy:
        return self.around.policies[self.shift.key[1]]


def decide(
    untold: Untold, around: Circumstances, told_on: Collection[str] = ()
) -> tuple[Verdict, ...]:
    """One verdict a watch, but for those whose route was told before."""
    key = untold.recorded.shift.key
    covering = [watch for watch in around.watches if watch.covers(key)]
    if not covering:
        return (Withhold(Reason.UNTRACKED, f"no watch covers {key[0]} on {key[1]}"),)
    verdicts = []
    for watch in covering:
        route = route_of(watch, key, around.routes)
        if route is None or route.id not in told_on:
            verdict = _judge(_Case(untold, watch, around), route)
            verdicts.append(verdict if len(covering) == 1 else _named(verdict, watch))
    return tuple(verdicts)


def route_of(watch: Watch, key: Key, routes: Iterable[Route]) -> Route | None:
    return next((route for route in routes if route.takes(key, watch.id)), None)


def _named(verdict: Verdict, watch: Watch) -> Verdict:
    if isinstance(verdict, Withhold):
        return replace(verdict, why=f"watch {watch.id}: {verdict.why}")
    return verdict


def _judge(case: _Case, route: Route | None) -> Verdict:
    for check in CHECKS:
        if withheld := check(case):
            return withheld
    if route is None:
        country, topic = case.shift.key
        return Withhold(Reason.NO_ROUTE, f"no route takes {country} on {topic}")
    return _told_before(case, route) or _waiting(case, route) or Send(route, _why(case))


def _baseline(case: _Case) -> Withhold | None:
    if case.shift.baseline:
        return Withhold(Reason.BASELINE, "a baseline is where we start, not news")
    return None


def _quiet(case: _Case) -> Withhold | None:
    if reason := case.untold.quiet:
        return Withhold(reason, _QUIET.get(reason, "learned in a run that alerts nobody"))
    return None


_QUIET = {
    Reason.PRIMED: "a first look at these sources fills the history and alerts nobody",
    Reason.BACKFILL: "a backfill alerts nobody unless asked (--alert)",
    Reason.RULED: "an analyst ruled on the evidence, and asked that nobody be alerted",
    Reason.REBUILT: "rules or detector changed: the history is rebuilt, nothing new was said",
}


def _too_old(case: _Case) -> Withhold | None:
    # From when the press could know it: a shift may complete what an old leak began.
    age = case.untold.learned_at - case.shift.established_at.at
    if case.around.age_matters and age > OLD:
        return Withhold(Reason.TOO_OLD, f"{_span(age)} old when learned: for the brief")
    return None


def _first_position(case: _Case) -> Withhold | None:
    if case.shift.from_level is None and not case.watch.first_position and not _reaches_top(case):
        return Withhold(Reason.FIRST, "the first position known of it: nothing to shift from")
    return None


def _small_step(case: _Case) -> Withhold | None:
    shift, policy = case.shift, case.policy
    if case.watch.any_level or shift.from_level is None or _reaches_top(case):
        return None
    side = policy.side(shift.to_level)
    if policy.side(shift.from_level) is side:
        return Withhold(Reason.SAME_SIDE, f"still on the side {side}: for the brief")
    if not case.watch.side_change:
        return Withhold(Reason.UNWANTED, "no change of side is asked for")
    return None


def _reaches_top(case: _Case) -> bool:
    return case.shift.to_level == case.policy.levels[-1].name


def _single_source(case: _Case) -> Withhold | None:
    if case.shift.single_source and not case.watch.single_source:
        return Withhold(Reason.SINGLE_SOURCE, "a lone paraphrase: waits for a second witness")
    return None


def _silenced(case: _Case) -> Withhold | None:
    for silence in case.around.silences:
        if silence.mutes(case.shift.key, case.around.now):
            until = f"{silence.until:%Y-%m-%d %H:%M}"
            return Withhold(
                Reason.SILENCED, f"silence {silence.id} until {until}: {silence.because}"
            )
    return None


CHECKS: tuple[Callable[[_Case], Withhold | None], ...] = (
    _baseline,
    _quiet,
    _first_position,
    _small_step,
    _single_source,
    _too_old,
    _silenced,
)


def _told_before(case: _Case, route: Route) -> Withhold | None:
    """Told of what came after it; or, within the repeat interval, of what went before, and this
    is no step further from the middle."""
    told = case.around.last_told.get((case.shift.key, route.id))
    if told is None:
        return None
    (when, level), happened = told, case.shift.happened_at.at
    if when > happened:
        return Withhold(Reason.OVERTAKEN, f"what came after it was told: {level}")
    if happened - when >= route.repeat_interval or _escalates(case, level):
        return None
    return Withhold(
        Reason.THROTTLED, f"told of {level} less than {_span(route.repeat_interval)} ago"
    )


def _escalates(case: _Case, level: str) -> bool:
    """A throttle never hides an escalation, nor a change to the other side."""
    policy, to = case.policy, case.shift.to_level
    return policy.side(to) is not policy.side(level) or policy.order(to) > policy.order(level)


def _waiting(case: _Case, route: Route) -> Wait | None:
    now = case.around.now
    due = case.untold.learned_at + route.group_wait
    if case.around.may_wait and now < due:
        return Wait(route, due, "waits for others to group with")
    wakes = route.quiet_hours.wakes_at(now) if route.quiet_hours else None
    return Wait(route, wakes, "quiet hours") if wakes else None


def _why(case: _Case) -> str:
    shift, policy = case.shift, case.policy
    if _reaches_top(case):
        change = f"reached {shift.to_level}"
    elif shift.from_level is None:
        change = "first position known"
    elif policy.side(shift.from_level) is policy.side(shift.to_level):
        change = "changed level"
    else:
        change = "changed side"
    return f"{change}; {shift.because}"


def _span(delta: timedelta) -> str:
    hours = round(delta.total_seconds() / 3600)
    return f"{hours} h" if hours < 96 else f"{hours // 24} days"
