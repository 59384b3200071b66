"""Archives: every record is counted once, a crash loses nothing, and nobody is alerted unasked."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from stancewatch.core.watch import Reason
from stancewatch.errors import UsageError
from stancewatch.jobs.backfill import Progress, Wanted, backfill
from stancewatch.jobs.deliver import Terms, deliver
from stancewatch.jobs.spine import Counts
from stancewatch.jobs.wiring import House
from stancewatch.settings import shipped
from stancewatch.sources.records import Shape
from tests.jobs.build import Clock, archive, house_in, stable

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def run(house: House, *paths: Path, **wanted: bool) -> tuple[Counts, list[Progress]]:
    told: list[Progress] = []
    with house.ledger() as ledger:
        counts = backfill(house, ledger, Wanted(paths, Shape(), **wanted), Clock(), told.append)
    return counts, told


def write(path: Path, records: Sequence[object]) -> Path:
    path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    return path


def adds_up(counts: Counts) -> bool:
    return counts.read == counts.articles + counts.duplicates + counts.failures


def test_every_record_is_an_article_a_duplicate_or_a_failure(tmp_path: Path) -> None:
    records = archive()[:10]
    path = write(tmp_path / "a.jsonl", [*records, records[0], {"id": "x"}, "no object"])
    counts, _ = run(house_in(tmp_path), path)
    assert (counts.read, counts.articles, counts.duplicates, counts.failures) == (13, 10, 1, 2)
    house = house_in(tmp_path)
    with house.ledger() as ledger:
        places = sorted(failed.failure.where for failed in ledger.failures())
    assert places == [f"{path}:12", f"{path}:13"]


def test_an_archive_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    whole = gzip.compress("\n".join(json.dumps(each) for each in archive()[:40]).encode())
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    counts, _ = run(house_in(tmp_path), path)
    assert counts.articles > 0
    assert counts.failures == 1
    assert adds_up(counts)


def test_the_whole_seed_archive_shuffled_is_the_same_history(tmp_path: Path) -> None:
    records = archive()
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    sorted_house, mixed_house = house_in(tmp_path / "one"), house_in(tmp_path / "two")
    counts, _ = run(sorted_house, write(tmp_path / "sorted.jsonl", records))
    assert adds_up(counts)
    random.Random(7).shuffle(records)
    half = len(records) // 2
    run(mixed_house, write(tmp_path / "a.jsonl", records[:half]))
    run(mixed_house, write(tmp_path / "b.jsonl", records[half:]))
    assert stable(mixed_house) == stable(sorted_house)


def test_a_backfill_alerts_nobody_unless_asked(tmp_path: Path) -> None:
    house = house_in(tmp_path)
    run(house, write(tmp_path / "a.jsonl", archive()[:20]))
    with house.ledger() as ledger:
        quiet = {untold.quiet for untold in ledger.untold()}
    assert quiet <= {Reason.BACKFILL, Reason.REBUILT}
    (tmp_path / "asked").mkdir()
    asked = house_in(tmp_path / "asked")
    run(asked, write(tmp_path / "a.jsonl", archive()[:20]), alert=True)
    with asked.ledger() as ledger:
        assert "" in {untold.quiet for untold in ledger.untold()}


def test_a_mistyped_path_changes_nothing(tmp_path: Path) -> None:
    house = house_in(tmp_path)
    run(house, write(tmp_path / "a.jsonl", archive()[:20]))
    before = stable(house)
    blind = replace(house, book=replace(house.book, reading_digest="other rules", watches=()))
    with pytest.raises(UsageError):
        run(blind, tmp_path / "nowhere.jsonl")
    assert stable(house) == before


def test_a_backfill_leaves_live_alerts_to_those_who_deliver_them(tmp_path: Path) -> None:
    house, clock = house_in(tmp_path), Clock()
    path = write(tmp_path / "a.jsonl", archive()[:20])
    run(house, path, alert=True)  # as a monitor would have learned it: to be told
    with house.ledger() as ledger:
        waiting = [each for each in ledger.untold() if not each.quiet]
        assert waiting
        deliver(house, ledger, {}, clock, clock.sleep, Terms(only_quiet=True))
        left = ledger.untold()
        assert [each for each in left if not each.quiet] == waiting
        # What else happened to those shifts waits with them.
        assert {each.recorded.id for each in left} == {each.recorded.id for each in waiting}


def test_a_teaser_does_not_replace_the_article(tmp_path: Path) -> None:
    house = house_in(tmp_path)
    full = archive()[1]
    teaser = {**full, "text": full["text"][:60]}
    run(house, write(tmp_path / "a.jsonl", [full]))
    before = stable(house)
    run(house, write(tmp_path / "b.jsonl", [teaser]))
    assert stable(house) == before


def test_resume_goes_on_where_it_stopped(tmp_path: Path) -> None:
    house = house_in(tmp_path)
    path = write(tmp_path / "a.jsonl", archive()[:10])
    run(house, path)
    counts, told = run(house, path, resume=True)
    assert (counts.read, told) == (0, [])


def command(ledger: Path, path: Path) -> list[str]:
    sources = shipped("seeds/articles/sources.yaml")
    return [
        sys.executable, "-m", "stancewatch", "--ledger", f"sqlite:///{ledger}",
        "--sources", str(sources), "backfill", str(path),
    ]  # fmt: skip


def test_killed_at_any_moment_and_run_again_it_is_as_if_undisturbed(tmp_path: Path) -> None:
    """kill -9 of the command as it is installed, models and all; of many kills, see test_kills."""
    path = write(tmp_path / "a.jsonl", archive()[:60])
    env = {**os.environ, "PYTHONPATH": str(ROOT / "pipelines")}
    (tmp_path / "calm").mkdir()
    calm = house_in(tmp_path / "calm")
    run(calm, path)
    disturbed = tmp_path / "ledger.sqlite"
    process = subprocess.Popen(command(disturbed, path), env=env, stderr=subprocess.DEVNULL)
    while not disturbed.exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(random.Random(1).uniform(0.0, 2.5))
    process.send_signal(signal.SIGKILL)
    process.wait()
    again = subprocess.run(command(disturbed, path), env=env, capture_output=True, check=False)
    assert again.returncode == 0, again.stderr
    assert stable(house_in(tmp_path)) == stable(calm)
