"""What is known of a position: where it stands, how it got there, and the reason for everything.

Values only. How they follow from the evidence is told in `core.fold`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from stancewatch.core.mention import Where, Whose
from stancewatch.core.moment import Moment
from stancewatch.core.watch import Decision, Key


class Standing(StrEnum):
    ESTABLISHED = "established"
    PENDING = "pending"  # nothing established yet, something waits for a witness
    CONTESTED = "contested"  # evidence of equal rank on both sides
    SPLIT = "split"  # voices of one government differ
    INHERITED = "inherited"  # a new government has not restated it


@dataclass(frozen=True, slots=True)
class ConditionChange:
    """A condition added, dropped (`condition` None) or changed while the level stayed the same."""

    at: Moment
    condition: str | None
    reading: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A change of stance. `from_level` is None at first. `evidence` and `before` are reading ids,
    strongest first; `evidence` holds what supported the new level within `confirm_within`.

    `step` is the event that completed it; `conditions` is what was said of it since, in order."""

    key: Key
    from_level: str | None
    to_level: str
    happened_at: Moment
    established_at: Moment
    step: Moment
    confidence: int
    evidence: tuple[str, ...]
    before: tuple[str, ...]
    witnesses: int
    single_source: bool
    baseline: bool
    because: str
    condition: str | None = None
    conditions: tuple[ConditionChange, ...] = ()
    whose: Whose = Whose.UNSTATED
    where: Where = Where.UNSTATED

    def same_as(self, other: Shift) -> bool:
        """One change seen twice: key, from and to agree and the evidence overlaps."""
        return (self.key, self.from_level, self.to_level) == (
            other.key,
            other.from_level,
            other.to_level,
        ) and not set(self.evidence).isdisjoint(other.evidence)

    @property
    def condition_now(self) -> str | None:
        return self.conditions[-1].condition if self.conditions else self.condition


@dataclass(frozen=True, slots=True)
class Stance:
    """Where a key stands after all its evidence. `level` is None while nothing is established."""

    key: Key
    level: str | None
    standing: Standing
    since: Moment | None
    confirmed_at: Moment | None
    confidence: int
    evidence: tuple[str, ...]
    condition: str | None = None
    whose: Whose = Whose.UNSTATED
    where: Where = Where.UNSTATED
    pending_level: str | None = None
    pending_since: Moment | None = None
    opposed_by: tuple[str, ...] = ()

    def on(self, day: datetime, eras: Sequence[Moment]) -> Stance:
        """As a reader of that day sees it: what a former government said last is inherited."""
        if self.standing is not Standing.ESTABLISHED or self.confirmed_at is None:
            return self
        passed = (era for era in eras if self.confirmed_at.at < era.at <= day)
        return replace(self, standing=Standing.INHERITED) if any(passed) else self


@dataclass(frozen=True, slots=True)
class History:
    """Shifts in event order, the stance they end in, and one decision a reading."""

    shifts: tuple[Shift, ...]
    stance: Stance | None
    decisions: tuple[Decision, ...]
