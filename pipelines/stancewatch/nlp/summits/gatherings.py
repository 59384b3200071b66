"""Whether a sentence tells of a meeting of many leaders or ministers.

A noun that is sure     a summit, the NATO council, talks among leaders, the Geneva talks
Those who gather        with what they do, or with who receives them
A noun that is not      a meeting, a dinner: in company, of three countries or of the parties at war
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stancewatch.core.lexicon import Lexicon
from stancewatch.nlp.reader.line import Found
from stancewatch.nlp.reader.pattern import compile_any
from stancewatch.nlp.summits.ground import BODIES, Ground, countries, parties
from stancewatch.nlp.summits.signs import Signs, placed

COMPANY = 3  # countries named, from which a meeting is one of many
TALKERS = frozenset({"RU", "UA", "US"})  # two of them at a table are talks, Russia among them


@dataclass(frozen=True, slots=True)
class Gathering:
    ground: Ground
    found: Found

    @property
    def number(self) -> int:
        return self.ground.number

    def words(self) -> str:
        start, end = self.ground.line.span(self.found.first, self.found.last)
        return self.ground.sentence.span(start, end).text


class Gatherings:
    def __init__(self, lexicon: Lexicon, classes: Mapping[str, tuple[str, ...]]) -> None:
        self._signs = Signs(lexicon, classes)
        self._nouns = compile_any(("<meeting>|<summit>", *lexicon.formats), classes)
        self._unnamed = lexicon.words["unnamed"][0]
        self._theatre = _any_word((*lexicon.theatre, *lexicon.triggers, *lexicon.scene))

    def name(self, gathering: Gathering) -> str:
        """Its own words where they hold a noun for it; "said so at the table" is no name."""
        line, found = gathering.ground.line, gathering.found
        named = self._nouns.search(line.words(found.first, found.last))
        return gathering.words() if named else self._unnamed

    def find(self, grounds: Sequence[Ground]) -> Iterator[Gathering]:
        for ground in grounds:
            near = grounds[max(0, ground.number - 3) : ground.number + 4]
            if any(self._theatre.search(each.sentence.quote) for each in near):
                yield from (Gathering(ground, found) for found in self._of(ground, grounds))

    def _of(self, ground: Ground, grounds: Sequence[Ground]) -> Sequence[Found]:
        """Those of one sentence, from left to right: nouns, then people where no noun is."""
        people = sorted(self._signs.people(ground), key=lambda each: each.last - each.first)
        sure = _apart([*self._signs.nouns(ground), *people])
        return sure or [*self._meeting(ground, grounds)][:1]

    def _meeting(self, ground: Ground, grounds: Sequence[Ground]) -> Iterator[Found]:
        near = grounds[max(0, ground.number - 1) : ground.number + 2]
        for found in self._signs.meetings(ground):
            if len({*countries(near)} - BODIES) >= COMPANY or (
                placed(ground) and _talks(parties(near))
            ):
                yield found


def _talks(codes: frozenset[str]) -> bool:
    return "RU" in codes and len(codes & TALKERS) > 1


def _apart(ranked: Sequence[Found]) -> list[Found]:
    """Those that touch none that ranks before them."""
    taken: list[Found] = []
    for found in ranked:
        if not any(t.first < found.last and found.first < t.last for t in taken):
            taken.append(found)
    return sorted(taken, key=lambda each: each.first)


def _any_word(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words)) or '(?!)'})\b", re.IGNORECASE)
