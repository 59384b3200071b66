"""The closed-class words of a language that the reader needs, whatever the topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stancewatch.core.actor import Voice
from stancewatch.core.mention import Evidence


@dataclass(frozen=True, slots=True)
class Nouns:
    """Nouns that make a holder of a country's adjective ("German officials")."""

    voice: Voice
    evidence: Evidence
    words: tuple[str, ...]
    office: str | None = None


@dataclass(frozen=True, slots=True)
class Grammar:
    code: str
    classes: Mapping[str, tuple[str, ...]]  # named word lists for patterns
    nouns: tuple[Nouns, ...]
    stopwords: frozenset[str]


def words_of(text: str) -> frozenset[str]:
    """The words of a text, as tables of small words are written."""
    return frozenset(text.split())
