"""How a summit went: the weightiest that is told of it, unless it is still to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stancewatch.core.lexicon import Lexicon
from stancewatch.nlp.reader.pattern import compile_any
from stancewatch.nlp.summits.gatherings import Gathering
from stancewatch.nlp.summits.ground import Ground

DEFAULT, UPCOMING, POSTPONED = "held", "upcoming", "postponed"
# Told of the gathering itself; what was agreed earlier is not its own.
FIRST = (POSTPONED, UPCOMING)


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

    def of(self, gatherings: Sequence[Gathering], around: Sequence[Ground]) -> Outcome:
        """`around` are the sentences beside it, which tell of no other gathering."""
        own = [gathering.ground for gathering in gatherings]
        ahead = [each for each in self._told(own[:1]) if each.name in FIRST]
        told = [each for each in self._told((*own, *around)) if each.name not in FIRST]
        return min(
            ahead or told or [Outcome(DEFAULT, DEFAULT, own[0])],
            key=lambda each: (self._order.index(each.name), each.ground.number),
        )

    def _told(self, grounds: Sequence[Ground]) -> Iterator[Outcome]:
        for ground in grounds:
            for cue, pattern in self._cues:
                if next(ground.line.find(pattern), None) is not None:
                    yield Outcome(cue.id, cue.outcome, ground)
