"""A passage as the learned reader sees it: names replaced by what kind of name they are.

Each candidate country is read on its own. Its names become one set of placeholders, those of other
countries another, so that the reader learns the language of positions and not who usually takes
them. Russia and Ukraine, whose names say what the passage is about, stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stancewatch.core.actor import Voice
from stancewatch.nlp.holders import NO_STANCE
from stancewatch.nlp.names import Names
from stancewatch.nlp.offices import Offices
from stancewatch.nlp.reader import line as marks
from stancewatch.nlp.reader.titles import Titles

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


class Masker:
    """Built once per language."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._titles = Titles(names)

    def hits(self, text: str, offices: Offices) -> list[Hit]:
        """The names in a normal text, and the bare titles that can mean one office alone."""
        named: list[Hit] = []
        offices_seen: list[tuple[str, str | None]] = []
        for start, end, name in self._names.find(text):
            if not offices.means(text, start, name):
                continue
            if name.mark == marks.PERSON:
                holder = offices.person(name, start, end)
                named.append(Hit(start, end, holder.countries, _OF_VOICE[holder.voice]))
                offices_seen.extend((code, holder.office) for code in holder.countries)
            elif name.mark in _OF_MARK:
                named.append(Hit(start, end, name.countries, _OF_MARK[name.mark]))
                offices_seen.extend((code, None) for code in name.countries)
        bare = (
            Hit(each.start, each.end, (each.role.country,), _OF_VOICE[each.role.voice])
            for each in self._titles.find(text, offices_seen)
        )
        apart = (hit for hit in bare if not any(_overlap(hit, other) for other in named))
        return sorted((*named, *apart), key=lambda hit: hit.start)


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def candidates(found: Sequence[Hit], signer: str | None = None) -> list[str]:
    """Every country that could hold a position in the passage; `signer` is that of its author."""
    codes = {code for hit in found for code in hit.countries} | ({signer} if signer else set())
    return sorted(codes - NO_STANCE)


def masked(text: str, found: Sequence[Hit], country: str, signer: str | None = None) -> list[Piece]:
    """The text in pieces, with every name of `country` and of the others masked.

    A signed text opens with its author, as in "Minister: we are ready".
    """
    pieces: list[Piece] = []
    if signer:
        own = signer == country
        who = (OWN if own else OTHERS)["government"]
        pieces.append(Piece(f"{who}: ", 0, 0, own, mask=True))
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
