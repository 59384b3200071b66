"""Commands that answer: stances, history, why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from stancewatch.cli.options import Command, Day, settings_of
from stancewatch.core.moment import Moment, Precision, parse_moment
from stancewatch.core.watch import Key
from stancewatch.errors import UsageError
from stancewatch.sinks.text import one_line

if TYPE_CHECKING:
    from stancewatch.jobs.asking import Asking
    from stancewatch.stores.ledger import Decided, ShiftRow

AROUND = timedelta(days=3)  # decisions this far from the asked day are shown


def end_of(moment: Moment) -> datetime:
    """A day as asked for ends with its last second."""
    if moment.precision is Precision.DAY:
        return moment.at.replace(hour=23, minute=59, second=59)
    return moment.at


@click.command(cls=Command)
@click.option("--on", type=Day(), metavar="DATE", help="As things stood that day.")
@click.option("--as-known", type=Day(), metavar="DATE", help="As the press had it that day.")
@click.option("--as-told", type=Day(), metavar="DATE", help="As this ledger had it that day.")
@click.pass_context
def stances(
    ctx: click.Context, on: Moment | None, as_known: Moment | None, as_told: Moment | None
) -> None:
    """Where everyone stands, the latest movers first."""
    from stancewatch.cli.show import stance_table
    from stancewatch.stores.ledger import When

    asking = _asking(ctx)
    days = [end_of(day) if day else None for day in (on, as_known, as_told)]
    with asking.known_ledger() as ledger:
        stance_table(asking, ledger, When(*days))


@click.command(cls=Command)
@click.argument("country")
@click.argument("topic", required=False)
@click.pass_context
def history(ctx: click.Context, country: str, topic: str | None) -> None:
    """Every shift of COUNTRY (a name or code), with the words that moved it."""
    from stancewatch.cli.show import console, country_name, print_quotes

    asking = _asking(ctx)
    keys = _keys(asking, country, topic)
    out = console()
    with asking.known_ledger() as ledger:
        for key in keys:
            rows = ledger.shifts(key)
            name = country_name(key[0], asking.book.actors.countries)
            out.print(f"{name} on {key[1]}: {len(rows) or 'no'} known position(s)")
            wanted = {each for row in rows for each in row.shift.evidence[:2]}
            readings = ledger.readings(wanted)
            for row in rows:
                out.print(_shift_line(row))
                for line in _condition_lines(row):
                    out.print(line)
                print_quotes(out, (readings[e] for e in row.shift.evidence[:2] if e in readings))


def _shift_line(row: ShiftRow) -> str:
    shift = row.shift
    change = f"{shift.from_level} → {shift.to_level}" if shift.from_level else shift.to_level
    condition = f", {shift.condition or 'conditional'}" if shift.condition is not None else ""
    return f"  {shift.happened_at.at:%Y-%m-%d}  {change}{condition}  ({shift.because})"


def _condition_lines(row: ShiftRow) -> Iterator[str]:
    """What was said of it since: a condition is history, and no shift."""
    for change in row.shift.conditions:
        words = one_line(change.condition or "conditional")
        said = "no condition any more" if change.condition is None else words
        yield f"  {change.at.at:%Y-%m-%d}  still {row.shift.to_level}: {said}"


@click.command(cls=Command)
@click.argument("country")
@click.argument("topic", required=False)
@click.argument("date", required=False)
@click.option("--limit", default=20, show_default=True, help="At most so many decisions.")
@click.pass_context
def why(ctx: click.Context, country: str, topic: str | None, date: str | None, limit: int) -> None:
    """Why something was told or not: every decision on COUNTRY, latest first, with its reason."""
    from stancewatch.cli.show import console, print_quotes

    asking = _asking(ctx)
    topic, day = _topic_or_date(topic, date)
    keys = _keys(asking, country, topic)
    out = console()
    with asking.known_ledger() as ledger:
        for key in keys:
            since = day.at - AROUND if day else None
            until = end_of(day) + AROUND if day else None
            found = list(ledger.decisions(key, since=since, until=until))
            shown = sorted(found, key=lambda d: (str(d.decision.at), d.learned_at), reverse=True)
            readings = ledger.readings({each.decision.subject for each in shown[:limit]})
            out.print(f"{key[0]} on {key[1]}: {len(found)} decision(s)")
            for each in shown[:limit]:
                out.print(_decision_line(each))
                if reading := readings.get(each.decision.subject):
                    print_quotes(out, [reading])
            if len(found) > limit:
                out.print(f"  ... and {len(found) - limit} more (--limit)")


def _decision_line(decided: Decided) -> str:
    decision = decided.decision
    at = f"{decision.at.at:%Y-%m-%d %H:%M}" if decision.at else "undated"
    return f"  {at:<16}  {decision.reason:<20} {decision.detail}"


def _topic_or_date(topic: str | None, date: str | None) -> tuple[str | None, Moment | None]:
    """`why GB 2025-02-17` means the date."""
    if topic and date is None and parse_moment(topic):
        topic, date = None, topic
    return topic, Day().convert(date, None, None) if date else None


def _asking(ctx: click.Context) -> Asking:
    from stancewatch.jobs.asking import Asking

    return Asking.of(settings_of(ctx))


def _keys(asking: Asking, country: str, topic: str | None) -> list[Key]:
    code = asking.country(country)
    topics = [topic] if topic else sorted(asking.policies)
    for each in topics:
        if each not in asking.policies:
            known = ", ".join(sorted(asking.policies))
            raise UsageError(f"there is no stance topic {each!r}", mend=f"known: {known}")
    return [(code, each) for each in topics]
