"""Where a fold may stop and go on: all that it can still see, by id (`core.fold`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from stancewatch.core.stance import Shift, Standing
from stancewatch.core.topic import Policy
from stancewatch.core.watch import Decision, Key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A fold after all readings up to `at`, by the ids of what it can still see."""

    at: datetime
    key: Key
    standing: Standing
    shift: Shift | None
    moved: tuple[str, ...]
    case: tuple[str, ...]
    challengers: tuple[tuple[str, tuple[str, ...]], ...]
    opposed: tuple[str, ...]
    witnesses: tuple[tuple[str, str], ...]  # in the order in which they were heard
    named: tuple[tuple[str, str], ...]  # of what is in view and heard too long ago to be copied
    decisions: tuple[Decision, ...]

    def decided_since(self, policy: Policy) -> datetime:
        """What was decided on evidence before is final."""
        return self.at - policy.confirm_within

    @property
    def needs(self) -> set[str]:
        """The readings without which nobody can go on from here."""
        rivals = chain.from_iterable(ids for _, ids in self.challengers)
        heard = (each for each, _ in self.witnesses)
        return {*self.moved, *self.case, *rivals, *self.opposed, *heard}
