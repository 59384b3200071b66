"""The tool that counts what is heard in other news, on two archives of three texts."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "tests/gold/alarms.py"
ROWS = [
    {"title": "Rain", "text": "It rained on the soldiers of Italy.", "published": "2025-03-10"},
    {"title": "", "text": "Es regnete.", "lang": "de"},
    {
        "title": "Rome says no",
        "text": "Italy ruled out sending soldiers to Ukraine.",
        "published": "2019-03-10",
    },
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archives")
    lines = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
    (folder / "packed.jsonl.gz").write_bytes(gzip.compress(lines))
    (folder / "plain.jsonl").write_bytes(lines)
    (folder / "notes.txt").write_text("no archive", "utf-8")
    return folder


def told(*words: str) -> list[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "pipelines")}
    command = [sys.executable, str(TOOL), *words]
    run = subprocess.run(command, env=env, capture_output=True, check=True, encoding="utf-8")
    return run.stdout.splitlines()


@pytest.mark.slow
def test_it_counts_and_lists_what_is_heard(folder: Path) -> None:
    lines = told("--day", "2025-03-10", str(folder))
    count = "2 texts read, 1 in other languages; 1 mentions in 1 texts"
    assert [line for line in lines if "texts read" in line] == [
        f"packed.jsonl.gz: {count}",
        f"plain.jsonl: {count}",
    ]
    assert len(lines) == 6
    assert lines[1].endswith("Rome says no")
    assert lines[2].strip().startswith("IT rejects (government, narrator, 0.")


@pytest.mark.slow
def test_news_from_before_the_war_is_not_read_by_its_own_date(folder: Path) -> None:
    (line,) = told(str(folder / "plain.jsonl"))
    assert line.endswith("0 mentions in 0 texts")
