"""A topic's lexicon and a language's grammar, compiled: every expression the reader uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stancewatch.core.lexicon import Cue, Lexicon
from stancewatch.nlp.languages.grammar import Grammar
from stancewatch.nlp.reader.conditions import ConditionPatterns
from stancewatch.nlp.reader.pattern import NEVER, compile_any
from stancewatch.nlp.reader.polarity import PolarityPatterns
from stancewatch.nlp.reader.speech import SpeechPatterns, speech_patterns
from stancewatch.nlp.reader.times import TimePatterns

_MODIFIERS = (
    r"(?:no |not a single |not one |not a |zero |a single |single |any |"
    r"some |more |additional |its |their |his |her |our |my |own |the |a |"
    r"an |these"
    r" |those |such |up to |about |around |roughly |several |few |a few |"
    r"hundreds of |thousands of |dozens of |\d[\d.,]* |hundred |thousand |"
    r"two |three |five"
    r" |western |allied |european |foreign |nato |eu |international |"
    r"multinational |combat |ground |armed |peacekeeping |military |"
    r"regular |large |small"
    r" |joint |active |uniformed |future |potential |possible |eventual |"
    r"post - war |postwar |post - ceasefire |large - scale |franco - "
    r"british |brigade of "
    r" |whatever |one |country 's |nation 's |government 's |§d (?:and |, "
    r"|, and |or )?|§h (?:'s )?(?:and |, )?|§p (?:'s )?)"
)
# Whose they are, behind the noun: "soldiers from Norway", not "the deployment of | NATO forces".
_FROM = (
    r"(?:on the ground )?(?:(?:from|of) (?:the )?(?:(?:§h|§p|§A|§d) "
    r"(?!forces |troops |soldiers |'s )"
    r"|(?:western|nato|european|allied|west)(?: countries| states| "
    r"nations)? (?!forces |troops |soldiers ))"
    r"(?:and (?:§h|§p) )?)?"
)


@dataclass(frozen=True, slots=True)
class CuePattern:
    cue: Cue
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Words:
    """`strong` and `weak` find forces and missions, with the words that belong to them."""

    cues: tuple[CuePattern, ...]
    strong: re.Pattern[str]
    weak: re.Pattern[str]
    distractor: re.Pattern[str]
    elsewhere: re.Pattern[str]  # this and the next over the words themselves, not over a line
    theatre: re.Pattern[str]
    sending: re.Pattern[str]
    polarity: PolarityPatterns
    conditions: ConditionPatterns
    times: TimePatterns
    speech: SpeechPatterns


def compile_words(lexicon: Lexicon, grammar: Grammar, where: str = "") -> Words:
    """Raises RuleError where a pattern names a class that there is not."""
    classes = {**grammar.classes, **lexicon.words}
    return Words(
        tuple(
            CuePattern(cue, compile_any(cue.patterns, classes, f"{where}{cue.id}"))
            for cue in lexicon.cues
        ),
        _force(lexicon.forces, classes),
        _force(lexicon.missions, classes),
        compile_any(lexicon.distractors, classes),
        _spelled(lexicon.elsewhere),
        _spelled(lexicon.theatre),
        compile_any([f"<{name}>" for name in ("send", "join", "go") if name in classes], classes),
        PolarityPatterns(classes),
        ConditionPatterns(classes),
        TimePatterns(classes),
        speech_patterns(classes),
    )


def _spelled(words: Iterable[str]) -> re.Pattern[str]:
    spelled = "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))
    return re.compile(rf"\b(?:{spelled})\b", re.IGNORECASE) if spelled else NEVER


def _force(patterns: Iterable[str], classes: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    heads = compile_any(patterns, classes)
    if heads is NEVER:
        return NEVER
    body = heads.pattern.removeprefix("(?<= )")
    return re.compile(rf"(?<= )(?:{_MODIFIERS}{{0,7}}{body}|§A ){_FROM}")
