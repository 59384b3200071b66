"""The words that name a meeting of many leaders or ministers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stancewatch.core.lexicon import Lexicon
from stancewatch.nlp.reader.line import Found
from stancewatch.nlp.reader.pattern import compile_any
from stancewatch.nlp.summits.ground import Ground, countries

BEFORE = 5  # chunks in which those who met are named
COMPANY = 3  # countries named, from which a meeting is one of many


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
        self._sure = compile_any((*lexicon.gatherings, *lexicon.formats), classes)
        self._meetings = compile_any(lexicon.meetings, classes)
        self._distractors = compile_any(lexicon.distractors, classes)
        self._aides = compile_any(("<aides> from|of|met|meet|meeting|gather|hold",), classes)
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
            near = grounds[max(0, ground.number - 3) : ground.number + 3]
            if not any(self._theatre.search(each.sentence.quote) for each in near):
                continue
            found = self._first(ground, self._sure) or self._meeting(ground, grounds)
            if found is not None:
                yield Gathering(ground, found)

    def _first(self, ground: Ground, pattern: re.Pattern[str]) -> Found | None:
        """The first that is no news conference, and not one of aides ("security advisers met")."""
        others = list(ground.line.find(self._distractors))
        for found in ground.line.find(pattern):
            other = any(o.first < found.last and found.first < o.last for o in others)
            if not other and not self._of_aides(ground, found):
                return found
        return None

    def _of_aides(self, ground: Ground, found: Found) -> bool:
        words = ground.line.words(found.first - BEFORE, found.last)
        return self._aides.search(words) is not None

    def _meeting(self, ground: Ground, grounds: Sequence[Ground]) -> Found | None:
        found = self._first(ground, self._meetings)
        near = list(grounds[max(0, ground.number - 1) : ground.number + 2])
        return found if found and len(countries(near)) >= COMPANY else None


def _any_word(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words)) or '(?!)'})\b", re.IGNORECASE)
