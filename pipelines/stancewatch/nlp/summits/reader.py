"""From an article's sentences to what it tells of summits.

sentences -> grounds -> gatherings -> one group a place -> a telling with outcome and countries
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stancewatch.core.lexicon import Lexicon
from stancewatch.core.moment import Moment
from stancewatch.core.occurrence import Telling
from stancewatch.core.venue import venues
from stancewatch.nlp.names import Names
from stancewatch.nlp.reader.passage import Sentence
from stancewatch.nlp.reader.times import dated
from stancewatch.nlp.summits.gatherings import Gathering, Gatherings
from stancewatch.nlp.summits.ground import ABSENT, HOUSE, TOWN, VENUES, Ground, Grounds, countries
from stancewatch.nlp.summits.outcomes import UPCOMING, Outcomes
from stancewatch.nlp.summits.places import Places

SURE, PLACELESS = 700, 550  # thousandths: a gathering with its place, and one without


@dataclass(frozen=True, slots=True)
class _Group:
    """Gatherings that are one summit. `place` is what their own words say of it."""

    place: str | None
    gatherings: list[Gathering]


class SummitReader:
    def __init__(self, topic: str, lexicon: Lexicon, outcomes: Sequence[str], names: Names) -> None:
        classes: Mapping[str, tuple[str, ...]] = {
            **names.grammar.classes,
            **lexicon.words,
            "venue": VENUES,
            "house": (HOUSE,),
            "town": (TOWN,),
        }
        marks = {HOUSE: lexicon.words["house"], TOWN: lexicon.words["town"]}
        self._topic = topic
        known = names.actors.countries
        self._foes = frozenset(c.capital for code in ABSENT if (c := known.get(code)) and c.capital)
        self._grounds = Grounds(venues(names.actors, lexicon).cities, marks, names.actors)
        self._gatherings = Gatherings(lexicon, classes)
        self._outcomes = Outcomes(lexicon, outcomes, classes)
        self._places = Places(lexicon, classes)

    def read(self, sentences: Sequence[Sentence], published: Moment | None) -> tuple[Telling, ...]:
        """A bare "summit" of nowhere and nobody is a mountain, or too little to keep.

        Who meets in Moscow does not meet to help Ukraine.
        """
        grounds = [self._grounds.of(number, each) for number, each in enumerate(sentences)]
        groups = self._groups(grounds)
        taken = {gathering.number for group in groups for gathering in group.gatherings}
        tellings = [self._telling(group, grounds, taken, published) for group in groups]
        return tuple(
            t
            for t in tellings
            if t.place not in self._foes and (t.place or t.countries or " " in t.name)
        )

    def _groups(self, grounds: Sequence[Ground]) -> list[_Group]:
        """A gathering without a place is the one that the article has spoken of before."""
        groups: list[_Group] = []
        for gathering in self._gatherings.find(grounds):
            place = self._places.own(gathering.ground, gathering.found)
            same = [g for g in groups if place is None or g.place in (None, place)]
            if not same:
                groups.append(_Group(place, [gathering]))
                continue
            last = groups.index(same[-1])
            groups[last] = _Group(same[-1].place or place, [*same[-1].gatherings, gathering])
        return groups

    def _telling(
        self,
        group: _Group,
        grounds: Sequence[Ground],
        taken: set[int],
        published: Moment | None,
    ) -> Telling:
        first = group.gatherings[0]
        numbers = {gathering.number for gathering in group.gatherings}
        around = {n + step for n in numbers for step in (-1, 1)} - taken
        outcome = self._outcomes.of(
            group.gatherings, [grounds[n] for n in sorted(around) if 0 <= n < len(grounds)]
        )
        place = group.place or self._place(group.gatherings, grounds)
        start, end = first.ground.line.span(first.found.first, first.found.last)
        words = first.ground.sentence.line.text
        return Telling(
            self._topic,
            f"{place} summit" if place else self._gatherings.name(first),
            place,
            outcome.name,
            countries([gathering.ground for gathering in group.gatherings]),
            None if outcome.name == UPCOMING else dated(words, published),
            outcome.ground.sentence.quote,
            first.ground.sentence.span(start, end),
            outcome.rule,
            SURE if place else PLACELESS,
        )

    def _place(self, gatherings: Sequence[Gathering], grounds: Sequence[Ground]) -> str | None:
        """Where it was, when the words that name it do not say."""
        for gathering in gatherings:
            if place := self._places.around(gathering.ground, gathering.found):
                return place
        if any(self._places.remote(gathering.ground) for gathering in gatherings):
            return None
        first = gatherings[0]
        near = grounds[max(0, first.number - 1) : first.number + 2]
        return (
            self._places.dateline(grounds)
            or self._places.bound_for(first.ground, first.found)
            or next(filter(None, map(self._places.within, near)), None)
        )
