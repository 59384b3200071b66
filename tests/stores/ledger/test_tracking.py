"""The record of a history: one fold at a time, nothing lost, nothing overwritten."""

from __future__ import annotations

from dataclasses import replace

from stancewatch.core.fold import rules_digest
from stancewatch.core.moment import parse_moment
from stancewatch.core.record import Change, Filing
from stancewatch.core.watch import Decision
from stancewatch.stores.ledger import SqlLedger, Status, When
from stancewatch.transforms.refold import fold_key
from tests.core.build import KEY, POLICY
from tests.stores.ledger.build import (
    LATER,
    NOW,
    article,
    at,
    file,
    filing,
    levels,
    refold,
    stable,
)

RULES = rules_digest(POLICY, ())


def commit(ledger: SqlLedger, version: int) -> bool:
    known = ledger.evidence(KEY, RULES)
    outcome = replace(fold_key(KEY, known, POLICY, ()), version=version)
    return ledger.commit(outcome, now=NOW, quiet=known.quiet)


def test_a_commit_records_the_fold_and_clears_the_mark(ledger: SqlLedger) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"))
    assert ledger.dirty() == [KEY]
    assert refold(ledger) == 1
    assert ledger.dirty() == []
    [row] = ledger.shifts(KEY)
    [untold] = ledger.untold()
    [stance] = ledger.stances()
    assert (row.shift.to_level, row.status, row.learned_at) == ("willing", Status.ESTABLISHED, NOW)
    assert (untold.change, untold.recorded.shift) == (Change.NEW, row.shift)
    assert (untold.recorded.id, untold.learned_at) == (row.id, NOW)
    assert (stance.key, stance.level) == (KEY, "willing")
    assert [d.decision.reason for d in ledger.decisions(KEY)] == ["moved"]


def test_evidence_filed_meanwhile_makes_the_commit_fail(ledger: SqlLedger) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"))
    version = ledger.evidence(KEY).version
    file(ledger, filing("b", "2025-02-18", "willing"))
    assert not commit(ledger, version)
    assert (ledger.dirty(), ledger.shifts(), ledger.untold()) == ([KEY], [], [])
    assert (ledger.stances(), ledger.decisions()) == ([], [])


def test_of_two_commits_on_one_version_one_wins(ledger: SqlLedger) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"))
    version = ledger.evidence(KEY).version
    assert commit(ledger, version)
    assert not commit(ledger, version)
    assert len(ledger.untold()) == 1


def test_a_key_without_evidence_can_be_committed_once(ledger: SqlLedger) -> None:
    version = ledger.evidence(KEY).version
    assert commit(ledger, version)
    assert not commit(ledger, version)


def test_refolding_without_news_records_nothing(ledger: SqlLedger) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"))
    refold(ledger)
    assert commit(ledger, ledger.evidence(KEY).version)
    assert len(ledger.untold()) == len(ledger.shift_versions()) == 1
    assert len(list(ledger.export(["stances", "decisions"]))) == 2


def test_a_shift_whose_evidence_grows_keeps_its_id(ledger: SqlLedger) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"))
    refold(ledger)
    file(ledger, filing("b", "2025-02-18", "willing"))
    refold(ledger, now=LATER)
    old, new = ledger.shift_versions(KEY)
    assert (old.id, old.version, old.status, old.superseded_at) == (
        new.id,
        1,
        Status.SUPERSEDED,
        LATER,
    )
    assert (new.version, new.status, new.superseded_at) == (2, Status.ESTABLISHED, None)
    assert [u.change for u in ledger.untold()] == [Change.NEW, Change.STRENGTHENED]


def test_a_shift_without_its_evidence_is_retracted(ledger: SqlLedger) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"))
    refold(ledger)
    edited = article("a", "2025-02-17", text="Corrected.", updated=parse_moment("2025-02-18"))
    file(ledger, Filing(edited))
    refold(ledger, now=LATER)
    [gone] = ledger.shift_versions(KEY)
    assert (gone.status, gone.superseded_at) == (Status.RETRACTED, LATER)
    assert (ledger.shifts(), ledger.stances()) == ([], [])
    assert [u.change for u in ledger.untold()] == [Change.NEW, Change.RETRACTED]
    assert [d.decision.reason for d in ledger.decisions(KEY)] == ["revised"]


def test_a_retracted_shift_may_come_back(ledger: SqlLedger) -> None:
    first = filing("a", "2025-02-17", "willing", updated="2025-02-17")
    file(ledger, first)
    refold(ledger)
    file(ledger, Filing(first.article), reader="rules 2")
    refold(ledger, now=LATER)
    file(ledger, first, reader="rules 3")
    refold(ledger, now=LATER)
    assert [row.status for row in ledger.shift_versions()] == [
        Status.RETRACTED,
        Status.ESTABLISHED,
    ]
    assert [u.change for u in ledger.untold()] == [Change.NEW, Change.RETRACTED, Change.NEW]
    assert len({u.id for u in ledger.untold()}) == 3


def test_a_quiet_mark_stays_until_it_is_folded(ledger: SqlLedger) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"), quiet="backfill")
    assert ledger.evidence(KEY).quiet == "backfill"
    refold(ledger)
    assert [u.quiet for u in ledger.untold()] == ["backfill"]
    assert ledger.evidence(KEY).quiet == ""


def test_who_wants_it_told_is_not_silenced_by_a_quiet_filing(ledger: SqlLedger) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"), quiet="backfill")
    file(ledger, filing("b", "2025-02-18", "willing"))
    file(ledger, filing("c", "2025-02-19", "willing"), quiet="backfill")
    assert ledger.evidence(KEY).quiet == ""


def test_a_clean_key_takes_the_reason_of_the_next_filing(ledger: SqlLedger) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"))
    refold(ledger)
    file(ledger, filing("b", "2025-02-18", "willing"), quiet="backfill")
    assert ledger.evidence(KEY).quiet == "backfill"


def test_the_time_machine_has_three_clocks(ledger: SqlLedger) -> None:
    # Said on the 10th, printed on the 20th, learned on the 1st of March; and the way back.
    words = parse_moment("2025-02-10")
    file(ledger, filing("a", "2025-02-20", "willing", stated_at=words))
    refold(ledger, now=at("2025-03-01T09:00:00"))
    file(ledger, filing("b", "2025-03-05", "rejects"))
    refold(ledger, now=at("2025-03-06T09:00:00"))

    def stood(when: When) -> list[str | None]:
        return [stance.level for stance in ledger.stances(when)]

    assert stood(When()) == ["rejects"]
    assert stood(When(on=at("2025-02-09T23:00:00"))) == []
    assert stood(When(on=at("2025-02-11T00:00:00"))) == ["willing"]
    assert stood(When(known=at("2025-02-19T23:00:00"))) == []
    assert stood(When(known=at("2025-02-20T12:00:00"))) == ["willing"]
    assert stood(When(told=at("2025-02-28T23:00:00"))) == []
    assert stood(When(told=at("2025-03-01T09:00:00"))) == ["willing"]
    assert stood(When(told=at("2025-03-06T09:00:00"))) == ["rejects"]
    assert stood(When(on=at("2025-03-10T00:00:00"), told=at("2025-03-02T00:00:00"))) == ["willing"]
    assert levels(ledger) == ["willing", "rejects"]
    assert '"to": "rejects"' in stable(ledger)


def test_decisions_are_found_by_key_subject_and_day(ledger: SqlLedger) -> None:
    file(
        ledger,
        filing("a", "2025-02-10", "willing"),
        filing("b", "2025-02-11", "willing"),
        filing("c", "2025-03-01", "willing", key=("FR", KEY[1])),
    )
    refold(ledger)
    one, two = ledger.decisions(KEY)
    assert (one.decision.at, two.decision.at) == tuple(
        map(parse_moment, ("2025-02-10", "2025-02-11"))
    )
    assert ledger.decisions(KEY, subject=two.decision.subject) == [two]
    around = {"since": at("2025-02-11T00:00:00"), "until": at("2025-02-11T12:00:00")}
    assert ledger.decisions(**around) == [two]
    undated = Decision("m1", KEY, "undated", "no date")
    ledger.settle((), [undated], (), (), now=NOW)
    first, *_ = ledger.decisions(KEY)
    assert first.decision == undated
