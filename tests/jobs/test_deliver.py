"""Sent once, whatever happens: a real ledger against a real HTTP server that speaks for Slack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from stancewatch.core.article import Article, make_article
from stancewatch.core.moment import parse_moment
from stancewatch.core.ports import Sink
from stancewatch.core.route import QuietHours, Route
from stancewatch.core.watch import Reason
from stancewatch.jobs.deliver import Delivery, Terms, decide_once, deliver
from stancewatch.jobs.spine import run_spine
from stancewatch.jobs.wiring import House
from stancewatch.sinks.table import SinkConfig, open_sink
from tests.jobs.build import Clock, follow, house_in
from tests.sinks.fake_slack import FakeSlack, Mischief, Workspace, fake_slack

pytestmark = pytest.mark.slow

NOW = datetime(2025, 2, 17, 9, tzinfo=UTC)
CHANNEL = "C0DESK"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with fake_slack() as running:
        yield running


@pytest.fixture
def slack(server: FakeSlack) -> FakeSlack:
    server.workspace = Workspace()
    return server


@pytest.fixture
def house(tmp_path: Path) -> House:
    return house_in(tmp_path, channel=CHANNEL)


def sinks(slack: FakeSlack, clock: Clock) -> dict[str, Sink]:
    config = SinkConfig(
        slack.workspace.token,
        slack.base_url,
        slack_timeout=1,
        clock=lambda: clock().timestamp(),
        sleep=clock.sleep,
    )
    return {"slack": open_sink("slack", config)}


def says(text: str, at: str, path: str, source: str = "north-sea-post.example") -> Article:
    return make_article(
        source=source,
        title="Troops for Ukraine",
        text=text,
        url=f"https://{source}/{path}",
        lang="en",
        published=parse_moment(at),
    )


WILLING = (
    'Prime Minister Keir Starmer said: "I am ready and willing to send British troops to Ukraine'
    ' if necessary."'
)
STARMER = says(WILLING, "2025-02-17T07:00:00Z", "starmer")
# The same news told in other words by an independent paper, and a later denial of everything.
SECOND = says(
    "Britain is ready to deploy its own soldiers in Ukraine, Prime Minister Keir Starmer said.",
    "2025-02-17T08:00:00Z", "second", "danube-times.example",
)  # fmt: skip


def send(house: House, slack: FakeSlack, clock: Clock, terms: Terms | None = None) -> Delivery:
    with house.ledger() as ledger:
        return deliver(house, ledger, sinks(slack, clock), clock, clock.sleep, terms or Terms())


def test_a_shift_becomes_one_message_with_both_sentences(house: House, slack: FakeSlack) -> None:
    follow(house, [STARMER], NOW)
    send(house, slack, Clock(NOW))
    send(house, slack, Clock(NOW))
    (message,) = slack.workspace.messages
    assert message.channel == CHANNEL
    told = str(message.blocks)
    assert "reluctant" in told
    assert "willing" in told
    assert "north-sea-post.example/starmer" in told
    assert "No plans for a large-scale deployment" in told


def test_growing_evidence_edits_it_and_posts_nothing(house: House, slack: FakeSlack) -> None:
    follow(house, [STARMER], NOW)
    send(house, slack, Clock(NOW))
    follow(house, [SECOND], NOW)
    send(house, slack, Clock(NOW))
    (message,) = slack.workspace.messages
    assert message.edits == 1
    assert "2 origins" in str(message.blocks)


def test_a_corrected_article_is_told_in_the_thread(house: House, slack: FakeSlack) -> None:
    follow(house, [STARMER], NOW)
    send(house, slack, Clock(NOW))
    corrected = make_article(
        source=STARMER.source,
        title="Correction",
        text="An earlier version of this article misquoted the prime minister; it is withdrawn.",
        url=STARMER.url,
        published=STARMER.published,
        updated=parse_moment("2025-02-17T08:30:00Z"),
        lang="en",
    )
    follow(house, [corrected], NOW)
    send(house, slack, Clock(NOW))
    root, reply = slack.workspace.messages
    assert reply.thread_ts == root.ts
    assert root.edits == 1
    assert "retracted" in reply.text


@pytest.mark.parametrize(
    ("mischief", "detail"),
    [
        (Mischief.ERROR, "500"),
        (Mischief.RESET, ""),
        (Mischief.SILENCE, ""),
        (Mischief.GARBAGE, "<html>"),
        (Mischief.ERROR_BEFORE, "503"),
        (Mischief.BUSY, "7"),
    ],
)
def test_no_fault_loses_or_repeats_a_message(
    house: House, slack: FakeSlack, mischief: Mischief, detail: str
) -> None:
    follow(house, [STARMER], NOW)
    slack.workspace.misbehave("chat.postMessage", mischief, detail)
    clock = Clock(NOW)
    first = send(house, slack, clock)
    assert first.sent.put_off == 1
    clock.sleep(3600)
    second = send(house, slack, clock)
    assert second.sent.sent + second.sent.recovered == 1
    assert len(slack.workspace.messages) == 1


def test_a_refused_token_stops_the_sink_and_keeps_the_queue(house: House, slack: FakeSlack) -> None:
    follow(house, [STARMER], NOW)
    slack.workspace.misbehave("chat.postMessage", Mischief.DENY, "invalid_auth")
    clock = Clock(NOW)
    done = send(house, slack, clock)
    assert "slack" in done.sent.stopped
    assert slack.workspace.token not in str(done)
    clock.sleep(3600)
    assert send(house, slack, clock).sent.sent == 1


def test_a_refusal_for_good_is_a_dead_letter(house: House, slack: FakeSlack) -> None:
    follow(house, [STARMER], NOW)
    slack.workspace.misbehave("chat.postMessage", Mischief.DENY, "channel_not_found")
    assert send(house, slack, Clock(NOW)).sent.given_up == 1
    with house.ledger() as ledger:
        (failed,) = ledger.failures()
    assert failed.failure.reason == "refused"


def test_without_a_token_messages_wait(house: House, slack: FakeSlack) -> None:
    follow(house, [STARMER], NOW)
    clock = Clock(NOW)
    with house.ledger() as ledger:
        done = deliver(house, ledger, {}, clock, clock.sleep, Terms())
    assert "SLACK_BOT_TOKEN" in done.sent.stopped["slack"]
    clock.sleep(3600)
    assert send(house, slack, clock).sent.sent == 1


def test_deliver_waits_no_longer_than_it_is_told(house: House, slack: FakeSlack) -> None:
    follow(house, [STARMER], NOW)
    slack.workspace.misbehave("chat.postMessage", Mischief.BUSY, "20")
    clock = Clock(NOW)
    done = send(house, slack, clock, Terms(max_wait=timedelta(minutes=1)))
    assert done.sent.sent == 1
    assert 20 <= (clock.time - NOW).total_seconds() <= 60


# --- Two watches on one country ---


@pytest.fixture
def desks(tmp_path: Path) -> House:
    """The desk is told at once; the embassy sleeps until ten."""
    house = house_in(tmp_path, sink="", channel="")
    (watch,) = (each for each in house.book.watches if each.covers(("GB", "troop-deployment")))
    watches = [replace(watch, id="desk"), replace(watch, id="embassy")]
    sleeps = QuietHours(time(8), time(10))
    routes = [
        Route("desk", "slack", CHANNEL, frozenset({"desk"})),
        Route("embassy", "slack", "C0EMBASSY", frozenset({"embassy"}), quiet_hours=sleeps),
    ]
    return replace(house, book=replace(house.book, watches=watches, routes=routes))


def channels(slack: FakeSlack) -> list[str]:
    return [message.channel for message in slack.workspace.messages]


def test_each_route_is_told_once_when_it_wakes(desks: House, slack: FakeSlack) -> None:
    follow(desks, [STARMER], NOW)
    clock = Clock(NOW)
    for _ in range(2):
        send(desks, slack, clock)
        assert channels(slack) == [CHANNEL]
    clock.sleep(3600)
    for _ in range(2):
        send(desks, slack, clock)
        assert channels(slack) == [CHANNEL, "C0EMBASSY"]
    assert [message.edits for message in slack.workspace.messages] == [0, 0]
    with desks.ledger() as ledger:
        assert ledger.untold() == []


def test_of_two_deliveries_at_once_one_tells(desks: House, slack: FakeSlack) -> None:
    """The shift waits for the embassy: neither settles it, and yet the desk is told once."""
    follow(desks, [STARMER], NOW)
    with desks.ledger() as ledger, desks.ledger() as other:
        (seen,) = (each.id for each in other.untold() if not each.recorded.shift.baseline)
        first = decide_once(desks, ledger, NOW, Terms())
        assert first.waiting == (seen,)
        assert not other.settle(
            (), first.decisions, first.told, first.notifications, now=NOW, waiting=[seen]
        )
    send(desks, slack, Clock(NOW))
    assert channels(slack) == [CHANNEL]


def test_a_quiet_change_does_not_end_the_wait_of_an_alert(house: House, slack: FakeSlack) -> None:
    follow(house, [STARMER], NOW)
    run_spine([SECOND], replace(house.spine(NOW), quiet=Reason.REBUILT), house.beam)
    assert set(send(house, slack, Clock(NOW), Terms(only_quiet=True)).decided) == {Reason.BASELINE}
    send(house, slack, Clock(NOW))
    (message,) = slack.workspace.messages
    assert "2 origins" in str(message.blocks)
