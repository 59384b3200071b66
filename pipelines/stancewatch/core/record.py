"""What the ledger has recorded of a history, and how a fresh fold differs from it.

History depends on the evidence and the rules alone. What stands here, which shift was new when,
what was told, belongs to the telling: it depends on when we learned things.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from stancewatch.core.article import Article
from stancewatch.core.checkpoint import Checkpoint
from stancewatch.core.digest import digest
from stancewatch.core.mention import Mention
from stancewatch.core.occurrence import Telling
from stancewatch.core.stance import Shift, Stance
from stancewatch.core.watch import Decision, Key, Reading


class Change(StrEnum):
    """How the recorded history changed when something was learned."""

    NEW = "new"
    STRENGTHENED = "strengthened"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class RecordedShift:
    """A shift as the ledger knows it. The id is kept when its evidence grows."""

    id: str
    shift: Shift


@dataclass(frozen=True, slots=True)
class Untold:
    """A change that delivery has not yet decided on: a row of the outbox."""

    id: str
    change: Change
    recorded: RecordedShift
    learned_at: datetime
    quiet: str = ""  # a reason to tell nobody, known when it was learned: "primed", "backfill"
    earlier: str = ""  # why this shift was withheld when it was last settled


@dataclass(frozen=True, slots=True)
class Difference:
    """Recorded history against a fresh fold. `shifts` is the whole of the new record."""

    shifts: tuple[RecordedShift, ...]
    changes: tuple[tuple[Change, RecordedShift], ...]


def shift_id(shift: Shift) -> str:
    """The id a shift gets when it is first recorded."""
    return digest(
        "shift",
        *shift.key,
        shift.from_level or "",
        shift.to_level,
        str(shift.happened_at),
        *sorted(shift.evidence),
    )


def _free(wanted: str, *known: Sequence[RecordedShift]) -> str:
    """The id, or the next of it that no kept shift bears: one that grew keeps its first id."""
    taken = {each.id for shifts in known for each in shifts}
    while wanted in taken:
        wanted = digest("next", wanted)
    return wanted


def difference(recorded: Sequence[RecordedShift], fresh: Sequence[Shift]) -> Difference:
    """Match shifts by key, levels and shared evidence, the earliest first."""
    left = sorted(recorded, key=lambda r: (r.shift.happened_at, r.id))
    shifts: list[RecordedShift] = []
    changes: list[tuple[Change, RecordedShift]] = []
    for shift in fresh:
        match = next((old for old in left if old.shift.same_as(shift)), None)
        if match is None:
            new = RecordedShift(_free(shift_id(shift), recorded, shifts), shift)
            shifts.append(new)
            changes.append((Change.NEW, new))
            continue
        left.remove(match)
        kept = RecordedShift(match.id, shift)
        shifts.append(kept)
        if shift != match.shift:
            changes.append((Change.STRENGTHENED, kept))
    changes.extend((Change.RETRACTED, old) for old in left)
    return Difference(tuple(shifts), tuple(changes))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one fold of one key wants recorded, if the key is still at `version`.

    The fold began at `start`, under `rules`; what it decided of evidence before `decided_since`
    stands as it is."""

    key: Key
    version: int
    rules: str
    difference: Difference
    stance: Stance | None
    decisions: tuple[Decision, ...]
    decided_since: datetime | None
    start: Checkpoint | None
    checkpoints: tuple[Checkpoint, ...]


@dataclass(frozen=True, slots=True)
class Filing:
    """One article with all that was found in it: what `track` writes before it refolds.

    `decisions` say why mentions went no further. Filing the same again changes nothing; filing
    a revision anew replaces what was found in that revision.
    """

    article: Article
    mentions: tuple[Mention, ...] = ()
    tellings: tuple[Telling, ...] = ()
    readings: tuple[Reading, ...] = ()
    decisions: tuple[Decision, ...] = ()
