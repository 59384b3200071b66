"""The command `backtest`: what other rules would have told, and how right the history is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stancewatch.cli.options import Command, Day, say, settings_of, start_logging, table_or_lines
from stancewatch.core.moment import Moment
from stancewatch.core.truth import Span
from stancewatch.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text


@click.command(cls=Command)
@click.option(
    "--against",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Other rules (B): what would they have told in place of --rules (A)?",
)
@click.option(
    "--truth",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A dated list of positions (YAML): how right is the history?",
)
@click.option("--topic", default="troop-deployment", show_default=True, help="Of the truth list.")
@click.option("--from", "since", type=Day(), metavar="DATE", help="Only what happened since.")
@click.option("--to", "until", type=Day(), metavar="DATE", help="Only what happened until then.")
@table_or_lines
@click.pass_context
def backtest(
    ctx: click.Context,
    against: Path | None,
    truth: Path | None,
    topic: str,
    since: Moment | None,
    until: Moment | None,
    form: str,
) -> None:
    """Try other rules on what the ledger has, or score its history. The ledger is only read."""
    if against is None and truth is None:
        raise UsageError("nothing to test against", mend="say --against DIR, --truth FILE, or both")
    span = Span(since.at.date() if since else None, until.at.date() if until else None)
    settings = settings_of(ctx)

    from stancewatch.jobs import backtest_report as report
    from stancewatch.jobs.backtest import against as compare
    from stancewatch.jobs.backtest import evidence, measure
    from stancewatch.jobs.wiring import build
    from stancewatch.stores.rulebook import load_truth

    start_logging(ctx.obj)  # Beam has just been imported
    house = build(settings)
    houses = [house]
    if against:
        houses.append(build(replace(settings, rules=against)))
    truths = load_truth(truth, topic, house.book) if truth else ()
    say(ctx, "Reading the ledger ...")
    now = settings.now()
    with house.known_ledger() as ledger:
        found = evidence(houses, ledger, now)
    if against:
        compared = compare(found[0], found[1], now, span)
        _print(form, report.compared(compared), report.compared_rows(compared))
    if truth:
        for name, each in zip(("A", "B"), found, strict=False):
            score = measure(each, truths, topic, span)
            page = (*report.basis([(name, each)]), *report.scored(score, house.policies[topic]))
            rows = (report.basis_row(name, each), *report.scored_rows(score, name))
            _print(form, page, rows)


def _print(form: str, page: Iterable[Table | Text], rows: Iterable[Mapping[str, Any]]) -> None:
    from stancewatch.cli.show import console

    if form == "jsonl":
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False, sort_keys=True))
        return
    out = console()
    for each in page:
        # A sentence is one line for whoever reads it from a pipe.
        out.print(each, soft_wrap=not out.is_terminal)
