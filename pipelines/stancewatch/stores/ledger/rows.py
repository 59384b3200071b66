"""Small helpers over rows: long id lists in pieces, upserts, articles and readings put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, Table, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from stancewatch.core.article import Article
from stancewatch.core.watch import Reading
from stancewatch.stores.ledger.codec import load
from stancewatch.stores.ledger.schema import ARTICLES, READINGS, REVISIONS

T = TypeVar("T")
AT_ONCE = 500  # values in one IN list: far below what either database allows


def pieces(values: Iterable[T]) -> Iterator[Sequence[T]]:
    iterator = iter(values)
    while piece := list(islice(iterator, AT_ONCE)):
        yield piece


def insert_missing(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]
) -> None:
    """Rows that are there already stay as they are."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, object]],
    *,
    keep: Sequence[str] = (),
) -> None:
    """Rows that are there already are replaced, but for the columns to `keep`."""
    if not rows:
        return
    statement = _insert(connection, table)
    key = [column.name for column in table.primary_key]
    values = {
        name: statement.excluded[name] for name in rows[0] if name not in key and name not in keep
    }
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=values), rows)


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


_ARTICLE = tuple(REVISIONS.c[name] for name in Article.__dataclass_fields__)


def select_articles() -> Select[Any]:
    return select(*_ARTICLE)


def article_of(row: Row[Any]) -> Article:
    return Article(*row[: len(_ARTICLE)])


def select_readings(*, current: bool = True) -> Select[Any]:
    """Readings as evidence; `current`: only those that speak now."""
    speaks = READINGS.c.revision.is_(None) | (READINGS.c.revision == ARTICLES.c.current)
    return _select_readings().where(READINGS.c.found, speaks) if current else _select_readings()


def select_overtaken() -> Select[Any]:
    """Readings of wordings in whose place another one speaks."""
    return _select_readings().where(READINGS.c.found, READINGS.c.revision != ARTICLES.c.current)


def _select_readings() -> Select[Any]:
    joined = READINGS.outerjoin(ARTICLES, READINGS.c.article_id == ARTICLES.c.id)
    chosen = select(READINGS.c.payload, READINGS.c.article_id, ARTICLES.c.published)
    return chosen.select_from(joined)


def reading_of(row: Row[Any]) -> Reading:
    """A press reading was published when any revision of its article first was."""
    payload, article_id, published = row.payload, row.article_id, row.published
    reading = load(Reading, payload)
    if article_id is None or reading.published == published:
        return reading
    return replace(reading, published=published)


Place = tuple[str, str, str]  # reader, article, revision
BEFORE_ALL: Place = ("", "", "")


def next_read_otherwise(
    connection: Connection, reader: str, after: Place
) -> tuple[list[Article], Place | None]:
    """The next revisions behind `after` that another reader read, and where they end."""
    index = (REVISIONS.c.reader, REVISIONS.c.id, REVISIONS.c.revision)
    behind = select_articles().add_columns(REVISIONS.c.reader).where(tuple_(*index) > after)
    # Two ranges of the index: "is another" would read the whole table in every cycle.
    lower = behind.where(REVISIONS.c.reader < reader)
    higher = behind.where(REVISIONS.c.reader > reader)
    for part in (lower, higher):
        rows = connection.execute(part.order_by(*index).limit(AT_ONCE)).all()
        if rows:
            articles = [article_of(row) for row in rows]
            return articles, (rows[-1].reader, articles[-1].id, articles[-1].revision)
    return [], None
