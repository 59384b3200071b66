"""A passage as the learned reader sees it: names replaced by what kind of name they are.

Each candidate country is read on its own. Its names become one set of placeholders, those of other
countries another, so that the reader learns the language of positions and not who usually takes
them. Russia and Ukraine, whose names say what the passage is about, stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stancewatch.core.actor import Voice
from stancewatch.nlp.holders import NO_STANCE
from stancewatch.nlp.names import Name
from stancewatch.nlp.offices import Offices
from stancewatch.nlp.reader import line as marks

# Placeholders are words that the base vocabulary holds in reserve.
_KINDS = ("nation", "demonym", "seat", "army", "government", "party", "military", "other")
OWN = {kind: f"[unused{number}]" for number, kind in enumerate(_KINDS, 1)}
OTHERS = {kind: f"[unused{number}]" for number, kind in enumerate(_KINDS, 1 + len(_KINDS))}
BODIES = frozenset({"NATO", "EU"})  # named all over the place; masked only as the candidate

_OF_MARK = {
    marks.NATION: "nation",
    marks.GROUP: "nation",
    marks.DEMONYM: "demonym",
    marks.CITY: "seat",
    marks.SEAT: "seat",
    marks.ARMY: "army",
    marks.PARTY: "party",
}
_OF_VOICE = {
    Voice.GOVERNMENT: "government",
    Voice.PARTY: "party",
    Voice.MILITARY: "military",
    Voice.PUBLIC: "other",
    Voice.OTHER: "other",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A name in the normal text, with the countries it may stand for and its kind."""

    start: int
    end: int
    countries: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` of the masked passage and where it stood; `own` if it is the candidate's name."""

    text: str
    start: int
    end: int
    own: bool = False
    mask: bool = False


def hits(text: str, found: Iterable[tuple[int, int, Name]], offices: Offices) -> list[Hit]:
    kept = []
    for start, end, name in found:
        if not offices.means(text, start, name):
            continue
        if name.mark == marks.PERSON:
            holder = offices.person(name, start, end)
            kept.append(Hit(start, end, holder.countries, _OF_VOICE[holder.voice]))
        elif name.mark in _OF_MARK:
            kept.append(Hit(start, end, name.countries, _OF_MARK[name.mark]))
    return kept


def candidates(found: Sequence[Hit]) -> list[str]:
    """Every country that could hold a position in the passage."""
    return sorted({code for hit in found for code in hit.countries} - NO_STANCE)


def masked(text: str, found: Sequence[Hit], country: str) -> list[Piece]:
    """The text in pieces, with every name of `country` and of the others masked."""
    pieces: list[Piece] = []
    done = 0
    for hit in found:
        own = country in hit.countries
        known = set(hit.countries)
        if hit.start < done or (not own and known <= NO_STANCE | BODIES):
            continue
        if done < hit.start:
            pieces.append(Piece(text[done : hit.start], done, hit.start))
        word = (OWN if own else OTHERS)[hit.kind]
        pieces.append(Piece(word, hit.start, hit.end, own, mask=True))
        done = hit.end
    if done < len(text):
        pieces.append(Piece(text[done:], done, len(text)))
    return pieces
