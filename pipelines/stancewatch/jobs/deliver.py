"""Decide which shifts are told, group and word them, and send.

    untold shifts -> decide -> incidents -> notifications -> outbox      (core.incident, one commit)
    outbox -> sinks -> receipts                                          (jobs.dispatch)

Outside Beam, so that a retried bundle can never send twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from stancewatch.core.decide import Circumstances
from stancewatch.core.incident import Knowledge, Plan, plan
from stancewatch.core.occurrence import Occurrence, occurrences
from stancewatch.core.ports import Clock, Outbox, Sink
from stancewatch.core.record import Untold
from stancewatch.core.route import Route
from stancewatch.core.topic import Kind, Topic
from stancewatch.jobs.dispatch import Box, Sent, dispatch
from stancewatch.jobs.wiring import House

Sleep = Callable[[float], None]
POLL = 30.0  # seconds between looks at the outbox while following


@dataclass(slots=True)
class Delivery:
    """What one delivery did: decisions by reason, and what dispatch reports."""

    decided: dict[str, int] = field(default_factory=dict)
    sent: Sent = field(default_factory=Sent)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long to wait for what, and whether old news is told (`backfill --alert`).

    `only_quiet` decides on what is told to nobody and sends nothing: live alerts that wait in the
    same ledger are left to those who deliver them.
    """

    may_wait: bool = False
    age_matters: bool = True
    max_wait: timedelta = timedelta(0)
    follow: bool = False
    only_quiet: bool = False


def deliver(
    house: House,
    box: Box,
    sinks: Mapping[str, Sink],
    clock: Clock,
    sleep: Sleep,
    terms: Terms,
) -> Delivery:
    """Until nothing is due, or `max_wait` is over, or for ever with `follow`."""
    done = Delivery()
    end = clock() + terms.max_wait
    while True:
        planned = decide_once(house, box, clock(), terms)
        for decision in planned.decisions:
            done.decided[decision.reason] = done.decided.get(decision.reason, 0) + 1
        if terms.only_quiet:
            return done
        _add(done.sent, dispatch(box, sinks, clock))
        due = min(filter(None, (planned.look_again, box.next_due())), default=None)
        wait = _pause(clock(), due, end, terms)
        if wait is None:
            return done
        sleep(wait)


def _pause(now: datetime, due: datetime | None, end: datetime, terms: Terms) -> float | None:
    """Seconds until the next look; None when it is time to return."""
    if terms.follow:
        return min(POLL, max(1.0, (due - now).total_seconds())) if due else POLL
    if due is None or due > end or now >= end:
        return None
    return max(0.0, (due - now).total_seconds())


def _add(total: Sent, more: Sent) -> None:
    total.sent += more.sent
    total.recovered += more.recovered
    total.put_off += more.put_off
    total.given_up += more.given_up
    total.stopped |= more.stopped


def decide_once(house: House, box: Outbox, now: datetime, terms: Terms) -> Plan:
    """One pass over the untold shifts: what is decided is committed before anything is sent."""
    box.record_silences(house.book.silences, now=now)
    while untold := _to_decide(box.untold(), terms):
        around = _circumstances(house, now, terms)
        planned = plan(untold, box.told(), around, _knowledge(house, box, untold))
        # Another dispatcher may have settled some of it meanwhile: then we look again.
        if box.settle(
            planned.settled,
            planned.decisions,
            planned.told,
            planned.notifications,
            now=now,
            waiting=planned.waiting,
        ):
            return planned
    return Plan((), (), (), ())


def _to_decide(untold: Sequence[Untold], terms: Terms) -> Sequence[Untold]:
    """What happened to one shift stays together: a quiet change is no end of an alert's wait."""
    loud = {each.recorded.id for each in untold if terms.only_quiet and not each.quiet}
    return [each for each in untold if each.recorded.id not in loud]


def _circumstances(house: House, now: datetime, terms: Terms) -> Circumstances:
    return Circumstances(
        now=now,
        policies=house.policies,
        watches=house.book.watches,
        routes=[_sent_to(route, house) for route in house.book.routes],
        silences=house.book.silences,
        age_matters=terms.age_matters,
        may_wait=terms.may_wait,
    )


def _sent_to(route: Route, house: House) -> Route:
    """The route as the command line or profile bends it: --channel means Slack."""
    settings = house.settings
    if settings.channel:
        return replace(route, sink="slack", channel=settings.channel)
    return replace(route, sink=settings.sink) if settings.sink else route


def _knowledge(house: House, box: Outbox, untold: Iterable[Untold]) -> Knowledge:
    shifts = [each.recorded.shift for each in untold]
    wanted = {each for shift in shifts for each in (*shift.evidence, *shift.before)}
    return Knowledge(
        readings=box.readings(wanted),
        countries=house.book.actors.countries,
        summits=summits(box, house.book.topics.values()),
        command=house.settings.command,
    )


def summits(box: Outbox, topics: Iterable[Topic]) -> list[Occurrence]:
    """Every occurrence known, of every topic that has them."""
    sightings = list(box.sightings())
    found: list[Occurrence] = []
    for topic in topics:
        if topic.kind is Kind.OCCURRENCE:
            own = [each for each in sightings if each.telling.topic == topic.id]
            found.extend(occurrences(own, topic.outcomes))
    return found
