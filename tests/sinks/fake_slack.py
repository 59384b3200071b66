"""A Slack of one's own, on loopback: tests send to it, and so can a reader without a workspace.

    python tests/sinks/fake_slack.py --port 8765
    SLACK_API_BASE_URL=http://127.0.0.1:8765/api/ SLACK_BOT_TOKEN=xoxb-try stancewatch deliver ...

then open http://127.0.0.1:8765/ to see the messages. It knows chat.postMessage, chat.update,
conversations.history, conversations.replies and auth.test, checks the limits that Slack documents,
and misbehaves on request. It is written from Slack's documentation, not from Slack.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

TOKEN = "xoxb-try"
PAGE_LIMIT = 15  # what Slack gives apps outside its marketplace
MESSAGE_LIMIT = 13_200  # seen, not documented
Json = dict[str, Any]


class Mischief(StrEnum):
    """What may go wrong. All but BUSY, DENY and ERROR_BEFORE happen after the call took effect."""

    NOTHING = "nothing"  # one call goes well
    BUSY = "busy"  # 429; `detail` is the Retry-After header
    DENY = "deny"  # HTTP 200 with the error code `detail`
    ERROR_BEFORE = "error before"  # HTTP status `detail`, nothing stored
    ERROR = "error"  # HTTP status `detail`
    RESET = "reset"
    SILENCE = "silence"  # no answer until the client gives up
    GARBAGE = "garbage"  # HTTP 200 with the body `detail`


@dataclass(slots=True)
class Message:
    channel: str
    ts: str
    text: str
    blocks: list[Json]
    metadata: Json | None
    thread_ts: str | None = None
    edits: int = 0

    @property
    def payload(self) -> Json:
        payload = (self.metadata or {}).get("event_payload", {})
        assert isinstance(payload, dict)
        return payload


class RefusalError(Exception):
    """Slack's way to say no: HTTP 200 and an error code."""


@dataclass(slots=True)
class Workspace:
    """The state behind the server, and Slack's rules. No HTTP in here."""

    token: str = TOKEN
    closed: dict[str, str] = field(default_factory=dict)  # channel -> error code for it
    messages: list[Message] = field(default_factory=list)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    mischief: dict[str, list[tuple[Mischief, str]]] = field(default_factory=dict)
    echo: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def misbehave(self, method: str, mischief: Mischief, detail: str = "") -> None:
        """At the next call of `method`; several pile up."""
        self.mischief.setdefault(method, []).append((mischief, detail))

    def next_mischief(self, method: str) -> tuple[Mischief, str]:
        waiting = self.mischief.get(method)
        return waiting.pop(0) if waiting else (Mischief.NOTHING, "")

    def answer(self, method: str, token: str | None, arguments: Json) -> Json:
        with self.lock:
            self.calls.append((method, arguments))
            try:
                self._let_in(token)
                return {"ok": True, **self._methods[method](self, arguments)}
            except RefusalError as refusal:
                return {"ok": False, "error": str(refusal)}

    def in_channel(self, channel: str) -> list[Message]:
        return [message for message in self.messages if message.channel == channel]

    def _let_in(self, token: str | None) -> None:
        if not token:
            raise RefusalError("not_authed")
        if token != self.token:
            raise RefusalError("invalid_auth")

    def _open(self, arguments: Json) -> str:
        channel = arguments.get("channel")
        if not isinstance(channel, str) or not channel:
            raise RefusalError("channel_not_found")
        if channel in self.closed:
            raise RefusalError(self.closed[channel])
        return channel

    def _post(self, arguments: Json) -> Json:
        channel = self._open(arguments)
        check_message(arguments)
        thread = arguments.get("thread_ts")
        if thread is not None and self._by_ts(channel, thread) is None:
            raise RefusalError("thread_not_found")
        # Slack's ts is a clock and a counter; here the counter alone tells messages apart.
        ts = f"1700000000.{len(self.messages) + 1:06d}"
        message = Message(
            channel, ts, arguments.get("text", ""), arguments.get("blocks") or [],
            arguments.get("metadata"), thread,
        )  # fmt: skip
        self.messages.append(message)
        if self.echo:
            print(outline(message), flush=True)
        return {"channel": channel, "ts": ts, "message": shown(message, True)}

    def _update(self, arguments: Json) -> Json:
        channel = self._open(arguments)
        message = self._by_ts(channel, arguments.get("ts"))
        if message is None:
            raise RefusalError("message_not_found")
        check_message(arguments)
        message.text = arguments.get("text", message.text)
        message.blocks = arguments.get("blocks", message.blocks)
        message.metadata = arguments.get("metadata", message.metadata)
        message.edits += 1
        if self.echo:
            print(outline(message), flush=True)
        return {"channel": channel, "ts": message.ts, "text": message.text}

    def _history(self, arguments: Json) -> Json:
        channel = self._open(arguments)
        roots = [m for m in self.in_channel(channel) if m.thread_ts in (None, m.ts)]
        return page(roots[::-1], arguments)

    def _replies(self, arguments: Json) -> Json:
        channel, ts = self._open(arguments), arguments.get("ts")
        if self._by_ts(channel, ts) is None:
            raise RefusalError("thread_not_found")
        return page([m for m in self.in_channel(channel) if ts in (m.ts, m.thread_ts)], arguments)

    def _who(self, arguments: Json) -> Json:
        return {"team": "Fake", "user": "stancewatch", "user_id": "U0FAKE", "bot_id": "B0FAKE"}

    def _unknown(self, arguments: Json) -> Json:
        raise RefusalError("unknown_method")

    def _by_ts(self, channel: str, ts: object) -> Message | None:
        return next((m for m in self.in_channel(channel) if m.ts == ts), None)

    @property
    def _methods(self) -> Mapping[str, Callable[[Workspace, Json], Json]]:
        return METHODS


class _Methods(dict[str, Callable[[Workspace, Json], Json]]):
    def __missing__(self, method: str) -> Callable[[Workspace, Json], Json]:
        return Workspace._unknown


METHODS = _Methods(
    {
        "auth.test": Workspace._who,
        "chat.postMessage": Workspace._post,
        "chat.update": Workspace._update,
        "conversations.history": Workspace._history,
        "conversations.replies": Workspace._replies,
    }
)


def page(messages: list[Message], arguments: Json) -> Json:
    """A page of messages, as Slack cuts it: at most 15, with a cursor while there are more."""
    start = int(arguments.get("cursor") or 0)
    end = start + min(int(arguments.get("limit") or 100), PAGE_LIMIT)
    with_metadata = str(arguments.get("include_all_metadata", "")).lower() in ("1", "true")
    more = end < len(messages)
    return {
        "messages": [shown(message, with_metadata) for message in messages[start:end]],
        "has_more": more,
        "response_metadata": {"next_cursor": str(end) if more else ""},
    }


def shown(message: Message, with_metadata: bool) -> Json:
    body: Json = {"type": "message", "ts": message.ts, "text": message.text}
    body["blocks"] = message.blocks
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    if with_metadata and message.metadata:
        body["metadata"] = message.metadata
    return body


# What Slack accepts


def check_message(arguments: Json) -> None:
    blocks = arguments.get("blocks") or []
    if not arguments.get("text") and not blocks:
        raise RefusalError("no_text")
    if len(arguments.get("text") or "") > 40_000:
        raise RefusalError("msg_too_long")
    if not isinstance(blocks, list) or len(blocks) > 50:
        raise RefusalError("invalid_blocks")
    for block in blocks:
        _check_block(block)
    if len(json.dumps(blocks, ensure_ascii=False)) > MESSAGE_LIMIT:
        raise RefusalError("msg_blocks_too_long")
    _check_metadata(arguments.get("metadata"))


def _check_block(block: object) -> None:
    if not isinstance(block, dict):
        raise RefusalError("invalid_blocks")
    match block.get("type"):
        case "header":
            _check_text(block.get("text"), 150, ("plain_text",))
        case "section":
            _check_section(block)
        case "context":
            _check_list(block.get("elements"), 10, 3_000)
        case "divider":
            pass
        case _:
            raise RefusalError("invalid_blocks")


def _check_section(block: Json) -> None:
    if "text" not in block and "fields" not in block:
        raise RefusalError("invalid_blocks")
    if "text" in block:
        _check_text(block["text"], 3_000)
    if "fields" in block:
        _check_list(block["fields"], 10, 2_000)


def _check_list(elements: object, most: int, longest: int) -> None:
    if not isinstance(elements, list) or not 1 <= len(elements) <= most:
        raise RefusalError("invalid_blocks")
    for element in elements:
        _check_text(element, longest)


def _check_text(
    text: object, longest: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")
) -> None:
    if not isinstance(text, dict) or text.get("type") not in kinds:
        raise RefusalError("invalid_blocks")
    words = text.get("text")
    if not isinstance(words, str) or not 1 <= len(words.encode("utf-16-le")) // 2 <= longest:
        raise RefusalError("invalid_blocks")
    if "verbatim" in text and text["type"] != "mrkdwn":
        raise RefusalError("invalid_blocks")


def _check_metadata(metadata: object) -> None:
    if metadata is None:
        return
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise RefusalError("invalid_metadata_format")
    payload = metadata.get("event_payload")
    if not isinstance(payload, dict):
        raise RefusalError("invalid_metadata_format")
    if not all(isinstance(value, str | int | float | bool) for value in payload.values()):
        raise RefusalError("invalid_metadata_schema")


# HTTP


class _Handler(BaseHTTPRequestHandler):
    server: FakeSlack
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = web_page(self.server.workspace.messages)
        self._say(200, body.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        workspace = self.server.workspace
        method = self.path.rpartition("/")[2].partition("?")[0]
        arguments = self._arguments()
        mischief, detail = workspace.next_mischief(method)
        if mischief is Mischief.BUSY:
            self._say_json({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": detail})
        elif mischief is Mischief.DENY:
            self._say_json({"ok": False, "error": detail})
        elif mischief is Mischief.ERROR_BEFORE:
            self._say(int(detail), b"<html>sorry</html>", "text/html")
        else:
            answer = workspace.answer(method, self._token(), arguments)
            self._say_or_break(answer, mischief, detail)

    def _say_or_break(self, answer: Json, mischief: Mischief, detail: str) -> None:
        if mischief is Mischief.RESET:
            linger = struct.pack("ii", 1, 0)  # close() then sends RST
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.close()
        elif mischief is Mischief.SILENCE:
            self.server.closing.wait(20)
            self.close_connection = True
        elif mischief is Mischief.ERROR:
            self._say(int(detail or 500), b"<html>sorry</html>", "text/html")
        elif mischief is Mischief.GARBAGE:
            self._say(200, detail.encode("latin-1"), "application/json; charset=utf-8")
        else:
            self._say_json(answer)

    def _token(self) -> str | None:
        kind, _, token = (self.headers.get("Authorization") or "").partition(" ")
        return token if kind == "Bearer" else None

    def _arguments(self) -> Json:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if "json" in (self.headers.get("Content-Type") or ""):
            loaded = json.loads(raw)
            return loaded if isinstance(loaded, dict) else {}
        form: Json = {name: values[0] for name, values in parse_qs(raw).items()}
        for name in ("blocks", "metadata"):
            if name in form:
                form[name] = json.loads(form[name])
        return form

    def _say_json(
        self, answer: Json, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        body = json.dumps(answer).encode()
        self._say(status, body, "application/json; charset=utf-8", headers or {})

    def _say(
        self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        fixed = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
        for name, value in (fixed | dict(headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # the client may have given up
            self.wfile.write(body)

    def log_message(
        self,
        format: str,  # noqa: A002
        *args: object,
    ) -> None:
        pass


class FakeSlack(ThreadingHTTPServer):
    """Serves a Workspace on loopback. `base_url` is what SLACK_API_BASE_URL wants."""

    daemon_threads = True

    def __init__(self, port: int = 0, workspace: Workspace | None = None) -> None:
        self.workspace = workspace or Workspace()
        self.closing = threading.Event()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api/"

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a broken connection is part of the play


@contextmanager
def fake_slack(port: int = 0) -> Iterator[FakeSlack]:
    """A running server, stopped at the end of the block."""
    server = FakeSlack(port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


# To look at


def outline(message: Message) -> str:
    where = f"{message.channel} {message.ts}"
    thread = f" in thread {message.thread_ts}" if message.thread_ts else ""
    edited = " (edited)" if message.edits else ""
    texts = "\n".join(f"    {line}" for t in texts_of(message.blocks) for line in t.splitlines())
    return f"[{where}{thread}{edited}] {message.text}\n{texts}"


def texts_of(value: object) -> Iterator[str]:
    """Every text in a message's blocks."""
    if isinstance(value, list):
        for entry in value:
            yield from texts_of(entry)
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for name in ("text", "fields", "elements"):
            if not isinstance(value.get(name), str):
                yield from texts_of(value.get(name))


_STYLE = """
body{font:15px/1.46 Lato,'Noto Sans','DejaVu Sans','Noto Color Emoji',sans-serif;color:#1d1c1d;
margin:0 auto;max-width:760px;padding:1em}
article{display:flex;gap:10px;padding:10px 0;border-bottom:1px solid #eee}
article.reply{margin-left:46px}
.face{flex:0 0 36px;height:36px;border-radius:6px;background:#1c4f86;color:#fff;
text-align:center;line-height:36px;font-weight:bold}
.name{font-weight:bold}.app{background:#e8e8e8;font-size:10px;padding:1px 4px;border-radius:3px}
.meta,.context{color:#616061;font-size:13px}.header{font-size:18px;font-weight:900;margin:6px 0}
.section{margin:6px 0;white-space:pre-wrap;overflow-wrap:anywhere}
.fields{display:grid;grid-template-columns:1fr 1fr 1fr;gap:8px;margin:6px 0;white-space:pre-wrap}
hr{border:0;border-top:1px solid #ddd}a{color:#1264a3;text-decoration:none}
code{color:#c0123c;background:#f6f6f6;border:1px solid #ddd;border-radius:3px;padding:0 3px;
font-size:12px}.ping{background:#fdf2b8}.context span+span{margin-left:1em}
"""


def web_page(messages: list[Message]) -> str:
    roots = [message for message in messages if not message.thread_ts]
    told = [m for root in roots for m in (root, *(r for r in messages if r.thread_ts == root.ts))]
    body = "".join(map(_article, told)) or "<p>No message yet.</p>"
    return (
        "<!doctype html><meta charset=utf-8><title>Fake Slack</title>"
        f"<style>{_STYLE}</style><h1>Fake Slack</h1>{body}"
    )


def _article(message: Message) -> str:
    kind = "reply" if message.thread_ts else "root"
    meta = f"{message.channel} · {message.ts}{' · edited' if message.edits else ''}"
    blocks = "".join(map(_block, message.blocks)) or _text({"type": "mrkdwn", "text": message.text})
    return (
        f"<article class={kind}><div class=face>S</div><div><span class=name>stancewatch</span> "
        f"<span class=app>APP</span> <span class=meta>{html.escape(meta)}</span>{blocks}</div>"
        "</article>"
    )


def _block(block: Json) -> str:
    match block["type"]:
        case "header":
            return f"<div class=header>{_text(block['text'])}</div>"
        case "divider":
            return "<hr>"
        case "context":
            spans = "".join(f"<span>{_text(element)}</span>" for element in block["elements"])
            return f"<div class=context>{spans}</div>"
        case _:
            fields = "".join(f"<div>{_text(entry)}</div>" for entry in block.get("fields", ()))
            grid = f"<div class=fields>{fields}</div>" if fields else ""
            return f"<div class=section>{_text(block['text'])}</div>{grid}"


def _text(text: Json) -> str:
    if text["type"] == "plain_text":
        return _literal(text["text"])
    parts = re.split(r"(<[^<>]*>)", text["text"])
    return "".join(_angled(part) if part.startswith("<") else _styled(part) for part in parts)


def _literal(words: str) -> str:
    """Slack's three entities are decoded for display, and nothing else is markup."""
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        words = words.replace(entity, char)
    return html.escape(words)


def _angled(part: str) -> str:
    target, _, label = part[1:-1].partition("|")
    if target.startswith(("http://", "https://")):
        return f'<a href="{_literal(target)}">{_literal(label or target)}</a>'
    return f"<b class=ping>{html.escape(part)}</b>"  # a ping, where there must be none


def _styled(words: str) -> str:
    shown_words = _literal(words)
    for mark, tag in (("`", "code"), ("~", "s"), ("*", "b"), ("_", "i")):
        span = rf"(?<!\w){re.escape(mark)}(\S|\S[^\n]*?\S){re.escape(mark)}(?!\w)"
        shown_words = re.sub(span, rf"<{tag}>\1</{tag}>", shown_words)
    return shown_words


def main() -> None:
    parser = argparse.ArgumentParser(description="A Slack to try stancewatch with, on loopback.")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--token", default=TOKEN)
    options = parser.parse_args()
    server = FakeSlack(options.port, Workspace(token=options.token, echo=True))
    page_url = server.base_url.removesuffix("api/")
    print(f"export SLACK_API_BASE_URL={server.base_url} SLACK_BOT_TOKEN={options.token}")
    print(f"See the messages at {page_url} (Ctrl-C stops).", flush=True)
    with suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
