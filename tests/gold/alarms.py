"""What is heard in news that hardly speaks of the topic: `python tests/gold/alarms.py PATH ...`.

A path is an archive (JSON lines, also packed with gzip) or a folder of them. For each archive it
prints how many texts were read and how many gave a mention, and then these texts with their
mentions, to be read: in such news most of them are false alarms, and which are not only a reader
can tell. With `--day DATE` every text is read as if it was published then, since one from before
the topic's dates is not read at all.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from archives import records

from stancewatch.core.article import Article
from stancewatch.core.mention import Mention
from stancewatch.core.ports import Detector
from stancewatch.jobs.detect import article_of
from stancewatch.jobs.wiring import build
from stancewatch.settings import load

PATTERNS = ("*.jsonl", "*.jsonl.gz")


@dataclass(frozen=True, slots=True)
class Alarm:
    article: Article
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """`unread` texts are in a language that is not read."""

    texts: int
    unread: int
    alarms: tuple[Alarm, ...]


def listen(detector: Detector, articles: Iterator[Article]) -> Count:
    texts = unread = 0
    alarms: list[Alarm] = []
    for article in articles:
        found = detector.detect(article)
        texts += 1
        unread += bool(found.unread)
        if found.mentions:
            alarms.append(Alarm(article, found.mentions))
    return Count(texts, unread, tuple(alarms))


def told(name: str, count: Count) -> Iterator[str]:
    mentions = [mention for alarm in count.alarms for mention in alarm.mentions]
    read = count.texts - count.unread
    yield f"{name}: {read} texts read, {count.unread} in other languages;" + (
        f" {len(mentions)} mentions in {len(count.alarms)} texts"
    )
    for number, alarm in enumerate(count.alarms, 1):
        article = alarm.article
        yield f"{number:4}. {article.published or 'undated'} {article.source}: {_line(article)}"
        for m in alarm.mentions:
            sure = f"{m.confidence / 1000:.2f}"
            yield f"      {m.country} {m.level} ({m.voice}, {m.evidence}, {sure}): {m.quote}"


def _line(article: Article) -> str:
    return " ".join((article.title or article.text[:80]).split())


def archives(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(each for pattern in PATTERNS for each in path.glob(pattern))
        else:
            yield path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--first", type=int, help="only so many texts of each archive")
    parser.add_argument("--day", help="read every text as if it was published then")
    wanted = parser.parse_args()
    detector = build(load(None, {})).detector.open()
    dated = {"published": wanted.day} if wanted.day else {}
    for path in archives(wanted.paths):
        texts = islice(records(path), wanted.first)
        articles = (article_of({**record, **dated}) for record in texts)
        for line in told(path.name, listen(detector, articles)):
            print(line)


if __name__ == "__main__":
    main()
