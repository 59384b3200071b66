"""Stories of a few articles, played as a live run would have met them (`rules test`).

    arrivals in order of time -> detect -> match -> file -> refold -> decide, each at its own hour
    what the ledger then holds -> compared with what the case expects

The functions of the spine are called one after the other, without Beam around them: a pipeline
for each article would take a second, and they are the same functions. Each case has a ledger of
its own in a temporary folder, and nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from stancewatch.core.article import Article
from stancewatch.core.outlet import Outlets
from stancewatch.core.stance import Shift, Stance, Standing
from stancewatch.core.watch import Key, Reason
from stancewatch.jobs.deliver import Terms, decide_once
from stancewatch.jobs.folding import stance_at
from stancewatch.jobs.wiring import House
from stancewatch.sinks.text import one_line
from stancewatch.stores.ledger import SqlLedger
from stancewatch.stores.rulebook import Case, load_cases
from stancewatch.stores.rulebook.cases import AlertRow, Expected, QuietRow, ShiftRow, StanceRow
from stancewatch.transforms.elements import Detected, SpineSpec
from stancewatch.transforms.match import file_of
from stancewatch.transforms.refold import refold_key

W = TypeVar("W")
G = TypeVar("G")
LONGEST = 8  # decisions shown beside a difference


@dataclass(frozen=True, slots=True)
class Sent:
    """An alert on one country, and when it would have gone out."""

    key: Key
    to_level: str
    at: datetime

    def __str__(self) -> str:
        return f"{self.key[0]} to {self.to_level} at {self.at:%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Result:
    """`differences` has one line for each expectation that does not hold, with file and line."""

    case: Case
    differences: tuple[str, ...]


def read_cases(house: House, paths: Sequence[Path]) -> tuple[Case, ...]:
    """The cases in these files, or in all of the rules' own `tests`."""
    return load_cases(paths or sorted((house.settings.rules / "tests").glob("*.yaml")), house.book)


def run_cases(house: House, cases: Iterable[Case]) -> Iterator[Result]:
    with TemporaryDirectory(prefix="stancewatch-") as folder:
        for number, case in enumerate(cases):
            url = f"sqlite:///{Path(folder) / f'{number}.sqlite'}"
            yield run_case(_house_of(case, house, url), case)


def _house_of(case: Case, house: House, url: str) -> House:
    """These rules, with the case's own outlets, baselines and ledger."""
    own = Outlets.of(case.outlets)
    outlets = Outlets({**house.book.outlets.by_key, **own.by_key})
    return replace(
        house,
        settings=replace(house.settings, ledger=url),
        book=replace(house.book, outlets=outlets),
        baselines=case.baselines,
    )


def run_case(house: House, case: Case) -> Result:
    with house.ledger() as ledger:
        sent = play(house, ledger, case)
        return Result(case, tuple(_differences(house, ledger, case, sent)))


# --- Playing it ---


def play(house: House, ledger: SqlLedger, case: Case) -> list[Sent]:
    """Every article at the hour of its arrival; what was sent, in order."""
    first = case.arrivals[0].at
    spec = house.spine(first)
    for key in ledger.plant(house.baselines, now=first, quiet=Reason.REBUILT):
        refold_key(ledger, key, spec.policies, spec.eras, spec.now)
    teller = _Teller(house, ledger)
    for at, arrivals in groupby(case.arrivals, key=lambda arrival: arrival.at):
        teller.catch_up(at)
        follow([arrival.article for arrival in arrivals], replace(spec, now=at), ledger)
        teller.look(at)
    teller.catch_up(None)
    return teller.sent


def follow(articles: Iterable[Article], spec: SpineSpec, ledger: SqlLedger) -> None:
    """What `jobs.spine` does with these articles. Those filed before are read once more, which
    changes nothing."""
    detector, watches = spec.detector.open(), tuple(spec.watches)
    detected = (Detected(article, detector.detect(article)) for article in articles)
    filings = [file_of(each, spec.outlets, watches) for each in detected]
    for key in ledger.file(filings, reader=spec.reader, now=spec.now, quiet=spec.quiet):
        refold_key(ledger, key, spec.policies, spec.eras, spec.now)


class _Teller:
    """Decides as a monitor that loops does, and remembers what it would have sent."""

    def __init__(self, house: House, ledger: SqlLedger) -> None:
        self._house, self._ledger = house, ledger
        self._again: datetime | None = None
        self._sent: dict[str, Sent] = {}  # by shift: on however many routes it is told

    def catch_up(self, until: datetime | None) -> None:
        """Look at what waits whenever it is due before `until`."""
        while self._again and (until is None or self._again < until):
            self.look(self._again)

    def look(self, now: datetime) -> None:
        planned = decide_once(self._house, self._ledger, now, Terms(may_wait=True))
        self._again = planned.look_again
        levels = {i.shift_id: i.to_level for told in planned.told for i in told.root.items}
        for each in planned.decisions:
            if each.reason == Reason.SENT:
                self._sent.setdefault(each.subject, Sent(each.key, levels[each.subject], now))

    @property
    def sent(self) -> list[Sent]:
        return list(self._sent.values())


# --- Comparing it ---


def _differences(
    house: House, ledger: SqlLedger, case: Case, sent: Sequence[Sent]
) -> Iterator[str]:
    for stance in case.stances:
        yield from _stance(stance, house, ledger)
    yield from _shifts(case, ledger)
    yield from _unmoved(case, ledger)
    if case.alerts is not None:
        yield from _alerts(case, case.alerts, sent)
    for quiet in case.quiet:
        yield from _quiet(quiet, ledger)
    if case.none:
        for each in _anything(house, ledger, sent):
            yield f"{case.none}: expected nothing, got {each}"


def _stance(expected: Expected[StanceRow], house: House, ledger: SqlLedger) -> Iterator[str]:
    row, key = expected.row, expected.key
    end = datetime.combine(row.on + timedelta(days=1), time(), UTC)
    stance = stance_at(house, key, ledger.evidence(key).readings, end)
    got = Held.of(stance)
    wanted = Held(row.level, row.standing, row.conditional)
    if not wanted.met_by(got):
        said = f"expected {wanted}, got {got}"
        yield f"{expected.place}: {key[0]} on {row.on}: {said}{_heard(ledger, key)}"


@dataclass(frozen=True, slots=True)
class Held:
    """A position in the words of an expectation; what is None there may be anything."""

    level: str | None
    standing: Standing | None
    conditional: bool | None

    @classmethod
    def of(cls, stance: Stance | None) -> Held:
        if stance is None:
            return cls(None, None, None)
        return cls(stance.level, stance.standing, stance.condition is not None)

    def met_by(self, other: Held) -> bool:
        return (
            self.level == other.level
            and self.standing in (None, other.standing)
            and self.conditional in (None, bool(other.conditional))
        )

    def __str__(self) -> str:
        words = {True: " on a condition", False: " without a condition", None: ""}
        standing = f" ({self.standing})" if self.standing else ""
        return f"{self.level or 'no position'}{words[self.conditional]}{standing}"


def moves(ledger: SqlLedger, key: Key) -> list[Shift]:
    """What the articles moved: what stood there beforehand is none of it."""
    return [row.shift for row in ledger.shifts(key) if not row.shift.baseline]


def _shifts(case: Case, ledger: SqlLedger) -> Iterator[str]:
    for key in dict.fromkeys(each.key for each in case.shifts):
        wanted = [each for each in case.shifts if each.key == key]
        missing, left = _unmatched(wanted, moves(ledger, key), _fits)
        for expected in missing:
            got = "; ".join(map(_step, left)) or "none"
            said = f"{expected.place}: expected {key[0]} {_expected_step(expected.row)}, got {got}"
            yield said + _heard(ledger, key)
        if not missing:
            place = wanted[0].place
            yield from (f"{place}: {key[0]} was not to move, got {_step(each)}" for each in left)


def _fits(expected: Expected[ShiftRow], shift: Shift) -> bool:
    row = expected.row
    step = (shift.from_level, shift.to_level) == (row.from_, row.to)
    return step and row.happened in (None, shift.happened_at.at.date())


def _expected_step(row: ShiftRow) -> str:
    on = f" on {row.happened}" if row.happened else ""
    return f"{row.from_ or 'no position'} → {row.to}{on}"


def _step(shift: Shift) -> str:
    before = shift.from_level or "no position"
    on = f"{shift.happened_at.at:%Y-%m-%d}"
    return f"{before} → {shift.to_level} on {on} ({shift.because})"


def _unmatched(
    wanted: Sequence[W], got: Sequence[G], fits: Callable[[W, G], bool]
) -> tuple[list[W], list[G]]:
    """What was wanted and not got, and what was got and not wanted; each fits one at most."""
    missing, left = [], list(got)
    for expected in wanted:
        found = next((each for each in left if fits(expected, each)), None)
        if found is None:
            missing.append(expected)
        else:
            left.remove(found)
    return missing, left


def _unmoved(case: Case, ledger: SqlLedger) -> Iterator[str]:
    for place, key in case.unmoved:
        for shift in moves(ledger, key):
            yield f"{place}: {key[0]} was not to move, got {_step(shift)}"


def _alerts(
    case: Case, wanted: Sequence[Expected[AlertRow]], sent: Sequence[Sent]
) -> Iterator[str]:
    missing, left = _unmatched(wanted, sent, _is_told)
    got = "; ".join(map(str, left)) or "none"
    for expected in missing:
        row = expected.row
        on = f" on {row.at}" if row.at else ""
        yield f"{expected.place}: expected an alert on {row.country} to {row.to}{on}, got {got}"
    if not missing:
        yield from (f"{case.alerts_at}: nobody was to be told of {each}" for each in left)


def _is_told(expected: Expected[AlertRow], sent: Sent) -> bool:
    row = expected.row
    return (sent.key, sent.to_level) == (expected.key, row.to) and row.at in (None, sent.at.date())


def _quiet(expected: Expected[QuietRow], ledger: SqlLedger) -> Iterator[str]:
    reasons = {each.decision.reason for each in ledger.decisions(expected.key)}
    if expected.row.reason not in reasons:
        got = ", ".join(sorted(reasons)) or "no decision at all"
        said = f"{expected.place}: expected {expected.key[0]} to be quiet for {expected.row.reason}"
        yield f"{said}, got {got}"


def _anything(house: House, ledger: SqlLedger, sent: Sequence[Sent]) -> Iterator[str]:
    for row in ledger.shifts():
        if row.shift.key[1] in house.policies and not row.shift.baseline:
            yield f"{row.shift.key[0]} {_step(row.shift)}"
    yield from (f"an alert on {each}" for each in sent)


def _heard(ledger: SqlLedger, key: Key) -> str:
    """What was made of every piece of evidence: usually the answer to "why not?"."""
    decided = [each.decision for each in ledger.decisions(key)]
    readings = ledger.readings({each.subject for each in decided})
    lines = [
        f"\n    {each.reason}: {each.detail}: {one_line(readings[each.subject].quote)}"
        for each in decided
        if each.subject in readings and readings[each.subject].kind != "baseline"
    ]
    return "".join(lines[:LONGEST]) or "\n    nothing was heard of it"
