"""A sentence as summits are read: places and people marked, all else as it is written.

The reader of positions folds "NATO's thirty-two leaders" or "in Kyiv" into one mark, since it asks
who holds a position. Here the words themselves tell that there was a meeting, and where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stancewatch.core.actor import Actors
from stancewatch.core.venue import fold
from stancewatch.nlp.holders import Holder, Kind
from stancewatch.nlp.normal import lower
from stancewatch.nlp.reader.line import HOLDER, PLACE, Chunk, Line
from stancewatch.nlp.reader.passage import Sentence

ABSENT = frozenset({"RU", "BY", "KP"})  # talked about at such summits, not at the table
BODIES = frozenset({"EU", "UN", "G7"})
_TOKEN = re.compile(r"'s\b|\w+(?:[.'’]\w+)*|\S")
HOUSE, TOWN = "§v", "§w"  # a venue that is sure to hold many; a town known for meetings
VENUES = (PLACE, HOUSE, TOWN)


@dataclass(frozen=True, slots=True)
class Ground:
    """`sentence` with its own line; `start` and `end` are characters of the normal text."""

    number: int
    sentence: Sentence
    line: Line
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.sentence.normal.text


class Grounds:
    """Marks the places that the rules know, and the people and countries that were found."""

    def __init__(
        self, places: Mapping[str, str], marks: Mapping[str, Iterable[str]], actors: Actors
    ) -> None:
        self._states = frozenset(code for code in actors.countries if len(code) == 2) - BODIES
        self._marks = {fold(name): mark for mark, names in marks.items() for name in names}
        self._cities = {fold(name): city for name, city in places.items()}
        names = sorted(map(fold, places), key=lambda name: (-len(name), name))
        self._places = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")

    def of(self, number: int, sentence: Sentence) -> Ground:
        chunks = sentence.line.chunks
        start, end = chunks[0].start, chunks[-1].end
        marked = list(self._marked(sentence, start, end))
        row = sorted([*marked, *_words(sentence, marked)], key=lambda chunk: chunk.start)
        return Ground(number, sentence, Line(tuple(row)), start, end)

    def _marked(self, sentence: Sentence, start: int, end: int) -> Iterator[Chunk]:
        done = start
        places = list(self._known(sentence.normal.text, start, end))
        actors = [Chunk(HOLDER, h.start, h.end, h) for h in self._actors(sentence)]
        for chunk in sorted((*places, *actors), key=lambda c: (c.start, c.word == HOLDER)):
            if chunk.start >= done:
                done = chunk.end
                yield chunk

    def _known(self, text: str, start: int, end: int) -> Iterator[Chunk]:
        same = _letters(text[start:end])
        for found in self._places.finditer(same):
            first, last = start + found.start(), start + found.end()
            if text[first].isupper():
                word = self._marks.get(found[0], PLACE)
                yield Chunk(word, first, last, self._cities[found[0]])

    def _actors(self, sentence: Sentence) -> Iterator[Holder]:
        """People and states; what a body or an army is called may itself name a meeting."""
        for at in range(len(sentence.line)):
            for holder in sentence.holders(at):
                state = holder.kind is Kind.COUNTRY and self._states.issuperset(holder.countries)
                if state or holder.kind is Kind.PERSON:
                    yield holder


def _letters(text: str) -> str:
    """Folded letter by letter, so that offsets stay."""
    return "".join((fold(letter) or letter)[0] if letter.isalnum() else letter for letter in text)


def _words(sentence: Sentence, marked: list[Chunk]) -> Iterator[Chunk]:
    """The words between the marks: those of the line, and of marks that are none here."""
    for chunk in sentence.line.chunks:
        if any(chunk.start < mark.end and mark.start < chunk.end for mark in marked) or (
            chunk.word.startswith("§") or " " in chunk.word
        ):
            for found in _TOKEN.finditer(sentence.normal.text, chunk.start, chunk.end):
                if not any(found.start() < m.end and m.start < found.end() for m in marked):
                    yield Chunk(lower(found[0]), found.start(), found.end())
        else:
            yield chunk


def countries(grounds: Sequence[Ground]) -> tuple[str, ...]:
    """The countries that are named as there. Ukraine is one where a person of it is."""
    codes = {
        code
        for holder in _named(grounds)
        for code in holder.countries
        if len(code) == 2 and code not in ABSENT and (code != "UA" or holder.kind is Kind.PERSON)
    }
    return tuple(sorted(codes))


def parties(grounds: Sequence[Ground]) -> frozenset[str]:
    """Every country that is named, those at war among them."""
    return frozenset(code for holder in _named(grounds) for code in holder.countries)


def _named(grounds: Sequence[Ground]) -> Iterator[Holder]:
    for ground in grounds:
        line = ground.sentence.line
        for at, chunk in enumerate(line.chunks):
            if chunk.word == HOLDER:
                yield from ground.sentence.holders(at)
