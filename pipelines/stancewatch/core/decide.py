"""Is a shift told, to whom, and if not, why not? One literal list of checks is the whole policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from stancewatch.core.record import Untold
from stancewatch.core.route import Route, Silence
from stancewatch.core.stance import Shift
from stancewatch.core.topic import Policy
from stancewatch.core.watch import Key, Reason, Watch

OLD = timedelta(hours=72)  # news older than this when learned is for the brief, not a ping


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision depends on besides the shift. `last_told` has the newest alert per key."""

    now: datetime
    policies: Mapping[str, Policy]
    watches: Sequence[Watch]
    routes: Sequence[Route]
    silences: Sequence[Silence] = ()
    last_told: Mapping[Key, tuple[datetime, str]] = field(default_factory=dict)  # when, level
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


def decide(untold: Untold, around: Circumstances) -> Verdict:
    """The verdict of the first watch that would tell it, else of the first that would not."""
    key = untold.recorded.shift.key
    cases = [_Case(untold, watch, around) for watch in around.watches if watch.covers(key)]
    verdicts = [_judge(case) for case in cases]
    told = [verdict for verdict in verdicts if not isinstance(verdict, Withhold)]
    untracked = Withhold(Reason.UNTRACKED, f"no watch covers {key[0]} on {key[1]}")
    return next(iter(told or verdicts), untracked)


def _judge(case: _Case) -> Verdict:
    for check in CHECKS:
        if withheld := check(case):
            return withheld
    key, around = case.shift.key, case.around
    route = next((r for r in around.routes if r.takes(key, case.watch.id)), None)
    if route is None:
        return Withhold(Reason.NO_ROUTE, f"no route takes {key[0]} on {key[1]}")
    return _throttled(case, route) or _waiting(case, route) or Send(route, _why(case))


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
        return Withhold(Reason.UNWANTED, f"the watch {case.watch.id} asks for no change of side")
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


def _throttled(case: _Case, route: Route) -> Withhold | None:
    """Told of the same key within the repeat interval, and no step further from the middle."""
    told = case.around.last_told.get(case.shift.key)
    if told is None:
        return None
    when, level = told
    if case.shift.happened_at.at - when >= route.repeat_interval or _escalates(case, level):
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
        return Wait(due, "waits for others to group with")
    wakes = route.quiet_hours.wakes_at(now) if route.quiet_hours else None
    return Wait(wakes, "quiet hours") if wakes else None


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
