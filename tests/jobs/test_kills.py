"""kill -9 at random moments of a backfill and of a monitor: as if nobody had disturbed them.

`make soak` does the same fifty times.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.soak import kills
from tests.soak.kills import Backfill, Left, Monitor, Scene, report, same

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(900)]

SEEDS = range(5)


@pytest.fixture(scope="module")
def backfill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Backfill, Left]]:
    with kills.backfill(tmp_path_factory.mktemp("backfill")) as scene:
        yield scene, scene.undisturbed()


@pytest.fixture(scope="module")
def monitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Monitor, Left]]:
    with kills.monitor(tmp_path_factory.mktemp("monitor")) as scene:
        yield scene, scene.undisturbed()


def killed(staged: tuple[Scene, Left], seed: int) -> None:
    scene, calm = staged
    assert calm.history.count('"type": "shift"') > 5
    same(scene.killed(random.Random(seed)), calm, scene)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_backfill_that_is_killed(backfill: tuple[Backfill, Left], seed: int) -> None:
    killed(backfill, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_monitor_that_is_killed(monitor: tuple[Monitor, Left], seed: int) -> None:
    killed(monitor, seed)


def test_the_soak_prints_a_line(
    backfill: tuple[Backfill, Left], capsys: pytest.CaptureFixture[str]
) -> None:
    report(*backfill, seeds=[9])
    name, times, killed_, shifts, messages, _, _ = capsys.readouterr().out.split()
    assert (name, times) == ("backfill", "1")
    assert int(killed_) <= 2
    assert int(shifts) > 5
    assert int(messages) > 2
