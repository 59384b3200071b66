"""A release of the history as a citable dataset: the same ledger and rules, the same bytes.

    check      was all of it made by these rules, and is nothing waiting to be folded?
    tables     every table twice, JSON lines and CSV, each row with the fields of the codebook
    rules      the files in force, and the baselines
    pages      codebook, README, CITATION.cff
    manifest   what every file must be, last

It has no clock: the date of the release is told, or there is none.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from stancewatch import __version__
from stancewatch.errors import LedgerError
from stancewatch.jobs.asking import Asking
from stancewatch.jobs.codebook import TABLES, codebook, names
from stancewatch.jobs.release_pages import citation, readme
from stancewatch.jobs.tabular import Table, json_line
from stancewatch.jobs.wiring import House
from stancewatch.stores.ledger import HISTORY, SqlLedger
from stancewatch.stores.release import Folder, rule_files, write_manifest

FORMAT = 1  # of the manifest and the tables: raise it when a field goes or changes its meaning
MEND = "run monitor or backfill once with these rules, then release"
DATED = {"articles": "published", "shifts": "happened_at"}  # what tells which days are covered

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MadeBy:
    """Which program read the articles. `reader` is what the ledger files its readings under."""

    reader: str
    detector: str
    rules: str
    history_rules: str

    @classmethod
    def of(cls, house: House) -> MadeBy:
        detector, book = house.detector.open().digest, house.book
        return cls(house.reader, detector, book.digest, book.history_digest)

    def told(self) -> dict[str, str]:
        return {
            "stancewatch": __version__,
            "rules_digest": self.rules,
            "history_rules_digest": self.history_rules,
            "detector_digest": self.detector,
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """`released` is the date to print, if any; nobody's clock is asked."""

    directory: Path
    authors: tuple[str, ...] = ()
    released: date | None = None
    with_texts: bool = False


@dataclass(slots=True)
class Contents:
    """What went into the tables."""

    rows: Counter[str] = field(default_factory=Counter)
    days: dict[str, list[str]] = field(default_factory=dict)  # first and last, by table

    def add(self, table: str, row: Row) -> None:
        self.rows[table] += 1
        if day := row.get(DATED.get(table, "")):
            first, last = self.days.setdefault(table, [day, day])
            self.days[table] = [min(first, day), max(last, day)]


def release(asking: Asking, ledger: SqlLedger, made_by: MadeBy, wanted: Wanted) -> str:
    """Write it. Returns its version, which is the same for the same content."""
    folder = Folder(wanted.directory)
    _check(ledger, made_by.reader)
    contents = _tables(asking, ledger, folder, with_texts=wanted.with_texts)
    _rules(asking, folder)
    folder.write(
        "codebook.md",
        codebook(asking.book.topics, made_by.told(), with_texts=wanted.with_texts),
    )
    told = _told(contents, made_by, wanted, folder.version)
    titles = [topic.title for topic in asking.book.topics.values() if topic.policy]
    folder.write("README.md", readme(told, titles))
    folder.write("CITATION.cff", citation(told, titles))
    write_manifest(folder, told)
    return str(told["version"])


def _check(ledger: SqlLedger, reader: str) -> None:
    """A release says which rules it was made by: then all of it has to be."""
    if next(iter(ledger.filed_otherwise(reader)), None):
        raise LedgerError("it has articles that other rules read", where=ledger.where, mend=MEND)
    if ledger.dirty():
        raise LedgerError("it has evidence not yet weighed", where=ledger.where, mend=MEND)


def _told(contents: Contents, made_by: MadeBy, wanted: Wanted, version: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": version,
        "released": wanted.released.isoformat() if wanted.released else None,
        "authors": list(wanted.authors),
        "with_texts": wanted.with_texts,
        "made_by": made_by.told(),
        "rows": {table: contents.rows[table] for table in TABLES},
        "covers": {
            table: {"first": first, "last": last}
            for table, (first, last) in sorted(contents.days.items())
        },
    }


def _tables(asking: Asking, ledger: SqlLedger, folder: Folder, *, with_texts: bool) -> Contents:
    contents = Contents()
    rows = ledger.export(HISTORY, outcomes=asking.outcomes, stable=True)
    by_table = groupby(rows, key=lambda row: f"{row['type']}s")
    for table, group in by_table:
        _table(folder, table, _shaped(table, group, with_texts=with_texts), contents, with_texts)
    for table in TABLES.keys() - contents.rows.keys():
        _table(folder, table, (), contents, with_texts)
    return contents


def _table(
    folder: Folder, table: str, rows: Iterable[Row], contents: Contents, with_texts: bool
) -> None:
    columns = names(table, with_texts=with_texts)
    with ExitStack() as files:
        lines = files.enter_context(folder.open(f"{table}.jsonl"))
        cells = Table(files.enter_context(folder.open(f"{table}.csv")))
        cells.head(columns)
        for row in rows:
            assert set(row) == set(columns), f"the codebook does not describe {table} as it is"
            lines.write(json_line(row))
            cells.row({name: row[name] for name in columns})
            contents.add(table, row)


def _shaped(table: str, rows: Iterable[Row], *, with_texts: bool) -> Iterator[Row]:
    """Texts belong to their publishers: without leave, an article is known by its digest."""
    if table != "articles":
        yield from rows
        return
    for row in rows:
        data = row["text"].encode("utf-8", "surrogatepass")
        sealed = {"text_sha256": hashlib.sha256(data).hexdigest(), "text_length": len(row["text"])}
        kept = row if with_texts else {k: v for k, v in row.items() if k not in ("text", "author")}
        yield {**kept, **sealed}


def _rules(asking: Asking, folder: Folder) -> None:
    settings = asking.settings
    for path, name in rule_files(settings.rules):
        folder.copy(path, f"rules/{name}")
    if settings.sources:
        folder.copy(settings.sources, "sources.yaml")
    for path in sorted(settings.baselines.glob("*.yaml")) if settings.baselines else ():
        folder.copy(path, f"baselines/{path.name}")
