"""A dead letter: an input that could not be used, with its reason. Nothing is lost silently."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stancewatch.core.digest import digest

EXCERPT = 2_000  # characters of the input kept with a failure, enough to find and replay it


class Stage(StrEnum):
    GATHER = "gather"
    DETECT = "detect"
    MATCH = "match"
    TRACK = "track"
    DELIVER = "deliver"


@dataclass(frozen=True, slots=True)
class Failure:
    """`where` is a URL or file:line, `reason` one word to count by, `detail` a sentence."""

    stage: Stage
    where: str
    reason: str
    detail: str
    excerpt: str = ""

    @property
    def id(self) -> str:
        return digest("failure", self.stage, self.where, self.reason, self.excerpt)


def clip(text: str) -> str:
    return text[:EXCERPT]
