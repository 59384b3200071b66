"""The first ten minutes: what a new user is shown, word for word, and that it is right.

`demo.txt` is the golden text. It changes only when an alert is meant to change: look at the
difference, then write it anew with `python tests/story/test_demo.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name("demo.txt")
EXPECTED = ROOT / "seeds/snapshots/expected.yaml"


def demo(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "pipelines"), "COLUMNS": "80"}
    command = [sys.executable, "-m", "stancewatch", "--profile", "demo", *words]
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=True, encoding="utf-8"
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def first(folder: Path) -> str:
    return demo(folder, "monitor", "--once").stdout


def test_the_demo_prints_its_golden_text(first: str) -> None:
    assert first == GOLDEN.read_text("utf-8")


def test_what_is_told_is_what_a_careful_reader_expects(folder: Path, first: str) -> None:
    rows = rows_of(demo(folder, "export", "--types", "shifts,decisions").stdout)
    sent = {(row["country"], row["topic"]) for row in rows if row.get("reason") == "sent"}
    told = {
        (row["country"], row["from"], row["to"], row["happened_at"][:10])
        for row in rows
        if row["type"] == "shift"
        and row["status"] == "established"
        and row["from"]
        and (row["country"], row["topic"]) in sent
    }
    # YAML 1.2 has no Norway problem; this reader has, so scalars stay strings.
    expected = yaml.load(EXPECTED.read_text("utf-8"), Loader=yaml.BaseLoader)
    wanted = {(a["country"], a["from"], a["to"], a["happened"]) for a in expected["alerts"]}
    assert wanted <= told
    assert {row[0] for row in told} == {row[0] for row in wanted}


def test_a_second_run_finds_nothing_new_and_says_so(folder: Path, first: str) -> None:
    again = demo(folder, "monitor", "--once")
    assert "Nothing new." in again.stderr
    table = first[first.index("Western troops") :]
    assert again.stdout == table


def rows_of(lines: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.splitlines()]


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        GOLDEN.write_text(demo(Path(place), "monitor", "--once").stdout, "utf-8")
