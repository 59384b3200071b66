"""The Dockerfile as text: it is not built here."""

from __future__ import annotations

import json
import re

import pytest

from tests.deploy.files import DEPLOY, ROOT, SECRET_NAME, UID, assert_runs, instructions

STEPS = instructions(DEPLOY / "Dockerfile")
STAGE = max(index for index, (word, _) in enumerate(STEPS) if word == "FROM")
BUILDER, FINAL = STEPS[:STAGE], STEPS[STAGE:]
PINNED = re.compile(r"PYTHON_IMAGE=python:3\.(\d+)(\.\d+)?-slim-[a-z]+")


def of(word: str, steps: list[tuple[str, str]] = STEPS) -> list[str]:
    return [rest for name, rest in steps if name == word]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in of("ENV", FINAL) for pair in rest.split())


def copied() -> list[str]:
    """What comes out of the clone."""
    words = [rest.split() for rest in of("COPY") if not rest.startswith("--from=")]
    return [source for each in words for source in each[:-1]]


def test_both_stages_start_from_one_image_pinned_to_a_minor_version() -> None:
    (argument,) = of("ARG")
    pinned = PINNED.fullmatch(argument)
    assert pinned, argument
    assert int(pinned[1]) >= 11
    assert [each.split()[0] for each in of("FROM")] == ["${PYTHON_IMAGE}"] * 2


def test_every_package_is_checked_against_its_hash() -> None:
    commands = [part for rest in of("RUN") for part in rest.split("&&") if "pip" in part]
    fetching = [part for part in commands if re.search(r"\b(install|download)\b", part)]
    assert len(fetching) == 3
    for part in fetching:
        assert "--require-hashes" in part or "--no-index" in part, part
    assert sum("--require-hashes" in part for part in fetching) == 1


def test_nothing_comes_from_an_address() -> None:
    assert not of("ADD")
    assert not [rest for _, rest in STEPS if "://" in rest and "sqlite://" not in rest]
    assert not [rest for rest in of("RUN") if re.search(r"\b(curl|wget|git|apt-get)\b", rest)]


def test_the_final_image_gets_the_finished_environment_and_no_build_tools() -> None:
    assert [rest for rest in of("COPY", FINAL) if rest.startswith("--from=")] == [
        "--from=builder /opt/stancewatch /opt/stancewatch"
    ]
    assert "--without-pip /opt/stancewatch" in " ".join(of("RUN", BUILDER))
    (prepared,) = of("RUN", FINAL)
    assert re.search(r"pip uninstall .*\bsetuptools wheel pip$", prepared)


def test_it_runs_as_a_fixed_user_who_is_not_root() -> None:
    assert of("USER") == [f"{UID}:{UID}"]
    words = [word for word, _ in FINAL]
    assert words.index("RUN") < words.index("USER") < words.index("ENTRYPOINT")
    assert f"--uid {UID}" in of("RUN", FINAL)[0]


def test_no_secret_is_baked_in() -> None:
    named = [rest for word, rest in STEPS if word in ("ENV", "ARG", "LABEL")]
    assert not [rest for rest in named if SECRET_NAME.search(rest)]


def test_the_ledger_is_in_the_volume() -> None:
    (volume,) = of("VOLUME")
    assert environment()["STANCEWATCH_LEDGER"].startswith(f"sqlite:///{volume}/")
    assert f"--mode=0750 {volume}" in of("RUN", FINAL)[0]


def test_the_rules_are_where_the_environment_says() -> None:
    assert f"rules {environment()['STANCEWATCH_RULES']}" in of("COPY", FINAL)


def test_it_starts_the_program_and_asks_it_for_its_health() -> None:
    assert json.loads(of("ENTRYPOINT")[0]) == ["stancewatch"]
    assert_runs(json.loads(of("CMD")[0]))
    (health,) = of("HEALTHCHECK")
    program, *arguments = json.loads(health.partition("CMD ")[2])
    assert program == "stancewatch"
    assert_runs(arguments)
    assert of("STOPSIGNAL") == ["SIGINT"]


def ignored(path: str) -> bool:
    """As .dockerignore has it: the last pattern that fits the path, or a folder above it, wins."""
    verdict = False
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = line.strip().removeprefix("!")
        if pattern and not pattern.startswith("#") and _fits(pattern, path):
            verdict = not line.startswith("!")
    return verdict


def _fits(pattern: str, path: str) -> bool:
    parts = re.split(r"(\*\*/|\*|\[[^]]*\])", pattern)
    known = {"**/": "(?:.*/)?", "*": "[^/]*"}
    expression = "".join(
        known.get(part) or (part if part[:1] == "[" else re.escape(part)) for part in parts
    )
    return re.fullmatch(f"{expression}(?:/.*)?", path) is not None


@pytest.mark.parametrize("path", copied())
def test_what_is_copied_is_in_the_clone_and_reaches_the_build(path: str) -> None:
    assert (ROOT / path).exists()
    assert not ignored(path)


@pytest.mark.parametrize(
    "path",
    [
        ".env", "deploy/.env", "deploy/stancewatch.env", "rules/.env", ".git/config",
        ".venv/bin/python", "tests/deploy/files.py", "deploy/compose.yaml", "dist/a.whl",
        "pipelines/stancewatch/__pycache__/a.pyc", "seeds/demo.sqlite",
        ".stancewatch/demo.sqlite-wal",
    ],
)  # fmt: skip
def test_the_rest_of_the_clone_does_not_reach_the_build(path: str) -> None:
    assert ignored(path)
