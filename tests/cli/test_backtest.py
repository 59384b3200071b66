"""`backtest` and `rules test` as typed: what is at fault, and the exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from stancewatch.cli import stancewatch
from stancewatch.errors import LedgerError, RuleError, StancewatchError, UsageError
from stancewatch.settings import shipped

STORY = """\
title: Nothing happens
articles:
  - {source: harbour.example, published: 2025-02-16, text: The football season ended on Sunday.}
expect:
"""


def fault(*words: str) -> StancewatchError:
    found = CliRunner().invoke(stancewatch, words)
    assert isinstance(found.exception, StancewatchError), found.output
    return found.exception


def test_a_backtest_needs_something_to_test_against() -> None:
    error = fault("backtest")
    assert isinstance(error, UsageError)
    assert "--against DIR, --truth FILE" in str(error)


def test_a_truth_list_at_fault_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "truth.yaml"
    path.write_text("- {country: XX, date: 2025-02-16, stance: open}\n", "utf-8")
    error = fault("backtest", "--truth", str(path))
    assert isinstance(error, RuleError)
    assert f"{path}:1: unknown country 'XX'" in str(error)


def test_a_backtest_makes_no_ledger(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    rules = str(shipped("rules"))
    error = fault("backtest", "--against", rules, "--ledger", f"sqlite:///{ledger}")
    assert isinstance(error, LedgerError)
    assert not ledger.exists()


def story(folder: Path, expect: str) -> str:
    path = folder / "story.yaml"
    path.write_text(f"{STORY}  {expect}\n", "utf-8")
    return str(path)


@pytest.mark.slow
def test_a_story_that_holds_is_told(tmp_path: Path) -> None:
    found = CliRunner().invoke(stancewatch, ["rules", "test", story(tmp_path, "none: true")])
    assert found.exit_code == 0
    assert found.output.splitlines()[-1] == "1 file(s), all as expected."


@pytest.mark.slow
def test_a_story_that_does_not_hold_is_at_fault(tmp_path: Path) -> None:
    path = story(tmp_path, "shifts: [{country: GB, from: null, to: open}]")
    error = fault("rules", "test", path)
    assert (error.exit_code, error.mend) == (2, "1 expectation(s) do not hold")
    assert f"{path}:5: expected GB no position → open, got none" in str(error)
