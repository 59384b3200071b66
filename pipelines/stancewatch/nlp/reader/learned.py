"""The learned reader: for each country that a passage names, the level it holds in each voice.

    sentences -> windows around soldiers -> candidates -> network -> decisions

The network decides who holds what. Where its words stand, how they reached us and since when they
hold is read by the constructions of `rules`, which also read alone where no network is installed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stancewatch.core.actor import Voice
from stancewatch.core.mention import Field
from stancewatch.errors import ModelError
from stancewatch.nlp.names import Names
from stancewatch.nlp.reader.encoding import Encoded, encode, prepare
from stancewatch.nlp.reader.masking import Hit, Masker, candidates, masked
from stancewatch.nlp.reader.passage import Passage, Sentence
from stancewatch.nlp.reader.slots import LEVELS, SLOTS

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    Numbers = np.ndarray[Any, Any]

WORDS = 110  # of a window, about what the passages have that the network learned from
AROUND = 1  # sentences on each side of one that speaks of soldiers
LONGEST_CUE = 14  # tokens
EVEN = 0.5
FAINT = 0.25  # a position less likely than this was not heard at all


@dataclass(frozen=True, slots=True)
class Decision:
    """`sentence` is its place in the passage; `cue` and `holder` are characters of its normal
    text. `probability` is that of the level, `heard` that there is a position at all,
    `tied` that it hangs on a condition."""

    country: str
    voice: Voice
    current: bool
    level: str
    probability: float
    heard: float
    tied: float
    sentence: int
    cue: tuple[int, int]
    holder: tuple[int, int]

    @property
    def conditional(self) -> bool:
        return self.tied > EVEN


@dataclass(frozen=True, slots=True)
class _Window:
    """Sentences `[first, last)` of one field as one text, from character `start` of it."""

    first: int
    last: int
    start: int
    end: int


class LearnedReader:
    """Opens the weights in `folder`. Raises ModelError where they cannot be loaded."""

    def __init__(self, folder: Path, names: Names, theatre: re.Pattern[str]) -> None:
        self._masker = Masker(names)
        self._theatre = theatre
        self._session, self._tokenizer = _open(folder)

    def decide(self, passage: Passage) -> list[Decision]:
        """What it hears, the faintest too; one country and voice may be heard in many places."""
        windows = _windows(passage, self._theatre)
        return [decision for window in windows for decision in self._read(passage, window)]

    def _read(self, passage: Passage, window: _Window) -> Iterator[Decision]:
        whole = passage.sentences[window.first].normal.text
        text = whole[window.start : window.end]
        known = self._masker.hits(text, passage.offices)
        signer = passage.author.countries[0] if passage.author else None
        for country in candidates(known, signer):
            encoded = encode(self._tokenizer, masked(text, known, country, signer))
            if not any(encoded.own):
                continue  # its name stands behind what the network can take in
            yield from self._decisions(passage.sentences, window, country, known, encoded)

    def _decisions(
        self,
        sentences: Sequence[Sentence],
        window: _Window,
        country: str,
        known: Sequence[Hit],
        encoded: Encoded,
    ) -> Iterator[Decision]:
        levels, conditional, start, end = self._run(encoded)
        cue = _span(encoded, start, end, window.start)
        if cue is None:
            return
        place = _sentence_at(sentences, window, cue[0])
        holder = _nearest(known, country, window.start, cue)
        for slot, (voice, current) in enumerate(SLOTS):
            chances = _softmax(levels[slot])
            if 1 - chances[0] < FAINT:
                continue
            best = max(range(1, len(LEVELS)), key=lambda level: chances[level])
            yield Decision(
                country, voice, current, LEVELS[best], float(chances[best]), float(1 - chances[0]),
                _chance(conditional[slot]), place, cue, holder,
            )  # fmt: skip

    def _run(self, encoded: Encoded) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        import numpy as np

        given = {
            "ids": np.array([encoded.ids], dtype=np.int64),
            "attention": np.ones((1, len(encoded.ids)), dtype=np.int64),
            "own": np.array([encoded.own], dtype=np.int64),
        }
        levels, conditional, start, end = self._session.run(None, given)
        return levels[0], conditional[0], start[0], end[0]


def _open(folder: Path) -> tuple[InferenceSession, Tokenizer]:
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    options = SessionOptions()
    options.intra_op_num_threads = 1  # workers run side by side
    try:
        session = InferenceSession(str(folder / "reader.onnx"), options)
        tokenizer = prepare(Tokenizer.from_file(str(folder / "tokenizer.json")))
    except Exception as error:  # both libraries raise kinds of their own that have no common base
        told = f"the reader cannot load: {error}"
        mend = "reinstall, or name another with `reader` in the profile"
        raise ModelError(told, where=str(folder), mend=mend) from error
    return session, tokenizer


def knows(folder: Path, language: str, topic: str) -> bool:
    """Whether the weights were made for this topic in this language."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        return (config["language"], config["topic"]) == (language, topic)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"not a reader: {error!r}", where=str(folder)) from error


def _chance(score: float) -> float:
    return 1 / (1 + math.exp(-float(score)))


def _softmax(row: Numbers) -> Numbers:
    import numpy as np

    raised = np.exp(row - row.max())
    chances: Numbers = raised / raised.sum()
    return chances


def _windows(passage: Passage, theatre: re.Pattern[str]) -> Iterator[_Window]:
    """The whole text where it is short, else what stands around soldiers near the theatre."""
    sentences = passage.sentences
    first = 0
    while first < len(sentences):
        last = first
        while last < len(sentences) and sentences[last].field is sentences[first].field:
            last += 1
        is_text = sentences[first].field is Field.TEXT
        if is_text and _words(sentences, first, last) <= WORDS:
            yield _window(sentences, first, last)
        else:
            wanted = [n for n in range(first, last) if _is_wanted(passage, n, theatre)]
            yield from _around(sentences, wanted, first, last)
        first = last


def _is_wanted(passage: Passage, number: int, theatre: re.Pattern[str]) -> bool:
    if not speaks_of_soldiers(passage.sentences[number]):
        return False
    near = passage.near(number)
    return not passage.theatre or any(theatre.search(each.quote) for each in near)


def _around(
    sentences: Sequence[Sentence], wanted: Sequence[int], first: int, last: int
) -> Iterator[_Window]:
    done = first
    for number in wanted:
        if number < done:
            continue
        low, high = max(first, number - AROUND), min(last, number + AROUND + 1)
        if _words(sentences, low, high) > WORDS:  # long sentences: what would be cut is not read
            low, high = number, number + 1
        while high < last and _words(sentences, low, high + 1) <= WORDS // 2:
            high += 1
        done = high
        yield _window(sentences, low, high)


def speaks_of_soldiers(sentence: Sentence) -> bool:
    return any(sentence.force(index) for index in range(len(sentence.line)))


def _words(sentences: Sequence[Sentence], first: int, last: int) -> int:
    return sum(len(sentence.line) for sentence in sentences[first:last])


def _window(sentences: Sequence[Sentence], first: int, last: int) -> _Window:
    start = sentences[first].line.chunks[0].start
    return _Window(first, last, start, sentences[last - 1].line.chunks[-1].end)


def _span(encoded: Encoded, start: Numbers, end: Numbers, shift: int) -> tuple[int, int] | None:
    """The likeliest words of the cue, as characters of the whole normal text."""
    places = [n for n, (a, b) in enumerate(encoded.spans) if b > a]
    if not places:
        return None
    first = max(places, key=lambda n: float(start[n]))
    near = [n for n in places if first <= n < first + LONGEST_CUE]
    last = max(near, key=lambda n: float(end[n]))
    return shift + encoded.spans[first][0], shift + encoded.spans[last][1]


def _sentence_at(sentences: Sequence[Sentence], window: _Window, place: int) -> int:
    for number in range(window.first, window.last):
        if place < sentences[number].line.chunks[-1].end:
            return number
    return window.last - 1


def _nearest(
    known: Sequence[Hit], country: str, shift: int, cue: tuple[int, int]
) -> tuple[int, int]:
    """The name of the country next to the cue; the cue itself in a text that its author signs."""
    own = [hit for hit in known if country in hit.countries]
    if not own:
        return cue
    best = min(own, key=lambda hit: abs(shift + hit.start - cue[0]))
    return shift + best.start, shift + best.end
