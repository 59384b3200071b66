"""The pages and the records that `backtest` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from rich.table import Table
from rich.text import Text

from stancewatch.core.backtest import Alert
from stancewatch.core.compose import office_words
from stancewatch.core.moment import iso
from stancewatch.core.score import Tally
from stancewatch.core.stance import Shift
from stancewatch.core.topic import Policy
from stancewatch.core.truth import Check, Missed, Right, Score, SideChange, Wrong
from stancewatch.core.watch import Reading
from stancewatch.jobs.backtest import Backtest, Evidence, Run
from stancewatch.sinks.text import one_line

Row = dict[str, Any]
Page = Iterator[Table | Text]


def _table(title: str, *columns: str, left: int = 1) -> Table:
    """The first `left` columns hold words, the others numbers."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place < left else "right", overflow="fold")
    return table


def _apart(table: Table) -> Page:
    yield from (Text(), table)


# --- A against B ---


def compared(result: Backtest) -> Page:
    yield from basis([("A", result.a.evidence), ("B", result.b.evidence)])
    yield Text(f"What differs: {', '.join(result.differ) or 'nothing'}.")
    yield from _apart(_totals(result))
    yield Text()
    found = result.comparison
    yield Text(
        f"{len(found.appear)} would appear, {len(found.vanish)} would vanish,"
        f" {len(found.move)} would move; {found.same} stay as they are.",
        style="bold",
    )
    changes = list(_changed(result))
    if changes:
        yield from _apart(_changes_table(changes))
        yield Text()
        for number, (_, _, alert) in enumerate(changes, 1):
            yield from _quote_lines(number, alert)


def _changed(result: Backtest) -> Iterator[tuple[str, Alert | None, Alert]]:
    """What changes, what A tells of it where both tell, and the alert that speaks for it."""
    found = result.comparison
    yield from (("appears", None, alert) for alert in found.appear)
    yield from (("vanishes", None, alert) for alert in found.vanish)
    for move in found.move:
        yield f"moves: {', '.join(move.differs)}", move.a, move.b


def _changes_table(changes: Sequence[tuple[str, Alert | None, Alert]]) -> Table:
    columns = ("", "what", "happened", "country", "shift", "told", "route")
    table = _table("What would change", *columns, left=len(columns))
    for number, (what, before, alert) in enumerate(changes, 1):
        if before:
            table.add_row(str(number), what, *_cells(before))
            table.add_row("", "  becomes", *_cells(alert))
        else:
            table.add_row(str(number), what, *_cells(alert))
    return table


def _cells(alert: Alert) -> tuple[str, ...]:
    item = alert.item
    return (
        f"{item.happened_at.at:%Y-%m-%d}",
        item.name,
        _levels(item.from_level, item.to_level),
        f"{alert.told_at:%Y-%m-%d %H:%M}",
        alert.route if alert.route == alert.place else f"{alert.route} ({alert.place})",
    )


def basis(found: Sequence[tuple[str, Evidence]]) -> Iterator[Text]:
    """Which way was taken, and why."""
    for name, each in found:
        read = f", {each.counts.articles:,} read again" if each.counts.articles else ""
        failed = f", {each.counts.failures:,} could not be read" if each.counts.failures else ""
        label = f"{name}  " if name else ""
        yield Text(
            f"{label}{each.house.settings.rules}: from {each.how}{read}{failed} ({each.why})"
        )


def _totals(result: Backtest) -> Table:
    table = _table("On all days of the ledger each would have sent", "", "A", "B")
    both = result.a.simulated, result.b.simulated
    table.add_row("alerts", *(str(len(each.alerts)) for each in both))
    table.add_row("messages", *(str(each.messages) for each in both))
    for reason in sorted({*both[0].withheld, *both[1].withheld}):
        table.add_row(f"  {reason}", *(str(each.withheld.get(reason, 0)) for each in both))
    return table


def _quote_lines(number: int, alert: Alert) -> Iterator[Text]:
    now = alert.item.now
    yield Text(f"{number:>3} “{one_line(now.words)}”")
    who = ", ".join(filter(None, (now.speaker, now.office, now.outlet)))
    yield Text(f"    {one_line(who)}; {one_line(alert.item.because)}", style="dim")


def _levels(before: str | None, after: str) -> str:
    return f"{before or 'no known position'} → {after}"


def compared_rows(result: Backtest) -> Iterator[Row]:
    for name, run in (("A", result.a), ("B", result.b)):
        yield {**basis_row(name, run.evidence), **_sent_row(run)}
    found = result.comparison
    for alert in found.appear:
        yield _change_row("appears", None, alert)
    for alert in found.vanish:
        yield _change_row("vanishes", alert, None)
    for move in found.move:
        yield {**_change_row("moves", move.a, move.b), "differs": list(move.differs)}
    yield {
        "type": "summary",
        "differ": list(result.differ),
        "appear": len(found.appear),
        "vanish": len(found.vanish),
        "move": len(found.move),
        "same": found.same,
    }


def basis_row(name: str, found: Evidence) -> Row:
    return {
        "type": "rules",
        "name": name,
        "rules": str(found.house.settings.rules),
        "from": found.how,
        "why": found.why,
        "articles_read": found.counts.articles,
        "failures": found.counts.failures,
    }


def _sent_row(run: Run) -> Row:
    sent = run.simulated
    return {
        "alerts": len(sent.alerts),
        "messages": sent.messages,
        "withheld": dict(sorted(sent.withheld.items())),
    }


def _change_row(change: str, a: Alert | None, b: Alert | None) -> Row:
    known = b or a
    assert known is not None
    return {
        "type": "notification",
        "change": change,
        "country": known.item.country,
        "topic": known.topic,
        "a": _alert_row(a),
        "b": _alert_row(b),
    }


def _alert_row(alert: Alert | None) -> Row | None:
    if alert is None:
        return None
    item, now = alert.item, alert.item.now
    return {
        "from": item.from_level,
        "to": item.to_level,
        "happened_at": str(item.happened_at),
        "told_at": iso(alert.told_at),
        "route": alert.route,
        "place": alert.place,
        "because": item.because,
        "quote": now.words,
        "speaker": now.speaker,
        "office": now.office,
        "outlet": now.outlet,
        "url": now.url,
    }


# --- Against a truth list ---


def scored(result: Score, policy: Policy) -> Page:
    yield from _apart(_positions(result))
    yield from _apart(_changes(result))
    yield Text()
    yield from _named(result)
    yield from _apart(_confusion(result, policy))
    yield from _apart(_reliability(result))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else ""


def _positions(result: Score) -> Table:
    whole = len(result.checks)
    table = _table("A week after each truth", "the history has", "share", "right", "of")
    for name, right in (
        ("the right level", result.right_levels),
        ("the right side", result.right_sides),
    ):
        table.add_row(name, _share(right, whole), str(right), str(whole))
    return table


def _changes(result: Score) -> Table:
    tally = result.side_changes
    table = _table("Changes of side, within a week", "", "share", "right", "of")
    table.add_row("precision", *_ratio(tally, tally.found))
    table.add_row("recall", *_ratio(tally, tally.gold))
    table.add_row("of countries that never moved", "", "", str(len(result.never_moved)))
    table.add_row("that the list cannot judge", "", "", str(len(result.unjudged)))
    if result.right:
        delays = sorted(each.delay for each in result.right)
        articles = sorted(each.articles for each in result.right)
        middle = len(delays) // 2
        table.add_row("delay, median (hours)", _hours(delays[middle]), "", "")
        table.add_row("delay, longest (hours)", _hours(delays[-1]), "", "")
        table.add_row("articles it took after the first, median", str(articles[middle]), "", "")
        table.add_row("articles it took after the first, most", str(articles[-1]), "", "")
    return table


def _ratio(tally: Tally, whole: int) -> tuple[str, str, str]:
    return _share(tally.both, whole), str(tally.both), str(whole)


def _hours(delay: timedelta) -> str:
    return f"{delay.total_seconds() / 3600:.1f}"


def _named(result: Score) -> Iterator[Text]:
    for right in result.right:
        yield Text.assemble(("Right  ", "bold green"), _right_words(right))
    for wrong in result.wrong:
        never = " (it never moved)" if wrong.never_moved else ""
        yield Text.assemble(("Wrong  ", "bold red"), _shift_words(wrong.shift), never)
        if wrong.evidence:
            yield from _reading_lines(wrong.evidence, wrong.shift.because)
    for missed in result.missed:
        yield from _missed_lines(missed)
    for shift in result.unjudged:
        yield Text.assemble(("Unjudged  ", "dim"), _shift_words(shift))


def _right_words(right: Right) -> str:
    found = f"found on {right.shift.happened_at.at:%Y-%m-%d}"
    after = f"told {_hours(right.delay)} h and {right.articles} article(s) after the first report"
    return f"{_change_words(right.change)}; {found}, {after}"


def _change_words(change: SideChange) -> str:
    truth = change.truth
    return f"{truth.day}  {truth.country}: {_levels(change.before.level, truth.level)}"


def _shift_words(shift: Shift) -> str:
    on = f"{shift.happened_at.at:%Y-%m-%d}"
    return f"{on}  {shift.key[0]}: {_levels(shift.from_level, shift.to_level)}"


def _missed_lines(missed: Missed) -> Iterator[Text]:
    truth = missed.change.truth
    yield Text.assemble(("Missed  ", "bold yellow"), _change_words(missed.change))
    who = ", ".join(filter(None, (truth.speaker, office_words(truth.office))))
    said = ": ".join(filter(None, (who, truth.summary)))
    yield Text(f"    {one_line(said or 'the list gives no words')}")
    if truth.reference:
        yield Text(f"    {one_line(truth.reference)}", style="dim")
    for reading, why in missed.heard:
        yield from _reading_lines(reading, why)
    if not missed.heard:
        yield Text("    nothing was heard of it", style="dim")


def _reading_lines(reading: Reading, why: str) -> Iterator[Text]:
    yield Text(f"    “{one_line(reading.quote)}”")
    who = ", ".join(filter(None, (reading.speaker, office_words(reading.office), reading.outlet)))
    yield Text(f"    {one_line(who)}, {reading.at or 'undated'}; {why}", style="dim")


def _confusion(result: Score, policy: Policy) -> Table:
    names = [level.name for level in policy.levels]
    table = _table("Levels: true down, found across", "", *names, "unknown")
    for wanted in names:
        cells = (str(result.confusion.get((wanted, got), 0)) for got in (*names, None))
        table.add_row(wanted, *cells)
    return table


def _reliability(result: Score) -> Table:
    columns = ("confidence from", "shifts", "right level", "right side", "share")
    table = _table("Is a shift's confidence what it says?", *columns)
    for band in result.reliability:
        counts = (str(n) for n in (band.shifts, band.right_level, band.right_side))
        table.add_row(f"{band.low / 1000:.1f}", *counts, _share(band.right_side, band.shifts))
    return table


def scored_rows(result: Score, name: str) -> Iterator[Row]:
    tally = result.side_changes
    yield {
        "type": "score",
        "name": name,
        "truths": len(result.checks),
        "right_levels": result.right_levels,
        "right_sides": result.right_sides,
        "side_changes": {"right": tally.both, "found": tally.found, "true": tally.gold},
        "precision": round(tally.precision, 3),
        "recall": round(tally.recall, 3),
        "never_moved": len(result.never_moved),
        "unjudged": len(result.unjudged),
    }
    rows = [
        *(_check_row(check) for check in result.checks),
        *(_right_row(each) for each in result.right),
        *(_wrong_row(each) for each in result.wrong),
        *(_missed_row(each) for each in result.missed),
        *(_shift_row("unjudged", each) for each in result.unjudged),
        *_counts_rows(result),
    ]
    for row in rows:
        yield {**row, "name": name}


def _check_row(check: Check) -> Row:
    return {
        "type": "position",
        "country": check.truth.country,
        "date": str(check.truth.day),
        "stance": check.truth.level,
        "on": str(check.on),
        "found": check.found,
    }


def _shift_row(judged: str, shift: Shift) -> Row:
    return {
        "type": "side-change",
        "judged": judged,
        "country": shift.key[0],
        "topic": shift.key[1],
        "from": shift.from_level,
        "to": shift.to_level,
        "happened_at": str(shift.happened_at),
        "established_at": str(shift.established_at),
        "confidence": shift.confidence / 1000,
        "because": shift.because,
    }


def _right_row(right: Right) -> Row:
    return {
        **_shift_row("right", right.shift),
        "date": str(right.change.truth.day),
        "delay_hours": round(right.delay.total_seconds() / 3600, 2),
        "delay_articles": right.articles,
    }


def _wrong_row(wrong: Wrong) -> Row:
    evidence = wrong.evidence
    return {
        **_shift_row("wrong", wrong.shift),
        "never_moved": wrong.never_moved,
        "quote": evidence.quote if evidence else None,
        "url": evidence.url if evidence else None,
    }


def _missed_row(missed: Missed) -> Row:
    truth = missed.change.truth
    return {
        "type": "side-change",
        "judged": "missed",
        "country": truth.country,
        "topic": truth.topic,
        "from": missed.change.before.level,
        "to": truth.level,
        "date": str(truth.day),
        "summary": truth.summary,
        "reference": truth.reference,
        "heard": [
            {"quote": reading.quote, "url": reading.url, "why": why}
            for reading, why in missed.heard
        ],
    }


def _counts_rows(result: Score) -> Iterator[Row]:
    for (wanted, got), number in sorted(result.confusion.items(), key=str):
        yield {"type": "level", "true": wanted, "found": got, "number": number}
    for band in result.reliability:
        yield {
            "type": "confidence",
            "from": band.low / 1000,
            "shifts": band.shifts,
            "right_level": band.right_level,
            "right_side": band.right_side,
        }
