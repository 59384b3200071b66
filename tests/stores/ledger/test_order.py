"""History is the same for any order, split or repetition of the evidence."""

from __future__ import annotations

import random

import pytest

from stancewatch.stores.ledger import SqlLedger, open_ledger
from tests.stores.ledger.build import NOW, file, hours_later, refold, stable
from tests.stores.ledger.corpus import evidence


def fill(ledger: SqlLedger, seed: int) -> None:
    """The evidence shuffled, some of it twice, in batches of any size, folded at any time."""
    draw = random.Random(seed)
    rest = evidence()
    rest += draw.sample(rest, len(rest) // 3)
    draw.shuffle(rest)
    now = NOW
    while rest:
        size = draw.randint(1, 9)
        file(ledger, *rest[:size], now=now)
        rest, now = rest[size:], hours_later(now)
        if draw.random() < 0.5:
            refold(ledger, now=now)
    refold(ledger, now=now)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """All at once, in the order of the calendar, on SQLite."""
    path = tmp_path_factory.mktemp("order") / "ledger.db"
    with open_ledger(f"sqlite:///{path}") as ledger:
        file(ledger, *evidence())
        refold(ledger)
        return stable(ledger)


@pytest.mark.parametrize("seed", range(8))
def test_the_stable_export_is_the_same_byte_for_byte(
    ledger: SqlLedger, expected: str, seed: int
) -> None:
    fill(ledger, seed)
    assert stable(ledger) == expected


def test_the_evidence_is_worth_the_test(expected: str) -> None:
    for kind in ("article", "mention", "occurrence", "shift", "stance"):
        assert expected.count(f'"type": "{kind}"') >= (1 if kind == "occurrence" else 2)
    assert expected.count('"type": "shift"') >= 6
