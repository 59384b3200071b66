"""Rules become core values; their digests follow what they say, not how they are written."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stancewatch.core.actor import Rank, Voice
from stancewatch.core.moment import day
from stancewatch.core.topic import Kind, Side
from stancewatch.errors import RuleError
from stancewatch.stores.rulebook import Rulebook, load, schemas
from stancewatch.stores.rulebook.faults import Faults
from stancewatch.stores.rulebook.located import read
from stancewatch.stores.rulebook.schemas import as_text

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests/data/rules-small"


@pytest.fixture(scope="module")
def small() -> Rulebook:
    return load(SMALL)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "rules"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_norway_is_a_country(small: Rulebook) -> None:
    norway = small.actors.countries["NO"]
    assert (norway.name, norway.capital, norway.is_body) == ("Norway", "Oslo", False)
    assert small.actors.groups[0].members == ("FR", "NO")
    assert small.watches[0].covers(("NO", "sending-ships"))


def test_bodies_stand_beside_countries(small: Rulebook) -> None:
    assert small.actors.countries["NATO"].is_body
    assert ("NATO", "secretary-general") in {(r.country, r.office) for r in small.actors.roles}
    assert ("NATO", "Olle Berg") in {(p.country, p.name) for p in small.actors.people}


def test_an_office_has_the_rank_and_voice_of_its_role(small: Rulebook) -> None:
    roche = next(person for person in small.actors.people if person.name == "Anne Roche")
    before, after = roche.office_on(day(2021, 1, 1)), roche.office_on(day(2022, 5, 14))
    assert before is not None
    assert after is not None
    assert (before.office, before.rank, before.voice) == ("party-leader", Rank.HEAD, Voice.PARTY)
    assert (after.office, after.rank, after.voice) == ("president", Rank.LEADER, Voice.GOVERNMENT)
    assert (before.source, after.source) == (None, "https://example.org/roche")


def test_a_topic_has_its_scale_policy_and_words(small: Rulebook) -> None:
    topic = small.topics["sending-ships"]
    assert topic.policy is not None
    assert [level.name for level in topic.policy.levels] == ["rejects", "open", "willing"]
    assert topic.policy.side("rejects") is Side.AGAINST
    assert (topic.policy.window, topic.policy.dwell) == (timedelta(days=90), timedelta(hours=6))
    assert topic.valid_from == date(2022, 2, 24)
    assert set(topic.lexicons) == {"en"}
    assert topic.examples[0].where.endswith("sending-ships/en.yaml:12")
    assert small.topics["sea-summit"].kind is Kind.OCCURRENCE
    assert small.topics["sea-summit"].policy is None


def test_a_watch_tells_what_it_says(small: Rulebook) -> None:
    (watch,) = small.watches
    assert watch.countries == {"FR", "NO", "NATO"}
    assert (watch.side_change, watch.conditions, watch.any_level) == (True, True, False)


def test_routes_keep_their_order(small: Rulebook) -> None:
    assert [route.id for route in small.routes] == ["desk", "console"]
    desk = small.routes[0]
    assert desk.group_wait == timedelta(hours=1, minutes=30)
    assert desk.quiet_hours is not None
    assert (desk.quiet_hours.start, desk.quiet_hours.end) == (time(22), time(6, 30))


def test_a_silence_counts_in_utc(small: Rulebook) -> None:
    (silence,) = small.silences
    assert silence.since == datetime(2025, 6, 1, tzinfo=UTC)
    assert silence.until == datetime(2025, 6, 8, 10, tzinfo=UTC)


def test_sources_of_the_user_are_added_and_go_before_ours(tmp_path: Path) -> None:
    extra = tmp_path / "mine.yaml"
    extra.write_text(
        "- {name: Lighthouse, domain: lighthouse.example, owner: Keepers}\n"
        "- {name: The Coast, domain: coast.example, owner: Another, tier: 3}\n"
    )
    outlets = load(SMALL, extra).outlets
    assert {name for outlet in outlets.by_key.values() for name in [outlet.name]} == {
        "Lighthouse", "The Coast", "Harbour Wire",
    }  # fmt: skip
    coast = outlets.find("coast.example")
    assert coast is not None
    assert (coast.owner, coast.tier) == ("Another", 3)


def test_faults_of_the_users_sources_are_told_with_their_file(tmp_path: Path) -> None:
    extra = tmp_path / "mine.yaml"
    extra.write_text("- {name: Lighthouse, domain: lighthouse.example, ownr: Keepers}\n")
    with pytest.raises(RuleError) as caught:
        load(SMALL, extra)
    assert caught.value.problem == (
        f"{extra}:1: 'owner' is missing (add `owner:`)\n"
        f"{extra}:1: unknown key 'ownr' (did you mean 'owner'?)"
    )


def test_a_directory_without_rules_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RuleError) as caught:
        load(tmp_path / "nowhere")
    assert caught.value.problem == (
        f"{tmp_path}/nowhere: there is no actors/countries.yaml in it"
        " (name a directory of rules with --rules)"
    )


def test_a_rulebook_travels_to_workers(small: Rulebook) -> None:
    assert pickle.loads(pickle.dumps(small)) == small


# Digests


def shuffled(value: Any, random: Random) -> Any:
    """The same content with the keys of every mapping in another order."""
    if isinstance(value, dict):
        keys = random.sample(sorted(value), len(value))
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(each, random) for each in value] if isinstance(value, list) else value


ROWS_IN_ANY_ORDER = ("countries.yaml", "groups.yaml", "sources.yaml", "silences.yaml")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_digests_do_not_depend_on_formatting_or_order(
    seed: int, small: Rulebook, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """JSON is YAML too: every file rewritten in one line of it says the same."""
    random, rules = Random(seed), tmp_path_factory.mktemp("rules") / "rules"
    paths = sorted(SMALL.rglob("*.yaml"))
    for path in random.sample(paths, len(paths)):
        document = read(path, str(path), Faults())
        assert document is not None
        data = shuffled(document.data, random)
        if path.name in ROWS_IN_ANY_ORDER:
            random.shuffle(data)
        target = rules / path.relative_to(SMALL)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(data, indent=random.choice([None, 1, 4])), encoding="utf-8")
    again = load(rules)
    assert (again.digest, again.history_digest) == (small.digest, small.history_digest)
    assert (again.actors, again.watches, again.routes) == (
        small.actors, small.watches, small.routes,
    )  # fmt: skip


@pytest.mark.parametrize("seed", ["1", "2"])
def test_digests_are_the_same_in_every_process(seed: str, small: Rulebook) -> None:
    """Sets of words have another order under each hash seed."""
    code = (
        "import sys, pathlib; from stancewatch.stores.rulebook import load;"
        " rules = load(pathlib.Path(sys.argv[1])); print(rules.digest, rules.history_digest)"
    )
    environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "pipelines")}
    told = subprocess.check_output([sys.executable, "-c", code, SMALL], text=True, env=environment)
    assert told.split() == [small.digest, small.history_digest]


TELLING: list[tuple[str, str, str]] = [
    ("routes.yaml", "group_wait: 1h30m", "group_wait: 2h"),
    ("silences.yaml", "the yearly regatta", "the regatta"),
    ("watches/straits.yaml", "conditions: true", "conditions: false"),
    ("watches/straits.yaml", "Who sends ships", "Ships"),
    ("topics/sending-ships/topic.yaml", "Ships for the strait", "Ships"),
    ("topics/sending-ships/en.yaml", "ruled out sending", "has ruled out sending"),
    ("actors/offices/fr.yaml", "https://example.org/roche", "https://example.org/anne-roche"),
]
HISTORY: list[tuple[str, str, str]] = [
    ("actors/countries.yaml", "Élysée", "Palais"),
    ("actors/groups.yaml", "the two seas", "both seas"),
    ("actors/offices/fr.yaml", "since: 2022-05-14", "since: 2022-05-15"),
    ("actors/bodies.yaml", "Atlantic alliance", "North Atlantic alliance"),
    ("topics/sending-ships/topic.yaml", "window: 90d", "window: 60d"),
    ("topics/sending-ships/en.yaml", "rule|rules|ruled out", "rule|rules out"),
    ("watches/straits.yaml", "[Sea pair, NATO]", "[NATO]"),
    ("watches/straits.yaml", "[sending-ships, sea-summit]", "[sending-ships]"),
    ("sources.yaml", "owner: Harbour,", "owner: Port,"),
]


@pytest.mark.parametrize("edit", TELLING, ids=lambda edit: f"{edit[0]} {edit[1]}")
def test_what_is_only_told_leaves_history_alone(
    edit: tuple[str, str, str], rules: Path, small: Rulebook
) -> None:
    file, old, new = edit
    change(rules / file, old, new)
    edited = load(rules)
    assert edited.history_digest == small.history_digest


@pytest.mark.parametrize("edit", [*TELLING, *HISTORY], ids=lambda edit: f"{edit[0]} {edit[1]}")
def test_every_edit_changes_the_digest(
    edit: tuple[str, str, str], rules: Path, small: Rulebook
) -> None:
    file, old, new = edit
    change(rules / file, old, new)
    assert load(rules).digest != small.digest


@pytest.mark.parametrize("edit", HISTORY, ids=lambda edit: f"{edit[0]} {edit[1]}")
def test_what_can_change_history_changes_its_digest(
    edit: tuple[str, str, str], rules: Path, small: Rulebook
) -> None:
    file, old, new = edit
    change(rules / file, old, new)
    assert load(rules).history_digest != small.history_digest


def test_another_policy_changes_history_and_no_reading(rules: Path, small: Rulebook) -> None:
    change(rules / "topics/sending-ships/topic.yaml", "window: 90d", "window: 60d")
    edited = load(rules)
    assert edited.history_digest != small.history_digest
    assert edited.reading_digest == small.reading_digest
    assert edited.topics["sending-ships"].digest == small.topics["sending-ships"].digest


def test_comments_and_blank_lines_say_nothing(rules: Path, small: Rulebook) -> None:
    for path in rules.rglob("*.yaml"):
        path.write_text(f"# A note.\n\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    assert load(rules).digest == small.digest


# The rules that ship


def test_the_rules_that_ship_are_sound() -> None:
    rulebook = load(ROOT / "rules")
    watch = next(each for each in rulebook.watches if each.id == "european-security")
    assert "NO" in watch.countries
    assert watch.countries.isdisjoint({"UA", "RU"})
    assert watch.topics == {"troop-deployment", "summit-outcome"}
    assert rulebook.routes[-1].sink == "console"


@pytest.mark.parametrize("kind", sorted(schemas()))
def test_the_schemas_for_editors_are_up_to_date(kind: str) -> None:
    """Write them again with `stancewatch.stores.rulebook.write_schemas(Path("rules/schema"))`."""
    kept = (ROOT / "rules/schema" / f"{kind}.json").read_text(encoding="utf-8")
    assert kept == as_text(schemas()[kind])


def test_no_schema_is_left_over() -> None:
    assert {path.stem for path in (ROOT / "rules/schema").iterdir()} == set(schemas())


KIND_OF: dict[str, Callable[[Path], bool]] = {
    "countries": lambda path: path.name == "countries.yaml",
    "bodies": lambda path: path.name == "bodies.yaml",
    "groups": lambda path: path.name == "groups.yaml",
    "offices": lambda path: path.parent.name == "offices",
    "sources": lambda path: path.name == "sources.yaml",
    "watch": lambda path: path.parent.name == "watches",
    "routes": lambda path: path.name == "routes.yaml",
    "silences": lambda path: path.name == "silences.yaml",
    "topic": lambda path: path.name == "topic.yaml",
    "lexicon": lambda path: path.parents[1].name == "topics" and path.name != "topic.yaml",
}


@pytest.mark.parametrize("kind", sorted(KIND_OF))
def test_editors_find_no_fault_in_sound_rules(kind: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft7Validator(schemas()[kind])
    files = [path for path in SMALL.rglob("*.yaml") if KIND_OF[kind](path)]
    assert files
    for path in files:
        document = read(path, str(path), Faults())
        assert document is not None
        assert [error.message for error in validator.iter_errors(document.data)] == []
