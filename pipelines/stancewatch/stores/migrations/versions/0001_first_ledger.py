"""The first ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# As `stores/ledger/columns.py` had it: text in byte order on both databases.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("current", TEXT, nullable=True),
        sa.Column("published", TEXT, nullable=True),
        sa.Column("first_seen", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
    )
    op.create_index("ix_articles_published", "articles", ["published", "id"], unique=False)
    op.create_table(
        "decisions",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("country", TEXT, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=True),
        sa.Column("learned_at", TEXT, nullable=False),
        sa.Column("superseded_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_decisions")),
    )
    op.create_index("ix_decisions_key", "decisions", ["country", "topic", "at"], unique=False)
    op.create_index("ix_decisions_origin", "decisions", ["origin"], unique=False)
    op.create_index("ix_decisions_subject", "decisions", ["subject"], unique=False)
    op.create_table(
        "failures",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("first_seen", TEXT, nullable=False),
        sa.Column("last_seen", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failures")),
    )
    op.create_index("ix_failures_last_seen", "failures", ["last_seen"], unique=False)
    op.create_table(
        "feeds",
        sa.Column("url", TEXT, nullable=False),
        sa.Column("not_before", TEXT, nullable=True),
        sa.Column("payload", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_feeds")),
    )
    op.create_table(
        "incidents",
        sa.Column("incident", TEXT, nullable=False),
        sa.Column("route", TEXT, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("root_key", TEXT, nullable=False),
        sa.Column("told_at", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("incident", name=op.f("pk_incidents")),
    )
    op.create_table(
        "keys",
        sa.Column("country", TEXT, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("dirty", sa.Boolean(), nullable=False),
        sa.Column("quiet", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("country", "topic", name=op.f("pk_keys")),
    )
    op.create_table(
        "notifications",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("delivery_key", TEXT, nullable=False),
        sa.Column("root_key", TEXT, nullable=False),
        sa.Column("incident", TEXT, nullable=False),
        sa.Column("form", TEXT, nullable=False),
        sa.Column("sink", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("due", TEXT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", TEXT, nullable=False),
        sa.Column("queued_at", TEXT, nullable=False),
        sa.Column("ended_at", TEXT, nullable=True),
        sa.Column("payload", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_notifications")),
        sa.UniqueConstraint("delivery_key"),
    )
    op.create_index("ix_notifications_root_key", "notifications", ["root_key"], unique=False)
    op.create_index("ix_notifications_state", "notifications", ["state", "due"], unique=False)
    op.create_table(
        "progress",
        sa.Column("archive", TEXT, nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("advanced_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("archive", name=op.f("pk_progress")),
    )
    op.create_table(
        "receipts",
        sa.Column("delivery_key", TEXT, nullable=False),
        sa.Column("sent_at", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("delivery_key", name=op.f("pk_receipts")),
    )
    op.create_table(
        "rulings",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("country", TEXT, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("because", TEXT, nullable=False),
        sa.Column("ruled_at", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
    )
    op.create_table(
        "runs",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("command", TEXT, nullable=False),
        sa.Column("started", TEXT, nullable=False),
        sa.Column("ended", TEXT, nullable=True),
        sa.Column("counts", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_runs")),
    )
    op.create_table(
        "shifts",
        sa.Column("shift_id", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("country", TEXT, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("happened_at", TEXT, nullable=False),
        sa.Column("established_at", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("learned_at", TEXT, nullable=False),
        sa.Column("superseded_at", TEXT, nullable=True),
        sa.Column("payload", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("shift_id", "version", name=op.f("pk_shifts")),
    )
    op.create_index("ix_shifts_key", "shifts", ["topic", "country", "happened_at"], unique=False)
    op.create_table(
        "silences",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("until", TEXT, nullable=False),
        sa.Column("recorded_at", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
    )
    op.create_table(
        "stances",
        sa.Column("country", TEXT, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("level", TEXT, nullable=True),
        sa.Column("standing", TEXT, nullable=False),
        sa.Column("learned_at", TEXT, nullable=False),
        sa.Column("superseded_at", TEXT, nullable=True),
        sa.Column("payload", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("country", "topic", "version", name=op.f("pk_stances")),
    )
    op.create_table(
        "untold",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("shift_id", TEXT, nullable=False),
        sa.Column("change", TEXT, nullable=False),
        sa.Column("quiet", TEXT, nullable=False),
        sa.Column("learned_at", TEXT, nullable=False),
        sa.Column("settled_at", TEXT, nullable=True),
        sa.Column("payload", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_untold")),
        sa.UniqueConstraint("id"),
    )
    op.create_index(
        "ix_untold_waiting",
        "untold",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "revisions",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("revision", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("author", TEXT, nullable=True),
        sa.Column("lang", TEXT, nullable=True),
        sa.Column("published", TEXT, nullable=True),
        sa.Column("updated", TEXT, nullable=True),
        sa.Column("reader", TEXT, nullable=False),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("found", TEXT, nullable=False),
        sa.Column("first_seen", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["id"], ["articles.id"], name=op.f("fk_revisions_id")),
        sa.PrimaryKeyConstraint("id", "revision", name=op.f("pk_revisions")),
    )
    op.create_index("ix_revisions_reader", "revisions", ["reader", "id", "revision"], unique=False)
    op.create_table(
        "sightings",
        sa.Column("article_id", TEXT, nullable=False),
        sa.Column("feed", TEXT, nullable=False),
        sa.Column("seen_at", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_sightings_article_id")
        ),
        sa.PrimaryKeyConstraint("article_id", "feed", name=op.f("pk_sightings")),
    )
    op.create_table(
        "mentions",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("article_id", TEXT, nullable=False),
        sa.Column("revision", TEXT, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("country", TEXT, nullable=False),
        sa.Column("reader", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "revision"],
            ["revisions.id", "revisions.revision"],
            name=op.f("fk_mentions_article_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
    )
    op.create_index("ix_mentions_article", "mentions", ["article_id", "revision"], unique=False)
    op.create_table(
        "readings",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("country", TEXT, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("article_id", TEXT, nullable=True),
        sa.Column("revision", TEXT, nullable=True),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("learned_at", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "revision"],
            ["revisions.id", "revisions.revision"],
            name=op.f("fk_readings_article_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    op.create_index("ix_readings_article", "readings", ["article_id", "revision"], unique=False)
    op.create_index("ix_readings_key", "readings", ["country", "topic"], unique=False)
    op.create_table(
        "tellings",
        sa.Column("article_id", TEXT, nullable=False),
        sa.Column("revision", TEXT, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "revision"],
            ["revisions.id", "revisions.revision"],
            name=op.f("fk_tellings_article_id"),
        ),
        sa.PrimaryKeyConstraint("article_id", "revision", "place", name=op.f("pk_tellings")),
    )
