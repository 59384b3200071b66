"""Evidence comes in. One call is one transaction, and the order of the calls leaves no trace.

    lock the articles -> merge what is known of each revision -> replace what was found in it
    -> compare the evidence before and after -> mark the keys that differ

What is filed of a revision is the union of its sightings (dates, names) with what was found in
one of them: in the least, which is the one nearest to the union. Two workers that read two
sightings at the same time may leave a union that nobody has read: it is marked as read in part,
and listed to be read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from stancewatch.core.article import Article, earliest, merge
from stancewatch.core.digest import digest
from stancewatch.core.moment import Moment
from stancewatch.core.record import Filing
from stancewatch.core.watch import Decision, Key, Reading, Reason
from stancewatch.core.weigh import decision_on, refuse_undated
from stancewatch.stores.ledger.codec import dump
from stancewatch.stores.ledger.columns import stored
from stancewatch.stores.ledger.decided import of_undated, of_wordings, restate
from stancewatch.stores.ledger.findings import Findings, replace_findings
from stancewatch.stores.ledger.keys import mark, touched_by
from stancewatch.stores.ledger.rows import (
    article_of,
    insert_missing,
    pieces,
    reading_of,
    select_articles,
    select_overtaken,
    select_readings,
    upsert,
)
from stancewatch.stores.ledger.rulings import ruled_on_in
from stancewatch.stores.ledger.schema import ARTICLES, READINGS, REVISIONS

Revision = tuple[str, str]
_PARTLY = "in part: "
Evidence = dict[str, Reading]


@dataclass(frozen=True, slots=True)
class _Filed:
    """A revision as it stands: the merged article, who read it, from which sighting, and what."""

    article: Article
    reader: str
    basis: str
    found: str
    filing: Filing | None = None  # what was found, where that is new
    known: bool = False

    @property
    def reader_mark(self) -> str:
        """The reader, if what it read was the article as it is now merged."""
        whole = self.basis == _basis(self.article)
        return self.reader if whole else partly(self.reader)


def partly(reader: str) -> str:
    return f"{_PARTLY}{reader}"


def file_all(
    connection: Connection, filings: Sequence[Filing], reader: str, now: datetime, quiet: str
) -> list[Key]:
    ids = sorted({filing.article.id for filing in filings})
    _lock(connection, ids, now)
    before = _evidence(connection, ids)
    standing = _standing(connection, ids)
    filed = _merged(filings, standing, reader)
    changed = [each for each in filed.values() if each != standing.get(_revision(each.article))]
    _write_revisions(connection, changed, now)
    _replace_findings(connection, changed, now)
    _write_heads(connection, changed, {**standing, **filed})
    after = _evidence(connection, ids)
    differing = _differing(before, after)
    _write_dates(connection, [after[each.id] for each in differing if each.id in after])
    _decide_undated(connection, differing, after, now)
    touched = sorted({each.article.id for each in changed})
    _decide_revised(connection, touched, now)
    return mark(connection, touched_by((*differing, *ruled_on_in(connection, touched))), quiet)


def _revision(article: Article) -> Revision:
    return article.id, article.revision


def _lock(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """In one order, so that two writers wait for each other in a queue and not in a ring."""
    insert_missing(connection, ARTICLES, [{"id": each, "first_seen": now} for each in ids])
    for piece in pieces(ids):
        rows = select(ARTICLES.c.id).where(ARTICLES.c.id.in_(piece)).order_by(ARTICLES.c.id)
        connection.execute(rows.with_for_update()).all()


def _evidence(connection: Connection, ids: Iterable[str]) -> Evidence:
    found: Evidence = {}
    for piece in pieces(ids):
        rows = connection.execute(select_readings().where(READINGS.c.article_id.in_(piece)))
        found |= {reading.id: reading for reading in map(reading_of, rows)}
    return found


def _differing(before: Evidence, after: Evidence) -> list[Reading]:
    """Readings that came, went or changed; those that changed as they were and as they are."""
    return [
        reading
        for side, other in ((before, after), (after, before))
        for reading in side.values()
        if other.get(reading.id) != reading
    ]


def _write_dates(connection: Connection, readings: Iterable[Reading]) -> None:
    """A reading is of the day on which any wording of its article was first published."""
    rows = [{"reading": each.id, "now": each.at} for each in readings]
    if rows:
        dated = update(READINGS).where(READINGS.c.id == bindparam("reading"))
        connection.execute(dated.values(at=bindparam("now")), rows)


def _decide_undated(
    connection: Connection, differing: Iterable[Reading], after: Evidence, now: datetime
) -> None:
    """No fold looks at what nothing dates, so here is where it is said."""
    stated: dict[str, list[Decision]] = {of_undated(each.article_id): [] for each in differing}
    for reading in after.values():
        origin = of_undated(reading.article_id)
        if origin in stated and (undated := refuse_undated(reading)):
            stated[origin].append(decision_on(reading, *undated))
    restate(connection, stated, now)


def _decide_revised(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """What earlier wordings said, and what late-comers among them say: why it does not count."""
    stated: dict[str, list[Decision]] = {of_wordings(each): [] for each in ids}
    for piece in pieces(ids):
        overtaken = select_overtaken().where(READINGS.c.article_id.in_(piece))
        for reading in map(reading_of, connection.execute(overtaken)):
            revised = decision_on(reading, Reason.REVISED, "a later wording of the article speaks")
            stated[of_wordings(reading.article_id)].append(revised)
    restate(connection, stated, now)


def _standing(connection: Connection, ids: Iterable[str]) -> dict[Revision, _Filed]:
    found: dict[Revision, _Filed] = {}
    marks = (REVISIONS.c.reader, REVISIONS.c.basis, REVISIONS.c.found)
    for piece in pieces(ids):
        rows = connection.execute(
            select_articles().add_columns(*marks).where(REVISIONS.c.id.in_(piece))
        )
        for row in rows:
            article = article_of(row)
            found[_revision(article)] = _Filed(
                article, row.reader.removeprefix(_PARTLY), row.basis, row.found, known=True
            )
    return found


def _merged(
    filings: Sequence[Filing], standing: dict[Revision, _Filed], reader: str
) -> dict[Revision, _Filed]:
    merged: dict[Revision, _Filed] = {}
    for filing in filings:
        revision = _revision(filing.article)
        merged[revision] = _take(filing, merged.get(revision) or standing.get(revision), reader)
    return merged


def _take(filing: Filing, earlier: _Filed | None, reader: str) -> _Filed:
    new = _Filed(filing.article, reader, _basis(filing.article), _found(filing), filing)
    if earlier is None:
        return new
    article = merge((filing.article, earlier.article))
    if (earlier.reader, earlier.found) == (reader, new.found):
        return replace(earlier, article=article, basis=min(earlier.basis, new.basis))
    if earlier.reader == reader and earlier.basis < new.basis:
        return replace(earlier, article=article)
    return replace(new, article=article, known=earlier.known)


def _basis(article: Article) -> str:
    """Orders the sightings of a revision as `merge` does, so that no sighting is below the union:
    the least is the one whose reading counts."""
    dates = [_or_last(stored(m) if m else "") for m in (article.published, article.updated)]
    names = [_or_last(name) for name in (article.author, article.lang)]
    return "\0".join((*dates, article.source, *names))


def _or_last(value: str | None) -> str:
    return f"0{value}" if value else "1"


def _found(filing: Filing) -> str:
    parts = (*filing.mentions, *filing.tellings, *filing.readings, *filing.decisions)
    return digest("found", *sorted(map(dump, parts)))


def _write_revisions(connection: Connection, changed: Sequence[_Filed], now: datetime) -> None:
    fields = Article.__dataclass_fields__
    rows = [
        {name: getattr(each.article, name) for name in fields}
        | {"reader": each.reader_mark, "basis": each.basis, "found": each.found, "first_seen": now}
        for each in changed
    ]
    upsert(connection, REVISIONS, rows, keep=("title", "text", "url", "first_seen"))


def _replace_findings(connection: Connection, changed: Sequence[_Filed], now: datetime) -> None:
    fresh = [
        Findings(each.filing, each.reader, replaces=each.known) for each in changed if each.filing
    ]
    replace_findings(connection, fresh, now)


def _write_heads(
    connection: Connection, changed: Sequence[_Filed], known: dict[Revision, _Filed]
) -> None:
    touched = {each.article.id for each in changed}
    by_id: dict[str, list[Article]] = {}
    for each in known.values():
        if each.article.id in touched:
            by_id.setdefault(each.article.id, []).append(each.article)
    if not by_id:
        return
    heads = [
        {
            "head": article_id,
            "current": max(articles, key=lambda a: a.version).revision,
            "published": _first_published(articles),
        }
        for article_id, articles in sorted(by_id.items())
    ]
    connection.execute(
        # The columns to set are those that the rows name.
        update(ARTICLES).where(ARTICLES.c.id == bindparam("head")),
        heads,
    )


def _first_published(articles: Iterable[Article]) -> Moment | None:
    first: Moment | None = None
    for article in articles:
        first = earliest(first, article.published)
    return first
