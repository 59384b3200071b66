"""Who is speaking: the frames that report speech, and how far each reaches in its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from stancewatch.nlp.reader.line import Line

Classes = Mapping[str, tuple[str, ...]]
NAMELESS = "media"  # a speaker who is no holder: a newspaper, an analyst


# "Although Berlin has ruled it out, Macron said ...": what stands in front is not his.
_SUBORDINATE = re.compile(
    r" (?:although|though|while|whereas|after|before|as|since|despite|when|with|unlike) (?!far )"
)


_OPINION = re.compile(r" (?:opinion|comment|analysis|editorial|column|view|viewpoint) [:|–—-] ")


@dataclass(frozen=True, slots=True)
class Frame:
    """The chunk `speaker` says what stands in chunks `[start, end)`; `verb` marks the place."""

    speaker: int
    verb: int
    start: int
    end: int
    nameless: bool = False

    def covers(self, index: int) -> bool:
        return self.start <= index < self.end and index != self.verb


@dataclass(frozen=True, slots=True)
class SpeechPatterns:
    before: re.Pattern[str]  # Macron said ...
    behind: re.Pattern[str]  # ..., said Macron
    according: re.Pattern[str]
    colon: re.Pattern[str]
    dash: re.Pattern[str]
    refuse: re.Pattern[str]


def speech_patterns(classes: Classes) -> SpeechPatterns:
    return _compiled(*(tuple(classes[name]) for name in ("say", "media", "analyst")))


@lru_cache(maxsize=8)
def _compiled(
    say: tuple[str, ...], media: tuple[str, ...], analyst: tuple[str, ...]
) -> SpeechPatterns:
    verbs = _any(say)
    nameless = _any((*media, *analyst))
    who = rf"(?:§h |§Y |he |she |they |we |i |it |{nameless})"
    return SpeechPatterns(
        re.compile(
            rf"(?<= )({who})(?:(?!{verbs}|; |but |while |whereas |\. |: |§h |that |"
            rf"to |§f )\S+ ){{0,8}}?({verbs})"
        ),
        re.compile(
            rf"(?<= )(?!told |tell |tells )({verbs})(?:on \S+ |yesterday |today |"
            rf"the )?({who})(?!will |would |wo |is |are |has |have |could |may |"
            rf"might |should |can |was |were |had |does |do |did )"
        ),
        re.compile(
            rf"(?<= )(according to |in the (?:words|view|eyes|opinion) of )(?:a |"
            rf"the )?(?:(?!{nameless})(?:statement|remarks|comments|interview|"
            rf"report|source|letter|post) (?:\S+ ){{0,3}}?(?:by|of|from|in|with) "
            rf")?({who})"
        ),
        re.compile(r"^ (§h )(: )"),
        re.compile(r"(?<= )([-–—:|] )(§h )$"),
        re.compile(rf"{verbs}"),
    )


def _any(words: tuple[str, ...]) -> str:
    ordered = sorted(words, key=lambda w: (-len(w), w))
    return "(?:" + "|".join(rf"{re.escape(word)} " for word in ordered) + ")"


def frames(line: Line, patterns: SpeechPatterns) -> tuple[Frame, ...]:
    return tuple(_frames(line, patterns))


def _frames(line: Line, patterns: SpeechPatterns) -> Iterator[Frame]:
    end = len(line)
    for found in line.find(patterns.before):
        (speaker, _), (verb, after) = _pair(found.groups)
        closing = speaker > 0 and line.chunks[speaker - 1].word in (",", '"', "'", "?", ";")
        closing = closing and not _SUBORDINATE.match(line.text)
        start = _clause(line, speaker) if closing else after
        yield Frame(speaker, verb, start, _contrast(line, after), _nameless(line, speaker))
    for found in line.find(patterns.behind):
        (verb, _), (speaker, _) = _pair(found.groups)
        if verb and line.chunks[verb - 1].word in (",", '"', "'", "?", "-", "–", "—", ";"):
            yield Frame(speaker, verb, 0, end, _nameless(line, speaker))
    for found in line.find(patterns.according):
        (verb, _), (speaker, _) = _pair(found.groups)
        yield Frame(speaker, verb, 0, end, _nameless(line, speaker))
    if _OPINION.match(line.text):
        yield Frame(0, 1, 2, end, nameless=True)
    if patterns.colon.match(line.text):
        yield Frame(0, 1, 2, end)
    if patterns.dash.search(line.text):
        yield Frame(end - 1, end - 2, 0, end - 2)


def _clause(line: Line, speaker: int) -> int:
    """How far back the words reach that this speaker closes: "X; Y, he said" closes Y alone."""
    for index in range(speaker - 2, -1, -1):
        if line.chunks[index].word == ";":
            return index + 1
    return 0


def _contrast(line: Line, start: int) -> int:
    """Where what is said ends: "Berlin said X, whereas London ..." """
    for index in range(start, len(line)):
        if line.chunks[index].word in ("whereas", "while", ";"):
            return index
    return len(line)


def _pair(groups: tuple[tuple[int, int] | None, ...]) -> tuple[tuple[int, int], tuple[int, int]]:
    one, other = groups
    assert one is not None
    assert other is not None
    return one, other


def _nameless(line: Line, speaker: int) -> bool:
    return line.chunks[speaker].word not in ("§h", "§Y", "he", "she", "they", "we", "i", "it")


def speaking(found: tuple[Frame, ...], index: int) -> Frame | None:
    """The frame that a chunk belongs to: the nearest verb before it, else the next one behind."""
    covering = [frame for frame in found if frame.covers(index)]
    ahead = [frame for frame in covering if frame.verb < index]
    if ahead:
        return max(ahead, key=lambda f: f.verb)
    return min(covering, key=lambda f: f.verb, default=None)
