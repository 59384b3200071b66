"""The ledger as rows that people script against (`stancewatch export`).

With `stable`, only history, and of it nothing that depends on when or in what order it was
learned: the same evidence gives the same rows, byte for byte, in every ledger. Without it, the
telling too, with every row of the record that was ever closed.

Rows are read as they are asked for; only the summits of a topic, which have to be merged, are
held together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy import Row as SqlRow

from stancewatch.core.compose import scope_words
from stancewatch.core.failure import Failure
from stancewatch.core.mention import Mention, Span
from stancewatch.core.moment import Moment, iso
from stancewatch.core.notification import Notification, Receipt
from stancewatch.core.occurrence import Occurrence, occurrences
from stancewatch.core.ruling import Ruling
from stancewatch.core.stance import Shift, Stance
from stancewatch.core.watch import Reading
from stancewatch.errors import UsageError
from stancewatch.stores.ledger.codec import load
from stancewatch.stores.ledger.queries import readings, select_shifts, sightings
from stancewatch.stores.ledger.rows import article_of, select_articles
from stancewatch.stores.ledger.schema import (
    ARTICLES,
    DECISIONS,
    FAILURES,
    MENTIONS,
    NOTIFICATIONS,
    RECEIPTS,
    REVISIONS,
    RULINGS,
    SHIFTS,
    STANCES,
    TELLINGS,
)

Row = dict[str, object]
Outcomes = Mapping[str, Sequence[str]]  # by topic, weightiest first: they merge its summits
AT_ONCE = 200  # rows held at a time


def exported(
    connection: Connection, types: Sequence[str], outcomes: Outcomes, stable: bool
) -> Iterator[Row]:
    """The types in the order of `TYPES`, whatever order they were asked for in."""
    if unknown := sorted(set(types) - TYPES.keys()):
        raise UsageError(f"no such type: {', '.join(unknown)}", mend=f"know {', '.join(TYPES)}")
    if stable and (telling := sorted(set(types) - set(HISTORY))):
        raise UsageError(
            f"not a matter of evidence alone: {', '.join(telling)}",
            mend=f"with --stable, ask for {', '.join(HISTORY)}",
        )
    for name, rows in TYPES.items():
        if name in types:
            yield from rows(connection, outcomes, stable)


def _stream(connection: Connection, chosen: Select[Any]) -> Iterator[Sequence[SqlRow[Any]]]:
    # The option is given to the statement: on the connection it would stay for all that follow.
    with connection.execute(chosen, execution_options={"yield_per": AT_ONCE}) as rows:
        yield from rows.partitions()


def _rows(connection: Connection, chosen: Select[Any]) -> Iterator[SqlRow[Any]]:
    return chain.from_iterable(_stream(connection, chosen))


def _articles(connection: Connection, _outcomes: Outcomes, stable: bool) -> Iterator[Row]:
    """One row an article: its current wording, and when any wording of it was first published."""
    chosen = (
        select_articles()
        .add_columns(ARTICLES.c.published.label("first_published"), ARTICLES.c.first_seen)
        .join(ARTICLES, _speaks(REVISIONS.c.id, REVISIONS.c.revision))
        .order_by(ARTICLES.c.published.nulls_first(), ARTICLES.c.id)
    )
    for row in _rows(connection, chosen):
        article = article_of(row)
        seen: Row = {} if stable else {"first_seen": iso(row.first_seen)}
        yield {
            "type": "article",
            "id": article.id,
            "revision": article.revision,
            "url": article.url,
            "source": article.source,
            "title": article.title,
            "text": article.text,
            "author": article.author,
            "lang": article.lang,
            "published": _moment(row.first_published),
            "updated": _moment(article.updated),
            **seen,
        }


def _speaks(article_id: Any, revision: Any) -> Any:
    return (ARTICLES.c.id == article_id) & (ARTICLES.c.current == revision)


def _mentions(connection: Connection, _outcomes: Outcomes, stable: bool) -> Iterator[Row]:
    chosen = (
        select(
            MENTIONS.c.id,
            MENTIONS.c.article_id,
            MENTIONS.c.revision,
            MENTIONS.c.reader,
            MENTIONS.c.payload,
            ARTICLES.c.published,
            REVISIONS.c.url,
        )
        .join(ARTICLES, _speaks(MENTIONS.c.article_id, MENTIONS.c.revision))
        .join(
            REVISIONS,
            (REVISIONS.c.id == MENTIONS.c.article_id)
            & (REVISIONS.c.revision == MENTIONS.c.revision),
        )
        .order_by(ARTICLES.c.published.nulls_first(), ARTICLES.c.id, MENTIONS.c.id)
    )
    for row in _rows(connection, chosen):
        where = {
            "type": "mention",
            "id": row.id,
            "article": row.article_id,
            "revision": row.revision,
            "url": row.url,
            "published": _moment(row.published),
        }
        reader = {} if stable else {"reader": row.reader}
        yield where | _mention(load(Mention, row.payload)) | reader


def _mention(mention: Mention) -> Row:
    """In the words of `stancewatch detect`."""
    return {
        "country": mention.country,
        "topic": mention.topic,
        "stance": mention.level,
        "voice": mention.voice.value,
        "conditional": mention.conditional,
        "current": mention.current,
        "confidence": _share(mention.confidence),
        **_span("holder", mention.holder),
        **_span("cue", mention.cue),
        "evidence": mention.evidence.value,
        "modality": mention.modality.value,
        "condition": mention.condition,
        "scope": scope_words(mention.whose, mention.where),
        "speaker": mention.speaker,
        "office": mention.office,
        "stated_at": _moment(mention.stated_at),
        "rule": mention.rule,
        "quote": mention.quote,
    }


def _span(name: str, span: Span) -> Row:
    return {
        f"{name}_text": span.text,
        f"{name}_span": [span.start, span.end],
        f"{name}_field": span.field.value,
    }


def _occurrences(connection: Connection, outcomes: Outcomes, _stable: bool) -> Iterator[Row]:
    topics = select(TELLINGS.c.topic).distinct().order_by(TELLINGS.c.topic)
    for topic in connection.scalars(topics).all():
        if topic not in outcomes:
            raise UsageError(
                f"the ledger has summits of the topic {topic}, which the rules do not know",
                mend="use the rules that this ledger was filled with",
            )
        for each in occurrences(sightings(connection, topic), outcomes[topic]):
            yield _occurrence(each)


def _occurrence(each: Occurrence) -> Row:
    return {
        "type": "occurrence",
        "id": each.id,
        "topic": each.topic,
        "summit": each.name,
        "place": each.place,
        "outcome": each.outcome,
        "countries": list(each.countries),
        "at": str(each.at),
        "last": str(each.last),
        "quote": each.quote,
        "articles": list(each.articles),
    }


def _shifts(connection: Connection, _outcomes: Outcomes, stable: bool) -> Iterator[Row]:
    chosen = select_shifts()
    if stable:
        chosen = chosen.where(SHIFTS.c.superseded_at.is_(None))
    for rows in _stream(connection, chosen):
        shifts = [(row, load(Shift, row.payload)) for row in rows]
        known = readings(connection, (each for _, s in shifts for each in (*s.evidence, *s.before)))
        for row, shift in shifts:
            yield _shift(row, shift, known) | ({} if stable else _record(row))


def _shift(row: SqlRow[Any], shift: Shift, known: Mapping[str, Reading]) -> Row:
    return {
        "type": "shift",
        "country": shift.key[0],
        "topic": shift.key[1],
        "from": shift.from_level,
        "to": shift.to_level,
        "happened_at": str(shift.happened_at),
        "established_at": str(shift.established_at),
        "status": row.status,
        "confidence": _share(shift.confidence),
        "condition": shift.condition,
        "conditions": [
            {"at": str(each.at), "condition": each.condition, "reading": each.reading}
            for each in shift.conditions
        ],
        "scope": scope_words(shift.whose, shift.where),
        "because": shift.because,
        "witnesses": shift.witnesses,
        "single_source": shift.single_source,
        "baseline": shift.baseline,
        "evidence": _evidence(shift.evidence, known),
        "before": _evidence(shift.before, known),
    }


def _record(row: SqlRow[Any]) -> Row:
    return {
        "id": row.shift_id,
        "version": row.version,
        "learned_at": iso(row.learned_at),
        "superseded_at": _time(row.superseded_at),
    }


def _evidence(ids: Iterable[str], known: Mapping[str, Reading]) -> list[Row]:
    return [_reading(known[each]) for each in ids if each in known]


def _reading(reading: Reading) -> Row:
    return {
        "id": reading.id,
        "quote": reading.quote,
        "speaker": reading.speaker,
        "office": reading.office,
        "evidence": reading.evidence.value,
        "modality": reading.modality.value,
        "level": reading.level,
        "confidence": _share(reading.confidence),
        "condition": reading.condition,
        "outlet": reading.outlet,
        "url": reading.url,
        "title": reading.title,
        "published": _moment(reading.published),
        "stated_at": _moment(reading.stated_at),
        "rule": reading.rule,
        "kind": reading.kind,
        "ruled": reading.ruled.said if reading.ruled else None,
    }


def _stances(connection: Connection, _outcomes: Outcomes, stable: bool) -> Iterator[Row]:
    chosen = select(STANCES).order_by(STANCES.c.topic, STANCES.c.country, STANCES.c.version)
    if stable:
        chosen = chosen.where(STANCES.c.superseded_at.is_(None))
    for row in _rows(connection, chosen):
        stance = load(Stance, row.payload)
        known = readings(connection, (*stance.evidence, *stance.opposed_by))
        yield _stance(stance, known) | ({} if stable else _telling(row))


def _stance(stance: Stance, known: Mapping[str, Reading]) -> Row:
    return {
        "type": "stance",
        "country": stance.key[0],
        "topic": stance.key[1],
        "level": stance.level,
        "standing": stance.standing.value,
        "since": _moment(stance.since),
        "confirmed_at": _moment(stance.confirmed_at),
        "confidence": _share(stance.confidence),
        "condition": stance.condition,
        "scope": scope_words(stance.whose, stance.where),
        "pending_level": stance.pending_level,
        "pending_since": _moment(stance.pending_since),
        "evidence": _evidence(stance.evidence, known),
        "opposed_by": _evidence(stance.opposed_by, known),
    }


def _telling(row: SqlRow[Any]) -> Row:
    return {
        "version": row.version,
        "learned_at": iso(row.learned_at),
        "superseded_at": _time(row.superseded_at),
    }


def _rulings(connection: Connection, _outcomes: Outcomes, _stable: bool) -> Iterator[Row]:
    chosen = select(RULINGS.c.payload).order_by(RULINGS.c.ruled_at, RULINGS.c.id)
    for row in _rows(connection, chosen):
        ruling = load(Ruling, row.payload)
        yield {
            "type": "ruling",
            "id": ruling.id,
            "country": ruling.key[0],
            "topic": ruling.key[1],
            "verdict": ruling.verdict.value,
            "level": ruling.level,
            "withdraws": ruling.withdraws,
            "subject": ruling.subject,
            "author": ruling.author,
            "because": ruling.because,
            "ruled_at": iso(ruling.ruled_at),
        }


def _decisions(connection: Connection, _outcomes: Outcomes, _stable: bool) -> Iterator[Row]:
    chosen = select(DECISIONS).order_by(
        DECISIONS.c.topic,
        DECISIONS.c.country,
        DECISIONS.c.at.nulls_first(),
        DECISIONS.c.subject,
        DECISIONS.c.learned_at,
        DECISIONS.c.digest,
        DECISIONS.c.seq,
    )
    for row in _rows(connection, chosen):
        yield {
            "type": "decision",
            "subject": row.subject,
            "country": row.country,
            "topic": row.topic,
            "reason": row.reason,
            "detail": row.detail,
            "at": _moment(row.at),
            "learned_at": iso(row.learned_at),
            "superseded_at": _time(row.superseded_at),
        }


def _failures(connection: Connection, _outcomes: Outcomes, _stable: bool) -> Iterator[Row]:
    chosen = select(FAILURES).order_by(FAILURES.c.first_seen, FAILURES.c.id)
    for row in _rows(connection, chosen):
        failure = load(Failure, row.payload)
        yield {
            "type": "failure",
            "id": row.id,
            "stage": failure.stage.value,
            "where": failure.where,
            "reason": failure.reason,
            "detail": failure.detail,
            "excerpt": failure.excerpt,
            "first_seen": iso(row.first_seen),
            "last_seen": iso(row.last_seen),
        }


def _notifications(connection: Connection, _outcomes: Outcomes, _stable: bool) -> Iterator[Row]:
    chosen = (
        select(NOTIFICATIONS, RECEIPTS.c.payload.label("receipt"), RECEIPTS.c.sent_at)
        .outerjoin(RECEIPTS, RECEIPTS.c.delivery_key == NOTIFICATIONS.c.delivery_key)
        .order_by(NOTIFICATIONS.c.queued_at, NOTIFICATIONS.c.seq)
    )
    for row in _rows(connection, chosen):
        yield _notification(row, load(Notification, row.payload))


def _notification(row: SqlRow[Any], notification: Notification) -> Row:
    receipt = None if row.receipt is None else load(Receipt, row.receipt)
    return {
        "type": "notification",
        "delivery_key": row.delivery_key,
        "incident": row.incident,
        "form": row.form,
        "sink": row.sink,
        "channel": row.channel,
        "topic": notification.topic,
        "headline": notification.headline,
        "shifts": [item.shift_id for item in notification.items],
        "state": row.state,
        "attempts": row.attempts,
        "problem": row.problem,
        "queued_at": iso(row.queued_at),
        "sent_at": _time(row.sent_at),
        "reference": receipt.reference if receipt else None,
        "recovered": receipt.recovered if receipt else None,
    }


def _moment(moment: Moment | None) -> str | None:
    return None if moment is None else str(moment)


def _time(at: datetime | None) -> str | None:
    return None if at is None else iso(at)


def _share(thousandths: int) -> float:
    return round(thousandths / 1000, 3)


TYPES: Mapping[str, Callable[[Connection, Outcomes, bool], Iterator[Row]]] = {
    "articles": _articles,
    "mentions": _mentions,
    "occurrences": _occurrences,
    "shifts": _shifts,
    "stances": _stances,
    "rulings": _rulings,
    "decisions": _decisions,
    "failures": _failures,
    "notifications": _notifications,
}
HISTORY = ("articles", "mentions", "occurrences", "shifts", "stances", "rulings")
