"""What is written down beside the evidence: feeds, silences, failures, runs, progress."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from stancewatch.core.failure import Failure
from stancewatch.core.feed import FeedState
from stancewatch.core.route import Silence
from stancewatch.stores.ledger.codec import dump, load
from stancewatch.stores.ledger.rows import insert_missing, pieces, upsert
from stancewatch.stores.ledger.schema import (
    ARTICLES,
    FAILURES,
    FEEDS,
    PROGRESS,
    RUNS,
    SIGHTINGS,
    SILENCES,
)


@dataclass(frozen=True, slots=True)
class Failed:
    """A dead letter, with when it was first and last met."""

    failure: Failure
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One command over the ledger; `ended` is None while it runs, or if it was killed."""

    id: int
    command: str
    started: datetime
    ended: datetime | None
    counts: Mapping[str, int]


def feed_states(connection: Connection) -> dict[str, FeedState]:
    rows = connection.execute(select(FEEDS.c.url, FEEDS.c.payload).order_by(FEEDS.c.url))
    return {url: load(FeedState, payload) for url, payload in rows}


def save_feed_states(connection: Connection, states: Mapping[str, FeedState]) -> None:
    rows = [
        {"url": url, "not_before": state.not_before, "payload": dump(state)}
        for url, state in sorted(states.items())
    ]
    upsert(connection, FEEDS, rows)


def sighted(connection: Connection, feed: str, article_ids: Iterable[str], now: datetime) -> None:
    """Of these articles, those that are filed: one that could not be read is a failure instead."""
    for piece in pieces(sorted(set(article_ids))):
        filed = connection.scalars(select(ARTICLES.c.id).where(ARTICLES.c.id.in_(piece)))
        rows = [{"article_id": each, "feed": feed, "seen_at": now} for each in filed]
        insert_missing(connection, SIGHTINGS, rows)


def save_silences(connection: Connection, silences: Iterable[Silence], now: datetime) -> None:
    rows = [
        {"id": each.id, "until": each.until, "recorded_at": now, "payload": dump(each)}
        for each in silences
    ]
    upsert(connection, SILENCES, rows, keep=("recorded_at",))


def silences(connection: Connection) -> list[Silence]:
    rows = connection.execute(select(SILENCES.c.payload).order_by(SILENCES.c.id))
    return [load(Silence, payload) for (payload,) in rows]


def save_failures(connection: Connection, failures: Iterable[Failure], now: datetime) -> None:
    rows = [
        {
            "id": failure.id,
            "stage": failure.stage,
            "reason": failure.reason,
            "first_seen": now,
            "last_seen": now,
            "payload": dump(failure),
        }
        for failure in sorted(failures, key=lambda each: each.id)
    ]
    upsert(connection, FAILURES, rows, keep=("first_seen",))


def failures(connection: Connection, since: datetime | None, limit: int | None) -> list[Failed]:
    chosen = select(FAILURES).order_by(FAILURES.c.last_seen.desc(), FAILURES.c.id).limit(limit)
    if since is not None:
        chosen = chosen.where(FAILURES.c.last_seen >= since)
    return [
        Failed(load(Failure, row.payload), row.first_seen, row.last_seen)
        for row in connection.execute(chosen)
    ]


def begin_run(connection: Connection, command: str, now: datetime) -> int:
    made = insert(RUNS).values(command=command, started=now, counts="{}").returning(RUNS.c.seq)
    run: int = connection.execute(made).scalar_one()
    return run


def end_run(connection: Connection, run: int, counts: Mapping[str, int], now: datetime) -> None:
    values = {"ended": now, "counts": json.dumps(dict(counts), sort_keys=True)}
    connection.execute(update(RUNS).where(RUNS.c.seq == run).values(values))


def runs(connection: Connection, limit: int) -> Sequence[Run]:
    rows = connection.execute(select(RUNS).order_by(RUNS.c.seq.desc()).limit(limit))
    return [Run(r.seq, r.command, r.started, r.ended, json.loads(r.counts)) for r in rows]


def progress(connection: Connection, archive: str) -> int:
    done: int | None = connection.scalar(
        select(PROGRESS.c.done).where(PROGRESS.c.archive == archive)
    )
    return done or 0


def advance(connection: Connection, archive: str, done: int, now: datetime) -> None:
    """Only ever forward: of two runs over one archive, the one that is further counts."""
    insert_missing(connection, PROGRESS, [{"archive": archive, "done": 0, "advanced_at": now}])
    further = update(PROGRESS).where(PROGRESS.c.archive == archive, PROGRESS.c.done < done)
    connection.execute(further.values(done=done, advanced_at=now))
