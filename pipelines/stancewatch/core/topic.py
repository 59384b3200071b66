"""What to look for. A topic is data from `rules/topics/`: its scale, its policy and its words.

`kind: stance` has an ordered scale that a country stands on; `kind: occurrence` is a thing that
happens, such as a summit, with an outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from stancewatch.core.actor import Voice
from stancewatch.core.lexicon import Lexicon


class Kind(StrEnum):
    STANCE = "stance"
    OCCURRENCE = "occurrence"


class Side(StrEnum):
    AGAINST = "against"
    OPEN = "open"
    FOR = "for"


@dataclass(frozen=True, slots=True)
class Level:
    name: str
    side: Side
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """How evidence becomes a stance. Confidences are thousandths; see `core.stance`."""

    levels: tuple[Level, ...]
    enter: int = 500  # a reading below this cannot establish a level alone
    turn: int = 0  # a change of side needs as much, from one reading or several together
    leave: int = 300  # a reading below this is no evidence at all
    witnesses: int = 2  # independent catalogued witnesses where one is not enough
    confirm_within: timedelta = timedelta(days=7)
    window: timedelta = timedelta(days=90)  # how long higher evidence stands against lower
    dwell: timedelta = timedelta(hours=6)  # a change back sooner than this is contested
    voices: tuple[Voice, ...] = (Voice.GOVERNMENT,)

    def order(self, level: str) -> int:
        return [each.name for each in self.levels].index(level)

    def side(self, level: str) -> Side:
        return self.levels[self.order(level)].side


@dataclass(frozen=True, slots=True)
class Example:
    """A text that proves the rules: what must be found in it, or that nothing must be."""

    text: str
    published: str
    expect: tuple[Mapping[str, object], ...]
    where: str  # file:line, for the report
    title: str = ""
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    id: str
    title: str
    kind: Kind
    policy: Policy | None  # None for an occurrence
    outcomes: tuple[str, ...] = ()  # for an occurrence, weightiest first
    valid_from: date | None = None
    valid_until: date | None = None
    status: str = "experimental"
    lexicons: Mapping[str, Lexicon] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    digest: str = ""
