"""A round over many feeds: conditional, bounded, and fair to the healthy ones."""

from __future__ import annotations

import gzip
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from stancewatch.core.article import Article
from stancewatch.core.failure import Failure
from stancewatch.core.feed import Due, Feed, FeedState, Health
from stancewatch.sources import feed as parsing
from stancewatch.sources.fetch import Manners, Reason
from stancewatch.sources.poll import UNREAD, Polled, poll
from tests.sources.build import NOW, item, rss
from tests.sources.server import Stage, Visit, bomb

EVERY = timedelta(minutes=5)


class Desk:
    """One feed that is polled again and again, with a clock that the test moves."""

    def __init__(self, url: str, manners: Manners) -> None:
        self.feed = Feed(url, "harbour.example")
        self.manners = manners
        self.state = FeedState()
        self.now = NOW

    def poll(self, later: timedelta = timedelta(0), every: timedelta | None = None) -> Polled:
        self.now += later
        (polled,) = poll([(self.feed, self.state)], self.clock, every=every, manners=self.manners)
        self.state = polled.state
        return polled

    def clock(self) -> datetime:
        return self.now


def titles(polled: Polled) -> list[str]:
    return [each.title for each in polled.items if isinstance(each, Article)]


def reasons(polled: Polled) -> list[str]:
    return [each.reason for each in polled.items if isinstance(each, Failure)]


def test_the_first_look_primes_and_the_next_is_conditional(stage: Stage, manners: Manners) -> None:
    desk = Desk(stage.gives("/rss", body=rss(item()), ETag='"1"', Last_Modified="then"), manners)
    first = desk.poll()
    assert (first.first, titles(first), first.health) == (True, ["Cabinet meets"], Health.OK)
    stage.gives("/rss", 304)
    second = desk.poll(EVERY)
    assert (second.first, second.items, second.health) == (False, (), Health.NOT_MODIFIED)
    desk.poll(EVERY)
    for headers in stage.asked("/rss")[1:]:  # a 304 without validators does not lose them
        assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"1"', "then")


def test_an_unchanged_body_is_never_parsed_twice(
    stage: Stage, manners: Manners, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[bytes] = []
    parse = parsing.FeedParser.parse

    def counted(self: parsing.FeedParser, body: bytes, *args: object, **more: object) -> object:
        parsed.append(body)
        return parse(self, body, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(parsing.FeedParser, "parse", counted)
    desk = Desk(stage.gives("/rss", body=rss(item())), manners)
    assert len(desk.poll().items) == 1
    again = desk.poll(EVERY)
    assert (again.items, again.health, len(parsed)) == ((), Health.NOT_MODIFIED, 1)
    stage.gives("/rss", body=rss(item(), item("New", link="https://harbour.example/n")))
    assert titles(desk.poll(EVERY)) == ["Cabinet meets", "New"]
    stage.gives("/rss", body=b"<html>Sign in</html>")
    assert reasons(desk.poll(EVERY)) == [parsing.Reason.NOT_A_FEED]
    unread = desk.poll(timedelta(days=1))
    assert (unread.items, unread.health, unread.state.reason) == ((), Health.FAILING, UNREAD)
    assert len(parsed) == 3


def test_retry_after_is_obeyed_to_the_second(stage: Stage, manners: Manners) -> None:
    desk = Desk(stage.gives("/rss", 429, Retry_After="600"), manners)
    polled = desk.poll()
    assert (polled.health, reasons(polled)) == (Health.FAILING, [Reason.BUSY])
    assert desk.poll(timedelta(seconds=599)).due is Due.WAITING
    assert len(stage.visits) == 1
    assert desk.poll(timedelta(seconds=1)).due is Due.DUE
    assert len(stage.visits) == 2


def test_410_is_the_end(stage: Stage, manners: Manners) -> None:
    desk = Desk(stage.gives("/rss", 410), manners)
    polled = desk.poll()
    assert (polled.health, reasons(polled)) == (Health.DEAD, ["gone"])
    assert desk.poll(timedelta(days=400)).due is Due.GONE
    assert len(stage.visits) == 1


def test_intervals_apply_in_a_loop_only(stage: Stage, manners: Manners) -> None:
    desk = Desk(stage.gives("/rss", body=rss(item())), manners)
    desk.poll()
    assert desk.poll(timedelta(minutes=4), EVERY).due is Due.FRESH
    assert desk.poll().due is Due.DUE
    assert desk.poll(timedelta(minutes=5), EVERY).due is Due.DUE


def test_moved_blocked_empty_and_dormant_are_seen(stage: Stage, manners: Manners) -> None:
    stage.gives("/new", body=rss(item()))
    moved = Desk(stage.gives("/old", 301, Location="/new"), manners).poll()
    assert (moved.health, moved.state.moved_to) == (Health.MOVED, stage.url("/new"))
    assert Desk(stage.gives("/403", 403), manners).poll().health is Health.BLOCKED
    assert Desk(stage.gives("/empty", body=rss()), manners).poll().health is Health.EMPTY
    old = item(published="Mon, 03 Feb 2025 09:00:00 GMT")
    assert Desk(stage.gives("/old", body=rss(old)), manners).poll().health is Health.DORMANT
    private = Desk(stage.url("/rss"), Manners()).poll()
    assert (private.health, reasons(private)) == (Health.BLOCKED, [Reason.REFUSED_ADDRESS])


def test_a_window_that_rolled_over_is_told(stage: Stage, manners: Manners) -> None:
    desk = Desk(stage.gives("/rss", body=rss(item())), manners)
    assert not desk.poll().rolled_over
    later = item("Later", published="Mon, 03 Mar 2025 10:00:00 GMT")
    stage.gives("/rss", body=rss(item(), later))
    assert not desk.poll(EVERY).rolled_over
    latest = item("Latest", published="Mon, 03 Mar 2025 11:00:00 GMT")
    stage.gives("/rss", body=rss(latest))
    assert desk.poll(EVERY).rolled_over


def test_a_feed_on_disk_takes_the_same_path(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(rss(item()))
    feed = Feed("feed.xml", "harbour.example", path=str(file))
    (polled,) = poll([(feed, FeedState())], lambda: NOW)
    assert (titles(polled), polled.health) == (["Cabinet meets"], Health.OK)
    (again,) = poll([(feed, polled.state)], lambda: NOW)
    assert again.health is Health.NOT_MODIFIED


def test_relative_links_are_resolved_where_the_feed_was_found(
    stage: Stage, manners: Manners
) -> None:
    stage.gives("/deep/rss", body=rss(item(link="story")))
    polled = Desk(stage.gives("/rss", 302, Location="/deep/rss"), manners).poll()
    assert [each.url for each in polled.items if isinstance(each, Article)] == [
        f"https://127.0.0.1:{stage.port}/deep/story"
    ]


def hostile(stage: Stage) -> list[str]:
    def endless(visit: Visit) -> None:
        visit.send_response(200)
        visit.send_header("Content-Encoding", "gzip")
        visit.end_headers()
        while not stage.leaving.is_set():
            visit.wfile.write(gzip.compress(b" " * 1_000_000))

    stage.plays["/endless"] = endless
    loop = stage.gives("/loop", 302, Location="/loop")
    author = "<author>a@" + "a." * 32_000 + "!</author>"
    return [
        stage.drips("/slow"),
        stage.url("/endless"),
        loop,
        stage.gives("/bomb", body=bomb(200), Content_Encoding="gzip"),
        stage.gives("/inwards", 302, Location="http://127.0.0.1:1/"),
        stage.gives("/attributes", body=rss("<item " + "b='c' " * 300_000 + "/>")),
        stage.gives(
            "/names", body=rss("<item " + " ".join(f"a{n}=''" for n in range(100_000)) + "/>")
        ),
        stage.gives("/deep", body=b"<rss>" + b"<a>" * 300_000),
        stage.gives("/author", body=rss(item(more=author))),
        stage.gives("/reference", body=rss(item("REF")).replace(b"REF", b"&#xD800;")),
        stage.gives("/noise", body=bytes(range(256)) * 1000),
    ]


@pytest.mark.slow
def test_healthy_feeds_arrive_in_the_same_round_as_hostile_ones(
    stage: Stage, manners: Manners
) -> None:
    healthy = [stage.gives(f"/ok{n}", body=rss(item(f"Item {n}"))) for n in range(20)]
    feeds = [(Feed(url, "harbour.example"), FeedState()) for url in hostile(stage) + healthy]
    started = time.monotonic()
    polled = poll(feeds, lambda: NOW, manners=replace(manners, timeout=3, per_host=8), deadline=12)
    assert time.monotonic() - started < 15
    assert [each.feed for each in polled] == [feed for feed, _ in feeds]
    assert [titles(each) for each in polled[-20:]] == [[f"Item {n}"] for n in range(20)]
    assert all(each.health is Health.OK for each in polled[-20:])
    ill = [each for each in polled[:-20] if each.health is not Health.OK]
    assert len(ill) >= 8
    assert all(len(reasons(each)) == 1 for each in ill)


def test_what_failed_last_time_is_asked_last(stage: Stage, manners: Manners) -> None:
    well, ill = (Feed(stage.gives(path, body=rss(item())), "x.example") for path in ("/a", "/b"))
    one_at_a_time = replace(manners, at_once=1)
    poll([(ill, FeedState(failures=3)), (well, FeedState())], lambda: NOW, manners=one_at_a_time)
    assert [path for path, _ in stage.visits] == ["/a", "/b"]


def test_a_feed_that_was_not_reached_keeps_its_state(stage: Stage, manners: Manners) -> None:
    slow = Feed(stage.drips("/slow"), "x.example")
    next_one = Feed(stage.gives("/rss", body=rss(item())), "x.example")
    before = FeedState(etag='"1"', polled_at=NOW)
    lone = replace(manners, at_once=1)
    _, unasked = poll(
        [(slow, FeedState()), (next_one, before)], lambda: NOW, manners=lone, deadline=0.3
    )
    assert (unasked.state, unasked.items) == (before, ())
