"""`seeds/stances`: the position a government was on record with when the watch began.

A baseline is a dated official reading with a public reference: evidence like any other, but
never notified.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from stancewatch.core.actor import Actors, Role, Term, Voice
from stancewatch.core.article import domain
from stancewatch.core.digest import digest
from stancewatch.core.mention import Evidence, Modality
from stancewatch.core.moment import Moment, Precision, parse_moment
from stancewatch.core.topic import Topic
from stancewatch.core.watch import Origin, Reading
from stancewatch.stores.rulebook.faults import Faults, Place, did_you_mean
from stancewatch.stores.rulebook.fields import Code, Row, Slug, Text, Url, wrong
from stancewatch.stores.rulebook.located import read
from stancewatch.stores.rulebook.pages import Item, rows_of
from stancewatch.stores.rulebook.rulebook import Rulebook

CERTAIN = 1000
UNWORDED = ""  # `conditional: true`: there is a condition, but its words are not kept


def parse_condition(value: object) -> str | None:
    if value is None or value is False:
        return None
    if value is True:
        return UNWORDED
    if isinstance(value, str) and value.strip():
        return value
    raise wrong(f"{value!r} is no condition", "write true, false or its words")


def parse_date(value: object) -> Moment:
    """A day; or a month, where the reference gives no more: it dates no shift."""
    found = parse_moment(value) if isinstance(value, str) else None
    if found and found.precision in (Precision.DAY, Precision.MONTH):
        return found
    raise wrong(f"{value!r} is not a day", "write 2025-02-17, or 2025-02 for a month")


Date = Annotated[
    Moment,
    PlainValidator(parse_date),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}(-\d{2})?$"}),
]
Condition = Annotated[
    str | None, BeforeValidator(parse_condition), WithJsonSchema({"type": ["boolean", "string"]})
]


class BaselineRow(Row):
    """One position as it was publicly on record on one day.

    `office` is a role's or one of its titles; `conditional` may hold the words of the condition.
    """

    country: Code
    topic: Slug
    stance: Slug
    date: Date
    speaker: Text | None = None
    office: Text | None = None
    summary: Text
    reference: Url
    conditional: Condition = None

    @property
    def id(self) -> str:
        return digest("baseline", self.country, self.topic, self.stance, str(self.date))

    def core(self, office: Role | Term | None) -> Reading:
        return Reading(
            id=self.id,
            key=(self.country, self.topic),
            level=self.stance,
            voice=Voice.GOVERNMENT,
            evidence=Evidence.OWN_WORDS,
            modality=Modality.ASSERTED if self.conditional is None else Modality.CONDITIONAL,
            current=True,
            confidence=CERTAIN,
            published=self.date,
            stated_at=None,
            origin=Origin(owner=domain(self.reference), agency=None, quote=""),
            catalogued=True,
            official=True,
            article_id="",
            quote=self.summary,
            outlet=domain(self.reference),
            url=self.reference,
            rule="baseline",
            condition=self.conditional,
            speaker=self.speaker,
            office=office.office if office else None,
            rank=office.rank if office else None,
            kind="baseline",
        )


def load_baselines(directory: Path, rules: Rulebook) -> tuple[Reading, ...]:
    """The baselines of all files in `directory`, checked against the rules, oldest first.

    Raises RuleError with every fault.
    """
    faults = Faults()
    items: list[Item[BaselineRow]] = []
    for path in sorted(directory.glob("*.yaml")):
        items += rows_of(read(path, str(path), faults), BaselineRow, faults)
    check_baselines(items, rules, faults)
    faults.raise_if_any()
    readings = (item.value.core(office_of(item.value, rules.actors)) for item in items)
    return tuple(sorted(readings, key=lambda reading: (str(reading.published), reading.id)))


def check_baselines(items: Iterable[Item[BaselineRow]], rules: Rulebook, faults: Faults) -> None:
    first: dict[str, Place] = {}
    for item in items:
        row, place = item.value, item.place("date")
        if first.setdefault(row.id, place) != place:
            faults.add(place, f"this position is already at {first[row.id]}", "keep one of them")
        _known(item, "country", rules.actors.countries, faults)
        _known(item, "topic", rules.topics, faults)
        if topic := rules.topics.get(row.topic):
            _known(item, "stance", _levels(topic), faults)
        if row.country in rules.actors.countries:
            _in_office(item, rules.actors, faults)


def _known(item: Item[BaselineRow], key: str, known: Iterable[str], faults: Faults) -> None:
    word, options = getattr(item.value, key), set(known)
    if word not in options:
        faults.add(item.place(key), f"unknown {key} {word!r}", did_you_mean(word, options))


def _levels(topic: Topic) -> list[str]:
    return [level.name for level in topic.policy.levels] if topic.policy else []


def _in_office(item: Item[BaselineRow], actors: Actors, faults: Faults) -> None:
    """The office exists, and a speaker whom the rules know held one on that day."""
    row = item.value
    if row.office and office_of(row, actors) is None:
        known = {role.office for role in actors.roles if role.country == row.country}
        mend = did_you_mean(row.office, known)
        faults.add(item.place("office"), f"unknown office {row.office!r} of {row.country}", mend)
    terms = _terms(row, actors)
    held = {term.office for term in terms if term.covers(row.date.at.date())}
    office = office_of(row, actors)
    if terms and office and row.date.dates_a_shift and office.office not in held:
        problem = f"{row.speaker} was not {row.office} on {row.date}"
        faults.add(item.place("date"), problem, "correct the date, speaker or office")


def _terms(row: BaselineRow, actors: Actors) -> list[Term]:
    people = (each for each in actors.people if each.country == row.country)
    named = (each for each in people if row.speaker in (each.name, *each.aliases))
    return [term for person in named for term in person.terms]


def office_of(row: BaselineRow, actors: Actors) -> Role | Term | None:
    """The role that `office` names by itself or by a title, else the speaker's term in it."""
    if row.office is None:
        return None
    word = _spelling(row.office)
    roles = [role for role in actors.roles if role.country == row.country]
    for role in roles:
        if word in map(_spelling, (role.office, *role.titles)):
            return role
    return next((term for term in _terms(row, actors) if _spelling(term.office) == word), None)


def _spelling(office: str) -> str:
    return office.casefold().replace("-", " ")
