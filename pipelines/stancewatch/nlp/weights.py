"""The trained models that a detector reads with, beside its rules."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from stancewatch.core.digest import digest
from stancewatch.errors import ModelError

NONE = "none"
PAPERS = frozenset({"LICENSE", "NOTICE", "MODEL_CARD.md"})


@dataclass(frozen=True, slots=True)
class Weights:
    """`reader` is the folder of a learned reader, `parser` the folder or the package name of a
    spaCy pipeline. Without a reader the constructions read alone."""

    reader: Path | None = None
    parser: str | None = None

    @property
    def digest(self) -> str:
        """Tells decisions made with these weights from others. Raises ModelError."""
        if self.reader is None:  # the constructions ask no parse
            return digest("weights", NONE)
        parser = self.parser or NONE
        if self.parser and Path(self.parser).is_dir():
            parser = digest_of(Path(self.parser))
        elif self.parser:
            parser = f"{parser} {_version(parser)}"
        return digest("weights", digest_of(self.reader), parser)


def digest_of(folder: Path) -> str:
    """Of every file that a model is made of; its papers change nothing."""
    files = sorted(f for f in folder.rglob("*") if f.is_file() and f.name not in PAPERS)
    if not files:
        raise ModelError("there is no model", where=str(folder))
    hasher = hashlib.blake2b(digest_size=12)
    for path in files:
        name = path.relative_to(folder).as_posix().encode()
        data = path.read_bytes()
        hasher.update(b"%d %d " % (len(name), len(data)) + name + data)
    return hasher.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError as error:
        mend = "a folder, or the name of an installed spaCy pipeline"
        raise ModelError("no such parser is installed", where=package, mend=mend) from error
