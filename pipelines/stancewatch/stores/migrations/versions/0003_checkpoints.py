"""Folds go on from checkpoints. A ledger of before is folded once more from its beginning."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# As `stores/ledger/columns.py` had it: text in byte order on both databases.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BEGINNING = "0001-01-01T00:00:00.000000Z"


def upgrade() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("country", TEXT, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("rules", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("country", "topic", "at", name=op.f("pk_checkpoints")),
    )
    with op.batch_alter_table("readings") as readings:
        readings.add_column(sa.Column("at", TEXT, nullable=True))
        readings.drop_index("ix_readings_key")
        readings.create_index("ix_readings_key", ["country", "topic", "at"], unique=False)
    with op.batch_alter_table("keys") as keys:
        keys.add_column(sa.Column("since", TEXT, nullable=True))
        keys.add_column(sa.Column("rules", TEXT, nullable=False, server_default=""))
    with op.batch_alter_table("shifts") as shifts:
        shifts.add_column(sa.Column("step", TEXT, nullable=False, server_default=""))
    op.drop_index("ix_decisions_origin", "decisions")
    _index_live("ix_decisions_origin", "decisions", "origin", "at")
    _index_live("ix_stances_live", "stances", "country", "topic")
    _index_live("ix_shifts_live", "shifts", "country", "topic", "step")
    _date_readings()
    _date_shifts()
    _date_untold()
    # Who folds next finds everything as it was, and leaves checkpoints.
    op.execute(
        sa.text("UPDATE keys SET dirty = :yes, quiet = 'rebuilt', since = :start").bindparams(
            sa.bindparam("yes", True, sa.Boolean), start=BEGINNING
        )
    )


def _index_live(name: str, table: str, *columns: str) -> None:
    live = sa.text("superseded_at IS NULL")
    op.create_index(name, table, columns, sqlite_where=live, postgresql_where=live)


def _date_readings() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT r.id, r.payload, r.article_id, a.published FROM readings r"
            " LEFT JOIN articles a ON a.id = r.article_id"
        )
    ).all()
    for row in rows:
        reading = json.loads(row.payload)
        published = _stored(reading["published"]) if row.article_id is None else row.published
        at = _when(_stored(reading["stated_at"]), published)
        connection.execute(
            sa.text("UPDATE readings SET at = :at WHERE id = :id"), {"at": at, "id": row.id}
        )


def _when(stated: str | None, told: str | None) -> str | None:
    """As `Reading.at` had it."""
    if stated is None or told is None or not stated.endswith("|day"):
        return stated or told
    same_day = told.endswith("|instant") and told[:10] == stated[:10]
    return told if same_day else stated


def _stored(moment: dict[str, object] | None) -> str | None:
    if moment is None:
        return None
    return f"{moment['at']['utc']}|{moment['precision']}"  # type: ignore[index]


def _date_shifts() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT shift_id, version, payload FROM shifts")).all():
        shift = json.loads(row.payload)
        shift["step"] = shift["happened_at"]
        connection.execute(
            sa.text(
                "UPDATE shifts SET payload = :payload, step = :step"
                " WHERE shift_id = :id AND version = :version"
            ),
            {
                "payload": _dumped(shift),
                "step": _stored(shift["step"]),
                "id": row.shift_id,
                "version": row.version,
            },
        )


def _date_untold() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT id, payload FROM untold")).all():
        recorded = json.loads(row.payload)
        recorded["shift"]["step"] = recorded["shift"]["happened_at"]
        connection.execute(
            sa.text("UPDATE untold SET payload = :payload WHERE id = :id"),
            {"payload": _dumped(recorded), "id": row.id},
        )


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
