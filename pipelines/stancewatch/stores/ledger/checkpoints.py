"""Where folds may go on from. A cache: without any, histories are folded from their beginning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from stancewatch.core.checkpoint import Checkpoint
from stancewatch.core.watch import Key
from stancewatch.stores.ledger.codec import dump, load
from stancewatch.stores.ledger.schema import CHECKPOINTS


def nearest(
    connection: Connection, key: Key, rules: str, before: datetime | None
) -> Checkpoint | None:
    """The last one left under these rules; before this instant, where evidence of then changed."""
    chosen = select(CHECKPOINTS.c.payload).where(*_of(key), CHECKPOINTS.c.rules == rules)
    if before is not None:
        chosen = chosen.where(CHECKPOINTS.c.at < before)
    payload = connection.scalar(chosen.order_by(CHECKPOINTS.c.at.desc()).limit(1))
    return None if payload is None else load(Checkpoint, payload)


def replace_after(
    connection: Connection,
    key: Key,
    start: Checkpoint | None,
    fresh: Sequence[Checkpoint],
    rules: str,
) -> None:
    """What was left behind `start` rests on evidence that has changed, or on other rules."""
    stale = delete(CHECKPOINTS).where(*_of(key))
    connection.execute(stale.where(CHECKPOINTS.c.at > start.at) if start else stale)
    if fresh:
        connection.execute(insert(CHECKPOINTS), [_row(key, each, rules) for each in fresh])


def _of(key: Key) -> tuple[ColumnElement[bool], ...]:
    return CHECKPOINTS.c.country == key[0], CHECKPOINTS.c.topic == key[1]


def _row(key: Key, point: Checkpoint, rules: str) -> dict[str, object]:
    return {
        "country": key[0],
        "topic": key[1],
        "at": point.at,
        "rules": rules,
        "payload": dump(point),
    }
