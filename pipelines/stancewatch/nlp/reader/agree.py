"""Two readers, one answer: what the network decides, with the words that the constructions find.

Where both read the same, confidence rises. Where the network alone hears a position it must be
sure; where the constructions alone do, the network may overrule them if it is sure of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from stancewatch.core.actor import Voice
from stancewatch.core.mention import Mention, Modality
from stancewatch.nlp.reader.learned import Decision, LearnedReader, speaks_of_soldiers
from stancewatch.nlp.reader.merge import merged
from stancewatch.nlp.reader.passage import Passage, Sentence
from stancewatch.nlp.reader.polarity import DENIED
from stancewatch.nlp.reader.rules import RuleReader
from stancewatch.nlp.reader.syntax import Syntax
from stancewatch.nlp.reader.topicality import SHORT
from stancewatch.nlp.reader.trace import Trace
from stancewatch.nlp.reader.wording import LEARNED, MOST, Wording, sureness

# Likelihoods, set on tests/gold/dev.jsonl; that in long texts on news that has no such position.
ALONE = 0.75  # of a position that no construction supports, and of its level:
LEVEL, LEVEL_IN_LONG = 0.4, 0.85  # in a teaser, and in a text of more sentences
CLEAR = 0.50  # of a position that says something of what the constructions found
OVERRULES = 0.80  # of a level that the constructions read otherwise
UNTIED = 0.10  # of a condition, from which one that the constructions found is none
TOGETHER = 100  # thousandths that agreement adds
UNSECONDED = 600  # thousandths at most for what the network does not second
_STOP = re.compile(r"[.?!;]")
AGREES = "the learned reader agrees"


@dataclass(frozen=True, slots=True)
class Hearing:
    """One passage as both readers left it: what the network heard, and why cues were dropped."""

    passage: Passage
    decisions: Sequence[Decision]
    trace: Trace

    def near(self, mention: Mention) -> list[Decision]:
        """What was heard of the mention's country in its sentence or beside it; in a teaser,
        anywhere. A question says nothing of a position."""
        sentences = self.passage.sentences
        of_country = [
            d
            for d in self.decisions
            if d.country == mention.country and not sentences[d.sentence].asks
        ]
        if len(sentences) <= SHORT:
            return of_country
        places = [n for n, each in enumerate(sentences) if each.quote == mention.quote]
        return [d for d in of_country if any(abs(d.sentence - place) <= 1 for place in places)]

    def denied(self, decision: Decision) -> bool:
        """Words that the constructions found and saw denied ("It is not true that ...")."""
        quote, words = self.sentence(decision).quote, self.words(decision)
        return any(
            drop.why == DENIED and drop.sentence == quote and drop.words in words
            for drop in self.trace.dropped
        )

    def disbelieve(self, decision: Decision, why: str) -> None:
        heard = f"{decision.country} {decision.level} ({decision.voice}): {why}"
        self.trace.drop(LEARNED, self.words(decision), heard, self.sentence(decision).quote)

    def sentence(self, decision: Decision) -> Sentence:
        return self.passage.sentences[decision.sentence]

    def words(self, decision: Decision) -> str:
        return self.sentence(decision).span(*decision.cue).text


class AgreeingReader:
    """`syntax` vetoes what the network alone hears of a country in somebody else's clause."""

    def __init__(
        self, rules: RuleReader, learned: LearnedReader, wording: Wording, syntax: Syntax | None
    ) -> None:
        self._rules = rules
        self._learned = learned
        self._wording = wording
        self._syntax = syntax

    def traced(self, passage: Passage) -> tuple[tuple[Mention, ...], Trace]:
        found, trace = self._rules.traced(passage)
        hearing = Hearing(passage, self._learned.decide(passage), trace)
        backed = tuple(_backed(hearing, merged(found)))
        return (*backed, *self._worded(hearing, backed)), trace

    def _worded(self, hearing: Hearing, mentions: Sequence[Mention]) -> Iterator[Mention]:
        """What the network alone heard, where it was sure."""
        told = {(mention.country, mention.voice) for mention in mentions}
        for decision in hearing.decisions:
            if (decision.country, decision.voice) in told or decision.heard < CLEAR:
                continue
            if why := self._veto(hearing, decision):
                hearing.disbelieve(decision, why)
            else:
                yield self._wording.mention(hearing.passage, decision)

    def _veto(self, hearing: Hearing, decision: Decision) -> str:
        """Why the network is not believed alone; '' where it is."""
        passage, sentence = hearing.passage, hearing.sentence(decision)
        level = LEVEL if len(passage.sentences) <= SHORT else LEVEL_IN_LONG
        if hearing.denied(decision):
            return "the constructions see it denied"
        if decision.heard < ALONE or decision.probability < level:
            return "the learned reader is not sure"
        if not passage.theatre and not any(map(speaks_of_soldiers, passage.sentences)):
            return "the text names neither soldiers nor the war"
        if sentence.asks or _is_asked(sentence, decision):
            return "a question"
        if self._syntax and self._syntax.backs(sentence, decision.cue, decision.country) is False:
            return "the parse ties it to somebody else"
        return ""


def _is_asked(sentence: Sentence, decision: Decision) -> bool:
    """Whether the words stand in a question inside the sentence ("Will it?" the paper asked)."""
    rest = sentence.normal.text[decision.cue[1] : sentence.line.chunks[-1].end]
    stop = _STOP.search(rest)
    return stop is not None and stop[0] == "?"


def _backed(hearing: Hearing, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """The constructions' mentions in the light of what the network heard near them."""
    for mention in mentions:
        near = hearing.near(mention)
        same = [d for d in near if d.voice == mention.voice]
        if not same and any(d.heard >= CLEAR for d in near):
            why = "the learned reader hears another voice"
            hearing.trace.drop(mention.rule, mention.cue.text, why, mention.quote)
        else:
            held = (mention.country, mention.voice)
            levels = {m.level for m in mentions if (m.country, m.voice) == held}
            yield _supported(hearing.passage, mention, same, alone=len(levels) == 1)


def _supported(
    passage: Passage, mention: Mention, same: Sequence[Decision], *, alone: bool
) -> Mention:
    """A mention with what the network decided on its country and voice.

    The network gives a voice one level: where the constructions found two, it overrules neither.
    """
    agreeing = next((d for d in same if d.level == mention.level), None)
    if agreeing is not None:
        told = _tied(mention, agreeing)
        return _agreed(passage, told, agreeing) if passage.theatre else told
    of_its_time = [
        d for d in same if d.voice is not Voice.GOVERNMENT or d.current == mention.current
    ]
    best = max(of_its_time, key=lambda d: d.probability, default=None)
    if best is None or best.probability < OVERRULES or not alone:
        doubted = replace(mention, confidence=min(mention.confidence, UNSECONDED))
        return _tied(doubted, best) if best else doubted
    return replace(
        _tied(mention, best),
        level=best.level,
        confidence=sureness(passage, best),
        trace=(*mention.trace, f"the learned reader reads {best.level}"),
    )


def _agreed(passage: Passage, mention: Mention, decision: Decision) -> Mention:
    surest = max(mention.confidence, sureness(passage, decision))
    confidence = min(MOST, surest + TOGETHER)
    return replace(mention, confidence=confidence, trace=(*mention.trace, AGREES))


def _tied(mention: Mention, decision: Decision) -> Mention:
    """Whether a position hangs on a condition is what the network hears better; the words of the
    condition are what the constructions find."""
    if decision.conditional == mention.conditional or decision.heard < CLEAR:
        return mention
    if mention.conditional and decision.tied > UNTIED:
        return mention
    condition = "" if decision.conditional else None
    plain = mention.modality in (Modality.ASSERTED, Modality.CONDITIONAL)
    turned = Modality.CONDITIONAL if decision.conditional else Modality.ASSERTED
    return replace(mention, condition=condition, modality=turned if plain else mention.modality)
