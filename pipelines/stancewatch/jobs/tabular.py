"""Records as lines: JSON, or CSV that a spreadsheet can open without harm."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

Row = Mapping[str, Any]


def json_line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n"


def write_jsonl(rows: Iterable[Row], stream: TextIO) -> None:
    stream.writelines(map(json_line, rows))


def write_csv(rows: Iterable[Row], stream: TextIO) -> None:
    """One header for each type, as their rows come one type after the other."""
    columns: Sequence[str] = ()
    table = Table(stream)
    for row in rows:
        if tuple(row) != columns:
            columns = tuple(row)
            table.head(columns)
        table.row(row)


class Table:
    """CSV, a row at a time."""

    def __init__(self, stream: TextIO) -> None:
        self._writer = csv.writer(stream, lineterminator="\n")

    def head(self, columns: Sequence[str]) -> None:
        self._writer.writerow(columns)

    def row(self, row: Row) -> None:
        self._writer.writerow([cell(value) for value in row.values()])


def cell(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # A spreadsheet must not take outside text for a formula.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
