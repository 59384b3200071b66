"""Small named things for scenarios, and the loop that keeps a ledger's history up to date."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from stancewatch.core.actor import Voice
from stancewatch.core.article import Article, make_article
from stancewatch.core.fold import SPACING, rules_digest
from stancewatch.core.mention import Evidence, Field, Mention, Modality, Span
from stancewatch.core.moment import parse_moment
from stancewatch.core.occurrence import Telling
from stancewatch.core.record import Filing
from stancewatch.core.watch import Key, Reading
from stancewatch.stores.ledger import HISTORY, SqlLedger
from stancewatch.transforms.refold import fold_key
from tests.core.build import KEY, POLICY, says

READER = "rules and detector 1"
SUMMIT = "summit"
OUTCOMES = {SUMMIT: ("pledged", "held", "upcoming")}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours_later(now: datetime, hours: int = 1) -> datetime:
    return now + timedelta(hours=hours)


NOW = at("2025-03-01T12:00:00")
LATER = at("2025-03-02T12:00:00")


def article(path: str, on: str | None = None, **changes: Any) -> Article:
    fields: dict[str, Any] = {
        "source": "paper.example",
        "title": f"The news of {path}",
        "text": f"What {path} has to say.",
        "url": f"https://paper.example/{path}",
        "published": parse_moment(on),
    }
    return make_article(**{**fields, **changes})


def reading(of: Article, level: str, **changes: Any) -> Reading:
    """The leader's own words, as this article has them."""
    on = str(of.published) if of.published else None
    made = says(level, on, article=of.id, **changes)
    return replace(made, id=f"{made.id}-{of.revision[:8]}", url=of.url, title=of.title)


def mention(of: Article, level: str, country: str = KEY[0]) -> Mention:
    return Mention(
        topic=KEY[1],
        country=country,
        level=level,
        voice=Voice.GOVERNMENT,
        evidence=Evidence.OWN_WORDS,
        modality=Modality.ASSERTED,
        current=True,
        quote=of.text,
        holder=Span(0, 4, of.text[:4]),
        cue=Span(5, 9, of.text[5:9], Field.TEXT),
        rule="cue",
        confidence=875,
    )


def telling(outcome: str, on: str | None = None, place: str = "Paris") -> Telling:
    return Telling(
        topic=SUMMIT,
        name=f"the {place} summit",
        place=place,
        outcome=outcome,
        countries=("FR", "GB"),
        on=parse_moment(on),
        quote=f"{outcome} in {place}",
        span=Span(0, 3, "The"),
        rule="gathering",
        confidence=700,
    )


def filing(path: str, on: str | None, level: str, **changes: Any) -> Filing:
    """An article with one reading of KEY (or `key`) in it."""
    key = changes.pop("key", KEY)
    text = changes.pop("text", f"{path} says {level}.")
    of = article(path, on, text=text, updated=parse_moment(changes.pop("updated", None)))
    found = reading(of, level, key=key, text=text, **changes)
    return Filing(of, (mention(of, level, key[0]),), (), (found,))


def file(ledger: SqlLedger, *filings: Filing, now: datetime = NOW, **options: Any) -> Sequence[Key]:
    return ledger.file(filings, reader=options.pop("reader", READER), now=now, **options)


def refold(ledger: SqlLedger, now: datetime = NOW, spacing: int = SPACING) -> int:
    """What `track` does with every dirty key; the number of changes."""
    changes = 0
    for key in ledger.dirty():
        known = ledger.evidence(key, rules_digest(POLICY, ()))
        outcome = fold_key(key, known, POLICY, spacing=spacing)
        assert ledger.commit(outcome, now=now, quiet=known.quiet)
        changes += len(outcome.difference.changes)
    return changes


def stable(ledger: SqlLedger, types: Iterable[str] = HISTORY) -> str:
    """The history, byte for byte."""
    rows = ledger.export(list(types), outcomes=OUTCOMES, stable=True)
    return "\n".join(json.dumps(row) for row in rows)


def levels(ledger: SqlLedger, key: Key = KEY) -> list[str]:
    return [row.shift.to_level for row in ledger.shifts(key)]
