"""Rulings in the ledger: evidence that outlives runs, upgrades and crashes."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from stancewatch.core.moment import parse_moment
from stancewatch.core.record import Change, Filing
from stancewatch.core.ruling import Ruling, make_ruling, withdrawal
from stancewatch.core.watch import Reading, Verdict
from stancewatch.stores.ledger import SqlLedger, open_ledger
from tests.core.build import KEY
from tests.stores.ledger.build import (
    LATER,
    NOW,
    article,
    file,
    filing,
    hours_later,
    levels,
    reading,
    refold,
    stable,
)
from tests.stores.ledger.corpus import evidence

SAID = filing("a", "2025-02-17", "willing", updated="2025-02-17")
[WORDS] = SAID.readings


def rules(on: Reading, verdict: Verdict, **more: Any) -> Ruling:
    fields = {"author": "Ann", "because": "I read it", "ruled_at": NOW}
    return make_ruling(on, verdict, **{**fields, **more})


REJECTED = rules(WORDS, Verdict.REJECT)
RELABELLED = rules(WORDS, Verdict.RELABEL, level="open")
ACCEPTED = rules(WORDS, Verdict.ACCEPT)


@pytest.fixture
def told(ledger: SqlLedger) -> SqlLedger:
    """A ledger in which WORDS are filed and folded."""
    file(ledger, SAID)
    refold(ledger)
    assert levels(ledger) == ["willing"]
    return ledger


def rule(ledger: SqlLedger, *rulings: Ruling) -> None:
    for ruling in rulings:
        assert ledger.rule(ruling, now=LATER)
    refold(ledger, now=LATER)


def given(ledger: SqlLedger) -> list[tuple[str, str]]:
    """Every reason that now stands on KEY, with its detail."""
    return sorted((d.decision.reason, d.decision.detail) for d in ledger.decisions(KEY))


def test_a_ruling_is_recorded_and_marks_its_key(told: SqlLedger) -> None:
    assert told.rule(REJECTED, now=LATER)
    assert told.dirty() == [KEY]
    assert list(told.rulings()) == list(told.rulings(KEY)) == [REJECTED]
    assert list(told.rulings(("FR", KEY[1]))) == []


def test_the_same_ruling_again_changes_nothing(told: SqlLedger) -> None:
    rule(told, REJECTED)
    assert not told.rule(REJECTED, now=LATER)
    assert (told.dirty(), len(told.rulings())) == ([], 1)


def test_a_rejection_retracts_what_rested_on_it_and_says_who_and_why(told: SqlLedger) -> None:
    rule(told, REJECTED)
    assert levels(told) == []
    assert [u.change for u in told.untold()] == [Change.NEW, Change.RETRACTED]
    assert given(told) == [("ruled", "rejected by Ann on 2025-03-01: I read it")]


def test_a_relabelled_reading_is_shown_as_it_was_ruled(told: SqlLedger) -> None:
    rule(told, RELABELLED)
    [row] = told.shifts(KEY)
    shown = told.readings(row.shift.evidence)[WORDS.id]
    assert (row.shift.to_level, shown.level) == ("open", "open")
    assert [word for word, _ in given(told)] == ["moved", "ruled"]
    [exported] = told.export(["shifts"], stable=True)
    [words] = exported["evidence"]  # type: ignore[misc]
    assert (words["level"], words["ruled"]) == (
        "open",
        "relabelled open by Ann on 2025-03-01: I read it",
    )


def test_a_withdrawal_brings_back_what_was_before(told: SqlLedger) -> None:
    before = stable(told, ["shifts", "stances"])
    back = withdrawal(REJECTED, author="Bob", because="a mistake", ruled_at=NOW)
    rule(told, REJECTED)
    rule(told, back)
    assert stable(told, ["shifts", "stances"]) == before
    assert list(told.rulings()) == sorted([REJECTED, back], key=lambda each: each.order)
    details = dict(given(told))
    assert details["ruled"].startswith("ruling ")
    assert details["ruled"].endswith("withdrawn by Bob on 2025-03-01: a mistake")


def test_the_reason_to_tell_nobody_stays_with_the_mark(told: SqlLedger) -> None:
    told.rule(REJECTED, now=LATER, quiet="ruled")
    refold(told, now=LATER)
    assert [u.quiet for u in told.untold()] == ["", "ruled"]


def test_a_crash_before_the_refold_leaves_a_dirty_key_for_the_next_run(url: str) -> None:
    with open_ledger(url) as first:
        file(first, SAID)
        refold(first)
        first.rule(REJECTED, now=LATER)
    with open_ledger(url) as next_run:
        assert (next_run.dirty(), levels(next_run)) == ([KEY], ["willing"])
        assert refold(next_run, now=LATER) == 1
        assert (next_run.dirty(), levels(next_run)) == ([], [])


@pytest.mark.parametrize("ruling", [REJECTED, RELABELLED, ACCEPTED], ids=lambda r: str(r.verdict))
def test_a_ruling_outlives_a_new_reader(told: SqlLedger, ruling: Ruling) -> None:
    rule(told, ruling)
    before = stable(told, ["shifts", "stances", "rulings"])
    file(told, SAID, reader="rules and detector 2")
    refold(told, now=LATER)
    assert stable(told, ["shifts", "stances", "rulings"]) == before


def test_what_was_accepted_stands_when_a_new_reader_does_not_find_it(told: SqlLedger) -> None:
    rule(told, ACCEPTED)
    before = stable(told, ["shifts", "stances"])
    file(told, Filing(SAID.article), reader="rules and detector 2")
    refold(told, now=LATER)
    assert stable(told, ["shifts", "stances"]) == before
    assert WORDS.quote in before


def test_what_was_accepted_stands_when_a_new_reader_reads_it_otherwise(told: SqlLedger) -> None:
    rule(told, ACCEPTED)
    before = stable(told, ["shifts", "stances"])
    other = replace(WORDS, id="another id", level="rejects")
    file(told, replace(SAID, readings=(other,)), reader="rules and detector 2")
    refold(told, now=LATER)
    assert stable(told, ["shifts", "stances"]) == before
    assert ("ruled", f"the ruling on the same words stands: {ACCEPTED.said}") in given(told)


def edited(text: str) -> Filing:
    of = article("a", "2025-02-17", text=text, updated=parse_moment("2025-02-18"))
    return Filing(of)


def test_a_ruling_rests_while_the_article_no_longer_has_the_words(told: SqlLedger) -> None:
    rule(told, ACCEPTED)
    file(told, edited("Corrected: nothing of the kind was said."))
    assert told.dirty() == [KEY]
    refold(told, now=LATER)
    assert levels(told) == []


def test_a_ruling_holds_while_an_edited_article_still_has_the_words(told: SqlLedger) -> None:
    rule(told, ACCEPTED)
    file(told, edited(f"Updated with a photograph. {WORDS.quote} More follows."))
    refold(told, now=LATER)
    assert levels(told) == ["willing"]


def test_an_edit_after_an_upgrade_takes_away_what_only_the_ruling_kept(told: SqlLedger) -> None:
    """No reader finds anything before or after the edit: the ruling alone makes the key dirty."""
    rule(told, ACCEPTED)
    file(told, Filing(SAID.article), reader="rules and detector 2")
    refold(told, now=LATER)
    assert levels(told) == ["willing"]
    file(told, edited("Corrected."), reader="rules and detector 2")
    refold(told, now=LATER)
    assert levels(told) == []


def test_readings_are_found_by_the_beginning_of_their_id(told: SqlLedger) -> None:
    rule(told, RELABELLED)
    assert list(told.detected(WORDS.id[:8])) == [WORDS]  # as it was found, not as it was ruled
    assert list(told.detected("")) == [WORDS]
    assert list(told.detected("zz")) == []
    assert list(told.detected_in(SAID.article.id, "GB")) == [WORDS]
    assert list(told.detected_in(SAID.article.id, "FR")) == []


def test_a_baseline_is_no_reading_to_rule_on(ledger: SqlLedger) -> None:
    baseline = replace(reading(article("b", "2025-01-10"), "open"), id="b1", kind="baseline")
    ledger.plant([baseline], now=NOW, quiet="rebuilt")
    assert list(ledger.detected("b1")) == []


# --- History stays a function of the evidence ---


def some_rulings(filings: list[Filing]) -> list[Ruling]:
    """On every third reading; some of them twice, some withdrawn."""
    draw = random.Random(7)
    made = []
    for each in filings[::3]:
        [found] = each.readings
        for number in range(draw.randint(1, 2)):
            verdict = draw.choice([Verdict.ACCEPT, Verdict.REJECT, Verdict.RELABEL])
            level = "open" if verdict is Verdict.RELABEL else None
            at = hours_later(NOW, number)
            made.append(rules(found, verdict, level=level, ruled_at=at))
        if draw.random() < 0.3:
            made.append(withdrawal(made[-1], author="Bob", because="no", ruled_at=NOW))
    return made


# Without other sightings of one wording: of those, one reading alone is ever in the ledger.
STORY = [each for each in evidence() if not each.article.author]
RULINGS = some_rulings([each for each in STORY if each.tellings])


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("rulings") / "ledger.db"
    with open_ledger(f"sqlite:///{path}") as ledger:
        file(ledger, *STORY)
        for ruling in RULINGS:
            ledger.rule(ruling, now=NOW)
        refold(ledger)
        return stable(ledger)


@pytest.mark.parametrize("seed", range(6))
def test_history_does_not_depend_on_when_it_was_ruled(
    ledger: SqlLedger, expected: str, seed: int
) -> None:
    """Rulings in any order, between filings and folds, from checkpoints as close as can be."""
    draw = random.Random(seed)
    left = [*STORY, *RULINGS]
    draw.shuffle(left)
    filed: set[str] = set()
    while left:
        act = left.pop(0)
        if isinstance(act, Filing):
            file(ledger, act)
            filed.add(act.readings[0].id)
        elif act.subject in filed:
            ledger.rule(act, now=NOW)
        else:
            left.append(act)
        if draw.random() < 0.5:
            refold(ledger, spacing=1)
    refold(ledger, spacing=1)
    assert stable(ledger) == expected
    assert expected.count('"type": "ruling"') == len(RULINGS) > 8
