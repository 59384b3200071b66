"""An analyst's rulings: add, list, withdraw."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from stancewatch.cli.options import Command, Day, Group, say, settings_of
from stancewatch.core.moment import Moment, plausible
from stancewatch.core.ruling import SHORT, Ruling, holding, make_ruling, withdrawal
from stancewatch.core.stance import Stance
from stancewatch.core.watch import Reading, Verdict
from stancewatch.errors import UsageError

if TYPE_CHECKING:
    from stancewatch.jobs.asking import Asking
    from stancewatch.jobs.ruling import Followed


@click.group(cls=Group)
def ruling() -> None:
    """Accept, reject or relabel a piece of evidence; see and withdraw what was ruled."""


def _author(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    if name := (value or "").strip():
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise click.BadParameter("this machine knows no user name: say who", ctx, param) from None


def _said(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if text := " ".join(value.split()):
        return text
    raise click.BadParameter("a ruling needs its reason", ctx, param)


def _signed(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of whatever is ruled: why, by whom, when, and whether it may alert."""
    for option in (
        click.option("--no-alert", is_flag=True, help="Tell nobody of shifts that it makes."),
        click.option("--at", type=Day(), metavar="DATE", help="When it was ruled; now."),
        click.option(
            "--author", metavar="NAME", envvar="STANCEWATCH_AUTHOR", callback=_author,
            help="Who rules; STANCEWATCH_AUTHOR, or your user name.",
        ),
        click.option(
            "--because", metavar="TEXT", required=True, callback=_said, help="Why, in a sentence.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@ruling.command(cls=Command)
@click.argument("reading")
@click.option("--country", metavar="NAME", help="Whose position, if READING is an address.")
@click.option("--accept", is_flag=True, help="It is certain, and suffices alone.")
@click.option("--reject", is_flag=True, help="It is no evidence.")
@click.option("--relabel", metavar="LEVEL", help="It is certain, and says this level.")
@_signed
@click.pass_context
def add(
    ctx: click.Context,
    reading: str,
    country: str | None,
    accept: bool,
    reject: bool,
    relabel: str | None,
    because: str,
    author: str,
    at: Moment | None,
    no_alert: bool,
) -> None:
    """Rule on READING: the id that why and history print, or an article's address."""
    from stancewatch.jobs.ruling import beside, follow, reading_named

    verdict = _verdict(accept, reject, relabel)
    asking = _asking(ctx)
    code = asking.country(country) if country else None
    with asking.known_ledger() as ledger:
        now = asking.settings.now()
        found = reading_named(ledger, reading, code)
        made = make_ruling(
            found,
            verdict,
            author=author,
            because=because,
            ruled_at=_when(at, now),
            level=_level(asking, found, relabel),
            beside=beside(ledger, found),
        )
        _report(ctx, asking, found, follow(asking, ledger, made, now, alert=not no_alert))


def _verdict(accept: bool, reject: bool, relabel: str | None) -> Verdict:
    wanted = [
        verdict
        for verdict, asked in (
            (Verdict.ACCEPT, accept),
            (Verdict.REJECT, reject),
            (Verdict.RELABEL, relabel is not None),
        )
        if asked
    ]
    if len(wanted) != 1:
        raise UsageError("say one of --accept, --reject and --relabel LEVEL")
    return wanted[0]


def _level(asking: Asking, reading: Reading, level: str | None) -> str | None:
    if level is None:
        return None
    policy = asking.policies.get(reading.key[1])
    known = [each.name for each in policy.levels] if policy else []
    if level not in known:
        raise UsageError(
            f"{level!r} is no level of {reading.key[1]}", mend=f"of: {', '.join(known)}"
        )
    if level == reading.level:
        raise UsageError(f"it was read as {level} already", mend="to say so, use --accept")
    return level


def _when(at: Moment | None, now: datetime) -> datetime:
    if at is None:
        return now
    if not plausible(at, now):
        raise UsageError(f"nobody has ruled on {at} yet", mend="give a date that has come")
    return at.at


@ruling.command("list", cls=Command)
@click.argument("country", required=False)
@click.pass_context
def list_(ctx: click.Context, country: str | None) -> None:
    """Every ruling, the latest first, and whether it holds."""
    from stancewatch.cli.show import console, print_quotes

    asking = _asking(ctx)
    code = asking.country(country) if country else None
    out = console()
    with asking.known_ledger() as ledger:
        made = [each for each in ledger.rulings() if code in (None, each.key[0])]
        out.print(f"{len(made) or 'no'} ruling(s)")
        holds = {each.id for each in holding(made)}
        ended = {each.withdraws for each in made}
        for each in reversed(made):
            out.print(_line(each, _state(each, holds, ended)))
            print_quotes(out, [each.snapshot])


def _state(made: Ruling, holds: set[str], ended: set[str | None]) -> str:
    if made.verdict is Verdict.WITHDRAW:
        return ""
    if made.id in holds:
        return " (holds)"
    return " (withdrawn)" if made.id in ended else " (a later one holds)"


def _line(made: Ruling, state: str) -> str:
    from stancewatch.sinks.text import one_line

    country, topic = made.key
    return one_line(f"{made.id[:SHORT]}  {country} on {topic}: {made.said}{state}")


@ruling.command(cls=Command)
@click.argument("ruling_id", metavar="ID")
@_signed
@click.pass_context
def withdraw(
    ctx: click.Context, ruling_id: str, because: str, author: str, at: Moment | None, no_alert: bool
) -> None:
    """Take a ruling back; what was ruled before it on the same reading holds again."""
    from stancewatch.jobs.ruling import follow, ruling_named

    asking = _asking(ctx)
    with asking.known_ledger() as ledger:
        now = asking.settings.now()
        found = ruling_named(ledger, ruling_id)
        if found.verdict is Verdict.WITHDRAW:
            raise UsageError("that is a withdrawal itself", mend="rule on the reading again")
        if any(each.withdraws == found.id for each in ledger.rulings(found.key)):
            raise UsageError(f"the ruling {found.id[:SHORT]} was withdrawn before")
        made = withdrawal(found, author=author, because=because, ruled_at=_when(at, now))
        done = follow(asking, ledger, made, now, alert=not no_alert)
        _report(ctx, asking, found.snapshot, done)


def _report(ctx: click.Context, asking: Asking, reading: Reading, done: Followed) -> None:
    from stancewatch.cli.show import console, country_name, print_quotes
    from stancewatch.sinks.text import one_line

    out = console()
    out.print(_line(done.ruling, ""))
    print_quotes(out, [reading])
    for decision in done.decisions:
        out.print(one_line(f"{decision.reason}: {decision.detail}"))
    out.print(country_name(reading.key[0], asking.book.actors.countries))
    _print_stances(out, done)
    changed = sum(done.changes.values())
    if changed:
        say(ctx, f"The history changed {changed} time(s). What is to be told: stancewatch deliver")


def _print_stances(out: Console, done: Followed) -> None:
    for word, stance in (("before", done.before), ("now", done.after)):
        out.print(f"  {word:<8}{_stance_words(stance)}")


def _stance_words(stance: Stance | None) -> str:
    if stance is None or stance.level is None:
        waits = stance.pending_level if stance else None
        return f"unknown; {waits} is pending" if waits else "unknown"
    since = f", since {stance.since.at:%Y-%m-%d}" if stance.since else ""
    return f"{stance.level} ({stance.standing}){since}"


def _asking(ctx: click.Context) -> Asking:
    from stancewatch.jobs.asking import Asking

    return Asking.of(settings_of(ctx))
