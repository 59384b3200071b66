"""How a shift is worded: the sentence that moved it, and the sentence it moved from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from stancewatch.core.actor import Country
from stancewatch.core.article import dateline_end
from stancewatch.core.mention import Where, Whose
from stancewatch.core.notification import Item, Quoted, Summit
from stancewatch.core.occurrence import Occurrence
from stancewatch.core.record import RecordedShift
from stancewatch.core.watch import Reading
from stancewatch.core.weigh import HOW


def quoted(reading: Reading) -> Quoted:
    return Quoted(
        words=reading.quote[dateline_end(reading.quote) :],
        outlet=reading.outlet,
        at=reading.at,
        url=reading.url,
        speaker=reading.speaker,
        office=office_words(reading.office),
        how="baseline" if reading.kind == "baseline" else HOW[reading.evidence],
        verbatim=reading.kind != "baseline",
    )


def office_words(office: str | None) -> str | None:
    """ "prime-minister" as a person says it."""
    return office.replace("-", " ") if office else None


def item_of(
    recorded: RecordedShift,
    readings: Mapping[str, Reading],
    countries: Mapping[str, Country],
    because: str = "",
) -> Item:
    """The shift for a person. Its strongest readings speak for each side of it."""
    shift = recorded.shift
    code = shift.key[0]
    country = countries.get(code) or Country(code, code)
    after = _known(shift.evidence, readings)
    before = _known(shift.before, readings)
    return Item(
        shift_id=recorded.id,
        country=code,
        name=country.name,
        flag=country.flag,
        from_level=shift.from_level,
        to_level=shift.to_level,
        happened_at=shift.happened_at,
        now=quoted(after[0]),
        before=quoted(before[0]) if before else None,
        rule=after[0].rule,
        because=because or shift.because,
        witnesses=shift.witnesses,
        copies=len({reading.article_id for reading in after}),
        condition=shift.condition_now,
        scope=scope_words(shift.whose, shift.where),
    )


def _known(ids: Sequence[str], readings: Mapping[str, Reading]) -> list[Reading]:
    return [readings[each] for each in ids if each in readings]


def scope_words(whose: Whose, where: Where) -> str:
    """ "own troops, inside Ukraine"; '' where nothing is stated."""
    parts = (
        {Whose.OWN: "own troops", Whose.ALLIED: "allied troops"}.get(whose, ""),
        {
            Where.INSIDE: "inside Ukraine",
            Where.OUTSIDE: "outside Ukraine",
            Where.AIR_SEA: "air or sea",
        }.get(where, ""),
    )
    return ", ".join(part for part in parts if part)


def summit_of(occurrence: Occurrence) -> Summit:
    return Summit(
        occurrence.name,
        occurrence.place,
        occurrence.outcome,
        occurrence.at,
        occurrence.quote,
    )


def headline(items: Iterable[Item], summit: Summit | None) -> str:
    """One line: "United Kingdom: reluctant → willing", or how many moved, and where."""
    told = list(items)
    if len(told) == 1 and summit is None:
        return change_words(told[0])
    moved = ", ".join(item.name for item in told[:4]) + (
        f" and {len(told) - 4} more" if len(told) > 4 else ""
    )
    if summit:
        return f"{summit.name} ({summit.outcome}): {moved} moved"
    return f"{len(told)} positions moved: {moved}"


def change_words(item: Item) -> str:
    before = item.from_level or "no known position"
    words = f"{item.name}: {before} → {item.to_level}"
    return f"{words} (retracted)" if item.retracted else words
