"""The condition that a position hangs on, in the words of the text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from stancewatch.nlp.reader.line import Found
from stancewatch.nlp.reader.passage import Sentence
from stancewatch.nlp.reader.pattern import NEVER

Classes = Mapping[str, tuple[str, ...]]
# Words that always open a condition; the others only where what follows is a known requisite.
STRONG = re.compile(
    r"(?<= )(?:if and when |even if |only if |only when |only after |only "
    r"with |only once |but only |if |unless |until |once |provided "
    r"(?:that )?|providing "
    r"|as long as |so long as |subject to |in the event of |in case of |"
    r"conditional on |conditioned on |contingent on |conditional upon |"
    r"assuming "
    r"|on (?:the )?condition |depend(?:s|ed|ing|ent)? (?:up)?on |hing(?:e|es|ed|ing) on |pending )"
)
_BREAK = re.compile(r"[;.?!:]|but|while|whereas|although|though|§h")
MEMORY = 10


class ConditionPatterns:
    def __init__(self, classes: Classes) -> None:
        connectors = _any(classes["if"])
        requisites = _any(classes["requisite"])
        self.weak = (
            re.compile(
                # "when asked about ...": how the words came up is no condition.
                rf"(?<= )(?:{connectors})(?!asked |pressed |questioned )"
                rf"(?:(?![;.] |but |while |§f )\S+ ){{0,6}}?(?:{requisites})"
            )
            if requisites
            else NEVER
        )


def _any(words: tuple[str, ...]) -> str:
    ordered = sorted(words, key=lambda w: (-len(w), w))
    return "(?:" + "|".join(rf"{re.escape(word)} " for word in ordered) + ")"


def condition(
    sentence: Sentence, cue: Found, patterns: ConditionPatterns
) -> tuple[int, int] | None:
    """The chunks of the nearest condition in the cue's sentence."""
    line = sentence.line
    candidates = [
        (found.first, _end(sentence, found.first + 1))
        for pattern in (STRONG, patterns.weak)
        for found in line.find(pattern)
        if not _apart(sentence, cue, found.first)
    ]
    if not candidates:
        return None
    return min(candidates, key=lambda c: (min(abs(c[0] - cue.last), abs(c[0] - cue.first)), c))


def condition_words(sentence: Sentence, stated: tuple[int, int] | None) -> str | None:
    """The chunks that `condition` found, as they are written, on one line."""
    if stated is None:
        return None
    start, end = sentence.line.span(*stated)
    return " ".join(sentence.span(start, end).text.split())


def _apart(sentence: Sentence, cue: Found, at: int) -> bool:
    """Another clause's business: a stop or a contrast stands between the cue and the condition."""
    low, high = sorted((cue.first, at))
    between = sentence.line.words(low, high)
    return any(stop in between for stop in (" ; ", " while ", " whereas "))


def _end(sentence: Sentence, start: int) -> int:
    chunks = sentence.line.chunks
    for index in range(start, len(chunks)):
        if chunks[index].word in (
            ",",
            ";",
            ".",
            "?",
            "!",
            ":",
            "but",
            "while",
            "said",
            "says",
            '"',
        ):
            return index
    return len(chunks)
