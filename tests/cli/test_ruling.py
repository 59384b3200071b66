"""`ruling` as an analyst types it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stancewatch.cli import stancewatch
from stancewatch.errors import UsageError
from stancewatch.stores.ledger import SqlLedger, open_ledger
from tests.core.build import KEY
from tests.stores.ledger.build import file, filing, levels, refold

BEFORE = filing("before", "2024-02-27", "reluctant", confidence=980)
AFTER = filing("after", "2025-02-16", "willing", confidence=980)
[WORDS] = AFTER.readings
TWIN = replace(WORDS, id=f"{WORDS.id[:8]}ff", level="open")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A ledger in which a country went from reluctant to willing."""
    address = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    with open_ledger(address) as ledger:
        file(ledger, BEFORE, AFTER)
        refold(ledger)
        assert levels(ledger) == ["reluctant", "willing"]
    return address


def asked(url: str, *words: str, **env: str) -> Result:
    env = {"COLUMNS": "200", **env}
    return CliRunner().invoke(stancewatch, ["--ledger", url, *words], env=env)


def ruled(url: str, *words: str, **env: str) -> str:
    found = asked(url, "ruling", "add", *words, "--because", "I read it", **env)
    assert found.exit_code == 0, found.output
    return found.stdout


def refused(url: str, *words: str) -> str:
    """The error, and the promise that nothing was changed by it."""
    found = asked(url, "ruling", *words, "--because", "I read it")
    assert isinstance(found.exception, UsageError), found.output
    with open_ledger(url) as ledger:
        assert (ledger.dirty(), levels(ledger)) == ([], ["reluctant", "willing"])
    return str(found.exception)


def left(url: str) -> list[str]:
    with open_ledger(url) as ledger:
        assert ledger.dirty() == []
        return levels(ledger)


def first_ruling(url: str) -> str:
    with open_ledger(url) as ledger:
        return ledger.rulings()[0].id


def test_the_ids_that_why_and_history_print_are_those_to_rule_on(url: str) -> None:
    for command in ("why", "history"):
        assert WORDS.id[:8] in asked(url, command, "GB").stdout


def test_a_rejection_is_followed_through_at_once(url: str) -> None:
    told = ruled(url, WORDS.id[:8], "--reject", "--author", "Ann", "--at", "2025-03-01")
    assert "rejected by Ann on 2025-03-01: I read it" in told
    assert "before  willing (established), since 2025-02-16" in told
    assert "now     reluctant (established), since 2024-02-27" in told
    assert left(url) == ["reluctant"]
    assert "rejected by Ann on 2025-03-01: I read it" in asked(url, "why", "GB").stdout


def test_a_reading_may_be_named_by_its_address_and_country(url: str) -> None:
    assert WORDS.url
    ruled(url, f"{WORDS.url}?utm_source=x", "--country", "United Kingdom", "--relabel", "open")
    assert left(url) == ["reluctant", "open"]


def test_who_rules_is_named_by_option_environment_or_user(url: str) -> None:
    assert "by Eve on" in ruled(url, WORDS.id, "--accept", STANCEWATCH_AUTHOR="Eve")
    assert "by Ann on" in ruled(
        url, WORDS.id, "--reject", "--author", "Ann", STANCEWATCH_AUTHOR="Eve"
    )
    assert "by kim on" in ruled(url, WORDS.id, "--accept", LOGNAME="kim")


def test_a_withdrawn_ruling_is_gone_and_still_told(url: str) -> None:
    ruled(url, WORDS.id, "--reject")
    name = first_ruling(url)[:8]
    found = asked(url, "ruling", "withdraw", name, "--because", "a slip", "--author", "Bob")
    assert "now     willing" in found.stdout
    assert left(url) == ["reluctant", "willing"]
    listed = asked(url, "ruling", "list", "GB").stdout
    assert "2 ruling(s)" in listed
    assert "I read it (withdrawn)" in listed
    assert f"ruling {name} withdrawn by Bob" in asked(url, "why", "GB").stdout
    assert "was withdrawn before" in refused(url, "withdraw", name)


def test_the_list_says_which_ruling_holds(url: str) -> None:
    ruled(url, WORDS.id, "--reject", "--at", "2025-03-01")
    ruled(url, WORDS.id, "--accept", "--at", "2025-03-02")
    listed = asked(url, "ruling", "list").stdout
    assert listed.index("accepted") < listed.index("rejected")
    assert "I read it (holds)" in listed
    assert "I read it (a later one holds)" in listed
    assert "no ruling(s)" in asked(url, "ruling", "list", "FR").stdout


def test_shifts_that_a_ruling_makes_wait_to_be_told_unless_nobody_is_to_know(url: str) -> None:
    def quiets() -> list[str]:
        with open_ledger(url) as ledger:
            return [each.quiet for each in ledger.untold()]

    before = len(quiets())
    ruled(url, WORDS.id, "--reject")
    assert quiets()[before:] == [""]
    ruled(url, WORDS.id, "--accept", "--no-alert")
    assert quiets()[before:] == ["", "ruled"]


def test_rulings_are_a_matter_of_evidence(url: str) -> None:
    ruled(url, WORDS.id, "--relabel", "open", "--author", "Ann", "--at", "2025-03-01")
    lines = asked(url, "export", "--stable", "--types", "rulings").stdout.splitlines()
    [row] = map(json.loads, lines)
    assert (row["verdict"], row["level"], row["author"]) == ("relabel", "open", "Ann")
    assert (row["subject"], row["ruled_at"]) == (WORDS.id, "2025-03-01T12:00:00Z")


def with_twin(url: str) -> None:
    """Two readings of one article whose ids begin alike."""
    with open_ledger(url) as ledger:
        file(ledger, replace(AFTER, readings=(WORDS, TWIN)), reader="another")
        refold_as_before(ledger)


def refold_as_before(ledger: SqlLedger) -> None:
    file(ledger, AFTER, reader="a third")
    refold(ledger)


def test_a_name_that_may_mean_several_readings_lists_them(url: str) -> None:
    with_twin(url)
    told = refused(url, "add", WORDS.id[:8], "--accept")
    assert "may mean several readings" in told
    assert f"{WORDS.id[:8]} GB willing" in told
    ruled(url, WORDS.id, "--reject")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["add", "zz", "--accept"], "there is no reading 'zz'"),
        (["add", "https://x.example/a", "--accept"], "say --country"),
        (["add", "https://x.example/a", "--country", "GB", "--accept"], "there is no reading"),
        (["add", WORDS.id], "say one of --accept, --reject and --relabel LEVEL"),
        (["add", WORDS.id, "--accept", "--reject"], "say one of"),
        (["add", WORDS.id, "--relabel", "maybe"], "of: rejects, reluctant, open, willing"),
        (["add", WORDS.id, "--relabel", "willing"], "use --accept"),
        (["add", WORDS.id, "--accept", "--at", "2999-01-01"], "nobody has ruled on 2999-01-01"),
        (["withdraw", "zz"], "there is no ruling 'zz'"),
    ],
)
def test_errors_name_the_fault_and_the_way_out(url: str, words: list[str], told: str) -> None:
    assert told in refused(url, *words)


def test_a_ruling_that_a_later_one_overrules_is_refused(url: str) -> None:
    ruled(url, WORDS.id, "--accept", "--at", "2025-03-02")
    told = refused(url, "add", WORDS.id, "--reject", "--at", "2025-03-01")
    assert "a later ruling stands" in told
    assert first_ruling(url)[:8] in told


def test_the_same_ruling_twice_is_refused(url: str) -> None:
    words = [WORDS.id, "--accept", "--author", "Ann", "--at", "2025-03-02"]
    ruled(url, *words)
    assert "is there already" in refused(url, "add", *words)


def test_what_a_new_reader_made_of_ruled_words_means_the_reading_ruled_on(url: str) -> None:
    ruled(url, WORDS.id, "--accept", "--at", "2025-03-01")
    other = replace(WORDS, id="another id", level="open")
    with open_ledger(url) as ledger:
        file(ledger, replace(AFTER, readings=(other,)), reader="another")
        refold(ledger)
    ruled(url, "another", "--reject", "--at", "2025-03-02")
    with open_ledger(url) as ledger:
        assert {each.subject for each in ledger.rulings(KEY)} == {WORDS.id}
    assert left(url) == ["reluctant"]
