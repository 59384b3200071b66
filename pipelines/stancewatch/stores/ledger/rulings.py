"""An analyst's rulings. Added to, never changed: a withdrawal is a row of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from stancewatch.core.checkpoint import Checkpoint
from stancewatch.core.ruling import Ruling, as_ruled, holding, ruled, stand_in
from stancewatch.core.watch import Decision, Key, Reading, Reason, Verdict
from stancewatch.stores.ledger.codec import dump, load
from stancewatch.stores.ledger.decided import of_ruling, restate
from stancewatch.stores.ledger.keys import mark, touched_by
from stancewatch.stores.ledger.rows import insert_missing, pieces, reading_of, select_readings
from stancewatch.stores.ledger.schema import ARTICLES, READINGS, REVISIONS, RULINGS

PRESS = "press"


def add(connection: Connection, ruling: Ruling, now: datetime, quiet: str) -> bool:
    """The row, its decision and the mark on the key; False, and nothing, if it is there already."""
    if connection.scalar(select(RULINGS.c.id).where(RULINGS.c.id == ruling.id)):
        return False
    insert_missing(connection, RULINGS, [_row(ruling)])
    _tell(connection, ruling, now)
    beside = _readings(connection, ruling.key, [ruling.snapshot.article_id])
    mark(connection, touched_by([ruling.snapshot, *beside]), quiet)
    return True


def _row(ruling: Ruling) -> dict[str, object]:
    return {
        "id": ruling.id,
        "country": ruling.key[0],
        "topic": ruling.key[1],
        "subject": ruling.subject,
        "author": ruling.author,
        "because": ruling.because,
        "ruled_at": ruling.ruled_at,
        "payload": dump(ruling),
    }


def _tell(connection: Connection, ruling: Ruling, now: datetime) -> None:
    """What holds of the reading now. A rejection is left to the fold, which refuses it."""
    mine = select(RULINGS.c.payload).where(RULINGS.c.subject == ruling.subject)
    given = [load(Ruling, payload) for payload in connection.scalars(mine)]
    last = [ruling] if ruling.verdict is Verdict.WITHDRAW else []
    said = [
        Decision(each.subject, each.key, Reason.RULED, each.said, each.snapshot.at)
        for each in (*holding(given), *last)
        if each.verdict is not Verdict.REJECT
    ]
    restate(connection, {of_ruling(ruling.subject): said}, now)


def rulings(connection: Connection, key: Key | None = None) -> list[Ruling]:
    """All that were ever made, the earliest first."""
    chosen = select(RULINGS.c.payload).order_by(RULINGS.c.ruled_at, RULINGS.c.id)
    if key is not None:
        chosen = chosen.where(RULINGS.c.country == key[0], RULINGS.c.topic == key[1])
    return [load(Ruling, payload) for (payload,) in connection.execute(chosen)]


def as_rulings_leave_it(
    connection: Connection, key: Key, readings: Iterable[Reading], start: Checkpoint | None
) -> tuple[Reading, ...]:
    """The evidence on a key from `start` on. An article that was ruled on is looked at whole: what
    its words are now may be of another time than what they were."""
    given = rulings_on(connection, key)
    articles = {ruling.snapshot.article_id for ruling in given}
    others = (reading for reading in readings if reading.article_id not in articles)
    told = ruled(_readings(connection, key, articles), given)
    return (*others, *(reading for reading in told if _in_view(reading, start)))


def _in_view(reading: Reading, start: Checkpoint | None) -> bool:
    if reading.at is None:
        return False
    return start is None or reading.at.at > start.at or reading.id in start.needs


def _readings(connection: Connection, key: Key, articles: Iterable[str]) -> list[Reading]:
    mine = (READINGS.c.country == key[0], READINGS.c.topic == key[1])
    found: list[Reading] = []
    for piece in pieces(sorted(articles)):
        chosen = select_readings().where(*mine, READINGS.c.article_id.in_(piece))
        found += map(reading_of, connection.execute(chosen))
    return found


def rulings_on(connection: Connection, key: Key) -> list[Ruling]:
    """Those on words that their article still has; the snapshot with its date as known now."""
    chosen = _with_article().where(RULINGS.c.country == key[0], RULINGS.c.topic == key[1])
    return [_ruling_of(row) for row in connection.execute(chosen) if _words_stand(row)]


def _with_article() -> Select[Any]:
    current = (REVISIONS.c.id == ARTICLES.c.id) & (REVISIONS.c.revision == ARTICLES.c.current)
    return (
        select(
            RULINGS.c.payload,
            READINGS.c.revision,
            ARTICLES.c.published,
            ARTICLES.c.current,
            REVISIONS.c.title,
            REVISIONS.c.text,
        )
        .join(READINGS, READINGS.c.id == RULINGS.c.subject)
        .join(ARTICLES, ARTICLES.c.id == READINGS.c.article_id)
        .join(REVISIONS, current)
    )


def _ruling_of(row: Row[Any]) -> Ruling:
    ruling = load(Ruling, row.payload)
    return replace(ruling, snapshot=replace(ruling.snapshot, published=row.published))


def _words_stand(row: Row[Any]) -> bool:
    if row.revision == row.current:
        return True
    return stand_in(load(Ruling, row.payload).snapshot.quote, f"{row.title}\n{row.text}")


def ruled_on_in(connection: Connection, article_ids: Iterable[str]) -> list[Reading]:
    """What was ruled on in these articles, and what else they say on its key: an edit may take
    the words away, or bring them back."""
    found: list[Reading] = []
    for piece in pieces(article_ids):
        rows = connection.execute(_with_article().where(READINGS.c.article_id.in_(piece)))
        found += [_ruling_of(row).snapshot for row in rows]
    beside = [
        reading
        for key in {reading.key for reading in found}
        for reading in _readings(connection, key, {r.article_id for r in found if r.key == key})
    ]
    return found + beside


def apply(connection: Connection, found: dict[str, Reading]) -> dict[str, Reading]:
    """Readings by id as their own rulings have them."""
    given: list[Ruling] = []
    for piece in pieces(sorted(found)):
        chosen = select(RULINGS.c.payload).where(RULINGS.c.subject.in_(piece))
        given += [load(Ruling, payload) for (payload,) in connection.execute(chosen)]
    ruled = {each.subject: as_ruled(found[each.subject], each) for each in holding(given)}
    return found | ruled


def detected(connection: Connection, prefix: str, limit: int) -> list[Reading]:
    """Press readings as they were found, whatever was ruled, whose id begins so."""
    begins = (READINGS.c.id >= prefix, READINGS.c.id < f"{prefix}\U0010ffff")
    chosen = select_readings(current=False).where(READINGS.c.kind == PRESS, *begins)
    rows = connection.execute(chosen.order_by(READINGS.c.id).limit(limit))
    return [reading_of(row) for row in rows]


def detected_in(connection: Connection, article_id: str, country: str) -> Sequence[Reading]:
    """What the current wording of an article says of a country, as it was found."""
    mine = (READINGS.c.article_id == article_id, READINGS.c.country == country)
    rows = connection.execute(select_readings().where(*mine).order_by(READINGS.c.id))
    return [reading_of(row) for row in rows]
