"""Whatever comes when, and wherever a run dies: one history, and every change told once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from stancewatch.core.fold import SPACING, rules_digest
from stancewatch.core.notification import Form
from stancewatch.core.record import Filing
from stancewatch.core.ruling import Ruling
from stancewatch.core.watch import Key, Reason
from stancewatch.stores.ledger import SqlLedger, open_ledger
from stancewatch.stores.ledger.schema import CHECKPOINTS, DECISIONS
from stancewatch.transforms.refold import fold_key
from tests.core.build import POLICY
from tests.soak import faults as soak
from tests.soak.faults import (
    CrashError,
    Fault,
    Faults,
    Memory,
    Place,
    assert_told_once,
    beset,
    disturbed,
    empty,
    script,
    undisturbed,
)
from tests.stores.ledger.build import NOW, file, refold, stable
from tests.stores.ledger.corpus import evidence, planted, ruled

pytestmark = pytest.mark.slow

STEPS = script(4)  # loud and quiet filings, a ruling, changes of every kind
SAMPLE = 20


@pytest.fixture
def faults(url: str) -> Iterator[Faults]:
    with beset(url) as found:
        yield found


# --- Crashes ---


def test_dying_before_or_after_any_commit_changes_nothing(faults: Faults) -> None:
    calm, counts = undisturbed(faults, STEPS)
    assert {row[1] for row in calm.changes} == {"new", "strengthened", "retracted"}
    assert {bool(row[2]) for row in calm.changes} == {True, False}
    assert {each.form for each in calm.posted} == set(Form)
    assert counts[Place.BEFORE] == counts[Place.AFTER] > 30
    for place in (Place.BEFORE, Place.AFTER):
        for number in range(1, 1 + counts[place]):
            assert disturbed(faults, STEPS, [Fault(place, number)]) == calm, (place, number)


def test_dying_at_any_statement_and_again_on_the_way_back_changes_nothing(faults: Faults) -> None:
    calm, counts = undisturbed(faults, STEPS)
    draw = random.Random(4)
    for number in draw.sample(range(1, 1 + counts[Place.STATEMENT]), SAMPLE):
        deaths = [Fault(Place.STATEMENT, each) for each in (number, draw.randint(1, 60))]
        assert disturbed(faults, STEPS, deaths) == calm, deaths


class Forgetful(Memory):
    def find(self, *_: object) -> None:
        return None


def test_a_second_message_would_be_seen(faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same comparison, with a sink in which nothing can be looked up."""
    monkeypatch.setattr(soak, "Memory", Forgetful)
    calm, counts = undisturbed(faults, STEPS[:1])
    deaths = [[Fault(Place.BEFORE, 1 + number)] for number in range(counts[Place.BEFORE])]
    differing = [disturbed(faults, STEPS[:1], each) != calm for each in deaths]
    assert sum(differing) == len(calm.posted) > 0


# --- Any order, any split, anything twice, loud and quiet ---

Piece = Filing | Ruling | str  # of what there is to know; PLANT stands for the baselines
PLANT = "plant"
PIECES: tuple[Piece, ...] = (*evidence(), *ruled(), PLANT)


@dataclass(frozen=True, slots=True)
class Portion:
    """What comes at once, and what happens around it."""

    pieces: tuple[Piece, ...]
    quiet: str
    fold: bool  # or leave it to a later run
    spacing: int
    forget: bool  # every checkpoint is lost
    overtaken: bool  # the next portion comes between a fold and its commit
    dies_at: int  # at so many statements from now; 0: never


@st.composite
def stories(draw: st.DrawFn) -> list[Portion]:
    order = _in_turn(draw(st.permutations(range(len(PIECES)))))
    order += draw(st.lists(st.sampled_from(order), max_size=12))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), min_size=1, max_size=9)))
    runs = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    return [draw(_portion(tuple(PIECES[place] for place in run))) for run in runs]


def _in_turn(order: Sequence[int]) -> list[int]:
    """The same, with the rulings among it in theirs: a ruling is withdrawn after it was made."""
    rulings = iter(sorted(each for each in order if isinstance(PIECES[each], Ruling)))
    return [next(rulings) if isinstance(PIECES[each], Ruling) else each for each in order]


def _portion(pieces: tuple[Piece, ...]) -> st.SearchStrategy[Portion]:
    often = st.sampled_from([True, True, False])
    seldom = st.sampled_from([False, False, True])
    return st.builds(
        Portion,
        st.just(pieces),
        quiet=st.sampled_from(["", Reason.BACKFILL, Reason.PRIMED]),
        fold=often,
        spacing=st.sampled_from([1, 3, SPACING]),
        forget=seldom,
        overtaken=seldom,
        dies_at=st.one_of(st.just(0), st.integers(1, 120)),
    )


@dataclass
class Teller:
    """Takes portions in, as runs that die and start again do. Keeps its own account of the keys
    that wait for a fold, and of who is to hear of what the fold finds."""

    faults: Faults
    quiet: dict[Key, str] = field(default_factory=dict)
    sure: bool = True  # a run that died does not know which of its keys wait

    @property
    def ledger(self) -> SqlLedger:
        return self.faults.ledger

    def tell(self, story: Sequence[Portion]) -> None:
        left = list(story)
        while left:
            portion = left.pop(0)
            after = left.pop(0) if portion.overtaken and left else None
            self._until_done(portion, after)

    def _until_done(self, portion: Portion, after: Portion | None) -> None:
        self.faults.start(Fault(Place.STATEMENT, portion.dies_at))
        try:
            self._run(portion, after)
        except CrashError:
            self.sure = False
            self.faults.start()
            self._run(portion, after)
        self.faults.start()

    def _run(self, portion: Portion, after: Portion | None) -> None:
        if portion.forget:
            with self.ledger._writing() as connection:
                connection.execute(delete(CHECKPOINTS))
        self.take(portion)
        if after and not portion.fold:
            self.take(after)
        if portion.fold:
            self.fold(portion.spacing, after)

    def take(self, portion: Portion) -> list[Key]:
        touched: list[Key] = []
        filings = [piece for piece in portion.pieces if isinstance(piece, Filing)]
        touched += file(self.ledger, *filings, quiet=portion.quiet)
        self._wait(touched, portion.quiet)
        for piece in portion.pieces:
            if isinstance(piece, Ruling):
                fresh = self.ledger.rule(piece, now=NOW, quiet=portion.quiet)
                touched += self._wait([piece.key] if fresh else [], portion.quiet)
            elif piece == PLANT:
                keys = self.ledger.plant(planted(), now=NOW, quiet=Reason.REBUILT)
                touched += self._wait(keys, Reason.REBUILT)
        return touched

    def _wait(self, keys: Sequence[Key], quiet: str) -> Sequence[Key]:
        for key in keys:
            loud = self.quiet.get(key) == ""
            self.quiet[key] = "" if loud else quiet
        return keys

    def fold(self, spacing: int, after: Portion | None = None) -> None:
        """What `track` does, with `after` coming in between the first fold and its commit."""
        meanwhile: Callable[[], list[Key]] = (lambda: self.take(after)) if after else list
        while dirty := self.ledger.dirty():
            assert not self.sure or sorted(self.quiet) == list(dirty)
            for key in dirty:
                self._fold_one(key, spacing, meanwhile)
                meanwhile = list
        if after and meanwhile is not list:  # nothing waited, so nothing was overtaken
            meanwhile()

    def _fold_one(self, key: Key, spacing: int, meanwhile: Callable[[], list[Key]]) -> None:
        before = len(self.ledger.untold())
        known = self.ledger.evidence(key, rules_digest(POLICY, ()))
        outcome = fold_key(key, known, POLICY, spacing=spacing)
        overtaken = key in meanwhile()
        assert self.ledger.commit(outcome, now=NOW, quiet=known.quiet) != overtaken
        if not overtaken:
            quiet = self.quiet.pop(key, "")
            changes = self.ledger.untold()[before:]
            assert len(changes) == len(outcome.difference.changes)
            assert not self.sure or {each.quiet for each in changes} <= {quiet}


def told(ledger: SqlLedger) -> tuple[str, list[tuple[Any, ...]]]:
    """The history, and every reason that stands."""
    columns = (DECISIONS.c.origin, DECISIONS.c.subject, DECISIONS.c.reason, DECISIONS.c.detail)
    with ledger._reading() as connection:
        standing = select(*columns).where(DECISIONS.c.superseded_at.is_(None))
        return stable(ledger), sorted(map(tuple, connection.execute(standing)))


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[tuple[Any, ...]]]:
    """All at once, folded once, on SQLite, without a checkpoint."""
    path = tmp_path_factory.mktemp("calm") / "ledger.db"
    with open_ledger(f"sqlite:///{path}") as ledger:
        file(ledger, *evidence())
        for ruling in ruled():
            ledger.rule(ruling, now=NOW)
        soak.plant(ledger, planted())
        refold(ledger, spacing=10_000)
        return told(ledger)


@given(stories())
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_story_of_the_same_evidence_makes_one_history(
    faults: Faults, calm: tuple[str, list[tuple[Any, ...]]], story: list[Portion]
) -> None:
    empty(faults.ledger)
    teller = Teller(faults)
    teller.tell(story)
    teller.fold(spacing=1)
    assert told(teller.ledger) == calm
    assert_told_once(teller.ledger)
    assert teller.ledger.dirty() == []
