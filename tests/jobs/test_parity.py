"""The time machine: order, splits and repetition of the articles change nothing in the history, nor
does who brings them, a monitor or a backfill."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stancewatch.core.watch import Reason
from tests.jobs.build import archive, article, follow, house_in, stable

pytestmark = pytest.mark.slow

# Early 2024 with its copies and corrections, and the days around the Paris meeting of 2025.
STORY = [article(record) for record in archive()[:24]]


@pytest.fixture(scope="module")
def in_one_go(tmp_path_factory: pytest.TempPathFactory) -> str:
    house = house_in(tmp_path_factory.mktemp("whole"))
    counts = follow(house, STORY)
    assert counts.read == len(STORY) == counts.articles + counts.duplicates + counts.failures
    told = stable(house)
    assert '"type": "shift"' in told
    return told


@st.composite
def runs(draw: st.DrawFn) -> list[tuple[list[int], str]]:
    """The story in any order, some of it twice, cut into one to four runs, loud and quiet ones."""
    order = list(draw(st.permutations(range(len(STORY)))))
    order += draw(st.lists(st.sampled_from(order), max_size=6))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=3)))
    pieces = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    quiet = st.sampled_from(["", Reason.BACKFILL, Reason.PRIMED])
    return [(piece, draw(quiet)) for piece in pieces]


@given(runs())
@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_order_split_and_repetition(in_one_go: str, split: list[tuple[list[int], str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = house_in(Path(folder))
        for run, quiet in split:
            follow(house, [STORY[place] for place in run], quiet=quiet)
        assert stable(house) == in_one_go


def test_a_second_run_adds_nothing(tmp_path: Path) -> None:
    house = house_in(tmp_path)
    first = follow(house, STORY)
    before = stable(house)
    again = follow(house, STORY)
    assert (again.articles, again.failures) == (0, 0)
    assert again.duplicates == again.read == first.read
    assert (again.shifts_new, again.shifts_strengthened, again.shifts_retracted) == (0, 0, 0)
    assert stable(house) == before
