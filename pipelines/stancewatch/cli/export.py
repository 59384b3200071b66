"""The command that takes the ledger elsewhere: as records, or as a dataset to publish."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from stancewatch.cli.options import Command, Day, say, settings_of
from stancewatch.core.moment import Moment
from stancewatch.errors import UsageError

if TYPE_CHECKING:
    from stancewatch.jobs.release import Wanted

RECORDS = ("types", "form", "stable", "output")  # options of records alone
RELEASE = ("authors", "released", "with_texts")  # options of a release alone


@click.command(cls=Command)
@click.option("--types", metavar="LIST", help="Comma-separated; all, unless you say.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="JSON lines, or CSV with a header for each type.",
)
@click.option("--stable", is_flag=True, help="History alone: the same evidence, the same bytes.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="A file instead of stdout.")
@click.option(
    "--release",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the history as a citable dataset into DIR, which is new or empty.",
)
@click.option("--author", "authors", multiple=True, help="Of the release; may be repeated.")
@click.option("--released", type=Day(), metavar="DATE", help="The release's date; none by default.")
@click.option("--with-texts", is_flag=True, help="In the release, the articles' texts too.")
@click.option(
    "--verify",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Compare a release with its manifest, and say what differs.",
)
@click.pass_context
def export(
    ctx: click.Context,
    types: str | None,
    form: str,
    stable: bool,
    output: Path | None,
    release: Path | None,
    authors: tuple[str, ...],
    released: Moment | None,
    with_texts: bool,
    verify: Path | None,
) -> None:
    """Everything the ledger holds, one record a line, sorted; or a dataset to publish."""
    if verify:
        _only(ctx, "verify", (*RECORDS, *RELEASE, "release"))
        _verify(ctx, verify)
    elif release:
        from stancewatch.jobs.release import Wanted

        _only(ctx, "release", RECORDS)
        day = released.at.date() if released else None
        _release(ctx, Wanted(release, authors, day, with_texts))
    else:
        _need_release(ctx)
        _records(ctx, types, form, stable, output)


def _typed(ctx: click.Context, names: Iterable[str]) -> str:
    """Of these options, those on the command line, as they are typed."""
    long = {param.name: param.opts[0] for param in ctx.command.params}
    source = ctx.get_parameter_source
    return ", ".join(long[n] for n in names if source(n) is ParameterSource.COMMANDLINE)


def _only(ctx: click.Context, name: str, others: Iterable[str]) -> None:
    if typed := _typed(ctx, others):
        raise UsageError(f"--{name} and {typed} exclude each other")


def _need_release(ctx: click.Context) -> None:
    if typed := _typed(ctx, RELEASE):
        raise UsageError(f"{typed}: only for a release", mend="add --release DIR")


def _verify(ctx: click.Context, directory: Path) -> None:
    from stancewatch.stores.release import differences

    settings_of(ctx)
    found = differences(directory)
    for line in found:
        click.echo(line)
    if found:
        ctx.exit(1)
    say(ctx, f"{directory} is what its manifest says.")


def _release(ctx: click.Context, wanted: Wanted) -> None:
    from stancewatch.jobs.release import MadeBy, release
    from stancewatch.jobs.wiring import build
    from stancewatch.stores.release import refuse_occupied

    refuse_occupied(wanted.directory)  # before the models are loaded
    house = build(settings_of(ctx))
    with house.known_ledger() as ledger:
        version = release(house, ledger, MadeBy.of(house), wanted)
    say(ctx, f"Wrote version {version} to {wanted.directory}.")


def _records(
    ctx: click.Context, types: str | None, form: str, stable: bool, output: Path | None
) -> None:
    from stancewatch.jobs.asking import Asking
    from stancewatch.jobs.tabular import write_csv, write_jsonl
    from stancewatch.stores.ledger import HISTORY, TYPES

    given = types.split(",") if types else list(HISTORY if stable else TYPES)
    wanted = [each.strip() for each in given if each.strip()]
    unknown = [each for each in wanted if each not in TYPES]
    if unknown:
        raise UsageError(f"no such type: {', '.join(unknown)}", mend=f"of: {', '.join(TYPES)}")
    asking = Asking.of(settings_of(ctx))
    with asking.known_ledger() as ledger:
        rows = ledger.export(wanted, outcomes=asking.outcomes, stable=stable)
        write = write_jsonl if form == "jsonl" else write_csv
        if output is None:
            write(rows, sys.stdout)
        else:
            with output.open("w", encoding="utf-8", newline="") as stream:
                write(rows, stream)
