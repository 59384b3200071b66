"""The options that every command takes, before or after its name, each with an environment twin."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from stancewatch.core.moment import Moment, Precision, parse_moment
from stancewatch.settings import Settings, load

PREFIX = "STANCEWATCH_"

table_or_lines = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl"]),
    default="table",
    show_default=True,
    help="For a person, or one JSON record a line.",
)


def _global_options() -> list[click.Option]:
    path = click.Path(path_type=Path)
    rows: list[tuple[list[str], dict[str, Any]]] = [
        (["--ledger"], {"metavar": "URL", "help": "sqlite:///PATH or postgresql://..."}),
        (["--rules"], {"metavar": "DIR", "type": path, "help": "Rule files to use."}),
        (["--sources"], {"metavar": "FILE", "type": path, "help": "More outlets (YAML)."}),
        (["--profile"], {"metavar": "FILE", "help": "A settings file, or a shipped name: demo."}),
        (["--runner"], {"metavar": "NAME", "help": "Where pipelines run: embedded, or a file."}),
        (["--log-format"], {"type": click.Choice(["text", "json"]), "help": "Of standard error."}),
        (["-q", "--quiet"], {"is_flag": True, "default": None, "help": "Only warnings."}),
        (["-v", "--verbose"], {"is_flag": True, "default": None, "help": "Every step."}),
    ]
    options = []
    for names, attributes in rows:
        name = names[-1].removeprefix("--").replace("-", "_")
        option = click.Option(names, envvar=PREFIX + name.upper(), show_envvar=False, **attributes)
        options.append(option)
    return options


GLOBAL = [option.name for option in _global_options()]


class _Global(click.Command):
    """Takes the global options, keeps them in `ctx.obj`, and lists them apart in the help."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_global_options())

    def invoke(self, ctx: click.Context) -> Any:
        _absorb(ctx)
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Whoever read our output has gone (`| head`): nothing is wrong, nothing is left to say.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(0) from None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own: list[tuple[str, str]] = []
        shared: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                (shared if param.name in GLOBAL else own).append(record)
        for title, rows in (("Options", own), (f"Global options ({PREFIX}...)", shared)):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


class Command(_Global):
    """A command."""


class Group(_Global, click.Group):
    """A group: the same, with its commands listed first."""

    command_class = Command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.format_commands(ctx, formatter)
        _Global.format_options(self, ctx, formatter)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """Each with its whole first sentence: a help that breaks off helps nobody."""
        rows = [(name, command.get_short_help_str(200)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)  # in the order in which a person meets them


Group.group_class = Group


def _absorb(ctx: click.Context) -> None:
    """Move the global options from the command's own parameters to `ctx.obj`.

    What was typed nearer to the end of the line wins; an environment variable never overrides
    what was typed.
    """
    given: dict[str, Any] = ctx.ensure_object(dict)
    for name in GLOBAL:
        assert name is not None
        value = ctx.params.pop(name, None)
        typed = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if value is not None and (typed or name not in given):
            given[name] = value
    if not getattr(ctx.command, "commands", None):
        start_logging(given)


def settings_of(ctx: click.Context, **more: Any) -> Settings:
    """The settings of this run; `more` holds the command's own options by setting name."""
    given = dict(ctx.obj or {})
    profile = given.pop("profile", None)
    for name in ("log_format", "quiet", "verbose"):
        given.pop(name, None)
    return load(profile, {**given, **more})


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        row = {"at": at, "level": record.levelname.lower(), "logger": record.name}
        return json.dumps({**row, "message": record.getMessage()}, ensure_ascii=False)


_CONTROLS = dict.fromkeys((*range(32), 127), " ")


class _Text(logging.Formatter):
    """One line a record, whatever outside text is in it."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{record.levelname.lower()}: {record.getMessage()}".translate(_CONTROLS)


def start_logging(given: Mapping[str, Any]) -> None:
    """Logs go to standard error; results alone to standard output."""
    level = logging.INFO if given.get("verbose") else logging.WARNING
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if given.get("log_format") == "json" else _Text())
    handler.addFilter(_not_beams_chatter)
    # Beam installs handlers of its own when it is imported: ours replace whatever is there.
    logging.basicConfig(level=level, handlers=[handler], force=True)


def _not_beams_chatter(record: logging.LogRecord) -> bool:
    """Beam warns, on the root logger too, of parts that we do not use."""
    return record.levelno >= logging.ERROR or "apache_beam" not in record.pathname


def say(ctx: click.Context, text: str) -> None:
    """Progress and summaries: to standard error, unless --quiet."""
    if not (ctx.obj or {}).get("quiet"):
        if (ctx.obj or {}).get("log_format") == "json":
            logging.getLogger("stancewatch").warning("%s", text)
        else:
            click.echo(text, err=True)


_DURATION = re.compile(r"(\d+)\s*(s|m|h|d)\Z")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Duration(click.ParamType[timedelta]):
    """`30s`, `5m`, `2h`, `7d`."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = _DURATION.match(str(value).strip().lower())
        if not found or int(found[1]) == 0:
            self.fail(f"{value!r} is not a duration such as 30s, 5m, 2h or 7d", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


class Day(click.ParamType[Moment]):
    """A date, or a timestamp."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Moment:
        found = value if isinstance(value, Moment) else parse_moment(str(value))
        if found is None or found.precision in (Precision.MONTH, Precision.YEAR):
            self.fail(f"{value!r} is not a date such as 2025-02-17", param, ctx)
        return found
