"""Sends to Slack, and finds again what may have arrived.

    send:  wait for the channel's turn -> post | reply | edit -> Receipt, or one of four errors
    find:  read back the channel, newest first -> the message with this delivery key, or None

The delivery key travels in the message's metadata. Slack offers no idempotency key, so this is
what keeps a message that met a time-out from being sent twice.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.client import HTTPException
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from stancewatch.core.notification import Form, Notification, Receipt
from stancewatch.errors import (
    SinkBusyError,
    SinkError,
    SinkPermanentError,
    SinkUnknownError,
    UsageError,
)
from stancewatch.sinks.slack.blocks import render
from stancewatch.sinks.slack.faults import classify
from stancewatch.sinks.slack.pace import Pace

BASE_URL = "https://slack.com/api/"
EVENT = "stancewatch_alert"
PAGE = 15  # all that Slack gives some apps at once
PAGES = 10

_TOKEN = re.compile(r"[\x21-\x7e]+\Z")
Answer = Mapping[str, object]

# slack_sdk logs bodies and exceptions, in which a token may stand. Our errors say what happened.
_MUTE = logging.Logger("stancewatch.slack", level=logging.CRITICAL + 1)


class SlackSink:
    """`timeout` is in seconds, for connecting and for each read."""

    def __init__(self, token: str, base_url: str, timeout: int, pace: Pace) -> None:
        if not _TOKEN.match(token):
            raise UsageError("the Slack token is empty or malformed", mend="set SLACK_BOT_TOKEN")
        if urlsplit(base_url).scheme not in ("http", "https"):
            raise UsageError("the Slack address is not http(s)", mend="mend SLACK_API_BASE_URL")
        # No retries of its own: slack_sdk would post again after a reset that followed delivery.
        self._client = WebClient(token, base_url, timeout, logger=_MUTE, retry_handlers=[])
        # slack_sdk takes HTTPS_PROXY for http:// too; without a proxy here, urllib's rules hold.
        self._client.proxy = None
        self._pace = pace
        self._unread: dict[tuple[str, str], str] = {}

    def __repr__(self) -> str:
        return f"SlackSink({urlsplit(self._client.base_url).hostname})"

    def send(self, notification: Notification, root: Receipt | None) -> Receipt:
        if notification.form is not Form.ROOT and root is None:
            raise SinkPermanentError(f"a Slack {notification.form} needs the message it belongs to")
        channel = root.channel if root else notification.channel
        method, arguments = _request(notification, channel, root)
        with self._pace.turn(channel):
            answer = self._call(method, channel, json=arguments)
        reference, where = answer.get("ts"), answer.get("channel")
        if not isinstance(reference, str):
            raise SinkUnknownError("Slack's answer names no message", where=channel)
        place = where if isinstance(where, str) else channel
        return Receipt(notification.delivery_key, place, reference)

    def find(self, notification: Notification, root: Receipt | None = None) -> Receipt | None:
        """The oldest message with this key among the newest 150. `root` saves looking for it."""
        channel = root.channel if root else notification.channel
        key = notification.delivery_key
        if notification.form is Form.REPLY:
            thread = root.reference if root else self._search(channel, _root_key(notification))
            reference = self._search(channel, key, thread) if thread else None
        elif notification.form is Form.EDIT:
            reference = self._search(channel, key, name="edit_key")
        else:
            reference = self._search(channel, key)
        return Receipt(key, channel, reference, recovered=True) if reference else None

    def _search(
        self, channel: str, key: str, thread: str | None = None, *, name: str = "delivery_key"
    ) -> str | None:
        found: list[str] = []
        try:
            for message in self._messages(channel, thread, (key, name)):
                reference = message.get("ts")
                if _payload(message).get(name) == key and isinstance(reference, str):
                    found.append(reference)
        except SinkError:
            if not found:
                raise
            # It is there: that an older twin could not be looked for does not matter.
            self._unread.pop((key, name), None)
        return min(found, key=lambda ts: (len(ts), ts), default=None)

    def _messages(
        self, channel: str, thread: str | None, search: tuple[str, str]
    ) -> Iterator[Answer]:
        """The messages of a channel or thread. A search that Slack broke off with "wait" goes on
        at the page where it stopped, or apps with one call a minute would never see the second."""
        method = "conversations.replies" if thread else "conversations.history"
        cursor = self._unread.pop(search, "")
        for _ in range(PAGES):
            arguments = {"channel": channel, "limit": PAGE, "include_all_metadata": True}
            arguments |= {"ts": thread} if thread else {}
            arguments |= {"cursor": cursor} if cursor else {}
            try:
                answer = self._call(method, channel, params=arguments)
            except SinkBusyError:
                self._unread[search] = cursor
                raise
            yield from _mappings(answer.get("messages"))
            cursor = _next_cursor(answer)
            if not cursor:
                return

    def _call(self, method: str, channel: str, **body: dict[str, object]) -> Answer:
        self._pace.check(method)
        try:
            return self._ask(method, channel, **body)
        except SinkBusyError as busy:
            self._pace.hold(method, busy.retry_after)
            raise

    def _ask(self, method: str, channel: str, **body: dict[str, object]) -> Answer:
        where = f"Slack {method} {channel}"
        # `from None`: what slack_sdk and urllib say may carry the request, and with it the token.
        try:
            answer = self._client.api_call(method, **body).data  # type: ignore[arg-type]
        except SlackApiError as error:
            response = error.response
            raise classify(
                response.status_code, response.headers, _code(response.data), where
            ) from None
        except TimeoutError:
            raise SinkUnknownError("Slack did not answer in time", where=where) from None
        except (OSError, HTTPException, SlackClientError) as error:
            raise SinkUnknownError(f"Slack is out of reach: {_why(error)}", where=where) from None
        except (ValueError, LookupError, AttributeError):
            # slack_sdk trips over a body that is no text, or JSON but no object.
            raise SinkUnknownError("Slack's answer is unreadable", where=where) from None
        if not isinstance(answer, dict):
            raise SinkUnknownError("Slack's answer is unreadable", where=where)
        return answer


def _request(
    notification: Notification, channel: str, root: Receipt | None
) -> tuple[str, dict[str, object]]:
    message = render(notification)
    arguments: dict[str, object] = {
        "channel": channel,
        "text": message.text,
        "blocks": list(message.blocks),
        "metadata": {"event_type": EVENT, "event_payload": _keys(notification)},
        "unfurl_links": False,
        "unfurl_media": False,
    }
    if root is None or notification.form is Form.ROOT:
        return "chat.postMessage", arguments
    if notification.form is Form.REPLY:
        return "chat.postMessage", arguments | {"thread_ts": root.reference}
    return "chat.update", arguments | {"ts": root.reference}


def _keys(notification: Notification) -> dict[str, str]:
    """An edit keeps the root's own key, so that the root can still be found by it."""
    if notification.form is Form.EDIT:
        edited = {"edit_key": notification.delivery_key}
        return {"delivery_key": _root_key(notification), "incident": notification.incident} | edited
    return {"delivery_key": notification.delivery_key, "incident": notification.incident}


def _root_key(notification: Notification) -> str:
    return replace(notification, form=Form.ROOT).delivery_key


def _payload(message: Answer) -> Answer:
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT:
        return {}
    payload = metadata.get("event_payload")
    return payload if isinstance(payload, dict) else {}


def _mappings(value: object) -> Iterator[Answer]:
    if isinstance(value, list):
        yield from (entry for entry in value if isinstance(entry, dict))


def _next_cursor(answer: Answer) -> str:
    metadata = answer.get("response_metadata")
    cursor = metadata.get("next_cursor") if isinstance(metadata, dict) else None
    return cursor if isinstance(cursor, str) else ""


def _code(body: object) -> object:
    return body.get("error") if isinstance(body, dict) else None


def _why(error: Exception) -> str:
    """The kind of the failure, not its words."""
    reason = getattr(error, "reason", None)
    return type(reason if isinstance(reason, Exception) else error).__name__
