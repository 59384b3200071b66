"""A cue in a sentence: who, in whose voice, holds which level, and how the words reached us."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stancewatch.core.actor import Rank, Voice
from stancewatch.core.digest import digest
from stancewatch.core.moment import Moment


class Evidence(StrEnum):
    """How the words reached us, weightiest first."""

    OWN_WORDS = "own-words"  # quoted, signed, or on the government's own site
    PARAPHRASE = "paraphrase"  # of a named office-holder
    INSTITUTION = "institution"  # a named institution or spokesperson
    UNNAMED = "unnamed-official"
    NARRATOR = "narrator"  # a summary without a speaker
    THIRD_PARTY = "third-party"  # what somebody else says of the country

    @property
    def weight(self) -> int:
        return _WEIGHTS[self]


_WEIGHTS = {evidence: weight for weight, evidence in enumerate(reversed(Evidence), 1)}


class Modality(StrEnum):
    ASSERTED = "asserted"
    CONDITIONAL = "conditional"
    DENIED = "denied"
    HEARSAY = "hearsay"
    RECAP = "recap"


class Whose(StrEnum):
    OWN = "own"
    ALLIED = "allied"
    UNSTATED = "unstated"


class Where(StrEnum):
    INSIDE = "inside-ukraine"
    OUTSIDE = "outside-ukraine"
    AIR_SEA = "air-sea"
    UNSTATED = "unstated"


class Field(StrEnum):
    TITLE = "title"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Span:
    """`[start, end)` in characters of the article's title or text, with the words themselves."""

    start: int
    end: int
    text: str
    field: Field = Field.TEXT


@dataclass(frozen=True, slots=True)
class Mention:
    """`confidence` is in thousandths; `rule` names the topic's cue; `trace` says why, in words."""

    topic: str
    country: str
    level: str
    voice: Voice
    evidence: Evidence
    modality: Modality
    current: bool
    quote: str
    holder: Span
    cue: Span
    rule: str
    confidence: int
    condition: str | None = None
    whose: Whose = Whose.UNSTATED
    where: Where = Where.UNSTATED
    speaker: str | None = None
    office: str | None = None
    rank: Rank | None = None
    stated_at: Moment | None = None
    trace: tuple[str, ...] = ()

    @property
    def conditional(self) -> bool:
        return self.condition is not None

    def id_in(self, article_id: str, revision: str) -> str:
        """Unique among the mentions of one revision: no two share all of these."""
        return digest(
            "mention",
            article_id,
            revision,
            self.topic,
            self.country,
            self.voice,
            self.level,
            self.cue.field,
            str(self.cue.start),
            str(self.cue.end),
            str(self.holder.start),
        )
