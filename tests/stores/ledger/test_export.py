"""What people script against: the rows of `stancewatch export`."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from stancewatch.core.failure import Failure, Stage
from stancewatch.core.moment import parse_moment
from stancewatch.core.notification import Form, Notification
from stancewatch.core.record import Filing
from stancewatch.core.ruling import make_ruling
from stancewatch.core.watch import Decision, Verdict
from stancewatch.errors import UsageError
from stancewatch.stores.ledger import HISTORY, TYPES, SqlLedger
from tests.core.build import KEY
from tests.stores.ledger.build import (
    LATER,
    NOW,
    OUTCOMES,
    SUMMIT,
    article,
    file,
    filing,
    mention,
    refold,
    stable,
    telling,
)

# What tells when or in what order something was learned: never in a stable row.
TELLING = {"first_seen", "learned_at", "superseded_at", "version", "reader"}


@pytest.fixture
def full(ledger: SqlLedger) -> SqlLedger:
    """A ledger with something of every type, and a shift of every status."""
    one = filing("a", "2025-02-10", "open", condition="after a ceasefire", confidence=900)
    told = Filing(article("b", "2025-02-11"), tellings=(telling("held"), telling("pledged")))
    gone = filing("c", "2025-02-12", "willing", updated="2025-02-12")
    file(ledger, one, told, gone)
    refold(ledger)
    corrected = article("c", "2025-02-12", text="Corrected.", updated=parse_moment("2025-02-13"))
    file(ledger, Filing(corrected), filing("d", "2025-02-11", "open"), now=LATER)
    refold(ledger, now=LATER)
    ruling = make_ruling(
        gone.readings[0], Verdict.REJECT, author="Ann", because="a slip", ruled_at=NOW
    )
    ledger.rule(ruling, now=LATER)
    refold(ledger, now=LATER)
    root = Notification("i1", Form.ROOT, "slack", "C1", KEY[1], "GB moved", ())
    ledger.settle((), [Decision("s1", KEY, "sent", "", None)], (), [root], now=LATER)
    ledger.record_failures([Failure(Stage.DETECT, "u", "too-long", "It is too long.")], now=NOW)
    return ledger


def rows(ledger: SqlLedger, kind: str, *, stable: bool = False) -> list[dict[str, object]]:
    return list(ledger.export([kind], outcomes=OUTCOMES, stable=stable))


def test_every_type_has_rows_of_its_singular(full: SqlLedger) -> None:
    for kind in TYPES:
        assert {row["type"] for row in rows(full, kind)} == {kind[:-1]}


def test_a_ruling_says_who_and_why_and_is_a_matter_of_evidence(full: SqlLedger) -> None:
    [row] = rows(full, "rulings", stable=True)
    [gone] = [row for row in rows(full, "shifts") if row["status"] == "retracted"]
    assert [words["id"] for words in gone["evidence"]] == [row.pop("subject")]  # type: ignore[attr-defined]
    assert row.pop("id")
    assert row == {
        "type": "ruling",
        "country": "GB",
        "topic": "troop-deployment",
        "verdict": "reject",
        "level": None,
        "withdraws": None,
        "author": "Ann",
        "because": "a slip",
        "ruled_at": "2025-03-01T12:00:00Z",
    }


def test_every_row_is_json_and_csv_in_one_shape_a_type(full: SqlLedger) -> None:
    for kind in TYPES:
        found = rows(full, kind)
        assert json.loads(json.dumps(found)) == found
        assert len({tuple(row) for row in found}) <= 1


def test_a_shift_says_what_moved_it(full: SqlLedger) -> None:
    [row] = rows(full, "shifts", stable=True)
    evidence = row.pop("evidence")
    assert isinstance(evidence, list)
    assert row == {
        "type": "shift",
        "country": "GB",
        "topic": "troop-deployment",
        "from": None,
        "to": "open",
        "happened_at": "2025-02-10",
        "established_at": "2025-02-10",
        "status": "established",
        "confidence": 0.99,
        "condition": "after a ceasefire",
        "scope": "",
        "because": "prime minister, own words, after a ceasefire; 2 independent witnesses",
        "witnesses": 2,
        "single_source": False,
        "baseline": False,
        "conditions": [],
        "before": [],
    }
    assert {words["url"] for words in evidence} == {
        "https://paper.example/a",
        "https://paper.example/d",
    }
    assert evidence[0].keys() >= {
        "quote",
        "speaker",
        "office",
        "evidence",
        "outlet",
        "url",
        "published",
        "stated_at",
        "level",
        "confidence",
        "rule",
    }


def test_the_record_has_every_status(full: SqlLedger) -> None:
    assert {row["status"] for row in rows(full, "shifts")} == {
        "established",
        "superseded",
        "retracted",
    }
    assert [row["status"] for row in rows(full, "shifts", stable=True)] == ["established"]


def test_a_retracted_shift_still_has_its_words(full: SqlLedger) -> None:
    [gone] = [row for row in rows(full, "shifts") if row["status"] == "retracted"]
    assert [words["quote"] for words in gone["evidence"]] == ["c says willing."]  # type: ignore[attr-defined]


def test_an_article_is_its_current_wording(full: SqlLedger) -> None:
    found = {row["url"]: row for row in rows(full, "articles")}
    assert len(found) == 4
    assert found["https://paper.example/c"]["text"] == "Corrected."
    assert found["https://paper.example/a"]["title"] == "The news of a"


def test_a_mention_has_the_words_of_detect(full: SqlLedger) -> None:
    one = article("a", "2025-02-10", text="a says open.")
    [row] = [row for row in rows(full, "mentions", stable=True) if row["article"] == one.id]
    assert row["id"] == mention(one, "open").id_in(one.id, one.revision)
    assert (row["country"], row["stance"], row["confidence"]) == ("GB", "open", 0.875)
    assert (row["holder_text"], row["holder_span"]) == ("a sa", [0, 4])


def test_mentions_of_earlier_wordings_are_left_out(full: SqlLedger) -> None:
    assert {row["stance"] for row in rows(full, "mentions")} == {"open"}


def test_tellings_of_one_summit_are_one_occurrence(full: SqlLedger) -> None:
    [row] = rows(full, "occurrences", stable=True)
    assert (row["outcome"], row["place"], row["at"]) == ("pledged", "Paris", "2025-02-11")


def test_a_topic_that_the_rules_do_not_know_is_refused(full: SqlLedger) -> None:
    with pytest.raises(UsageError, match=SUMMIT):
        list(full.export(["occurrences"], outcomes={}))


def test_stable_rows_tell_nothing_of_the_telling(full: SqlLedger) -> None:
    for kind in HISTORY:
        for row in rows(full, kind, stable=True):
            assert row.keys().isdisjoint(TELLING)
    assert not any(
        row["type"] == "shift" and "id" in row for row in rows(full, "shifts", stable=True)
    )


def test_the_telling_is_no_part_of_a_stable_export(full: SqlLedger) -> None:
    with pytest.raises(UsageError, match="decisions"):
        list(full.export(["shifts", "decisions"], stable=True))


def test_an_unknown_type_is_refused(full: SqlLedger) -> None:
    with pytest.raises(UsageError, match="no such type: stance"):
        list(full.export(["stance"]))


def test_types_come_in_one_order_whatever_was_asked(full: SqlLedger) -> None:
    assert stable(full, HISTORY) == stable(full, reversed(HISTORY)) != ""


def test_an_export_may_be_left_half_way(full: SqlLedger) -> None:
    started = full.export(["articles"])
    next(started)
    started.close()  # type: ignore[attr-defined]
    assert file(full, filing("e", "2025-02-20", "rejects"))


def test_evidence_may_come_in_while_an_export_is_read(full: SqlLedger) -> None:
    before = rows(full, "articles")
    started = full.export(["articles"])
    read = [next(started)]
    file(full, filing("e", "2025-02-20", "rejects"), filing("0", "2025-02-01", "rejects"))
    assert [*read, *started] == before


@pytest.mark.slow
def test_memory_stays_flat(ledger: SqlLedger) -> None:
    """4,000 articles of 20 kB are 80 MB; a few hundred of them are held at a time."""
    for start in range(0, 4_000, 200):
        file(
            ledger,
            *(Filing(article(f"{n}", text=f"{n} " * 4_000)) for n in range(start, start + 200)),
        )
    tracemalloc.start()
    count = sum(1 for _ in ledger.export(["articles"]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 4_000
    assert peak < 40_000_000
