"""Where a ledger is: its address, the engine behind it, and what may go wrong on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, OperationalError

from stancewatch.errors import LedgerAddressError, LedgerError

BUSY_SECONDS = 60  # how long a writer waits for another before it gives up
CONNECT_SECONDS = 10
MEND = "use sqlite:///PATH or postgresql://USER@HOST/DATABASE"

_LOGIN = re.compile(r"(?<=://)[^/@\s]*:[^@\s]*(?=@)")


def parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        where = _LOGIN.sub("***", url)
        raise LedgerAddressError("not a ledger address", where=where, mend=MEND) from None
    kind = parsed.get_backend_name()
    if kind == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(drivername="sqlite")
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    raise LedgerAddressError("no database of ours", where=shown(parsed), mend=MEND)


def shown(url: URL) -> str:
    """The address as it may be printed: without a password, wherever it stands."""
    secrets = [name for name in url.query if "pass" in name.lower()]
    return url.difference_update_query(secrets).render_as_string(hide_password=True)


def connect(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        options = {"timeout": BUSY_SECONDS}
        engine = create_engine(url, hide_parameters=True, connect_args=options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = {"connect_timeout": CONNECT_SECONDS}
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=options)


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    # The driver would begin transactions late and by itself; we begin them (`_begin_sqlite`).
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: one that only upgrades to it later could not wait."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine, where: str) -> Iterator[Connection]:
    """One unchanging view of the ledger, for as long as it takes."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.name == "postgresql" else {}
    with (
        expected(where),
        engine.connect().execution_options(**options) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def writing(engine: Engine, where: str) -> Iterator[Connection]:
    """One transaction: all of it or nothing."""
    with (
        expected(where),
        engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def expected(where: str) -> Iterator[None]:
    """What an operator can mend is a LedgerError; any other fault of a statement is ours."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise _told(error, where) from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:
            raise
        raise _told(error, where) from error


_MENDS = (
    ("locked", "another process holds it: wait, or stop that process"),
    ("unable to open", "the folder must exist and be writable"),
    ("readonly", "the file and its folder must be writable"),
    ("not a database", "the file is something else: choose another path"),
    ("malformed", "the file is damaged: restore it from a backup"),
    ("full", "the disk is full: make room"),
    ("password", "check the user name and password"),
    ("does not exist", "create the database first, for example with createdb"),
    ("", "check the address, and that the server runs and can be reached"),
)


def _told(error: DatabaseError | InterfaceError, where: str) -> LedgerError:
    problem = " ".join(str(error.orig).split())
    mend = next(mend for word, mend in _MENDS if word in problem.lower())
    return LedgerError(problem, where=where, mend=mend)
