"""How a summit went: the weightiest that is told of it, unless it is still to come."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stancewatch.core.lexicon import Lexicon, OutcomeCue
from stancewatch.nlp.reader.line import HOLDER, Found, Line
from stancewatch.nlp.reader.pattern import compile_any
from stancewatch.nlp.summits.ground import VENUES, Ground

DEFAULT, UPCOMING, POSTPONED = "held", "upcoming", "postponed"
PLEDGED, FAILED = "pledged", "no-agreement"
FIRST = (POSTPONED, UPCOMING)  # told of the gathering itself, before what came of it
OWN = "called-off"  # a cue that needs its gathering in the same sentence
TOGETHER = frozenset(["agreed", "not-agreed"])  # cues that tell what one alone does not do
DENIAL = 3  # chunks in front of a deed in which it is denied, or only wanted
SUBJECT = 14  # chunks in front of a deed in which its subject stands
_NONE = frozenset(["nothing", "no", "none"])
_ENDS = frozenset([";", ":", ".", "that"])
_ONE = frozenset(["he", "she", "minister", "president", "chancellor", "premier", HOLDER, *VENUES])
_ARTICLES = frozenset(["the", "a", "an"])
_SEVERAL = frozenset(["and", ",", "with"])
_UNDER = frozenset(["of", "with", "by", "from", "to", "in", "at", "for", "between", "on", "near"])


@dataclass(frozen=True, slots=True)
class Scope:
    """The stretch of a sentence that tells of one gathering."""

    ground: Ground
    first: int
    last: int

    def find(self, pattern: re.Pattern[str]) -> Iterator[Found]:
        """What begins in the stretch, whatever begins before it."""
        line = self.ground.line
        begin = line.starts[self.first] if self.first < len(line) else len(line.text)
        for match in pattern.finditer(line.text, begin):
            found = Found(line.index(match.start()), line.index(match.end()))
            if found.first < self.last:
                yield found


@dataclass(frozen=True, slots=True)
class Outcome:
    rule: str
    name: str
    ground: Ground


class Outcomes:
    def __init__(
        self, lexicon: Lexicon, order: Sequence[str], classes: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._order = tuple(order)
        self._cues = tuple((cue, compile_any(cue.patterns, classes)) for cue in lexicon.outcomes)
        self._undue = frozenset(lexicon.words["undue"])
        self._past = compile_any(["<past>"], classes)
        self._matters = frozenset(lexicon.words["matters"])
        self._collectives = frozenset(lexicon.words["all"])
        self._denials = frozenset(lexicon.words["denial"])

    def of(self, own: Sequence[Scope], around: Sequence[Ground]) -> Outcome:
        """`around` are the sentences beside it, which tell of no other gathering.

        Its first sentence tells whether it is still to come. A later one may, too, where nothing
        has happened yet.
        """
        beside = [Scope(ground, 0, len(ground.line)) for ground in around]
        ahead = [each for each in self._told(own[:1]) if each.name in FIRST]
        rest = [*self._told((*own, *beside))]
        ahead += [each for each in rest if each.name == POSTPONED and each.rule != OWN]
        told = [each for each in rest if each.name not in FIRST]
        if not told and not next(own[0].find(self._past), None):
            ahead += [each for each in rest if each.name == UPCOMING]
        return min(
            ahead or told or [Outcome(DEFAULT, DEFAULT, own[0].ground)],
            key=lambda each: (self._order.index(each.name), each.ground.number),
        )

    def _told(self, scopes: Sequence[Scope]) -> Iterator[Outcome]:
        for scope in scopes:
            for cue, pattern in self._cues:
                if any(self._holds(cue, scope, found) for found in scope.find(pattern)):
                    yield Outcome(cue.id, cue.outcome, scope.ground)

    def _holds(self, cue: OutcomeCue, scope: Scope, found: Found) -> bool:
        """Not where it is denied, nor where one alone agrees."""
        line = scope.ground.line
        if cue.outcome in FIRST:
            return cue.outcome == UPCOMING or not self._open(line, found)
        before = line.chunks[max(0, found.first - DENIAL) : found.first]
        after = line.chunks[found.last : found.last + 1]
        denied = any(chunk.word in self._denials for chunk in before)
        undue = cue.outcome == PLEDGED and before and before[-1].word in self._undue
        empty = cue.outcome != FAILED and any(chunk.word in _NONE for chunk in after)
        alone = cue.id in TOGETHER and self._alone(line, found.first)
        return not (denied or undue or empty or alone)

    def _open(self, line: Line, found: Found) -> bool:
        """Whether it is a decision that was put off, not the gathering."""
        within = line.chunks[found.first : found.last + DENIAL]
        return any(chunk.word in self._matters for chunk in within)

    def _alone(self, line: Line, at: int) -> bool:
        """Whether the verb at `at` has one person or country for its subject."""
        words = [chunk.word for chunk in line.chunks[:at]]
        for back in range(1, min(SUBJECT, at) + 1):
            word, left = words[-back], _left(words[: at - back])
            if word in _ENDS or word in self._collectives:
                return False
            if word in _ONE and left not in _UNDER:
                return left not in _SEVERAL or word in ("he", "she")
        return False


def _left(words: Sequence[str]) -> str:
    """The last word, or the one before an article."""
    bare = words[:-1] if words and words[-1] in _ARTICLES else words
    return bare[-1] if bare else ""
