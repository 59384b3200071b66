"""The units: by a strict reader of our own everywhere, by systemd itself where it is installed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import warnings
from pathlib import Path

import pytest

from tests.deploy.files import DEPLOY, SECRET_NAME, assert_runs
from tests.deploy.test_dockerfile import environment as image_environment

UNITS = DEPLOY / "systemd"
PROGRAM = "/opt/stancewatch/bin/stancewatch"
Unit = dict[str, dict[str, list[str]]]

# Every directive that we use: systemd only warns of a misspelt one and goes on without it.
KNOWN = {
    "Unit": "Description Wants After",
    "Service": """Type ExecStart SuccessExitStatus TimeoutStartSec EnvironmentFile Environment
        StateDirectory StateDirectoryMode WorkingDirectory UMask DynamicUser NoNewPrivileges
        CapabilityBoundingSet AmbientCapabilities ProtectSystem ProtectHome PrivateTmp
        PrivateDevices ProtectClock ProtectHostname ProtectKernelLogs ProtectKernelModules
        ProtectKernelTunables ProtectControlGroups ProtectProc LockPersonality RestrictNamespaces
        RestrictRealtime RestrictSUIDSGID RemoveIPC RestrictAddressFamilies
        SystemCallArchitectures SystemCallFilter SystemCallErrorNumber MemoryMax Nice""",
    "Timer": "OnCalendar RandomizedDelaySec AccuracySec Unit",
    "Install": "WantedBy",
}


def read(text: str) -> Unit:
    """Sections of directives; anything that is not known, or not a line of a unit, is a fault."""
    unit: Unit = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if head := re.fullmatch(r"\[(\w+)\]", line):
            section = head[1]
            assert section in KNOWN, f"line {number}: no section {section!r}"
            assert section not in unit, f"line {number}: {section!r} comes twice"
            unit[section] = {}
            continue
        key, equals, value = line.partition("=")
        assert equals, f"line {number}: no directive: {line!r}"
        assert section, f"line {number}: {key!r} is in no section"
        assert key in KNOWN[section].split(), f"line {number}: {key!r} is not known in [{section}]"
        unit[section].setdefault(key, []).append(value)
    return unit


SERVICE = read((UNITS / "stancewatch.service").read_text("utf-8"))["Service"]
TIMER = read((UNITS / "stancewatch.timer").read_text("utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "[Service]\nProtectSytem=strict\n",
        "[Servce]\nType=oneshot\n",
        "[Service]\nType oneshot\n",
        "Type=oneshot\n",
        "[Timer]\nType=oneshot\n",
        "[Unit]\n[Unit]\n",
    ],
)
def test_our_reader_refuses_what_is_no_unit(text: str) -> None:
    with pytest.raises(AssertionError, match=r"^line \d"):
        read(text)


def test_one_round_that_may_end_with_recorded_failures() -> None:
    assert SERVICE["Type"] == ["oneshot"]
    assert SERVICE["SuccessExitStatus"] == ["3"]
    program, *arguments = shlex.split(SERVICE["ExecStart"][0])
    assert program == PROGRAM
    assert arguments[-2:] == ["monitor", "--once"]
    assert_runs(arguments)


def test_the_timer_starts_the_service_every_five_minutes() -> None:
    assert TIMER["Timer"]["OnCalendar"] == ["*:0/5"]
    assert (UNITS / TIMER["Timer"]["Unit"][0]).is_file()
    assert TIMER["Install"]["WantedBy"] == ["timers.target"]


def test_it_is_nobody_and_may_write_to_its_state_alone() -> None:
    for key in ("DynamicUser", "NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices"):
        assert SERVICE[key] == ["yes"], key
    assert SERVICE["ProtectSystem"] == ["strict"]
    assert SERVICE["CapabilityBoundingSet"] == [""]
    assert "User" not in SERVICE
    assert "ReadWritePaths" not in SERVICE


def test_the_ledger_is_in_the_state_directory() -> None:
    values = dict(pair.split("=", 1) for pair in SERVICE["Environment"])
    (state,) = SERVICE["StateDirectory"]
    assert values["STANCEWATCH_LEDGER"] == f"sqlite:////var/lib/{state}/ledger.sqlite"
    assert values["STANCEWATCH_LEDGER"] == image_environment()["STANCEWATCH_LEDGER"]


def test_the_token_comes_from_a_file_of_root() -> None:
    assert not [pair for pair in SERVICE["Environment"] if SECRET_NAME.search(pair)]
    assert SERVICE["EnvironmentFile"] == ["-/etc/stancewatch/stancewatch.env"]


def told_by_systemd(folder: Path, *, instead: tuple[str, str] = ("", "")) -> str:
    """What `systemd-analyze verify` says of our units.

    It wants the program to be there, and it is not installed here: /bin/true stands in for it.
    """
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        unverified = "systemd-analyze is not installed: NOT VERIFIED by systemd itself"
        warnings.warn(f"{unverified}; our own reader has read deploy/systemd", stacklevel=2)
        pytest.skip(unverified)
    for unit in UNITS.iterdir():
        text = unit.read_text("utf-8").replace(PROGRAM, "/bin/true").replace(*instead)
        (folder / unit.name).write_text(text, "utf-8")
    units = sorted(folder.glob("stancewatch.*"))
    found = subprocess.run(
        [analyze, "verify", *units], capture_output=True, text=True, check=False, timeout=60
    )
    ours = [line for line in found.stderr.splitlines() if "stancewatch" in line]
    return "\n".join(ours)


def test_systemd_finds_no_fault(tmp_path: Path) -> None:
    assert told_by_systemd(tmp_path) == ""


def test_systemd_would_find_one(tmp_path: Path) -> None:
    told = told_by_systemd(tmp_path, instead=("ProtectSystem=", "ProtectSytem="))
    assert "ProtectSytem" in told
