"""Feeds from bytes to articles. They are parsed in `child`, a process that may be killed.

    with FeedParser() as parser:
        reading = parser.parse(body, feed, now)  # a FeedReading, or the Failure of the whole feed

One child serves feed after feed. A feed that takes too long, asks for too much memory or crashes it
costs that child and is a Failure; the next feed gets a new one.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import IO, Any, Self

from stancewatch.core.article import Article, canonical_url, domain, make_article
from stancewatch.core.failure import Failure, Stage, clip
from stancewatch.core.feed import Feed
from stancewatch.core.moment import Moment
from stancewatch.sources.dates import Undated, read_date

CPU_SECONDS = 8.0
ANSWER_CAP = 64 * 1024 * 1024
SHARED = 3  # entries with one link and unlike titles: the link names a page, not an article
KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")  # and no secrets


class Reason:
    """Why a feed or an entry could not be used."""

    NOT_A_FEED = "not-a-feed"
    CRASHED = "parser-crashed"
    KILLED = "parse-deadline"
    PUT_OFF = "parse-put-off"  # for want of time that was not the feed's fault
    NO_TEXT = "no-title-and-no-text"
    SURPLUS = "too-many-entries"


@dataclass(frozen=True, slots=True)
class FeedReading:
    """Each entry of a feed as an Article or a Failure, in the feed's order.

    `undated` says, for each article without a date, where it is and why.
    """

    items: tuple[Article | Failure, ...]
    title: str = ""
    undated: tuple[tuple[str, str], ...] = ()

    @property
    def newest(self) -> datetime | None:
        dates = (item.published for item in self.items if isinstance(item, Article))
        return max((date.at for date in dates if date is not None), default=None)


class FeedParser:
    """Parses feeds in one child process at a time. Safe to share between threads."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            self._end()

    def parse(
        self,
        body: bytes,
        feed: Feed,
        now: datetime,
        *,
        base_url: str = "",
        content_type: str = "",
        cpu: float = CPU_SECONDS,
    ) -> FeedReading | Failure:
        """What the feed holds. It raises nothing, whatever the bytes are."""
        request = {
            "size": len(body),
            "url": base_url or feed.url,
            "content_type": content_type,
            "cpu": cpu,
        }
        with self._lock:
            answer = self._ask((json.dumps(request).encode("ascii") + b"\n", body), cpu)
        if "fault" in answer:
            detail, excerpt = str(answer["detail"]), body[:2000].decode("utf-8", "replace")
            return Failure(Stage.GATHER, feed.url, answer["fault"], detail, excerpt)
        return _reading(answer, feed, now)

    def _ask(self, request: tuple[bytes, bytes], cpu: float) -> dict[str, Any]:
        child = self._child if self._child and self._child.poll() is None else self._start()
        # Processor time is limited by the kernel; the clock is for a child that does not get any.
        until = time.monotonic() + 2 * cpu + 2
        answer = _exchange(child, request, until)
        if answer is None:
            return self._fault(child, cpu)
        if answer.get("fault") == Reason.CRASHED:
            self._end()
        return answer

    def _fault(self, child: subprocess.Popen[bytes], cpu: float) -> dict[str, Any]:
        """Why there was no answer: the kernel ended the child, or the machine was too busy."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(0.1)
        starved = child.returncode is None
        self._end()
        if starved:
            return {"fault": Reason.PUT_OFF, "detail": "the machine was too busy to parse it"}
        killed = f"not parsed in {cpu:g} s of processor time, or in the memory that it may take"
        return {"fault": Reason.KILLED, "detail": killed}

    def _start(self) -> subprocess.Popen[bytes]:
        self._end()
        kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        self._child = subprocess.Popen(
            [sys.executable, "-m", "stancewatch.sources.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for the parent, which then closes us
        )
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


def _exchange(
    child: subprocess.Popen[bytes], request: tuple[bytes, bytes], until: float
) -> dict[str, Any] | None:
    """The child's answer; None if it died, or did not answer in time."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        if not all(_write(child.stdin, part, until) for part in request):
            return None
    except BrokenPipeError:
        return None
    received = bytearray()
    while (end := _frame(received)) is None or len(received) < end:
        piece = _read(child.stdout, until)
        if not piece or len(received) > ANSWER_CAP:
            return None
        received += piece
    answer: dict[str, Any] = json.loads(received[received.index(b"\n") + 1 :])
    return answer


def _frame(received: bytearray) -> int | None:
    """Where the answer ends, once its first line is there."""
    head, newline, _ = received.partition(b"\n")
    return len(head) + 1 + int(json.loads(head)["size"]) if newline else None


def _write(pipe: IO[bytes], data: bytes, until: float) -> bool:
    os.set_blocking(pipe.fileno(), False)
    view = memoryview(data)
    while view:
        _, ready, _ = select.select([], [pipe], [], max(0.0, until - time.monotonic()))
        if not ready:
            return False
        view = view[os.write(pipe.fileno(), view) :]
    return True


def _read(pipe: IO[bytes], until: float) -> bytes:
    ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
    return os.read(pipe.fileno(), 1 << 20) if ready else b""


def _reading(answer: dict[str, Any], feed: Feed, now: datetime) -> FeedReading:
    entries: list[dict[str, Any]] = answer["entries"]
    pages = _pages(entries)
    undated: list[tuple[str, str]] = []
    items: list[Article | Failure] = []
    for number, entry in enumerate(entries, 1):
        where = f"{feed.url}#{number}"
        if not entry["title"] and not entry["text"]:
            items.append(_unusable(where, entry))
            continue
        published, reason = _date(entry["published"], now)
        if published is None:
            undated.append((where, reason))
        items.append(_article(entry, feed, answer, published, now, pages))
    items.extend(_surplus(answer["surplus"], feed))
    return FeedReading(tuple(items), answer["title"], tuple(undated))


def _surplus(surplus: int, feed: Feed) -> Iterator[Failure]:
    if surplus:
        detail = f"{surplus} entries beyond the first were not read"
        yield Failure(Stage.GATHER, feed.url, Reason.SURPLUS, detail)


def _unusable(where: str, entry: dict[str, Any]) -> Failure:
    detail = "the entry has neither a title nor a text that can be used"
    return Failure(Stage.GATHER, where, Reason.NO_TEXT, detail, clip(json.dumps(entry)))


def _article(
    entry: dict[str, Any],
    feed: Feed,
    answer: dict[str, Any],
    published: Moment | None,
    now: datetime,
    pages: frozenset[str],
) -> Article:
    link = canonical_url(entry["link"] or entry["key"])
    article = make_article(
        source=_source(entry["source"]) or feed.source or domain(answer["link"]) or domain(link),
        title=entry["title"],
        text=entry["text"],
        url=None if link in pages else link,
        author=entry["author"] or None,
        lang=feed.lang or language(entry["lang"] or answer["lang"]),
        published=published,
        updated=_date(entry["updated"], now)[0],
    )
    return replace(article, url=link)


def _pages(entries: Sequence[dict[str, Any]]) -> frozenset[str]:
    """Links that cannot identify an article: the bare site, or a page that many entries point to.

    Articles behind one are told apart by their words, and keep the link for the reader.
    """
    titles = {(canonical_url(entry["link"] or entry["key"]), entry["title"]) for entry in entries}
    counts = Counter(link for link, _ in titles if link)
    bare = (link for link in counts if link.count("/") == 2 and "?" not in link)
    return frozenset({*bare, *(link for link, count in counts.items() if count >= SHARED)})


def _source(named: str) -> str:
    """The outlet that an entry says it is from: the domain of its address, else its name."""
    return domain(named) or named.strip()[:200] if named else ""


def _date(written: Sequence[Any] | None, now: datetime) -> tuple[Moment | None, str]:
    return read_date(written[0], written[1], now) if written else (None, Undated.NONE)


def language(tag: str) -> str | None:
    """The primary subtag: `en` of `en-GB` or `en_US`."""
    primary = tag.strip().lower().replace("_", "-").partition("-")[0]
    return primary if primary.isascii() and primary.isalpha() and len(primary) in (2, 3) else None
