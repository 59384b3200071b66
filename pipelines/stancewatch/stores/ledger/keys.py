"""Keys and their versions: what guards a fold against evidence that came in meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    case,
    false,
    literal,
    null,
    or_,
    select,
    true,
    update,
)

from stancewatch.core.watch import Key, Reading
from stancewatch.stores.ledger.rows import insert_missing
from stancewatch.stores.ledger.schema import KEYS

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
Touched = Mapping[Key, datetime | None]  # when its earliest changed evidence was spoken, if dated


@dataclass(frozen=True, slots=True)
class Mark:
    """How a key stands: its version, the reason to tell nobody, and from when on to refold."""

    version: int = 0
    quiet: str = ""
    since: datetime | None = None


def touched_by(readings: Iterable[Reading]) -> dict[Key, datetime | None]:
    """The keys of these readings, each with the earliest instant among them."""
    found: dict[Key, datetime | None] = {}
    for reading in readings:
        times = (found.get(reading.key), reading.at.at if reading.at else None)
        found[reading.key] = min((each for each in times if each), default=None)
    return found


def mark(connection: Connection, touched: Touched, quiet: str) -> list[Key]:
    """These keys want refolding. In one order, so that two writers do not wait in a ring.

    A mark that is there already and wants somebody told keeps wanting it."""
    ordered = sorted(touched)
    loud = KEYS.c.dirty & (KEYS.c.quiet == "")
    values = {
        "version": KEYS.c.version + 1,
        "dirty": true(),
        "quiet": case((loud, ""), else_=quiet),
    }
    for key in ordered:
        enter(connection, key)
        changed = update(KEYS).where(KEYS.c.country == key[0], KEYS.c.topic == key[1])
        connection.execute(changed.values(values | _from(touched[key])))
    return ordered


def _from(since: datetime | None) -> dict[str, ColumnElement[datetime]]:
    if since is None:
        return {}
    later = or_(KEYS.c.since.is_(None), KEYS.c.since > since)
    return {"since": case((later, literal(since, KEYS.c.since.type)), else_=KEYS.c.since)}


def mark_folded_otherwise(
    connection: Connection, rules: Callable[[Key], str | None], quiet: str
) -> None:
    """Keys last folded under other rules than theirs want refolding from their beginning."""
    folded = select(KEYS.c.country, KEYS.c.topic, KEYS.c.rules)
    found = {(country, topic): digest for country, topic, digest in connection.execute(folded)}
    other = (key for key, digest in found.items() if rules(key) not in (None, digest))
    mark(connection, dict.fromkeys(other, BEGINNING), quiet)


def enter(connection: Connection, key: Key) -> None:
    place = {"country": key[0], "topic": key[1]}
    row = {"version": 0, "dirty": False, "quiet": "", "since": None, "rules": ""}
    insert_missing(connection, KEYS, [place | row])


def all_keys(connection: Connection, *, dirty: bool = False) -> list[Key]:
    rows = select(KEYS.c.country, KEYS.c.topic).order_by(KEYS.c.country, KEYS.c.topic)
    if dirty:
        rows = rows.where(KEYS.c.dirty)
    return [(country, topic) for country, topic in connection.execute(rows)]


def mark_of(connection: Connection, key: Key) -> Mark:
    found = select(KEYS.c.version, KEYS.c.quiet, KEYS.c.since)
    row = connection.execute(found.where(KEYS.c.country == key[0], KEYS.c.topic == key[1])).first()
    return Mark(*row) if row else Mark()


def settle(connection: Connection, key: Key, expected: int, rules: str) -> bool:
    """Compare and swap: clear the mark if nothing touched the key since `expected`."""
    enter(connection, key)
    result = connection.execute(
        update(KEYS)
        .where(KEYS.c.country == key[0], KEYS.c.topic == key[1], KEYS.c.version == expected)
        .values(version=KEYS.c.version + 1, dirty=false(), quiet="", since=null(), rules=rules)
    )
    return result.rowcount == 1
