"""Before new articles: end what a crash left, plant the baselines, and rebuild under new rules.

New rules, a new detector or new actors rebuild history silently: stored texts are read again, the
differences become decisions, nobody is pinged. A new policy folds stored readings again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from stancewatch.core.watch import Reason
from stancewatch.jobs.spine import Counts, run_spine
from stancewatch.jobs.wiring import House
from stancewatch.stores.ledger import SqlLedger

T = TypeVar("T")
CHUNK = 2_000  # articles a pipeline: memory stays flat, and a crash loses little


def prepare(house: House, ledger: SqlLedger, now: datetime) -> Counts:
    """What was refolded or read again; nothing in the usual case."""
    done = Counts()
    ledger.folded_otherwise(house.fold_rules, quiet=Reason.REBUILT)
    if leftover := ledger.dirty():
        done += run_spine([], house.spine(now), house.beam, leftover)
    quiet = house.spine(now, Reason.REBUILT)
    for chunk in chunks(ledger.filed_otherwise(house.reader), CHUNK):
        done += run_spine(chunk, quiet, house.beam)
    if planted := ledger.plant(house.baselines, now=now, quiet=Reason.REBUILT):
        done += run_spine([], quiet, house.beam, planted)
    return done


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk
