"""A private PostgreSQL from Debian's package, for as long as one command runs.

    python tests/services/postgres.py pytest -m services     # the URL is in the environment
    python tests/services/postgres.py                        # prints the URL, stops at end of input

It listens on a free port of the loopback address alone, in a temporary folder that goes with it.
PostgreSQL refuses to run as root: as root, it is started as the user `postgres`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "STANCEWATCH_TEST_POSTGRES"
USER = "postgres"


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server is stopped too
    with server() as url:
        if command:
            return subprocess.run(
                command, env={**os.environ, VARIABLE: url}, check=False
            ).returncode
        print(url, flush=True)
        sys.stdin.read()
    return 0


@contextmanager
def server() -> Iterator[str]:
    """The URL of an empty database."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="stancewatch-postgres-"))
    data, port = folder / "data", _free_port()
    try:
        _hand_over(folder)
        _run(binaries / "initdb", "-D", data, "-U", USER, "--auth=trust", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        _run(binaries / "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
        finally:
            _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_release)
    if found:
        return found[-1].parent
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    sys.exit("PostgreSQL is not installed: apt-get install postgresql")


def _release(initdb: Path) -> float:
    return float(initdb.parts[-3])


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        account = pwd.getpwnam(USER)
        os.chown(folder, account.pw_uid, account.pw_gid)


def _run(*command: object) -> None:
    root = os.geteuid() == 0
    done = subprocess.run(
        [str(part) for part in command],
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        # Not a pipe: the server inherits it, and would hold it open for as long as it runs.
        stdout=subprocess.DEVNULL,
        check=False,
        user=USER if root else None,
        group=USER if root else None,
        extra_groups=[] if root else None,
    )
    if done.returncode:
        sys.exit(f"{command[0]} ended with {done.returncode}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
