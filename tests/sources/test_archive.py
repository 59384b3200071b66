"""Archives: each record is one article or one failure with its place, and nothing gets lost."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewatch.core.article import Article
from stancewatch.core.failure import Failure
from stancewatch.errors import UsageError
from stancewatch.sources import archive
from stancewatch.sources.archive import FileArchive, files, read
from stancewatch.sources.elements import elements
from stancewatch.sources.records import Reason, Shape
from tests.sources.build import NOW, item, rss

GOOD = {
    "id": "1",
    "title": "Cabinet meets",
    "text": "The cabinet met.",
    "author": "A. Writer",
    "published": "2025-03-03T09:00:00Z",
    "updated": "2025-03-03T10:00:00+01:00",
    "lang": "en-GB",
    "url": "https://www.harbour.example/a?utm_source=x",
    "source": "Harbour",
}


def write(path: Path, data: str | bytes) -> Path:
    raw = data.encode() if isinstance(data, str) else data
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def lines(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def items(path: Path, offset: int = 0, **shape: object) -> list[Article | Failure]:
    return [found for _, found in read(path, offset, now=NOW, shape=Shape(**shape))]  # type: ignore[arg-type]


def places(found: Sequence[Article | Failure]) -> list[tuple[str, str]]:
    """The line and the reason of each failure."""
    return [
        (each.where.rpartition(":")[2], each.reason) for each in found if isinstance(each, Failure)
    ]


def one(path: Path, **shape: str) -> Article:
    (article,) = items(path, 0, **shape)
    assert isinstance(article, Article), article
    return article


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jsonl.gz", "a.json", "a.json.gz"])
def test_a_record_is_an_article(name: str, tmp_path: Path) -> None:
    article = one(write(tmp_path / name, lines(GOOD)))
    assert (article.title, article.text) == ("Cabinet meets", "The cabinet met.")
    assert (article.url, article.source) == ("https://harbour.example/a", "Harbour")
    assert (article.author, article.lang) == ("A. Writer", "en")
    assert str(article.published) == "2025-03-03T09:00:00Z"
    assert str(article.updated) == "2025-03-03T09:00:00Z"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (None, "None"),
        ("2024", "2024"),
        (2024, "2024"),
        ("2025-02", "2025-02"),
        ("2025-02-01", "2025-02-01"),
        ("2025-02-01T10:00:00", "2025-02-01T10:00:00Z"),
        ("last week", "None"),
        ("2025-02-31", "None"),
        ("2031-01-01", "None"),
        ("", "None"),
        ("0001-01-01", "None"),
        (1.5, "None"),
        ([], "None"),
    ],
)
def test_no_date_is_a_failure(written: object, read_as: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", lines({"id": "1", "text": "x", "published": written}))
    assert str(one(path).published) == read_as


def test_bad_records_are_failures_at_their_lines_and_the_rest_is_kept(tmp_path: Path) -> None:
    good, bare = json.dumps(GOOD).encode(), b'{"id": "2", "text": "x"}'
    rows = [
        good, b"{broken", b"", b"[]", b'"text"', b'{"id": "5"}', b'{"id": "6", "text": 6}',
        b'{"id": "7", "text": "\xff"}', b"[" * 100_000, b'{"id": "9", "text": "\\ud800"}',
        b'{"id": "10", "text": 1' + b"0" * 5000 + b"}", bare,
    ]  # fmt: skip
    found = items(write(tmp_path / "a.jsonl", b"\n".join(rows)))
    assert len(found) == len(rows) - 1  # the empty line is no record
    assert [type(found[0]), type(found[-1])] == [Article, Article]
    assert places(found) == [
        ("2", Reason.BAD_RECORD), ("4", Reason.BAD_RECORD), ("5", Reason.BAD_RECORD),
        ("6", Reason.NO_TEXT), ("7", Reason.BAD_FIELD), ("8", Reason.BAD_ENCODING),
        ("9", Reason.BAD_RECORD), ("10", Reason.NO_TEXT), ("11", Reason.BAD_RECORD),
    ]  # fmt: skip


def test_a_line_beyond_the_cap_is_a_failure_and_not_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_RECORD", 1000)
    path = write(tmp_path / "a.jsonl.gz", lines({"text": "x" * 50_000}, GOOD, {"text": "y" * 1000}))
    found = items(path)
    assert places(found) == [("1", Reason.TOO_LONG), ("3", Reason.TOO_LONG)]
    assert isinstance(found[1], Article)


@pytest.mark.parametrize("cut", [1, 9, 30, 200, 500])
def test_a_file_that_breaks_off_keeps_what_came_before(cut: int, tmp_path: Path) -> None:
    records = [{"id": str(n), "text": f"story {n * n * 7919 % 104729}"} for n in range(300)]
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines(*records).encode())[:-cut])
    found = items(path)
    assert isinstance(found[-1], Failure)
    assert found[-1].reason == Reason.TRUNCATED
    broken = [each for each in found[:-1] if isinstance(each, Failure)]
    assert broken == []
    assert found[-1].where == f"{path}:{len(found)}"
    kept = [each.text for each in found if isinstance(each, Article)]
    assert kept == [record["text"] for record in records[: len(kept)]]
    assert len(kept) > 100
    end = list(read(path, now=NOW))[-1][0]
    assert list(read(path, end, now=NOW)) == []


def test_a_damaged_file_is_a_failure_at_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines(GOOD).encode()) + b"garbage")
    found = items(path)
    assert isinstance(found[0], Article)
    assert places(found) == [("2", Reason.BROKEN)]
    path.write_bytes(b"not packed at all")
    assert places(items(path)) == [("1", Reason.BROKEN)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.json", "a.csv", "a.xml"])
def test_reading_on_from_any_offset_gives_the_rest(name: str, tmp_path: Path) -> None:
    records = [{"id": str(n), "text": f"story {n}", "title": ""} for n in range(6)]
    records[3] = {"id": "3", "text": "", "title": ""}
    body: str | bytes = lines(*records)
    if name == "a.json":
        body = json.dumps(records)
    elif name == "a.csv":
        body = "id,text\n" + "".join(f"{each['id']},{each['text']}\n" for each in records)
    elif name == "a.xml":
        body = rss(*[item("", each["text"], f"https://x.example/{each['id']}") for each in records])
    path = write(tmp_path / name, body)
    whole = list(read(path, now=NOW))
    assert [offset for offset, _ in whole] == [1, 2, 3, 4, 5, 6]
    assert isinstance(whole[3][1], Failure)
    for offset, _ in whole:
        assert list(read(path, offset, now=NOW)) == whole[offset:]


def test_an_array_is_read_element_by_element(tmp_path: Path) -> None:
    text = '\ufeff [\n{"id": 1, "text": "one"},\n\n 17,\n{"id": 3, "text": "[}]\\""}\n]\n'
    found = items(write(tmp_path / "a.json", text))
    assert [type(each) for each in found] == [Article, Failure, Article]
    assert places(found) == [("4", Reason.BAD_RECORD)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[{"text": "a"},\n{"text": "b"', ("2", Reason.TRUNCATED)),
        ('[{"text": "a"},\n{"text": "b', ("2", Reason.TRUNCATED)),
        ('[{"text": "a"},\n', ("2", Reason.TRUNCATED)),
        ('[{"text": "a"}\n{"text": "b"}]', ("2", Reason.BROKEN)),
        ('[{"text": "a"},\n{nonsense}, {"text": "b"}]', ("2", Reason.BROKEN)),
        ('[{"text": "a"}]\n[]', ("2", Reason.BROKEN)),
        ('[{"text": "a"},\n' + "[" * 100_000, ("2", Reason.BROKEN)),
    ],
)
def test_an_array_that_breaks_keeps_what_came_before(
    text: str, place: tuple[str, str], tmp_path: Path
) -> None:
    found = items(write(tmp_path / "a.json", text))
    assert isinstance(found[0], Article)
    assert places(found) == [place]


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20)), max_size=8))
def test_every_element_of_an_array_counts(records: list[dict[str, str]]) -> None:
    for indent in (None, 1):
        text = io.StringIO(json.dumps(records, indent=indent))
        assert [value for _, value in elements(text, 1000)] == records


def test_csv_rows(tmp_path: Path) -> None:
    text = (
        "\ufeffid;headline;body;when\n"
        '1;"One; two";"A text\nover two lines";2025-02-01\n'
        "2;Two\n"
        '3;"Th"ree;x;\n'
        ";;;\n"
        "5;Five;café;\n"
    )
    fields = {"title": "headline", "text": "body", "published": "when"}
    path = write(tmp_path / "a.csv", text.encode() + b"6;Six;\xe9;\n")
    found = items(path, fields=fields)
    first = found[0]
    assert isinstance(first, Article)
    assert (first.title, first.text) == ("One; two", "A text\nover two lines")
    assert str(first.published) == "2025-02-01"
    assert places(found) == [
        ("4", Reason.BAD_RECORD), ("5", Reason.BAD_RECORD), ("6", Reason.NO_TEXT),
        ("8", Reason.BAD_ENCODING),
    ]  # fmt: skip
    assert len(found) == 6


def test_a_feed_file_is_an_archive_too(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml.gz", rss(item(), item("", "")))
    found = items(path, source="coast.example")
    assert [type(each) for each in found] == [Article, Failure]
    assert isinstance(found[0], Article)
    assert found[0].source == "coast.example"
    page = write(tmp_path / "page.xml", "<html/>")
    assert [each.reason for each in items(page) if isinstance(each, Failure)] == ["not-a-feed"]


def test_a_text_file_is_one_article(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.txt", "The cabinet met.\r\n\r\nIt decided nothing.")
    article = one(plain, source="Harbour", published="2025-02-01")
    assert (article.text, article.source) == ("The cabinet met.\nIt decided nothing.", "Harbour")
    assert str(article.published) == "2025-02-01"
    headed = write(
        tmp_path / "b.txt",
        "---\ntitle: Cabinet: a report\npublished: 2025-02-02\nsource: Coast\n---\nIt met.\n",
    )
    article = one(headed, source="Harbour", published="2025-02-01")
    assert (article.title, article.text, article.source) == (
        "Cabinet: a report",
        "It met.",
        "Coast",
    )
    assert str(article.published) == "2025-02-02"


def test_directories_are_read_sorted_and_nothing_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/z.jsonl", "a.jsonl", "c.parquet", ".hidden.jsonl"):
        write(tmp_path / name, lines({"id": name, "text": name}))
    found = list(FileArchive((tmp_path,)).read(NOW))
    assert [each.text for each in found if isinstance(each, Article)] == ["a.jsonl", "b/z.jsonl"]
    assert places(found) == [("1", Reason.UNKNOWN)]
    assert found == list(FileArchive((tmp_path,)).read(NOW))
    with pytest.raises(UsageError):
        files([tmp_path / "nowhere"])


def test_a_shape_with_a_field_that_is_none_of_ours_is_refused() -> None:
    with pytest.raises(UsageError, match="headline"):
        Shape({"headline": "title"})


def test_the_source_is_the_records_else_the_files_else_the_address(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", lines({"id": "1", "text": "x", "url": GOOD["url"]}))
    assert one(path).source == "harbour.example"
    assert one(path, source="Coast").source == "Coast"


@pytest.mark.slow
def test_memory_stays_flat_over_a_long_archive(tmp_path: Path) -> None:
    long, short = tmp_path / "long.jsonl.gz", tmp_path / "short.jsonl.gz"
    for path, count in ((short, 500), (long, 4_000)):
        with gzip.open(path, "wt", 1) as out:
            for number in range(count):
                out.write(json.dumps({"id": str(number), "text": "word " * 200}) + "\n")
    peaks = []
    for path in (short, long):
        tracemalloc.start()
        counted = sum(1 for _ in read(path, now=NOW))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert counted == 4_000
    assert peaks[1] < peaks[0] * 1.5 + 500_000


def test_the_clock_decides_what_is_the_future(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", lines({**GOOD, "published": "2025-06-01"}))
    later = datetime.fromisoformat("2025-06-02T00:00:00Z")
    ((_, now), (_, then)) = [*read(path, now=NOW), *read(path, now=later)]
    assert isinstance(now, Article)
    assert isinstance(then, Article)
    assert (now.published, str(then.published)) == (None, "2025-06-01")
