"""A dataset that anybody can make again, byte for byte, check, cite and understand."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from stancewatch.core.record import Filing
from stancewatch.core.ruling import make_ruling
from stancewatch.core.watch import Verdict
from stancewatch.errors import LedgerError, UsageError
from stancewatch.jobs import codebook as book
from stancewatch.jobs.asking import Asking
from stancewatch.jobs.release import MadeBy, Wanted, release
from stancewatch.settings import Settings
from stancewatch.stores.ledger import HISTORY, SqlLedger, open_ledger
from stancewatch.stores.release import MANIFEST, differences
from stancewatch.stores.rulebook import load
from tests.stores.ledger.build import (
    LATER,
    NOW,
    READER,
    article,
    file,
    filing,
    reading,
    refold,
    telling,
)

ROOT = Path(__file__).parents[2]
RULES = ROOT / "tests" / "data" / "rules-small"
MADE_BY = MadeBy(READER, "detector 1", "rules 1", "history rules 1")
FORMULA = '=HYPERLINK("https://evil.example")'
RULED_ON = article("ruled", "2025-02-14", text="ruled says rejects.")

STORY = (
    filing("a", "2025-02-10", "open", condition="after a ceasefire", speaker="=cmd()"),
    Filing(article("b", "2025-02-11", title=FORMULA), tellings=(
        replace(telling("held"), topic="sea-summit"),)),
    filing("c", "2025-02-12", "willing", updated="2025-02-12"),
    filing("d", "2025-02-11", "open"),
    filing("e", "2025-02-13", "rejects", who="defence-minister"),
    filing("f", "2025-02", "committed", key=("FR", "troop-deployment")),
    filing("e", "2025-02-13", "reluctant", who="defence-minister", updated="2025-02-15"),
    Filing(RULED_ON, readings=(reading(RULED_ON, "rejects", text=RULED_ON.text),)),
)  # fmt: skip


@pytest.fixture(scope="module")
def asking() -> Asking:
    settings = Settings(rules=RULES, baselines=ROOT / "seeds" / "stances")
    return Asking(settings, load(RULES))


def filled(path: Path, story: Sequence[Filing], *, at_once: bool) -> SqlLedger:
    """A ledger with a ruling in it; in one transaction, or an article a day."""
    ledger = open_ledger(f"sqlite:///{path}")
    for part in [story] if at_once else [[each] for each in story]:
        file(ledger, *part, now=NOW if at_once else LATER)
        refold(ledger, now=LATER)
    [ruled_on] = [r for each in story if each.article == RULED_ON for r in each.readings]
    ruling = make_ruling(ruled_on, Verdict.REJECT, author="Ann", because="satire", ruled_at=NOW)
    assert ledger.rule(ruling, now=LATER)
    refold(ledger, now=LATER)
    return ledger


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterable[SqlLedger]:
    """Released many times, and never changed: `growing` is there to be changed."""
    with filled(tmp_path_factory.mktemp("full") / "l.sqlite", STORY, at_once=True) as ledger:
        yield ledger


@pytest.fixture
def growing(tmp_path: Path) -> Iterable[SqlLedger]:
    with filled(tmp_path / "growing.sqlite", STORY[:1] + STORY[-1:], at_once=True) as ledger:
        yield ledger


Make = Callable[..., Path]


@pytest.fixture
def make(asking: Asking, ledger: SqlLedger, tmp_path: Path) -> Make:
    def made(name: str = "release", *, of: SqlLedger = ledger, **wanted: Any) -> Path:
        directory = tmp_path / name
        release(asking, of, MADE_BY, Wanted(directory, **wanted))
        return directory

    return made


def content(directory: Path) -> dict[str, bytes]:
    paths = (path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in paths}


def rows(directory: Path, table: str) -> list[dict[str, Any]]:
    lines = (directory / f"{table}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def manifest(directory: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((directory / MANIFEST).read_text("utf-8"))
    return told


# --- The same bytes ---


def test_the_same_ledger_gives_the_same_bytes(make: Make) -> None:
    assert content(make("one")) == content(make("two"))


def test_a_ledger_filled_in_another_order_gives_the_same_bytes(make: Make, tmp_path: Path) -> None:
    with filled(tmp_path / "other.sqlite", STORY[::-1], at_once=False) as other:
        assert content(make("one")) == content(make("two", of=other))


def test_every_table_of_the_history_has_rows(make: Make) -> None:
    made = make()
    assert tuple(book.TABLES) == HISTORY
    assert {table: len(rows(made, table)) > 0 for table in HISTORY} == dict.fromkeys(HISTORY, True)
    assert manifest(made)["rows"] == {table: len(rows(made, table)) for table in HISTORY}


def test_an_empty_ledger_gives_empty_tables_with_their_columns(make: Make, tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path / 'empty.sqlite'}") as empty:
        made = make(of=empty)
    for table in HISTORY:
        assert rows(made, table) == []
        assert (made / f"{table}.csv").read_text("utf-8") == ",".join(book.names(table)) + "\n"
    assert manifest(made)["covers"] == {}


# --- What the codebook says is what there is ---


def described(made: Path, head: str) -> dict[str, str]:
    """Field and type, as the page has them."""
    page = (made / "codebook.md").read_text("utf-8")
    section = page.partition(f"\n## {head}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| ([\w ?]+) \|", section, re.MULTILINE))


DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\dZ)?)?)?\Z")


def fits(value: Any, kind: str) -> bool:
    if value is None:
        return kind.endswith("?")
    match kind.removesuffix("?"):
        case "text":
            return isinstance(value, str)
        case "date":
            return isinstance(value, str) and DATE.match(value) is not None
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return type(value) is int
        case "number":
            return isinstance(value, float) and 0 <= value <= 1
        case "list of texts":
            return all(isinstance(each, str) for each in value)
        case "list of integers":
            return all(type(each) is int for each in value)
        case "list of readings" | "list of conditions":
            return all(isinstance(each, dict) for each in value)
    raise AssertionError(f"the codebook has an unknown type: {kind}")


@pytest.mark.parametrize("with_texts", [False, True])
@pytest.mark.parametrize("table", HISTORY)
def test_every_field_is_described_with_its_type(make: Make, table: str, with_texts: bool) -> None:
    made = make(with_texts=with_texts)
    told = described(made, table)
    for row in rows(made, table):
        assert row.keys() == told.keys()
        assert {name: v for name, v in row.items() if not fits(v, told[name])} == {}


def test_every_field_of_a_reading_is_described(make: Make) -> None:
    made = make()
    told = described(made, "Reading")
    found = [r for row in rows(made, "shifts") for r in (*row["evidence"], *row["before"])]
    assert found
    for row in found:
        assert row.keys() == told.keys()
        assert {name: v for name, v in row.items() if not fits(v, told[name])} == {}


@pytest.mark.parametrize(
    "words",
    [book.VOICES, book.EVIDENCE, book.MODALITIES, book.STANDINGS, book.RANKS, book.VERDICTS],
)
def test_every_word_that_a_field_can_hold_is_explained(words: dict[Any, str]) -> None:
    [kind] = {type(word) for word in words}
    assert list(words) == list(kind)


def test_the_codebook_has_the_scale_of_the_topic_file_and_who_made_it(make: Make) -> None:
    page = (make() / "codebook.md").read_text("utf-8")
    assert "| `rejects` | against: will not |" in page
    assert "the weightiest first: `agreed`, `held`" in page
    for digest in (MADE_BY.detector, MADE_BY.rules, MADE_BY.history_rules):
        assert digest in page


# --- Two shapes, one content ---


def test_csv_has_the_rows_of_the_lines(make: Make) -> None:
    made = make()
    for table in HISTORY:
        with (made / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            found = list(csv.DictReader(stream))
        assert [plain(row) for row in rows(made, table)] == found


def plain(row: dict[str, Any]) -> dict[str, str]:
    """As the codebook says that a cell is written."""
    cells = {
        k: v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for k, v in row.items()
    }
    if "evidence" in row and isinstance(row["evidence"], list):
        # The keys of an object have no order: the lines are sorted by key, the cells are not.
        order = [field.name for field in book.READING]
        for name in ("evidence", "before", "opposed_by"):
            if name in row:
                sorted_ = [{key: each[key] for key in order} for each in row[name]]
                cells[name] = json.dumps(sorted_, ensure_ascii=False)
    return {k: f"'{v}" if v[:1] in tuple("=+-@\t\r") else v for k, v in cells.items()}


def test_no_cell_is_a_formula(make: Make) -> None:
    made = make()
    assert {row["title"] for row in rows(made, "articles")} >= {FORMULA}
    with (made / "articles.csv").open(encoding="utf-8", newline="") as stream:
        cells = [cell for line in csv.reader(stream) for cell in line]
    assert f"'{FORMULA}" in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


# --- Whose texts these are ---


def test_texts_stay_out_and_are_known_by_their_digest(make: Make) -> None:
    made = make()
    found = {row["url"]: row for row in rows(made, "articles")}
    text = "a says open."
    one = found["https://paper.example/a"]
    assert one.keys().isdisjoint({"text", "author"})
    assert (one["text_sha256"], one["text_length"]) == (
        hashlib.sha256(text.encode()).hexdigest(),
        len(text),
    )
    assert all(b"What b has to say." not in data for data in content(made).values())


def test_texts_come_if_asked_and_the_readme_warns(make: Make) -> None:
    made = make(with_texts=True)
    assert "What b has to say." in {row["text"] for row in rows(made, "articles")}
    assert "without their leave" in (made / "README.md").read_text("utf-8")
    assert manifest(made)["with_texts"] is True


# --- Rules, citation, date ---


def test_the_rules_in_it_are_those_it_was_made_with(make: Make, asking: Asking) -> None:
    made = make()
    assert load(made / "rules").digest == asking.book.digest
    own = ROOT / "seeds" / "stances"
    assert [p.name for p in (made / "baselines").iterdir()] == [p.name for p in own.glob("*.yaml")]


def test_it_can_be_cited(make: Make) -> None:
    made = make(authors=("Ada “Q” Example: desk", "Bo"), released=date(2026, 2, 1))
    cited = yaml.safe_load((made / "CITATION.cff").read_text("utf-8"))
    assert cited["cff-version"] == "1.2.0"
    assert cited["type"] == "dataset"
    assert cited["title"] == "Positions of governments: Ships for the strait"
    assert cited["version"] == manifest(made)["version"]
    assert cited["date-released"] == "2026-02-01"
    assert cited["authors"] == [{"name": "Ada “Q” Example: desk"}, {"name": "Bo"}]
    assert all(isinstance(cited[key], str) for key in ("message", "title", "version", "abstract"))


def test_without_a_date_and_an_author_it_names_none(make: Make) -> None:
    made = make()
    cited = yaml.safe_load((made / "CITATION.cff").read_text("utf-8"))
    assert "date-released" not in cited
    assert cited["authors"] == [{"name": "stancewatch users"}]
    assert manifest(made)["released"] is None


def test_who_released_it_and_when_makes_no_other_version(make: Make) -> None:
    one = manifest(make("one"))
    two = manifest(make("two", authors=("Ada",), released=date(2026, 2, 1)))
    assert one["version"] == two["version"]
    assert manifest(make("three", with_texts=True))["version"] != one["version"]


def test_the_manifest_says_which_days_it_covers(make: Make) -> None:
    covers = manifest(make())["covers"]
    assert covers["articles"] == {"first": "2025-02", "last": "2025-02-14"}
    assert covers["shifts"]["first"] == "2025-02-10"


# --- Is it still what it was? ---


def test_what_was_released_verifies(make: Make) -> None:
    made = make()
    assert differences(made) == []
    assert set(content(made)) - {MANIFEST} == set(manifest(made)["files"])


def test_whatever_differs_is_named(make: Make) -> None:
    made = make()
    (made / "shifts.csv").write_text("type\n", "utf-8")
    (made / "rules" / "routes.yaml").unlink()
    (made / "notes.txt").touch()
    assert differences(made) == [
        "missing: rules/routes.yaml",
        "not in the manifest: notes.txt",
        "changed: shifts.csv",
    ]


def test_a_manifest_that_was_mended_for_another_file_is_found_out(make: Make) -> None:
    made, told = make(), manifest(made_before := make("other"))
    assert made_before != made
    other = b"type\n"
    (made / "shifts.csv").write_bytes(other)
    told["files"]["shifts.csv"]["sha256"] = hashlib.sha256(other).hexdigest()
    (made / MANIFEST).write_text(json.dumps(told), "utf-8")
    [line] = differences(made)
    assert "is not that of its files" in line


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"files": 1, "version": ""}', '{"files": {"a": 1}}']
)
def test_what_is_no_manifest_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, "utf-8")
    with pytest.raises(UsageError, match="no manifest"):
        differences(tmp_path)


def test_a_folder_without_a_manifest_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no release"):
        differences(tmp_path)


def test_a_manifest_opens_no_file_outside(make: Make, tmp_path: Path) -> None:
    made = make()
    secret = tmp_path / "secret"
    secret.write_text("s", "utf-8")
    told = manifest(made)
    told["files"]["../secret"] = {"sha256": hashlib.sha256(b"s").hexdigest(), "bytes": 1}
    (made / MANIFEST).write_text(json.dumps(told), "utf-8")
    assert "missing: ../secret" in differences(made)


# --- What is refused ---


def test_a_folder_with_something_in_it_is_refused(make: Make, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    with pytest.raises(UsageError, match="something here already"):
        make("full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]


def test_what_other_rules_read_is_not_released_under_these(make: Make, growing: SqlLedger) -> None:
    file(growing, filing("g", "2025-02-20", "open"), reader="rules and detector 0", now=LATER)
    refold(growing, now=LATER)
    with pytest.raises(LedgerError, match="other rules"):
        make(of=growing)


def test_what_is_not_yet_weighed_is_not_released(make: Make, growing: SqlLedger) -> None:
    file(growing, filing("g", "2025-02-20", "open"), now=LATER)
    with pytest.raises(LedgerError, match="not yet weighed"):
        make(of=growing)
