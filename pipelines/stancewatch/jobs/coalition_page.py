"""Who stands where, as one HTML page that needs nothing else: for a wall, a mail or a printer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from stancewatch.core.actor import Country
from stancewatch.core.coalition import Claim, Move, Place, Total, View
from stancewatch.core.compose import office_words, scope_words
from stancewatch.core.moment import Moment
from stancewatch.core.stance import Standing
from stancewatch.core.topic import Side
from stancewatch.core.watch import Reading
from stancewatch.core.weigh import HOW
from stancewatch.jobs.page import page
from stancewatch.sinks.text import one_line, web_link

STYLE = """\
:root { --for: #1a7f4b; --open: #b7791f; --against: #b3362b; --unknown: #c9ccd1; }
* { box-sizing: border-box; }
body { font: 15px/1.45 -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; color: #1f2328;
  background: #fff; max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.5rem; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1rem; margin: 2rem 0 0.6rem; padding-bottom: 0.25rem;
  border-bottom: 1px solid #d8dbe0; break-after: avoid; }
header p, .aside { color: #626a73; margin: 0.2rem 0 0; }
ul { list-style: none; margin: 0; padding: 0; }
li, p, td { unicode-bidi: isolate; overflow-wrap: anywhere; }
li { break-inside: avoid; margin: 0 0 0.7rem; }
.scale { display: grid; gap: 1.2rem;
  grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); }
.scale section { border-top-width: 4px; border-top-style: solid; padding-top: 0.5rem; }
.scale h3 { font-size: 0.95rem; margin: 0 0 0.6rem; }
.columns { columns: 2; column-gap: 2rem; }
.for { border-color: var(--for); } .open { border-color: var(--open); }
.against { border-color: var(--against); }
b.for { color: var(--for); } b.open { color: var(--open); }
b.against { color: var(--against); }
b { font-weight: 600; }
q { display: block; font-size: 0.88rem; }
time { white-space: nowrap; }
small, .aside { font-size: 0.85rem; color: #626a73; }
a { color: inherit; }
table { border-collapse: collapse; width: 100%; }
td { padding: 0.15rem 1rem 0.15rem 0; vertical-align: middle; }
td:first-child { width: 16rem; }
.bar { display: flex; height: 1.15rem; border-radius: 3px; overflow: hidden; font-size: 0.75rem;
  color: #fff; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.bar i { font-style: normal; text-align: center; min-width: 1.1rem; }
.bar .for { background: var(--for); } .bar .open { background: var(--open); }
.bar .against { background: var(--against); }
.bar .unknown { background: var(--unknown); color: #1f2328; }
@media (max-width: 40rem) { .columns { columns: 1; } td:first-child { width: 8rem; } }
@page { margin: 14mm; }
@media print { body { padding: 0; max-width: none; font-size: 10pt; } }
"""


def coalition_page(
    views: Sequence[View], titles: Mapping[str, str], countries: Mapping[str, Country]
) -> str:
    """One page for all topics. All that comes from outside is escaped."""
    parts = (_Sheet(view, countries).html(titles[view.question.topic]) for view in views)
    return page("Who stands where", STYLE, "\n".join(parts))


class _Sheet:
    """One topic of the page."""

    def __init__(self, view: View, countries: Mapping[str, Country]) -> None:
        self._view = view
        self._countries = countries

    def html(self, title: str) -> str:
        question = self._view.question
        head = (
            f"<header><h1>{escape(title)}</h1><p>As things stood on {question.day:%Y-%m-%d};"
            f" movement of {question.lately.days} days</p></header>"
        )
        return head + "".join(self._sections())

    def _sections(self) -> Iterator[str]:
        view, days = self._view, self._view.question.lately.days
        columns = "".join(self._level(*level) for level in view.levels)
        yield f'<h2>Who stands where</h2><div class="scale">{columns}</div>'
        yield f"<h2>How many</h2><table>{''.join(map(_total, view.totals))}</table>{LEGEND}"
        yield _list(f"Who moved in the last {days} days", map(self._move, view.moves))
        yield _list("Promised", map(self._pledge, view.promised), "columns")
        yield _list("Signed, decided or under way", map(self._pledge, view.done), "columns")
        yield _list("Unsettled", map(self._unsettled, view.unsettled), "columns")
        claims = map(self._claim, view.claims)
        yield _list(f"Spoken for by others, last {days} days", claims, "columns")
        if view.silent:
            yield f'<h2>Not heard of</h2><p class="aside">{self._names(view.silent)}</p>'

    def _level(self, level: str, places: Sequence[Place]) -> str:
        side = self._view.question.policy.side(level)
        items = "".join(f"<li>{self._place(place)}</li>" for place in places)
        return (
            f'<section class="{side}"><h3>{escape(level)} ({len(places)})</h3>'
            f"<ul>{items}</ul></section>"
        )

    def _place(self, place: Place) -> str:
        marks = [*_terms(place), *([] if place.own else ["only said by others"])]
        if place.stance.standing is not Standing.ESTABLISHED:
            marks.append(place.stance.standing)
        told = f"<br><small>{_plain('; '.join(marks))}</small>" if marks else ""
        who = f"<br><small>{_who(place.says)}</small>" if place.says else ""
        return f"<b>{self._name(place.country)}</b> {_date(place.stance.since)}{told}{who}"

    def _move(self, move: Move) -> str:
        shift = move.shift
        crosses = ", <b>changed side</b>" if move.crosses else ""
        head = (
            f"{_date(shift.happened_at)} <b>{self._name(shift.key[0])}</b>:"
            f" {self._coloured(shift.from_level)} → {self._coloured(shift.to_level)}{crosses}"
        )
        return f"{head} <small>({_plain(shift.because)})</small>{_quote(move.says)}"

    def _pledge(self, place: Place) -> str:
        terms = "".join(f"; {_plain(each)}" for each in _terms(place))
        return f"{self._position(place)}{terms}"

    def _unsettled(self, place: Place) -> str:
        parts = [self._position(place)]
        if place.stance.standing not in (Standing.ESTABLISHED, Standing.PENDING):
            parts.append(f", {place.stance.standing}{_quote(place.opposed)}")
        if place.pending:
            why = f"<small>({_plain(place.pending.why)})</small>" if place.pending.why else ""
            parts.append(f" pending {self._coloured(place.pending.level)} {why}")
            parts.append(_quote(place.pending.says))
        return f"{''.join(parts)}<p class=aside>Would settle it: {escape(place.settles)}</p>"

    def _claim(self, claim: Claim) -> str:
        name, level = self._name(claim.country), self._coloured(claim.says.level)
        times = "" if claim.number == 1 else f" <small>({claim.number} reports)</small>"
        return f"<b>{name}</b>: {level}{times}{_quote(claim.says)}"

    def _position(self, place: Place) -> str:
        return f"<b>{self._name(place.country)}</b>: {self._coloured(place.stance.level)}"

    def _coloured(self, level: str | None) -> str:
        if level is None:
            return "<small>unknown</small>"
        return f'<b class="{self._view.question.policy.side(level)}">{escape(level)}</b>'

    def _name(self, code: str) -> str:
        country = self._countries.get(code)
        return _plain(country.name if country else code)

    def _names(self, codes: Iterable[str]) -> str:
        return ", ".join(map(self._name, codes))


LEGEND = (
    '<p class="aside">for <b class="for">■</b> &nbsp; open <b class="open">■</b> &nbsp;'
    ' against <b class="against">■</b> &nbsp; the rest: nothing known</p>'
)


def _total(total: Total) -> str:
    numbers = {side.value: len(total.sides[side]) for side in reversed(Side)}
    numbers["unknown"] = len(total.unknown)
    bar = "".join(
        f'<i class="{name}" style="flex:{number}">{number}</i>'
        for name, number in numbers.items()
        if number
    )
    return f'<tr><td>{_plain(total.name)}</td><td><div class="bar">{bar}</div></td></tr>'


def _list(title: str, items: Iterable[str], kind: str = "") -> str:
    """Nothing at all where there are no items: an empty heading says nothing."""
    body = "".join(f"<li>{item}</li>" for item in items)
    return f'<h2>{escape(title)}</h2><ul class="{kind}">{body}</ul>' if body else ""


def _terms(place: Place) -> list[str]:
    stance = place.stance
    condition = stance.condition or "conditional"
    scope = scope_words(stance.whose, stance.where)
    return [*([] if stance.condition is None else [condition]), *([scope] if scope else [])]


def _quote(reading: Reading | None) -> str:
    """The words in quotation marks, or the summary of a baseline without, and who says so."""
    if reading is None:
        return ""
    tag = "p" if reading.kind == "baseline" else "q"
    return f"<{tag}>{_plain(reading.quote)}</{tag}><small>{_who(reading)}</small>"


def _who(reading: Reading) -> str:
    office = office_words(reading.office) or ""
    how = "baseline" if reading.kind == "baseline" else HOW[reading.evidence]
    told = ", ".join(part for part in (reading.speaker or "", office, how) if part)
    return f"{_plain(told)}, {_outlet(reading)}"


def _outlet(reading: Reading) -> str:
    link, name = web_link(reading.url), _plain(reading.outlet)
    return f'<a href="{escape(link.href)}">{name}</a>' if link else name


def _date(moment: Moment | None) -> str:
    return f"<small><time>{moment.at:%Y-%m-%d}</time></small>" if moment else ""


def _plain(text: str) -> str:
    return escape(one_line(text))
