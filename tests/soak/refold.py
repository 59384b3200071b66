"""What a new reading costs as history grows, and what memory it takes.

    python -m tests.soak.refold [--readings 1000000] [--keys 60] [--ledger URL]

Synthetic readings arrive in the order of the calendar, a week a cycle, and one in fifty comes weeks
late. Each cycle files them and refolds the keys they touch, as `track` does. The table shows every
tenth of the history: time a reading, as a ratio to the first full tenth, and the peak memory.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stancewatch.core.moment import Moment
from stancewatch.core.record import Filing
from stancewatch.core.watch import Key
from stancewatch.stores.ledger import SqlLedger, open_ledger
from tests.stores.ledger.build import filing, refold

START = datetime(2020, 1, 6, tzinfo=UTC)
CYCLE = timedelta(days=7)
EACH = 40  # readings of a key in a cycle
LATE = 50  # one in so many comes up to eight weeks late
TENTHS = 10
LEVELS = ("rejects", "reluctant", "open", "willing", "committed")
WHO = ("prime-minister", "defence-minister", "state-secretary", "spokesperson")


@dataclass(frozen=True, slots=True)
class Tenth:
    readings: int
    seconds: float
    megabytes: float


def cycles(readings: int, keys: Sequence[Key], draw: random.Random) -> Iterator[list[Filing]]:
    """One list a week. A country keeps to its level for months, with other voices in between."""
    stands = {key: draw.choice(LEVELS) for key in keys}
    now, made = START, 0
    while made < readings:
        week: list[Filing] = []
        for key in keys:
            if draw.random() < 0.03:
                stands[key] = draw.choice(LEVELS)
            week += [_filing(key, stands[key], now, made + len(week), draw) for _ in range(EACH)]
        yield week[: readings - made]
        now, made = now + CYCLE, made + len(week)


def _filing(key: Key, level: str, week: datetime, number: int, draw: random.Random) -> Filing:
    late = draw.random() < 1 / LATE
    at = week + timedelta(minutes=draw.randrange(7 * 24 * 60))
    at -= timedelta(days=draw.randrange(1, 57)) if late else timedelta()
    other = draw.random() < 0.1
    words = " ".join(f"w{draw.randrange(40_000)}" for _ in range(30))
    return filing(
        f"{key[0]}-{number}-{draw.randrange(10**9)}",
        str(Moment(at)),
        draw.choice(LEVELS) if other else level,
        key=key,
        who=draw.choice(WHO[1:] if other else WHO),
        text=words,
        outlet=f"outlet {draw.randrange(40)}",
    )


def soak(ledger: SqlLedger, readings: int, keys: int) -> Iterator[Tenth]:
    names = [(f"{number:02}", "troop-deployment") for number in range(keys)]
    begun, done, reported = time.process_time(), 0, 0
    for week in cycles(readings, names, random.Random(1)):
        ledger.file(week, reader="soak", now=START)
        refold(ledger)
        done += len(week)
        if done * TENTHS // readings > reported * TENTHS // readings or done >= readings:
            now = time.process_time()
            yield Tenth(done - reported, now - begun, _megabytes())
            begun, reported = now, done


def _megabytes() -> float:
    """The most that this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 if sys.platform != "darwin" else 1024**2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readings", type=int, default=1_000_000)
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--ledger", help="an empty place; default: a SQLite file that goes again")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.ledger or f"sqlite:///{Path(folder) / 'soak.db'}"
        with open_ledger(url) as ledger:
            report(soak(ledger, asked.readings, asked.keys))


def report(tenths: Iterator[Tenth]) -> None:
    print(f"{'readings':>10} {'CPU ms each':>13} {'ratio':>6} {'peak MB':>8}")
    total, base = 0, 0.0
    for number, tenth in enumerate(tenths):
        total += tenth.readings
        cost = 1000 * tenth.seconds / tenth.readings
        # The first tenth fills the window; from the second on the work should not grow.
        base = cost if number < 2 else base
        print(f"{total:>10} {cost:>13.2f} {cost / base:>6.2f} {tenth.megabytes:>8.0f}", flush=True)


if __name__ == "__main__":
    main()
