"""The command line as a person meets it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from stancewatch.cli import stancewatch
from stancewatch.cli.options import Duration

ROOT = Path(__file__).parents[2]


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stancewatch", *words],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "pipelines"), "PATH": "", **more},
        input=more.pop("input", None),
    )


@pytest.mark.parametrize("path", list(commands(stancewatch)), ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    found = CliRunner().invoke(stancewatch, [*path, "--help"])
    assert found.exit_code == 0
    assert "Global options" in found.output
    command: click.Command = stancewatch
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    assert command.help
    for param in command.params:
        if isinstance(param, click.Option):
            assert param.help, param.name


def test_help_answers_at_once() -> None:
    start = time.monotonic()
    assert run("--help").returncode == 0
    # A second is the promise; a shared machine is allowed three.
    assert time.monotonic() - start < 3


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["nonsense"], 2, "No such command"),
        (["monitor", "--every", "soon"], 2, "not a duration"),
        (["monitor", "--once", "--every", "5m"], 2, "exclude each other"),
        (["--profile", "nowhere", "stances"], 2, "there is no profile 'nowhere'"),
        (["backfill", "/nowhere/a.jsonl", "--channel", "C0123456789"], 2, "--alert"),
        (["monitor", "--channel", "#general"], 2, "is no channel ID"),
        (["export", "--types", "nonsense"], 2, "no such type: nonsense"),
        (["why", "Atlantis"], 2, "no country is called 'Atlantis'"),
        (["history", "GB", "nonsense"], 2, "no stance topic 'nonsense'"),
        (["--rules", "/nowhere", "rules", "check"], 2, "/nowhere"),
        (["--ledger", "mysql://host/x", "stances"], 2, "no database of ours"),
        (["rules", "explain", "A text.", "--published", "banana"], 2, "not a date"),
        (["stances"], 1, "there is no ledger here yet"),
    ],
)
def test_errors_name_the_fault_and_the_code(
    tmp_path: Path, words: list[str], code: int, told: str
) -> None:
    found = run("--ledger", f"sqlite:///{tmp_path / 'l.sqlite'}", *words)
    assert (found.returncode, found.stdout) == (code, "")
    assert told in found.stderr
    assert "Traceback" not in found.stderr


def test_global_options_go_before_or_after_the_command(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'l.sqlite'}"
    before = run("--ledger", url, "stances")
    after = run("stances", "--ledger", url)
    twin = run("stances", STANCEWATCH_LEDGER=url)
    assert before.stderr == after.stderr == twin.stderr
    assert url in before.stderr
    assert not (tmp_path / "l.sqlite").exists()  # a question makes no ledger


def test_what_is_typed_wins_over_the_environment(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'l.sqlite'}"
    found = run("--ledger", url, "stances", STANCEWATCH_LEDGER="sqlite:////nowhere/at/all.sqlite")
    assert url in found.stderr


@pytest.mark.slow
def test_detect_answers_line_by_line_in_order() -> None:
    texts = [
        {"id": "a", "text": "France will not send troops to Ukraine, President Macron said.",
         "published": "2024-02-27", "lang": "en"},
        {"id": "b", "text": "The football season ended on Sunday.", "published": None},
        {"id": "c", "text": "Ein Satz auf Deutsch über die Truppen und die Ukraine.", "lang": "de"},
    ]  # fmt: skip
    lines = "\n".join(map(json.dumps, texts)) + "\nnot json\n"
    found = run("detect", "-", input=lines)
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a", "b", "c", None]
    (mention,) = rows[0]["mentions"]
    assert (mention["country"], mention["stance"]) == ("FR", "rejects")
    start, end = mention["cue_span"]
    assert str(texts[0]["text"])[start:end] == mention["cue_text"]
    assert rows[1] == {"id": "b", "mentions": [], "summits": []}
    assert "unsupported language" in rows[2]["unread"]
    assert "line 4" in rows[3]["error"]
    assert found.returncode == 3


def test_detect_answers_a_line_that_is_not_text() -> None:
    command = [sys.executable, "-m", "stancewatch", "detect", "-"]
    lines = b'\xff\xfe{"id": 1}\n{"id": "b", "text": "Nothing here.", "lang": "en"}\n'
    found = subprocess.run(
        command, input=lines, capture_output=True, check=False,
        env={"PYTHONPATH": str(ROOT / "pipelines"), "PATH": ""},
    )  # fmt: skip
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert [row["id"] for row in rows] == [None, "b"]
    assert found.returncode == 3


@pytest.mark.parametrize("words", ["rules check", "--profile demo feeds list"])
def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path, words: str) -> None:
    shell = f"set -o pipefail; {sys.executable} -m stancewatch {words} | true"
    found = subprocess.run(
        ["/bin/bash", "-c", shell], capture_output=True, text=True, check=False, cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "pipelines"), "PATH": "/bin:/usr/bin"},
    )  # fmt: skip
    assert (found.returncode, found.stderr) == (0, "")


SAYS_NO = "Italy ruled out sending soldiers to Ukraine, Prime Minister Giorgia Meloni said."


def explained(*words: str, **env: str) -> str:
    found = CliRunner().invoke(stancewatch, ["rules", "explain", *words], env=env)
    assert found.exit_code == 0, found.output
    return found.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("env", "shown"),
    [
        ({}, "Italy [cue: ruled out] sending"),
        ({"FORCE_COLOR": "1", "TERM": "xterm"}, "Italy \x1b[1;33mruled out\x1b[0m sending"),
        ({"FORCE_COLOR": "1", "TERM": "xterm", "NO_COLOR": "1"}, "Italy [cue: ruled out] sending"),
    ],
    ids=["pipe", "terminal", "no colour"],
)
def test_what_was_found_is_in_colour_or_in_brackets(env: dict[str, str], shown: str) -> None:
    assert explained(SAYS_NO, "--published", "2025-09-04", **env).startswith(shown)


@pytest.mark.slow
def test_what_was_found_is_a_page_if_asked(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert explained(SAYS_NO, "--html", str(page)) == ""
    printed = explained(SAYS_NO, "--html", "-")
    assert page.read_text("utf-8") == printed
    assert printed.startswith("<!DOCTYPE html>")
    assert printed.count("<figure>") == 1


@pytest.mark.slow
def test_a_text_may_be_too_long_for_the_name_of_a_file() -> None:
    text = SAYS_NO + " It rained." * 60
    assert explained(text).startswith("Italy [cue: ruled out] sending")


def test_durations() -> None:
    convert = Duration().convert
    assert convert("5m", None, None).total_seconds() == 300
    assert convert("2h", None, None).total_seconds() == 7200
    for bad in ("0s", "5", "m", "-5m", "5 weeks"):
        with pytest.raises(click.BadParameter):
            convert(bad, None, None)
