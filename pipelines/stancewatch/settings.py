"""Where things are and how to run: built-in defaults < profile < environment < command line."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stancewatch.core.moment import iso
from stancewatch.errors import UsageError

PACKAGE = Path(__file__).parent
MODELS = PACKAGE / "nlp" / "models"
SHIPPED = ("rules", "seeds", "profiles", "runners", "models")


def shipped(path: str) -> Path:
    """A file or folder that comes with the program, from the wheel or from a clone."""
    head, _, tail = path.partition("/")
    if head == "models":
        return MODELS / tail
    inside = PACKAGE / "data" / path
    if (PACKAGE / "data").is_dir():
        return inside
    return PACKAGE.parents[1] / ("deploy" if head in ("profiles", "runners") else "") / path


def state_home() -> Path:
    """Where the ledger lives unless it is told otherwise (XDG base directories)."""
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "stancewatch"


@dataclass(frozen=True, slots=True)
class Settings:
    """One run's settings. `clock` freezes the time (a demo); `None` is the machine's clock.

    `reader` is the folder of a learned reader; `None` reads by constructions alone. `parser` is
    the folder or the package name of a spaCy pipeline; `None` asks no parse.
    `sink` forces every route to one sink; `channel` every Slack route to one channel.
    `fields` maps our archive fields to those of somebody else's archive.
    """

    ledger: str = field(default_factory=lambda: f"sqlite:///{state_home() / 'ledger.sqlite'}")
    rules: Path = field(default_factory=lambda: shipped("rules"))
    sources: Path | None = None
    baselines: Path | None = field(default_factory=lambda: shipped("seeds/stances"))
    feeds: Path | None = field(default_factory=lambda: shipped("seeds/feeds/security-desk.toml"))
    reader: Path | None = field(default_factory=lambda: shipped("models/reader-en"))
    parser: Path | str | None = field(default_factory=lambda: shipped("models/parser-en"))
    runner: str = "embedded"
    prime: bool = True
    sink: str | None = None
    channel: str | None = None
    clock: datetime | None = None
    contact: str = "contact the operator"
    allow_address: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    profile: str = ""

    @property
    def command(self) -> str:
        """What a reader types to ask about this run."""
        return f"stancewatch --profile {self.profile}" if self.profile else "stancewatch"

    @property
    def ledger_file(self) -> Path | None:
        """The file that a ledger is; None for a database server."""
        head, colon, path = self.ledger.partition("sqlite:///")
        return Path(path) if colon and not head else None

    def now(self) -> datetime:
        """The one place where a clock is read."""
        return self.clock or datetime.now(UTC)


PATHS = ("rules", "sources", "baselines", "feeds", "reader", "parser")


def load(profile: str | None, given: Mapping[str, Any]) -> Settings:
    """Settings from a profile (a shipped name or a file) with `given` values on top.

    Values of None in `given` are not given. Raises UsageError that names the file and key.
    """
    base = replace(_from_profile(profile), profile=profile) if profile else Settings()
    values = {key: value for key, value in given.items() if value is not None}
    return replace(base, **values)


def profiles() -> list[str]:
    return sorted(path.stem for path in shipped("profiles").glob("*.toml"))


def _from_profile(profile: str) -> Settings:
    path = shipped(f"profiles/{profile}.toml")
    if "/" in profile or profile.endswith(".toml"):
        path = Path(profile)
    if not path.is_file():
        known = ", ".join(profiles())
        raise UsageError(f"there is no profile {profile!r}", mend=f"a file, or one of: {known}")
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"not valid TOML: {error}", where=str(path)) from None
    return replace(Settings(), **{key: _value(key, data[key], path) for key in data})


def _value(key: str, value: Any, path: Path) -> Any:
    known = {each.name: each for each in fields(Settings) if each.name != "profile"}
    if key not in known:
        near = difflib.get_close_matches(key, known, 1)
        mend = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"
        raise UsageError(f"{key!r} is not a setting", where=str(path), mend=mend)
    if key in PATHS and not (key == "parser" and _is_package(value)):
        return _path(key, value, path)
    if key == "clock":
        return _clock(value, path)
    if key == "allow_address" and isinstance(value, list):
        return tuple(str(each) for each in value)
    expected: type = {"prime": bool, "fields": dict}.get(key, str)
    if not isinstance(value, expected):
        raise UsageError(f"{key}: expected a {expected.__name__}, found {value!r}", where=str(path))
    return value


def _is_package(value: Any) -> bool:
    """The name of an installed pipeline, such as `en_core_web_sm`."""
    return isinstance(value, str) and value.isidentifier()


def _path(key: str, value: Any, path: Path) -> Path | None:
    """`seeds:stances` is shipped with the program; other paths are relative to the profile."""
    if value is False:
        return None
    if not isinstance(value, str):
        raise UsageError(f"{key}: expected a path, found {value!r}", where=str(path))
    head, colon, tail = value.partition(":")
    if colon and head in SHIPPED:
        return shipped(f"{head}/{tail}")
    return path.parent / value


def _clock(value: Any, path: Path) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        mend = f"such as clock = {iso(datetime(2025, 2, 18, 9, tzinfo=UTC))}"
        raise UsageError("clock: expected a time with its zone", where=str(path), mend=mend)
    return value.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Runner:
    """Where the pipelines run. `options` are Beam's own."""

    name: str
    options: tuple[str, ...]


def runner(name: str) -> Runner:
    """A runner file by name (`deploy/runners/NAME.toml`) or path."""
    path = Path(name) if name.endswith(".toml") else shipped(f"runners/{name}.toml")
    if path.is_file():
        try:
            data = tomllib.loads(path.read_text("utf-8"))
            return Runner(name, tuple(str(option) for option in data["options"]))
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            mend = 'it holds options = ["--runner=NAME", ...]'
            raise UsageError(f"not a runner file: {error}", where=str(path), mend=mend) from None
    if name.isidentifier() and name.endswith("Runner"):
        return Runner(name, (f"--runner={name}",))  # a name that Beam knows: FnApiRunner
    known = ", ".join(sorted(each.stem for each in shipped("runners").glob("*.toml")))
    raise UsageError(f"there is no runner {name!r}", mend=f"a file, a Beam name, or: {known}")
