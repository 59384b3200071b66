"""A decision of the network as a mention: what the constructions make of the place it points at."""

from __future__ import annotations

from collections.abc import Iterator

from stancewatch.core.actor import Voice
from stancewatch.core.mention import Evidence, Mention, Modality, Whose
from stancewatch.nlp.holders import Force, Holder, Kind
from stancewatch.nlp.reader.conditions import condition, condition_words
from stancewatch.nlp.reader.learned import Decision
from stancewatch.nlp.reader.line import Found
from stancewatch.nlp.reader.passage import Passage, Sentence
from stancewatch.nlp.reader.scope import where_of, whose_of
from stancewatch.nlp.reader.times import spoken
from stancewatch.nlp.reader.words import Words

LEARNED = "learned-reader"  # the rule of a mention that the network alone heard
NO_THEATRE = 300  # thousandths that a passage loses which does not name the war
LEAST, MOST = 100, 980


class Wording:
    def __init__(self, topic: str, words: Words) -> None:
        self._topic = topic
        self._words = words

    def mention(self, passage: Passage, decision: Decision) -> Mention:
        sentence = passage.sentences[decision.sentence]
        found = _chunks(sentence, decision.cue)
        start, end = sentence.line.span(found.first, found.last)
        cue = sentence.span(max(start, decision.cue[0]), min(end, decision.cue[1]))
        when = spoken(sentence, found, passage.published, self._words.times)
        holder = _holder(passage, decision)
        hearsay = next(sentence.line.find(self._words.polarity.hearsay), None) is not None
        stated = condition_words(sentence, condition(sentence, found, self._words.conditions))
        return Mention(
            topic=self._topic,
            country=decision.country,
            level=decision.level,
            voice=decision.voice,
            evidence=_evidence(passage, sentence, found, decision, holder),
            modality=Modality.HEARSAY if hearsay else _modality(decision),
            current=decision.current,
            quote=sentence.quote,
            holder=sentence.span(*decision.holder),
            cue=cue if cue.text else sentence.span(*decision.holder),
            rule=LEARNED,
            confidence=sureness(passage, decision),
            condition=(stated or "") if decision.conditional else None,
            whose=_whose(sentence, found),
            where=where_of(sentence),
            speaker=holder.speaker if holder else None,
            office=holder.office if holder else None,
            rank=holder.rank if holder else None,
            stated_at=when.at,
            trace=("the learned reader", *filter(None, (when.why,))),
        )


def sureness(passage: Passage, decision: Decision) -> int:
    """The confidence in a level that the network decided, in thousandths."""
    doubt = 0 if passage.theatre else NO_THEATRE
    return min(MOST, max(LEAST, round(1000 * decision.probability) - doubt))


def _chunks(sentence: Sentence, cue: tuple[int, int]) -> Found:
    """The chunks that a cue touches."""
    inside = [
        index
        for index, chunk in enumerate(sentence.line.chunks)
        if chunk.start < cue[1] and chunk.end > cue[0]
    ]
    return Found(inside[0], inside[-1] + 1) if inside else Found(0, 1)


def _holder(passage: Passage, decision: Decision) -> Holder | None:
    """Who of that country and voice stands in the sentence, else in the one before, else signed."""
    number = decision.sentence
    near = (
        h for n in (number, number - 1) if n >= 0 for h in _best(passage.sentences[n], decision)
    )
    author = passage.author
    signed = author and decision.country in author.countries and author.voice is decision.voice
    return next(near, author if signed else None)


def _best(sentence: Sentence, decision: Decision) -> Iterator[Holder]:
    there = [
        holder
        for index in range(len(sentence.line))
        for holder in sentence.holders(index)
        if decision.country in holder.countries and holder.voice is decision.voice
    ]
    if there:
        yield max(there, key=lambda holder: holder.evidence.weight)


def _evidence(
    passage: Passage, sentence: Sentence, found: Found, decision: Decision, holder: Holder | None
) -> Evidence:
    if decision.voice is Voice.OTHER:
        return Evidence.THIRD_PARTY
    if holder is None:
        return Evidence.NARRATOR
    quoted = holder.kind is Kind.PERSON and sentence.quoted(found.first)
    return Evidence.OWN_WORDS if quoted or holder is passage.author else holder.evidence


def _modality(decision: Decision) -> Modality:
    if not decision.current:
        return Modality.RECAP
    return Modality.CONDITIONAL if decision.conditional else Modality.ASSERTED


def _whose(sentence: Sentence, found: Found) -> Whose:
    """Of the soldiers nearest to the cue."""
    forces: list[tuple[int, Force]] = [
        (abs(index - found.first), force)
        for index in range(len(sentence.line))
        if (force := sentence.force(index))
    ]
    return whose_of(min(forces, key=lambda each: each[0])[1] if forces else None)
