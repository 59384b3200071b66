"""A release on disk: files that are written once, and a manifest that says what they must be.

Nothing in it tells when or where it was written, so that the same content is the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from stancewatch.errors import UsageError
from stancewatch.stores.rulebook.pages import LAYOUT

MANIFEST = "MANIFEST.json"
PAGES = ("CITATION.cff", "README.md")  # they name the version: it cannot be made from them
VERSION_HEX = 12


@dataclass(frozen=True, slots=True)
class Seal:
    sha256: str
    size: int


def refuse_occupied(path: Path) -> None:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        mend = "a release is written into a new or an empty folder"
        raise UsageError("there is something here already", where=str(path), mend=mend)


class Folder:
    """A new folder. What is written stays as it is; `seals` has every file by name."""

    def __init__(self, path: Path) -> None:
        refuse_occupied(path)
        path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self.seals: dict[str, Seal] = {}

    @contextmanager
    def open(self, name: str) -> Iterator[TextIO]:
        path = self._place(name)
        with path.open("x", encoding="utf-8", newline="") as stream:
            yield stream
        self.seals[name] = _seal(path)

    @property
    def version(self) -> str:
        """Of what was written so far."""
        return version_of({name: seal.sha256 for name, seal in self.seals.items()})

    def write(self, name: str, content: str) -> None:
        with self.open(name) as stream:
            stream.write(content)

    def copy(self, source: Path, name: str) -> None:
        path = self._place(name)
        path.write_bytes(source.read_bytes())
        self.seals[name] = _seal(path)

    def _place(self, name: str) -> Path:
        path = self._path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def _seal(path: Path) -> Seal:
    with path.open("rb") as stream:
        return Seal(hashlib.file_digest(stream, "sha256").hexdigest(), path.stat().st_size)


def version_of(digests: Mapping[str, str]) -> str:
    """The same for the same content, whoever released it and when."""
    content = sorted(digests.keys() - set(PAGES))
    lines = "".join(f"{digests[name]}  {name}\n" for name in content)
    return hashlib.sha256(lines.encode()).hexdigest()[:VERSION_HEX]


def write_manifest(folder: Folder, told: Mapping[str, Any]) -> None:
    """The last file: a folder without it is no whole release."""
    files = {name: {"sha256": s.sha256, "bytes": s.size} for name, s in folder.seals.items()}
    text = json.dumps({**told, "files": files}, ensure_ascii=False, indent=1, sort_keys=True)
    folder.write(MANIFEST, text + "\n")


def rule_files(directory: Path) -> list[tuple[Path, str]]:
    """The files that a rulebook is read from, and their names below the directory."""
    found = sorted({path for pattern in LAYOUT for path in directory.glob(pattern)})
    return [(path, path.relative_to(directory).as_posix()) for path in found]


def differences(directory: Path) -> list[str]:
    """How a release differs from its manifest, one line each; none if it is what it was."""
    version, sealed = _manifest(directory)
    there = {
        path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()
    } - {MANIFEST}
    told = [f"missing: {name}" for name in sorted(sealed.keys() - there)]
    told += [f"not in the manifest: {name}" for name in sorted(there - sealed.keys())]
    # Only names found in the folder are ever opened, whatever a manifest says.
    for name in sorted(sealed.keys() & there):
        if _seal(directory / name).sha256 != sealed[name]:
            told.append(f"changed: {name}")
    if version != version_of(sealed):
        told.append(f"changed: {MANIFEST} (version {version} is not that of its files)")
    return told


def _manifest(directory: Path) -> tuple[str, dict[str, str]]:
    """The version that a release claims, and the digests of its files."""
    path = directory / MANIFEST
    try:
        told = json.loads(path.read_text("utf-8"))
        digests = {str(name): str(seal["sha256"]) for name, seal in told["files"].items()}
        return str(told["version"]), digests
    except (FileNotFoundError, NotADirectoryError):
        mend = f"a release has a {MANIFEST}; without it, it was never finished"
        raise UsageError("this is no release", where=str(directory), mend=mend) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError("this is no manifest of a release", where=str(path)) from None
