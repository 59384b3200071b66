"""`seeds/truth`: what governments did decide, and when: the list that `backtest --truth` scores by.

A truth is no evidence and enters no history. It is read by scoring alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from stancewatch.core.mention import Where
from stancewatch.core.topic import Policy
from stancewatch.core.truth import Truth
from stancewatch.stores.rulebook.baselines import Condition
from stancewatch.stores.rulebook.faults import Faults, Place, did_you_mean
from stancewatch.stores.rulebook.fields import Code, Day, Flag, Row, Slug, Text, Url
from stancewatch.stores.rulebook.located import read
from stancewatch.stores.rulebook.pages import Item, rows_of
from stancewatch.stores.rulebook.rulebook import Rulebook


class TruthRow(Row):
    """One position as a government took it on one day."""

    country: Code
    topic: Annotated[Slug | None, Field(description="`--topic`, unless it is named here.")] = None
    date: Day
    stance: Slug
    conditional: Condition = None
    scope: Annotated[Where | None, Field(description="Where the forces would be.")] = None
    speaker: Text | None = None
    office: Text | None = None
    summary: Text | None = None
    reference: Url | None = None
    basis: Annotated[Text | None, Field(description="Who reported it, where no page is.")] = None
    note: Text | None = None
    never_moved: Annotated[Flag, Field(description="The country never changed side.")] = False

    def core(self, topic: str) -> Truth:
        return Truth(
            country=self.country,
            topic=self.topic or topic,
            day=self.date,
            level=self.stance,
            conditional=self.conditional is not None,
            speaker=self.speaker,
            office=self.office,
            summary=self.summary,
            reference=self.reference or self.basis,
            never_moved=self.never_moved,
        )


def load_truth(path: Path, topic: str, rules: Rulebook) -> tuple[Truth, ...]:
    """The truths of one topic in the file at `path`, oldest first.

    A row that names no topic is of this one. Raises RuleError with every fault.
    """
    faults = Faults()
    items = list(rows_of(read(path, str(path), faults), TruthRow, faults))
    for item in items:
        _names(item, topic, rules, faults)
    _once(items, topic, faults)
    truths = [(item, item.value.core(topic)) for item in items]
    for name in sorted({truth.topic for _, truth in truths} & rules.topics.keys()):
        own = [pair for pair in truths if pair[1].topic == name]
        if policy := rules.topics[name].policy:
            _unmoved(own, policy, faults)
    faults.raise_if_any()
    found = [truth for _, truth in truths if truth.topic == topic]
    return tuple(sorted(found, key=lambda truth: (truth.day, truth.country)))


def _names(item: Item[TruthRow], topic: str, rules: Rulebook, faults: Faults) -> None:
    row, known = item.value, rules.actors.countries
    if row.country not in known:
        mend = did_you_mean(row.country, known)
        faults.add(item.place("country"), f"unknown country {row.country!r}", mend)
    name = row.topic or topic
    policy = rules.topics[name].policy if name in rules.topics else None
    if policy is None:
        known_topics = [each for each, topic_ in rules.topics.items() if topic_.policy]
        mend = did_you_mean(name, known_topics)
        faults.add(item.place("topic"), f"unknown stance topic {name!r}", mend)
    elif row.stance not in (levels := [level.name for level in policy.levels]):
        mend = did_you_mean(row.stance, levels)
        faults.add(item.place("stance"), f"unknown stance {row.stance!r}", mend)


def _once(items: Sequence[Item[TruthRow]], topic: str, faults: Faults) -> None:
    """Two positions of one day have no order: nobody could say which of them was held after it."""
    first: dict[tuple[str, str, str], Place] = {}
    for item in items:
        row, place = item.value, item.place("date")
        key = (row.country, row.topic or topic, str(row.date))
        if (earlier := first.setdefault(key, place)) != place:
            problem = f"{row.country} already has a position on {row.date} at {earlier}"
            faults.add(place, problem, "keep the one that held at the end of the day")


def _unmoved(
    truths: Sequence[tuple[Item[TruthRow], Truth]], policy: Policy, faults: Faults
) -> None:
    known = {level.name for level in policy.levels}
    for item, truth in truths:
        others = [t.level for _, t in truths if t.country == truth.country and t.level in known]
        if truth.never_moved and len({policy.side(level) for level in others}) > 1:
            problem = f"{truth.country} is said never to have moved, but its side changes"
            faults.add(item.place("never_moved"), problem, "correct one of its entries")
