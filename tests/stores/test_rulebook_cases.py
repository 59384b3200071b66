"""Rule tests and truth lists: what they say, and every fault with its line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from stancewatch.core.actor import Rank
from stancewatch.errors import RuleError
from stancewatch.stores.rulebook import Case, Rulebook, load, load_cases, load_truth

DATA = Path(__file__).parents[1] / "data"

CASE = """\
title: A minister says so
sources:
  - {name: Harbour Post, domain: harbour.example, owner: Harbour}
baselines:
  - {country: "NO", stance: open, date: 2024-03-01, speaker: Kari Nilsen, office: prime-minister}
articles:
  - source: harbour.example
    published: 2024-04-02T10:00:00Z
    text: Norway will send ships.
  - source: harbour.example
    published: 2024-04-01
    text: Norway thinks about ships.
expect:
  stances:
    - {country: "NO", on: 2024-04-02, level: null}
  shifts:
    - {country: "NO", from: null, to: open}
  unmoved: [FR]
  notifications: []
  quiet:
    - {country: "NO", reason: pending}
"""

TRUTHS = """\
- {country: "NO", date: 2024-03-01, stance: open, never_moved: true, note: alone}
- {country: FR, date: "2024-04-01", stance: rejects, conditional: a truce, scope: outside-ukraine}
"""


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return load(DATA / "rules-small")


def case(text: str, rules: Rulebook, folder: Path) -> Case:
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    (found,) = load_cases([path], rules)
    return found


def faults(text: str, rules: Rulebook, folder: Path) -> list[str]:
    with pytest.raises(RuleError) as caught:
        case(text, rules, folder)
    return [line.removeprefix(f"{folder}/") for line in caught.value.problem.splitlines()]


def test_a_case_as_core_values(rules: Rulebook, tmp_path: Path) -> None:
    found = case(CASE, rules, tmp_path)
    assert [outlet.domain for outlet in found.outlets] == ["harbour.example"]
    (baseline,) = found.baselines
    assert (baseline.key, baseline.kind) == (("NO", "sending-ships"), "baseline")
    assert baseline.rank is Rank.LEADER
    (stance,) = found.stances
    assert (stance.key, stance.row.level, stance.place.line) == (("NO", "sending-ships"), None, 15)
    assert [(shift.row.from_, shift.row.to) for shift in found.shifts] == [(None, "open")]
    assert found.unmoved[0][1] == ("FR", "sending-ships")
    assert (found.alerts, found.none, found.expectations) == ((), None, 5)


def test_articles_arrive_in_order_of_time(rules: Rulebook, tmp_path: Path) -> None:
    arrivals = case(CASE, rules, tmp_path).arrivals
    assert [each.article.text for each in arrivals] == [
        "Norway thinks about ships.",
        "Norway will send ships.",
    ]
    late = CASE.replace("2024-04-01\n", "2024-04-01\n    at: 2024-04-05T08:00:00Z\n")
    last = case(late, rules, tmp_path).arrivals[-1]
    assert last.at == datetime(2024, 4, 5, 8, tzinfo=UTC)
    assert last.article.text == "Norway thinks about ships."


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("title: A", "titel: A", "case.yaml:1: unknown key 'titel' (did you mean 'title'?)"),
        ("level: null", "level: opne", "case.yaml:15: unknown level 'opne' (did you mean 'open'?)"),
        ("to: open", "to: closed", "case.yaml:17: unknown level 'closed'"),
        ("stance: open", "stance: opn", "case.yaml:5: unknown stance 'opn' (did you mean 'open'?)"),
        ("[FR]", "[XX]", "case.yaml:18: unknown country 'XX'"),
        (
            "reason: pending",
            "reason: pendng",
            "case.yaml:21: unknown reason 'pendng' (did you mean 'pending'?)",
        ),
        ("    published: 2024-04-01\n", "", "case.yaml:10: nobody knows when this article arrives"),
        ("2024-04-01", "soon", "case.yaml:11: 'soon' is not a date"),
        ("  unmoved: [FR]", "  none: true", "case.yaml:13: `none` says all there is to say"),
        ("on: 2024-04-02, level: null", "on: 2024-04-02", "case.yaml:15: 'level' is missing"),
        ("title: A", "topic: ships\ntitle: A", "case.yaml:1: unknown stance topic 'ships'"),
    ],
)
def test_every_fault_has_its_line(
    rules: Rulebook, tmp_path: Path, before: str, after: str, fault: str
) -> None:
    assert before in CASE
    assert any(
        line.startswith(fault) for line in faults(CASE.replace(before, after), rules, tmp_path)
    )


def test_a_case_that_expects_nothing_says_so(rules: Rulebook, tmp_path: Path) -> None:
    head = CASE[: CASE.index("expect:")]
    assert "nothing is expected" in faults(f"{head}expect: {{}}\n", rules, tmp_path)[0]
    found = case(f"{head}expect: {{none: true}}\n", rules, tmp_path)
    assert found.none
    assert found.none.line == 13


def test_the_faults_of_all_files_are_told_at_once(rules: Rulebook, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.yaml", "b.yaml")]
    for path in paths:
        path.write_text(CASE.replace("to: open", "to: closed"), encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_cases([*paths, tmp_path / "gone.yaml"], rules)
    assert [line.split(":")[0] for line in caught.value.problem.splitlines()] == [
        str(tmp_path / name) for name in ("a.yaml", "b.yaml", "gone.yaml")
    ]


def write(text: str, folder: Path) -> Path:
    path = folder / "truth.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_truth_list_as_core_values(rules: Rulebook, tmp_path: Path) -> None:
    first, second = load_truth(write(TRUTHS, tmp_path), "sending-ships", rules)
    assert (first.country, first.day, first.level) == ("NO", date(2024, 3, 1), "open")
    assert (first.never_moved, first.conditional) == (True, False)
    assert (second.country, second.conditional) == ("FR", True)


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("- {country: FR, date: 2024-05-01, stance: opne}\n", "3: unknown stance 'opne'"),
        ("- {country: XX, date: 2024-05-01, stance: open}\n", "3: unknown country 'XX'"),
        ("- {country: FR, date: 2024-05, stance: open}\n", "3: '2024-05' is not a day"),
        ("- {country: FR, date: 2024-04-01, stance: open}\n", "3: FR already has a position"),
        ('- {country: "NO", date: 2024-05-01, stance: rejects}\n', "1: NO is said never to have"),
        ("- {country: FR, date: 2024-05-01, stance: open, topic: x}\n", "3: unknown stance topic"),
        ("- {country: FR, date: 2024-05-01, stance: open, sumary: x}\n", "3: unknown key 'sumary'"),
    ],
)
def test_every_fault_of_a_truth_list_has_its_line(
    rules: Rulebook, tmp_path: Path, more: str, fault: str
) -> None:
    path = write(TRUTHS + more, tmp_path)
    with pytest.raises(RuleError) as caught:
        load_truth(path, "sending-ships", rules)
    assert any(line.startswith(f"{path}:{fault}") for line in caught.value.problem.splitlines())


def test_the_shipped_truth_list_fits_the_shipped_rules() -> None:
    from stancewatch.settings import shipped

    path = shipped("seeds/truth/troop-deployment.yaml")
    found = load_truth(path, "troop-deployment", load(shipped("rules")))
    assert {truth.country for truth in found} >= {"FR", "GB", "DE"}
