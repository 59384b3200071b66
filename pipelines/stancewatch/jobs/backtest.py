"""What would have been told under other rules, and how well the history tells what did happen.

    ledger -> evidence of each rule set -> fold -> what each would have sent -> compared
                      |
                      stored readings, if only watches, routes, silences or the policy differ
                      stored texts, read again into a ledger in a temporary folder, if not

The user's ledger is only read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from stancewatch.core.backtest import Alert, Comparison, Simulated, compare, simulate
from stancewatch.core.decide import Circumstances
from stancewatch.core.incident import Knowledge
from stancewatch.core.occurrence import Occurrence
from stancewatch.core.ruling import ruled
from stancewatch.core.stance import History
from stancewatch.core.truth import Record, Score, Span, Truth, score
from stancewatch.core.watch import Key, Reading
from stancewatch.jobs.deliver import summits
from stancewatch.jobs.folding import fold
from stancewatch.jobs.prepare import CHUNK, chunks, prepare
from stancewatch.jobs.spine import Counts, run_spine
from stancewatch.jobs.wiring import House
from stancewatch.stores.ledger import SqlLedger
from stancewatch.stores.rulebook import Rulebook
from stancewatch.stores.rulebook.canonical import TOLD_ONLY, digest_of

STORED = "stored readings"
REREAD = "stored texts"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that one rule set makes of the ledger's articles. `how` and `why` say where it came
    from; `counts` are those of the texts that were read again."""

    house: House
    how: str
    why: str
    readings: Mapping[Key, tuple[Reading, ...]]
    summits: Sequence[Occurrence]
    counts: Counts

    def serves(self, house: House) -> bool:
        """Whether the other rules would find the same in the same texts, and watch no more."""
        return not _texts_differ(self.house.book, house.book) and _covered(house) <= _covered(
            self.house
        )

    def of(self, house: House, why: str) -> Evidence:
        """As much of it as these rules watch."""
        kept = {key: self.readings.get(key, ()) for key in sorted(_covered(house))}
        return replace(self, house=house, why=why, readings=kept)

    def histories(self) -> Mapping[Key, History]:
        return {key: fold(self.house, key, found) for key, found in self.readings.items()}


# --- Which evidence ---


def evidence(houses: Sequence[House], ledger: SqlLedger, now: datetime) -> list[Evidence]:
    """That of each house, in order. Texts are read again only where stored readings do not do."""
    found: list[Evidence] = []
    filer = next((house for house in houses if _filed_under(ledger, house)), None)
    sources = [_stored(filer, ledger)] if filer else []
    for house in houses:
        source = next((each for each in sources if each.serves(house)), None)
        if source is None:
            source = _reread(house, ledger, now, _why_reread(house, filer))
            sources.append(source)
        found.append(source.of(house, _why(house, source)))
    return found


def _filed_under(ledger: SqlLedger, house: House) -> bool:
    """Whether everything in the ledger was read with these very rules and this detector."""
    return next(ledger.filed_otherwise(house.reader), None) is None


def _covered(house: House) -> set[Key]:
    return {
        (country, topic)
        for watch in house.book.watches
        for country in watch.countries
        for topic in watch.topics
        if topic in house.policies
    }


def _stored(house: House, ledger: SqlLedger) -> Evidence:
    why = "the ledger was filed under these rules"
    return _evidence(house, ledger, STORED, why, Counts())


def _evidence(house: House, ledger: SqlLedger, how: str, why: str, counts: Counts) -> Evidence:
    return Evidence(
        house=house,
        how=how,
        why=why,
        readings={key: ledger.evidence(key).readings for key in sorted(_covered(house))},
        summits=summits(ledger, house.book.topics.values()),
        counts=counts,
    )


def _reread(house: House, ledger: SqlLedger, now: datetime, why: str) -> Evidence:
    """Every stored revision through the spine, into a ledger that is thrown away. What analysts
    ruled stays in force."""
    with TemporaryDirectory(prefix="stancewatch-") as folder:
        url = f"sqlite:///{Path(folder) / 'ledger.sqlite'}"
        apart = replace(house, settings=replace(house.settings, ledger=url))
        with apart.ledger() as fresh:
            counts = prepare(apart, fresh, now)
            # No reader has the name "": these are all articles.
            for chunk in chunks(ledger.filed_otherwise(""), CHUNK):
                counts += run_spine(chunk, apart.spine(now), apart.beam)
            found = _evidence(apart, fresh, REREAD, why, counts)
    marked = {key: ruled(each, ledger.rulings_on(key)) for key, each in found.readings.items()}
    return replace(found, house=house, readings=marked)


def _why(house: House, source: Evidence) -> str:
    if house is source.house:
        return source.why
    changed = ", ".join(different(source.house.book, house.book)) or "nothing"
    return f"what differs from the other rules ({changed}) finds nothing else in the same texts"


def _why_reread(house: House, filer: House | None) -> str:
    if filer is None or filer is house:
        return "the ledger was filed under other rules or by another detector"
    if changed := _texts_differ(filer.book, house.book):
        return f"{', '.join(changed)}: the same texts may be read otherwise"
    more = sorted(_covered(house) - _covered(filer))
    named = ", ".join("/".join(key) for key in more[:3]) + (", ..." if len(more) > 3 else "")
    return f"{named}: not watched by the rules that the ledger was filed under"


# --- What differs between rules ---


def different(a: Rulebook, b: Rulebook) -> list[str]:
    """The parts of two sets of rules that say other things, in words."""
    return [*_texts_differ(a, b), *_unequal(_telling_parts(a), _telling_parts(b))]


def _texts_differ(a: Rulebook, b: Rulebook) -> list[str]:
    """The parts that decide what is found in a text."""
    return _unequal(_text_parts(a), _text_parts(b))


def _unequal(a: Mapping[str, str], b: Mapping[str, str]) -> list[str]:
    return [name for name in sorted({*a, *b}) if a.get(name) != b.get(name)]


def _text_parts(book: Rulebook) -> dict[str, str]:
    parts = {
        "actors": digest_of(book.actors, without=TOLD_ONLY),
        "sources": digest_of(book.outlets),
    }
    for name, topic in book.topics.items():
        levels = [level.name for level in topic.policy.levels] if topic.policy else []
        parts[f"words of {name}"] = digest_of(topic, levels, without=TOLD_ONLY | {"policy"})
    return parts


def _telling_parts(book: Rulebook) -> dict[str, str]:
    parts = {
        "watches": digest_of(book.watches),
        "routes": digest_of(book.routes),
        "silences": digest_of(book.silences),
    }
    for name, topic in book.topics.items():
        if topic.policy:
            parts[f"policy of {name}"] = digest_of(topic.policy, without=TOLD_ONLY)
    return parts


# --- What each would have sent ---


@dataclass(frozen=True, slots=True)
class Run:
    """One rule set over the ledger: its evidence, and what it would have sent."""

    evidence: Evidence
    simulated: Simulated

    @property
    def rules(self) -> str:
        return str(self.evidence.house.settings.rules)


@dataclass(frozen=True, slots=True)
class Backtest:
    a: Run
    b: Run
    differ: Sequence[str]
    comparison: Comparison


def against(a: Evidence, b: Evidence, now: datetime, span: Span) -> Backtest:
    """What B would have sent in these days instead of A."""
    one, other = _run(a, now), _run(b, now)
    differ = different(a.house.book, b.house.book)
    return Backtest(one, other, differ, compare(_sent(one, span), _sent(other, span)))


def _sent(run: Run, span: Span) -> list[Alert]:
    """All was simulated, for one alert throttles another; only these days are compared."""
    return [each for each in run.simulated.alerts if span.holds(each.happened_at.at.date())]


def _run(found: Evidence, now: datetime) -> Run:
    house = found.house
    around = Circumstances(
        now=now,
        policies=house.policies,
        watches=house.book.watches,
        routes=house.book.routes,
        silences=house.book.silences,
    )
    known = Knowledge(
        readings={each.id: each for readings in found.readings.values() for each in readings},
        countries=house.book.actors.countries,
        summits=found.summits,
        command=house.settings.command,
    )
    return Run(found, simulate(found.histories().values(), around, known))


# --- What did happen ---


def measure(found: Evidence, truths: Sequence[Truth], topic: str, span: Span) -> Score:
    """The history under one set of rules against the list."""
    return score(truths, dict(_records(found, topic)), found.house.policies[topic], span)


def _records(found: Evidence, topic: str) -> Iterator[tuple[str, Record]]:
    for key, history in found.histories().items():
        if key[1] == topic:
            readings = {reading.id: reading for reading in found.readings[key]}
            yield key[0], Record(history, readings)
