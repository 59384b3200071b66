"""Commands that do work: monitor, backfill, deliver, detect."""

from __future__ import annotations

import os
import re
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from stancewatch.cli.options import Command, Duration, say, settings_of, start_logging
from stancewatch.errors import UsageError

if TYPE_CHECKING:
    from stancewatch.jobs.deliver import Delivery
    from stancewatch.jobs.monitor import Cycle
    from stancewatch.jobs.spine import Counts
    from stancewatch.settings import Settings
    from stancewatch.sinks.table import SinkConfig

_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{3,}\Z")


def _channel(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    value: str | None,
) -> str | None:
    """By its name a message could be posted, but not looked up after an unclear outcome."""
    if value is not None and not _CHANNEL_ID.match(value):
        raise UsageError(
            f"{value!r} is no channel ID",
            mend="such as C0123456789: in Slack, open the channel's details and copy it",
        )
    return value


CHANNEL = click.option(
    "--channel", metavar="ID", callback=_channel, help="Send alerts to this Slack channel."
)
STRICT = click.option("--strict", is_flag=True, help="Failures make the exit code 1, not 3.")
DONE_WITH_FAILURES = 3


@click.command(cls=Command)
@click.option(
    "--feeds", metavar="FILE", type=click.Path(path_type=Path),
    help="A catalogue: TOML, OPML, or one address a line.",
)  # fmt: skip
@click.option("--once", is_flag=True, help="One pass, then end (the default; for cron).")
@click.option("--every", type=Duration(), metavar="5m", help="Poll again and again.")
@click.option("--allow-address", multiple=True, metavar="IP:PORT", help="A private address.")
@CHANNEL
@STRICT
@click.pass_context
def monitor(
    ctx: click.Context,
    feeds: Path | None,
    once: bool,
    every: timedelta | None,
    allow_address: tuple[str, ...],
    channel: str | None,
    strict: bool,
) -> None:
    """Poll the feeds, follow what is new through to alerts, and show where everyone stands."""
    if once and every:
        raise UsageError("--once and --every exclude each other")
    settings = settings_of(ctx, feeds=feeds, channel=channel, allow_address=allow_address or None)
    failures = _monitor(ctx, settings, every)
    _exit(failures, strict)


def _monitor(ctx: click.Context, settings: Settings, every: timedelta | None) -> int:
    from stancewatch.cli.show import stance_table
    from stancewatch.jobs.monitor import cycle
    from stancewatch.jobs.wiring import build
    from stancewatch.sources.address import parse_rule
    from stancewatch.sources.catalogue import load as load_catalogue
    from stancewatch.sources.fetch import Manners

    start_logging(ctx.obj)  # Beam has just been imported
    house = build(settings)
    if settings.feeds is None:
        raise UsageError("no feeds are named", mend="say --feeds FILE")
    feeds = load_catalogue(settings.feeds)
    manners = Manners(rule=parse_rule(settings.allow_address), contact=settings.contact)
    sinks = house.sinks(sink_config())
    say(ctx, f"Polling {_count(len(feeds), 'feed')} ...")
    with house.ledger() as ledger:
        while True:
            done = cycle(
                house, ledger, feeds, sinks, settings.now, time.sleep, manners=manners, every=every
            )
            _report_cycle(ctx, done)
            if every is None:
                stance_table(house, ledger)
                return done.counts.failures
            time.sleep(every.total_seconds())


def _report_cycle(ctx: click.Context, done: Cycle) -> None:
    health: dict[str, int] = {}
    for polled in done.polled:
        health[polled.health] = health.get(polled.health, 0) + 1
    told = ", ".join(f"{number} {word}" for word, number in sorted(health.items()))
    say(ctx, f"Polled {_count(done.asked, 'feed')}: {told}.")
    if done.counts.articles == 0:
        say(ctx, "Nothing new.")
    else:
        say(ctx, _counted(done.counts))
    _point_to_failures(ctx, done.counts.failures)
    _report_delivery(ctx, done.delivery)


@click.command(cls=Command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--alert", is_flag=True, help="Send alerts on what the archive tells.")
@click.option("--resume", is_flag=True, help="Go on where an interrupted run stopped.")
@click.option("--source", metavar="NAME", help="The outlet of records that name none.")
@click.option("--published", metavar="DATE", help="The date of records that have none.")
@CHANNEL
@STRICT
@click.pass_context
def backfill(
    ctx: click.Context,
    paths: tuple[Path, ...],
    alert: bool,
    resume: bool,
    source: str | None,
    published: str | None,
    channel: str | None,
    strict: bool,
) -> None:
    """Read archives: files or folders of JSON lines, CSV, feed files or plain text (.gz too)."""
    if channel and not alert:
        raise UsageError(
            "--channel goes with --alert", mend="a backfill alerts nobody unless asked"
        )
    settings = settings_of(ctx, channel=channel)

    from stancewatch.jobs.backfill import Progress, Wanted
    from stancewatch.jobs.backfill import backfill as run
    from stancewatch.jobs.deliver import Terms
    from stancewatch.jobs.deliver import deliver as tell
    from stancewatch.jobs.wiring import build
    from stancewatch.sources.records import Shape

    start_logging(ctx.obj)
    shape = Shape(fields=settings.fields, source=source or "", published=published)
    house = build(settings)

    def report(progress: Progress) -> None:
        if sys.stderr.isatty():
            say(ctx, f"  {progress.path.name}: {progress.done:,} records read")

    with house.ledger() as ledger:
        wanted = Wanted(paths, shape, alert=alert, resume=resume)
        counts = run(house, ledger, wanted, settings.now, report)
        say(ctx, _counted(counts))
        _point_to_failures(ctx, counts.failures)
        sinks = house.sinks(sink_config())
        terms = Terms(age_matters=not alert, only_quiet=not alert)
        _report_delivery(ctx, tell(house, ledger, sinks, settings.now, time.sleep, terms))
    _exit(counts.failures, strict)


@click.command(cls=Command)
@CHANNEL
@click.option(
    "--max-wait", type=Duration(), metavar="5m", help="Wait so long for what is not yet due."
)
@click.option("--follow", is_flag=True, help="Stay, and send whatever comes (beside a stream).")
@click.pass_context
def deliver(
    ctx: click.Context, channel: str | None, max_wait: timedelta | None, follow: bool
) -> None:
    """Send what is due and return; what could not be sent stays in the ledger."""
    settings = settings_of(ctx, channel=channel)

    from stancewatch.jobs.deliver import Terms
    from stancewatch.jobs.deliver import deliver as run
    from stancewatch.jobs.wiring import build

    start_logging(ctx.obj)
    house = build(settings)
    sinks = house.sinks(sink_config())
    terms = Terms(may_wait=True, max_wait=max_wait or timedelta(0), follow=follow)
    with house.ledger() as ledger:
        _report_delivery(ctx, run(house, ledger, sinks, settings.now, time.sleep, terms))


@click.command(cls=Command)
@click.argument("source", metavar="FILE|-", type=click.File("rb"))
@click.pass_context
def detect(ctx: click.Context, source: BinaryIO) -> None:
    """Read texts (JSON lines), print what each says, one JSON line each. Keeps nothing."""
    settings = settings_of(ctx)

    from stancewatch.jobs.detect import detect_lines
    from stancewatch.jobs.wiring import build

    start_logging(ctx.obj)
    failures = 0
    for row, failed in detect_lines(build(settings), source):
        click.echo(row)
        failures += failed
    _exit(failures, strict=False)


def sink_config() -> SinkConfig:
    """Secrets come from the environment only, and are read here only."""
    from stancewatch.sinks.table import SinkConfig

    token = os.environ.get("SLACK_BOT_TOKEN", "")
    base = os.environ.get("SLACK_API_BASE_URL")
    return SinkConfig(token, base) if base else SinkConfig(token)


def _counted(counts: Counts) -> str:
    moved = counts.shifts_new + counts.shifts_retracted
    return (
        f"Read {_count(counts.read, 'item')} = {counts.articles:,} articles"
        f" + {counts.duplicates:,} duplicates + {counts.failures:,} failures."
        f" Found {_count(counts.mentions, 'mention')}, {_count(counts.summits, 'summit telling')};"
        f" history changed {_count(moved, 'time')}."
        + (f" {counts.unread:,} in a language that is not read yet." if counts.unread else "")
    )


def _point_to_failures(ctx: click.Context, failures: int) -> None:
    if failures:
        say(ctx, "What failed, where and why: stancewatch export --types failures")


def _report_delivery(ctx: click.Context, delivery: Delivery) -> None:
    if delivery.decided:
        reasons = ", ".join(f"{number} {word}" for word, number in sorted(delivery.decided.items()))
        say(ctx, f"Decided on {_count(sum(delivery.decided.values()), 'change')}: {reasons}.")
    sent = delivery.sent
    if sent.sent or sent.recovered or sent.put_off or sent.given_up:
        say(
            ctx,
            f"Sent {_count(sent.sent + sent.recovered, 'message')}"
            f", {sent.put_off} put off, {sent.given_up} refused.",
        )
    for sink, problem in sorted(sent.stopped.items()):
        say(ctx, f"{sink}: {problem}")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _exit(failures: int, strict: bool) -> None:
    if failures:
        raise click.exceptions.Exit(1 if strict else DONE_WITH_FAILURES)
