"""Who held which office on the day of an article, and in whose voice that makes them speak."""

from __future__ import annotations

import re

from stancewatch.core.actor import Person, Rank, Role, Term, Voice
from stancewatch.core.mention import Evidence
from stancewatch.core.moment import Moment
from stancewatch.nlp.holders import Holder, Kind
from stancewatch.nlp.languages.grammar import Nouns, words_of
from stancewatch.nlp.names import Name, Names
from stancewatch.nlp.reader.line import PERSON

CONTEXT = 40  # characters in front of a surname that can say whose it is
_TITLED = re.compile(
    r"(?:Mr|Mrs|Ms|Sir|Dr|President|Minister|Chancellor|Secretary|General|Gen|Premier|PM|Admiral|Adm"
    r"|minister|president|chancellor|secretary|Leader|leader|spokesman|spokeswoman|spokesperson"
    r"|Chief|chief|Commissioner|Taoiseach|MP|,)\.? \Z"
)
_CAPITALISED = re.compile(r"([A-Z][\w.'-]*) \Z")
# A capitalised word in front of a surname is mostly another first name; these are not.
_NO_FIRST_NAMES = words_of(
    "mr mrs ms dr sir but when while if after as and the that why how what will does did"
    " is was has can could would for from by with to of on because since although though"
    " yet so then now meanwhile monday tuesday wednesday thursday friday saturday sunday"
    " french german british american us u.s uk polish italian spanish dutch danish"
    " norwegian swedish finnish estonian latvian lithuanian czech slovak hungarian"
    " romanian canadian australian turkish greek even only president chancellor"
)

Standing = tuple[Voice, Evidence, str | None, Rank | None]


class Offices:
    """`whole_text` tells which people the article names in full."""

    def __init__(self, names: Names, day: Moment | None, whole_text: str) -> None:
        self.names = names
        self._day = day
        self._full_names = frozenset(
            person.name
            for _, _, name in names.find(whole_text)
            if name.mark == PERSON and name.full
            for person in name.people
        )

    def means(self, text: str, start: int, name: Name) -> bool:
        """Whether a bare surname can be the person that we know by it."""
        if name.mark != PERSON or name.full:
            return True
        if any(person.name in self._full_names for person in name.people):
            return True
        if name.needs_full:
            return False
        context = text[max(0, start - CONTEXT) : start]
        before = _CAPITALISED.search(context)
        known = before is None or before[1].casefold().rstrip(".") in _NO_FIRST_NAMES
        return known or _TITLED.search(context) is not None

    def person(self, name: Name, start: int, end: int, *, former: bool = False) -> Holder:
        person = min(name.people, key=self._likelihood)
        term, country = self._term(person), (person.country,)
        if former or term is None:
            voice, evidence = Voice.OTHER, Evidence.THIRD_PARTY
            return Holder(start, end, Kind.PERSON, country, voice, evidence, person.name)
        evidence = _evidence(term.rank)
        return Holder(
            start,
            end,
            Kind.PERSON,
            country,
            term.voice,
            evidence,
            person.name,
            term.office,
            term.rank,
        )

    def _likelihood(self, person: Person) -> tuple[bool, bool]:
        """Of several bearers of a name: the one named in full, then one in office."""
        return person.name not in self._full_names, self._term(person) is None

    def _term(self, person: Person) -> Term | None:
        if self._day is None:
            return max(person.terms, key=lambda term: term.since, default=None)
        return person.office_on(self._day)

    def titled(
        self, start: int, end: int, country: str, title: str, *, former: bool = False
    ) -> Holder | None:
        """The holder of an office by its title: "the French defence minister"."""
        role, nouns = self.names.role(country, title), self.names.nouns.get(title)
        standing = _standing(role, nouns)
        if standing is None:
            return None
        voice, evidence, office, rank = standing
        if former:
            voice, evidence = Voice.OTHER, Evidence.THIRD_PARTY
        return Holder(
            start,
            end,
            Kind.ROLE,
            (country,),
            voice,
            evidence,
            None if former else self._incumbent(role),
            office,
            rank,
            title,
        )

    def _incumbent(self, role: Role | None) -> str | None:
        """Who held the office that day, if it was one person."""
        if role is None or self._day is None:
            return None
        day = self._day.at.date()
        held = [
            person.name
            for person in self.names.actors.people
            if person.country == role.country
            and any(term.office == role.office and term.covers(day) for term in person.terms)
        ]
        return held[0] if len(held) == 1 else None


def _standing(role: Role | None, nouns: Nouns | None) -> Standing | None:
    if role is not None:
        return role.voice, _evidence(role.rank), role.office, role.rank
    return None if nouns is None else (nouns.voice, nouns.evidence, nouns.office, None)


def _evidence(rank: Rank) -> Evidence:
    return Evidence.INSTITUTION if rank is Rank.SPOKESPERSON else Evidence.PARAPHRASE
