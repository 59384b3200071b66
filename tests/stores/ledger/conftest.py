"""Every test of the ledger runs on SQLite, and in `make test-services` on PostgreSQL too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import create_engine, text

from stancewatch.stores.ledger import SqlLedger, open_ledger

POSTGRES = "STANCEWATCH_TEST_POSTGRES"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty place for a ledger."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.db"
    else:
        yield from _schema(tmp_path.name)


def _schema(name: str) -> Iterator[str]:
    server = os.environ.get(POSTGRES)
    if not server:
        pytest.fail(f"{POSTGRES} is not set: run this through tests/services/postgres.py")
    engine = create_engine(server.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text(f'DROP SCHEMA IF EXISTS "{name}" CASCADE'))
        connection.execute(text(f'CREATE SCHEMA "{name}"'))
    yield f"{server}?options={quote(f'-csearch_path={name}')}"
    with engine.begin() as connection:
        connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))
    engine.dispose()


@pytest.fixture
def ledger(url: str) -> Iterator[SqlLedger]:
    with open_ledger(url) as opened:
        yield opened
