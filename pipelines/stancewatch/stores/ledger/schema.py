"""The tables. What is asked for has a column; the value itself stands whole in `payload`.

Two kinds of row (see the design, "two kinds of truth"): history is replaced by what the evidence
now says, the telling is only ever added to and closed (`superseded_at`).

A change here needs a new file in `stores/migrations/versions`; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    text,
)

from stancewatch.stores.ledger.columns import Bytewise, Dated, Utc, Words

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

# SQLite numbers rows by itself only where the key is a plain INTEGER.
_SERIAL = BigInteger().with_variant(Integer(), "sqlite")


def _serial() -> Column[int]:
    """The order of arrival: never part of history."""
    return Column("seq", _SERIAL, primary_key=True, autoincrement=True)


def _live_index(name: str, *columns: str) -> Index:
    """Over what stands now: what was superseded only grows, and no fold asks for it."""
    live = text("superseded_at IS NULL")
    return Index(name, *columns, sqlite_where=live, postgresql_where=live)


FEEDS = Table(
    "feeds",
    METADATA,
    Column("url", Words, primary_key=True),
    Column("not_before", Utc),
    Column("payload", Words, nullable=False),
)

ARTICLES = Table(
    "articles",
    METADATA,
    Column("id", Bytewise, primary_key=True),
    Column("current", Bytewise),  # the revision that speaks; none until the filing is written
    Column("published", Dated),  # the earliest of all revisions
    Column("first_seen", Utc, nullable=False),
    Index("ix_articles_published", "published", "id"),
)

REVISIONS = Table(
    "revisions",
    METADATA,
    Column("id", Bytewise, ForeignKey(ARTICLES.c.id), primary_key=True),
    Column("revision", Bytewise, primary_key=True),
    Column("source", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("url", Words),
    Column("author", Words),
    Column("lang", Words),
    Column("published", Dated),
    Column("updated", Dated),
    Column("reader", Bytewise, nullable=False),
    # Which of several sightings was read, and the digest of what was found in it.
    Column("basis", Words, nullable=False),
    Column("found", Bytewise, nullable=False),
    Column("first_seen", Utc, nullable=False),
    Index("ix_revisions_reader", "reader", "id", "revision"),
)

SIGHTINGS = Table(
    "sightings",
    METADATA,
    Column("article_id", Bytewise, ForeignKey(ARTICLES.c.id), primary_key=True),
    Column("feed", Words, primary_key=True),
    Column("seen_at", Utc, nullable=False),
)


def _of_revision() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["article_id", "revision"], [REVISIONS.c.id, REVISIONS.c.revision])


MENTIONS = Table(
    "mentions",
    METADATA,
    Column("id", Bytewise, primary_key=True),
    Column("article_id", Bytewise, nullable=False),
    Column("revision", Bytewise, nullable=False),
    Column("topic", Words, nullable=False),
    Column("country", Words, nullable=False),
    Column("reader", Bytewise, nullable=False),
    Column("payload", Words, nullable=False),
    _of_revision(),
    Index("ix_mentions_article", "article_id", "revision"),
)

TELLINGS = Table(
    "tellings",
    METADATA,
    Column("article_id", Bytewise, primary_key=True),
    Column("revision", Bytewise, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("topic", Words, nullable=False),
    Column("payload", Words, nullable=False),
    _of_revision(),
)

READINGS = Table(
    "readings",
    METADATA,
    Column("id", Bytewise, primary_key=True),
    Column("kind", Bytewise, nullable=False),
    Column("country", Words, nullable=False),
    Column("topic", Words, nullable=False),
    Column("article_id", Bytewise),  # none for a baseline
    Column("revision", Bytewise),
    # A reading that is found no longer stays: a retraction must be able to quote it.
    Column("found", Boolean, nullable=False),
    # When the words were spoken, as far as is known; kept in step with the article's date.
    Column("at", Dated),
    Column("learned_at", Utc, nullable=False),
    Column("payload", Words, nullable=False),
    _of_revision(),
    Index("ix_readings_key", "country", "topic", "at"),
    Index("ix_readings_article", "article_id", "revision"),
)

KEYS = Table(
    "keys",
    METADATA,
    Column("country", Words, primary_key=True),
    Column("topic", Words, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("dirty", Boolean, nullable=False),
    Column("quiet", Bytewise, nullable=False),
    # Of a dirty key: the earliest evidence that changed; none where no dated evidence did.
    Column("since", Utc),
    Column("rules", Bytewise, nullable=False),  # the policy under which it was folded last
)

CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("country", Words, primary_key=True),
    Column("topic", Words, primary_key=True),
    Column("at", Utc, primary_key=True),
    Column("rules", Bytewise, nullable=False),
    Column("payload", Words, nullable=False),
)

SHIFTS = Table(
    "shifts",
    METADATA,
    Column("shift_id", Bytewise, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("country", Words, nullable=False),
    Column("topic", Words, nullable=False),
    Column("happened_at", Dated, nullable=False),
    Column("established_at", Dated, nullable=False),
    Column("step", Dated, nullable=False),
    Column("status", Bytewise, nullable=False),
    Column("learned_at", Utc, nullable=False),
    Column("superseded_at", Utc),
    Column("payload", Words, nullable=False),
    Index("ix_shifts_key", "topic", "country", "happened_at"),
    _live_index("ix_shifts_live", "country", "topic", "step"),
)

STANCES = Table(
    "stances",
    METADATA,
    Column("country", Words, primary_key=True),
    Column("topic", Words, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("level", Words),
    Column("standing", Bytewise, nullable=False),
    Column("learned_at", Utc, nullable=False),
    Column("superseded_at", Utc),
    Column("payload", Words, nullable=False),
    _live_index("ix_stances_live", "country", "topic"),
)

RULINGS = Table(
    "rulings",
    METADATA,
    Column("id", Bytewise, primary_key=True),
    Column("country", Words, nullable=False),
    Column("topic", Words, nullable=False),
    Column("subject", Bytewise, nullable=False),
    Column("author", Words, nullable=False),
    Column("because", Words, nullable=False),
    Column("ruled_at", Utc, nullable=False),
    Column("payload", Words, nullable=False),
    Index("ix_rulings_key", "country", "topic"),
    Index("ix_rulings_subject", "subject"),
)

DECISIONS = Table(
    "decisions",
    METADATA,
    _serial(),
    Column("origin", Words, nullable=False),  # which filing, fold or delivery decided
    Column("digest", Bytewise, nullable=False),
    Column("subject", Bytewise, nullable=False),
    Column("country", Words, nullable=False),
    Column("topic", Words, nullable=False),
    Column("reason", Bytewise, nullable=False),
    Column("detail", Words, nullable=False),
    Column("at", Dated),
    Column("learned_at", Utc, nullable=False),
    Column("superseded_at", Utc),
    Index("ix_decisions_key", "country", "topic", "at"),
    Index("ix_decisions_subject", "subject"),
    _live_index("ix_decisions_origin", "origin", "at"),
)

UNTOLD = Table(
    "untold",
    METADATA,
    _serial(),
    Column("id", Bytewise, nullable=False, unique=True),
    Column("shift_id", Bytewise, nullable=False),
    Column("change", Bytewise, nullable=False),
    Column("quiet", Bytewise, nullable=False),
    Column("learned_at", Utc, nullable=False),
    Column("settled_at", Utc),
    Column("payload", Words, nullable=False),
    Index(
        "ix_untold_waiting",
        "seq",
        sqlite_where=text("settled_at IS NULL"),
        postgresql_where=text("settled_at IS NULL"),
    ),
)

INCIDENTS = Table(
    "incidents",
    METADATA,
    Column("incident", Bytewise, primary_key=True),
    Column("route", Words, nullable=False),
    Column("topic", Words, nullable=False),
    Column("root_key", Bytewise, nullable=False),
    Column("told_at", Utc, nullable=False),
    Column("payload", Words, nullable=False),
)

NOTIFICATIONS = Table(
    "notifications",
    METADATA,
    _serial(),
    Column("delivery_key", Bytewise, nullable=False, unique=True),
    Column("root_key", Bytewise, nullable=False),
    Column("incident", Bytewise, nullable=False),
    Column("form", Bytewise, nullable=False),
    Column("sink", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("state", Bytewise, nullable=False),
    Column("due", Utc, nullable=False),  # of a leased message: when its lease runs out
    Column("attempts", Integer, nullable=False),
    Column("problem", Words, nullable=False),
    Column("queued_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("payload", Words, nullable=False),
    Index("ix_notifications_state", "state", "due"),
    Index("ix_notifications_root_key", "root_key"),
)

RECEIPTS = Table(
    "receipts",
    METADATA,
    Column("delivery_key", Bytewise, primary_key=True),
    Column("sent_at", Utc, nullable=False),
    Column("payload", Words, nullable=False),
)

SILENCES = Table(
    "silences",
    METADATA,
    Column("id", Words, primary_key=True),
    Column("until", Utc, nullable=False),
    Column("recorded_at", Utc, nullable=False),
    Column("payload", Words, nullable=False),
)

FAILURES = Table(
    "failures",
    METADATA,
    Column("id", Bytewise, primary_key=True),
    Column("stage", Bytewise, nullable=False),
    Column("reason", Words, nullable=False),
    Column("first_seen", Utc, nullable=False),
    Column("last_seen", Utc, nullable=False),
    Column("payload", Words, nullable=False),
    Index("ix_failures_last_seen", "last_seen"),
)

RUNS = Table(
    "runs",
    METADATA,
    _serial(),
    Column("command", Words, nullable=False),
    Column("started", Utc, nullable=False),
    Column("ended", Utc),
    Column("counts", Words, nullable=False),
)

PROGRESS = Table(
    "progress",
    METADATA,
    Column("archive", Bytewise, primary_key=True),
    Column("done", BigInteger, nullable=False),  # articles committed, from the start
    Column("advanced_at", Utc, nullable=False),
)
