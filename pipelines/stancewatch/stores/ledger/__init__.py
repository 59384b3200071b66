"""The ledger: the memory of everything that was read, concluded and told.

    with open_ledger("sqlite:///stancewatch.db") as ledger:
        ledger.stances()

SQLite in one file by default, PostgreSQL for many workers; the same tables on both.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from stancewatch.stores.ledger.address import parse
from stancewatch.stores.ledger.decided import Decided
from stancewatch.stores.ledger.export import HISTORY, TYPES
from stancewatch.stores.ledger.notes import Failed, Run
from stancewatch.stores.ledger.queries import ShiftRow, When
from stancewatch.stores.ledger.sql import SqlLedger
from stancewatch.stores.ledger.tracking import Status

__all__ = [
    "HISTORY",
    "TYPES",
    "Decided",
    "Failed",
    "LedgerSpec",
    "Run",
    "ShiftRow",
    "SqlLedger",
    "Status",
    "When",
    "open_ledger",
]


def open_ledger(url: str) -> SqlLedger:
    """Create, upgrade or open. Raises LedgerError where that cannot be, and says the mend."""
    return SqlLedger(parse(url))


@dataclass(frozen=True, slots=True)
class LedgerSpec:
    """A ledger on its way to a worker. Its `repr` keeps the password to itself."""

    url: str = field(repr=False)

    def open(self) -> SqlLedger:
        return open_ledger(self.url)
