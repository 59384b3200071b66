"""From words to holders: names, offices and adjectives of countries, with their voice that day.

    words -> names and titles -> holders -> soldiers -> peoples -> places, theatre, lists

Each step is a rewrite of the sentence, in which a longer construction goes before a shorter one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stancewatch.core.moment import Moment
from stancewatch.nlp.names import Name, Names
from stancewatch.nlp.offices import Offices
from stancewatch.nlp.places import Places
from stancewatch.nlp.reader.line import TITLE, Chunk, Found, Line, joined
from stancewatch.nlp.reader.pattern import compile_any
from stancewatch.nlp.runs import mark_holders, mark_peoples
from stancewatch.nlp.sentences import sentences


class Gazetteer:
    """Built once per language; `offices` are those of an article's day."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._titles = compile_any(names.titles, {})
        self._places = Places(names.grammar.classes)

    def offices(self, day: Moment | None, whole_text: str) -> Offices:
        return Offices(self.names, day, whole_text)

    def marked(self, text: str, offices: Offices) -> Line:
        """All of a short normal text, such as a byline, with its names and titles marked."""
        rows = sentences(text, self.names.grammar.code)
        row = [chunk for each in rows for chunk in each]
        return self._marked(row, text, list(self.names.find(text)), offices)

    def holders(
        self,
        row: Sequence[Chunk],
        text: str,
        found: Sequence[tuple[int, int, Name]],
        offices: Offices,
        mark_forces: Callable[[Line], Line],
    ) -> Line:
        """The sentence with its holders, forces and places marked."""
        line = mark_holders(self._marked(row, text, found, offices), offices)
        line = mark_peoples(mark_forces(line), offices)
        return self._places.mark(line)

    def _marked(
        self,
        row: Sequence[Chunk],
        text: str,
        found: Sequence[tuple[int, int, Name]],
        offices: Offices,
    ) -> Line:
        return Line(_with_names(row, text, found, offices)).rewrite(self._titles, _title)


def _with_names(
    row: Sequence[Chunk], text: str, found: Sequence[tuple[int, int, Name]], offices: Offices
) -> tuple[Chunk, ...]:
    """The row with each known name as one marked chunk, where it falls on whole tokens."""
    starts = {chunk.start: i for i, chunk in enumerate(row)}
    ends = {chunk.end: i for i, chunk in enumerate(row)}
    chunks: list[Chunk] = []
    done = 0
    for start, end, name in found:
        first, last = starts.get(start), ends.get(end)
        if first is None or last is None or first < done or not offices.means(text, start, name):
            continue
        chunks.extend(row[done:first])
        chunks.append(Chunk(name.mark, start, end, name))
        done = last + 1
    return (*chunks, *row[done:])


def _title(line: Line, found: Found) -> Chunk:
    chunks = line.chunks[found.first : found.last]
    return joined(chunks, TITLE, " ".join(chunk.word for chunk in chunks))
