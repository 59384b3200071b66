"""Archives on disk, for backfill: every record becomes exactly one Article or Failure, in order.

    read(path, offset, ...) -> (offset after it, Article | Failure), ...

The offset counts what was consumed (lines, rows or entries), packed or not. Reading on from it
skips that many; nothing but the current record is held, except for feeds, which are read whole.
A file that breaks off is a Failure at that place, and what came before it is kept.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import BinaryIO, cast

from stancewatch.core.article import Article
from stancewatch.core.failure import Failure
from stancewatch.core.feed import Feed
from stancewatch.errors import UsageError
from stancewatch.sources.elements import ElementError, elements
from stancewatch.sources.feed import FeedParser
from stancewatch.sources.fetch import MAX_BYTES
from stancewatch.sources.records import PLAIN, Reason, Shape, article_of, failure

MAX_RECORD = 10_000_000  # bytes of one line, cell or element: memory stays flat
DELIMITERS = ",;\t"

Item = Article | Failure
Steps = Iterator[tuple[int, Item | None]]  # None: a place without a record, or one skipped


@dataclass(slots=True)
class _Reading:
    """What a reader of one file is given. `line` is where it is, for failures of the file."""

    path: Path
    offset: int
    shape: Shape
    now: datetime
    parser: FeedParser
    line: int = 1

    def article(self, record: object) -> Item:
        return article_of(record, f"{self.path}:{self.line}", self.shape, self.now)

    def failure(self, reason: str, detail: str, record: object = "") -> Failure:
        return failure(f"{self.path}:{self.line}", reason, detail, record)


@dataclass(frozen=True, slots=True)
class FileArchive:
    """The files under some paths, as the port `Archive` of the core."""

    paths: tuple[Path, ...]
    shape: Shape = field(default_factory=Shape)

    def read(self, now: datetime) -> Iterator[Item]:
        with FeedParser() as parser:
            for path in files(self.paths):
                for _, item in read(path, now=now, shape=self.shape, parser=parser):
                    yield item


def files(paths: Iterable[Path]) -> list[Path]:
    """The files themselves; a directory stands for all files below it, sorted, hidden ones not."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(file for file in path.rglob("*") if _seen(file, path))
        elif path.is_file():
            found.append(path)
        else:
            raise UsageError("there is no such file or directory", where=str(path))
    return found


def _seen(file: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
    return not hidden and file.is_file()


def read(
    path: Path,
    offset: int = 0,
    *,
    now: datetime,
    shape: Shape = PLAIN,
    parser: FeedParser | None = None,
) -> Iterator[tuple[int, Item]]:
    """The records of one file after the first `offset`, each with the offset that follows it."""
    if parser is None:
        with FeedParser() as own:
            yield from read(path, offset, now=now, shape=shape, parser=own)
        return
    for place, item in _steps(_Reading(path, offset, shape, now, parser)):
        if item is not None and place > offset:
            yield place, item


def _steps(reading: _Reading) -> Steps:
    packed, kind = _kind(reading.path)
    reader = READERS.get(kind)
    if reader is None or packed not in OPENERS:
        yield 1, reading.failure(Reason.UNKNOWN, f"nothing here reads {kind}{packed} files")
        return
    place = 0
    try:
        with OPENERS[packed](reading.path) as stream:
            for place, item in reader(reading, stream):
                yield place, item
    except EOFError:
        yield place + 1, reading.failure(Reason.TRUNCATED, "the packed file ends too early")
    except PACKING_ERRORS as error:
        yield place + 1, reading.failure(Reason.BROKEN, f"the packed file is broken: {error}")
    except OSError as error:
        detail = error.strerror or "the file cannot be read"
        yield place + 1, reading.failure(Reason.UNREADABLE, detail)


def _kind(path: Path) -> tuple[str, str]:
    """How a file is packed, and what is in it, by its suffixes: `.gz`, `.jsonl`."""
    suffix = path.suffix.lower()
    if suffix in (".gz", ".zst"):
        return suffix, Path(path.stem).suffix.lower()
    return "", suffix


def _read_lines(reading: _Reading, stream: BinaryIO) -> Steps:
    """JSON lines."""
    for number in count(1):
        data = stream.readline(MAX_RECORD)
        if not data:
            return
        reading.line = number
        if len(data) == MAX_RECORD and not data.endswith(b"\n"):
            _skip_line(stream)
            yield number, reading.failure(Reason.TOO_LONG, f"more than {MAX_RECORD} bytes")
        elif number <= reading.offset or not data.strip():
            yield number, None
        else:
            yield number, _from_line(reading, data)
        reading.line = number + 1


def _skip_line(stream: BinaryIO) -> None:
    while (more := stream.readline(MAX_RECORD)) and not more.endswith(b"\n"):
        pass


def _from_line(reading: _Reading, data: bytes) -> Item:
    try:
        text = data.decode("utf-8-sig" if reading.line == 1 else "utf-8")
    except UnicodeDecodeError as error:
        shown = data.decode("utf-8", "replace")
        return reading.failure(Reason.BAD_ENCODING, f"not UTF-8 at byte {error.start}", shown)
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        return reading.failure(Reason.BAD_RECORD, f"broken JSON: {error}", text)
    return reading.article(record)


def _read_elements(reading: _Reading, stream: BinaryIO) -> Steps:
    """A JSON array, or JSON values one after the other."""
    number = 0
    try:
        for number, (line, value) in enumerate(elements(_text(stream), MAX_RECORD), 1):
            reading.line = line
            yield number, reading.article(value) if number > reading.offset else None
    except ElementError as error:
        reading.line = error.line
        reason = Reason.TRUNCATED if error.cut else Reason.BROKEN
        yield number + 1, reading.failure(reason, error.problem)


def _read_rows(reading: _Reading, stream: BinaryIO) -> Steps:
    """CSV with a header; the delimiter is the one that the header uses most."""
    csv.field_size_limit(MAX_RECORD)
    text = _text(stream)
    head = text.readline(MAX_RECORD)
    delimiter = max(DELIMITERS, key=head.count)
    names = next(csv.reader([head], delimiter=delimiter), [])
    rows = csv.reader(text, delimiter=delimiter, strict=True)
    for number in count(1):
        reading.line = rows.line_num + 2
        try:
            cells = next(rows, None)
        except csv.Error as error:
            yield number, reading.failure(Reason.BAD_RECORD, f"broken row: {error}")
            continue
        if cells is None:
            return
        wanted = number > reading.offset and cells
        yield number, _from_row(reading, names, cells) if wanted else None


def _from_row(reading: _Reading, names: list[str], cells: list[str]) -> Item:
    if len(cells) != len(names):
        detail = f"{len(cells)} cells under a header of {len(names)}"
        return reading.failure(Reason.BAD_RECORD, detail, cells)
    if not all(cell.isascii() or _decoded(cell) for cell in cells):
        return reading.failure(Reason.BAD_ENCODING, "not UTF-8", cells)
    return reading.article({name.strip(): cell for name, cell in zip(names, cells, strict=True)})


def _decoded(cell: str) -> bool:
    """Whether all bytes of a cell were UTF-8: `_text` lets the others through, marked."""
    return not any("\udc80" <= letter <= "\udcff" for letter in cell)


def _read_feed(reading: _Reading, stream: BinaryIO) -> Steps:
    body = stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        yield 1, reading.failure(Reason.TOO_LONG, f"more than {MAX_BYTES} bytes")
        return
    shape = reading.shape
    feed = Feed(str(reading.path), shape.source, lang=shape.lang, path=str(reading.path))
    found = reading.parser.parse(body, feed, reading.now)
    yield from enumerate((found,) if isinstance(found, Failure) else found.items, 1)


def _read_text(reading: _Reading, stream: BinaryIO) -> Steps:
    """One article, with lines of `name: value` between two lines of `---` before it, or without."""
    data = stream.read(MAX_RECORD + 1)
    if len(data) > MAX_RECORD:
        yield 1, reading.failure(Reason.TOO_LONG, f"more than {MAX_RECORD} bytes")
        return
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        yield 1, reading.failure(Reason.BAD_ENCODING, f"not UTF-8 at byte {error.start}")
        return
    yield 1, reading.article(_front_matter(text))


def _front_matter(text: str) -> Mapping[str, str]:
    head, mark, rest = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not mark:
        return {"text": text}
    pairs = (line.partition(":") for line in head.split("\n") if ":" in line)
    return {**{name.strip(): value.strip(" \t\"'") for name, _, value in pairs}, "text": rest}


def _text(stream: BinaryIO) -> io.TextIOWrapper:
    return io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _open_gzip(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb"))


OPENERS: dict[str, Callable[[Path], BinaryIO]] = {"": _open, ".gz": _open_gzip}
PACKING_ERRORS: tuple[type[Exception], ...] = (gzip.BadGzipFile, zlib.error)

if sys.version_info >= (3, 14):
    from compression import zstd

    def _open_zstd(path: Path) -> BinaryIO:
        return cast(BinaryIO, zstd.open(path, "rb"))

    OPENERS[".zst"] = _open_zstd
    PACKING_ERRORS = (*PACKING_ERRORS, zstd.ZstdError)

READERS: dict[str, Callable[[_Reading, BinaryIO], Steps]] = {
    ".jsonl": _read_lines,
    ".ndjson": _read_lines,
    ".json": _read_elements,
    ".csv": _read_rows,
    ".tsv": _read_rows,
    ".xml": _read_feed,
    ".rss": _read_feed,
    ".atom": _read_feed,
    ".rdf": _read_feed,
    ".txt": _read_text,
}
