"""Shifts grouped for people: one incident, one root message, everything later in its thread.

    plan(untold, told, around, ...) -> Plan     # what to send, what to record, when to look again

Grouping is by event time, so a backfill groups as a live run did: shifts at one summit, or within
a day of each other on one topic.

Each route has incidents of its own. A shift stays untold until no route waits for it any more;
where it was told already, it is not told again: what the incidents say is the memory of that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from stancewatch.core.actor import Country
from stancewatch.core.compose import headline, item_of, summit_of
from stancewatch.core.condition import spoken_otherwise
from stancewatch.core.decide import (
    Circumstances,
    Place,
    Send,
    Verdict,
    Wait,
    Withhold,
    decide,
    route_of,
)
from stancewatch.core.digest import digest
from stancewatch.core.group import TOGETHER, Group, groups
from stancewatch.core.notification import Form, Item, Notification
from stancewatch.core.occurrence import Occurrence
from stancewatch.core.ports import Told
from stancewatch.core.record import Change, Untold
from stancewatch.core.watch import Decision, Key, Reading, Reason


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What composing a message looks up."""

    readings: Mapping[str, Reading]
    countries: Mapping[str, Country]
    summits: Sequence[Occurrence] = ()
    command: str = "stancewatch"


@dataclass(frozen=True, slots=True)
class Plan:
    """What one pass of delivery does, all in one transaction."""

    settled: tuple[str, ...]  # untold ids
    decisions: tuple[Decision, ...]
    told: tuple[Told, ...]
    notifications: tuple[Notification, ...]
    waiting: tuple[str, ...] = ()  # untold ids: told to one route, they wait for another
    look_again: datetime | None = None


@dataclass(slots=True)
class _Change:
    """What one pass changes in an incident that was told before."""

    items: tuple[Item, ...]  # as they now are
    causes: list[str] = field(default_factory=list)
    said: dict[str, Item] = field(default_factory=dict)  # by shift: what its thread is told

    def put(self, cause: Untold, old_id: str, item: Item, *, aloud: bool) -> None:
        self.items = tuple(item if each.shift_id == old_id else each for each in self.items)
        self.causes.append(cause.id)
        if aloud:
            self.said[item.shift_id] = item

    def add(self, cause: Untold, item: Item) -> None:
        self.items = (*self.items, item)
        self.causes.append(cause.id)
        self.said[item.shift_id] = item


@dataclass(slots=True)
class _Draft:
    known: Knowledge
    standing: dict[str, Told]
    rows: dict[str, list[str]] = field(default_factory=dict)  # untold ids by shift
    settled: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    opened: list[Told] = field(default_factory=list)
    changed: dict[str, _Change] = field(default_factory=dict)
    waits: list[datetime] = field(default_factory=list)

    def note(self, untold: Untold, reason: str, why: str) -> None:
        recorded = untold.recorded
        shift = recorded.shift
        self.decisions.append(Decision(recorded.id, shift.key, reason, why, shift.happened_at))

    def settle(self, untold: Untold) -> None:
        self.settled.extend(self.rows[untold.recorded.id])

    def keep(self, untold: Untold) -> None:
        self.waiting.extend(self.rows[untold.recorded.id])

    def items(self, incident: Told) -> tuple[Item, ...]:
        """As this pass leaves them."""
        change = self.changed.get(incident.incident)
        return change.items if change else incident.root.items

    def homes(self, shift_id: str) -> list[tuple[Told, Item]]:
        """Every incident in which this shift was told, and as what."""
        return [
            (incident, item)
            for incident in self.standing.values()
            for item in self.items(incident)
            if item.shift_id == shift_id
        ]

    def last_told(self) -> Mapping[Place, tuple[datetime, str]]:
        """The newest alert that stands: when it happened, and its level."""
        newest: dict[Place, tuple[datetime, str]] = {}
        for incident in self.standing.values():
            for item in self.items(incident):
                place = ((item.country, incident.topic), incident.route)
                said = (item.happened_at.at, item.to_level)
                if not item.retracted:
                    newest[place] = max(said, newest.get(place, said))
        return newest

    def change(self, incident: Told) -> _Change:
        return self.changed.setdefault(incident.incident, _Change(incident.root.items))

    def finish(self) -> Plan:
        """One edit an incident, and one reply in its thread if there is something to say."""
        told, notifications = list(self.opened), [each.root for each in self.opened]
        for name, change in sorted(self.changed.items()):
            incident = self.standing[name]
            line = headline(change.items, incident.root.summit)
            root = replace(incident.root, items=change.items, headline=line)
            told.append(replace(incident, root=root))
            cause = digest(*sorted(change.causes))
            notifications.append(replace(root, form=Form.EDIT, cause=cause))
            if said := tuple(change.said.values()):
                reply = replace(root, form=Form.REPLY, cause=cause, items=said)
                notifications.append(replace(reply, headline=headline(said, None)))
        return Plan(
            tuple(self.settled),
            tuple(self.decisions),
            tuple(told),
            tuple(notifications),
            tuple(self.waiting),
            min(self.waits, default=None),
        )


def plan(
    untold: Iterable[Untold], told: Iterable[Told], around: Circumstances, known: Knowledge
) -> Plan:
    """Decide on every change, group what is told, and word the messages."""
    draft = _Draft(known, {incident.incident: incident for incident in told})
    changes = _collapse(untold, draft)
    gone = [change for change in changes if change.change is Change.RETRACTED]
    rest = [change for change in changes if change.change is not Change.RETRACTED]
    free = [new for new in rest if new.change is Change.NEW and not draft.homes(new.recorded.id)]
    for change in gone:
        _withdraw(change, free, draft)
    around = replace(around, last_told=draft.last_told())
    fresh = [each for change in rest for each in _consider(change, around, draft)]
    for group in groups(fresh, known.summits):
        _tell(group, draft)
    return draft.finish()


def _collapse(untold: Iterable[Untold], draft: _Draft) -> list[Untold]:
    """One change a shift: what happened to it last, as new if nobody was told of it yet."""
    by_shift: dict[str, list[Untold]] = defaultdict(list)
    # The outbox gives them in order of learning, and the sort keeps it within one instant.
    for change in sorted(untold, key=lambda u: u.learned_at):
        by_shift[change.recorded.id].append(change)
    collapsed = []
    for shift_id, changes in by_shift.items():
        first, last = changes[0], changes[-1]
        draft.rows[shift_id] = [change.id for change in changes]
        if last.change is Change.STRENGTHENED and first.change is not Change.RETRACTED:
            # What is new stays as quiet as it was; what grew is told if any of it was to be told.
            quiet = first.quiet if first.change is Change.NEW else min(c.quiet for c in changes)
            last = replace(last, change=first.change, learned_at=first.learned_at, quiet=quiet)
        collapsed.append(last)
    return sorted(collapsed, key=lambda u: (u.recorded.shift.happened_at, u.recorded.id))


def _consider(change: Untold, around: Circumstances, draft: _Draft) -> list[tuple[Untold, Send]]:
    """Edit where it was told, and return where it is to be told. It is settled when no route
    waits for it; what watches withhold is noted then, so that it is noted once."""
    homes = draft.homes(change.recorded.id)
    edited = _strengthen(change, homes, around, draft)
    verdicts = _verdicts(change, around, {incident.route for incident, _ in homes})
    sends, waits = _by_route(verdicts)
    for send in sends:
        draft.note(change, Reason.SENT, f"route {send.route.id}: {send.why}")
    draft.waits.extend(wait.until for wait in waits)
    if not waits:
        _withhold(change, verdicts, draft)
        draft.settle(change)
        if not (verdicts or edited):
            draft.note(change, Reason.UPDATED, "its message says so already")
    elif sends or edited:
        draft.keep(change)
    return [(change, send) for send in sends]


def _verdicts(
    change: Untold, around: Circumstances, told_on: Collection[str]
) -> tuple[Verdict, ...]:
    """What the watches say. When evidence grew, those alone are asked who missed some of it."""
    if change.change is not Change.STRENGTHENED or not change.earlier:
        return decide(change, around, told_on)
    if change.earlier == Reason.SINGLE_SOURCE:
        return decide(change, _cautious(around, change.recorded.shift.key), told_on)
    holds = Withhold(change.earlier, "its evidence grew; the earlier reason holds")
    return () if told_on else (holds,)


def _cautious(around: Circumstances, key: Key) -> Circumstances:
    covering = [watch for watch in around.watches if watch.covers(key)]
    waited = [watch for watch in covering if not watch.single_source]
    return replace(around, watches=waited or covering)


def _by_route(verdicts: Iterable[Verdict]) -> tuple[list[Send], list[Wait]]:
    """The first that tells on each route, or waits for it."""
    first: dict[str, Send | Wait] = {}
    for verdict in verdicts:
        if not isinstance(verdict, Withhold):
            first.setdefault(verdict.route.id, verdict)
    sends = [each for each in first.values() if isinstance(each, Send)]
    return sends, [each for each in first.values() if isinstance(each, Wait)]


def _withhold(change: Untold, verdicts: Iterable[Verdict], draft: _Draft) -> None:
    """Missing evidence is noted last: by the last reason a shift is decided on again."""
    withheld = [verdict for verdict in verdicts if isinstance(verdict, Withhold)]
    for each in sorted(withheld, key=lambda each: each.reason == Reason.SINGLE_SOURCE):
        draft.note(change, each.reason, each.why)


def _withdraw(gone: Untold, free: list[Untold], draft: _Draft) -> None:
    """Whoever was told is told again, in the same thread. A quiet run and a correction only
    edit: nobody must think of what is still willing that it is willing no more."""
    draft.settle(gone)
    homes = draft.homes(gone.recorded.id)
    corrected = next((each for each in free if homes and _same_end(gone, each)), None)
    for incident, told in homes:
        item = _item(corrected, draft) if corrected else replace(told, retracted=True)
        aloud = not (corrected or gone.quiet)
        draft.change(incident).put(gone, told.shift_id, item, aloud=aloud)
    if corrected:
        free.remove(corrected)
    unsupported = "no longer supported by the evidence; "
    if not homes:
        draft.note(gone, Reason.NEVER_TOLD, "retracted before anybody was told")
    elif corrected:
        draft.note(gone, Reason.UPDATED, "the way there was corrected; the message is edited")
    elif gone.quiet:
        draft.note(gone, gone.quiet, unsupported + "the message is edited, nobody is pinged")
    else:
        draft.note(gone, Reason.RETRACTED, unsupported + "told in the thread")


def _same_end(gone: Untold, new: Untold) -> bool:
    """Whether it took the place of a told shift: "open → willing" for "reluctant → willing"."""
    one, other = gone.recorded.shift, new.recorded.shift
    return (one.key, one.to_level) == (other.key, other.to_level)


def _strengthen(
    change: Untold, homes: Iterable[tuple[Told, Item]], around: Circumstances, draft: _Draft
) -> bool:
    """The sent messages are edited. A thread is told that it holds again, or under another
    condition; nobody is pinged."""
    why = ""
    for incident, told in homes:
        now = _item(change, draft)
        if _reads_the_same(told, now):
            continue
        told_otherwise = _turned(change, told, now) and _wanted(change, incident.route, around)
        aloud = (told.retracted or told_otherwise) and not change.quiet
        draft.change(incident).put(change, told.shift_id, now, aloud=aloud)
        if told_otherwise:
            why = "its condition changed; told in the thread; the message is edited"
        why = why or "its evidence grew; the message is edited"
    if why:
        draft.note(change, Reason.UPDATED, why)
    return bool(why)


def _turned(change: Untold, told: Item, now: Item) -> bool:
    """Whether its condition changed since: what gathers in the first days is one telling."""
    since = change.recorded.shift.conditions
    return bool(since) and spoken_otherwise(told.condition, now.condition)


def _reads_the_same(told: Item, now: Item) -> bool:
    """An alert says why it was sent in more words than an edit, which end alike."""
    return told == replace(now, because=told.because) and told.because.endswith(now.because)


def _wanted(change: Untold, route: str, around: Circumstances) -> bool:
    """Whether a watch that sends there asks for conditions."""
    key = change.recorded.shift.key
    asking = [watch for watch in around.watches if watch.conditions and watch.covers(key)]
    routes = (route_of(watch, key, around.routes) for watch in asking)
    return any(taken is not None and taken.id == route for taken in routes)


def _item(change: Untold, draft: _Draft, why: str = "") -> Item:
    return item_of(change.recorded, draft.known.readings, draft.known.countries, why)


def _tell(group: Group, draft: _Draft) -> None:
    items = {change.id: _item(change, draft, send.why) for change, send in group.members}
    if home := _joins(group, draft.standing.values()):
        for change, _ in group.members:
            draft.change(home).add(change, items[change.id])
    else:
        _open(group, tuple(items.values()), draft)


def _joins(group: Group, incidents: Iterable[Told]) -> Told | None:
    """An incident already told, in the same place, that these shifts belong to."""
    for incident in incidents:
        root = incident.root
        if (incident.route, root.sink, root.channel, root.topic) != (
            group.route.id,
            group.route.sink,
            group.route.channel,
            group.topic,
        ):
            continue
        if group.summit and root.summit and summit_of(group.summit).name == root.summit.name:
            return incident
        if group.summit or root.summit or group.route.group_by == "country":
            continue
        if any(abs(item.happened_at.at - group.first) <= TOGETHER for item in root.items):
            return incident
    return None


def _open(group: Group, items: tuple[Item, ...], draft: _Draft) -> None:
    summit = summit_of(group.summit) if group.summit else None
    ordered = tuple(sorted(items, key=lambda item: (item.happened_at, item.country)))
    incident = digest("incident", group.route.id, group.topic, *(i.shift_id for i in ordered))
    root = Notification(
        incident=incident,
        form=Form.ROOT,
        sink=group.route.sink,
        channel=group.route.channel,
        topic=group.topic,
        headline=headline(ordered, summit),
        items=ordered,
        summit=summit,
        is_digest=len(ordered) > group.route.digest_above,
        severity=group.route.severity,
        command=draft.known.command,
    )
    told = Told(incident, group.route.id, group.topic, root, None)
    draft.standing[incident] = told
    draft.opened.append(told)
