"""Every ledger that is opened is of our version: made, brought up, or refused."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from stancewatch.errors import LedgerError
from stancewatch.stores.ledger.address import reading, writing

MIGRATIONS = Path(__file__).parents[1] / "migrations"
HEAD = "0003"  # the newest file in migrations/versions; Alembic costs too much to be asked
VERSION_TABLE = "ledger_version"
# Any number that no other program would lock on in the same database.
_UPGRADE_LOCK = 7238117


def bring_up(engine: Engine, where: str) -> None:
    """Create, upgrade, or refuse. Several processes may do so at once: one of them works."""
    with reading(engine, where) as connection:
        if _version(connection, where) == HEAD:
            return
    with writing(engine, where) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _UPGRADE_LOCK})
        if _version(connection, where) != HEAD:
            _migrate(connection, where)


def _version(connection: Connection, where: str) -> str | None:
    """None for an empty database; anything that is neither empty nor a ledger is refused."""
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE in tables:
        found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
        return found.scalar()
    if tables:
        raise LedgerError(
            f"not a ledger: it holds other tables ({', '.join(sorted(tables)[:3])})",
            where=where,
            mend="give the ledger a file or database of its own",
        )
    return None


def _migrate(connection: Connection, where: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise LedgerError(
            f"made by a newer stancewatch (version {_version(connection, where)} is unknown here)",
            where=where,
            mend="upgrade stancewatch, or name another ledger",
        ) from error
