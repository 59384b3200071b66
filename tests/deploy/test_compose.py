"""compose.yaml against the part of the Compose specification that it uses. It is not started."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.deploy.files import DEPLOY, ROOT, UID, assert_runs, closed, documents
from tests.deploy.test_dockerfile import environment as image_environment

(COMPOSE,) = documents(DEPLOY / "compose.yaml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("monitor", "deliver")

TEXT = {"type": "string"}
WORDS = {"type": "array", "items": TEXT, "minItems": 1}
DURATION = {"type": "string", "pattern": r"^\d+(s|m|h)$"}
CHECK = closed(
    {
        "test": {"type": "array", "prefixItems": [{"enum": ["CMD", "CMD-SHELL"]}], "items": TEXT},
        "interval": DURATION,
        "timeout": DURATION,
        "retries": {"type": "integer", "minimum": 1},
        "start_period": DURATION,
    }
)
DEPENDS = closed(
    {
        "condition": {"enum": ["service_started", "service_healthy"]},
        "required": {"type": "boolean"},
    }
)
SERVICE = closed(
    {
        "image": {"type": "string", "pattern": r"^[a-z0-9/._-]+:[\w.-]+$"},
        "user": TEXT,
        "cap_drop": {"const": ["ALL"]},
        "security_opt": {"const": ["no-new-privileges:true"]},
        "environment": {"type": "object", "additionalProperties": TEXT},
        "volumes": WORDS,
        "restart": {"enum": ["unless-stopped", "always", "on-failure", "no"]},
        "stop_grace_period": DURATION,
        "build": closed({"context": TEXT, "dockerfile": TEXT}),
        "command": WORDS,
        "profiles": WORDS,
        "read_only": {"const": True},
        "tmpfs": WORDS,
        "init": {"const": True},
        "mem_limit": {"type": "string", "pattern": r"^\d+[mg]$"},
        "healthcheck": CHECK,
        "depends_on": {"type": "object", "additionalProperties": DEPENDS},
    },
    optional=(
        "build", "command", "profiles", "read_only", "tmpfs", "init", "mem_limit", "healthcheck",
        "depends_on",
    ),
)  # fmt: skip
FILE = closed(
    {
        "name": TEXT,
        "services": {"type": "object", "additionalProperties": SERVICE},
        "volumes": {"type": "object", "additionalProperties": {"type": "null"}},
        "x-stancewatch": {"type": "object"},
    }
)


def test_it_is_a_compose_file() -> None:
    faults = [
        f"{list(error.path)}: {error.message}"
        for error in Draft202012Validator(FILE).iter_errors(COMPOSE)
    ]
    assert not faults


def test_what_is_named_is_there() -> None:
    for name, service in SERVICES.items():
        mounted = {volume.partition(":")[0] for volume in service["volumes"]}
        assert mounted <= set(COMPOSE["volumes"]), name
        assert set(service.get("depends_on", {})) <= set(SERVICES), name
    build = SERVICES["monitor"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()


def test_nobody_is_root_and_ours_write_to_their_volume_alone() -> None:
    assert {SERVICES[name]["user"] for name in OURS} == {f"{UID}:{UID}"}
    assert SERVICES["postgres"]["user"] == "postgres"
    for name in OURS:
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["volumes"] == ["ledger:/var/lib/stancewatch"]


def test_the_commands_are_the_programs() -> None:
    assert SERVICES["monitor"]["command"][-3:] == ["monitor", "--every", "5m"]
    assert SERVICES["deliver"]["command"][-2:] == ["deliver", "--follow"]
    for name in OURS:
        assert_runs(SERVICES[name]["command"])


def test_without_the_profile_there_is_the_monitor_alone() -> None:
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["monitor"]
    assert {name for name, s in SERVICES.items() if s.get("profiles") == ["postgres"]} == {
        "deliver", "postgres",
    }  # fmt: skip


def test_postgres_is_waited_for_where_there_is_one() -> None:
    assert SERVICES["postgres"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    for name in OURS:
        wanted = {"condition": "service_healthy", "required": False}
        assert SERVICES[name]["depends_on"]["postgres"] == wanted


def test_both_write_to_one_ledger() -> None:
    addresses = {SERVICES[name]["environment"]["STANCEWATCH_LEDGER"] for name in OURS}
    default = image_environment()["STANCEWATCH_LEDGER"]
    assert addresses == {f"${{STANCEWATCH_LEDGER:-{default}}}"}


@pytest.mark.parametrize(("minutes", "well"), [(1, True), (19, True), (30, False)])
def test_a_loop_that_hangs_is_seen(tmp_path: Path, minutes: int, well: bool) -> None:
    ledger = tmp_path / "ledger.sqlite"
    ledger.touch()
    at = ledger.stat().st_mtime - 60 * minutes
    os.utime(ledger, (at, at))
    assert (health(tmp_path, "sqlite:////var/lib/stancewatch/ledger.sqlite") == 0) is well


def test_a_ledger_that_was_never_made_is_seen(tmp_path: Path) -> None:
    assert health(tmp_path, "sqlite:////var/lib/stancewatch/ledger.sqlite") != 0


@pytest.mark.parametrize("code", [0, 1, 2])
def test_with_postgres_the_program_is_asked(tmp_path: Path, code: int) -> None:
    program = tmp_path / "stancewatch"
    program.write_text(f"#!/bin/sh\nexit {code}\n", "utf-8")
    program.chmod(0o755)
    assert health(tmp_path, "postgresql://stancewatch@postgres/stancewatch") == code


def health(state: Path, ledger: str) -> int:
    """The monitor's own check, run by a shell over another folder."""
    kind, line = SERVICES["monitor"]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    command = line.replace("$$", "$").replace("/var/lib/stancewatch", str(state))
    where = {"STANCEWATCH_LEDGER": ledger, "PATH": f"{state}:/usr/bin:/bin"}
    return subprocess.run(["/bin/sh", "-c", command], env=where, check=False).returncode
