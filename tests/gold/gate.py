"""What the gate saves, and what it loses: `python tests/gold/gate.py ARCHIVE.jsonl[.gz] ...`.

Reads every English record twice in one run, with the gate and without it, and prints the time of
both and the mentions that only the second finds. A record has `text`, and may have `title`,
`published`, `lang`; `--first N` stops after N records of each file, `--show N` prints N losses.
"""

from __future__ import annotations

import argparse
import time
from itertools import islice
from pathlib import Path

from archives import records

from stancewatch.core.article import Article
from stancewatch.core.mention import Mention
from stancewatch.jobs.detect import article_of
from stancewatch.jobs.wiring import build
from stancewatch.nlp.detector import TextDetector
from stancewatch.nlp.language import language_of
from stancewatch.nlp.prefilter import Gate, Prefilter
from stancewatch.settings import load

Key = tuple[str, str, str]


class Open:
    """A gate that lets everything in, and says as the other does whether the theatre is named."""

    def __init__(self, gate: Prefilter) -> None:
        self._gate = gate

    def gates(self, title: str, text: str) -> tuple[Gate, ...]:
        return tuple(Gate(g.topic, "", g.theatre) for g in self._gate.gates(title, text))


def keys(mentions: tuple[Mention, ...]) -> set[Key]:
    return {(m.country, str(m.voice), m.level) for m in mentions}


def read(detector: TextDetector, articles: list[Article]) -> tuple[list[set[Key]], float]:
    start = time.process_time()
    found = [keys(detector.detect(article).mentions) for article in articles]
    return found, time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--first", type=int)
    parser.add_argument("--show", type=int, default=0)
    wanted = parser.parse_args()
    detector = build(load(None, {})).detector.open()
    for path in wanted.archives:
        articles = [article_of(r) for r in islice(records(path), wanted.first)]
        articles = [a for a in articles if language_of(a) == "en"]
        gated, quick = read(detector, articles)
        reader = detector._readers["en"]
        gate, reader._gate = reader._gate, Open(reader._gate)  # type: ignore[assignment]
        whole, slow = read(detector, articles)
        reader._gate = gate
        report(path, articles, gated, whole, quick, slow, wanted.show)


def report(
    path: Path,
    articles: list[Article],
    gated: list[set[Key]],
    whole: list[set[Key]],
    quick: float,
    slow: float,
    show: int,
) -> None:
    found, kept = sum(map(len, whole)), sum(len(w & g) for w, g in zip(whole, gated, strict=True))
    print(
        f"{path.name}: {len(articles)} texts; with the gate {quick:.1f} s, without {slow:.1f} s "
        f"({slow / quick:.0f} times); mentions without it {found}, of these with it {kept}"
    )
    lost = [(a, w - g) for a, w, g in zip(articles, whole, gated, strict=True) if w - g]
    for article, missing in lost[:show]:
        print(f"  {sorted(missing)} {article.title} {article.text[:200]}")


if __name__ == "__main__":
    main()
