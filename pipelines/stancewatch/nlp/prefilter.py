"""The cheap gate: may this article hold a position on the topic at all?

Aho-Corasick over title and text: first the topics' words, then, where a topic may be in it, the
actors' names. An article passes that has a trigger of the topic, the theatre and an actor.

A teaser has no room for all of them: it may name the scene instead of the war, or neither, as long
as it names no other war. The gate must lose no true mention.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ahocorasick_rs import AhoCorasick

from stancewatch.core.actor import Actors
from stancewatch.core.lexicon import Lexicon
from stancewatch.core.topic import Topic
from stancewatch.nlp.normal import lower, normal

TEASER = 1_000  # characters, up to which a text need not name the theatre
SHORT = 3  # names up to this length must match in case: "US" is no "us"


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a topic may be in a text; `why_not` is one of a few fixed words, '' if it may."""

    topic: str
    why_not: str = ""
    theatre: bool = True

    @property
    def passed(self) -> bool:
        return not self.why_not


Word = tuple[str, str]  # (trigger, hint, theatre, scene or elsewhere; of which topic)


class Prefilter:
    """Built once per process from topics and actors."""

    def __init__(self, topics: Iterable[Topic], actors: Actors, language: str) -> None:
        lexicons = {t.id: t.lexicons[language] for t in topics if language in t.lexicons}
        self._topics = tuple(lexicons)
        self._theatres = {topic for topic, words in lexicons.items() if words.theatre}
        words = _words(lexicons)
        self._words = tuple(frozenset(each) for each in words.values())
        self._of_topics = AhoCorasick(list(words))
        names = {normal(name).text for name in actor_names(actors)}
        self._of_actors = AhoCorasick(sorted({lower(n) for n in names if len(n) > SHORT}))
        self._of_short = AhoCorasick(sorted(n for n in names if len(n) <= SHORT))

    def gates(self, title: str, text: str) -> tuple[Gate, ...]:
        whole = normal(f"{title}\n{text}").text
        lowered = lower(whole)
        seen = self._seen(lowered)
        teaser = len(whole) <= TEASER
        gates = [self._gate(topic, seen, teaser) for topic in self._topics]
        if any(gate.passed for gate in gates) and not self._names_an_actor(whole, lowered):
            return tuple(replace(g, why_not=g.why_not or "no actor") for g in gates)
        return tuple(gates)

    def _seen(self, lowered: str) -> set[Word]:
        found = self._of_topics.find_matches_as_indexes(lowered, overlapping=True)
        seen: set[Word] = set()
        for index, start, end in found:
            words = self._words[index]
            if not words <= seen and _whole_word(lowered, start, end):
                seen |= words
        return seen

    def _names_an_actor(self, whole: str, lowered: str) -> bool:
        return _any_word(self._of_actors, lowered) or _any_word(self._of_short, whole)

    def _gate(self, topic: str, seen: set[Word], teaser: bool) -> Gate:
        theatre = topic not in self._theatres or ("theatre", topic) in seen
        scene = theatre or ("scene", topic) in seen
        hinted = scene and ("hint", topic) in seen
        if ("trigger", topic) not in seen and not hinted:
            return Gate(topic, "no trigger", theatre)
        if not theatre and ("elsewhere", topic) in seen:
            return Gate(topic, "another theatre", theatre)
        if not theatre and not teaser:
            return Gate(topic, "no theatre", theatre)
        return Gate(topic, "", theatre)


def _any_word(automaton: AhoCorasick, text: str) -> bool:
    found = automaton.find_matches_as_indexes(text, overlapping=True)
    return any(_whole_word(text, start, end) for _, start, end in found)


def _whole_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or before == "_" or after.isalnum() or after == "_")


def _words(lexicons: Mapping[str, Lexicon]) -> dict[str, set[Word]]:
    words: dict[str, set[Word]] = {}
    for topic, lexicon in lexicons.items():
        for kind, listed in (
            ("trigger", lexicon.triggers),
            ("hint", lexicon.hints),
            ("theatre", lexicon.theatre),
            ("scene", lexicon.scene),
            ("elsewhere", lexicon.elsewhere),
        ):
            for word in listed:
                words.setdefault(lower(word), set()).add((kind, topic))
    return words


def actor_names(actors: Actors) -> set[str]:
    """Everything that a country, a group, a person or a party is called."""
    names: set[str] = set()
    for country in actors.countries.values():
        names.update((country.name, *country.names, *country.demonyms, *country.metonyms))
        names.update(country.forces)
        names.update([country.capital] if country.capital else [])
    for group in actors.groups:
        names.update((group.name, *group.names))
    for person in actors.people:
        names.update((person.name, *person.aliases))
    for party in actors.parties:
        names.update((party.name, *party.aliases))
    return {name for name in names if len(name) > 1}
