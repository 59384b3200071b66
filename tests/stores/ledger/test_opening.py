"""A ledger is made, brought up, or refused with a reason and a mend."""

from __future__ import annotations

import pickle
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from stancewatch.errors import LedgerError
from stancewatch.stores.ledger import LedgerSpec, open_ledger, upgrade
from stancewatch.stores.ledger.address import connect, parse
from stancewatch.stores.ledger.schema import METADATA
from tests.stores.ledger.build import NOW, file, filing, stable

SECRET = "hunter-2-hunter"


def refused(url: str) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        open_ledger(url)
    assert caught.value.mend
    assert caught.value.where
    return caught.value


def set_version(url: str, version: str) -> None:
    engine = connect(parse(url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE ledger_version SET version_num = :v"), {"v": version})
    engine.dispose()


def test_what_was_filed_is_there_when_it_is_opened_again(url: str) -> None:
    with open_ledger(url) as ledger:
        file(ledger, filing("a", "2025-02-17", "willing"))
        before = stable(ledger)
    with open_ledger(url) as ledger:
        assert stable(ledger) == before != ""


def test_the_migrations_make_the_schema(url: str) -> None:
    open_ledger(url).close()
    engine = connect(parse(url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": upgrade.VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_the_head_is_the_newest_migration() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(upgrade.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [upgrade.HEAD]


NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "next", "{head}"


def upgrade():
    op.add_column("runs", sa.Column("machine", sa.Text))
    {more}
"""


def next_version(folder: Path, monkeypatch: pytest.MonkeyPatch, more: str) -> None:
    """A stancewatch with one migration more."""
    shutil.copytree(upgrade.MIGRATIONS, folder)
    (folder / "versions" / "next.py").write_text(NEXT.format(head=upgrade.HEAD, more=more))
    monkeypatch.setattr(upgrade, "MIGRATIONS", folder)
    monkeypatch.setattr(upgrade, "HEAD", "next")


def columns(url: str) -> list[str]:
    engine = connect(parse(url))
    found = [column["name"] for column in inspect(engine).get_columns("runs")]
    engine.dispose()
    return found


def test_an_older_ledger_is_brought_up(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_ledger(url) as ledger:
        file(ledger, filing("a", "2025-02-17", "willing"))
        before = stable(ledger)
    next_version(tmp_path / "next", monkeypatch, more="")
    for _ in range(2):
        with open_ledger(url) as ledger:
            assert stable(ledger) == before
    assert "machine" in columns(url)


def test_an_upgrade_that_fails_leaves_the_ledger_as_it_was(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ledger(url).close()
    with monkeypatch.context() as newer:
        next_version(tmp_path / "next", newer, more='raise ValueError("half way")')
        with pytest.raises(ValueError, match="half way"):
            open_ledger(url)
    assert "machine" not in columns(url)
    open_ledger(url).close()


def test_many_may_open_a_new_ledger_at_once(url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        ledgers = list(pool.map(open_ledger, [url] * 4))
    file(ledgers[0], filing("a", "2025-02-17", "willing"))
    assert {stable(ledger) for ledger in ledgers} == {stable(ledgers[0])}
    for ledger in ledgers:
        ledger.close()


def test_a_newer_ledger_is_refused(url: str) -> None:
    open_ledger(url).close()
    set_version(url, "9999")
    error = refused(url)
    assert "newer" in error.problem
    assert "9999" in error.problem
    assert "upgrade stancewatch" in error.mend


def test_a_database_of_others_is_refused_and_left_alone(url: str) -> None:
    engine = connect(parse(url))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE recipes (name TEXT)"))
    assert "recipes" in refused(url).problem
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM recipes")).scalar() == 0
        with pytest.raises(LedgerError):
            open_ledger(url)
    engine.dispose()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Buy milk.\n" * 500)
    assert "another path" in refused(f"sqlite:///{tmp_path}/notes.txt").mend


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert "folder" in refused(f"sqlite:///{tmp_path}/nowhere/ledger.db").mend


@pytest.mark.parametrize(
    "address",
    [
        "mysql://user:SECRET@localhost/db",
        "sqlite://",
        "sqlite:///:memory:",
        "ledger.db",
        "postgresql://user:SECRET@[broken/db",
        "postgresql://user:SECRET@127.0.0.1:1/db",
        "postgresql://127.0.0.1:1/db?user=me&password=SECRET",
    ],
)
def test_an_address_that_leads_nowhere_is_refused_without_its_password(address: str) -> None:
    error = refused(address.replace("SECRET", SECRET))
    assert SECRET not in f"{error} {error.where} {error.problem} {error!r}"


def test_a_ledger_held_by_another_is_refused_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stancewatch.stores.ledger.address.BUSY_SECONDS", 0.1)
    path = tmp_path / "ledger.db"
    with open_ledger(f"sqlite:///{path}") as ledger:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="another process"):
            file(ledger, filing("a", "2025-02-17", "willing"))
        other.execute("COMMIT")
        other.close()
        assert file(ledger, filing("a", "2025-02-17", "willing"))


def test_sqlite_is_set_up_to_survive(tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.db") as ledger, ledger._reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_spec_travels_and_keeps_the_password_to_itself(url: str) -> None:
    spec = pickle.loads(pickle.dumps(LedgerSpec(url)))
    with spec.open() as ledger:
        assert ledger.runs() == []
        assert ledger.begin_run("monitor", now=NOW) > 0
    assert SECRET not in repr(LedgerSpec(f"postgresql://me:{SECRET}@host/db"))
