"""From an article's sentences to what it tells of summits.

sentences -> grounds -> gatherings -> one group a place -> a telling with outcome and countries
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from stancewatch.core.lexicon import Lexicon
from stancewatch.core.moment import Moment
from stancewatch.core.occurrence import Telling
from stancewatch.core.venue import venues
from stancewatch.nlp.names import Names
from stancewatch.nlp.reader.line import Found
from stancewatch.nlp.reader.passage import Sentence
from stancewatch.nlp.reader.times import dated
from stancewatch.nlp.summits.gatherings import Gathering, Gatherings
from stancewatch.nlp.summits.ground import ABSENT, HOUSE, TOWN, VENUES, Ground, Grounds, countries
from stancewatch.nlp.summits.outcomes import UPCOMING, Outcomes, Scope
from stancewatch.nlp.summits.places import Places

OPENINGS = frozenset([";", ":", ",", "where", "while", "but", "before", "after", "and", "-"])
BESIDE = (-1, 1)  # sentences from a gathering's own in which its outcome may be told
SURE, PLACELESS = 700, 550  # thousandths: a gathering with its place, and one without


@dataclass(frozen=True, slots=True)
class _Group:
    """Gatherings that are one summit. `place` is what their own words say of it.

    Where they say nothing, `nearby` is a place in their sentence.
    """

    place: str | None
    nearby: str | None
    remote: bool
    gatherings: list[Gathering]

    def takes(self, place: str | None, remote: bool) -> bool:
        """Whether a gathering at this place, or in none, may be the same."""
        if place is None:
            return not remote or self.remote or self.place is None
        unplaced = self.place is None and not self.remote
        return self.place == place or (unplaced and self.nearby in (None, place))


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
        tellings = [self._telling(group, groups, grounds, published) for group in groups]
        return tuple(
            t
            for t in tellings
            if t.place not in self._foes and (t.place or t.countries or " " in t.name)
        )

    def _groups(self, grounds: Sequence[Ground]) -> list[_Group]:
        """A gathering without a place is the one that the article has spoken of before."""
        groups: list[_Group] = []
        for gathering in self._gatherings.find(grounds):
            where = gathering.ground, gathering.found
            remote = self._places.by_line(*where)
            place = None if remote else self._places.own(*where)
            told = [g.place for g in groups if g.gatherings[-1].number == gathering.number]
            if place is None and not remote and any(told):
                place = self._places.other(*where, [each for each in told if each])
            same = [at for at, group in enumerate(groups) if group.takes(place, remote)]
            if same:
                last = groups[same[-1]]
                found = [*last.gatherings, gathering]
                groups[same[-1]] = replace(
                    last, place=last.place or place, remote=last.remote or remote, gatherings=found
                )
            else:
                nearby = self._places.around(*where)
                groups.append(_Group(place, nearby, remote, [gathering]))
        return groups

    def _telling(
        self,
        group: _Group,
        groups: Sequence[_Group],
        grounds: Sequence[Ground],
        published: Moment | None,
    ) -> Telling:
        first = group.gatherings[0]
        taken = {gathering.number for each in groups for gathering in each.gatherings}
        numbers = {gathering.number for gathering in group.gatherings}
        around = {n + step for n in numbers for step in BESIDE} - taken
        others = [g for each in groups if each is not group for g in each.gatherings]
        outcome = self._outcomes.of(
            [_scope(gathering, others) for gathering in group.gatherings],
            [grounds[n] for n in sorted(around) if 0 <= n < len(grounds)],
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


def _scope(gathering: Gathering, others: Sequence[Gathering]) -> Scope:
    """The part of its sentence that tells of no other gathering."""
    chunks = gathering.ground.line.chunks
    first, last = 0, len(chunks)
    for other in others:
        if other.number == gathering.number and other.found.first < gathering.found.first:
            first = max(first, _border(gathering.ground, other.found, gathering.found))
        elif other.number == gathering.number:
            last = min(last, _border(gathering.ground, gathering.found, other.found))
    return Scope(gathering.ground, first, last)


def _border(ground: Ground, left: Found, right: Found) -> int:
    """Where one gathering ends and the next begins: at the last clause that opens between."""
    between = range(left.last, right.first)
    opening = [at for at in between if ground.line.chunks[at].word in OPENINGS]
    return opening[-1] if opening else left.last
