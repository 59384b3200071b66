"""One record of an archive as an Article, or the Failure that says why it is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from stancewatch.core.article import Article, domain, make_article
from stancewatch.core.failure import Failure, Stage, clip
from stancewatch.core.moment import Moment, parse_moment, plausible
from stancewatch.errors import UsageError
from stancewatch.sources.feed import language
from stancewatch.sources.text import clean, line

FIELDS = ("id", "title", "text", "author", "published", "updated", "lang", "url", "source")
DATES = ("published", "updated")


class Reason:
    """Why a record, or the rest of a file, could not be used."""

    BAD_RECORD = "bad-record"
    BAD_FIELD = "bad-field"
    BAD_ENCODING = "bad-encoding"
    NO_TEXT = "no-title-and-no-text"
    TOO_LONG = "too-long"
    TRUNCATED = "truncated"
    BROKEN = "broken-file"
    UNREADABLE = "unreadable-file"
    UNKNOWN = "unknown-format"


@dataclass(frozen=True, slots=True)
class Shape:
    """How an archive calls our fields (ours -> theirs), and what holds where a record is silent."""

    fields: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    lang: str | None = None
    published: str | None = None

    def __post_init__(self) -> None:
        unknown = sorted(set(self.fields) - set(FIELDS))
        if unknown:
            problem = f"no such field of an article: {', '.join(unknown)}"
            raise UsageError(problem, mend=f"the fields are {', '.join(FIELDS)}")


PLAIN = Shape()


def article_of(record: object, where: str, shape: Shape, now: datetime) -> Article | Failure:
    """The article that a record tells. A date that cannot be read leaves it undated."""
    if not isinstance(record, Mapping):
        return failure(where, Reason.BAD_RECORD, "the record is not an object with fields", record)
    values = {name: record.get(shape.fields.get(name, name)) for name in FIELDS}
    bad = [name for name in FIELDS if not _fits(name, values[name])]
    if bad:
        return failure(where, Reason.BAD_FIELD, f"not a text: {', '.join(bad)}", record)
    words = {name: "" if value is None else str(value) for name, value in values.items()}
    title, text = line(words["title"]), clean(words["text"])
    if not title and not text:
        detail = "the record has neither a title nor a text that can be used"
        return failure(where, Reason.NO_TEXT, detail, record)
    return make_article(
        source=line(words["source"]) or shape.source or domain(words["url"]),
        title=title,
        text=text,
        url=words["url"] or None,
        author=line(words["author"]) or None,
        lang=language(words["lang"]) or shape.lang,
        published=_date(words["published"] or shape.published, now),
        updated=_date(words["updated"], now),
    )


def _fits(name: str, value: object) -> bool:
    """Text, or nothing. Ids may be numbers, and a year is written as one by some."""
    return value is None or isinstance(value, str) or name == "id" or name in DATES


def _date(written: str | None, now: datetime) -> Moment | None:
    moment = parse_moment(written)
    return moment if plausible(moment, now) else None


def failure(where: str, reason: str, detail: str, record: object = "") -> Failure:
    if not isinstance(record, str):
        record = json.dumps(record, ensure_ascii=True, default=str)
    return Failure(Stage.GATHER, where, reason, detail, clip(clean(record)))
