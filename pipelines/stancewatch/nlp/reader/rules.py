"""The rule reader: cue constructions over a sentence, each tied to its topic and its holder.

    sentence -> cues -> about our topic? -> negated, weakened, void? -> whose? -> when, on what
    condition? -> Mention

Every step that drops a cue says why, and `Trace` keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from stancewatch.core.lexicon import Cue
from stancewatch.core.mention import Evidence, Mention, Modality
from stancewatch.nlp.holders import NO_STANCE, Holder, Kind
from stancewatch.nlp.names import Names
from stancewatch.nlp.reader.attribution import Attribution, Attributor
from stancewatch.nlp.reader.conditions import condition, condition_words
from stancewatch.nlp.reader.focus import Focus, Resolver
from stancewatch.nlp.reader.line import Found
from stancewatch.nlp.reader.passage import Passage, Sentence
from stancewatch.nlp.reader.polarity import Polarity, polarity
from stancewatch.nlp.reader.scope import where_of, whose_of
from stancewatch.nlp.reader.speech import frames
from stancewatch.nlp.reader.times import Spoken, spoken
from stancewatch.nlp.reader.topicality import OnTopic, about, elsewhere
from stancewatch.nlp.reader.trace import Trace
from stancewatch.nlp.reader.words import Words

BASE = 850  # thousandths for a cue, its topic and its holder in one clause


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue in a sentence. `found` grows to the left by its negation."""

    cue: Cue
    found: Found
    polarity: Polarity

    @property
    def level(self) -> str | None:
        if self.polarity.negated:
            return self.cue.negated
        if self.polarity.weakened and self.cue.weakened:
            return self.cue.weakened
        return self.cue.level


@dataclass(frozen=True, slots=True)
class Told:
    """A cue that carries a position: whose, which, and when it was spoken."""

    country: str
    level: str
    holder: Holder
    attribution: Attribution
    topic: OnTopic
    spoken: Spoken


class RuleReader:
    def __init__(self, topic: str, words: Words, names: Names) -> None:
        self._topic = topic
        self._words = words
        self._resolver = Resolver(names, words.speech)
        self._attributor = Attributor(names, words.speech, self._resolver)

    def traced(self, passage: Passage) -> tuple[tuple[Mention, ...], Trace]:
        trace, focus = Trace(), Focus(author=passage.author)
        mentions: list[Mention] = []
        for number, sentence in enumerate(passage.sentences):
            before: Hit | None = None
            for hit in self._hits(sentence):
                if before is not None and _embedded(sentence, before, hit):
                    _drop(trace, sentence, hit, f"inside what {before.cue.id} is about")
                    continue
                told = tuple(self._mentions(passage, number, hit, focus, trace))
                mentions.extend(told)
                before = hit if told else before
            focus = self._resolver.after(sentence, focus)
        return tuple(mentions), trace

    # --- cues ------------------------------------------------------------------------------------

    def _hits(self, sentence: Sentence) -> list[Hit]:
        """The cues of a sentence; where two overlap, the longer one speaks."""
        hits = [
            self._hit(sentence, pattern.cue, found)
            for pattern in self._words.cues
            for found in sentence.line.find(pattern.pattern)
            if found.last > found.first
        ]
        kept: list[Hit] = []
        for hit in sorted(hits, key=lambda h: (-_length(h), h.found.first, h.cue.id)):
            if not any(_overlap(hit.found, other.found) for other in kept):
                kept.append(hit)
        return sorted(kept, key=lambda h: h.found.first)

    def _hit(self, sentence: Sentence, cue: Cue, found: Found) -> Hit:
        turned = polarity(sentence, found, self._words.polarity, cue)
        return Hit(cue, replace(found, first=min(found.first, turned.start)), turned)

    # --- one cue ---------------------------------------------------------------------------------

    def _mentions(
        self, passage: Passage, number: int, hit: Hit, focus: Focus, trace: Trace
    ) -> Iterator[Mention]:
        sentence = passage.sentences[number]
        outcome = self._outcome(passage, number, hit, focus)
        if isinstance(outcome, str):
            _drop(trace, sentence, hit, outcome)
            return
        topic, attribution, level = outcome
        when = spoken(sentence, hit.found, passage.published, self._words.times)
        for holder in attribution.holders:
            for country in sorted({*holder.countries} - NO_STANCE):
                told = Told(country, level, holder, attribution, topic, when)
                yield self._mention(passage, sentence, hit, told)

    def _outcome(
        self, passage: Passage, number: int, hit: Hit, focus: Focus
    ) -> tuple[OnTopic, Attribution, str] | str:
        """The topic, holders and level of a cue, or the reason why it carries no position."""
        sentence = passage.sentences[number]
        if hit.level is None:
            return "denied, which says nothing"
        if hit.polarity.veto:
            return hit.polarity.veto
        topic = about(passage.sentences, number, hit.found, self._words, hit.cue.anaphoric)
        if isinstance(topic, str):
            return topic
        if not self._theatre(passage, number) and not self._sends(sentence, hit.found, topic):
            return "no theatre near it, and nobody sent"
        if elsewhere(sentence, topic.at, self._words):
            return "bound for another place"
        nearby = self._next_speaker(passage, number, focus)
        attribution = self._attributor.attribute(
            sentence, hit.found, topic, focus, passage.author, nearby
        )
        if isinstance(attribution, str):
            return attribution
        return topic, attribution, _level(hit, hit.level, topic)

    def _theatre(self, passage: Passage, number: int) -> bool:
        return passage.theatre and any(
            self._words.theatre.search(sentence.quote) for sentence in passage.near(number)
        )

    def _sends(self, sentence: Sentence, found: Found, topic: OnTopic) -> bool:
        """Where no theatre is named, soldiers must at least be sent somewhere, or keep a peace."""
        if topic.at is None or topic.force is None or not topic.force.strong:
            return False
        if 0 <= topic.at - found.last <= 5 and " by " not in sentence.line.words(
            found.last, topic.at
        ):
            return True
        if 0 < found.first - topic.at <= 3:
            return True
        if found.first <= topic.at < found.last:
            return True
        first, last = min(found.first, topic.at), max(found.last, topic.at + 1)
        start, end = sentence.line.span(topic.at, topic.at + 1)
        if "peace" in sentence.span(start, end).text.casefold():
            return True
        return (
            self._words.sending.search(sentence.line.words(max(0, first - 1), last + 1)) is not None
        )

    def _next_speaker(self, passage: Passage, number: int, focus: Focus) -> Holder | None:
        """Who is named right behind a quotation that names nobody."""
        if number + 1 >= len(passage.sentences):
            return None
        following = passage.sentences[number + 1]
        for frame in frames(following.line, self._words.speech):
            for holder in following.holders(frame.speaker):
                return self._resolver.resolve(holder, focus)
        return None

    def _mention(self, passage: Passage, sentence: Sentence, hit: Hit, told: Told) -> Mention:
        first, last = hit.found.first, hit.found.last
        cue = sentence.span(*sentence.line.span(first, last))
        holder, topic = told.holder, told.topic
        stated = condition_words(sentence, condition(sentence, hit.found, self._words.conditions))
        hearsay = next(sentence.line.find(self._words.polarity.hearsay), None) is not None
        evidence = _evidence(holder, told.attribution)
        return Mention(
            topic=self._topic,
            country=told.country,
            level=told.level,
            voice=holder.voice,
            evidence=evidence,
            modality=_modality(
                stated, hearsay or told.attribution.third_party, told.spoken.current
            ),
            current=told.spoken.current,
            quote=sentence.quote,
            holder=sentence.span(holder.start, holder.end) if _inside(sentence, holder) else cue,
            cue=cue,
            rule=hit.cue.id,
            confidence=_confidence(passage, topic, told.attribution, evidence, hearsay),
            condition=stated,
            whose=whose_of(topic.force),
            where=where_of(sentence),
            speaker=holder.speaker,
            office=holder.office,
            rank=holder.rank,
            stated_at=told.spoken.at,
            trace=_why(hit, told),
        )


def _drop(trace: Trace, sentence: Sentence, hit: Hit, why: str) -> None:
    cue = sentence.span(*sentence.line.span(hit.found.first, hit.found.last))
    trace.drop(hit.cue.id, cue.text, why, sentence.quote)


def _level(hit: Hit, level: str, topic: OnTopic) -> str:
    """ "ready to send no soldiers": what directly follows the cue is denied."""
    denied = topic.force is not None and topic.force.negative
    close = topic.at is not None and 0 <= topic.at - hit.found.last <= 1
    if denied and close and level == hit.cue.level and hit.cue.negated:
        return hit.cue.negated
    return level


def _why(hit: Hit, told: Told) -> tuple[str, ...]:
    turned = ", turned by a negation" if hit.polarity.negated else ""
    found = (told.topic.why, told.attribution.why, told.spoken.why)
    return (f"cue {hit.cue.id}{turned}", *filter(None, found))


def _length(hit: Hit) -> int:
    return hit.found.last - hit.found.first


def _overlap(one: Found, other: Found) -> bool:
    return one.first < other.last and other.first < one.last


_INTO = re.compile(r" (?:that|of|to|about|from|on|at|against|for) |^ $")
_OUT = re.compile(
    r" (?:and|but|while|whereas|although|though|;|,|:|said|says|yet|nor|\"|"
    r"\.|then|when|if|because|who|which) "
)


def _embedded(sentence: Sentence, outer: Hit, inner: Hit) -> bool:
    """ "a mistake for Australia to commit troops": the second cue is what the first is about."""
    between = sentence.line.words(outer.found.last, inner.found.first)
    if inner.found.first - outer.found.last <= 2 and not _OUT.search(between):
        return True
    if inner.found.first - outer.found.last > 9 or _OUT.search(between):
        return False
    return bool(
        _INTO.search(between)
        or _INTO.search(sentence.line.words(inner.found.first - 1, inner.found.first + 1))
        or outer.found.last == inner.found.first
    )


def _inside(sentence: Sentence, holder: Holder) -> bool:
    return (
        sentence.line.chunks[0].start <= holder.start and holder.end <= sentence.line.chunks[-1].end
    )


def _evidence(holder: Holder, attribution: Attribution) -> Evidence:
    if attribution.third_party or holder.evidence is Evidence.THIRD_PARTY:
        return Evidence.THIRD_PARTY
    if attribution.own_words and holder.kind in (Kind.PERSON, Kind.ROLE):
        return Evidence.UNNAMED if holder.evidence is Evidence.UNNAMED else Evidence.OWN_WORDS
    return holder.evidence


def _modality(stated: str | None, hearsay: bool, current: bool) -> Modality:
    if hearsay:
        return Modality.HEARSAY
    if not current:
        return Modality.RECAP
    return Modality.CONDITIONAL if stated else Modality.ASSERTED


def _confidence(
    passage: Passage, topic: OnTopic, attribution: Attribution, evidence: Evidence, hearsay: bool
) -> int:
    """Each doubt costs: the sum decides between established and pending, not between levels."""
    doubts = (
        (not topic.near, 150),
        (attribution.far, 100),
        (evidence is Evidence.NARRATOR, 100),
        (evidence is Evidence.THIRD_PARTY, 200),
        (hearsay, 200),
        (not passage.theatre, 300),
        (topic.force is not None and not topic.force.strong, 100),
    )
    return max(100, BASE - sum(cost for doubtful, cost in doubts if doubtful))
