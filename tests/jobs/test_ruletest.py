"""The stories of `rules/tests` hold, and a story that does not hold says so at its line."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from stancewatch.core.article import Article
from stancewatch.jobs.ruletest import follow, read_cases, run_cases
from stancewatch.jobs.wiring import House, build
from stancewatch.settings import Settings, shipped
from tests.jobs.build import NOW, archive, article, house_in, stable
from tests.jobs.build import follow as through_beam

pytestmark = pytest.mark.slow

FILES = sorted((shipped("rules") / "tests").glob("*.yaml"))

# What a case says of one article, line by line; the article is on line 5.
STORY = """\
title: A minister says so
baselines:
  - {country: GB, stance: reluctant, date: 2024-02-27}
articles:
  - source: north-sea-post.example
    published: 2025-02-16T22:00:00Z
    text: '"I am willing to send British troops to Ukraine," Prime Minister Keir Starmer said.'
sources:
  - {name: North Sea Post, domain: north-sea-post.example, owner: Harbour Media}
expect:
"""


@lru_cache(maxsize=1)
def house() -> House:
    return build(Settings(baselines=None))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_story_holds(path: Path) -> None:
    (result,) = run_cases(house(), read_cases(house(), [path]))
    assert result.differences == ()


def test_without_a_file_all_are_read() -> None:
    assert len(read_cases(house(), [])) == len(FILES) > 5


def differences(expect: str, folder: Path, story: str = STORY) -> list[str]:
    path = folder / "story.yaml"
    path.write_text(f"{story}{expect}", encoding="utf-8")
    (result,) = run_cases(house(), read_cases(house(), [path]))
    return [each.removeprefix(f"{folder}/story.yaml:") for each in result.differences]


@pytest.mark.parametrize(
    "expect",
    [
        "  stances: [{country: GB, on: 2025-02-15, level: reluctant, standing: inherited}]",
        "  stances: [{country: GB, on: 2025-02-16, level: willing, conditional: false}]",
        "  stances: [{country: FR, on: 2025-02-16, level: null}]",
        "  shifts: [{country: GB, from: reluctant, to: willing, happened: 2025-02-16}]",
        "  unmoved: [FR]",
        "  notifications: [{country: GB, to: willing, at: 2025-02-16}]",
        "  quiet: [{country: GB, reason: moved}]",
    ],
)
def test_what_did_happen_is_no_difference(tmp_path: Path, expect: str) -> None:
    assert differences(expect, tmp_path) == []


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        (
            "  stances: [{country: GB, on: 2025-02-16, level: open, conditional: true}]",
            "11: GB on 2025-02-16: expected open on a condition, got willing without a condition",
        ),
        (
            "  stances: [{country: GB, on: 2025-02-16, level: willing, standing: pending}]",
            "11: GB on 2025-02-16: expected willing (pending), got willing",
        ),
        (
            "  stances: [{country: FR, on: 2025-02-16, level: open}]",
            "11: FR on 2025-02-16: expected open, got no position",
        ),
        (
            "  shifts: [{country: GB, from: reluctant, to: open}]",
            "11: expected GB reluctant → open, got reluctant → willing on 2025-02-16",
        ),
        (
            "  shifts: [{country: GB, from: reluctant, to: willing, happened: 2025-02-17}]",
            "11: expected GB reluctant → willing on 2025-02-17, got reluctant → willing on",
        ),
        ("  unmoved: [FR, GB]", "11: GB was not to move, got reluctant → willing"),
        ("  notifications: []", "11: nobody was to be told of GB to willing at 2025-02-16 22:05"),
        (
            "  notifications: [{country: GB, to: committed}]",
            "11: expected an alert on GB to committed, got GB to willing",
        ),
        (
            "  notifications: [{country: GB, to: willing, at: 2025-02-17}]",
            "11: expected an alert on GB to willing on 2025-02-17, got GB to willing",
        ),
        (
            "  quiet: [{country: GB, reason: denied}]",
            "11: expected GB to be quiet for denied, got baseline, moved, sent",
        ),
        ("  none: true", "11: expected nothing, got GB reluctant → willing"),
    ],
)
def test_a_difference_names_its_line_and_what_was_there(
    tmp_path: Path, expect: str, told: str
) -> None:
    found = differences(expect, tmp_path)
    assert found
    assert found[0].startswith(told)


def test_every_shift_of_a_country_that_is_named_is_meant(tmp_path: Path) -> None:
    more = STORY.replace(
        "sources:",
        """\
  - source: north-sea-post.example
    published: 2025-03-20T10:00:00Z
    text: '"We will not send British troops to Ukraine," Prime Minister Keir Starmer said.'
sources:""",
    )
    expect = "  shifts: [{country: GB, from: reluctant, to: willing}]"
    (found,) = differences(expect, tmp_path, more)
    assert found.startswith("14: GB was not to move, got willing → rejects on 2025-03-20")


def test_a_difference_shows_what_was_heard(tmp_path: Path) -> None:
    (found,) = differences("  shifts: [{country: GB, from: open, to: willing}]", tmp_path)
    assert 'moved: establishes willing: "I am willing to send' in found


def test_a_story_is_the_same_computation_as_the_pipeline(tmp_path: Path) -> None:
    """The functions called one by one leave what the Beam pipeline leaves, byte for byte."""
    articles: list[Article] = [article(record) for record in archive()[66:80]]
    houses = []
    for name in ("plain", "beam"):
        (folder := tmp_path / name).mkdir()
        houses.append(replace(house_in(folder), baselines=()))
    with houses[0].ledger() as ledger:
        follow(articles, houses[0].spine(NOW), ledger)
    through_beam(houses[1], articles)
    assert "shift" in stable(houses[0])
    assert stable(houses[0]) == stable(houses[1])
