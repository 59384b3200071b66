"""Who may hold a position in a passage, as found by name or by office."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stancewatch.core.actor import Rank, Voice
from stancewatch.core.mention import Evidence

# Parties to the war, whose soldiers are no topic, and bodies that are no more than their members.
NO_STANCE = frozenset({"UA", "RU", "KP", "BY", "COALITION", "UN", "G7"})


class Kind(StrEnum):
    COUNTRY = "country"
    CAPITAL = "capital"
    SEAT = "seat of power"
    PERSON = "person"
    ROLE = "office"
    PARTY = "party"
    PEOPLE = "people"  # a nation by its adjective: "the French"
    FORCES = "forces"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Holder:
    """`[start, end)` in the normal text. `title` is what it was called where it has no name."""

    start: int
    end: int
    kind: Kind
    countries: tuple[str, ...]
    voice: Voice
    evidence: Evidence
    speaker: str | None = None
    office: str | None = None
    rank: Rank | None = None
    title: str = ""
    oblique: bool = False


Holders = tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Force:
    """Soldiers, or a mission that they would join (`strong` is False)."""

    start: int
    end: int
    strong: bool
    nations: tuple[str, ...] = ()
    negative: bool = False  # "no soldiers", "not a single soldier"
    allied: bool = False  # "Western troops"
    own: bool = False  # "its own soldiers"
