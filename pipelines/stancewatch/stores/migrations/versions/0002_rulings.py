"""Rulings are found by their key and by what they rule on."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_index("ix_rulings_key", "rulings", ["country", "topic"], unique=False)
    op.create_index("ix_rulings_subject", "rulings", ["subject"], unique=False)
