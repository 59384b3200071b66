"""The small pattern language of the rule files, as regular expressions over lines.

    rule|rules|ruled ~ out      words, alternatives, a few adverbs or a negation between
    <ready> to <send> * <force> named classes; `*` is a short gap that stays in its clause
    not? yet                    an optional element

Marks: `<holder>`, `<force>` (also a mission), `<noforce>` ("no soldiers"), `<theatre>`, `<place>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from stancewatch.errors import RuleError

MARKS: Mapping[str, tuple[str, ...]] = {
    "holder": ("§h",),
    "force": ("§f", "§m", "§f0", "§m0"),
    "noforce": ("§f0", "§m0"),
    "theatre": ("§u",),
    "place": ("§p",),
    "coalition": ("§k",),  # the coalition of the willing, where gatherings are looked for
}
GAP = r"(?:(?![;:.!?] |but |while |whereas |rather |instead |said |says |told |, §h )\S+ ){0,5}?"
Classes = Mapping[str, tuple[str, ...]]


def compile_pattern(pattern: str, classes: Classes, where: str = "") -> re.Pattern[str]:
    body = "".join(_element(element, classes, where) for element in pattern.split())
    return re.compile(rf"(?<= ){body}")


def compile_any(patterns: Iterable[str], classes: Classes, where: str = "") -> re.Pattern[str]:
    """One expression for all; longer patterns are tried first."""
    bodies = sorted(
        {"".join(_element(e, classes, where) for e in p.split()) for p in patterns},
        key=lambda body: (-len(body), body),
    )
    return re.compile(rf"(?<= )(?:{'|'.join(bodies)})") if bodies else NEVER


NEVER = re.compile(r"(?!)")


def _element(element: str, classes: Classes, where: str) -> str:
    if element == "*":
        return GAP
    if element == "~":
        return _adverbs(classes)
    optional = element.endswith("?") and len(element) > 1
    words = _words(element.removesuffix("?") if optional else element, classes, where)
    return f"(?:{'|'.join(words)}){'?' if optional else ''}"


def _words(element: str, classes: Classes, where: str) -> list[str]:
    words: list[str] = []
    for option in element.split("|"):
        if option.startswith("<") and option.endswith(">"):
            words.extend(_members(option[1:-1], classes, where))
        else:
            words.append(option)
    return [rf"{re.escape(word)} " for word in sorted(words, key=lambda w: (-len(w), w))]


def _members(name: str, classes: Classes, where: str) -> tuple[str, ...]:
    members = MARKS.get(name) or classes.get(name)
    if not members:
        raise RuleError(
            f"unknown word class <{name}>",
            where=where,
            mend=f"known: {', '.join(sorted({*MARKS, *classes}))}",
        )
    return members


def _adverbs(classes: Classes) -> str:
    words = "|".join(rf"{re.escape(w)} " for w in sorted(classes.get("adverb", ())))
    return rf"(?:(?:{words}|\w+ly |, ){{0,4}}?)" if words else ""


@lru_cache(maxsize=4096)
def literal(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<= ){re.escape(words)} ")
