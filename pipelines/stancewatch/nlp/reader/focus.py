"""Whom pronouns and bare titles mean, as the reader goes through a passage."""

from __future__ import annotations

from dataclasses import dataclass, replace

from stancewatch.core.actor import Voice
from stancewatch.core.mention import Evidence
from stancewatch.nlp.holders import Holder, Holders, Kind
from stancewatch.nlp.names import Names
from stancewatch.nlp.reader.passage import Sentence
from stancewatch.nlp.reader.speech import SpeechPatterns, frames

PERSONS = (Kind.PERSON, Kind.ROLE)
MEMORY = 20  # holders that a bare title may point back to


@dataclass(frozen=True, slots=True)
class Focus:
    """`last_speaker` is that of the sentence just read, if it had one; `author` signed the text."""

    person: Holder | None = None
    state: Holders = ()
    speaker: Holder | None = None
    last_speaker: Holder | None = None
    seen: Holders = ()
    author: Holder | None = None

    def within(self, sentence: Sentence, index: int) -> Focus:
        """The focus as it stands in the middle of a sentence."""
        left = (h for at in range(index) for h in sentence.holders(at) if h.countries)
        return replace(self, seen=(*self.seen, *left))


def one(holder: Holder | None) -> Holders:
    return () if holder is None else (holder,)


def _referents(holder: Holder, focus: Focus) -> Holders:
    """Who may be meant, likeliest first. "The government" of a signed text is its signer's."""
    heard, author = focus.seen[::-1], one(focus.author)
    return (*author, *heard) if holder.evidence is Evidence.INSTITUTION else (*heard, *author)


class Resolver:
    def __init__(self, names: Names, speech: SpeechPatterns) -> None:
        self._names = names
        self._speech = speech

    def known(self, holders: Holders, focus: Focus) -> Holders:
        """The holders that have a country, or get one from the focus."""
        return tuple(h for holder in holders if (h := self.resolve(holder, focus)))

    def resolve(self, holder: Holder, focus: Focus) -> Holder | None:
        """A bare title ("the chancellor", "his foreign minister") as the office it means."""
        if holder.countries:
            return holder
        for seen in _referents(holder, focus):
            for country in seen.countries:
                if found := self._office(holder, seen, country):
                    return found
        return None

    def _office(self, holder: Holder, seen: Holder, country: str) -> Holder | None:
        role = self._names.role(country, holder.title)
        if role is None:
            known = holder.title in self._names.nouns
            return replace(holder, countries=(country,)) if known else None
        return replace(
            holder,
            countries=(country,),
            office=role.office,
            rank=role.rank,
            voice=holder.voice if holder.voice is Voice.OTHER else role.voice,
            speaker=seen.speaker if seen.office == role.office else None,
        )

    def after(self, sentence: Sentence, focus: Focus) -> Focus:
        """The focus behind a sentence."""
        line = sentence.line
        for at in range(len(line)):
            for holder in self.known(sentence.holders(at), focus):
                focus = self._seen(focus, holder, is_actor=line.chunks[at].word == "§h")
        speaker = self._speaker(sentence, focus)
        if speaker is None:
            return replace(focus, last_speaker=None)
        person = speaker if speaker.kind in PERSONS else focus.person
        return replace(focus, speaker=speaker, last_speaker=speaker, person=person)

    def _seen(self, focus: Focus, holder: Holder, *, is_actor: bool) -> Focus:
        focus = replace(focus, seen=(*focus.seen[-MEMORY:], holder))
        if holder.oblique or not is_actor:
            return focus
        if holder.kind in PERSONS:
            return replace(focus, person=holder)
        return replace(focus, state=(holder,))

    def _speaker(self, sentence: Sentence, focus: Focus) -> Holder | None:
        speakers = [
            holder
            for frame in frames(sentence.line, self._speech)
            if not frame.nameless
            for holder in self.known(sentence.holders(frame.speaker), focus)
        ]
        return speakers[-1] if speakers else None
