"""Tables and stories for a person. Everything that came from outside is shown as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from stancewatch.core.actor import Country
from stancewatch.core.compose import office_words, scope_words
from stancewatch.core.ruling import SHORT
from stancewatch.core.stance import Stance, Standing
from stancewatch.core.topic import Policy, Side
from stancewatch.core.watch import Reading
from stancewatch.core.weigh import HOW
from stancewatch.sinks.text import one_line, shorten

if TYPE_CHECKING:
    from stancewatch.jobs.asking import Asking
    from stancewatch.stores.ledger import SqlLedger
    from stancewatch.stores.ledger.queries import When

NARROWEST = 20  # of the last column, on however small a terminal
QUOTED = (0, 0, 0, 4)  # the margin of evidence
COLOURS = {Side.AGAINST: "red", Side.OPEN: "yellow", Side.FOR: "green"}


class _Out(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # rich would end the process with 1


def console() -> Console:
    """Standard output: colours on a terminal only, no markup read from what is printed."""
    return _Out(markup=False, highlight=False, emoji=False, soft_wrap=False)


def level_text(level: str | None, policy: Policy | None) -> Text:
    if level is None:
        return Text("unknown", style="dim")
    return Text(level, style=COLOURS[policy.side(level)] if policy else "")


def stance_table(house: Asking, ledger: SqlLedger, when: When | None = None) -> None:
    """Where everyone stands: one row a country, the latest movers first."""
    day, eras = (when and when.day) or house.settings.now(), house.eras
    stances = ledger.stances(when) if when else ledger.stances()
    known = [each.on(day, eras.get(each.key[0], ())) for each in stances if each.level]
    readings = ledger.readings({each for stance in known for each in stance.evidence[:1]})
    out = console()
    if not known:
        out.print("No position is known yet.")
    for topic in sorted({stance.key[1] for stance in known}):
        rows = sorted(
            (stance for stance in known if stance.key[1] == topic),
            key=lambda s: (str(s.since), s.key[0]),
            reverse=True,
        )
        out.print(_table(house, topic, rows, readings, out.width))


def _table(
    house: Asking,
    topic: str,
    stances: Sequence[Stance],
    readings: Mapping[str, Reading],
    width: int,
) -> Table:
    """One line a country: what does not fit is one `history` away."""
    title = house.book.topics[topic].title if topic in house.book.topics else topic
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    policy = house.policies.get(topic)
    rows = [
        (
            Text(country_name(stance.key[0], house.book.actors.countries)),
            level_text(stance.level, policy) + Text(_mark(stance), style="dim"),
            Text(f"{stance.since.at:%Y-%m-%d}" if stance.since else ""),
        )
        for stance in stances
    ]
    widths = [max(row[place].cell_len for row in rows) for place in range(3)]
    for name, widest in zip(("Country", "Stance", "Since"), widths, strict=True):
        table.add_column(name, no_wrap=True, min_width=widest)
    table.add_column("Says who", no_wrap=True)
    left = max(NARROWEST, width - sum(widths) - 2 * len(widths))
    for row, stance in zip(rows, stances, strict=True):
        table.add_row(*row, shorten(_says_who(stance, readings), left))
    return table


def _mark(stance: Stance) -> str:
    """What is particular of it: " if" for a condition, a standing that is not settled."""
    condition = "" if stance.condition is None else ", if"
    return condition + ("" if stance.standing is Standing.ESTABLISHED else f" ({stance.standing})")


def _says_who(stance: Stance, readings: Mapping[str, Reading]) -> str:
    found = [readings[each] for each in stance.evidence if each in readings]
    told = [f"pending: {stance.pending_level}"] if stance.pending_level else []
    told += [who(found[0])] if found else []
    if stance.condition:
        told.append(one_line(stance.condition))
    if scope := scope_words(stance.whose, stance.where):
        told.append(scope)
    return "; ".join(told)


def who(reading: Reading) -> str:
    """ "Keir Starmer, prime minister, own words, North Sea Post"."""
    how = "baseline" if reading.kind == "baseline" else HOW[reading.evidence]
    office = office_words(reading.office) or ""
    parts = (reading.speaker or "", office, how, reading.outlet)
    return one_line(", ".join(part for part in parts if part))


def country_name(code: str, countries: Mapping[str, Country]) -> str:
    country = countries.get(code)
    return country.name if country else code


def print_quotes(out: Console, readings: Iterable[Reading]) -> None:
    """Each piece of evidence: its words, who says so, its short id, and the link in one piece."""
    for reading in readings:
        words = one_line(reading.quote)
        told = words if reading.kind == "baseline" else f"“{words}”"
        out.print(Padding(Text(told), QUOTED, expand=False))
        out.print(
            Padding(
                Text(f"{who(reading)}, {reading.at or 'undated'}{_name(reading)}", style="dim"),
                QUOTED,
                expand=False,
            )
        )
        if reading.url:
            # Never broken: a reader wants to click or copy it.
            link = Text(f"{' ' * QUOTED[3]}{one_line(reading.url)}", style="dim")
            out.print(link, soft_wrap=True)


def _name(reading: Reading) -> str:
    """The beginning of its id, for `ruling add`; a baseline is changed in its own file."""
    return "" if reading.kind == "baseline" else f", {reading.id[:SHORT]}"
