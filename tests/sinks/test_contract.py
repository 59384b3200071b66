"""What every sink promises: it sends once, says what a fault means, leaks no secret, and outside
text can do nothing in it but be read."""

from __future__ import annotations

import io
import logging
import pickle
import re
import traceback
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings

from stancewatch.core.notification import Form, Notification
from stancewatch.core.ports import Sink
from stancewatch.errors import (
    SinkAuthError,
    SinkBusyError,
    SinkError,
    SinkPermanentError,
    SinkUnknownError,
    StancewatchError,
)
from stancewatch.sinks.slack.blocks import MESSAGE_LIMIT, render, size
from stancewatch.sinks.slack.faults import classify
from stancewatch.sinks.table import SINKS, SinkConfig, open_sink
from tests.sinks.fake_slack import (
    FakeSlack,
    Mischief,
    Workspace,
    check_message,
    fake_slack,
    texts_of,
)
from tests.sinks.hostile import notifications, saying
from tests.sinks.samples import notification, paris_summit, uk_alert

SECRET = "xoxb-secret-1234567890"


class Rig(Protocol):
    """A sink with something to break, and a view of what arrived."""

    sink: Sink

    def arrived(self) -> int: ...


@dataclass
class ConsoleRig:
    sink: Sink
    stream: io.StringIO

    def arrived(self) -> int:
        return self.stream.getvalue().count("UK: open")


@dataclass
class SlackRig:
    sink: Sink
    server: FakeSlack

    def arrived(self) -> int:
        return len(self.server.workspace.messages)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with fake_slack() as running:
        yield running


def slack_rig(server: FakeSlack) -> SlackRig:
    server.workspace = Workspace(token=SECRET)
    config = SinkConfig(
        slack_token=SECRET, slack_base_url=server.base_url, slack_timeout=1, sleep=lambda _: None
    )
    return SlackRig(open_sink("slack", config), server)


def console_rig() -> ConsoleRig:
    stream = io.StringIO()
    return ConsoleRig(open_sink("console", SinkConfig(stream=stream, width=80)), stream)


@pytest.fixture(params=sorted(SINKS))
def rig(request: pytest.FixtureRequest, server: FakeSlack) -> Rig:
    return slack_rig(server) if request.param == "slack" else console_rig()


@pytest.fixture
def slack(server: FakeSlack) -> SlackRig:
    return slack_rig(server)


def test_a_message_arrives_once_with_a_receipt(rig: Rig) -> None:
    receipt = rig.sink.send(uk_alert(), None)
    assert rig.arrived() == 1
    assert receipt.delivery_key == uk_alert().delivery_key
    assert receipt.reference
    assert not receipt.recovered


def test_a_message_never_sent_is_not_found(rig: Rig) -> None:
    assert rig.sink.find(uk_alert()) is None


@pytest.mark.parametrize("form", list(Form))
def test_every_form_is_sent(rig: Rig, form: Form) -> None:
    root = rig.sink.send(uk_alert(), None)
    said = notification(form=form, headline="UK: condition added")
    assert rig.sink.send(said, root).delivery_key == said.delivery_key


# Faults

AMBIGUOUS = [
    (Mischief.ERROR, "500"),
    (Mischief.ERROR, "503"),
    (Mischief.RESET, ""),
    (Mischief.SILENCE, ""),
    (Mischief.GARBAGE, "<html>"),
    (Mischief.GARBAGE, ""),
    (Mischief.GARBAGE, "[1]"),
    (Mischief.GARBAGE, '{"ok": true}'),
    (Mischief.GARBAGE, "\xff\xfe"),
    (Mischief.GARBAGE, '{"ok": false}'),
    (Mischief.GARBAGE, '{"ok": false, "error": "fatal_error"}'),
    (Mischief.GARBAGE, '{"ok": false, "error": "internal_error"}'),
]


@pytest.mark.parametrize(("mischief", "detail"), AMBIGUOUS)
def test_after_an_ambiguous_fault_the_message_is_found_not_sent_again(
    slack: SlackRig, mischief: Mischief, detail: str
) -> None:
    slack.server.workspace.misbehave("chat.postMessage", mischief, detail)
    with pytest.raises(SinkUnknownError):
        slack.sink.send(uk_alert(), None)
    assert slack.arrived() == 1  # and slack_sdk did not try again by itself
    found = slack.sink.find(uk_alert())
    assert found is not None
    assert found.recovered
    assert found.reference == slack.server.workspace.messages[0].ts


@pytest.mark.parametrize("status", ["500", "502", "504"])
def test_a_fault_before_delivery_leaves_nothing_to_find(slack: SlackRig, status: str) -> None:
    slack.server.workspace.misbehave("chat.postMessage", Mischief.ERROR_BEFORE, status)
    with pytest.raises(SinkUnknownError):
        slack.sink.send(uk_alert(), None)
    assert slack.sink.find(uk_alert()) is None
    slack.sink.send(uk_alert(), None)
    assert slack.arrived() == 1


@pytest.mark.parametrize(
    ("code", "kind", "mend"),
    [
        ("invalid_auth", SinkAuthError, "SLACK_BOT_TOKEN"),
        ("not_authed", SinkAuthError, "SLACK_BOT_TOKEN"),
        ("token_revoked", SinkAuthError, "SLACK_BOT_TOKEN"),
        ("account_inactive", SinkAuthError, "SLACK_BOT_TOKEN"),
        ("missing_scope", SinkAuthError, "chat:write"),
        ("channel_not_found", SinkPermanentError, "/invite"),
        ("not_in_channel", SinkPermanentError, "/invite"),
        ("is_archived", SinkPermanentError, "channel"),
        ("invalid_blocks", SinkPermanentError, "report"),
        ("msg_too_long", SinkPermanentError, "report"),
        ("a_code_of_tomorrow", SinkPermanentError, ""),
        ("ratelimited", SinkBusyError, ""),
    ],
)
def test_slack_s_words_become_one_of_four_kinds_with_a_mend(
    slack: SlackRig, code: str, kind: type[SinkError], mend: str
) -> None:
    slack.server.workspace.misbehave("chat.postMessage", Mischief.DENY, code)
    with pytest.raises(kind) as caught:
        slack.sink.send(uk_alert(), None)
    assert type(caught.value) is kind
    assert mend in caught.value.mend
    assert slack.arrived() == 0


def test_a_server_error_is_unknown_whatever_it_says() -> None:
    assert type(classify(503, {}, "channel_not_found", "")) is SinkUnknownError


@pytest.mark.parametrize("status", ["401", "403", "404"])
def test_a_stranger_in_slack_s_place_stops_the_sink_and_keeps_the_queue(
    slack: SlackRig, status: str
) -> None:
    slack.server.workspace.misbehave("chat.postMessage", Mischief.ERROR_BEFORE, status)
    with pytest.raises(SinkAuthError, match="SLACK_API_BASE_URL"):
        slack.sink.send(uk_alert(), None)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0", 1), ("", 30), ("soon", 30), ("-5", 30), ("1e9", 30), ("999999", 86_400)],
)
def test_busy_says_for_how_long(slack: SlackRig, header: str, seconds: float) -> None:
    slack.server.workspace.misbehave("chat.postMessage", Mischief.BUSY, header)
    with pytest.raises(SinkBusyError) as caught:
        slack.sink.send(uk_alert(), None)
    assert caught.value.retry_after == seconds


def test_a_server_that_is_not_there_is_an_unknown_outcome() -> None:
    config = SinkConfig(slack_token=SECRET, slack_base_url="http://127.0.0.1:9/api/")
    with pytest.raises(SinkUnknownError, match="ConnectionRefused"):
        open_sink("slack", config).send(uk_alert(), None)


class BrokenStream(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def test_a_console_that_is_gone_keeps_the_queue() -> None:
    sink = open_sink("console", SinkConfig(stream=BrokenStream(), width=80))
    with pytest.raises(SinkAuthError, match="Broken pipe"):
        sink.send(uk_alert(), None)


# Secrets

LEAKY = [
    *AMBIGUOUS,
    (Mischief.GARBAGE, f'{{"ok": false, "error": "{SECRET}"}}'),
    (Mischief.GARBAGE, f"Bearer {SECRET}"),
    (Mischief.DENY, "invalid_auth"),
    (Mischief.DENY, f"bad {SECRET}"),
    (Mischief.BUSY, SECRET),
    (Mischief.ERROR_BEFORE, "403"),
]


@pytest.mark.parametrize(("mischief", "detail"), LEAKY)
def test_no_fault_shows_the_token(
    slack: SlackRig,
    mischief: Mischief,
    detail: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    slack.server.workspace.misbehave("chat.postMessage", mischief, detail)
    with pytest.raises(SinkError) as caught:
        slack.sink.send(uk_alert(), None)
    out, err = capfd.readouterr()
    told = "".join(traceback.format_exception(caught.value))
    for text in (told, repr(caught.value), caplog.text, out, err):
        assert SECRET not in text
    assert SECRET.encode() not in pickle.dumps(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize("token", [f"{SECRET}\nX: y", f"{SECRET} x", f"{SECRET}é", " "])
def test_a_malformed_token_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(StancewatchError) as caught:
        open_sink("slack", SinkConfig(slack_token=token))
    assert "SLACK_BOT_TOKEN" in str(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_neither_sink_nor_settings_print_the_token(slack: SlackRig) -> None:
    config = SinkConfig(slack_token=SECRET)
    for text in (repr(slack.sink), str(slack.sink), repr(config), str(config)):
        assert SECRET not in text


def test_messages_carry_no_token(slack: SlackRig) -> None:
    slack.sink.send(paris_summit(), None)
    _, arguments = slack.server.workspace.calls[0]
    assert SECRET not in repr(arguments)


# Outside text

# A busy machine is no failure.
relaxed = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

LINK = re.compile(r"<([^<>|]*)\|([^<>|]*)>")


@relaxed
@given(notifications())
def test_outside_text_is_inert_in_slack(hostile: Notification) -> None:
    message = render(hostile)
    blocks = list(message.blocks)
    check_message({"text": message.text, "blocks": blocks})
    assert size(blocks) <= MESSAGE_LIMIT
    for text in (message.text, *texts_of(blocks)):
        assert_inert(text)


def assert_inert(text: str) -> None:
    for href, shown in LINK.findall(text):
        address = urlsplit(href.replace("&amp;", "&"))
        assert address.scheme in ("http", "https")
        assert re.fullmatch(r"[!-~]+", href)
        assert (address.hostname or "").removeprefix("www.") == shown.replace("ˍ", "_")
    rest = LINK.sub("", text)
    assert not re.search(r"[<>@]", rest)
    assert not re.search(r"&(?!(amp|lt|gt);)", rest)
    assert not re.search(r"(?<!\d):[\w+'-]+:|:[^\W\d][\w+'-]*:", rest)
    assert_visible(text)


def assert_visible(text: str) -> None:
    assert not [c for c in text if unicodedata.category(c)[0] == "C" and c != "\n"]
    assert not re.search("[\u2028\u2029]", text)


@pytest.mark.parametrize("word", ["", "\u200b", "x" * 5_000, "&" * 5_000, '"' * 5_000, "🇬🇧" * 900])
def test_empty_and_endless_text_fits_slack(word: str) -> None:
    message = render(saying(word))
    check_message({"text": message.text, "blocks": list(message.blocks)})
    assert size(message.blocks) <= MESSAGE_LIMIT


@relaxed
@given(notifications())
def test_outside_text_adds_no_format_and_no_line_in_slack(hostile: Notification) -> None:
    assert marks(hostile) == marks(saying("word"))


def marks(notification: Notification) -> list[str]:
    """The formatting of every text, without its words."""
    texts = texts_of(list(render(notification).blocks))
    return list(filter(None, (re.sub(r"[^*_~`\n]", "", LINK.sub("", text)) for text in texts)))


@relaxed
@given(notifications())
def test_outside_text_is_inert_on_a_console(hostile: Notification) -> None:
    plain, styled = printed(hostile, colour=False), printed(hostile, colour=True)
    assert_visible(plain)
    # Ours are bold, dim, strike and their end: no colour, no cursor, no link.
    assert_visible(re.sub(r"\x1b\[[0129;]+m", "", styled))


def printed(notification: Notification, *, colour: bool) -> str:
    stream = io.StringIO()
    open_sink("console", SinkConfig(stream=stream, width=80, colour=colour)).send(
        notification, None
    )
    return stream.getvalue()
