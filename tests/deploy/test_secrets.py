"""No file of a deployment holds a secret: they hold the names of secrets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.files import DEPLOY, SECRET_NAME, SECRET_VALUES, documents

FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
FROM_OUTSIDE = re.compile(r"\$\{[A-Z_]+:-\}")  # the environment's value, or nothing


def secrets_in(text: str) -> list[str]:
    return [found[0] for pattern in SECRET_VALUES for found in pattern.finditer(text)]


@pytest.mark.parametrize(
    "text",
    [
        "SLACK_BOT_TOKEN=xox" + "b-1234-abcd",
        "https://hooks.slack" + ".com/services/T0/B0/x",
        "postgresql://me:hunter2@db/stances",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
    ],
)
def test_a_secret_would_be_seen(text: str) -> None:
    assert secrets_in(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(DEPLOY).as_posix())
def test_no_secret_is_in(path: Path) -> None:
    assert secrets_in(path.read_text("utf-8")) == []


def test_compose_takes_them_from_the_environment() -> None:
    (compose,) = documents(DEPLOY / "compose.yaml")
    named = {
        f"{service}: {name}": value
        for service, settings in compose["services"].items()
        for name, value in settings["environment"].items()
        if SECRET_NAME.search(name)
    }
    assert {"monitor: SLACK_BOT_TOKEN", "deliver: SLACK_BOT_TOKEN"} <= set(named)
    assert {name: v for name, v in named.items() if not FROM_OUTSIDE.fullmatch(v)} == {}


def test_kubernetes_takes_them_from_a_secret_that_is_not_here() -> None:
    found = documents(DEPLOY / "kubernetes" / "cronjob.yaml")
    assert "Secret" not in [each["kind"] for each in found]
    (container,) = found[-1]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    named: list[dict[str, Any]] = [e for e in container["env"] if SECRET_NAME.search(e["name"])]
    assert [each["name"] for each in named] == ["SLACK_BOT_TOKEN"]
    assert set(named[0]) == {"name", "valueFrom"}
    assert set(named[0]["valueFrom"]) == {"secretKeyRef"}


def test_a_file_of_secrets_beside_the_compose_file_is_not_committed() -> None:
    assert {".env", "*.env"} <= set((DEPLOY / ".gitignore").read_text("utf-8").split())
