"""Texts in, what they say out: stateless, one JSON line for one, in order.

The output is the label format in which passages are labelled by hand, so that one can be scored
against the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stancewatch.core.article import Article, make_article
from stancewatch.core.mention import Mention
from stancewatch.core.moment import parse_moment
from stancewatch.core.occurrence import Telling
from stancewatch.core.ports import Detector
from stancewatch.errors import DetectError
from stancewatch.jobs.wiring import House


def detect_lines(house: House, lines: Iterable[bytes]) -> Iterator[tuple[str, bool]]:
    """For each line of UTF-8 (JSON text, whether it failed). Blank lines are passed over."""
    detector = house.detector.open()
    for number, line in enumerate(lines, 1):
        if line.strip():
            row = _row(line, number, detector)
            yield json.dumps(row, ensure_ascii=False), "error" in row


def _row(line: bytes, number: int, detector: Detector) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:  # not JSON, or not even text
        return {"id": None, "error": f"line {number} is not JSON: {error}"}
    if not isinstance(record, Mapping) or not isinstance(record.get("text"), str):
        return {"id": None, "error": f'line {number} is not an object with a "text"'}
    try:
        found = detector.detect(article_of(record))
    except DetectError as error:
        return {"id": record.get("id"), "error": f"line {number}: {error}"}
    row: dict[str, Any] = {
        "id": record.get("id"),
        "mentions": [mention_row(mention) for mention in found.mentions],
        "summits": [summit_row(telling) for telling in found.tellings],
    }
    return {**row, "unread": found.unread} if found.unread else row


def article_of(record: Mapping[str, Any]) -> Article:
    """The record as it is: spans count in its own text, so nothing is cleaned."""

    def word(name: str) -> str:
        return str(record.get(name) or "")

    return make_article(
        source=word("source"),
        title=word("title"),
        text=word("text"),
        url=word("url") or None,
        author=word("author") or None,
        lang=word("lang") or None,
        published=parse_moment(word("published")),
    )


def mention_row(mention: Mention) -> dict[str, Any]:
    return {
        "country": mention.country,
        "topic": mention.topic,
        "stance": mention.level,
        "voice": mention.voice,
        "conditional": mention.conditional,
        "condition": mention.condition,
        "current": mention.current,
        "confidence": mention.confidence / 1000,
        "field": mention.cue.field,
        "holder_text": mention.holder.text,
        "holder_span": [mention.holder.start, mention.holder.end],
        "cue_text": mention.cue.text,
        "cue_span": [mention.cue.start, mention.cue.end],
        "evidence": mention.evidence,
        "speaker": mention.speaker,
        "office": mention.office,
        "scope": {"whose": mention.whose, "where": mention.where},
        "stated_at": str(mention.stated_at) if mention.stated_at else None,
        "rule": mention.rule,
    }


def summit_row(telling: Telling) -> dict[str, Any]:
    return {
        "summit": telling.name,
        "place": telling.place,
        "outcome": telling.outcome,
        "countries": list(telling.countries),
    }
