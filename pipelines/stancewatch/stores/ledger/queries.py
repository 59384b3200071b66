"""What people ask of the ledger. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select

from stancewatch.core.moment import Moment, Precision
from stancewatch.core.occurrence import Sighting, Telling
from stancewatch.core.stance import Shift, Stance, Standing
from stancewatch.core.watch import Key, Reading
from stancewatch.stores.ledger import rulings
from stancewatch.stores.ledger.codec import load
from stancewatch.stores.ledger.decided import Decided, decided_of
from stancewatch.stores.ledger.rows import pieces, reading_of, select_readings
from stancewatch.stores.ledger.schema import (
    ARTICLES,
    DECISIONS,
    READINGS,
    SHIFTS,
    STANCES,
    TELLINGS,
)
from stancewatch.stores.ledger.tracking import Status


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift as it stood in the record from `learned_at` until `superseded_at`."""

    id: str
    version: int
    status: Status
    learned_at: datetime
    superseded_at: datetime | None
    shift: Shift


@dataclass(frozen=True, slots=True)
class When:
    """The day a question is about: as it was (`on`), as the press had it (`known`), or as this
    ledger had it (`told`). Without any, what is known now."""

    on: datetime | None = None
    known: datetime | None = None
    told: datetime | None = None

    @property
    def day(self) -> datetime | None:
        return self.on or self.known or self.told


NOW = When()


def stances(connection: Connection, when: When = NOW) -> list[Stance]:
    """One stance a key, by topic and country."""
    if when.on is None and when.known is None:
        return _recorded_stances(connection, when.told)
    latest: dict[Key, Shift] = {}
    for row in shifts(connection, None, when):
        latest[row.shift.key] = row.shift
    return [_stance_of(shift) for shift in latest.values()]


def _recorded_stances(connection: Connection, told: datetime | None) -> list[Stance]:
    live = _live_at(STANCES.c.learned_at, STANCES.c.superseded_at, told)
    ordered = select(STANCES.c.payload).order_by(STANCES.c.topic, STANCES.c.country)
    return [load(Stance, payload) for (payload,) in connection.execute(ordered.where(live))]


def _stance_of(shift: Shift) -> Stance:
    """The position as this shift left it."""
    return Stance(
        key=shift.key,
        level=shift.to_level,
        standing=Standing.ESTABLISHED,
        since=shift.happened_at,
        confirmed_at=shift.established_at,
        confidence=shift.confidence,
        evidence=shift.evidence,
        condition=shift.condition,
        whose=shift.whose,
        where=shift.where,
    )


def _live_at(
    learned: ColumnElement[datetime], superseded: ColumnElement[datetime], at: datetime | None
) -> ColumnElement[bool]:
    if at is None:
        return superseded.is_(None)
    return (learned <= at) & or_(superseded.is_(None), superseded > at)


def shifts(connection: Connection, key: Key | None, when: When = NOW) -> list[ShiftRow]:
    """The shifts that stand, in order of topic, country and event; for one key or for all."""
    return _shift_rows(connection, _select_shifts(key).where(*_shifts_at(when)))


def shift_versions(connection: Connection, key: Key | None) -> list[ShiftRow]:
    """Every shift that ever stood, retracted and superseded ones too."""
    return _shift_rows(connection, _select_shifts(key))


def _shift_rows(connection: Connection, chosen: Select[Any]) -> list[ShiftRow]:
    return [shift_row_of(row) for row in connection.execute(chosen)]


def _select_shifts(key: Key | None) -> Select[Any]:
    chosen = select_shifts()
    if key is None:
        return chosen
    return chosen.where(SHIFTS.c.country == key[0], SHIFTS.c.topic == key[1])


def select_shifts() -> Select[Any]:
    # Of two shifts of one instant, the payload decides: the ids depend on the order of arrival.
    return select(SHIFTS).order_by(
        SHIFTS.c.topic,
        SHIFTS.c.country,
        SHIFTS.c.happened_at,
        SHIFTS.c.established_at,
        SHIFTS.c.payload,
        SHIFTS.c.learned_at,
        SHIFTS.c.shift_id,
        SHIFTS.c.version,
    )


def shift_row_of(row: Row[Any]) -> ShiftRow:
    return ShiftRow(
        row.shift_id,
        row.version,
        Status(row.status),
        row.learned_at,
        row.superseded_at,
        load(Shift, row.payload),
    )


def _shifts_at(when: When) -> Iterable[ColumnElement[bool]]:
    yield _live_at(SHIFTS.c.learned_at, SHIFTS.c.superseded_at, when.told)
    if when.on is not None:
        yield SHIFTS.c.happened_at <= _until(when.on)
    if when.known is not None:
        yield SHIFTS.c.established_at <= _until(when.known)


def _until(at: datetime) -> Moment:
    """The last moment of that instant: `|year` sorts behind every other precision."""
    return Moment(at.astimezone(UTC), Precision.YEAR)


def decisions(
    connection: Connection,
    key: Key | None = None,
    *,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    standing: bool = True,
) -> list[Decided]:
    """Why what was told or not: for a key, a subject, around a day. `standing`: those that hold."""
    chosen = select(DECISIONS).order_by(DECISIONS.c.at.nulls_first(), DECISIONS.c.seq)
    if key is not None:
        chosen = chosen.where(DECISIONS.c.country == key[0], DECISIONS.c.topic == key[1])
    if subject is not None:
        chosen = chosen.where(DECISIONS.c.subject == subject)
    if since is not None:
        chosen = chosen.where(DECISIONS.c.at >= Moment(since, Precision.DAY))
    if until is not None:
        chosen = chosen.where(DECISIONS.c.at <= _until(until))
    if standing:
        chosen = chosen.where(DECISIONS.c.superseded_at.is_(None))
    return [decided_of(row) for row in connection.execute(chosen)]


def readings(connection: Connection, ids: Iterable[str]) -> dict[str, Reading]:
    """As rulings have them, and of any age: what a retracted shift rested on can be quoted too."""
    found: dict[str, Reading] = {}
    for piece in pieces(sorted(set(ids))):
        rows = connection.execute(select_readings(current=False).where(READINGS.c.id.in_(piece)))
        found |= {reading.id: reading for reading in map(reading_of, rows)}
    return rulings.apply(connection, found)


def sightings(connection: Connection, topic: str | None = None) -> list[Sighting]:
    """The summits that current revisions tell of; without any date they cannot be placed."""
    rows = select(TELLINGS.c.article_id, TELLINGS.c.payload, ARTICLES.c.published).join(
        ARTICLES,
        (ARTICLES.c.id == TELLINGS.c.article_id) & (ARTICLES.c.current == TELLINGS.c.revision),
    )
    if topic is not None:
        rows = rows.where(TELLINGS.c.topic == topic)
    found = []
    for row in connection.execute(rows.order_by(TELLINGS.c.article_id, TELLINGS.c.place)):
        telling = load(Telling, row.payload)
        if at := telling.on or row.published:
            found.append(Sighting(row.article_id, at, telling))
    return found
