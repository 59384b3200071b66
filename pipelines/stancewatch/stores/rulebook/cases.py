"""`rules/tests`: stories of a few articles, with the positions and alerts that they must give.

A case brings its own outlets and baselines, so that no other file changes what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Generic, Self, TypeVar

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema, model_validator

from stancewatch.core.article import Article, make_article
from stancewatch.core.moment import Moment, parse_moment
from stancewatch.core.outlet import Outlet
from stancewatch.core.stance import Standing
from stancewatch.core.watch import Key, Reading, Reason
from stancewatch.stores.rulebook.baselines import (
    BaselineRow,
    Condition,
    Date,
    check_baselines,
    office_of,
)
from stancewatch.stores.rulebook.faults import Faults, Place, did_you_mean
from stancewatch.stores.rulebook.fields import (
    Code,
    Codes,
    Day,
    Flag,
    Instant,
    Row,
    Slug,
    Text,
    Url,
    at_least,
    wrong,
)
from stancewatch.stores.rulebook.located import Step, read
from stancewatch.stores.rulebook.outlets import OutletRow
from stancewatch.stores.rulebook.pages import Item, row_at
from stancewatch.stores.rulebook.rulebook import Rulebook

R = TypeVar("R", "StanceRow", "ShiftRow", "AlertRow", "QuietRow")
REASONS = frozenset(word for name, word in vars(Reason).items() if name.isupper())


def parse_published(value: object) -> Moment:
    found = parse_moment(value) if isinstance(value, str) else None
    if found is None:
        raise wrong(f"{value!r} is not a date", "write 2025-02-17T09:30:00Z, 2025-02-17 or 2025-02")
    return found


def _known_reason(value: str) -> str:
    if value not in REASONS:
        raise wrong(f"unknown reason {value!r}", did_you_mean(value, REASONS))
    return value


Published = Annotated[
    Moment,
    PlainValidator(parse_published),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2}.*)?)?$"}),
]
WhyNot = Annotated[
    str,
    AfterValidator(_known_reason),
    WithJsonSchema({"type": "string", "enum": sorted(REASONS)}),
]
Topic = Annotated[Slug | None, Field(description="The case's own topic, unless named here.")]


class ArticleRow(Row):
    """One text as a feed or archive gives it. It arrives `at` a time: by default when published."""

    source: Text
    text: Text
    title: str = ""
    published: Published | None = None
    updated: Published | None = None
    at: Instant | None = None
    author: Text | None = None
    lang: Annotated[str | None, Field(pattern=r"^[a-z]{2,3}$")] = None
    url: Url | None = None

    @model_validator(mode="after")
    def _arrives(self) -> Self:
        if self.at is None and self.published is None:
            raise wrong("nobody knows when this article arrives", "give `published` or `at`")
        return self

    @property
    def arrival(self) -> datetime:
        if self.at is not None:
            return self.at
        assert self.published is not None
        return (max(self.published, self.updated) if self.updated else self.published).at

    def core(self) -> Article:
        return make_article(
            source=self.source,
            title=self.title,
            text=self.text,
            url=self.url,
            author=self.author,
            lang=self.lang,
            published=self.published,
            updated=self.updated,
        )


class PriorRow(Row):
    """What was on record before the story: a baseline of this case alone."""

    country: Code
    topic: Topic = None
    stance: Slug
    date: Date
    speaker: Text | None = None
    office: Text | None = None
    summary: Text = "The position before this story."
    reference: Url = "https://baseline.example/"
    conditional: Condition = None

    def baseline(self, topic: str) -> BaselineRow:
        """Every field was checked when this row was read."""
        return BaselineRow.model_construct(**{**dict(self), "topic": topic})


class StanceRow(Row):
    """The position at the end of a day, by all that was said until then. `level` null: none."""

    country: Code
    topic: Topic = None
    on: Day
    level: Slug | None
    standing: Standing | None = None
    conditional: Flag | None = None


class ShiftRow(Row):
    """`from` null: the first position known of the country."""

    country: Code
    topic: Topic = None
    from_: Annotated[Slug | None, Field(alias="from")]
    to: Slug
    happened: Day | None = None


class AlertRow(Row):
    """`at` is the day on which it is sent."""

    country: Code
    topic: Topic = None
    to: Slug
    at: Day | None = None


class QuietRow(Row):
    """A decision that has to be on record: why something went no further."""

    country: Code
    topic: Topic = None
    reason: WhyNot


class ExpectRow(Row):
    """Shifts are all shifts of a country that is named; notifications are all there are."""

    stances: tuple[StanceRow, ...] = ()
    shifts: tuple[ShiftRow, ...] = ()
    unmoved: Annotated[Codes, Field(description="Countries without any shift.")] = ()
    notifications: tuple[AlertRow, ...] | None = None
    quiet: tuple[QuietRow, ...] = ()
    none: Annotated[Flag, Field(description="Nothing moves, and nobody is told.")] = False

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        moved = self.shifts or self.unmoved or self.notifications is not None
        if self.none and moved:
            raise wrong("`none` says all there is to say of shifts", "take it out, or the others")
        if not (moved or self.none or self.stances or self.quiet):
            raise wrong("nothing is expected", "write `none: true` if nothing must happen")
        return self


class CaseRow(Row):
    """A file of `rules/tests`."""

    title: Text
    description: Text | None = None
    topic: Annotated[Slug | None, Field(description="Needed where there are several.")] = None
    sources: tuple[OutletRow, ...] = ()
    baselines: tuple[PriorRow, ...] = ()
    articles: Annotated[tuple[ArticleRow, ...], at_least(1)]
    expect: ExpectRow


@dataclass(frozen=True, slots=True)
class Expected(Generic[R]):
    """One line of `expect`, and where it stands."""

    place: Place
    key: Key
    row: R


@dataclass(frozen=True, slots=True)
class Arrival:
    at: datetime
    article: Article


@dataclass(frozen=True, slots=True)
class Case:
    """A story and what it must give. `alerts` is None where nothing is said of them; `none` is
    where it says that nothing happens at all."""

    place: Place
    title: str
    outlets: tuple[Outlet, ...]
    baselines: tuple[Reading, ...]
    arrivals: tuple[Arrival, ...]  # in order of time
    stances: tuple[Expected[StanceRow], ...]
    shifts: tuple[Expected[ShiftRow], ...]
    unmoved: tuple[tuple[Place, Key], ...]
    alerts: tuple[Expected[AlertRow], ...] | None
    alerts_at: Place
    quiet: tuple[Expected[QuietRow], ...]
    none: Place | None

    @property
    def expectations(self) -> int:
        listed = (self.stances, self.shifts, self.unmoved, self.quiet, self.alerts or ())
        said = sum(map(len, listed)) + (self.none is not None)
        return said + (self.alerts == ())


def load_cases(paths: Sequence[Path], rules: Rulebook) -> tuple[Case, ...]:
    """The cases in these files. Raises RuleError with every fault of all of them."""
    faults = Faults()
    cases: list[Case] = []
    for path in paths:
        document = read(path, str(path), faults)
        if document and (item := row_at(document, (), CaseRow, faults)):
            cases += _cases(item, rules, faults)
    faults.raise_if_any()
    return tuple(cases)


def _cases(item: Item[CaseRow], rules: Rulebook, faults: Faults) -> Iterator[Case]:
    topic = _topic(item, rules, faults)
    if topic is None:
        return
    _countries(item, rules, faults)
    for at, row in _rows(item):
        _names(item, at, row, topic, rules, faults)
    priors = [
        Item(row.baseline(row.topic or topic), item.document, ("baselines", number))
        for number, row in enumerate(item.value.baselines)
    ]
    check_baselines(priors, rules, faults)
    arrivals = (Arrival(row.arrival, row.core()) for row in item.value.articles)
    expect = item.value.expect
    yield Case(
        place=item.place("title"),
        title=item.value.title,
        outlets=tuple(row.core() for row in item.value.sources),
        baselines=tuple(p.value.core(office_of(p.value, rules.actors)) for p in priors),
        arrivals=tuple(sorted(arrivals, key=lambda arrival: arrival.at)),
        stances=_expected(item, topic, "stances", expect.stances),
        shifts=_expected(item, topic, "shifts", expect.shifts),
        unmoved=tuple(
            (item.place("expect", "unmoved", number), (code, topic))
            for number, code in enumerate(expect.unmoved)
        ),
        alerts=_alerts(item, topic),
        alerts_at=item.place("expect", "notifications"),
        quiet=_expected(item, topic, "quiet", expect.quiet),
        none=item.place("expect", "none") if expect.none else None,
    )


Listed = StanceRow | ShiftRow | AlertRow | QuietRow


def _expected(
    item: Item[CaseRow], topic: str, name: str, rows: Sequence[R]
) -> tuple[Expected[R], ...]:
    return tuple(
        Expected(item.place("expect", name, number), _key(row, topic), row)
        for number, row in enumerate(rows)
    )


def _key(row: Listed, topic: str) -> Key:
    return row.country, row.topic or topic


def _topic(item: Item[CaseRow], rules: Rulebook, faults: Faults) -> str | None:
    """The topic that rows are of unless they name another."""
    stance_topics = [name for name, topic in rules.topics.items() if topic.policy]
    name = item.value.topic
    if name is None and len(stance_topics) == 1:
        return stance_topics[0]
    if name in stance_topics:
        return name
    problem = "no topic is named" if name is None else f"unknown stance topic {name!r}"
    faults.add(item.place("topic"), problem, did_you_mean(name or "", stance_topics))
    return None


def _rows(item: Item[CaseRow]) -> Iterator[tuple[tuple[Step, ...], Listed]]:
    """All that name a country, with where they stand."""
    expect = item.value.expect
    lists: dict[str, Sequence[Listed]] = {
        "stances": expect.stances,
        "shifts": expect.shifts,
        "notifications": expect.notifications or (),
        "quiet": expect.quiet,
    }
    for name, rows in lists.items():
        yield from ((("expect", name, number), row) for number, row in enumerate(rows))


def _countries(item: Item[CaseRow], rules: Rulebook, faults: Faults) -> None:
    for number, code in enumerate(item.value.expect.unmoved):
        if code not in (known := rules.actors.countries):
            place = item.place("expect", "unmoved", number)
            faults.add(place, f"unknown country {code!r}", did_you_mean(code, known))


def _names(
    item: Item[CaseRow],
    at: tuple[Step, ...],
    row: Listed,
    topic: str,
    rules: Rulebook,
    faults: Faults,
) -> None:
    """The country, the topic and the levels exist."""
    countries = rules.actors.countries
    if row.country not in countries:
        mend = did_you_mean(row.country, countries)
        faults.add(item.place(*at, "country"), f"unknown country {row.country!r}", mend)
    named = rules.topics.get(row.topic or topic)
    if named is None or named.policy is None:
        faults.add(item.place(*at, "topic"), f"unknown stance topic {row.topic!r}")
        return
    levels = [level.name for level in named.policy.levels]
    for key, attribute in (("level", "level"), ("from", "from_"), ("to", "to")):
        word = getattr(row, attribute, None)
        if word is not None and word not in levels:
            problem = f"unknown level {word!r}"
            faults.add(item.place(*at, key), problem, did_you_mean(word, levels))


def _alerts(item: Item[CaseRow], topic: str) -> tuple[Expected[AlertRow], ...] | None:
    rows = item.value.expect.notifications
    return None if rows is None else _expected(item, topic, "notifications", rows)
