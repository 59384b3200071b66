"""One wrong file for each way to be wrong, with everything that is said about it.

A file of `tests/data/rules-museum` takes its place in the small sound set of rules; its first
line says where, the comments after it are the faults expected, in order, and no others.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stancewatch.errors import RuleError
from stancewatch.stores.rulebook import load

DATA = Path(__file__).parents[1] / "data"
MUSEUM = sorted((DATA / "rules-museum").glob("*.yaml"))


def hung(piece: Path, rules: Path) -> list[str]:
    """Puts the piece where it belongs and returns what it promises."""
    where, *rest = piece.read_text(encoding="utf-8").splitlines()
    target = rules / where.removeprefix("# in: ")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(piece, target)
    header = rest[: next(n for n, line in enumerate(rest) if not line.startswith("# "))]
    return [line.removeprefix("# ") for line in header]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA / "rules-small", tmp_path / "rules"))


@pytest.mark.parametrize("piece", MUSEUM, ids=lambda piece: piece.stem)
def test_each_wrong_file_is_told_as_promised(piece: Path, rules: Path) -> None:
    expected = hung(piece, rules)
    with pytest.raises(RuleError) as caught:
        load(rules)
    assert caught.value.problem.replace(f"{rules}/", "").split("\n") == expected


def test_the_museum_is_open() -> None:
    assert len(MUSEUM) > 60


def test_all_faults_of_all_files_are_told_at_once(rules: Path) -> None:
    """Ten files at fault raise one error, which tells everything that each alone would."""
    pieces = (
        "unknown-key", "group-member", "two-holders", "watch-unknown-topic", "route-unknown-sink",
        "silence-without-end", "topic-level-twice", "cue-unknown-level", "outlet-country",
        "office-unknown-country", "stray-file",
    )  # fmt: skip
    expected = [
        line for name in pieces for line in hung(DATA / "rules-museum" / f"{name}.yaml", rules)
    ]
    with pytest.raises(RuleError) as caught:
        load(rules)
    told = caught.value.problem.replace(f"{rules}/", "").split("\n")
    assert sorted(told) == sorted(expected)
    assert caught.value.exit_code == 2
