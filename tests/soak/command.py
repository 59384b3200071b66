"""The `stancewatch` command, ready to be run and killed often: `python -m tests.soak.command`.

Imports and models cost seconds at each start. This process has them, and forks one that runs the
command for each line it is told to:

    {"arguments": [...], "environ": {...}, "out": PATH, "err": PATH, "began": SECONDS, "day": DAY}
    ended               has it ended by itself?
    wait                for its end; answers with its exit code

What takes long by design is short here: chunks of an archive, leases, the pace of messages. Its
clock goes on from a fixed day, so that the news of that day stays young.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from signal import SIGKILL
from typing import Any, NoReturn

ROOT = Path(__file__).parents[2]
CHUNK = 60  # articles a pipeline
LEASE = 2.0  # seconds until what a killed run had leased is free again
GAP = 0.02  # seconds between two messages


def main() -> None:
    _prepare(sys.argv[1])
    print("ready", flush=True)
    while line := sys.stdin.readline():
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _run(asked)
        print(pid, flush=True)
        while sys.stdin.readline() == "ended\n":
            flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
            print(int(os.waitid(os.P_PID, pid, flags) is not None), flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def _prepare(profile: str) -> None:
    import stancewatch.cli.run  # noqa: F401
    from stancewatch.jobs import backfill, dispatch, monitor, wiring  # noqa: F401
    from stancewatch.settings import load
    from stancewatch.sinks.slack import pace

    backfill.CHUNK = CHUNK
    dispatch.LEASE = LEASE
    pace.GAP = GAP
    wiring.build(load(profile, {})).detector.open()


def _run(asked: Mapping[str, Any]) -> NoReturn:
    from stancewatch.cli import main as command
    from stancewatch.settings import Settings

    day, began = datetime.fromisoformat(asked["day"]), asked["began"]
    Settings.now = lambda _: day + timedelta(seconds=time.time() - began)  # type: ignore[method-assign]
    for name, number in (("out", 1), ("err", 2)):
        os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    os.environ.update(asked["environ"])
    sys.argv = ["stancewatch", *asked["arguments"]]
    code = 1
    try:
        command()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # whatever it was: what is left of the parent is not for a child to run


@dataclass(frozen=True, slots=True)
class Running:
    """One run of the command. It is there, dead or alive, until it has been waited for."""

    pid: int
    keeper: subprocess.Popen[str]

    def ended(self) -> bool:
        return _ask(self.keeper, "ended") == "1"

    def kill(self) -> None:
        os.kill(self.pid, SIGKILL)

    def wait(self) -> int:
        return int(_ask(self.keeper, "wait"))


@dataclass(frozen=True, slots=True)
class Commands:
    """Starts the command, one at a time."""

    keeper: subprocess.Popen[str]
    day: datetime
    began: float

    def start(
        self, arguments: Sequence[str], environ: Mapping[str, str], out: Path, err: Path
    ) -> Running:
        asked = {
            "arguments": list(arguments),
            "environ": dict(environ),
            "out": str(out),
            "err": str(err),
            "day": self.day.isoformat(),
            "began": self.began,
        }
        return Running(int(_ask(self.keeper, json.dumps(asked))), self.keeper)


def _ask(keeper: subprocess.Popen[str], line: str) -> str:
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    keeper.stdin.write(f"{line}\n")
    keeper.stdin.flush()
    return keeper.stdout.readline().strip()


@contextmanager
def commands(profile: Path, day: datetime) -> Iterator[Commands]:
    said = profile.with_name("keeper.txt")
    with said.open("w") as errors:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.command", str(profile)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'pipelines'}:{ROOT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    try:
        assert keeper.stdout.readline() == "ready\n", said.read_text()[-2000:]
        yield Commands(keeper, day, time.time())
    finally:
        keeper.stdin.close()
        keeper.wait()


if __name__ == "__main__":
    main()
