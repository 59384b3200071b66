"""An installed stancewatch works outside the clone: rules and seeds are in the wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = {
    "rules": ROOT / "rules",
    "seeds": ROOT / "seeds",
    "profiles": ROOT / "deploy" / "profiles",
    "runners": ROOT / "deploy" / "runners",
}
# An editable install would put the clone's package first: the clone is taken off the path, and the
# program says from where it was loaded. `-I` has dropped PYTHONPATH and the folder we are in.
RUN = """
import sys
site, clone, *arguments = sys.argv[1:]
sys.path = [site, *(entry for entry in sys.path if entry != clone)]
import stancewatch
assert stancewatch.__file__.startswith(site), stancewatch.__file__
from stancewatch.cli import main
sys.argv = ["stancewatch", *arguments]
main()
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    (found,) = folder.glob("stancewatch-*.whl")
    return found


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The unpacked wheel's program, in an empty folder, with none of our settings around."""
    around = {k: v for k, v in os.environ.items() if not k.startswith(("STANCEWATCH_", "SLACK_"))}
    command = [sys.executable, "-I", "-c", RUN, str(site), str(ROOT / "pipelines"), *arguments]
    return subprocess.run(
        command, cwd=folder, env=around | {"HOME": str(folder), "COLUMNS": "200"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        if path.is_file() and not any(part.startswith((".", "__")) for part in relative.parts):
            yield relative.as_posix()


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_is_in_the_wheel_as_it_is_in_the_clone(name: str, site: Path) -> None:
    inside = site / "stancewatch" / "data" / name
    expected = sorted(files(SHIPPED[name]))
    assert expected
    assert sorted(files(inside)) == expected
    for each in expected:
        assert (inside / each).read_bytes() == (SHIPPED[name] / each).read_bytes(), each


def test_every_module_is_in_the_wheel_and_nothing_else_of_the_clone(wheel: Path) -> None:
    names = [PurePosixPath(name) for name in zipfile.ZipFile(wheel).namelist()]
    package = ROOT / "pipelines"
    modules = {
        path.relative_to(package).as_posix() for path in (package / "stancewatch").rglob("*.py")
    }
    assert {str(name) for name in names if name.suffix == ".py"} == modules
    tops = {name.parts[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"stancewatch"}
    strays = (".pyc", ".sqlite", ".sqlite-wal", ".env", ".whl")
    assert [str(name) for name in names if name.suffix in strays] == []


def test_its_rules_are_sound(site: Path, tmp_path: Path) -> None:
    done = run(site, tmp_path, "rules", "check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(site) in done.stdout + done.stderr
    assert "no faults" in done.stdout + done.stderr


def test_its_demo_knows_the_feeds_in_it(site: Path, tmp_path: Path) -> None:
    done = run(site, tmp_path, "--profile", "demo", "feeds", "list")
    assert done.returncode == 0, done.stdout + done.stderr
    snapshots = [
        path for path in (ROOT / "seeds" / "snapshots").iterdir() if path.suffix != ".toml"
    ]
    addresses = [path.name for path in snapshots if path.suffix in (".xml", ".json")]
    assert addresses
    assert [name for name in addresses if name not in done.stdout] == []


def test_it_names_the_profiles_in_it(site: Path, tmp_path: Path) -> None:
    done = run(site, tmp_path, "--profile", "nosuch", "feeds", "list")
    assert done.returncode == 2
    known = [path.stem for path in SHIPPED["profiles"].glob("*.toml")]
    assert [name for name in known if name not in done.stderr] == []
