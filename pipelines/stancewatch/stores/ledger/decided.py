"""Decisions: why something was or was not told. Added to and closed, never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from stancewatch.core.digest import digest
from stancewatch.core.moment import Moment, Precision
from stancewatch.core.watch import Decision, Key
from stancewatch.stores.ledger.rows import pieces
from stancewatch.stores.ledger.schema import DECISIONS

DELIVERY = "delivery"
MEANWHILE = "delivery:waiting"  # of a shift that still waits to be told elsewhere


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with when it was taken, and when another took its place."""

    decision: Decision
    learned_at: datetime
    superseded_at: datetime | None


def of_revision(article_id: str, revision: str) -> str:
    return f"revision:{article_id}:{revision}"


def of_undated(article_id: str) -> str:
    return f"undated:{article_id}"


def of_fold(key: Key) -> str:
    return f"fold:{':'.join(key)}"


def of_wordings(article_id: str) -> str:
    return f"wordings:{article_id}"


def of_ruling(subject: str) -> str:
    return f"ruling:{subject}"


def restate(
    connection: Connection,
    stated: Mapping[str, Iterable[Decision]],
    now: datetime,
    *,
    since: datetime | None = None,
) -> None:
    """What these origins now decide: what they said before and no longer say is closed.

    With `since`, of evidence of that instant and later: what is older stays as it is."""
    standing = _standing(connection, sorted(stated), since)
    fresh: list[dict[str, object]] = []
    for origin, decisions in stated.items():
        before = standing.get(origin, {})
        after = {_digest(decision): decision for decision in decisions}
        gone = [seq for each, seq in before.items() if each not in after]
        _close(connection, gone, now)
        fresh += [_row(origin, d, now) for each, d in after.items() if each not in before]
    add(connection, fresh)


def delivered(
    connection: Connection, decisions: Sequence[Decision], waiting: Collection[str], now: datetime
) -> None:
    add(
        connection,
        [_row(MEANWHILE if d.subject in waiting else DELIVERY, d, now) for d in decisions],
    )


def add(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        connection.execute(insert(DECISIONS), rows)


def decided_of(row: Row[Any]) -> Decided:
    key = (row.country, row.topic)
    decision = Decision(row.subject, key, row.reason, row.detail, row.at)
    return Decided(decision, row.learned_at, row.superseded_at)


def _standing(
    connection: Connection, origins: Iterable[str], since: datetime | None
) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    chosen = select(DECISIONS.c.origin, DECISIONS.c.digest, DECISIONS.c.seq)
    chosen = chosen.where(DECISIONS.c.superseded_at.is_(None))
    if since is not None:
        # `|day` sorts before every other precision of the same instant.
        chosen = chosen.where(DECISIONS.c.at >= Moment(since, Precision.DAY))
    for piece in pieces(origins):
        rows = connection.execute(chosen.where(DECISIONS.c.origin.in_(piece)))
        for origin, each, seq in rows:
            found.setdefault(origin, {})[each] = seq
    return found


def _close(connection: Connection, rows: Sequence[int], now: datetime) -> None:
    for piece in pieces(rows):
        connection.execute(
            update(DECISIONS).where(DECISIONS.c.seq.in_(piece)).values(superseded_at=now)
        )


def _digest(decision: Decision) -> str:
    when = "" if decision.at is None else str(decision.at)
    return digest(decision.subject, *decision.key, decision.reason, decision.detail, when)


def _row(origin: str, decision: Decision, now: datetime) -> dict[str, object]:
    return {
        "origin": origin,
        "digest": _digest(decision),
        "subject": decision.subject,
        "country": decision.key[0],
        "topic": decision.key[1],
        "reason": decision.reason,
        "detail": decision.detail,
        "at": decision.at,
        "learned_at": now,
    }
