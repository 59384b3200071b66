"""The command that answers: who stands where, together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TextIO

import click
from rich.console import JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from stancewatch.cli.ask import end_of
from stancewatch.cli.options import Command, Day, settings_of, table_or_lines
from stancewatch.cli.show import COLOURS, console, country_name, level_text, who
from stancewatch.core.actor import Country
from stancewatch.core.coalition import Claim, Move, Place, Total, View
from stancewatch.core.compose import scope_words
from stancewatch.core.moment import Moment
from stancewatch.core.stance import Standing
from stancewatch.core.topic import Policy, Side
from stancewatch.errors import UsageError
from stancewatch.sinks.text import one_line

INDENT = (0, 0, 0, 2)
NARROW = 60  # columns: below this a table has no room for words


@click.command(cls=Command)
@click.argument("topic", required=False)
@click.option("--days", default=30, show_default=True, type=click.IntRange(1), help="Of movement.")
@click.option("--on", type=Day(), metavar="DATE", help="As things stood that day.")
@table_or_lines
@click.option(
    "--html",
    type=click.File("w", encoding="utf-8", errors="replace", lazy=True),
    metavar="FILE|-",
    help="Write it as a web page instead.",
)
@click.pass_context
def coalition(
    ctx: click.Context,
    topic: str | None,
    days: int,
    on: Moment | None,
    form: str,
    html: TextIO | None,
) -> None:
    """Who stands where on TOPIC (or each topic), who moved, and who is only spoken for."""
    from stancewatch.jobs.asking import Asking
    from stancewatch.jobs.coalition import coalition as seen
    from stancewatch.jobs.coalition_page import coalition_page
    from stancewatch.jobs.coalition_rows import rows

    settings = settings_of(ctx)
    asking = Asking.of(settings)
    topics = [topic] if topic else sorted(asking.policies)
    if topic and topic not in asking.policies:
        known = ", ".join(sorted(asking.policies))
        raise UsageError(f"there is no stance topic {topic!r}", mend=f"known: {known}")
    day = end_of(on) if on else settings.now()
    with asking.known_ledger() as ledger:
        views = [
            seen(asking, ledger, each, day=day, lately=timedelta(days=days), past=on is not None)
            for each in topics
        ]
    countries = asking.book.actors.countries
    titles = {each: asking.book.topics[each].title for each in topics}
    if html:
        html.write(coalition_page(views, titles, countries))
    elif form == "jsonl":
        for row in (row for each in views for row in rows(each)):
            click.echo(json.dumps(row, ensure_ascii=False, sort_keys=True))
    else:
        for each in views:
            _print(each, titles[each.question.topic], countries)


def _print(view: View, title: str, countries: Mapping[str, Country]) -> None:
    out = console()
    shown = _Shown(view, countries, narrow=out.width < NARROW)
    out.print(Text(f"{title}, {view.question.day:%Y-%m-%d}", style="bold"))
    for name, parts in shown.sections():
        if body := list(parts):
            out.print()
            out.print(Text(name, style="bold"))
            for part in body:
                out.print(Padding(part, INDENT, expand=False))


class _Shown:
    """The sections of a view, each as what a terminal of any width can show."""

    def __init__(self, view: View, countries: Mapping[str, Country], *, narrow: bool) -> None:
        self._view = view
        self._countries = countries
        self._narrow = narrow
        self._policy: Policy = view.question.policy

    def sections(self) -> Iterator[tuple[str, Iterable[RenderableType]]]:
        view, days = self._view, self._view.question.lately.days
        yield "Who stands where", self._levels()
        yield f"Who moved in the last {days} days", map(self._move, view.moves)
        yield "Promised", map(self._pledge, view.promised)
        yield "Signed, decided or under way", map(self._pledge, view.done)
        yield "Unsettled", (self._unsettled(place) for place in view.unsettled)
        yield f"Spoken for by others, last {days} days", map(self._claim, view.claims)
        yield "Not heard of", self._names(view.silent)
        yield "How many of each group", self._totals(view.totals)

    def _totals(self, totals: Iterable[Total]) -> Iterator[RenderableType]:
        counts = [(f"{total.name} ({total.size})", _numbers(total)) for total in totals]
        if self._narrow:
            for name, numbers in counts:
                told = ", ".join(f"{number} {word}" for word, number in numbers.items() if number)
                yield Text(f"{name}: {told}")
            return
        table = _grid(4, justify="right")
        sides = (Text(side, style=COLOURS[side]) for side in reversed(Side))
        table.add_row("", *sides, "unknown")
        for name, numbers in counts:
            table.add_row(Text(name), *map(str, numbers.values()))
        yield table

    def _levels(self) -> Iterator[RenderableType]:
        for level, places in self._view.levels:
            yield Text.assemble(level_text(level, self._policy), f" ({len(places)})")
            cells = [(self._name(place.country), _since(place), _says(place)) for place in places]
            if self._narrow:
                lines = (name + Text(f" {since}: {says}") for name, since, says in cells)
                yield from (Padding(line, INDENT, expand=False) for line in lines)
                continue
            table = _grid(2)
            for name, since, says in cells:
                table.add_row(name, since, Text(says))
            yield Padding(table, INDENT, expand=False)

    def _move(self, move: Move) -> Text:
        shift = move.shift
        line = Text(f"{shift.happened_at.at:%Y-%m-%d}  ")
        line += self._name(shift.key[0]) + Text(": ")
        line += level_text(shift.from_level, self._policy) + Text(" → ")
        line += level_text(shift.to_level, self._policy)
        line += Text(", changed side" if move.crosses else "", style="bold")
        return line + Text(f" ({one_line(shift.because)})", style="dim")

    def _pledge(self, place: Place) -> Text:
        line = self._name(place.country) + Text(": ") + level_text(place.stance.level, self._policy)
        told = "".join(f"; {each}" for each in _terms(place))
        return line + Text(told)

    def _unsettled(self, place: Place) -> Text:
        line = self._name(place.country) + Text(": ") + level_text(place.stance.level, self._policy)
        if place.stance.standing not in (Standing.ESTABLISHED, Standing.PENDING):
            line += Text(f", {place.stance.standing}")
            line += Text(f" ({who(place.opposed)})" if place.opposed else "", style="dim")
        if place.pending:
            line += Text(", pending ") + level_text(place.pending.level, self._policy)
            line += Text(f" ({who(place.pending.says)}; {one_line(place.pending.why)})", "dim")
        return line + Text(f". Would settle it: {place.settles}")

    def _claim(self, claim: Claim) -> Text:
        line = self._name(claim.country) + Text(": ") + level_text(claim.says.level, self._policy)
        times = "" if claim.number == 1 else f"; {claim.number} reports"
        return line + Text(f", {who(claim.says)}, {claim.says.at}{times}", style="dim")

    def _names(self, codes: Iterable[str]) -> Iterator[Text]:
        if names := ", ".join(country_name(code, self._countries) for code in codes):
            yield Text(names)

    def _name(self, code: str) -> Text:
        return Text(country_name(code, self._countries))


def _grid(more: int, justify: JustifyMethod = "left") -> Table:
    """A first column and `more` of them, without lines."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column()
    for _ in range(more):
        table.add_column(justify=justify)
    return table


def _numbers(total: Total) -> dict[str, int]:
    sides = {side.value: len(total.sides[side]) for side in reversed(Side)}
    return {**sides, "unknown": len(total.unknown)}


def _since(place: Place) -> str:
    return f"{place.stance.since.at:%Y-%m-%d}" if place.stance.since else ""


def _says(place: Place) -> str:
    """Who says so, on which terms, and what is not settled about it."""
    told = [who(place.says)] if place.says else []
    told += [] if place.own else ["only said by others"]
    told += _terms(place)
    if place.stance.standing is not Standing.ESTABLISHED:
        told.append(place.stance.standing)
    return "; ".join(told)


def _terms(place: Place) -> list[str]:
    stance = place.stance
    condition = one_line(stance.condition) if stance.condition else "conditional"
    scope = scope_words(stance.whose, stance.where)
    return [*([] if stance.condition is None else [condition]), *([scope] if scope else [])]
