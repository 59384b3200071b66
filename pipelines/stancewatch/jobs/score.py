"""Score the detector on passages that people have labelled (`rules score`, `make eval`).

A passage is a JSON line with `id`, `text`, `published`, `mentions` and `summits`, in the label
format that `detect` prints.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from stancewatch.core.actor import Voice
from stancewatch.core.score import Label, Score, SummitLabel, Tally, score, score_summits
from stancewatch.core.topic import Policy
from stancewatch.core.venue import Venues, venues
from stancewatch.errors import UsageError
from stancewatch.jobs.detect import article_of
from stancewatch.jobs.wiring import House
from stancewatch.sinks.text import one_line

Passage = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Marks:
    """The score of one stance topic, and of summits."""

    passages: Mapping[str, Passage]
    score: Score
    summits: Mapping[str, Tally]


def read(paths: Iterable[Path]) -> Iterator[Passage]:
    for path in paths:
        try:
            lines = path.read_text("utf-8").splitlines()
        except OSError as error:
            raise UsageError(f"cannot be read: {error.strerror}", where=str(path)) from None
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _passage(line, f"{path}:{number}")


def _passage(line: str, where: str) -> Passage:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise UsageError(f"not JSON: {error}", where=where) from None
    missing = [name for name in ("id", "text", "mentions") if name not in row]
    if missing:
        raise UsageError(f"a labelled passage needs {', '.join(missing)}", where=where)
    return {"summits": [], **row}


def mark(house: House, passages: Sequence[Passage], topic: str) -> Marks:
    """Read every passage and compare."""
    detector = house.detector.open()
    policy = house.policies[topic]
    gold: list[Label] = []
    found: list[Label] = []
    told: list[SummitLabel] = []
    wanted: list[SummitLabel] = []
    for passage in passages:
        name = passage["id"]
        gold += _labels(name, passage["mentions"], topic)
        wanted += [
            SummitLabel(name, each["summit"] or "", each["place"], each["outcome"])
            for each in passage["summits"]
        ]
        detection = detector.detect(article_of(passage))
        told += [SummitLabel(name, t.name, t.place, t.outcome) for t in detection.tellings]
        found += [
            Label(name, m.country, m.voice, m.level, m.conditional, m.current, m.confidence)
            for m in detection.mentions
            if m.topic == topic
        ]
    by_id = {passage["id"]: passage for passage in passages}
    summits = score_summits(wanted, told, _venues(house))
    return Marks(by_id, score(gold, found, policy), summits)


def _venues(house: House) -> Venues:
    """The venues of every topic and language."""
    return Venues(
        {
            name: city
            for topic in house.detector.topics
            for lexicon in topic.lexicons.values()
            for name, city in venues(house.detector.actors, lexicon).cities.items()
        }
    )


def _labels(name: str, mentions: Iterable[Mapping[str, Any]], topic: str) -> Iterator[Label]:
    for mention in mentions:
        if mention["topic"] == topic:
            yield Label(
                name,
                mention["country"],
                Voice(mention["voice"]),
                mention["stance"],
                mention["conditional"],
                mention["current"],
            )


def report(marks: Marks, policy: Policy, errors: int) -> Iterator[Table | Text]:
    """The tables that `make eval` prints."""
    yield _tallies(marks)
    yield _confusion(marks.score, policy)
    yield _reliability(marks.score)
    if errors:
        yield from _errors(marks, errors)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _row(name: str, one: Tally) -> tuple[str, ...]:
    numbers = (f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.f1:.3f}")
    return name, *numbers, str(one.gold), str(one.found)


def _tallies(marks: Marks) -> Table:
    table = _table(
        f"{len(marks.passages)} passages", "what", "precision", "recall", "F1", "gold", "found"
    )
    for name, one in (*marks.score.tallies.items(), *marks.summits.items()):
        table.add_row(*_row(name, one))
    for name, one in marks.score.by_level.items():
        table.add_row(*_row(f"  {name}", one))
    table.add_row(*_row("  conditional, where the mention is right", marks.score.conditional))
    table.add_row(*_row("  not current, where the mention is right", marks.score.not_current))
    found = sum(each.found for each in marks.score.calibration)
    rate = marks.score.wrong_side / found if found else 0.0
    table.add_row(
        "for read as against, or the reverse",
        f"{rate:.3f}",
        "",
        "",
        "",
        str(marks.score.wrong_side),
    )
    return table


def _confusion(result: Score, policy: Policy) -> Table:
    names = [level.name for level in policy.levels]
    table = _table("Government's levels: gold down, found across", "", *names, "nothing")
    for wanted in (*names, None):
        cells = [str(result.confusion.get((wanted, got), 0)) for got in (*names, None)]
        table.add_row(wanted or "nothing", *cells)
    return table


def _reliability(result: Score) -> Table:
    table = _table("Is confidence what it says?", "confidence from", "mentions", "right", "share")
    for each in result.calibration:
        share = f"{each.right / each.found:.2f}" if each.found else ""
        table.add_row(f"{each.low / 1000:.1f}", str(each.found), str(each.right), share)
    return table


def _errors(marks: Marks, number: int) -> Iterator[Text]:
    for title, labels in (("Wrong", marks.score.wrong), ("Missing", marks.score.missing)):
        yield Text(f"{title}, {min(number, len(labels))} of {len(labels)}:", style="bold")
        for label in labels[:number]:
            text = one_line(marks.passages[label.passage]["text"])
            yield Text(
                f"  {label.passage} {label.country} {label.level} ({label.voice}): {text[:160]}"
            )
