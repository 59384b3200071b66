"""Filing evidence: sightings become one article, and only the keys that it moves are marked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import event

from stancewatch.core.moment import Moment, parse_moment
from stancewatch.core.record import Filing
from stancewatch.core.watch import Decision, Reading
from stancewatch.stores.ledger import SqlLedger, open_ledger
from tests.core.build import KEY
from tests.stores.ledger.build import (
    LATER,
    NOW,
    READER,
    article,
    file,
    filing,
    reading,
    refold,
    stable,
    telling,
)

FR = ("FR", KEY[1])


def evidence(ledger: SqlLedger) -> list[tuple[str, Moment | None]]:
    """Level and publication of everything that speaks on KEY."""
    return sorted((r.level, r.published) for r in ledger.evidence(KEY).readings)


def test_filing_twice_changes_nothing(ledger: SqlLedger) -> None:
    one = filing("a", "2025-02-17", "willing")
    assert file(ledger, one) == [KEY]
    refold(ledger)
    version = ledger.evidence(KEY).version
    assert file(ledger, one, now=LATER) == []
    assert file(ledger, one, one, now=LATER) == []
    assert ledger.dirty() == []
    assert ledger.evidence(KEY).version == version


def test_an_article_without_readings_marks_nothing(ledger: SqlLedger) -> None:
    plain = Filing(article("a", "2025-02-17"))
    assert file(ledger, plain) == []
    assert ledger.filed([plain.article.id], READER) == {
        (plain.article.id, plain.article.revision): plain.article
    }


def test_what_another_reader_filed_is_not_filed(ledger: SqlLedger) -> None:
    one = filing("a", "2025-02-17", "willing")
    file(ledger, one)
    assert ledger.filed([one.article.id], "another reader") == {}
    assert list(ledger.filed_otherwise("another reader")) == [one.article]
    assert list(ledger.filed_otherwise(READER)) == []


def test_texts_may_be_filed_anew_while_they_are_listed(ledger: SqlLedger) -> None:
    for reader, start in (("a", 0), ("b", 700), ("c", 900)):
        texts = [Filing(article(f"{n}", "2025-02-17")) for n in range(start, start + 700)]
        file(ledger, *texts, reader=reader)
    listed = []
    for each in ledger.filed_otherwise("b"):
        listed.append(each.id)
        if len(listed) % 100 == 1:
            file(ledger, Filing(each), reader="b")
    # 700 by "a", and 700 by "c", which read 500 of those of "b" again.
    assert len(listed) == len(set(listed)) == 1400


def test_sightings_of_one_revision_are_merged(ledger: SqlLedger) -> None:
    late = filing("a", "2025-02-18", "willing")
    early = replace(
        late,
        article=replace(
            late.article,
            published=parse_moment("2025-02-17"),
            author="A Writer",
            source="a.example",
        ),
    )
    file(ledger, late)
    refold(ledger)
    assert file(ledger, early) == [KEY]
    [merged] = ledger.filed([late.article.id], READER).values()
    assert merged == early.article
    assert evidence(ledger) == [("willing", parse_moment("2025-02-17"))]


def test_of_two_sightings_the_one_published_first_is_read(ledger: SqlLedger) -> None:
    late = filing("a", "2025-02-18", "willing")
    early_article = replace(late.article, published=parse_moment("2025-02-17"))
    early = Filing(early_article, readings=(reading(early_article, "open"),))
    file(ledger, early)
    assert file(ledger, late) == []
    assert evidence(ledger) == [("open", parse_moment("2025-02-17"))]


def test_a_union_that_nobody_has_read_is_listed_to_be_read(ledger: SqlLedger) -> None:
    # Two workers at once: one saw the earlier date, the other the author. Neither saw both.
    dated = filing("a", "2025-02-17", "open")
    signed_article = replace(dated.article, published=parse_moment("2025-02-18"), author="A Leader")
    signed = Filing(signed_article, readings=(reading(signed_article, "willing"),))
    file(ledger, dated)
    assert list(ledger.filed_otherwise(READER)) == []
    file(ledger, signed)
    assert [level for level, _ in evidence(ledger)] == ["open"]
    [union] = ledger.filed_otherwise(READER)
    assert (union.author, union.published) == ("A Leader", parse_moment("2025-02-17"))
    assert list(ledger.filed([union.id], READER).values()) == [union]
    file(ledger, Filing(union, readings=(reading(union, "committed"),)))
    assert list(ledger.filed_otherwise(READER)) == []
    file(ledger, signed, dated)
    assert [level for level, _ in evidence(ledger)] == ["committed"]


def test_the_greatest_version_speaks(ledger: SqlLedger) -> None:
    first = filing("a", "2025-02-17", "willing", updated="2025-02-17T10:00:00Z")
    second = filing("a", "2025-02-17", "open", text="Edited.", updated="2025-02-17T12:00:00Z")
    assert first.article.id == second.article.id
    file(ledger, second)
    refold(ledger)
    assert file(ledger, first) == []  # an older wording that comes late says nothing
    assert [level for level, _ in evidence(ledger)] == ["open"]


def test_an_edit_takes_back_what_the_earlier_wording_said(ledger: SqlLedger) -> None:
    first = filing("a", "2025-02-17", "willing", updated="2025-02-17T10:00:00Z")
    edited = article("a", "2025-02-17", text="Edited.", updated=parse_moment("2025-02-18"))
    file(ledger, first)
    refold(ledger)
    assert file(ledger, Filing(edited)) == [KEY]
    assert evidence(ledger) == []
    # The words can still be quoted, in the retraction.
    assert first.readings[0].id in ledger.readings([first.readings[0].id])


def revised(ledger: SqlLedger) -> list[tuple[str, str]]:
    """What is decided on readings of wordings that no longer speak."""
    found = [each.decision for each in ledger.decisions(KEY)]
    return [(d.subject, d.detail) for d in found if d.reason == "revised"]


def test_what_an_earlier_wording_said_has_its_reason(ledger: SqlLedger) -> None:
    first = filing("a", "2025-02-17", "willing", updated="2025-02-17T10:00:00Z")
    second = filing("a", "2025-02-17", "open", text="Edited.", updated="2025-02-17T12:00:00Z")
    lost = [(first.readings[0].id, "a later wording of the article speaks")]
    file(ledger, first)
    assert revised(ledger) == []
    file(ledger, second, now=LATER)
    refold(ledger)
    assert revised(ledger) == lost
    file(ledger, first, second, now=LATER)
    assert revised(ledger) == lost


def test_an_earlier_wording_that_comes_late_has_its_reason(ledger: SqlLedger) -> None:
    first = filing("a", "2025-02-17", "willing", updated="2025-02-17T10:00:00Z")
    second = filing("a", "2025-02-17", "open", text="Edited.", updated="2025-02-17T12:00:00Z")
    file(ledger, second)
    file(ledger, first, now=LATER)
    assert [subject for subject, _ in revised(ledger)] == [first.readings[0].id]


def test_a_wording_that_speaks_again_has_no_longer_a_reason_not_to(ledger: SqlLedger) -> None:
    first = filing("a", "2025-02-17", "willing")
    second = filing("a", "2025-02-18", "open", text="Edited.")
    file(ledger, first, second)
    assert [subject for subject, _ in revised(ledger)] == [first.readings[0].id]
    # An earlier date of the second comes to light: then the first is the later one.
    seen = replace(second.article, published=parse_moment("2025-02-10"))
    file(ledger, replace(second, article=seen), now=LATER)
    assert [subject for subject, _ in revised(ledger)] == [second.readings[0].id]
    closed = [d for d in ledger.decisions(KEY, standing=False) if d.superseded_at == LATER]
    assert first.readings[0].id in {each.decision.subject for each in closed}


def test_what_no_reader_finds_any_more_needs_no_reason(ledger: SqlLedger) -> None:
    first = filing("a", "2025-02-17", "willing", updated="2025-02-17")
    second = filing("a", "2025-02-17", "open", text="Edited.", updated="2025-02-18")
    file(ledger, first, second)
    file(ledger, Filing(first.article), Filing(second.article), reader="rules and detector 2")
    assert revised(ledger) == []


def test_the_earliest_publication_of_any_revision_counts(ledger: SqlLedger) -> None:
    second = filing("a", "2025-02-19", "willing", text="Edited.", updated="2025-02-19T12:00:00Z")
    file(ledger, second)
    refold(ledger)
    first = Filing(article("a", "2025-02-17"))
    assert file(ledger, first) == [KEY]
    assert evidence(ledger) == [("willing", parse_moment("2025-02-17"))]


def test_a_revision_read_anew_is_replaced(ledger: SqlLedger) -> None:
    one = filing("a", "2025-02-17", "willing")
    other = replace(one, readings=(reading(one.article, "open", key=FR),), mentions=())
    file(ledger, one)
    refold(ledger)
    assert file(ledger, other, reader="rules and detector 2") == [FR, KEY]
    assert evidence(ledger) == []
    assert [r.level for r in ledger.evidence(FR).readings] == ["open"]
    assert '"type": "mention"' not in stable(ledger)


def test_only_the_keys_that_differ_are_marked(ledger: SqlLedger) -> None:
    one = filing("a", "2025-02-17", "willing")
    both = replace(one, readings=(*one.readings, reading(one.article, "open", key=FR)))
    file(ledger, one)
    refold(ledger)
    assert file(ledger, both) == [FR]
    assert ledger.dirty() == [FR]


def test_decisions_are_closed_when_a_revision_is_read_anew(ledger: SqlLedger) -> None:
    one = article("a", "2025-02-17")
    untracked = Decision("m1", FR, "untracked", "no watch covers FR", one.published)
    file(ledger, Filing(one, decisions=(untracked,)))
    file(ledger, Filing(one, decisions=(untracked,)), now=LATER)
    assert [(d.decision, d.learned_at) for d in ledger.decisions(FR)] == [(untracked, NOW)]
    file(ledger, Filing(one), reader="rules and detector 2", now=LATER)
    assert ledger.decisions(FR) == []
    [closed] = ledger.decisions(FR, standing=False)
    assert (closed.decision, closed.superseded_at) == (untracked, LATER)


def test_summits_of_current_wordings_are_sighted(ledger: SqlLedger) -> None:
    dated, told = article("a", "2025-02-17"), article("b", "2025-02-18")
    undated = article("c")
    gone = article("a", "2025-02-16", text="An earlier wording.")
    file(
        ledger,
        Filing(dated, tellings=(telling("held", "2025-02-15"), telling("pledged"))),
        Filing(told, tellings=(telling("upcoming"),)),
        Filing(undated, tellings=(telling("held"),)),
        Filing(gone, tellings=(telling("held", place="Rome"),)),
    )
    found = {(s.article_id, s.telling.outcome, str(s.at)) for s in ledger.sightings()}
    assert found == {
        (dated.id, "held", "2025-02-15"),
        (dated.id, "pledged", "2025-02-16"),
        (told.id, "upcoming", "2025-02-18"),
    }


def baseline(key: tuple[str, str], level: str, on: str = "2025-01-10") -> Reading:
    made = reading(article(f"baseline-{key[0]}", on), level, key=key, kind="baseline")
    return replace(made, id=f"baseline-{key[0]}")


def plant(ledger: SqlLedger, *readings: Reading) -> list[tuple[str, str]]:
    return list(ledger.plant(readings, now=NOW, quiet="rebuilt"))


def test_baselines_are_planted_as_a_set(ledger: SqlLedger) -> None:
    gb, fr = baseline(KEY, "rejects"), baseline(FR, "open")
    assert plant(ledger, gb, fr) == [FR, KEY]
    assert ledger.evidence(KEY).readings == (gb,)
    refold(ledger)
    assert plant(ledger, fr, gb) == []
    assert plant(ledger, replace(gb, level="open"), fr) == [KEY]
    assert plant(ledger, replace(gb, level="open")) == [FR]
    assert ledger.evidence(FR).readings == ()
    assert plant(ledger, replace(gb, level="open"), fr) == [FR]
    assert ledger.evidence(FR).readings == (fr,)


def test_a_baseline_that_moves_to_another_key_marks_both(ledger: SqlLedger) -> None:
    plant(ledger, baseline(KEY, "rejects"))
    refold(ledger)
    assert plant(ledger, replace(baseline(KEY, "rejects"), key=FR)) == [FR, KEY]


def test_only_baselines_are_planted(ledger: SqlLedger) -> None:
    with pytest.raises(AssertionError):
        plant(ledger, *filing("a", "2025-02-17", "willing").readings)


def test_writers_at_once_lose_nothing(url: str) -> None:
    dates = [f"2025-02-{day:02}" for day in range(10, 22)]
    filings = [
        replace(each, article=replace(each.article, author=f"Writer {on}"))
        for on in dates
        for each in (filing("a", on, "willing"), filing(f"b-{on}", on, "open"))
    ]

    def write(order: int) -> None:
        with open_ledger(url) as mine:
            for each in filings[order::4] + filings[:order]:
                file(mine, each)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with open_ledger(url) as ledger:
        refold(ledger)
        [merged] = ledger.filed([filings[0].article.id], READER).values()
        assert merged == filings[0].article
        assert len(ledger.evidence(KEY).readings) == 1 + len(dates)


def test_the_work_grows_with_the_new_articles_and_not_with_the_ledger(ledger: SqlLedger) -> None:
    statements: list[str] = []
    event.listen(
        ledger._engine, "before_cursor_execute", lambda *args: statements.append(str(args[2]))
    )

    def work(name: str) -> int:
        statements.clear()
        file(ledger, *(filing(f"{name}-{n}", "2025-02-17", "willing") for n in range(20)))
        return len(statements)

    first = work("first")
    for n in range(10):
        work(f"more-{n}")
    assert work("last") == first
