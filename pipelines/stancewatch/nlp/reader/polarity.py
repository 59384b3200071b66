"""Negation around a cue, what weakens it, and what makes it no statement at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from stancewatch.core.lexicon import Cue
from stancewatch.nlp.reader.line import Found
from stancewatch.nlp.reader.passage import Sentence
from stancewatch.nlp.reader.pattern import compile_any

Classes = Mapping[str, tuple[str, ...]]
SCOPE = 16  # chunks before a cue in which its clause is looked for


_ACCUSES = re.compile(r" accus(?:e|es|ed|ing) ")
_CLAIM = re.compile(r" (?:claims?|reports?|rumou?rs|suggestions?|allegations?) (?:that|of) ")
_FALSE = re.compile(r" (?:false|untrue|baseless|fake|wrong|nonsense) ")
_DISBELIEF = re.compile(r" (?:not|n't) (?:believe|think|expect) ")


@dataclass(frozen=True, slots=True)
class Polarity:
    """`start` is where the negation begins: it belongs to the cue. `veto` says why it is void."""

    negated: bool
    weakened: bool
    start: int
    veto: str = ""


class PolarityPatterns:
    def __init__(self, classes: Classes) -> None:
        adverbs = _any((*classes["adverb"], *classes["be"], *classes["have"], *classes["do"]))
        between = (
            rf"(?:{adverbs}|\w+ly |to |would |will |in the |least |a |any |the |'' "
            rf"|\" |be |ready |{_any(classes['their'])}){{0,5}}"
        )
        self.direct = re.compile(
            rf"(?<= )(?:(?:{_any(classes['not'])}){between}|no (?:such |concrete |"
            rf"current |immediate |formal |real |firm |great )?)$"
        )
        self.declines = re.compile(
            rf"(?<= )(?:{_any(classes['declines'])}|"
            rf"(?:{_any(classes['refuses'])})(?:(?!; |, )\S+ ){{0,3}}?to )"
            rf"(?:\" |' |{adverbs}){{0,3}}$"
        )
        self.nobody = compile_any(classes["nobody"], {})
        self.inside = compile_any(classes["not"], {})
        self.perhaps = re.compile(rf"(?<= )(?:{_any(classes['perhaps'])})(?:\S+ ){{0,2}}$")
        self.whether = compile_any(classes["whether"], {})
        self.denies = compile_any(classes["denies"], {})
        self.hearsay = compile_any(classes["hearsay"], {})
        self.condition = re.compile(
            r"(?:(?<= )(?:if|unless|until|even if|as if|before) (?!.* , )|^ should (?!.* , ))"
        )
        self.only = re.compile(
            r"(?<= )(?:only (?:if|when|with|after|once|on|as|in case|under)|but "
            r"only|provided|providing|unless) "
        )
        self.break_ = re.compile(
            r"(?<= )(?:; |: |but |while |whereas |although |though |\. |yet |, "
            r"and (?=§h )|[-–—] (?!\w))"
        )


def _any(words: tuple[str, ...]) -> str:
    ordered = sorted(words, key=lambda w: (-len(w), w))
    return "(?:" + "|".join(rf"{re.escape(word)} " for word in ordered) + ")"


def polarity(sentence: Sentence, found: Found, patterns: PolarityPatterns, cue: Cue) -> Polarity:
    """How a cue is turned. A cue without `negated` brings its own denial ("no plans")."""
    line = sentence.line
    clause = _clause(sentence, found, patterns)
    prefix = line.words(clause, found.first)
    start, count = found.first, 0
    for pattern in (patterns.direct, *([patterns.declines] if cue.refuses else [])):
        if match := pattern.search(prefix):
            start = min(start, clause + prefix[: match.start()].count(" ") - 1)
            count += 1
            break
    if cue.negated is not None:
        count += _turned(sentence, found, patterns, prefix if not count else " ")
    weakened = bool(patterns.perhaps.search(prefix)) or bool(
        patterns.only.search(line.words(found.last, found.last + SCOPE))
    )
    return Polarity(count % 2 == 1, weakened, start, _veto(sentence, found, prefix, patterns))


def _turned(sentence: Sentence, found: Found, patterns: PolarityPatterns, prefix: str) -> bool:
    """Denied by its subject ("nobody"), an adverb inside it, or its object ("no troops")."""
    inside = sentence.line.words(found.first, found.last)
    forces = (sentence.force(at) for at in range(found.first, found.last))
    return bool(
        patterns.nobody.search(prefix)
        or patterns.inside.search(inside)
        or any(force.negative for force in forces if force)
    )


def _clause(sentence: Sentence, found: Found, patterns: PolarityPatterns) -> int:
    line = sentence.line
    low = max(0, found.first - SCOPE)
    breaks = [b.last for b in line.find(patterns.break_) if low <= b.last <= found.first]
    return max(breaks, default=low)


DENIED = "denied"


def _veto(sentence: Sentence, found: Found, prefix: str, patterns: PolarityPatterns) -> str:
    clause = prefix[prefix.rfind(" , ") + 1 :]
    if patterns.denies.search(clause):
        return DENIED
    if _CLAIM.search(prefix) and _FALSE.search(sentence.line.words(found.last, len(sentence.line))):
        return DENIED
    if _ACCUSES.search(prefix):
        return "an accusation"
    if " met with " in prefix:
        return "what others answered"
    if _DISBELIEF.search(prefix):
        return "a doubt, not a position"
    if patterns.whether.search(clause):
        return "whether, not that"
    if patterns.condition.search(prefix):
        return "inside a condition"
    if sentence.asks:
        return "a question"
    return ""
