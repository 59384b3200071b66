"""`stancewatch coalition`: for a person on any terminal, for a program, and as a page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from stancewatch.cli import stancewatch
from stancewatch.core.mention import Evidence
from stancewatch.errors import UsageError
from stancewatch.stores.ledger import open_ledger
from tests.stores.ledger.build import file, filing, refold

TOPIC = "troop-deployment"
NASTY = "if [bold]<b>they</b>[/bold] \x1b[31mask\u202e us & all"
STORY = (
    filing("gb1", "2025-01-02", "rejects", key=("GB", TOPIC), speaker="Ann Lead"),
    filing("gb2", "2025-03-10", "willing", key=("GB", TOPIC), condition=NASTY, speaker=NASTY),
    filing("fr", "2025-03-01", "committed", key=("FR", TOPIC)),
    filing("pl", "2025-03-02", "reluctant", key=("PL", TOPIC)),
    filing("pl2", "2025-03-03", "willing", key=("PL", TOPIC), who="defence-minister"),
    filing("ee", "2025-03-05", "willing", key=("EE", TOPIC), evidence=Evidence.THIRD_PARTY),
    filing("de", "2025-03-06", "open", key=("DE", TOPIC), catalogued=False),
    filing("cz", "2025-03-01", "rejects", key=("CZ", TOPIC)),
    filing("gb3", "2025-05-01", "rejects", key=("GB", TOPIC)),
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterable[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('coalition') / 'l.sqlite'}"
    with open_ledger(url) as opened:
        file(opened, *STORY)
        refold(opened)
    return url


def run(ledger: str, *words: str, width: int = 80) -> Result:
    env = {"COLUMNS": str(width), "STANCEWATCH_LEDGER": ledger}
    return CliRunner().invoke(stancewatch, ["coalition", *words], env=env)


def printed(ledger: str, *words: str, width: int = 80) -> str:
    found = run(ledger, *words, width=width)
    assert found.exit_code == 0, found.output
    return found.stdout


MARCH = ("--on", "2025-03-20")


def sections(text: str) -> dict[str, str]:
    """What is printed, by its headings, each as one line."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith(" "):
            found[line.strip()] = mine = []
        elif line:
            mine.append(line.strip())
    return {head: " ".join(lines) for head, lines in found.items()}


@pytest.mark.parametrize("width", [24, 40, 59, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(ledger: str, width: int) -> None:
    lines = printed(ledger, *MARCH, width=width).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert any("United" in line for line in lines)


@pytest.mark.parametrize("width", [40, 80])
def test_a_person_reads_who_stands_where(ledger: str, width: int) -> None:
    told = sections(printed(ledger, *MARCH, width=width))
    levels = told["Who stands where"]
    places = [levels.index(word) for word in ("France", "United Kingdom", "Poland")]
    assert places == sorted(places)
    moved = told["Who moved in the last 30 days"]
    assert "United Kingdom: rejects → willing, changed side" in moved
    assert "Poland: unknown → reluctant" in moved
    assert "2025-01-02" not in moved
    assert "France" in told["Signed, decided or under way"]
    assert told["Promised"].startswith("United Kingdom: willing; if [bold]<b>they")
    assert "Poland: reluctant, split" in told["Unsettled"]
    assert "Germany: unknown, pending open" in told["Unsettled"]
    [spoken] = [words for head, words in told.items() if head.startswith("Spoken for")]
    assert spoken.startswith("Estonia: willing")
    assert "Italy" in told["Not heard of"]


def test_a_new_government_has_not_restated_it(ledger: str) -> None:
    """The rules know when the leader changed; nothing was said since."""
    [place] = [row for row in rows(ledger) if row.get("country") == "CZ" and row["type"] == "place"]
    assert (place["level"], place["standing"]) == ("rejects", "inherited")
    at_the_time = {row["country"]: row for row in rows(ledger, *MARCH) if row["type"] == "place"}
    assert at_the_time["CZ"]["standing"] == "established"


def test_outside_text_is_shown_as_it_is_and_steers_nothing(ledger: str) -> None:
    told = printed(ledger, *MARCH, width=200)
    assert "if [bold]<b>they</b>[/bold] ask us & all" in told
    assert not {"\x1b", "\u202e"} & set(told)


def test_a_past_day_is_another_answer_than_today(ledger: str) -> None:
    assert "reluctant" in sections(printed(ledger, *MARCH))["Who stands where"]
    today = sections(printed(ledger))
    assert "Who moved in the last 30 days" not in today
    assert "Promised" not in today
    before = sections(printed(ledger, "--on", "2025-01-05"))
    assert "Poland" in before["Not heard of"]


def rows(ledger: str, *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed(ledger, "--format", "jsonl", *words).splitlines()]


def test_a_program_reads_records(ledger: str) -> None:
    found = rows(ledger, *MARCH)
    assert {row["topic"] for row in found} == {TOPIC}
    assert list(dict.fromkeys(row["type"] for row in found)) == [
        "view", "total", "place", "move", "claim",
    ]  # fmt: skip
    places = {row["country"]: row for row in found if row["type"] == "place"}
    assert places["FR"]["pledge"] == "done"
    assert (places["GB"]["pledge"], places["GB"]["condition"]) == ("promised", NASTY)
    assert (places["PL"]["standing"], places["PL"]["opposed"]["level"]) == ("split", "willing")
    assert (places["DE"]["level"], places["DE"]["pending_level"]) == (None, "open")
    assert places["DE"]["settles"]
    [claim] = [row for row in found if row["type"] == "claim"]
    assert (claim["country"], claim["says"]["url"]) == ("EE", "https://paper.example/ee")
    everyone = next(row for row in found if row["type"] == "total")
    assert (everyone["for"], everyone["against"]) == (["FR", "GB"], ["CZ", "PL"])


def test_the_days_count_back_from_the_day(ledger: str) -> None:
    moved = [
        (row["country"], row["to"])
        for row in rows(ledger, *MARCH, "--days", "15")
        if row["type"] == "move"
    ]
    assert moved == [("GB", "willing")]


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_needs_nothing_else_and_runs_nothing(ledger: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert printed(ledger, *MARCH, "--html", str(path)) == ""
    text = path.read_text("utf-8")
    page = Page(text)
    assert page.open == []
    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert "default-src 'none'" in text
    assert {link.split("/")[2] for link in page.links} == {"paper.example"}
    assert "if [bold]<b>they</b>[/bold] ask us & all" in page.text
    for words in ("United Kingdom", "changed side", "Estonia", "Would settle it", "Weimar"):
        assert words in page.text


def test_an_unknown_topic_is_told_with_those_known(ledger: str) -> None:
    found = run(ledger, "nonsense")
    assert isinstance(found.exception, UsageError)
    assert TOPIC in str(found.exception)


def test_the_page_is_not_opened_before_there_is_something_to_write(tmp_path: Path) -> None:
    url, path = f"sqlite:///{tmp_path / 'none.sqlite'}", tmp_path / "page.html"
    assert run(url, "--html", str(path)).exit_code != 0
    assert not path.exists()
