"""The child process that parses feeds: bytes in, entries out, no harm done if it dies.

    parent: {"size": n, "url": ..., "content_type": ..., "cpu": seconds}\\n  + n bytes of body
    child:  {"size": m}\\n  + m bytes of JSON: {"entries": [...], ...} or {"fault": ...}

The kernel ends it when a feed takes more than its CPU seconds or asks for too much memory. What it
answers is JSON, so that nothing a hostile feed might do in here can run in the parent.
"""

from __future__ import annotations

import contextlib
import json
import re
import resource
import signal
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any, BinaryIO
from xml.sax import SAXException

import feedparser
from feedparser.datetimes import _parse_date
from feedparser.mixin import _FeedParserMixin

from stancewatch.sources.text import clean, html_to_text, line

MEMORY = 192 * 1024 * 1024
AUTHOR = 300  # characters; a longer one is blanked
RAW_DATE = 100
MAX_ENTRIES = 5_000
MAX_TEXT = 300_000  # characters of one entry; a longer text is left out for the entry's summary
# By byte order mark, or by how a first "<" looks where the mark was forgotten.
UTF_16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}

Entry = dict[str, Any]


def main() -> None:
    _limit_memory()
    sys.excepthook = _last_words
    while head := sys.stdin.buffer.readline():
        request = json.loads(head)
        body = sys.stdin.buffer.read(request["size"])
        signal.setitimer(signal.ITIMER_PROF, request["cpu"])  # its signal ends the process
        _answer(sys.stdout.buffer, read(body, request["url"], request["content_type"]))


def _answer(out: BinaryIO, answer: Mapping[str, Any]) -> None:
    data = json.dumps(answer).encode("ascii")
    out.write(b'{"size": %d}\n' % len(data) + data)
    out.flush()


def _limit_memory() -> None:
    with contextlib.suppress(ValueError, OSError):  # not every system has this limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _last_words(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
    """feedparser can raise on hostile input: the parent is told how, and starts a new child."""
    detail = f"{kind.__name__}: {error}"[:300]
    _answer(sys.stdout.buffer, {"fault": "parser-crashed", "detail": detail})


def read(body: bytes, url: str, content_type: str) -> dict[str, Any]:
    """The entries of a feed, or its fault."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _read_json(body)
    parsed = feedparser.parse(
        _legal(body),
        response_headers={"content-location": url, "content-type": content_type},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.entries and not parsed.get("version"):
        return {"fault": "not-a-feed", "detail": _why_not(parsed.get("bozo_exception"))}
    return {
        "entries": [_entry(entry) for entry in parsed.entries[:MAX_ENTRIES]],
        "surplus": max(0, len(parsed.entries) - MAX_ENTRIES),
        "lang": parsed.feed.get("language") or "",
        "link": parsed.feed.get("link") or "",
        "title": line(html_to_text(parsed.feed.get("title") or "")),
    }


def _why_not(error: Exception | None) -> str:
    if isinstance(error, SAXException):
        return f"not well-formed, and no feed was found in it: {error}"[:300]
    return "there is no feed in it"


_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")


def _legal(body: bytes) -> bytes:
    """The body as UTF-8 where it is UTF-16, and without references to no character.

    One `&#xD800;` would make feedparser raise and lose every entry.
    """
    if encoding := UTF_16.get(body[:2]):
        body = b"\xef\xbb\xbf" + body.decode(encoding, "replace").encode("utf-8", "replace")
    return _REFERENCE.sub(_reference, body)


def _reference(found: re.Match[bytes]) -> bytes:
    digits = (found[1] or found[2]).lstrip(b"0") or b"0"
    if len(digits) <= 7:
        point = int(digits, 16 if found[1] else 10)
        if point in (9, 10, 13) or 32 <= point < 0xD800 or 0xE000 <= point <= 0x10FFFF:
            return found[0]
    return b"&#xFFFD;"


def _blank_long_authors() -> None:
    """feedparser looks for an e-mail address in an author in quadratic time: 64 KB take 20 s.

    https://github.com/kurtmckee/feedparser/issues/562
    """
    sync = _FeedParserMixin._sync_author_detail  # noqa: SLF001 - there is no public place for it

    def guarded(self: Any, key: str = "author") -> None:
        context = self._get_context()
        if len(context.get(key) or "") > AUTHOR:
            context[key] = ""
        sync(self, key)

    _FeedParserMixin._sync_author_detail = guarded  # noqa: SLF001


def _entry(entry: Any) -> Entry:
    published = _date(entry, "published") or _date(entry, "created")
    updated = _date(entry, "updated") or _date(entry, "modified")
    source = entry.get("source") or {}
    return {
        "key": str(entry.get("id") or "")[:500],
        "title": line(html_to_text(entry.get("title") or "")),
        "text": _longest([part.get("value") for part in entry.get("content") or ()], entry),
        "link": entry.get("link") or "",
        "author": line(html_to_text(entry.get("author") or ""))[:AUTHOR],
        "lang": _lang(entry),
        "published": published or updated,
        "updated": updated,
        "source": source.get("href") or source.get("link") or source.get("title") or "",
    }


def _longest(contents: list[str | None], entry: Any) -> str:
    """The fullest text: feeds put it in the content, in the summary, or a half in each."""
    texts = [html_to_text(markup or "") for markup in [*contents, entry.get("summary")]]
    return max((text for text in texts if len(text) <= MAX_TEXT), key=len, default="")


def _date(entry: Any, name: str) -> tuple[str, list[int] | None] | None:
    # Not `entry.get`: feedparser's mapping answers for one date with another.
    if not dict.__contains__(entry, name):
        return None
    parts = dict.get(entry, f"{name}_parsed")
    return str(dict.get(entry, name) or "")[:RAW_DATE], list(parts[:6]) if parts else None


def _lang(entry: Any) -> str:
    for detail in ("title_detail", "summary_detail"):
        if lang := (entry.get(detail) or {}).get("language"):
            return str(lang)
    return ""


def _read_json(body: bytes) -> dict[str, Any]:
    """A JSON Feed (https://www.jsonfeed.org/version/1.1/), which feedparser does not know."""
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        return {"fault": "not-a-feed", "detail": f"broken JSON: {error}"[:300]}
    items = feed.get("items")
    if "jsonfeed.org/version/" not in str(feed.get("version"))[:100] or not isinstance(items, list):
        return {"fault": "not-a-feed", "detail": "JSON, but no JSON Feed"}
    return {
        "entries": [_json_entry(item) for item in items[:MAX_ENTRIES]],
        "surplus": max(0, len(items) - MAX_ENTRIES),
        "lang": _text(feed, "language"),
        "link": _text(feed, "home_page_url"),
        "title": line(_text(feed, "title")),
    }


def _json_entry(item: Any) -> Entry:
    if not isinstance(item, dict):
        item = {}
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [_text(author, "name") for author in authors or () if isinstance(author, dict)]
    published, updated = _text(item, "date_published"), _text(item, "date_modified")
    html = html_to_text(_text(item, "content_html"))
    texts = [html, clean(_text(item, "content_text")), clean(_text(item, "summary"))]
    return {
        "key": str(item.get("id") or "")[:500],
        "title": line(_text(item, "title")),
        "text": max((text for text in texts if len(text) <= MAX_TEXT), key=len, default=""),
        "link": _text(item, "url") or _text(item, "external_url"),
        "author": line(", ".join(filter(None, names)))[:AUTHOR],
        "lang": _text(item, "language"),
        "published": _json_date(published or updated),
        "updated": _json_date(updated),
        "source": "",
    }


def _json_date(raw: str) -> tuple[str, list[int] | None] | None:
    parts = _parse_date(raw[:RAW_DATE]) if raw else None
    return (raw[:RAW_DATE], list(parts[:6]) if parts else None) if raw else None


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


_blank_long_authors()

if __name__ == "__main__":
    main()
