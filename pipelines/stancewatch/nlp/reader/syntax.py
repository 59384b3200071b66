"""What the parse says of a cue and a holder: whose clause it is, and who is said to speak.

Reading does not hang on it: a parse is asked for a second opinion on who holds what.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stancewatch.nlp.holders import NO_STANCE
from stancewatch.nlp.parse import (
    agents,
    clause_of,
    clause_parent,
    load,
    members,
    obliques,
    possessor,
    speaker_of,
    subjects,
)
from stancewatch.nlp.reader.passage import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token

ABOVE = 3  # clauses: who is subject of the clause above may hold what is said below
BY = frozenset({"by", "from", "of", "for"})


class Syntax:
    """`source` is the folder or the package name of a spaCy pipeline. Raises ModelError."""

    def __init__(self, source: str) -> None:
        self._parser = load(source)

    def backs(self, sentence: Sentence, cue: tuple[int, int], country: str) -> bool | None:
        """Whether the parse ties a cue to a country; None where it ties it to nobody known.

        `cue` is characters of the sentence's normal text.
        """
        tied = self.tied(sentence, cue)
        return country in tied if tied else None

    def tied(self, sentence: Sentence, cue: tuple[int, int]) -> frozenset[str]:
        """The countries of whoever stands as subject, agent, owner or speaker of the cue."""
        start = sentence.line.chunks[0].start
        end = sentence.line.chunks[-1].end
        doc = self._parser(sentence.normal.text[start:end])
        first, last = max(cue[0], start) - start, min(cue[1], end) - start  # it may run on
        span = doc.char_span(first, last, alignment_mode="expand")
        if not span:
            return frozenset()
        return frozenset(
            code
            for token in _ties(span.root)
            for word in members(token)
            for code in _countries(sentence, start, word)
        )


def _ties(root: Token) -> Iterator[Token]:
    pred = clause_of(root)
    yield from obliques(root, BY)
    owner = possessor(root)
    if owner is not None:
        yield owner
    speaker = speaker_of(root)
    if speaker is not None:
        yield speaker
    above: Token | None = pred
    for _ in range(ABOVE):
        if above is None:
            return
        yield from subjects(above)
        yield from agents(above)
        above = clause_parent(above)


def _countries(sentence: Sentence, start: int, word: Token) -> Iterator[str]:
    """Of the holder that the word is part of, or that stands within its phrase."""
    left, right = word.left_edge, word.right_edge
    first, last = start + word.idx, start + word.idx + len(word)
    low, high = start + left.idx, start + right.idx + len(right)
    for index in range(len(sentence.line)):
        chunk = sentence.line.chunks[index]
        for holder in sentence.holders(index):
            over = chunk.start < last and first < chunk.end
            within = low <= chunk.start and chunk.end <= high and high - low < 60
            if over or within:
                yield from (code for code in holder.countries if code not in NO_STANCE)
