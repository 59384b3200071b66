"""Folds that go on from checkpoints: the same history, whatever came when and in which portions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from stancewatch.core.fold import history, rules_digest
from stancewatch.core.record import Filing
from stancewatch.stores.ledger import SqlLedger, open_ledger
from stancewatch.stores.ledger.schema import CHECKPOINTS, READINGS
from tests.core.build import KEY, POLICY
from tests.stores.ledger.build import file, filing, refold, stable

LEVELS = ("rejects", "reluctant", "open", "willing")
WHO = ("prime-minister", "defence-minister", "spokesperson")


def story(draw: random.Random, length: int) -> list[Filing]:
    """Positions over a year that wander up and down the scale, a few of them undated."""
    found = []
    for number in range(length):
        day = f"2024-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        date = f"{day}T{draw.randint(0, 23):02}:00:00Z"
        dated = draw.random() > 0.05
        found.append(
            filing(
                f"a{number}",
                date if dated else None,
                draw.choice(LEVELS),
                who=draw.choice(WHO),
                text=f"words of {draw.randint(0, 2 * length)} and some more that follow",
            )
        )
    return found


def in_portions(ledger: SqlLedger, filings: Sequence[Filing], draw: random.Random) -> None:
    left = list(filings)
    while left:
        size = draw.randint(1, 7)
        portion, left = left[:size], left[size:]
        file(ledger, *portion)
        refold(ledger, spacing=1)


def count(ledger: SqlLedger) -> int:
    with ledger._reading() as connection:
        return connection.scalar(select(func.count()).select_from(CHECKPOINTS)) or 0


def forget(ledger: SqlLedger) -> None:
    with ledger._writing() as connection:
        connection.execute(delete(CHECKPOINTS))


@pytest.mark.parametrize("seed", range(6))
def test_portions_in_any_order_make_one_history(
    ledger: SqlLedger, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    filings = story(draw, 60)
    with open_ledger(f"sqlite:///{tmp_path}/calm.db") as calm:
        file(calm, *filings)
        refold(calm, spacing=10_000)
        assert count(calm) == 0
        if seed % 2:
            filings.sort(key=lambda each: str(each.article.published))
        else:
            draw.shuffle(filings)
        in_portions(ledger, filings, draw)
        assert count(ledger) > 3
        assert stable(ledger) == stable(calm)
        assert decisions(ledger) == decisions(calm)
    whole = history(ledger.evidence(KEY).readings, POLICY)
    assert tuple(row.shift for row in ledger.shifts(KEY)) == whole.shifts
    assert list(ledger.stances()) == [whole.stance]


def decisions(ledger: SqlLedger) -> list[tuple[str, str, str]]:
    found = ledger.decisions(KEY)
    return sorted((d.decision.subject, d.decision.reason, d.decision.detail) for d in found)


def test_deleting_every_checkpoint_changes_nothing(ledger: SqlLedger, tmp_path: Path) -> None:
    draw = random.Random(7)
    filings = story(draw, 40)
    in_portions(ledger, filings[:30], draw)
    with open_ledger(f"sqlite:///{tmp_path}/other.db") as other:
        random_again = random.Random(8)
        in_portions(other, filings[:30], random_again)
        forget(ledger)
        in_portions(ledger, filings[30:], random.Random(9))
        in_portions(other, filings[30:], random.Random(9))
        assert stable(ledger) == stable(other)


def test_a_fold_reads_what_is_new_and_no_more_than_the_window(ledger: SqlLedger) -> None:
    for year in (2021, 2022, 2023, 2024):
        for month in range(1, 13):
            file(ledger, filing(f"{year}-{month}", f"{year}-{month:02}-10", LEVELS[month % 4]))
            refold(ledger, spacing=1)
    with ledger._reading() as connection:
        assert connection.scalar(select(func.count()).select_from(READINGS)) == 48
    file(ledger, filing("new", "2025-01-05", "open"))
    known = ledger.evidence(KEY, rules_digest(POLICY, ()))
    assert known.start is not None
    assert len(known.readings) < 12
    assert len(known.recorded) < 8
