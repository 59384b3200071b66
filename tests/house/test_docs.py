"""The documents are true: links lead somewhere, commands exist, and no setting, field, table or
reason is missing from the page that lists them."""

from __future__ import annotations

import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from stancewatch.cli import stancewatch
from stancewatch.cli.options import GLOBAL, PREFIX
from stancewatch.core.watch import Reason
from stancewatch.settings import SHIPPED, Settings, profiles, shipped
from stancewatch.stores.ledger.export import HISTORY, TYPES
from stancewatch.stores.ledger.schema import METADATA

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
FENCE = re.compile(r"^```[a-z]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
ASSIGNMENT = re.compile(r"[A-Z][A-Z0-9_]*=")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def text_of(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


def prose(text: str) -> str:
    """Without fenced code, and without `code`."""
    return CODE.sub("", FENCE.sub("", text))


# --- Links ---


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = []
    for link in LINK.findall(prose(page.read_text("utf-8"))):
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_page_can_be_reached_from_the_index() -> None:
    linked = {(DOCS / link).resolve() for link in LINK.findall(text_of("index.md"))}
    pages = set(DOCS.rglob("*.md")) - {DOCS / "index.md"}
    assert {name_of(page) for page in pages - linked} == set()


# --- What no page may hold ---

MACHINE_PATH = re.compile(r"(?<![\w.])/(work|home|root|Users|tmp|mnt)/")
REGISTRY = re.compile(r"(?i)pypi\.|pythonhosted|files\.python|conda\.|crates\.io|npmjs|/simple/")


@each_page
def test_no_page_names_a_path_of_one_machine_or_a_package_registry(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [found[0] for found in MACHINE_PATH.finditer(text)] == []
    assert [found[0] for found in REGISTRY.finditer(text)] == []


# --- Commands ---


@dataclass(frozen=True)
class Line:
    """One call of the program in a document, without what stands around it."""

    page: Path
    words: tuple[str, ...]
    whole: bool  # False in running text, where a command may be named without its arguments

    def __str__(self) -> str:
        return f"{name_of(self.page)}: {' '.join(self.words)}"


def calls() -> Iterator[Line]:
    for page in PAGES:
        if page == DOCS / "reference/cli.md":
            continue  # the program's own words
        text = page.read_text("utf-8")
        blocks = "\n".join(FENCE.findall(text)).replace("\\\n", " ")
        for line in blocks.splitlines():
            yield from (Line(page, words, whole=True) for words in commands_in(line))
        for code in CODE.findall(FENCE.sub("", text)):
            yield from (Line(page, words, whole=False) for words in commands_in(code))


def commands_in(line: str) -> Iterator[tuple[str, ...]]:
    """`A=1 .venv/bin/stancewatch x | head` calls `x`. Prose that begins otherwise calls nothing."""
    if "stancewatch " not in line or "usage:" in line.lower():
        return
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:
        return  # an apostrophe: prose in a block of output
    while words:
        end = next((n for n, word in enumerate(words) if set(word) <= set("|&;<>")), len(words))
        part, words = words[:end], words[end + 1 :]
        while part and (ASSIGNMENT.match(part[0]) or part[0] in ("$", "export")):
            part = part[1:]
        if part and part[0] in ("stancewatch", ".venv/bin/stancewatch"):
            yield tuple(part[1:])


CALLS = list(calls())


def test_the_documents_call_every_command() -> None:
    assert len(CALLS) > 50
    called = {word for call in CALLS for word in call.words}
    assert set(stancewatch.commands) - called == set()


def leaves(command: click.Command) -> Iterator[click.Command]:
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from leaves(below)
    else:
        yield command


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_every_command_line_in_a_document_parses(
    call: Line, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """All of it is parsed; then, in place of the work, nothing is done."""
    for leaf in leaves(stancewatch):
        monkeypatch.setattr(leaf, "callback", lambda **_: None)
    (tmp_path / "passages.jsonl").touch()  # `detect` opens its file while it parses
    monkeypatch.chdir(tmp_path)
    words = [word for word in call.words if word != "..."]
    words += [] if call.whole else ["--help"]  # which comes after the options were parsed
    result = CliRunner().invoke(stancewatch, words)
    assert result.exit_code == 0, result.output
    if "--profile" in words:
        profile = words[words.index("--profile") + 1]
        assert "/" in profile or profile in profiles(), profile


def builder() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "reference/build_cli.py"))


def test_the_page_of_commands_is_what_the_program_says() -> None:
    stale = "run: python docs/reference/build_cli.py"
    assert text_of("reference/cli.md") == builder()["page"](), stale


def test_every_command_and_option_says_what_it_does() -> None:
    silent = []
    for name, command in builder()["commands"](stancewatch, "stancewatch"):
        options = [each for each in command.params if isinstance(each, click.Option)]
        silent += [] if command.help else [name]
        silent += [f"{name} {each.opts[0]}" for each in options if not each.help]
    assert silent == []


# --- Tables that must be complete ---


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" |")] for line in lines]


def settings_rows() -> dict[str, list[str]]:
    first = text_of("reference/settings.md").partition("\n## ")[0]
    found = (row for row in rows(first) if row[0].startswith("`"))
    return {row[0].strip("`"): row for row in found}


def test_every_setting_has_its_row() -> None:
    names = [each.name for each in fields(Settings) if each.name != "profile"]
    assert list(settings_rows()) == names


def test_the_settings_page_has_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "STATE")
    defaults = Settings()
    wrong = {
        name: (row[3], shown(getattr(defaults, name)))
        for name, row in settings_rows().items()
        if row[3] != shown(getattr(defaults, name))
    }
    assert wrong == {}


def shown(value: object) -> str:
    """A default as the page writes it; what ships with the program as a profile would name it."""
    if isinstance(value, Path):
        head = next(head for head in SHIPPED if value.is_relative_to(shipped(head)))
        tail = value.relative_to(shipped(head)).as_posix()
        return f"`{head}:{'' if tail == '.' else tail}`"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "none"
    return f"`{value}`" if value else "empty"


def test_the_settings_page_has_every_environment_twin() -> None:
    page = text_of("reference/settings.md")
    twins = {f"{PREFIX}{str(name).upper()}" for name in GLOBAL}
    for _, command in builder()["commands"](stancewatch, "stancewatch"):
        twins |= {each.envvar for each in command.params if isinstance(each.envvar, str)}
    assert set(re.findall(rf"`({PREFIX}[A-Z_]+)`", page)) == twins


def test_every_reason_is_explained() -> None:
    words = {word for name, word in vars(Reason).items() if name.isupper()}
    page = text_of("explanation/why-was-i-not-told.md")
    assert {word for word in words if f"`{word}`" not in page} == set()


def test_every_table_of_the_ledger_is_described() -> None:
    described = {row[0].strip("`") for row in rows(text_of("reference/ledger.md"))}
    assert set(METADATA.tables) - described == set()


# --- What the program prints ---


@dataclass(frozen=True)
class Demo:
    printed: str
    exported: list[dict[str, Any]]
    stable: list[dict[str, Any]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo, with one record that cannot be read and one ruling, in a ledger of its own."""
    folder = tmp_path_factory.mktemp("docs")
    (folder / "broken.jsonl").write_text("no JSON\n", encoding="utf-8")
    ledger = ["--profile", "demo", "--ledger", f"sqlite:///{folder / 'ledger.sqlite'}"]
    printed = run([*ledger, "monitor"])
    run([*ledger, "backfill", str(folder / "broken.jsonl")], code=3)
    shifts = lines_of(run([*ledger, "export", "--types", "shifts"]))
    press = next(each for row in shifts for each in row["evidence"] if each["kind"] == "press")
    run([*ledger, "ruling", "add", press["id"], "--accept", "--because", "it says so"])
    stable = run([*ledger, "export", "--stable", "--types", ",".join(HISTORY)])
    return Demo(printed, lines_of(run([*ledger, "export"])), lines_of(stable))


def run(arguments: list[str], *, code: int = 0, stdin: str = "") -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    kept.pop("SLACK_BOT_TOKEN", None)
    env = {**kept, "PYTHONPATH": str(ROOT / "pipelines"), "COLUMNS": "80", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "stancewatch", *arguments],
        input=stdin, env=env, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done.stdout


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def alerts() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for block in FENCE.findall(page.read_text("utf-8")):
            if "sent because:" in block:
                yield page, block


@pytest.mark.slow
def test_the_alerts_in_the_documents_are_those_of_the_demo(demo: Demo) -> None:
    printed = {line.strip() for line in demo.printed.splitlines()}
    found = list(alerts())
    assert DOCS / "tutorial/first-alert.md" in {page for page, _ in found}
    other = [
        f"{name_of(page)}: {line}"
        for page, block in found
        for line in block.splitlines()
        if line.strip() not in printed
    ]
    assert other == [], "paste the alert of `make run` anew"


def sections(page: str) -> dict[str, list[list[str]]]:
    """The tables of a page by the heading above them."""
    parts = re.split(r"^#+ (.+)$", text_of(page), flags=re.MULTILINE)
    return {head: rows(body)[2:] for head, body in zip(parts[1::2], parts[2::2], strict=True)}


def documented(page: str, head: str, *, stable: bool = False) -> set[str]:
    table = sections(page)[head]
    names = (row for row in table if not (stable and re.match(r"T\b", row[1])))
    return {name for row in names for name in CODE.findall(row[0])}


@pytest.mark.slow
@pytest.mark.parametrize("kind", [name.removesuffix("s") for name in TYPES])
def test_every_exported_field_is_documented(demo: Demo, kind: str) -> None:
    record = next(row for row in demo.exported if row["type"] == kind)
    assert set(record) - {"type"} == documented("reference/export.md", kind)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [name.removesuffix("s") for name in HISTORY])
def test_the_fields_of_the_telling_are_marked(demo: Demo, kind: str) -> None:
    record = next(row for row in demo.stable if row["type"] == kind)
    assert set(record) - {"type"} == documented("reference/export.md", kind, stable=True)


@pytest.mark.slow
def test_the_readings_of_an_export_are_documented(demo: Demo) -> None:
    record = next(row for row in demo.exported if row["type"] == "shift")
    assert set(record["evidence"][0]) == documented("reference/export.md", "reading")


@pytest.mark.slow
def test_every_field_of_detect_is_documented() -> None:
    text = "France will not send troops to Ukraine, President Emmanuel Macron said."
    line = json.dumps({"id": 1, "text": text, "published": "2024-02-27"})
    (found,) = lines_of(run(["detect", "-"], stdin=f"{line}\n"))
    assert set(found["mentions"][0]) == documented("reference/detect.md", "A mention")


@pytest.mark.slow
def test_failures_recorded_give_the_exit_code_of_the_page() -> None:
    (found,) = lines_of(run(["detect", "-"], stdin="no JSON\n", code=3))
    assert "error" in found
