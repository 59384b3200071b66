"""Who can hold or voice a position: countries, bodies, groups, and people with dated offices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from stancewatch.core.moment import Moment, day


class Voice(StrEnum):
    """In whose name words are spoken. Only `government` moves a country's stance by default."""

    GOVERNMENT = "government"
    PARTY = "party"
    MILITARY = "military"
    PUBLIC = "public"
    OTHER = "other"


class Rank(StrEnum):
    """How far an office binds its country, weightiest first."""

    LEADER = "leader"
    HEAD = "head"
    MINISTER = "minister"
    JUNIOR = "junior"
    SPOKESPERSON = "spokesperson"

    @property
    def weight(self) -> int:
        return _WEIGHTS[self]


_WEIGHTS = {rank: weight for weight, rank in enumerate(reversed(Rank), 1)}


@dataclass(frozen=True, slots=True)
class Country:
    """A country, or a body such as NATO (`is_body`), with the words news calls it by."""

    code: str
    name: str
    names: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    capital: str | None = None
    metonyms: tuple[str, ...] = ()
    forces: tuple[str, ...] = ()
    member_of: tuple[str, ...] = ()
    is_body: bool = False

    @property
    def flag(self) -> str:
        """The regional-indicator emoji; bodies have none but the EU."""
        if len(self.code) != 2:
            return ""
        return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in self.code)


@dataclass(frozen=True, slots=True)
class Group:
    """Countries spoken of as one: "the Baltic states"."""

    name: str
    names: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """An office as it is called without a name: "the French defence minister"."""

    country: str
    office: str
    rank: Rank
    voice: Voice
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One person's time in one office: `since` inclusive, `until` exclusive."""

    office: str
    rank: Rank
    voice: Voice
    since: date
    until: date | None = None
    source: str | None = None  # None: from general knowledge, not verified

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Person:
    country: str
    name: str
    aliases: tuple[str, ...]
    terms: tuple[Term, ...]
    surname_needs_full_name: bool = False

    def office_on(self, moment: Moment) -> Term | None:
        """The weightiest office held on that day, government before party; None for none."""
        held = [term for term in self.terms if term.covers(moment.at.date())]
        order = list(Voice)
        return min(held, key=lambda t: (order.index(t.voice), -t.rank.weight), default=None)


@dataclass(frozen=True, slots=True)
class Party:
    country: str
    name: str
    aliases: tuple[str, ...]
    ambiguous: bool = False  # "Labour": only where its country is being spoken of


@dataclass(frozen=True, slots=True)
class Actors:
    """Everything in `rules/actors`, countries by code."""

    countries: Mapping[str, Country] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    roles: tuple[Role, ...] = ()
    people: tuple[Person, ...] = ()
    parties: tuple[Party, ...] = ()

    def eras(self) -> dict[str, tuple[Moment, ...]]:
        """By country, the days on which its government got another leader than before."""
        led: dict[str, list[tuple[date, str]]] = {}
        for person in self.people:
            for term in person.terms:
                if term.rank is Rank.LEADER and term.voice is Voice.GOVERNMENT:
                    led.setdefault(person.country, []).append((term.since, person.name))
        return {country: _changes(sorted(terms)) for country, terms in sorted(led.items())}


def _changes(terms: list[tuple[date, str]]) -> tuple[Moment, ...]:
    """Who goes on in another term begins no era; nor does the first of whom we know."""
    return tuple(
        day(since.year, since.month, since.day)
        for (_, former), (since, name) in pairwise(terms)
        if name != former
    )
