"""Everything wrong with a set of rules, gathered first and told at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from stancewatch.errors import RuleError


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file; 0 where the file as a whole is meant."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong, where, and what to do about it."""

    place: Place
    problem: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}" + (f" ({self.mend})" if self.mend else "")


@dataclass(slots=True)
class Faults:
    found: set[Fault] = field(default_factory=set)

    def add(self, place: Place, problem: str, mend: str = "") -> None:
        self.found.add(Fault(place, problem, mend))

    def raise_if_any(self) -> None:
        if self.found:
            raise RuleError("\n".join(str(fault) for fault in sorted(self.found)))


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """`did you mean 'x'?`, or else what may be written at all, or else `otherwise`."""
    options = sorted(set(known))
    if near := get_close_matches(word.casefold(), options_by_case := _by_case(options), n=1):
        return f"did you mean {options_by_case[near[0]]!r}?"
    return otherwise or (f"known: {', '.join(options)}" if options else "")


def _by_case(options: Iterable[str]) -> dict[str, str]:
    return {option.casefold(): option for option in options}
