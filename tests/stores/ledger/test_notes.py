"""Feeds, failures, silences, runs and progress: what is written down beside the evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from stancewatch.core.failure import Failure, Stage
from stancewatch.core.feed import FeedState, Health
from stancewatch.core.route import Silence
from stancewatch.stores.ledger import Failed, SqlLedger
from tests.stores.ledger.build import LATER, NOW, file, filing

LOST = Failure(Stage.GATHER, "https://feed.example/rss", "timeout", "No answer in 12 s.", "<rss")


def test_feed_states_are_kept_by_url(ledger: SqlLedger) -> None:
    one = FeedState(etag='"abc"', polled_at=NOW, newest=NOW, health=Health.OK, primed=True)
    two = FeedState(failures=3, not_before=LATER, health=Health.FAILING, reason="timeout")
    ledger.save_feed_states({"https://b.example": one, "https://a.example": two})
    ledger.save_feed_states({"https://b.example": replace(one, etag='"def"')})
    assert ledger.feed_states() == {
        "https://a.example": two,
        "https://b.example": replace(one, etag='"def"'),
    }


def test_saving_no_feed_state_is_no_fault(ledger: SqlLedger) -> None:
    ledger.save_feed_states({})
    assert ledger.feed_states() == {}


def test_an_article_is_sighted_once_a_feed(ledger: SqlLedger) -> None:
    one = filing("a", "2025-02-17", "willing")
    file(ledger, one)
    for now in (NOW, LATER):
        ledger.sighted("https://feed.example", [one.article.id], now=now)
    with ledger._reading() as connection:
        found = connection.exec_driver_sql("SELECT feed, seen_at FROM sightings").all()
    assert [tuple(row) for row in found] == [
        ("https://feed.example", "2025-03-01T12:00:00.000000Z")
    ]


def test_an_article_that_is_not_filed_is_not_sighted(ledger: SqlLedger) -> None:
    ledger.sighted("https://feed.example", ["unknown"], now=NOW)
    with ledger._reading() as connection:
        assert connection.exec_driver_sql("SELECT feed FROM sightings").all() == []


def test_a_failure_is_one_row_however_often_it_is_met(ledger: SqlLedger) -> None:
    other = replace(LOST, where="https://other.example")
    ledger.record_failures([LOST, LOST], now=NOW)
    ledger.record_failures([LOST, other], now=LATER)
    assert set(map(repr, ledger.failures())) == {
        repr(Failed(LOST, NOW, LATER)),
        repr(Failed(other, LATER, LATER)),
    }
    assert ledger.failures(since=LATER + timedelta(seconds=1)) == []
    assert len(ledger.failures(limit=1)) == 1


def test_silences_are_recorded(ledger: SqlLedger) -> None:
    silence = Silence("s1", "an exercise", "A. Analyst", LATER, countries=frozenset({"GB", "FR"}))
    ledger.record_silences([silence], now=NOW)
    ledger.record_silences([replace(silence, because="a long exercise")], now=LATER)
    assert ledger.silences() == [replace(silence, because="a long exercise")]


def test_runs_are_listed_the_latest_first(ledger: SqlLedger) -> None:
    first = ledger.begin_run("monitor --once", now=NOW)
    second = ledger.begin_run("backfill", now=LATER)
    ledger.end_run(first, {"articles": 3, "failures": 0}, now=LATER)
    runs = ledger.runs()
    assert [run.id for run in runs] == [second, first]
    assert (runs[0].command, runs[0].ended, runs[0].counts) == ("backfill", None, {})
    assert (runs[1].started, runs[1].ended) == (NOW, LATER)
    assert runs[1].counts == {"articles": 3, "failures": 0}


def test_progress_only_goes_forward(ledger: SqlLedger) -> None:
    assert ledger.progress("archive") == 0
    ledger.advance("archive", 2000, now=NOW)
    ledger.advance("archive", 1000, now=LATER)
    assert ledger.progress("archive") == 2000
    assert ledger.progress("another") == 0
