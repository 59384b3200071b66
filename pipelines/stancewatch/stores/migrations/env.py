"""Alembic's entry: migrations run on the connection, and in the transaction, that they are given.

To make a new one: change `stores/ledger/schema.py`, write the next file in `versions/`, and set
`HEAD` in `stores/ledger/upgrade.py`. The tests compare what it makes with the schema.
"""

from __future__ import annotations

from alembic import context

from stancewatch.stores.ledger.schema import METADATA
from stancewatch.stores.ledger.upgrade import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
context.run_migrations()
