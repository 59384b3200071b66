"""Why a cue that was found became no mention: what `rules explain` shows beside the mentions."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Dropped:
    """A cue that became no mention, and why not."""

    rule: str
    words: str
    why: str
    sentence: str


@dataclass(slots=True)
class Trace:
    """What the readers of one passage dropped, in the order in which they met it."""

    dropped: list[Dropped] = field(default_factory=list)

    def drop(self, rule: str, words: str, why: str, sentence: str) -> None:
        self.dropped.append(Dropped(rule, words, why, sentence))
