"""What is known of a key, and the record of what a fold made of it.

A shift, a stance or a decision is never changed: its row is closed and another one added, so
that `--as-told` can say what stood here on any day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from stancewatch.core.checkpoint import Checkpoint
from stancewatch.core.digest import digest
from stancewatch.core.moment import Moment, Precision
from stancewatch.core.ports import KeyRecord
from stancewatch.core.record import Change, Outcome, RecordedShift
from stancewatch.core.stance import Shift, Stance
from stancewatch.core.watch import Key, Reading
from stancewatch.stores.ledger import keys
from stancewatch.stores.ledger.checkpoints import nearest, replace_after
from stancewatch.stores.ledger.codec import dump, load
from stancewatch.stores.ledger.decided import of_fold, restate
from stancewatch.stores.ledger.findings import reading_row, write_readings
from stancewatch.stores.ledger.rows import pieces, reading_of, select_readings
from stancewatch.stores.ledger.rulings import as_rulings_leave_it
from stancewatch.stores.ledger.schema import READINGS, SHIFTS, STANCES, UNTOLD

BASELINE = "baseline"


class Status(StrEnum):
    """What a row of the record is worth today."""

    ESTABLISHED = "established"
    SUPERSEDED = "superseded"  # the same shift, on other evidence, took its place
    RETRACTED = "retracted"  # the evidence no longer tells it


@dataclass(frozen=True, slots=True)
class Commit:
    """What one fold of one key wants recorded."""

    outcome: Outcome
    now: datetime
    quiet: str

    @property
    def key(self) -> Key:
        return self.outcome.key


def evidence(connection: Connection, key: Key, rules: str) -> KeyRecord:
    # The version first: what is filed after it was read makes the commit fail, never the fold.
    mark = keys.mark_of(connection, key)
    start = nearest(connection, key, rules, mark.since)
    return KeyRecord(
        readings=as_rulings_leave_it(connection, key, _readings(connection, key, start), start),
        recorded=tuple(_recorded(connection, key, start)),
        version=mark.version,
        quiet=mark.quiet,
        start=start,
    )


def _readings(connection: Connection, key: Key, start: Checkpoint | None) -> Iterator[Reading]:
    """The dated evidence after `start`, and what the fold needs to go on from there."""
    mine = (READINGS.c.country == key[0], READINGS.c.topic == key[1])
    chosen = select_readings().where(*mine)
    # A year says too little to be evidence, and sorts behind whatever else is of its instant.
    later = READINGS.c.at > Moment(start.at if start else keys.BEGINNING, Precision.YEAR)
    yield from map(reading_of, connection.execute(chosen.where(later)))
    for piece in pieces(sorted(start.needs) if start else ()):
        yield from map(reading_of, connection.execute(chosen.where(READINGS.c.id.in_(piece))))


def _recorded(
    connection: Connection, key: Key, start: Checkpoint | None
) -> Iterator[RecordedShift]:
    """From the last shift before `start` on: later words may strengthen that one too."""
    chosen = select(SHIFTS.c.shift_id, SHIFTS.c.payload).where(*_live(key))
    if start and start.shift:
        chosen = chosen.where(SHIFTS.c.step >= start.shift.step)
    rows = connection.execute(chosen.order_by(SHIFTS.c.happened_at, SHIFTS.c.shift_id))
    for shift_id, payload in rows:
        yield RecordedShift(shift_id, load(Shift, payload))


def _live(key: Key) -> tuple[ColumnElement[bool], ...]:
    return (
        SHIFTS.c.country == key[0],
        SHIFTS.c.topic == key[1],
        SHIFTS.c.superseded_at.is_(None),
    )


def commit(connection: Connection, work: Commit) -> bool:
    outcome = work.outcome
    if not keys.settle(connection, work.key, outcome.version, outcome.rules):
        return False
    for change, recorded in outcome.difference.changes:
        _record(connection, change, recorded, work)
    _record_stance(connection, work)
    decisions = {of_fold(work.key): outcome.decisions}
    restate(connection, decisions, work.now, since=outcome.decided_since)
    replace_after(connection, work.key, outcome.start, outcome.checkpoints, outcome.rules)
    return True


def _record(connection: Connection, change: Change, recorded: RecordedShift, work: Commit) -> None:
    version = _next_version(connection, recorded.id)
    if change is not Change.NEW:
        status = Status.RETRACTED if change is Change.RETRACTED else Status.SUPERSEDED
        _close(connection, recorded.id, status, work.now)
    if change is not Change.RETRACTED:
        connection.execute(insert(SHIFTS), _shift_row(recorded, version, work.now))
    connection.execute(insert(UNTOLD), _untold_row(change, recorded, version, work))


def _next_version(connection: Connection, shift_id: str) -> int:
    newest = select(func.max(SHIFTS.c.version)).where(SHIFTS.c.shift_id == shift_id)
    return (connection.scalar(newest) or 0) + 1


def _close(connection: Connection, shift_id: str, status: Status, now: datetime) -> None:
    connection.execute(
        update(SHIFTS)
        .where(SHIFTS.c.shift_id == shift_id, SHIFTS.c.superseded_at.is_(None))
        .values(status=status, superseded_at=now)
    )


def _shift_row(recorded: RecordedShift, version: int, now: datetime) -> dict[str, object]:
    shift = recorded.shift
    return {
        "shift_id": recorded.id,
        "version": version,
        "country": shift.key[0],
        "topic": shift.key[1],
        "happened_at": shift.happened_at,
        "established_at": shift.established_at,
        "step": shift.step,
        "status": Status.ESTABLISHED,
        "learned_at": now,
        "payload": dump(shift),
    }


def _untold_row(
    change: Change, recorded: RecordedShift, version: int, work: Commit
) -> dict[str, object]:
    return {
        "id": digest("untold", recorded.id, change, str(version)),
        "shift_id": recorded.id,
        "change": change,
        "quiet": work.quiet,
        "learned_at": work.now,
        "payload": dump(recorded),
    }


def _record_stance(connection: Connection, work: Commit) -> None:
    mine = (STANCES.c.country == work.key[0], STANCES.c.topic == work.key[1])
    live = select(STANCES.c.payload).where(*mine, STANCES.c.superseded_at.is_(None))
    stance = work.outcome.stance
    before, after = connection.scalar(live), stance and dump(stance)
    if before == after:
        return
    closing = update(STANCES).where(*mine, STANCES.c.superseded_at.is_(None))
    connection.execute(closing.values(superseded_at=work.now))
    if stance is not None:
        newest = connection.scalar(select(func.max(STANCES.c.version)).where(*mine)) or 0
        connection.execute(insert(STANCES), _stance_row(stance, newest + 1, work.now))


def _stance_row(stance: Stance, version: int, now: datetime) -> dict[str, object]:
    return {
        "country": stance.key[0],
        "topic": stance.key[1],
        "version": version,
        "level": stance.level,
        "standing": stance.standing,
        "learned_at": now,
        "payload": dump(stance),
    }


def plant(
    connection: Connection, readings: Iterable[Reading], now: datetime, quiet: str
) -> list[Key]:
    """The full set of baselines: new ones enter, changed ones change, missing ones go."""
    planted = {reading.id: reading for reading in readings}
    assert all(reading.kind == BASELINE for reading in planted.values())
    standing = _baselines(connection)
    changed = [r for _, r in sorted(planted.items()) if standing.get(r.id) != r]
    gone = [r for r in standing.values() if r.id not in planted]
    write_readings(connection, [reading_row(reading, now) for reading in changed])
    for piece in pieces(reading.id for reading in gone):
        retired = update(READINGS).where(READINGS.c.id.in_(piece))
        connection.execute(retired.values(found=False))
    moved = [standing[reading.id] for reading in changed if reading.id in standing]
    return keys.mark(connection, keys.touched_by((*changed, *gone, *moved)), quiet)


def _baselines(connection: Connection) -> dict[str, Reading]:
    rows = connection.execute(
        select(READINGS.c.payload).where(READINGS.c.kind == BASELINE, READINGS.c.found)
    )
    return {reading.id: reading for reading in (load(Reading, payload) for (payload,) in rows)}
