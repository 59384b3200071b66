"""The CronJob and what it needs, by structure. No cluster has run it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from stancewatch.stores.rulebook import load
from tests.deploy.files import DEPLOY, ROOT, UID, assert_runs, closed, documents
from tests.deploy.test_dockerfile import environment as image_environment
from tests.deploy.test_dockerfile import of as in_dockerfile

CLAIM, CONFIG, CRONJOB = documents(DEPLOY / "kubernetes" / "cronjob.yaml")
JOB: dict[str, Any] = CRONJOB["spec"]["jobTemplate"]["spec"]
POD: dict[str, Any] = JOB["template"]["spec"]
(CONTAINER,) = POD["containers"]

TEXT = {"type": "string"}
WORDS = {"type": "array", "items": TEXT, "minItems": 1}
NATURAL = {"type": "integer", "minimum": 1}
NAME = {"type": "string", "pattern": r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"}
LABELS = {"type": "object", "additionalProperties": TEXT}
AMOUNTS = closed(
    {
        "cpu": {"type": "string", "pattern": r"^\d+m?$"},
        "memory": {"type": "string", "pattern": r"^\d+[MG]i$"},
    },
    optional=["cpu"],
)
META = closed({"name": NAME, "labels": LABELS}, optional=["name"])
NAMED = closed({"name": NAME, "labels": LABELS})
SECRET_REF = closed({"secretKeyRef": closed({"name": NAME, "key": TEXT})})
CONTAINER_SCHEMA = closed(
    {
        "name": NAME,
        "image": {"type": "string", "pattern": r"^[\w./-]+:\d+\.\d+\.\d+$"},
        "command": WORDS,
        "env": {
            "type": "array",
            "items": {
                "oneOf": [
                    closed({"name": TEXT, "value": TEXT}),
                    closed({"name": TEXT, "valueFrom": SECRET_REF}),
                ]
            },
        },
        "volumeMounts": {
            "type": "array",
            "items": closed(
                {
                    "name": NAME,
                    "mountPath": {"type": "string", "pattern": "^/"},
                    "subPath": TEXT,
                    "readOnly": {"const": True},
                },
                optional=["subPath", "readOnly"],
            ),
        },
        "securityContext": closed(
            {
                "allowPrivilegeEscalation": {"const": False},
                "readOnlyRootFilesystem": {"const": True},
                "capabilities": {"const": {"drop": ["ALL"]}},
            }
        ),
        "resources": closed({"requests": AMOUNTS, "limits": AMOUNTS}),
    }
)
POD_SCHEMA = closed(
    {
        "restartPolicy": {"const": "Never"},  # a pod failure policy allows no other
        "automountServiceAccountToken": {"const": False},
        "enableServiceLinks": {"const": False},
        "securityContext": closed(
            {
                "runAsNonRoot": {"const": True},
                "runAsUser": {"const": UID},
                "runAsGroup": {"const": UID},
                "fsGroup": {"const": UID},
                "fsGroupChangePolicy": {"enum": ["OnRootMismatch", "Always"]},
                "seccompProfile": {"const": {"type": "RuntimeDefault"}},
            }
        ),
        "containers": {"type": "array", "items": CONTAINER_SCHEMA, "minItems": 1},
        "volumes": {
            "type": "array",
            "items": {
                "oneOf": [
                    closed({"name": NAME, "persistentVolumeClaim": closed({"claimName": NAME})}),
                    closed({"name": NAME, "emptyDir": closed({"sizeLimit": TEXT})}),
                    closed({"name": NAME, "configMap": closed({"name": NAME})}),
                ]
            },
        },
    }
)
CODES = {"type": "array", "items": NATURAL}
ON_EXIT = closed({"containerName": NAME, "operator": {"enum": ["In", "NotIn"]}, "values": CODES})
ON_POD = {"type": "array", "items": closed({"type": TEXT, "status": {"enum": ["True", "False"]}})}
JOB_SCHEMA = closed(
    {
        "activeDeadlineSeconds": NATURAL,
        "backoffLimit": {"type": "integer", "minimum": 0},
        "podFailurePolicy": closed(
            {
                "rules": {
                    "type": "array",
                    "items": {
                        "oneOf": [
                            closed({"action": {"const": "FailJob"}, "onExitCodes": ON_EXIT}),
                            closed({"action": {"const": "Ignore"}, "onPodConditions": ON_POD}),
                        ]
                    },
                }
            }
        ),
        "template": closed({"metadata": META, "spec": POD_SCHEMA}),
    }
)
CRONJOB_SCHEMA = closed(
    {
        "apiVersion": {"const": "batch/v1"},
        "kind": {"const": "CronJob"},
        "metadata": NAMED,
        "spec": closed(
            {
                "schedule": {"type": "string", "pattern": r"^\*/\d+ \* \* \* \*$"},
                "concurrencyPolicy": {"const": "Forbid"},
                # The controller looks every ten seconds: less than that would start nothing.
                "startingDeadlineSeconds": {"type": "integer", "minimum": 10, "maximum": 300},
                "successfulJobsHistoryLimit": NATURAL,
                "failedJobsHistoryLimit": NATURAL,
                "jobTemplate": closed({"metadata": META, "spec": JOB_SCHEMA}),
            }
        ),
    }
)
CLAIM_SCHEMA = closed(
    {
        "apiVersion": {"const": "v1"},
        "kind": {"const": "PersistentVolumeClaim"},
        "metadata": NAMED,
        "spec": closed(
            {
                "accessModes": {"const": ["ReadWriteOnce"]},
                "resources": closed({"requests": closed({"storage": TEXT})}),
            }
        ),
    }
)
CONFIG_SCHEMA = closed(
    {
        "apiVersion": {"const": "v1"},
        "kind": {"const": "ConfigMap"},
        "metadata": NAMED,
        "data": {"type": "object", "additionalProperties": TEXT},
    }
)


@pytest.mark.parametrize(
    ("document", "schema"),
    [(CLAIM, CLAIM_SCHEMA), (CONFIG, CONFIG_SCHEMA), (CRONJOB, CRONJOB_SCHEMA)],
    ids=["claim", "config", "cronjob"],
)
def test_each_document_has_the_fields_of_its_kind(document: Any, schema: dict[str, Any]) -> None:
    faults = [
        f"{list(error.path)}: {error.message}"
        for error in Draft202012Validator(schema).iter_errors(document)
    ]
    assert not faults


def test_what_is_named_is_there() -> None:
    mounts = {mount["name"] for mount in CONTAINER["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in POD["volumes"]}
    assert mounts == set(volumes)
    claimed = volumes["ledger"]["persistentVolumeClaim"]["claimName"]
    assert claimed == CLAIM["metadata"]["name"]
    assert volumes["rules"]["configMap"]["name"] == CONFIG["metadata"]["name"]
    (policy, _) = JOB["podFailurePolicy"]["rules"]
    assert policy["onExitCodes"]["containerName"] == CONTAINER["name"]


def test_the_ledger_is_on_the_claimed_volume() -> None:
    values = {each["name"]: each.get("value", "") for each in CONTAINER["env"]}
    (at,) = [m["mountPath"] for m in CONTAINER["volumeMounts"] if m["name"] == "ledger"]
    assert values["STANCEWATCH_LEDGER"].startswith(f"sqlite:///{at}/")
    assert in_dockerfile("VOLUME") == [at]


def test_each_rule_file_takes_the_place_of_one_in_the_image() -> None:
    home = image_environment()["STANCEWATCH_RULES"]
    mounted = {
        m["subPath"]: m["mountPath"] for m in CONTAINER["volumeMounts"] if m["name"] == "rules"
    }
    assert mounted == {name: f"{home}/{name}" for name in CONFIG["data"]}
    for name in mounted:
        assert (ROOT / "rules" / name).is_file()


def test_the_rules_are_sound_with_these_files_in_place(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", rules)
    for name, text in CONFIG["data"].items():
        (rules / name).write_text(text, "utf-8")
    (route,) = load(rules).routes
    assert (route.sink, route.id) == ("slack", "desk")


def run(script_in: Path, code: int) -> tuple[int, str, str]:
    """The container's command, with a stand-in for the program that ends with this code."""
    program = script_in / "stancewatch"
    program.write_text(f'#!/bin/sh\necho "$@"\nexit {code}\n', "utf-8")
    program.chmod(0o755)
    where = {"PATH": f"{script_in}:/usr/bin:/bin"}
    done = subprocess.run(
        CONTAINER["command"], env=where, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("code", [0, 1, 2, 130, 137])
def test_an_exit_code_goes_through_as_it_is(tmp_path: Path, code: int) -> None:
    assert run(tmp_path, code)[0] == code


def test_done_with_failures_is_done_and_says_so(tmp_path: Path) -> None:
    code, _, told = run(tmp_path, 3)
    assert code == 0
    assert "exit code 3" in told


def test_the_command_is_the_programs(tmp_path: Path) -> None:
    arguments = run(tmp_path, 0)[1].split()
    assert arguments[-2:] == ["monitor", "--once"]
    assert_runs(arguments)
