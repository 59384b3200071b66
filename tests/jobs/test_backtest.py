"""Other rules on a ledger that is there: which way is taken, and what comes out of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from stancewatch.core.truth import Span, Truth
from stancewatch.core.watch import Reading
from stancewatch.jobs.backtest import (
    REREAD,
    STORED,
    Backtest,
    Evidence,
    against,
    evidence,
    measure,
)
from stancewatch.jobs.backtest_report import compared, compared_rows, scored, scored_rows
from stancewatch.jobs.wiring import House, build
from stancewatch.settings import shipped
from stancewatch.stores.ledger import TYPES
from tests.jobs.build import NOW, archive, article, follow, house_in

pytestmark = pytest.mark.slow

ALL = Span()
WATCH = "watches/european-security.yaml"
TOPIC = "topics/troop-deployment/topic.yaml"
WORDS = "topics/troop-deployment/en.yaml"
LONE = (WATCH, "single_source: true", "single_source: false")  # tells no lone paraphrase
ARTICLES = [article(record) for record in archive()[58:98]]


def rules(folder: Path, base: Path, *changes: tuple[str, str, str]) -> Path:
    """A copy of these rules with (file, before, after) changed."""
    copy = folder / "rules"
    shutil.copytree(base, copy)
    for name, before, after in changes:
        text = (copy / name).read_text("utf-8")
        assert before in text
        (copy / name).write_text(text.replace(before, after), "utf-8")
    return copy


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A ledger of forty articles of January to March 2025, without baselines, and rules that tell
    nearly everything, so that there is much to compare whatever the policy is."""
    folder = tmp_path_factory.mktemp("ledger")
    told = [(WATCH, f"{key}: false", f"{key}: true") for key in ("first_position", "single_source")]
    settings = replace(house_in(folder).settings, baselines=None)
    eager = rules(folder, shipped("rules"), *told)
    filled = build(replace(settings, rules=eager))
    follow(filled, ARTICLES)
    return filled


def other(house: House, folder: Path, *changes: tuple[str, str, str]) -> House:
    return build(replace(house.settings, rules=rules(folder, house.settings.rules, *changes)))


def both(a: House, b: House) -> list[Evidence]:
    with a.ledger() as ledger:
        return evidence([a, b], ledger, NOW)


def compare(a: House, b: House) -> Backtest:
    return against(*both(a, b), NOW, ALL)


def test_the_same_rules_change_nothing(house: House, tmp_path: Path) -> None:
    found = compare(house, other(house, tmp_path))
    assert found.differ == []
    assert (found.a.evidence.how, found.b.evidence.how) == (STORED, STORED)
    assert found.comparison.appear == found.comparison.vanish == found.comparison.move == ()
    assert found.comparison.same == len(found.a.simulated.alerts) > 0


def test_a_watch_and_a_policy_are_tried_on_stored_readings(house: House, tmp_path: Path) -> None:
    b = other(house, tmp_path, LONE, (TOPIC, "window: 180d", "window: 60d"))
    found = compare(house, b)
    assert found.differ == ["policy of troop-deployment", "watches"]
    assert found.b.evidence.how == STORED
    assert "policy of troop-deployment, watches" in found.b.evidence.why
    assert len(found.comparison.vanish) > 3
    assert len(found.b.simulated.alerts) < len(found.a.simulated.alerts)


def test_another_route_moves_every_alert(house: House, tmp_path: Path) -> None:
    found = compare(house, other(house, tmp_path, ("routes.yaml", "- id: console", "- id: desk")))
    moves = found.comparison.move
    assert {move.differs for move in moves} == {("route",)}
    assert len(moves) == len(found.a.simulated.alerts) > 0


def test_fewer_countries_make_alerts_vanish(house: House, tmp_path: Path) -> None:
    told = [alert.item.country for alert in compare(house, house).a.simulated.alerts]
    (first, *_) = told
    found = compare(house, other(house, tmp_path, (WATCH, f"  - {first}\n", "")))
    assert found.b.evidence.how == STORED
    assert {alert.item.country for alert in found.comparison.vanish} == {first}


def test_a_country_watched_anew_needs_the_texts(house: House, tmp_path: Path) -> None:
    b = other(house, tmp_path, (WATCH, "  - KR\n", "  - KR\n  - RS\n"))
    (_, found) = both(house, b)
    assert found.how == REREAD
    assert found.why.startswith("RS/troop-deployment: not watched")
    assert found.counts.articles == 40


def test_other_words_are_tried_on_the_texts(house: House, tmp_path: Path) -> None:
    """In these rules, what is not ruled out is promised."""
    before = "    stance: rejects\n    negated: open\n    refuses: true\n"
    b = other(house, tmp_path, (WORDS, before, before.replace("open", "committed")))
    found = compare(house, b)
    assert found.b.evidence.how == REREAD
    assert found.b.evidence.why.startswith("words of troop-deployment")
    assert found.a.evidence.how == STORED
    assert found.a.evidence.readings != found.b.evidence.readings


def test_texts_read_again_by_the_same_rules_give_the_same(house: House, tmp_path: Path) -> None:
    """A ledger that other rules filed: both are read again, and agree with what they would be."""
    (tmp_path / "other").mkdir()
    stranger = other(house, tmp_path, (WORDS, "negated: open", "negated: willing"))
    ledger = f"sqlite:///{tmp_path / 'other' / 'ledger.sqlite'}"
    filed = replace(stranger, settings=replace(stranger.settings, ledger=ledger))
    follow(filed, ARTICLES)
    with filed.ledger() as opened:
        (again,) = evidence([house], opened, NOW)
    (stored, _) = both(house, house)
    assert again.how == REREAD
    assert again.why == "the ledger was filed under other rules or by another detector"
    assert _by_id(again) == _by_id(stored)


def _by_id(found: Evidence) -> dict[str, Reading]:
    return {reading.id: reading for each in found.readings.values() for reading in each}


def test_the_ledger_is_only_read(house: House, tmp_path: Path) -> None:
    def everything() -> str:
        with house.ledger() as ledger:
            rows = ledger.export(list(TYPES), outcomes=house.outcomes)
            untold = [repr(each) for each in ledger.untold()]
            return json.dumps([*rows, untold], default=str)

    before = everything()
    compare(house, other(house, tmp_path, (WORDS, "negated: open", "negated: willing")))
    assert everything() == before


def test_days_are_compared_and_all_days_simulated(house: House, tmp_path: Path) -> None:
    b = other(house, tmp_path, LONE)
    found = both(house, b)
    whole = against(*found, NOW, ALL).comparison
    days = Span(date(2025, 2, 17), date(2025, 2, 18))
    part = against(*found, NOW, days).comparison
    assert 0 < len(part.vanish) < len(whole.vanish)
    assert {each.happened_at.at.date() for each in part.vanish} <= {days.since, days.until}


def lines(page: Iterator[object]) -> str:
    return "\n".join(map(str, page))


def test_the_comparison_is_printed_and_exported(house: House, tmp_path: Path) -> None:
    b = other(house, tmp_path, LONE)
    found = compare(house, b)
    rows = list(compared_rows(found))
    assert [row["type"] for row in rows[:2]] == ["rules", "rules"]
    assert rows[-1]["vanish"] == len(found.comparison.vanish) > 0
    changes = [row for row in rows if row["type"] == "notification"]
    assert all(row["b"] is None and row["a"]["quote"] for row in changes)
    assert json.loads(json.dumps(rows)) == rows
    text = lines(compared(found))
    assert "stored readings" in text
    assert changes[0]["a"]["quote"][:40] in text


POLAND = [
    Truth("PL", "troop-deployment", date(2025, 1, 20), "reluctant"),
    Truth("PL", "troop-deployment", date(2025, 3, 1), "committed", summary="Made up for a test."),
]


def test_the_history_is_scored_and_printed(house: House) -> None:
    (found, _) = both(house, house)
    stance = found.histories()["GB", "troop-deployment"].stance
    assert stance
    assert stance.level
    britain = Truth("GB", "troop-deployment", date(2025, 3, 20), stance.level)
    result = measure(found, [britain, *POLAND], "troop-deployment", ALL)
    assert result.checks[0].found == stance.level
    assert [each.change.truth.country for each in result.missed] == ["PL"]
    rows = list(scored_rows(result, "A"))
    assert (rows[0]["recall"], rows[0]["truths"]) == (0.0, 3)
    assert "missed" in {row.get("judged") for row in rows}
    assert json.loads(json.dumps(rows)) == rows
    text = lines(scored(result, house.policies["troop-deployment"]))
    assert "Made up for a test." in text
