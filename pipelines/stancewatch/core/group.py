"""Which shifts are told together: by event time, so a backfill groups as a live run did.

Shifts at one summit, or in a chain of at most a day from one to the next on one topic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from stancewatch.core.decide import Send
from stancewatch.core.occurrence import Occurrence
from stancewatch.core.record import Untold
from stancewatch.core.route import Route

TOGETHER = timedelta(hours=24)  # shifts this close on one topic are one incident
BEFORE_SUMMIT = timedelta(days=1)
AFTER_SUMMIT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Group:
    route: Route
    topic: str
    summit: Occurrence | None
    members: tuple[tuple[Untold, Send], ...]

    @property
    def first(self) -> datetime:
        return min(happened(change) for change, _ in self.members)


def happened(change: Untold) -> datetime:
    return change.recorded.shift.happened_at.at


def groups(fresh: list[tuple[Untold, Send]], summits: Sequence[Occurrence]) -> list[Group]:
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
    groups: list[Group] = []
    for (_, topic, label), members in sorted(buckets.items()):
        whole = [members] if label in found else _close(members)
        groups.extend(
            Group(part[0][1].route, topic, found.get(label), tuple(part)) for part in whole
        )
    return groups


def _close(members: list[tuple[Untold, Send]]) -> list[list[tuple[Untold, Send]]]:
    """Chains in which each shift is within a day of the one before, as `_joins` would join them."""
    ordered = sorted(members, key=lambda m: (happened(m[0]), m[0].recorded.id))
    parts: list[list[tuple[Untold, Send]]] = []
    for member in ordered:
        if parts and happened(member[0]) - happened(parts[-1][-1][0]) <= TOGETHER:
            parts[-1].append(member)
        else:
            parts.append([member])
    return parts


def _summit(change: Untold, summits: Sequence[Occurrence]) -> Occurrence | None:
    """The summit at which it happened: in its days, and among those who were there. A meeting of
    which no text says where it was is no headline."""
    when, country = happened(change), change.recorded.shift.key[0]
    near = [
        summit
        for summit in summits
        if summit.place
        and summit.at.at - BEFORE_SUMMIT <= when <= summit.last.at + AFTER_SUMMIT
        and country in summit.countries
    ]
    return min(near, key=lambda s: (abs(s.at.at - when), s.id), default=None)
