"""Every profile and runner that ships is one the program accepts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions

from stancewatch import settings
from stancewatch.core.article import Article
from stancewatch.core.moment import Precision
from stancewatch.sources.catalogue import load as load_catalogue
from stancewatch.sources.fetch import Manners
from stancewatch.sources.records import Shape, article_of
from tests.deploy.files import DEPLOY

PROFILES = sorted(path.stem for path in (DEPLOY / "profiles").iterdir())
RUNNERS = sorted(path.stem for path in (DEPLOY / "runners").iterdir())
NOW = datetime(2025, 3, 1, tzinfo=UTC)


def test_the_shipped_profiles_are_the_files_of_the_folder() -> None:
    assert settings.profiles() == PROFILES
    assert {"demo", "newsroom", "backfill-fields"} <= set(PROFILES)


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_loads_and_its_files_are_there(name: str) -> None:
    found = settings.load(name, {})
    for path in (found.rules, found.sources, found.baselines, found.feeds):
        assert path is None or path.exists(), f"{name}: {path}"
    assert Manners(contact=found.contact).user_agent  # a contact that cannot be sent is refused


@pytest.mark.parametrize("name", RUNNERS)
def test_a_runner_loads_and_names_its_runner(name: str) -> None:
    options = PipelineOptions(list(settings.runner(name).options))
    assert options.view_as(StandardOptions).runner not in (None, "DirectRunner")


def test_the_newsroom_reads_live_feeds_primes_and_lets_the_routes_decide() -> None:
    found = settings.load("newsroom", {})
    assert found.prime
    assert found.clock is None
    assert (found.sink, found.channel) == (None, None)
    assert found.feeds is not None
    assert all(feed.url.startswith(("https://", "http://")) for feed in load_catalogue(found.feeds))
    assert "CHANGE-ME" in found.contact  # nobody's real address ships with the program


def test_where_the_newsrooms_ledger_is_is_left_to_the_machine() -> None:
    assert settings.load("newsroom", {}).ledger == settings.Settings().ledger


def test_the_example_of_fields_reads_a_foreign_record() -> None:
    record = {
        "headline": "Denmark open to talks",
        "body": "The minister said so on Monday.",
        "byline": "A. Reporter",
        "publication_date": "2025-02-17",
        "language": "en",
        "link": "https://example.org/a",
        "publisher": "Example Post",
    }
    shape = Shape(fields=settings.load("backfill-fields", {}).fields)
    found = article_of(record, "archive.jsonl:1", shape, NOW)
    assert isinstance(found, Article)
    assert (found.title, found.source, found.author) == (
        "Denmark open to talks", "Example Post", "A. Reporter",
    )  # fmt: skip
    assert found.text.startswith("The minister")
    assert found.published is not None
    assert found.published.precision is Precision.DAY
    assert (found.url, found.lang) == ("https://example.org/a", "en")


def test_a_profile_that_is_copied_is_given_by_its_path(tmp_path: Path) -> None:
    copy = tmp_path / "mine.toml"
    copy.write_text((DEPLOY / "profiles" / "backfill-fields.toml").read_text("utf-8"), "utf-8")
    assert settings.load(str(copy), {}).fields["title"] == "headline"
