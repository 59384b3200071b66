"""A house on shipped rules and a ledger of its own, and a clock that a test holds in its hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from stancewatch.core.article import Article, make_article
from stancewatch.core.failure import Failure
from stancewatch.core.moment import parse_moment
from stancewatch.jobs.prepare import prepare
from stancewatch.jobs.spine import Counts, run_spine
from stancewatch.jobs.wiring import House, build
from stancewatch.settings import Settings, load, shipped

NOW = datetime(2026, 1, 10, 9, tzinfo=UTC)


class Clock:
    """Stands still until told to move; `sleep` moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def __call__(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@lru_cache(maxsize=1)
def _demo_house() -> House:
    return build(load("demo", {}))


def house_in(folder: Path, **settings: Any) -> House:
    """The demo's rules and outlets, with a ledger in `folder`."""
    base = _demo_house()
    ledger = f"sqlite:///{folder / 'ledger.sqlite'}"
    changed: Settings = replace(base.settings, clock=None, ledger=ledger, **settings)
    return replace(base, settings=changed)


def archive() -> list[dict[str, Any]]:
    """The seed archive, a record an article."""
    path = shipped("seeds/articles/archive.jsonl")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def article(record: dict[str, Any]) -> Article:
    return make_article(
        source=record["source"],
        title=record["title"],
        text=record["text"],
        url=record.get("url"),
        author=record.get("author"),
        lang=record.get("lang"),
        published=parse_moment(record.get("published")),
        updated=parse_moment(record.get("updated")),
    )


def follow(
    house: House, items: Sequence[Article | Failure], now: datetime = NOW, quiet: str = ""
) -> Counts:
    """One run of the spine over these, with whatever goes before it."""
    with house.ledger() as ledger:
        prepare(house, ledger, now)
    return run_spine(items, house.spine(now, quiet), house.beam)


def stable(house: House) -> str:
    """`export --stable`, whole."""
    types = ("articles", "mentions", "occurrences", "shifts", "stances")
    with house.ledger() as ledger:
        rows = ledger.export(types, outcomes=house.outcomes, stable=True)
        return "\n".join(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
