"""What in a sentence may tell of a gathering: nouns for it, those who gather, and what they do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from stancewatch.core.lexicon import Lexicon
from stancewatch.nlp.holders import Holder, Kind
from stancewatch.nlp.reader.line import Found, Line
from stancewatch.nlp.reader.pattern import compile_any
from stancewatch.nlp.summits.ground import VENUES, Ground

NEAR = 4  # chunks around a gathering in which it is dated
BEFORE = 5  # chunks in which stands who met, or whether it is only wished for
AFTER = 10  # chunks in which stands that nothing came of the wish
# Chunks from those who gather to how they meet or what they decide, and back to who receives them.
MEET, DECIDE, RECEIVE = 9, 6, 6
_STANDING = frozenset(["in", "at", "to", "near", "outside", "inside", "the", "of"])
_CLAUSE = (";", ":", ".", "said", "says", "told", "that", "which", "what", "if")
_ATTITUDE = ("long", "repeatedly", "always", "should", "must")  # no event
_ENDS = frozenset([*_CLAUSE, *_ATTITUDE])


class Signs:
    def __init__(self, lexicon: Lexicon, classes: Mapping[str, tuple[str, ...]]) -> None:
        def any_of(*patterns: str) -> re.Pattern[str]:
            return compile_any(patterns, classes)

        self._nouns = any_of(*lexicon.gatherings, *lexicon.formats)
        self._meetings = any_of(*lexicon.meetings)
        self._groups = any_of(*lexicon.words["groups"])
        self._two = any_of(*lexicon.words["pairs"])
        self._crowds = any_of(*lexicon.words["crowds"])
        self._acts = any_of("<act>")
        self._deeds = any_of("<deed>")
        self._receives = any_of("<receive>")
        self._anchors = any_of("<day>|<body>|<number>")
        self._vetoes = any_of(*lexicon.distractors)
        self._wishes = any_of("<wish>")
        self._ago = any_of("<ago>")
        self._unreal = any_of("<unreal>")
        self._aides = any_of("<aides> from|of|met|meet|meeting|gather|hold|sit|,")
        self._helpers = frozenset(lexicon.words["aides"])
        self._private = frozenset(lexicon.words["private"])

    def nouns(self, ground: Ground) -> Iterator[Found]:
        return self._sound(ground, self._nouns)

    def meetings(self, ground: Ground) -> Iterator[Found]:
        """Nouns and phrases that may be of two."""
        return self._sound(ground, self._meetings)

    def people(self, ground: Ground) -> Iterator[Found]:
        """From those who gather to what they do, or from who receives them.

        Leaders and ministers may meet or decide; a crowd ("twenty countries") must meet. Two are
        enough where one is Russia: those are talks to end the war.
        """
        line = ground.line
        acts, deeds = [*line.find(self._acts)], [*line.find(self._deeds)]
        receives = [*line.find(self._receives)]
        for group in self._sound(ground, self._groups):
            yield from _pairs(line, group, acts, MEET)
            yield from _pairs(line, group, deeds if self._anchored(ground) else (), DECIDE)
            yield from _received(line, group, receives)
        for crowd in self._sound(ground, self._crowds):
            yield from _pairs(line, crowd, acts, MEET)
            yield from _received(line, crowd, receives)
        for pair in self._sound(ground, self._two):
            if placed(ground) and _with_russia(line, pair):
                yield from _pairs(line, pair, [*acts, *deeds], MEET)

    def _anchored(self, ground: Ground) -> bool:
        """Whether a decision was one of a certain body, day or place."""
        return placed(ground) or self._anchors.search(ground.line.text) is not None

    def _sound(self, ground: Ground, pattern: re.Pattern[str]) -> Iterator[Found]:
        """Without news conferences, party leaders, aides, and what is only wished for."""
        vetoes = list(ground.line.find(self._vetoes))
        for found in ground.line.find(pattern):
            vetoed = any(v.first < found.last and found.first < v.last for v in vetoes)
            if not vetoed and not self._other(ground.line, found) and not _of_party(ground, found):
                yield found

    def _other(self, line: Line, found: Found) -> bool:
        before = line.words(found.first - BEFORE, found.first)
        last = line.chunks[found.first - 1].word if found.first else ""
        next_ = line.chunks[found.last].word if found.last < len(line) else ""
        return (
            last in self._private
            or next_ in self._helpers
            or self._wishes.search(before) is not None
            or self._unreal.search(line.words(found.last, found.last + AFTER)) is not None
            or self._ago.search(line.words(found.first - NEAR, found.last + NEAR)) is not None
            or self._aides.search(line.words(found.first - BEFORE, found.last + BEFORE)) is not None
        )


def _of_party(ground: Ground, found: Found) -> bool:
    """Whether it is a party's: "leaders of the Greens"."""
    start, end = ground.line.span(found.first, min(found.last + 3, len(ground.line)))
    return any(
        holder.kind is Kind.PARTY and start <= holder.start < end
        for at in range(len(ground.sentence.line))
        for holder in ground.sentence.holders(at)
    )


def _pairs(line: Line, group: Found, acts: Iterable[Found], reach: int) -> Iterator[Found]:
    for act in acts:
        near = 0 <= act.first - group.last <= reach
        if near and _one_clause(line, group.last, act.first):
            yield Found(group.first, act.last)


def _received(line: Line, group: Found, receives: Sequence[Found]) -> Iterator[Found]:
    for act in receives:
        near = 0 <= group.first - act.last <= RECEIVE
        if near and _one_clause(line, act.last, group.first):
            yield Found(act.first, group.last)


def _one_clause(line: Line, first: int, last: int) -> bool:
    return not any(chunk.word in _ENDS for chunk in line.chunks[first:last])


def _with_russia(line: Line, pair: Found) -> bool:
    return any(
        chunk.word.startswith("russian")
        or (isinstance(chunk.value, Holder) and "RU" in chunk.value.countries)
        for chunk in line.chunks[pair.first : pair.last]
    )


def placed(ground: Ground) -> bool:
    """Whether the sentence tells of a place that one may stand in."""
    words = [chunk.word for chunk in ground.line.chunks]
    return any(
        word in VENUES and (at == 0 or words[at - 1] in _STANDING) for at, word in enumerate(words)
    )
