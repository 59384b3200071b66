"""A text as the reader meets it: its sentences as lines, and what is known of the article."""

from __future__ import annotations

from dataclasses import dataclass

from stancewatch.core.mention import Field, Span
from stancewatch.core.moment import Moment
from stancewatch.nlp.holders import Force, Holder
from stancewatch.nlp.normal import Normal
from stancewatch.nlp.offices import Offices
from stancewatch.nlp.reader import line as marks
from stancewatch.nlp.reader.line import Line


@dataclass(frozen=True, slots=True)
class Sentence:
    line: Line
    field: Field
    normal: Normal

    def span(self, start: int, end: int) -> Span:
        """Characters of the normal text, as a span of the text that was given."""
        first, last = self.normal.back(start, end)
        return Span(first, last, self.normal.original[first:last], self.field)

    @property
    def quote(self) -> str:
        first, last = self.line.chunks[0].start, self.line.chunks[-1].end
        return " ".join(self.normal.words(first, last).split())

    @property
    def asks(self) -> bool:
        """A question holds no position, nor does one that is quoted."""
        return self.quote.rstrip("\"')]\u201d\u2019 ").endswith("?")

    def quoted(self, index: int) -> bool:
        """Whether a chunk stands between quotation marks."""
        inside = False
        for chunk in self.line.chunks[:index]:
            inside ^= chunk.word == '"'
        return inside

    def holders(self, index: int) -> tuple[Holder, ...]:
        value = self.line.chunks[index].value
        word = self.line.chunks[index].word
        return value if word in (marks.HOLDER, marks.PLACE) and isinstance(value, tuple) else ()

    def force(self, index: int) -> Force | None:
        value = self.line.chunks[index].value
        return value if isinstance(value, Force) else None


NEARBY, OPENING = 5, 3  # sentences


@dataclass(frozen=True, slots=True)
class Passage:
    """One article on one topic. `author` is the office-holder or the body that signed it."""

    sentences: tuple[Sentence, ...]
    published: Moment | None
    author: Holder | None
    theatre: bool  # named anywhere in the article
    offices: Offices  # on its day

    def near(self, number: int) -> tuple[Sentence, ...]:
        """What stands around a sentence, with the opening, which sets the scene."""
        low, high = max(0, number - NEARBY), number + NEARBY + 1
        return (*self.sentences[: min(OPENING, low)], *self.sentences[low:high])
