"""When a position is said again under another condition: added, dropped or changed.

A condition is never a level: "ready, if there is a truce" is as willing as "ready". Reports leave
conditions out and word them in many ways, so only words that bind count, and only a difference
that no rewording explains.
"""

from __future__ import annotations

from stancewatch.core.article import words
from stancewatch.core.mention import Evidence
from stancewatch.core.watch import Reading

STEM = 5  # letters: "guarantee" and "guarantees", "parliament" and "parliamentary"
SHORT = 4  # shorter words hold no condition by themselves

# One event under many names.
_NAMES = {
    "truce": "cease",
    "armis": "cease",
    "peace": "cease",
    "bunde": "parli",
    "congr": "parli",
    "seim": "parli",
    "sejm": "parli",
    "ameri": "unite",
    "washi": "unite",
}
_EMPTY = frozenset({"there", "would", "could", "condi", "when", "once", "after", "with", "that",
                    "only", "unles", "provi", "case", "event", "place"})  # fmt: skip


def settles(reading: Reading) -> bool:
    """Whether it can be held to what it leaves out: a summary drops conditions, a speaker means
    it."""
    return reading.condition is not None or reading.evidence is Evidence.OWN_WORDS


def spoken_otherwise(before: str | None, now: str | None) -> bool:
    """Whether the condition is another one: there or not there, or about something else.

    A condition without words ("") is the same as any.
    """
    if before is None or now is None:
        return before is not now
    one, other = _content(before), _content(now)
    return bool(one and other) and one.isdisjoint(other)


def _content(condition: str) -> frozenset[str]:
    stems = (word[:STEM] for word in words(condition) if len(word) >= SHORT)
    return frozenset(_NAMES.get(stem, stem) for stem in stems) - _EMPTY
