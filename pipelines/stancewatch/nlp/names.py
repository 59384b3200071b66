"""The names of all actors as one automaton, and their offices by title.

Built once per process from `rules/actors`; which person a surname means, and in what office, is
decided per article, on its day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

from stancewatch.core.actor import Actors, Country, Party, Person, Role
from stancewatch.nlp.languages.grammar import Grammar, Nouns
from stancewatch.nlp.normal import normal
from stancewatch.nlp.reader import line as marks
from stancewatch.nlp.sentences import spaced


@dataclass(frozen=True, slots=True)
class Name:
    """What one spelling may mean. `countries` has more than one code for a group."""

    mark: str
    countries: tuple[str, ...]
    people: tuple[Person, ...] = ()
    full: bool = True  # False for a bare surname
    needs_full: bool = False  # a surname that is read only where the full name stands too


class Names:
    def __init__(self, actors: Actors, grammar: Grammar) -> None:
        self.actors = actors
        self.grammar = grammar
        self._names = _names(actors)
        self._spellings = list(self._names)
        self._automaton = AhoCorasick(self._spellings, matchkind=MatchKind.LeftmostLongest)
        self.roles = _roles(actors.roles)
        self.nouns: Mapping[str, Nouns] = {
            spaced(word): nouns for nouns in grammar.nouns for word in nouns.words
        }
        self.titles = tuple(sorted({title for _, title in self.roles} | {*self.nouns}))
        self.countries_of_title = _countries_of_title(self.roles)

    def find(self, text: str) -> Iterator[tuple[int, int, Name]]:
        """Names in a normal text, longest first, whole words only."""
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            before, after = text[start - 1 : start], text[end : end + 1]
            if not (before.isalnum() or after.isalnum() or before == "_" or after == "_"):
                yield start, end, self._names[self._spellings[index]]

    def role(self, country: str, title: str) -> Role | None:
        return self.roles.get((country, title))


def _roles(roles: Sequence[Role]) -> dict[tuple[str, str], Role]:
    found: dict[tuple[str, str], Role] = {}
    for role in sorted(roles, key=lambda r: (-r.rank.weight, r.country, r.office)):
        for title in role.titles:
            found.setdefault((role.country, spaced(title)), role)
    return found


def _countries_of_title(roles: Mapping[tuple[str, str], Role]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for country, title in roles:
        found.setdefault(title, set()).add(country)
    return {title: frozenset(codes) for title, codes in found.items()}


def _names(actors: Actors) -> dict[str, Name]:
    found: dict[str, Name] = {}
    for country in actors.countries.values():
        for mark, words in _of_country(country):
            _add(found, words, Name(mark, (country.code,)))
    for group in actors.groups:
        _add(found, (group.name, *group.names), Name(marks.GROUP, group.members))
    for spelling, countries in _parties(actors.parties).items():
        _add(found, (spelling,), Name(marks.PARTY, countries))
    for spelling, people in _people(actors.people).items():
        codes = tuple(sorted({person.country for person in people}))
        needs = all(
            p.surname_needs_full_name or spelling not in (p.name, *p.aliases) for p in people
        )
        _add(found, (spelling,), Name(marks.PERSON, codes, people, " " in spelling, needs))
    return found


def _of_country(country: Country) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield marks.NATION, (country.name, *country.names)
    yield marks.DEMONYM, country.demonyms
    yield marks.SEAT, country.metonyms
    yield marks.ARMY, country.forces
    if country.capital:
        yield marks.CITY, (country.capital,)


def _parties(parties: Sequence[Party]) -> dict[str, tuple[str, ...]]:
    """Each spelling with the countries that have such a party: the SPD is German, and Czech."""
    found: dict[str, set[str]] = {}
    for party in parties:
        for word in _party_words(party):
            found.setdefault(word, set()).add(party.country)
    return {word: tuple(sorted(countries)) for word, countries in found.items()}


def _party_words(party: Party) -> tuple[str, ...]:
    return () if party.ambiguous else (party.name, *party.aliases)


def _people(people: Sequence[Person]) -> dict[str, tuple[Person, ...]]:
    """Each spelling with all who bear it; a surname counts even where no alias lists it."""
    found: dict[str, dict[Person, None]] = {}
    for person in people:
        for spelling in (person.name, *person.aliases, person.name.rpartition(" ")[2]):
            found.setdefault(spelling, {})[person] = None
    return {spelling: tuple(bearers) for spelling, bearers in found.items()}


def _add(found: dict[str, Name], words: Sequence[str], name: Name) -> None:
    for word in words:
        spelling = normal(word).text
        if len(spelling) < 2:
            continue
        found.setdefault(spelling, name)
        if len(spelling) > 3 and name.mark != marks.ARMY:
            found.setdefault(spelling.upper(), name)
        if spelling[:4] == "the ":
            found.setdefault("The " + spelling[4:], name)
