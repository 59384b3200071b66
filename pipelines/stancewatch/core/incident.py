"""Shifts grouped for people: one incident, one root message, everything later in its thread.

    plan(untold, told, around, ...) -> Plan     # what to send, what to record, when to look again

Grouping is by event time, so a backfill groups as a live run did: shifts at one summit, or within
a day of each other on one topic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from stancewatch.core.actor import Country
from stancewatch.core.compose import headline, item_of, summit_of
from stancewatch.core.decide import Circumstances, Send, Verdict, Wait, Withhold, decide
from stancewatch.core.digest import digest
from stancewatch.core.notification import Form, Item, Notification
from stancewatch.core.occurrence import Occurrence
from stancewatch.core.ports import Told
from stancewatch.core.record import Change, Untold
from stancewatch.core.route import Route
from stancewatch.core.watch import Decision, Reading, Reason

TOGETHER = timedelta(hours=24)  # shifts this close on one topic are one incident
BEFORE_SUMMIT = timedelta(days=1)
AFTER_SUMMIT = timedelta(days=2)


# A shift once withheld is decided on again when its evidence grows only if evidence was missing.
_REOPENED = ("", Reason.SINGLE_SOURCE)


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
    look_again: datetime | None = None


@dataclass(slots=True)
class _Draft:
    settled: list[str] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    told: dict[str, Told] = field(default_factory=dict)
    notifications: list[Notification] = field(default_factory=list)
    waits: list[datetime] = field(default_factory=list)

    def settle(self, untold: Untold, reason: str, why: str) -> None:
        recorded = untold.recorded
        self.settled.append(untold.id)
        shift = recorded.shift
        self.decisions.append(Decision(recorded.id, shift.key, reason, why, shift.happened_at))

    def finish(self) -> Plan:
        return Plan(
            tuple(self.settled),
            tuple(self.decisions),
            tuple(self.told.values()),
            tuple(self.notifications),
            min(self.waits, default=None),
        )


def plan(
    untold: Iterable[Untold], told: Iterable[Told], around: Circumstances, known: Knowledge
) -> Plan:
    """Decide on every change, group what is told, and word the messages."""
    draft = _Draft()
    standing = {incident.incident: incident for incident in told}
    fresh: list[tuple[Untold, Send]] = []
    for change in _collapse(untold, draft):
        home = _home(change.recorded.id, standing.values())
        if change.change is Change.RETRACTED:
            _retract(change, home, standing, draft)
        elif home is not None:
            _strengthen(change, home, standing, draft, known)
        elif change.change is Change.STRENGTHENED and change.earlier not in _REOPENED:
            draft.settle(change, change.earlier, "its evidence grew; the earlier reason holds")
        else:
            _weigh(change, decide(change, around), fresh, draft)
    for group in _groups(fresh, known.summits):
        _tell(group, standing, draft, known)
    return draft.finish()


def _collapse(untold: Iterable[Untold], draft: _Draft) -> list[Untold]:
    """One change a shift: what happened to it last, as new if nobody was told of it yet."""
    by_shift: dict[str, list[Untold]] = defaultdict(list)
    for change in sorted(untold, key=lambda u: (u.learned_at, u.id)):
        by_shift[change.recorded.id].append(change)
    collapsed = []
    for changes in by_shift.values():
        last = changes[-1]
        draft.settled.extend(change.id for change in changes[:-1])
        if last.change is Change.STRENGTHENED and changes[0].change is Change.NEW:
            first = changes[0]
            last = replace(last, change=Change.NEW, learned_at=first.learned_at, quiet=first.quiet)
        collapsed.append(last)
    return sorted(collapsed, key=lambda u: (u.recorded.shift.happened_at, u.recorded.id))


def _home(shift_id: str, incidents: Iterable[Told]) -> Told | None:
    """The incident in which this shift was told."""
    for incident in incidents:
        if any(item.shift_id == shift_id for item in incident.root.items):
            return incident
    return None


def _weigh(
    change: Untold, verdict: Verdict, fresh: list[tuple[Untold, Send]], draft: _Draft
) -> None:
    match verdict:
        case Withhold(reason, why):
            draft.settle(change, reason, why)
        case Wait(until):
            draft.waits.append(until)
        case Send():
            fresh.append((change, verdict))


def _retract(change: Untold, home: Told | None, standing: dict[str, Told], draft: _Draft) -> None:
    """Whoever was told is told again, in the same thread."""
    if home is None:
        draft.settle(change, Reason.NEVER_TOLD, "retracted before anybody was told")
        return
    items = tuple(
        replace(item, retracted=True) if item.shift_id == change.recorded.id else item
        for item in home.root.items
    )
    gone = tuple(item for item in items if item.shift_id == change.recorded.id)
    _update(home, items, gone, (change,), standing, draft, reply=True)
    draft.settle(
        change, Reason.RETRACTED, "no longer supported by the evidence; told in the thread"
    )


def _strengthen(
    change: Untold, home: Told, standing: dict[str, Told], draft: _Draft, known: Knowledge
) -> None:
    """The sent message is edited; nobody is pinged."""
    item = item_of(change.recorded, known.readings, known.countries)
    items = tuple(item if old.shift_id == item.shift_id else old for old in home.root.items)
    _update(home, items, (item,), (change,), standing, draft, reply=False)
    draft.settle(change, Reason.UPDATED, "its evidence grew; the message is edited")


def _update(
    home: Told,
    items: tuple[Item, ...],
    changed: tuple[Item, ...],
    causes: Sequence[Untold],
    standing: dict[str, Told],
    draft: _Draft,
    *,
    reply: bool,
) -> None:
    """Edit the root to what now holds and, if asked, say what changed in its thread."""
    line = headline(items, home.root.summit)
    root = replace(home.root, items=items, headline=line)
    incident = replace(home, root=root)
    standing[home.incident] = incident
    draft.told[home.incident] = incident
    edit = replace(root, form=Form.EDIT, cause=digest(*sorted(each.id for each in causes)))
    draft.notifications.append(edit)
    if reply:
        line = headline(changed, None)
        draft.notifications.append(replace(edit, form=Form.REPLY, items=changed, headline=line))


@dataclass(frozen=True, slots=True)
class _Group:
    route: Route
    topic: str
    summit: Occurrence | None
    members: tuple[tuple[Untold, Send], ...]

    @property
    def first(self) -> datetime:
        return min(_happened(change) for change, _ in self.members)


def _happened(change: Untold) -> datetime:
    return change.recorded.shift.happened_at.at


def _groups(fresh: list[tuple[Untold, Send]], summits: Sequence[Occurrence]) -> list[_Group]:
    buckets: dict[tuple[str, str, str], list[tuple[Untold, Send]]] = defaultdict(list)
    found: dict[str, Occurrence] = {}
    for change, send in fresh:
        summit = _summit(change, summits) if send.route.group_by == "summit" else None
        country, topic = change.recorded.shift.key
        label = country if send.route.group_by == "country" else ""
        if summit:
            found[summit.id] = summit
            label = summit.id
        buckets[send.route.id, topic, label].append((change, send))
    groups: list[_Group] = []
    for (_, topic, label), members in sorted(buckets.items()):
        whole = [members] if label in found else _close(members)
        groups.extend(
            _Group(part[0][1].route, topic, found.get(label), tuple(part)) for part in whole
        )
    return groups


def _close(members: list[tuple[Untold, Send]]) -> list[list[tuple[Untold, Send]]]:
    """Chains in which each shift is within a day of the one before, as `_joins` would join them."""
    ordered = sorted(members, key=lambda m: (_happened(m[0]), m[0].recorded.id))
    parts: list[list[tuple[Untold, Send]]] = []
    for member in ordered:
        if parts and _happened(member[0]) - _happened(parts[-1][-1][0]) <= TOGETHER:
            parts[-1].append(member)
        else:
            parts.append([member])
    return parts


def _summit(change: Untold, summits: Sequence[Occurrence]) -> Occurrence | None:
    """The summit at which it happened: in its days, and among those who were there."""
    when, country = _happened(change), change.recorded.shift.key[0]
    near = [
        summit
        for summit in summits
        if summit.at.at - BEFORE_SUMMIT <= when <= summit.last.at + AFTER_SUMMIT
        and country in summit.countries
    ]
    return min(near, key=lambda s: (abs(s.at.at - when), s.id), default=None)


def _tell(group: _Group, standing: dict[str, Told], draft: _Draft, known: Knowledge) -> None:
    items = tuple(
        item_of(change.recorded, known.readings, known.countries, send.why)
        for change, send in group.members
    )
    home = _joins(group, standing.values())
    if home is None:
        _open(group, items, standing, draft, known.command)
    else:
        changes = tuple(change for change, _ in group.members)
        _update(home, home.root.items + items, items, changes, standing, draft, reply=True)
    for change, send in group.members:
        draft.settle(change, Reason.SENT, f"route {group.route.id}: {send.why}")


def _joins(group: _Group, incidents: Iterable[Told]) -> Told | None:
    """An incident already told that these shifts belong to."""
    for incident in incidents:
        root = incident.root
        if incident.route != group.route.id or root.topic != group.topic:
            continue
        if group.summit and root.summit and summit_of(group.summit).name == root.summit.name:
            return incident
        if group.summit or root.summit or group.route.group_by == "country":
            continue
        if any(abs(item.happened_at.at - group.first) <= TOGETHER for item in root.items):
            return incident
    return None


def _open(
    group: _Group,
    items: tuple[Item, ...],
    standing: dict[str, Told],
    draft: _Draft,
    command: str,
) -> None:
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
        command=command,
    )
    told = Told(incident, group.route.id, group.topic, root, None)
    standing[incident] = draft.told[incident] = told
    draft.notifications.append(root)
