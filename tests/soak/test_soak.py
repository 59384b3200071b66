"""The long runs work, at a size that is none. What they find is in test_faults and test_kills."""

from __future__ import annotations

import sys

import pytest

from tests.soak import faults, refold

pytestmark = pytest.mark.slow


def test_what_a_reading_costs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["refold", "--readings", "240", "--keys", "2"])
    refold.main()
    _, *tenths = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [int(row[0]) for row in tenths] == [80, 160, 240]


def test_where_a_run_dies(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["faults", "--steps", "1", "--times", "2"])
    with pytest.raises(SystemExit) as end:
        faults.main()
    assert not end.value.code
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    assert [row[-2:] for row in rows] == [["2", "0"]] * len(faults.Place)
