"""A printed confidence is about how often such a mention is right."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from stancewatch.core.score import Bin
from stancewatch.jobs.score import mark, read
from stancewatch.jobs.wiring import build
from stancewatch.nlp.reader.calibration import TABLE, calibrated
from stancewatch.settings import load

from .conftest import rulebook

DEV = Path(__file__).parents[1] / "gold/dev.jsonl"
TOPIC = "troop-deployment"
END = Bin(1000, 0, 0)
SLACK = 0.1


def test_it_never_falls_and_stays_within_bounds() -> None:
    values = [calibrated(sureness) for sureness in range(1001)]
    assert values == sorted(values)
    assert (values[0], values[-1]) == (0, 1000)


@pytest.mark.parametrize(("sureness", "confidence"), TABLE)
def test_the_table_is_what_it_says(sureness: int, confidence: int) -> None:
    assert calibrated(sureness) == confidence


@pytest.mark.parametrize(("name", "sureness"), [("enter", 500), ("leave", 300)])
def test_the_topic_asks_for_the_same_sureness_as_before_the_table(name: str, sureness: int) -> None:
    policy = rulebook().topics[TOPIC].policy
    least = getattr(policy, name)
    assert calibrated(sureness - 1) < least <= calibrated(sureness)


@pytest.mark.slow
def test_what_is_said_to_be_sure_is_right_about_as_often() -> None:
    house = build(load(None, {}))
    bins = mark(house, list(read([DEV])), TOPIC).score.calibration
    large = [(low, high) for low, high in pairwise((*bins, END)) if low.found >= 20]
    assert sum(each.found for each, _ in large) > 200
    for each, following in large:
        share = each.right / each.found
        assert each.low / 1000 - SLACK <= share <= following.low / 1000 + SLACK, each
