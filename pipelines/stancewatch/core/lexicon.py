"""A topic's words in one language, as its rule file gives them.

Patterns are small: words, `a|b`, `<class>` (a named list of words), `word?`, `~` (a few adverbs
or a negation) and `*` (a short gap). `nlp.reader.pattern` compiles them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that carry a position.

    `negated` is the level when they are denied ("not ruled out"); None: then they carry none.
    `weakened` is the level under "only if", "may be" and the like. A cue that is not `anaphoric`
    needs its topic in its own sentence; one that is may point back ("he ruled it out").
    """

    id: str
    level: str
    patterns: tuple[str, ...]
    negated: str | None = None
    weakened: str | None = None
    anaphoric: bool = True
    refuses: bool = False  # a refusal, which another refusal turns round ("declined to rule out")


@dataclass(frozen=True, slots=True)
class OutcomeCue:
    """Words that tell how a summit went."""

    id: str
    outcome: str
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`triggers` open the gate, `hints` only where the `theatre` or the `scene` is named.

    An article must name the theatre; a teaser need not, if nothing `elsewhere` is named.

    `forces` name what may be sent, `missions` what may be joined: a mission counts only where a
    force or the theatre stands near. `distractors` are what else may be ruled out or pledged.

    `gatherings` and `formats` name a meeting of many; `meetings` may be of two, and count only in
    company. `venues` are the places where they are, by city.
    """

    triggers: tuple[str, ...]
    hints: tuple[str, ...] = ()
    theatre: tuple[str, ...] = ()
    scene: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    forces: tuple[str, ...] = ()
    missions: tuple[str, ...] = ()
    distractors: tuple[str, ...] = ()
    cues: tuple[Cue, ...] = ()
    gatherings: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    meetings: tuple[str, ...] = ()
    venues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outcomes: tuple[OutcomeCue, ...] = ()
