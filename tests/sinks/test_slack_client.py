"""Threads, edits, finding and pacing, against a fake Slack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from stancewatch.core.notification import Form, Notification, Receipt
from stancewatch.errors import SinkBusyError, SinkPermanentError, SinkUnknownError, UsageError
from stancewatch.sinks.slack.client import SlackSink
from stancewatch.sinks.slack.pace import Pace
from tests.sinks.fake_slack import TOKEN, FakeSlack, Message, Mischief, Workspace, fake_slack
from tests.sinks.samples import CHANNEL, notification, uk_alert


@dataclass
class Clock:
    """Time passes only while somebody sleeps."""

    now: float = 1_000.0
    slept: float = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


@dataclass
class Slack:
    server: FakeSlack
    clock: Clock
    sink: SlackSink

    @property
    def messages(self) -> list[Message]:
        return self.server.workspace.messages

    def called(self, method: str) -> int:
        return sum(name == method for name, _ in self.server.workspace.calls)

    def break_next(self, method: str, mischief: Mischief, detail: str = "") -> None:
        self.server.workspace.misbehave(method, mischief, detail)

    def chatter(self, count: int) -> None:
        """Other people's messages."""
        for _ in range(count):
            self.server.workspace.answer(
                "chat.postMessage", TOKEN, {"channel": CHANNEL, "text": "hello"}
            )


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with fake_slack() as running:
        yield running


@pytest.fixture
def slack(server: FakeSlack) -> Slack:
    server.workspace = Workspace()
    return fresh(server)


def fresh(server: FakeSlack) -> Slack:
    clock = Clock()
    sink = SlackSink(TOKEN, server.base_url, 5, Pace(clock, clock.sleep))
    return Slack(server, clock, sink)


def reply() -> Notification:
    return notification(form=Form.REPLY, headline="UK: condition dropped")


def edit() -> Notification:
    return notification(form=Form.EDIT, headline="UK: open → willing (three origins)")


def test_a_root_carries_its_key_and_unfurls_nothing(slack: Slack) -> None:
    receipt = slack.sink.send(uk_alert(), None)
    _, arguments = slack.server.workspace.calls[0]
    assert arguments["metadata"] == {
        "event_type": "stancewatch_alert",
        "event_payload": {"delivery_key": uk_alert().delivery_key, "incident": "incident-uk"},
    }
    assert arguments["unfurl_links"] is arguments["unfurl_media"] is False
    assert receipt == Receipt(uk_alert().delivery_key, CHANNEL, slack.messages[0].ts)


def test_a_reply_goes_into_the_root_s_thread(slack: Slack) -> None:
    root = slack.sink.send(uk_alert(), None)
    slack.sink.send(reply(), root)
    assert [message.thread_ts for message in slack.messages] == [None, root.reference]


def test_an_edit_changes_the_root_and_posts_nothing(slack: Slack) -> None:
    root = slack.sink.send(uk_alert(), None)
    receipt = slack.sink.send(edit(), root)
    assert receipt.reference == root.reference
    assert [message.edits for message in slack.messages] == [1]
    assert "three origins" in slack.messages[0].text


def test_an_edited_root_is_still_found_as_the_root(slack: Slack) -> None:
    root = slack.sink.send(uk_alert(), None)
    assert slack.sink.find(edit()) is None
    slack.sink.send(edit(), root)
    for said in (uk_alert(), edit()):
        found = slack.sink.find(said)
        assert found == Receipt(said.delivery_key, CHANNEL, root.reference, recovered=True)


@pytest.mark.parametrize("form", [Form.EDIT, Form.REPLY])
def test_what_belongs_to_a_root_is_not_sent_without_it(slack: Slack, form: Form) -> None:
    with pytest.raises(SinkPermanentError):
        slack.sink.send(notification(form=form), None)
    assert slack.messages == []


@pytest.mark.parametrize("with_root", [True, False])
def test_a_lost_reply_is_found_in_its_thread(slack: Slack, with_root: bool) -> None:
    root = slack.sink.send(uk_alert(), None)
    slack.chatter(3)
    assert slack.sink.find(reply(), root if with_root else None) is None
    slack.break_next("chat.postMessage", Mischief.RESET)
    with pytest.raises(SinkUnknownError):
        slack.sink.send(reply(), root)
    found = slack.sink.find(reply(), root if with_root else None)
    assert found is not None
    assert found.reference == slack.messages[-1].ts


def test_a_lost_edit_is_found_on_its_root(slack: Slack) -> None:
    root = slack.sink.send(uk_alert(), None)
    slack.break_next("chat.update", Mischief.ERROR, "502")
    with pytest.raises(SinkUnknownError):
        slack.sink.send(edit(), root)
    assert slack.sink.find(edit(), root) is not None


# Finding


def test_the_search_reads_page_after_page(slack: Slack) -> None:
    slack.sink.send(uk_alert(), None)
    slack.chatter(40)
    assert slack.sink.find(uk_alert()) is not None
    assert slack.called("conversations.history") == 3  # 15 a page


def test_the_search_is_bounded(slack: Slack) -> None:
    slack.sink.send(uk_alert(), None)
    slack.chatter(400)
    assert slack.sink.find(uk_alert()) is None
    assert slack.called("conversations.history") == 10


def test_of_two_copies_the_oldest_is_the_first_attempt(slack: Slack) -> None:
    first = slack.sink.send(uk_alert(), None)
    slack.chatter(20)
    slack.sink.send(uk_alert(), None)
    found = slack.sink.find(uk_alert())
    assert found is not None
    assert found.reference == first.reference


def test_another_channel_s_or_app_s_message_is_not_ours(slack: Slack) -> None:
    elsewhere = replace(uk_alert(), channel="C0OTHER")
    slack.sink.send(elsewhere, None)
    key = uk_alert().delivery_key
    foreign = {"event_type": "something_else", "event_payload": {"delivery_key": key}}
    slack.server.workspace.answer(
        "chat.postMessage", TOKEN, {"channel": CHANNEL, "text": "x", "metadata": foreign}
    )
    assert slack.sink.find(uk_alert()) is None


def test_one_page_a_minute_is_enough_to_find(slack: Slack) -> None:
    """Slack gives some apps one reading a minute: a search goes on at the page where it stopped."""
    slack.sink.send(uk_alert(), None)
    slack.chatter(20)
    slack.break_next("conversations.history", Mischief.NOTHING)
    slack.break_next("conversations.history", Mischief.BUSY, "60")
    with pytest.raises(SinkBusyError):
        slack.sink.find(uk_alert())
    slack.clock.now += 60
    assert slack.sink.find(uk_alert()) is not None
    asked = [call for name, call in slack.server.workspace.calls if name.endswith("history")]
    assert [call.get("cursor") for call in asked] == [None, "15"]


def test_once_found_a_fault_on_a_later_page_does_not_matter(slack: Slack) -> None:
    slack.chatter(20)
    receipt = slack.sink.send(uk_alert(), None)
    slack.break_next("conversations.history", Mischief.NOTHING)
    slack.break_next("conversations.history", Mischief.BUSY, "60")
    found = slack.sink.find(uk_alert())
    assert found is not None
    assert found.reference == receipt.reference


def test_a_search_that_fails_is_no_proof_of_absence(slack: Slack) -> None:
    slack.break_next("conversations.history", Mischief.RESET)
    with pytest.raises(SinkUnknownError):
        slack.sink.find(uk_alert())


# Pace


def test_one_message_a_second_a_channel(slack: Slack) -> None:
    for number in range(3):
        slack.sink.send(notification(incident=f"incident-{number}"), None)
    assert slack.clock.slept == 2.0


def test_channels_do_not_wait_for_each_other(slack: Slack) -> None:
    for channel in ("C1", "C2", "C3"):
        slack.sink.send(notification(channel=channel), None)
    assert slack.clock.slept == 0.0


def test_a_failed_message_takes_its_turn_too(slack: Slack) -> None:
    slack.break_next("chat.postMessage", Mischief.ERROR, "500")
    with pytest.raises(SinkUnknownError):
        slack.sink.send(uk_alert(), None)
    slack.sink.send(uk_alert(), None)
    assert slack.clock.slept == 1.0


def test_while_slack_asks_for_silence_nothing_is_sent(slack: Slack) -> None:
    slack.break_next("chat.postMessage", Mischief.BUSY, "20")
    with pytest.raises(SinkBusyError):
        slack.sink.send(uk_alert(), None)
    slack.clock.now += 12
    with pytest.raises(SinkBusyError) as caught:
        slack.sink.send(notification(incident="another", channel="C0OTHER"), None)
    assert caught.value.retry_after == pytest.approx(8)
    assert slack.messages == []
    slack.clock.now += 8
    slack.sink.send(uk_alert(), None)
    assert len(slack.messages) == 1


# Settings


@pytest.mark.parametrize("proxied", ["HTTPS_PROXY", "HTTP_PROXY"])
def test_a_proxy_for_others_is_left_alone(
    server: FakeSlack, monkeypatch: pytest.MonkeyPatch, proxied: str
) -> None:
    server.workspace = Workspace()
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(proxied, "http://127.0.0.1:9")
    if proxied == "HTTP_PROXY":
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    fresh(server).sink.send(uk_alert(), None)
    assert len(server.workspace.messages) == 1


def test_an_address_without_a_scheme_is_a_usage_error() -> None:
    clock = Clock()
    with pytest.raises(UsageError, match="SLACK_API_BASE_URL"):
        SlackSink(TOKEN, "slack.example/api/", 5, Pace(clock, clock.sleep))
