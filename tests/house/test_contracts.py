"""The walls of the house hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("apache_beam", "spacy", "sqlalchemy", "slack_sdk", "aiohttp", "feedparser", "pydantic")


@pytest.mark.slow
def test_imports_go_one_way() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}; import sys; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "pipelines")},
    )
    return set(found.stdout.split())


def test_the_core_loads_nothing_heavy() -> None:
    names = sorted(path.stem for path in (ROOT / "pipelines/stancewatch/core").glob("*.py"))
    modules = ", ".join(f"stancewatch.core.{name}" for name in names if name != "__init__")
    assert loaded_by(f"import {modules}").isdisjoint(HEAVY)
