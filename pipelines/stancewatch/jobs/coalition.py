"""Who stands where, gathered from the ledger for `core.coalition`.

Levels are what `stances` answers for that day. What is split, contested or pending comes from the
evidence up to that day, folded again: the ledger keeps it of today alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from stancewatch.core.coalition import Known, Question, View, as_of, view
from stancewatch.core.fold import history
from stancewatch.core.moment import Moment
from stancewatch.core.watch import Decision, Reading
from stancewatch.jobs.asking import Asking
from stancewatch.stores.ledger import SqlLedger, When


def coalition(
    asking: Asking,
    ledger: SqlLedger,
    topic: str,
    *,
    day: datetime,
    lately: timedelta,
    past: bool,
) -> View:
    """The view of one stance topic at the end of `day`; `past`: it was asked for by date."""
    question = Question(topic, asking.policies[topic], day, lately)
    when = When(on=day if past else None)
    recorded = {stance.key: stance for stance in ledger.stances(when)}
    countries, eras, known = _tracked(asking, topic), asking.eras, []
    heard = _Heard(ledger, topic, countries)
    for country in countries:
        stance, changes = recorded.get((country, topic)), eras.get(country, ())
        each = Known(country, stance, heard.readings(country), heard.decisions(country))
        each = _in_the_past(each, question, changes) if past else each
        known.append(replace(each, stance=each.stance and each.stance.on(day, changes)))
    shifts = [row.shift for row in ledger.shifts(None, when) if row.shift.key[1] == topic]
    return view(question, known, shifts, asking.book.actors)


def _tracked(asking: Asking, topic: str) -> list[str]:
    watches = (watch for watch in asking.book.watches if topic in watch.topics)
    return sorted({country for watch in watches for country in watch.countries})


class _Heard:
    """The evidence on a topic by country: every reading that was weighed has its decision."""

    def __init__(self, ledger: SqlLedger, topic: str, countries: Iterable[str]) -> None:
        self._decisions = {
            country: tuple(each.decision for each in ledger.decisions((country, topic)))
            for country in countries
        }
        decided = chain.from_iterable(self._decisions.values())
        self._readings = ledger.readings(decision.subject for decision in decided)

    def decisions(self, country: str) -> tuple[Decision, ...]:
        return self._decisions[country]

    def readings(self, country: str) -> tuple[Reading, ...]:
        ids = dict.fromkeys(decision.subject for decision in self._decisions[country])
        return tuple(self._readings[each] for each in ids if each in self._readings)


def _in_the_past(known: Known, question: Question, eras: Sequence[Moment]) -> Known:
    """As the evidence up to that day leaves it."""
    readings = tuple(
        reading for reading in known.readings if reading.at is None or reading.at.at <= question.day
    )
    folded = history(readings, question.policy, eras)
    return Known(known.country, as_of(known.stance, folded.stance), readings, folded.decisions)
