"""Shifts grouped for people: one incident, one root message, everything later in its thread.

    plan(untold, told, around, ...) -> Plan     # what to send, what to record, when to look again

Grouping is by event time, so a backfill groups as a live run did: shifts at one summit, or within
a day of each other on one topic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from stancewatch.core.actor import Country
from stancewatch.core.compose import headline, item_of, summit_of
from stancewatch.core.decide import Circumstances, Send, Verdict, Wait, Withhold, decide
from stancewatch.core.digest import digest
from stancewatch.core.group import TOGETHER, Group, groups
from stancewatch.core.notification import Form, Item, Notification
from stancewatch.core.occurrence import Occurrence
from stancewatch.core.ports import Told
from stancewatch.core.record import Change, Untold
from stancewatch.core.stance import Shift
from stancewatch.core.watch import Decision, Reading, Reason

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
    settled: list[str] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    opened: list[Told] = field(default_factory=list)
    changed: dict[str, _Change] = field(default_factory=dict)
    waits: list[datetime] = field(default_factory=list)

    def settle(self, untold: Untold, reason: str, why: str) -> None:
        recorded = untold.recorded
        self.settled.append(untold.id)
        shift = recorded.shift
        self.decisions.append(Decision(recorded.id, shift.key, reason, why, shift.happened_at))

    def home(self, shift_id: str) -> Told | None:
        """The incident in which this shift was told."""
        for incident in self.standing.values():
            if any(item.shift_id == shift_id for item in incident.root.items):
                return incident
        return None

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
    for change in gone:
        if corrected := _correction(change, rest, draft):
            rest.remove(corrected)
        else:
            _retract(change, draft)
    around = _forgetting(around, gone)
    fresh: list[tuple[Untold, Send]] = []
    for change in rest:
        if draft.home(change.recorded.id):
            _strengthen(change, draft)
        elif later := _told_later(change, draft):
            draft.settle(change, Reason.OVERTAKEN, f"what came after it was told: {later}")
        elif change.change is Change.STRENGTHENED and change.earlier not in _REOPENED:
            draft.settle(change, change.earlier, "its evidence grew; the earlier reason holds")
        else:
            _weigh(change, decide(change, around), fresh, draft)
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
    for changes in by_shift.values():
        last = changes[-1]
        draft.settled.extend(change.id for change in changes[:-1])
        if last.change is Change.STRENGTHENED and changes[0].change is Change.NEW:
            first = changes[0]
            last = replace(last, change=Change.NEW, learned_at=first.learned_at, quiet=first.quiet)
        collapsed.append(last)
    return sorted(collapsed, key=lambda u: (u.recorded.shift.happened_at, u.recorded.id))


def _forgetting(around: Circumstances, gone: Iterable[Untold]) -> Circumstances:
    """What is withdrawn throttles nothing."""
    keys = {change.recorded.shift.key for change in gone}
    kept = {key: told for key, told in around.last_told.items() if key not in keys}
    return replace(around, last_told=kept)


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


def _correction(gone: Untold, rest: Sequence[Untold], draft: _Draft) -> Untold | None:
    """The change that took the place of a told shift to the same level: "open → willing" for
    "reluctant → willing". The message is edited; nobody must think that it is willing no more."""
    home = draft.home(gone.recorded.id)
    old = gone.recorded.shift
    for change in rest:
        shift = change.recorded.shift
        if home and change.change is Change.NEW and _same_end(old, shift):
            item = _item(change, draft)
            draft.change(home).put(gone, gone.recorded.id, item, aloud=False)
            draft.settle(gone, Reason.UPDATED, "the way there was corrected; the message is edited")
            draft.settle(change, Reason.UPDATED, "told before as another step to the same level")
            return change
    return None


def _same_end(one: Shift, other: Shift) -> bool:
    return (one.key, one.to_level) == (other.key, other.to_level)


def _told_later(change: Untold, draft: _Draft) -> str | None:
    """The level that readers already know to hold after this shift; it is no news to them."""
    shift = change.recorded.shift
    for incident in draft.standing.values():
        name = incident.incident
        items = draft.changed[name].items if name in draft.changed else incident.root.items
        for item in items:
            same = (item.country, incident.topic) == shift.key and not item.retracted
            if same and item.happened_at > shift.happened_at:
                return item.to_level
    return None


def _retract(change: Untold, draft: _Draft) -> None:
    """Whoever was told is told again, in the same thread; a quiet run only edits."""
    home = draft.home(change.recorded.id)
    if home is None:
        draft.settle(change, Reason.NEVER_TOLD, "retracted before anybody was told")
        return
    told = next(item for item in home.root.items if item.shift_id == change.recorded.id)
    gone = replace(told, retracted=True)
    draft.change(home).put(change, told.shift_id, gone, aloud=not change.quiet)
    why = "no longer supported by the evidence; "
    if change.quiet:
        draft.settle(change, change.quiet, why + "the message is edited, nobody is pinged")
    else:
        draft.settle(change, Reason.RETRACTED, why + "told in the thread")


def _strengthen(change: Untold, draft: _Draft) -> None:
    """The sent message is edited; nobody is pinged, unless it had been withdrawn."""
    home = draft.home(change.recorded.id)
    assert home is not None
    told = next(item for item in home.root.items if item.shift_id == change.recorded.id)
    aloud = told.retracted and not change.quiet
    draft.change(home).put(change, told.shift_id, _item(change, draft), aloud=aloud)
    draft.settle(change, Reason.UPDATED, "its evidence grew; the message is edited")


def _item(change: Untold, draft: _Draft, why: str = "") -> Item:
    return item_of(change.recorded, draft.known.readings, draft.known.countries, why)


def _tell(group: Group, draft: _Draft) -> None:
    items = {change.id: _item(change, draft, send.why) for change, send in group.members}
    if home := _joins(group, draft.standing.values()):
        for change, _ in group.members:
            draft.change(home).add(change, items[change.id])
    else:
        _open(group, tuple(items.values()), draft)
    for change, send in group.members:
        draft.settle(change, Reason.SENT, f"route {group.route.id}: {send.why}")


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
