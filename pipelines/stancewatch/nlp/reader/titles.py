"""Bare titles in a passage ("the chancellor", "his defence minister"): whose office they mean.

The network does not know which country has a chancellor, since it never sees a country's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stancewatch.core.actor import Role
from stancewatch.nlp.names import Names


@dataclass(frozen=True, slots=True)
class Bare:
    """`[start, end)` in the normal text, with the office that it means."""

    start: int
    end: int
    role: Role


class Titles:
    def __init__(self, names: Names) -> None:
        self._names = names
        words = sorted(names.countries_of_title, key=len, reverse=True)
        told = "|".join(re.escape(_written(title)) for title in words)
        self._pattern = re.compile(
            rf"\b(?:[Tt]he|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir) ((?i:{told}))\b(?! (?:of\b|[A-Z]))"
        )

    def find(self, text: str, seen: Sequence[tuple[str, str | None]]) -> Iterator[Bare]:
        """`seen` are the countries that the text names, each with the office of who is named."""
        for match in self._pattern.finditer(text):
            title = _spaced(match[1])
            role = self._only(title, seen)
            if role is not None:
                yield Bare(match.start(1), match.end(1), role)

    def _only(self, title: str, seen: Sequence[tuple[str, str | None]]) -> Role | None:
        """The one office that fits: of a person named, else of a country named."""
        roles = {code: role for code, _ in seen if (role := self._names.role(code, title))}
        of_people = [
            code for code, office in seen if code in roles and roles[code].office == office
        ]
        fitting = set(of_people) or set(roles)
        return roles[fitting.pop()] if len(fitting) == 1 else None


def _written(title: str) -> str:
    return title.replace(" - ", "-").replace(" 's", "'s")


def _spaced(title: str) -> str:
    return title.lower().replace("-", " - ").replace("'s", " 's")
