"""The main job against a real HTTP server with feeds, and alerts to a real HTTP Slack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stancewatch.core.feed import Feed, Health
from stancewatch.core.watch import Reason
from stancewatch.jobs.monitor import Cycle, cycle
from stancewatch.jobs.wiring import House
from stancewatch.settings import shipped
from stancewatch.sinks.table import SinkConfig, open_sink
from stancewatch.sources.address import parse_rule
from stancewatch.sources.catalogue import load
from stancewatch.sources.fetch import Manners
from tests.jobs.build import Clock, house_in
from tests.sinks.fake_slack import FakeSlack, fake_slack
from tests.sources.server import Stage, serving

pytestmark = pytest.mark.slow

NOW = datetime(2025, 2, 18, 9, tzinfo=UTC)
SNAPSHOTS = shipped("seeds/snapshots/feeds.toml")


@pytest.fixture
def web() -> Iterator[Stage]:
    with serving() as stage:
        yield stage


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as running:
        yield running


def served(web: Stage) -> list[Feed]:
    """The feeds of the demo, over HTTP."""
    feeds = []
    for feed in load(SNAPSHOTS):
        assert feed.path is not None
        path = Path(feed.path)
        url = web.gives(f"/{path.name}", body=path.read_bytes(), ETag='"1"')
        feeds.append(replace(feed, url=url, path=None))
    return feeds


def round_of(house: House, feeds: list[Feed], web: Stage, slack: FakeSlack, clock: Clock) -> Cycle:
    config = SinkConfig(slack.workspace.token, slack.base_url, sleep=lambda _: None)
    manners = Manners(rule=parse_rule([f"127.0.0.1:{web.port}"]))
    with house.ledger() as ledger:
        sinks = {"slack": open_sink("slack", config)}
        return cycle(house, ledger, feeds, sinks, clock, clock.sleep, manners=manners)


def test_feeds_over_http_become_alerts_in_slack(
    tmp_path: Path, web: Stage, slack: FakeSlack
) -> None:
    house = house_in(tmp_path, channel="C0DESK", prime=False)
    feeds, clock = served(web), Clock(NOW)
    done = round_of(house, feeds, web, slack, clock)
    assert {polled.health for polled in done.polled} == {Health.OK}
    assert done.counts.articles == 53
    assert done.counts.failures == 0
    told = str([message.blocks for message in slack.workspace.messages])
    assert "United Kingdom: reluctant → willing" in told
    for message in slack.workspace.messages:
        assert message.channel == "C0DESK"

    web.visits.clear()
    before = len(slack.workspace.messages)
    clock.sleep(600)
    again = round_of(house, feeds, web, slack, clock)
    assert again.counts.articles == 0
    assert len(slack.workspace.messages) == before
    assert {headers.get("If-None-Match") for _, headers in web.visits} == {'"1"'}


def test_a_first_look_primes_in_silence(tmp_path: Path, web: Stage, slack: FakeSlack) -> None:
    house = house_in(tmp_path, channel="C0DESK", prime=True)
    done = round_of(house, served(web), web, slack, Clock(NOW))
    assert slack.workspace.messages == []
    assert done.delivery.decided[Reason.PRIMED] > 0


def test_one_bad_feed_never_harms_another(tmp_path: Path, web: Stage, slack: FakeSlack) -> None:
    house = house_in(tmp_path, channel="C0DESK", prime=False)
    feeds = [
        Feed(web.gives("/broken.xml", body=b"<rss><channel><item>"), "danube-times.example"),
        Feed(web.gives("/gone.xml", status=410), "danube-times.example"),
        Feed("http://127.0.0.1:1/private.xml", "danube-times.example"),
        *served(web),
    ]
    done = round_of(house, feeds, web, slack, Clock(NOW))
    assert done.counts.articles == 53
    assert done.counts.failures == 3
    assert done.counts.read == 56
    with house.ledger() as ledger:
        assert len(ledger.failures()) == 3
    assert slack.workspace.messages


def test_an_address_that_is_not_public_is_refused(
    tmp_path: Path, web: Stage, slack: FakeSlack
) -> None:
    house = house_in(tmp_path, prime=False)
    feeds, clock = served(web)[:1], Clock(NOW)
    with house.ledger() as ledger:
        done = cycle(house, ledger, feeds, {}, clock, clock.sleep, manners=Manners())
    assert [polled.health for polled in done.polled] == [Health.BLOCKED]
    assert web.visits == []


def test_a_loop_asks_no_feed_before_its_interval(
    tmp_path: Path, web: Stage, slack: FakeSlack
) -> None:
    house = house_in(tmp_path, prime=False)
    feeds, clock = served(web)[:2], Clock(NOW)
    manners = Manners(rule=parse_rule([f"127.0.0.1:{web.port}"]))
    every = timedelta(minutes=5)
    with house.ledger() as ledger:
        for wait in (0, 60, 300):
            clock.sleep(wait)
            cycle(house, ledger, feeds, {}, clock, clock.sleep, manners=manners, every=every)
    assert len(web.visits) == 2 * len(feeds)
