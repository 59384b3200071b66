"""What was found in a revision, in place of what was found in it before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, update

from stancewatch.core.article import Article
from stancewatch.core.record import Filing
from stancewatch.core.watch import Reading
from stancewatch.stores.ledger.codec import dump
from stancewatch.stores.ledger.decided import of_revision, restate
from stancewatch.stores.ledger.rows import upsert
from stancewatch.stores.ledger.schema import MENTIONS, READINGS, TELLINGS

Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Findings:
    """A filing whose findings are to stand; `replaces`: others may stand there now."""

    filing: Filing
    reader: str
    replaces: bool

    @property
    def place(self) -> Values:
        article = self.filing.article
        return {"article_id": article.id, "revision": article.revision}


def replace_findings(connection: Connection, fresh: Sequence[Findings], now: datetime) -> None:
    _retire(connection, [each.place for each in fresh if each.replaces])
    upsert(connection, MENTIONS, [row for each in fresh for row in _mentions(each)])
    upsert(connection, TELLINGS, [row for each in fresh for row in _tellings(each)])
    write_readings(connection, [row for each in fresh for row in _readings(each, now)])
    restate(
        connection,
        {
            _origin(each.filing.article): each.filing.decisions
            for each in fresh
            if each.replaces or each.filing.decisions
        },
        now,
    )


def _origin(article: Article) -> str:
    return of_revision(article.id, article.revision)


def _retire(connection: Connection, places: Iterable[Values]) -> None:
    rows = [{"a": place["article_id"], "r": place["revision"]} for place in places]
    if not rows:
        return
    for table in (MENTIONS, TELLINGS):
        gone = delete(table).where(
            table.c.article_id == bindparam("a"), table.c.revision == bindparam("r")
        )
        connection.execute(gone, rows)
    mine = (READINGS.c.article_id == bindparam("a"), READINGS.c.revision == bindparam("r"))
    connection.execute(update(READINGS).where(*mine).values(found=False), rows)


def _mentions(each: Findings) -> Iterator[Values]:
    article = each.filing.article
    for mention in each.filing.mentions:
        yield each.place | {
            "id": mention.id_in(article.id, article.revision),
            "topic": mention.topic,
            "country": mention.country,
            "reader": each.reader,
            "payload": dump(mention),
        }


def _tellings(each: Findings) -> Iterator[Values]:
    for number, telling in enumerate(each.filing.tellings):
        yield each.place | {"place": number, "topic": telling.topic, "payload": dump(telling)}


def _readings(each: Findings, now: datetime) -> Iterator[Values]:
    for reading in each.filing.readings:
        yield reading_row(reading, now) | each.place


def write_readings(connection: Connection, rows: Sequence[Values]) -> None:
    upsert(connection, READINGS, rows, keep=("learned_at",))


def reading_row(reading: Reading, now: datetime) -> Values:
    """Of a reading that stands in no article, as a baseline does."""
    return {
        "id": reading.id,
        "kind": reading.kind,
        "country": reading.key[0],
        "topic": reading.key[1],
        "article_id": None,
        "revision": None,
        "found": True,
        "at": reading.at,
        "learned_at": now,
        "payload": dump(reading),
    }
