"""kill -9 at any time: what is recorded, what waits to be told and what was sent agree."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from stancewatch.core.fold import history
from stancewatch.core.record import Change
from stancewatch.stores.ledger import SqlLedger, Status, open_ledger
from tests.core.build import POLICY
from tests.stores.ledger.build import file, refold, stable
from tests.stores.ledger.corpus import evidence

ROOT = Path(__file__).parents[3]
KILLS = 5
MESSAGES = 4  # a process sends at most so many before it is killed
MOMENT = 0.03  # seconds: about one round of filing, folding, telling and sending


def start(url: str, arrived: list[str], log: Path) -> subprocess.Popen[bytes]:
    """The worker, told on stdin what the sink has already; it appends to the log what it sends."""
    with log.open("ab") as sink:
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.stores.ledger.worker", url],
            cwd=ROOT,
            env={"PYTHONPATH": f"{ROOT}/pipelines:{ROOT}"},
            stdin=subprocess.PIPE,
            stdout=sink,
        )
    assert worker.stdin is not None
    worker.stdin.write("\n".join(arrived).encode())
    worker.stdin.close()
    return worker


def lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def kill(worker: subprocess.Popen[bytes], log: Path, draw: random.Random) -> None:
    enough = len(lines(log)) + draw.randint(1, MESSAGES)
    while len(lines(log)) < enough and worker.poll() is None:
        time.sleep(0.001)
    time.sleep(draw.uniform(0, MOMENT))
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def agrees(ledger: SqlLedger) -> None:
    """Every clean key holds its fold, and every change ever recorded is in the outbox once."""
    dirty = ledger.dirty()
    with ledger._reading() as connection:
        keys = connection.exec_driver_sql("SELECT country, topic FROM keys").all()
    for key in map(tuple, keys):
        known = ledger.evidence(key)
        if key not in dirty:
            fresh = history(known.readings, POLICY)
            assert tuple(each.shift for each in known.recorded) == fresh.shifts
    rows = ledger.shift_versions()
    retracted = sum(row.status is Status.RETRACTED for row in rows)
    with ledger._reading() as connection:
        changes = connection.exec_driver_sql("SELECT change FROM untold").scalars().all()
    assert len(changes) == len(rows) + retracted
    assert Counter(changes)[Change.RETRACTED] == retracted


@pytest.mark.slow
def test_a_killed_process_leaves_nothing_half_done(url: str, tmp_path: Path) -> None:
    draw, log = random.Random(9), tmp_path / "sent.txt"
    for _ in range(KILLS):
        kill(start(url, lines(log), log), log, draw)
        with open_ledger(url) as ledger:
            agrees(ledger)
    assert "done" not in lines(log)
    assert start(url, lines(log), log).wait() == 0
    with open_ledger(url) as ledger, open_ledger(f"sqlite:///{tmp_path}/calm.db") as calm:
        agrees(ledger)
        assert (ledger.dirty(), ledger.untold(), ledger.next_due()) == ([], [], None)
        file(calm, *evidence())
        refold(calm)
        assert stable(ledger) == stable(calm)
        with ledger._reading() as connection:
            told = connection.exec_driver_sql("SELECT id FROM untold").scalars().all()
    *sent, done = lines(log)
    assert done == "done"
    assert sorted(sent) == sorted(told)  # none lost, none twice
