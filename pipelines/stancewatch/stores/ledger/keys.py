"""Keys and their versions: what guards a fold against evidence that came in meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, case, false, select, true, update

from stancewatch.core.watch import Key
from stancewatch.stores.ledger.rows import insert_missing
from stancewatch.stores.ledger.schema import KEYS


def mark(connection: Connection, keys: Iterable[Key], quiet: str) -> list[Key]:
    """These keys want refolding. In one order, so that two writers do not wait in a ring.

    A mark that is there already and wants somebody told keeps wanting it."""
    ordered = sorted(keys)
    loud = KEYS.c.dirty & (KEYS.c.quiet == "")
    values = {"version": KEYS.c.version + 1, "dirty": true()}
    for key in ordered:
        enter(connection, key)
        changed = update(KEYS).where(KEYS.c.country == key[0], KEYS.c.topic == key[1])
        connection.execute(changed.values(**values, quiet=case((loud, ""), else_=quiet)))
    return ordered


def enter(connection: Connection, key: Key) -> None:
    row = {"country": key[0], "topic": key[1], "version": 0, "dirty": False, "quiet": ""}
    insert_missing(connection, KEYS, [row])


def all_keys(connection: Connection, *, dirty: bool = False) -> list[Key]:
    rows = select(KEYS.c.country, KEYS.c.topic).order_by(KEYS.c.country, KEYS.c.topic)
    if dirty:
        rows = rows.where(KEYS.c.dirty)
    return [(country, topic) for country, topic in connection.execute(rows)]


def mark_of(connection: Connection, key: Key) -> tuple[int, str]:
    """The key's version, and the reason to tell nobody that its dirty mark holds."""
    found = select(KEYS.c.version, KEYS.c.quiet)
    row = connection.execute(found.where(KEYS.c.country == key[0], KEYS.c.topic == key[1])).first()
    return (row.version, row.quiet) if row else (0, "")


def settle(connection: Connection, key: Key, expected: int) -> bool:
    """Compare and swap: clear the mark if nothing touched the key since `expected`."""
    enter(connection, key)
    result = connection.execute(
        update(KEYS)
        .where(KEYS.c.country == key[0], KEYS.c.topic == key[1], KEYS.c.version == expected)
        .values(version=KEYS.c.version + 1, dirty=false(), quiet="")
    )
    return result.rowcount == 1
