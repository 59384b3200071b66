"""Summits: where leaders met over the war, who was there, and how it ended.

A sentence that names a gathering opens a telling; sentences on the same place belong to it. The
outcome is the weightiest that is told in them or right behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from stancewatch.core.lexicon import Lexicon, OutcomeCue
from stancewatch.core.moment import Moment
from stancewatch.core.occurrence import Telling
from stancewatch.nlp.holders import Holder, Kind
from stancewatch.nlp.names import Names
from stancewatch.nlp.reader.line import TITLE, Chunk, Found, Line
from stancewatch.nlp.reader.passage import Sentence
from stancewatch.nlp.reader.pattern import compile_any
from stancewatch.nlp.reader.times import dated

SURE, PLACELESS = 700, 550  # thousandths: a gathering with its place, and one without
DEFAULT = "held"
ABSENT = frozenset({"RU", "BY", "KP"})  # talked about at such summits, not at the table
_CITY = re.compile(r"\bin ([A-Z][\w.'-]+(?: (?:House|[A-Z][a-z]+))?)")
_NO_CITY = re.compile(
    r"(?:[A-Z][a-z]+day|January|February|March|April|May|June|July|August|"
    r"September|October|November|December|The|Europe|Ukraine)\b"
)


@dataclass(frozen=True, slots=True)
class _Gathering:
    number: int
    found: Found
    place: str | None


class SummitReader:
    def __init__(self, topic: str, lexicon: Lexicon, outcomes: Sequence[str], names: Names) -> None:
        classes: Mapping[str, tuple[str, ...]] = {**names.grammar.classes, **lexicon.words}
        self._topic = topic
        self._order = tuple(outcomes)
        self._gatherings = compile_any(lexicon.gatherings, classes)
        self._formats = compile_any(lexicon.formats, classes)
        self._theatre = re.compile(
            "|".join(map(re.escape, lexicon.theatre)) or r"(?!)", re.IGNORECASE
        )
        self._outcomes: tuple[tuple[OutcomeCue, re.Pattern[str]], ...] = tuple(
            (cue, compile_any(cue.patterns, classes)) for cue in lexicon.outcomes
        )

    def read(self, sentences: Sequence[Sentence], published: Moment | None) -> tuple[Telling, ...]:
        sentences = tuple(_plain(sentence) for sentence in sentences)
        groups: dict[str, list[_Gathering]] = {}
        for gathering in self._found(sentences):
            groups.setdefault(self._key(groups, gathering), []).append(gathering)
        taken = {gathering.number for group in groups.values() for gathering in group}
        tellings = (self._telling(sentences, group, taken, published) for group in groups.values())
        # A summit of nowhere and nobody is a mountain, or too little to keep.
        return tuple(t for t in tellings if t.place or t.countries)

    def _found(self, sentences: Sequence[Sentence]) -> Iterator[_Gathering]:
        for number, sentence in enumerate(sentences):
            near = sentences[max(0, number - 3) : number + 3]
            if not any(self._theatre.search(each.quote) for each in near):
                continue
            first = next(sentence.line.find(self._gatherings), None)
            first = first or next(sentence.line.find(self._formats), None)
            if first is not None:
                yield _Gathering(number, first, _place(sentence, first))

    def _key(self, groups: dict[str, list[_Gathering]], gathering: _Gathering) -> str:
        """A gathering without a place is the one that the article has spoken of before."""
        if gathering.place is None:
            return next(reversed(groups.keys()), "")
        if "" in groups and len(groups) == 1:
            return ""
        return gathering.place

    def _telling(
        self,
        sentences: Sequence[Sentence],
        group: list[_Gathering],
        taken: set[int],
        published: Moment | None,
    ) -> Telling:
        numbers = sorted({g.number for g in group})
        place = next((g.place for g in group if g.place), None)
        rule, outcome, number = self._outcome(sentences, numbers, taken)
        sentence = sentences[number]
        first = next(g for g in group if g.number == numbers[0])
        opening = sentences[first.number]
        start, end = opening.line.span(first.found.first, first.found.last)
        name = f"{place} summit" if place else opening.span(start, end).text
        when = None if outcome == "upcoming" else dated(opening.line.text, published)
        return Telling(
            self._topic,
            name,
            place,
            outcome,
            _countries(sentences, numbers),
            when,
            sentence.quote,
            opening.span(start, end),
            rule,
            SURE if place else PLACELESS,
        )

    def _outcome(
        self, sentences: Sequence[Sentence], numbers: Sequence[int], taken: set[int]
    ) -> tuple[str, str, int]:
        """The weightiest outcome in the gathering's sentences or those right behind them.

        A sentence that is `taken` by another gathering tells nothing of this one.
        """
        behind = {number + 1 for number in numbers} - taken
        reach = sorted({*numbers, *behind})
        told = [
            (self._order.index(cue.outcome), number, cue)
            for number in reach
            if number < len(sentences)
            for cue, pattern in self._outcomes
            if next(sentences[number].line.find(pattern), None) is not None
        ]
        if not told:
            return DEFAULT, DEFAULT, numbers[0]
        _, number, cue = min(told, key=lambda each: each[:2])
        return cue.id, cue.outcome, number


def _plain(sentence: Sentence) -> Sentence:
    """Bare titles and the coalition as words again: here they name a gathering, not a holder."""
    chunks = tuple(
        Chunk(str(chunk.value), chunk.start, chunk.end)
        if chunk.word == TITLE
        else Chunk("§k", chunk.start, chunk.end)
        if _is_coalition(chunk)
        else chunk
        for chunk in sentence.line.chunks
    )
    return replace(sentence, line=Line(chunks))


def _is_coalition(chunk: Chunk) -> bool:
    holders = chunk.value
    return isinstance(holders, tuple) and [h.countries for h in holders] == [("COALITION",)]


def _place(sentence: Sentence, found: Found) -> str | None:
    """The city that the gathering is named after, or stands in."""
    chunks = sentence.line.chunks
    for at in range(max(0, found.first - 1), min(len(chunks), found.last + 6)):
        before = chunks[at - 1].word if at else ""
        at_hand = at < found.last or before in ("in", "at", "to", "from")
        if at_hand and chunks[at].word == "§p" and _is_venue(sentence.holders(at), before):
            return sentence.span(chunks[at].start, chunks[at].end).text
    for at in range(found.first - 1, 0, -1):  # "travels to London for a summit"
        bound_for = chunks[at].word == "§p" and chunks[at - 1].word == "to"
        if bound_for and _is_venue(sentence.holders(at), ""):
            return sentence.span(chunks[at].start, chunks[at].end).text
    start = chunks[found.first].start
    end = chunks[min(len(chunks), found.last + 6) - 1].end
    city = _CITY.search(sentence.normal.text, start, end)
    return city[1] if city and not _NO_CITY.match(city[1]) else None


def _is_venue(holders: tuple[Holder, ...], before: str) -> bool:
    """A city, or a country that they meet in or travel to; never the country at war."""
    if len(holders) != 1 or holders[0].countries == ("UA",):
        return False
    kind = holders[0].kind
    return kind is Kind.CAPITAL or (kind is Kind.COUNTRY and before in ("in", "to"))


def _countries(sentences: Sequence[Sentence], numbers: Sequence[int]) -> tuple[str, ...]:
    codes = {
        code
        for number in numbers
        for at in range(len(sentences[number].line))
        if sentences[number].line.chunks[at].word == "§h"
        for holder in sentences[number].holders(at)
        for code in holder.countries
        if len(code) == 2 and code not in ABSENT and (code != "UA" or holder.kind is Kind.PERSON)
    }
    return tuple(sorted(codes))
