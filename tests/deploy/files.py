"""The deployment files as values, and the little that several tests ask of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner

from stancewatch.cli import stancewatch
from stancewatch.settings import profiles

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UID = 10001  # of the image; volumes belong to it, so everything that mounts them says the same

SECRET_NAME = re.compile(r"TOKEN|PASSWORD|PASSWD|SECRET|API_?KEY", re.IGNORECASE)
SECRET_VALUES = (
    re.compile(r"xox[a-z]-\w"),  # a Slack token
    re.compile(r"hooks\.slack\.com/services/\w"),
    re.compile(r"://[^/\s:@]+:[^@\s$]+@"),  # a password in an address
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
)


def documents(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text("utf-8")))


def closed(properties: dict[str, Any], optional: Iterable[str] = ()) -> dict[str, Any]:
    """The schema of an object with these keys and no others: a misspelt key is a fault."""
    required = [key for key in properties if key not in set(optional)]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def instructions(path: Path) -> list[tuple[str, str]]:
    """A Dockerfile's instructions, each on one line, without comments."""
    lines = (line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(word, rest) for word, _, rest in _parted(joined)]


def _parted(text: str) -> Iterator[tuple[str, str, str]]:
    for line in text.splitlines():
        if line.strip():
            yield line.partition(" ")


def assert_runs(arguments: list[str]) -> None:
    """The program has these commands and options, and the profile it is asked for.

    `--help` at the end stops it before it does anything, after the options have been read.
    """
    result = CliRunner().invoke(stancewatch, [*arguments, "--help"])
    assert result.exit_code == 0, result.output
    if "--profile" in arguments:
        assert arguments[arguments.index("--profile") + 1] in profiles()
