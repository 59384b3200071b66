"""Where leaders meet: the city behind a house, a palace or a spelling ("Elysée" is Paris)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from stancewatch.core.actor import Actors
from stancewatch.core.lexicon import Lexicon

_EDGES = re.compile(r"^(?:the|at|in)\s+|['\u2019]s$|[\s.,;:]+$")


@dataclass(frozen=True, slots=True)
class Venues:
    """Cities by every name of theirs, in the spelling that they are shown in."""

    cities: Mapping[str, str]
    _folded: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        folded = {fold(name): city for name, city in self.cities.items()}
        object.__setattr__(self, "_folded", folded)

    def known(self, place: str) -> str | None:
        """The city that this is, or stands in; None where the rules do not know it."""
        return self._folded.get(fold(place))

    def city(self, place: str) -> str:
        """What to compare a place by: its city, else its own name without case and article."""
        return fold(self.known(place) or place)

    def named_in(self, words: str) -> frozenset[str]:
        """The cities that a name speaks of: Paris, in "Paris conference on Ukraine"."""
        text = f" {fold(words)} "
        return frozenset(fold(city) for name, city in self._folded.items() if f" {name} " in text)


def venues(actors: Actors, lexicon: Lexicon) -> Venues:
    """The capitals, which the actors' files hold, and the venues that the topic adds."""
    cities: dict[str, str] = {}
    for country in actors.countries.values():
        if country.capital:
            cities[country.capital] = country.capital
            for demonym in country.demonyms:
                cities[f"{demonym} capital"] = country.capital
    for city, names in lexicon.venues.items():
        cities |= dict.fromkeys((city, *names), city)
    return Venues(cities)


def fold(place: str) -> str:
    """Without case, accents, article and the marks around it."""
    plain = "".join(map(_bare, unicodedata.normalize("NFC", place.strip()))).casefold()
    return _EDGES.sub("", _EDGES.sub("", plain)).strip()


def _bare(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]
