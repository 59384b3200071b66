"""Baselines are dated official readings with a reference, checked against the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from stancewatch.core.actor import Rank, Voice
from stancewatch.core.digest import digest
from stancewatch.core.mention import Evidence, Modality
from stancewatch.core.moment import Precision
from stancewatch.errors import RuleError
from stancewatch.stores.rulebook import Rulebook, load, load_baselines

DATA = Path(__file__).parents[1] / "data"

SOUND = """\
- country: "NO"
  topic: sending-ships
  stance: open
  date: 2024-03-01
  speaker: Kari Nilsen
  office: prime-minister
  summary: Norway may send ships if others do.
  reference: https://www.gov.example/2024/ships
  conditional: true
- country: FR
  topic: sending-ships
  stance: rejects
  date: 2023-01-05
  summary: France will not send ships.
  reference: https://elysee.example/ships
"""


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return load(DATA / "rules-small")


def faults(text: str, rules: Rulebook, folder: Path) -> list[str]:
    (folder / "wrong.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_baselines(folder, rules)
    return caught.value.problem.replace(f"{folder}/", "").split("\n")


def test_a_baseline_is_an_official_reading(rules: Rulebook, tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_text(SOUND, encoding="utf-8")
    france, norway = load_baselines(tmp_path, rules)
    assert norway.id == digest("baseline", "NO", "sending-ships", "open", "2024-03-01")
    assert (norway.kind, norway.key, norway.level) == ("baseline", ("NO", "sending-ships"), "open")
    assert (norway.voice, norway.evidence) == (Voice.GOVERNMENT, Evidence.OWN_WORDS)
    assert (norway.modality, norway.condition) == (Modality.CONDITIONAL, "")
    assert norway.published is not None
    assert (str(norway.published), norway.published.precision) == ("2024-03-01", Precision.DAY)
    assert (norway.official, norway.catalogued, norway.confidence) == (True, True, 1000)
    assert norway.origin.owner == norway.outlet == "gov.example"
    assert (norway.quote, norway.url) == (
        "Norway may send ships if others do.",
        "https://www.gov.example/2024/ships",
    )
    assert (norway.speaker, norway.rank) == ("Kari Nilsen", Rank.LEADER)
    assert (france.modality, france.condition, france.rank) == (Modality.ASSERTED, None, None)


def test_the_words_of_a_condition_are_kept(rules: Rulebook, tmp_path: Path) -> None:
    text = SOUND.replace("conditional: true", "conditional: if others do")
    (tmp_path / "some.yaml").write_text(text, encoding="utf-8")
    assert load_baselines(tmp_path, rules)[1].condition == "if others do"


def test_files_can_be_split_at_will(rules: Rulebook, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "one/all.yaml").write_text(SOUND, encoding="utf-8")
    norway, france = SOUND.split("- country: FR")
    (tmp_path / "two/b.yaml").write_text(norway, encoding="utf-8")
    (tmp_path / "two/a.yaml").write_text(f"- country: FR{france}", encoding="utf-8")
    assert load_baselines(tmp_path / "one", rules) == load_baselines(tmp_path / "two", rules)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('country: "NO"', "country: NOR", "1: unknown country 'NOR' (did you mean 'NO'?)"),
        (
            "topic: sending-ships\n  stance: open",
            "topic: sending-ship\n  stance: open",
            "2: unknown topic 'sending-ship' (did you mean 'sending-ships'?)",
        ),
        ("stance: open", "stance: opne", "3: unknown stance 'opne' (did you mean 'open'?)"),
        (
            "date: 2024-03-01",
            'date: "2024"',
            "4: '2024' is not a day (write 2025-02-17, or 2025-02 for a month)",
        ),
        (
            "date: 2024-03-01",
            "date: 2020-03-01",
            "4: Kari Nilsen was not prime-minister on 2020-03-01"
            " (correct the date, speaker or office)",
        ),
        (
            "reference: https://www.gov",
            "reference: www.gov",
            "8: 'www.gov.example/2024/ships' is not a web address (begin it with https://)",
        ),
        (
            "conditional: true",
            "conditional: []",
            "9: [] is no condition (write true, false or its words)",
        ),
        ("summary: Norway may", "sumary: Norway may", "1: 'summary' is missing (add `summary:`)"),
    ],
)
def test_faults(old: str, new: str, expected: str, rules: Rulebook, tmp_path: Path) -> None:
    assert old in SOUND
    assert f"wrong.yaml:{expected}" in faults(SOUND.replace(old, new), rules, tmp_path)


def test_one_position_is_kept_once(rules: Rulebook, tmp_path: Path) -> None:
    assert faults(SOUND + SOUND.split("- country: FR", maxsplit=1)[0], rules, tmp_path) == [
        "wrong.yaml:19: this position is already at wrong.yaml:4 (keep one of them)"
    ]


def test_an_occurrence_has_no_stance(rules: Rulebook, tmp_path: Path) -> None:
    text = SOUND.replace("topic: sending-ships", "topic: sea-summit")
    assert faults(text, rules, tmp_path) == [
        "wrong.yaml:3: unknown stance 'open'",
        "wrong.yaml:12: unknown stance 'rejects'",
    ]


def test_the_baselines_that_ship_are_sound() -> None:
    root = DATA.parents[1]
    for reading in load_baselines(root / "seeds/stances", load(root / "rules")):
        assert reading.url
