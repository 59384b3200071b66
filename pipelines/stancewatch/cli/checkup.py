"""Commands that look at the set-up: feeds, doctor."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stancewatch.cli.options import Command, Group, settings_of, start_logging
from stancewatch.errors import StancewatchError, UsageError

if TYPE_CHECKING:
    from stancewatch.settings import Settings


@click.group(cls=Group)
def feeds() -> None:
    """The feeds that are watched, and how they are."""


@feeds.command("list", cls=Command)
@click.option(
    "--feeds", "catalogue", metavar="FILE", type=click.Path(path_type=Path),
    help="A catalogue: TOML, OPML, or one address a line.",
)  # fmt: skip
@click.pass_context
def feeds_list(ctx: click.Context, catalogue: Path | None) -> None:
    """Every feed of the catalogue with its health, and why it is ill."""
    from rich.table import Table

    from stancewatch.cli.show import console
    from stancewatch.core.feed import FeedState
    from stancewatch.jobs.asking import Asking
    from stancewatch.sinks.text import one_line
    from stancewatch.sources.catalogue import load

    settings = settings_of(ctx, feeds=catalogue)
    if settings.feeds is None:
        raise UsageError("no feeds are named", mend="say --feeds FILE")
    table = Table(box=None, pad_edge=False)
    for title in ("Feed", "Lang", "Health", "Last polled", "Address"):
        table.add_column(title, no_wrap=title in ("Lang", "Health"), overflow="fold")
    known = load(settings.feeds)
    with Asking.of(settings).ledger() as ledger:
        states = ledger.feed_states()
    for feed in known:
        state = states.get(feed.url) or FeedState()
        why = state.reason or (f"to {state.moved_to}" if state.moved_to else "")
        health = state.health + (f" ({one_line(why)})" if why else "")
        polled = f"{state.polled_at:%Y-%m-%d %H:%M}" if state.polled_at else "never"
        table.add_row(one_line(feed.name or feed.source), feed.lang or "", health, polled, feed.url)
    console().print(table)


Check = Callable[["Settings"], str]


@click.command(cls=Command)
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Try every part once and say what works, what does not, and the mend."""
    settings = settings_of(ctx)
    failed = 0
    for name, check in CHECKS:
        try:
            click.echo(f"ok    {name}: {check(settings)}")
        except StancewatchError as error:
            failed += 1
            click.echo(f"FAIL  {name}: {error}")
    start_logging(ctx.obj)
    if failed:
        raise click.exceptions.Exit(1)


def _python(_: Settings) -> str:
    return f"{platform.python_version()} at {sys.prefix}"


def _rules(settings: Settings) -> str:
    from stancewatch.jobs.asking import Asking

    book = Asking.of(settings).book
    return (
        f"{len(book.topics)} topics, {len(book.watches)} watches,"
        f" {len(book.actors.countries)} countries and bodies, {len(book.actors.people)} people"
    )


def _ledger(settings: Settings) -> str:
    from stancewatch.jobs.asking import Asking

    with Asking.of(settings).ledger() as ledger:
        return f"{ledger.where} opens"


def _feeds(settings: Settings) -> str:
    from stancewatch.sources.catalogue import load

    return f"{len(load(settings.feeds))} in {settings.feeds}" if settings.feeds else "none named"


def _detector(settings: Settings) -> str:
    """One sentence that must be read: a model that cannot load never means "no mentions"."""
    from stancewatch.errors import ModelError
    from stancewatch.jobs.detect import article_of
    from stancewatch.jobs.wiring import build

    text = "France will not send troops to Ukraine, President Emmanuel Macron said."
    found = (
        build(settings)
        .detector.open()
        .detect(article_of({"text": text, "lang": "en", "published": "2024-02-27"}))
    )
    if [(each.country, each.level) for each in found.mentions] != [("FR", "rejects")]:
        raise ModelError("a plain sentence is not read", mend="stancewatch rules check --examples")
    return "reads a plain sentence"


def _runner(settings: Settings) -> str:
    import apache_beam as beam
    from apache_beam.options.pipeline_options import PipelineOptions

    from stancewatch.settings import runner

    chosen = runner(settings.runner)
    with beam.Pipeline(options=PipelineOptions(list(chosen.options))) as pipeline:
        _ = pipeline | beam.Create([1])
    return f"{chosen.name} runs (Beam {beam.__version__})"


def _slack(_: Settings) -> str:
    from stancewatch.cli.run import sink_config
    from stancewatch.sinks.table import open_sink

    if not os.environ.get("SLACK_BOT_TOKEN"):
        return "SLACK_BOT_TOKEN is not set: alerts go to the console"
    open_sink("slack", sink_config())
    return "SLACK_BOT_TOKEN is set"


CHECKS: tuple[tuple[str, Check], ...] = (
    ("python", _python),
    ("rules", _rules),
    ("ledger", _ledger),
    ("feeds", _feeds),
    ("detector", _detector),
    ("runner", _runner),
    ("slack", _slack),
)
