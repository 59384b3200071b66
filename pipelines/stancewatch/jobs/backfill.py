"""The same spine over archives, in bounded chunks, each committed with its offset.

    files -> records after the offset -> chunks -> spine -> progress

Memory is flat, an interrupted run goes on where it stopped (`--resume`), and nobody is alerted
unless asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from stancewatch.core.article import Article
from stancewatch.core.digest import digest
from stancewatch.core.failure import Failure
from stancewatch.core.ports import Clock
from stancewatch.core.watch import Reason
from stancewatch.jobs.prepare import CHUNK, chunks, prepare
from stancewatch.jobs.spine import Counts, run_spine
from stancewatch.jobs.wiring import House
from stancewatch.sources.archive import files, read
from stancewatch.sources.records import Shape
from stancewatch.stores.ledger import SqlLedger


@dataclass(frozen=True, slots=True)
class Progress:
    """Told after every chunk. `done` counts the records of this file, earlier runs included."""

    path: Path
    done: int
    counts: Counts  # of this run so far


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read and how. `alert` tells what is found; `resume` skips what was committed."""

    paths: Sequence[Path]
    shape: Shape
    alert: bool = False
    resume: bool = False


def backfill(
    house: House, ledger: SqlLedger, wanted: Wanted, clock: Clock, report: Report
) -> Counts:
    """Every record of every file ends as an article, a duplicate or a failure."""
    paths = files(wanted.paths)  # a mistyped path must be told before anything is changed
    run = ledger.begin_run("backfill", now=clock())
    prepare(house, ledger, clock())
    total = Counts()
    quiet = "" if wanted.alert else Reason.BACKFILL
    for path in paths:
        archive = _archive_id(path)
        start = ledger.progress(archive) if wanted.resume else 0
        records = read(path, start, now=clock(), shape=wanted.shape)
        for chunk in chunks(records, CHUNK):
            items, done = _items(chunk), chunk[-1][0]
            total += run_spine(items, house.spine(clock(), quiet), house.beam)
            ledger.advance(archive, done, now=clock())
            report(Progress(path, done, total))
    ledger.end_run(run, asdict(total), now=clock())
    return total


def _items(chunk: Sequence[tuple[int, Article | Failure]]) -> list[Article | Failure]:
    return [item for _, item in chunk]


def _archive_id(path: Path) -> str:
    """A file is known by its place, size and last change: one that has changed is read anew."""
    found = path.stat()
    return digest("archive", str(path.resolve()), str(found.st_size), str(found.st_mtime_ns))
