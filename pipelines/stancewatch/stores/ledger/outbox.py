"""What waits to be told, and the messages on their way.

    queued -> leased -> sent
                     -> queued | unknown, later     (put off)
                     -> dead                        (given up)

A message is due when nothing older of its incident still waits: the root before its edits and
replies, and those in their order. One whose root is dead is dead too. A lease that ran out
counts as unknown: its holder may have sent the message before it died.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Row, exists, func, select, update
from sqlalchemy.sql.selectable import ScalarSelect

from stancewatch.core.digest import digest
from stancewatch.core.notification import Form, Notification, Receipt
from stancewatch.core.ports import Queued, Told
from stancewatch.core.record import Change, RecordedShift, Untold
from stancewatch.stores.ledger.codec import dump, load
from stancewatch.stores.ledger.decided import DELIVERY
from stancewatch.stores.ledger.rows import insert_missing, pieces, upsert
from stancewatch.stores.ledger.schema import (
    DECISIONS,
    INCIDENTS,
    NOTIFICATIONS,
    RECEIPTS,
    UNTOLD,
)


class State(StrEnum):
    QUEUED = "queued"
    LEASED = "leased"
    SENT = "sent"
    UNKNOWN = "unknown"  # an attempt may have arrived
    DEAD = "dead"


WAITING = (State.QUEUED, State.LEASED, State.UNKNOWN)
ROOTLESS = "the message that this one belongs to was never sent"


def untold(connection: Connection) -> list[Untold]:
    rows = connection.execute(
        select(UNTOLD, _earlier().label("earlier"))
        .where(UNTOLD.c.settled_at.is_(None))
        .order_by(UNTOLD.c.seq)
    )
    return [
        Untold(
            row.id,
            Change(row.change),
            load(RecordedShift, row.payload),
            row.learned_at,
            row.quiet,
            row.earlier or "",
        )
        for row in rows
    ]


def _earlier() -> ScalarSelect[str]:
    """The reason that delivery last gave for this shift when it settled a change of it."""
    given = select(DECISIONS.c.reason).where(
        DECISIONS.c.subject == UNTOLD.c.shift_id, DECISIONS.c.origin == DELIVERY
    )
    return given.order_by(DECISIONS.c.seq.desc()).limit(1).scalar_subquery()


def told(connection: Connection) -> list[Told]:
    joined = INCIDENTS.outerjoin(RECEIPTS, RECEIPTS.c.delivery_key == INCIDENTS.c.root_key)
    rows = connection.execute(
        select(INCIDENTS, RECEIPTS.c.payload.label("receipt"))
        .select_from(joined)
        .order_by(INCIDENTS.c.told_at, INCIDENTS.c.incident)
    )
    return [
        Told(
            row.incident,
            row.route,
            row.topic,
            load(Notification, row.payload),
            _receipt(row.receipt),
        )
        for row in rows
    ]


def _receipt(payload: str | None) -> Receipt | None:
    return None if payload is None else load(Receipt, payload)


def still_untold(connection: Connection, ids: Sequence[str], now: datetime) -> bool:
    """Settle these rows; False if another dispatcher has settled one of them."""
    settled = 0
    for piece in pieces(sorted(set(ids))):
        result = connection.execute(
            update(UNTOLD)
            .where(UNTOLD.c.id.in_(piece), UNTOLD.c.settled_at.is_(None))
            .values(settled_at=now)
        )
        settled += result.rowcount
    return settled == len(set(ids))


def shifts_of(connection: Connection, ids: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for piece in pieces(ids):
        found.update(connection.scalars(select(UNTOLD.c.shift_id).where(UNTOLD.c.id.in_(piece))))
    return found


def told_in_part(connection: Connection, ids: Sequence[str]) -> bool:
    """These rows go on under another id, so that who read them before cannot act on them; False
    if another dispatcher was first."""
    moved = 0
    for each in sorted(set(ids)):
        result = connection.execute(
            update(UNTOLD)
            .where(UNTOLD.c.id == each, UNTOLD.c.settled_at.is_(None))
            .values(id=digest("told in part", each))
        )
        moved += result.rowcount
    return moved == len(set(ids))


def remember(connection: Connection, incidents: Iterable[Told], now: datetime) -> None:
    rows = [
        {
            "incident": each.incident,
            "route": each.route,
            "topic": each.topic,
            "root_key": _root_key(each.root),
            "told_at": now,
            "payload": dump(each.root),
        }
        for each in incidents
    ]
    upsert(connection, INCIDENTS, rows, keep=("told_at",))


def queue(connection: Connection, notifications: Iterable[Notification], now: datetime) -> None:
    # Roots first: the order of arrival is the order of sending within an incident.
    ordered = sorted(notifications, key=lambda each: each.form is not Form.ROOT)
    rows = [
        {
            "delivery_key": each.delivery_key,
            "root_key": _root_key(each),
            "incident": each.incident,
            "form": each.form,
            "sink": each.sink,
            "channel": each.channel,
            "state": State.QUEUED,
            "due": now,
            "attempts": 0,
            "problem": "",
            "queued_at": now,
            "payload": dump(each),
        }
        for each in ordered
    ]
    insert_missing(connection, NOTIFICATIONS, rows)
    _bury_rootless(connection, now)


def _root_key(notification: Notification) -> str:
    return replace(notification, form=Form.ROOT).delivery_key


def _bury_rootless(connection: Connection, now: datetime) -> None:
    root = NOTIFICATIONS.alias("root")
    alive = exists().where(
        root.c.delivery_key == NOTIFICATIONS.c.root_key, root.c.state != State.DEAD
    )
    connection.execute(
        update(NOTIFICATIONS)
        .where(NOTIFICATIONS.c.form != Form.ROOT, NOTIFICATIONS.c.state.in_(WAITING), ~alive)
        .values(state=State.DEAD, problem=ROOTLESS, ended_at=now)
    )


def _first_in_line() -> ColumnElement[bool]:
    older = NOTIFICATIONS.alias("older")
    return ~exists().where(
        older.c.root_key == NOTIFICATIONS.c.root_key,
        older.c.seq < NOTIFICATIONS.c.seq,
        older.c.state.in_(WAITING),
    )


def lease(connection: Connection, now: datetime, seconds: float) -> Queued | None:
    due = (
        select(NOTIFICATIONS)
        .where(NOTIFICATIONS.c.state.in_(WAITING), NOTIFICATIONS.c.due <= now, _first_in_line())
        .order_by(NOTIFICATIONS.c.due, NOTIFICATIONS.c.seq)
        .limit(1)
        .with_for_update(skip_locked=True, of=NOTIFICATIONS)
    )
    row = connection.execute(due).first()
    if row is None:
        return None
    connection.execute(
        update(NOTIFICATIONS)
        .where(NOTIFICATIONS.c.seq == row.seq)
        .values(
            state=State.LEASED,
            due=now + timedelta(seconds=seconds),
            attempts=NOTIFICATIONS.c.attempts + 1,
        )
    )
    return _queued(connection, row)


def _queued(connection: Connection, row: Row[tuple[object, ...]]) -> Queued:
    notification = load(Notification, row.payload)
    root = None
    if notification.form is not Form.ROOT:
        found = select(RECEIPTS.c.payload).where(RECEIPTS.c.delivery_key == row.root_key)
        root = _receipt(connection.scalar(found))
    look_first = row.state != State.QUEUED
    return Queued(notification, row.attempts, look_first, root)


def sent(connection: Connection, receipt: Receipt, now: datetime) -> None:
    """The first receipt stands: an earlier attempt is the one that people saw."""
    row = {"delivery_key": receipt.delivery_key, "sent_at": now, "payload": dump(receipt)}
    insert_missing(connection, RECEIPTS, [row])
    connection.execute(
        update(NOTIFICATIONS)
        .where(
            NOTIFICATIONS.c.delivery_key == receipt.delivery_key,
            NOTIFICATIONS.c.state != State.SENT,
        )
        .values(state=State.SENT, problem="", ended_at=now)
    )


def put_off(
    connection: Connection, delivery_key: str, until: datetime, problem: str, look_first: bool
) -> None:
    state = State.UNKNOWN if look_first else State.QUEUED
    connection.execute(
        update(NOTIFICATIONS)
        .where(_waiting(delivery_key))
        .values(state=state, due=until, problem=problem)
    )


def give_up(connection: Connection, delivery_key: str, problem: str, now: datetime) -> None:
    connection.execute(
        update(NOTIFICATIONS)
        .where(_waiting(delivery_key))
        .values(state=State.DEAD, problem=problem, ended_at=now)
    )
    _bury_rootless(connection, now)


def _waiting(delivery_key: str) -> ColumnElement[bool]:
    return (NOTIFICATIONS.c.delivery_key == delivery_key) & NOTIFICATIONS.c.state.in_(WAITING)


def next_due(connection: Connection) -> datetime | None:
    waiting = (NOTIFICATIONS.c.state.in_(WAITING), _first_in_line())
    earliest: datetime | None = connection.scalar(
        select(func.min(NOTIFICATIONS.c.due)).where(*waiting)
    )
    return earliest
