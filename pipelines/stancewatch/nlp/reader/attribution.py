"""Whose position a cue is: the subject of its clause, the speaker of its words, or an agent.

subject   the nearest fitting word to the left; () where speakers mean themselves
speakers  whoever the sentence (or a quotation's neighbour) says is speaking
combine   a speaker of his own country is its voice; of another country he only claims
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from stancewatch.core.actor import Voice
from stancewatch.core.mention import Evidence
from stancewatch.nlp.holders import Force, Holder, Holders, Kind
from stancewatch.nlp.names import Name, Names
from stancewatch.nlp.reader.focus import PERSONS, Focus, Resolver, one
from stancewatch.nlp.reader.line import DEMONYM, HOLDER, Found
from stancewatch.nlp.reader.passage import Sentence
from stancewatch.nlp.reader.speech import Frame, SpeechPatterns, frames, speaking
from stancewatch.nlp.reader.topicality import OnTopic

PERSONAL = ("he", "she")
PRONOUNS = (*PERSONAL, "i", "it", "they", "we")
SPOKEN_FOR = ("we", "our", "us", "i", "my", "me")
AGENT_REACH = 12

NO_HOLDER = "no holder"
NAMELESS = "said by somebody without a country"
CROWD = "a crowd without a name"
PRONOUN = "a pronoun without a name"
TITLE = "a title without a country"

_PASSIVE = re.compile(r" (?:be|been|being|is|are|was|were) ")
_OURS = re.compile(r"\b[Oo]ur\b")
_FIRST = re.compile(r" (?:we|our|us|i|my) ")
_NOUN = re.compile(
    r" (?:readiness|willingness|refusal|reluctance|opposition|commitment|"
    r"decision|hesitation|offer) "
)
_NO = re.compile(r" (?:no|neither|not one|not a single|not any) ")
_OWN = re.compile(r" (?:his|her|its|our|their|the|my) ")
_IMPERSONAL = re.compile(r" (?:too|premature|a |impossible|natural|irresponsible)")
_IT_IS = re.compile(r" (?:is|was|'s|would be|will be|were) ")
_COUNTRY = ("country", "nation", "government", "state", "countries", "governments")


@dataclass(frozen=True, slots=True)
class Attribution:
    """`holders` may be several ("Estonia and Latvia"); `why` is for the trace."""

    holders: Holders
    why: str
    own_words: bool = False
    third_party: bool = False
    far: bool = False  # found in another sentence


@dataclass(frozen=True, slots=True)
class Case:
    """A cue with all that attribution may look at."""

    sentence: Sentence
    cue: Found
    topic: OnTopic
    focus: Focus
    frame: Frame | None
    quoted: bool
    author: Holder | None
    speakers: Holders = ()

    def word(self, at: int) -> str:
        return self.sentence.line.chunks[at].word

    def words(self, first: int, last: int) -> str:
        return self.sentence.line.words(first, last)

    @property
    def force(self) -> Force | None:
        return self.topic.force


class Attributor:
    def __init__(self, names: Names, speech: SpeechPatterns, resolver: Resolver) -> None:
        self._speech = speech
        self._resolver = resolver
        classes = names.grammar.classes
        self._crowd = frozenset(classes["crowd"]) | frozenset(classes["analyst"])
        self._oblique = frozenset(classes["oblique"]) | frozenset(classes["preposition"])
        verbal = ("be", "have", "do", "will", "would", "could", "should", "say", "including")
        self._verbs = {word for name in verbal for word in classes[name]} | {"who", "which", "that"}

    def attribute(
        self,
        sentence: Sentence,
        cue: Found,
        topic: OnTopic,
        focus: Focus,
        author: Holder | None,
        following: Holder | None,
    ) -> Attribution | str:
        """The holders of a cue, or the reason why it has none. `following` speaks right behind."""
        case = Case(
            sentence,
            cue,
            topic,
            focus.within(sentence, cue.first),
            speaking(frames(sentence.line, self._speech), cue.first),
            sentence.quoted(cue.first),
            author,
        )
        case = replace(case, speakers=self._speakers(case, following))
        subject = self._subject(case)
        return subject if isinstance(subject, str) else _combined(case, subject)

    # --- who speaks --------------------------------------------------------------------------

    def _speakers(self, case: Case, following: Holder | None) -> Holders:
        if case.frame is not None:
            return self._framed(case, case.frame)
        if case.quoted:
            return one(following or case.focus.speaker)
        return one(case.author or self._still_speaking(case))

    def _framed(self, case: Case, frame: Frame) -> Holders:
        if frame.nameless:
            return ()
        word = case.word(frame.speaker)
        if word in PERSONAL and case.quoted and frame.speaker > case.cue.last:
            return one(case.focus.person)  # whoever is named inside a quotation does not speak it
        if word in PRONOUNS:
            persons = word in (*PERSONAL, "i")
            return self._before(case.sentence, frame.speaker, case.focus, persons=persons)
        return self._resolver.known(case.sentence.holders(frame.speaker), case.focus)

    def _still_speaking(self, case: Case) -> Holder | None:
        """First person without a speaker in the sentence: whoever was speaking goes on."""
        first = _FIRST.search(case.words(max(0, case.cue.first - 8), case.cue.last))
        forces = (case.sentence.force(at) for at in range(case.cue.first, case.cue.last))
        ours = any(f.own for f in forces if f) and _OURS.search(case.sentence.quote)
        return case.focus.speaker if first or ours else None

    def _before(self, sentence: Sentence, index: int, focus: Focus, *, persons: bool) -> Holders:
        """Whom a pronoun means: the nearest fitting holder before it."""
        for at in range(index - 1, -1, -1):
            holders = sentence.holders(at) if sentence.line.chunks[at].word == HOLDER else ()
            if any(h.oblique or (persons and h.kind not in PERSONS) for h in holders):
                continue
            if known := self._resolver.known(holders, focus):
                return known
        return one(focus.person) if persons else focus.state or one(focus.person)

    # --- who is meant ------------------------------------------------------------------------

    def _subject(self, case: Case) -> Holders | str:
        for named in (self._inside(case), self._owner(case), self._adjective(case)):
            if named is not None:
                return named
        oblique: Holders = ()
        relative = False
        for at in range(case.cue.first - 1, self._floor(case), -1):
            if case.word(at) in (";", "."):
                break
            relative = relative or case.word(at) in ("who", "which")
            if self._is_oblique(case, at) and not relative:
                oblique = oblique or case.sentence.holders(at)
            elif (found := self._at(case, at)) is not None:
                return found
        return self._elsewhere(case, oblique)

    def _floor(self, case: Case) -> int:
        """What stands before the verb of saying is the speaker's own sentence."""
        frame = case.frame
        ahead = frame is not None and frame.speaker < frame.verb < case.cue.first
        return frame.verb if frame is not None and ahead else -1

    def _is_oblique(self, case: Case, at: int) -> bool:
        holders = case.sentence.holders(at) if case.word(at) == HOLDER else ()
        if not any(holder.oblique for holder in holders):
            return False
        possessor = case.words(at + 1, at + 2) == " 's "
        before = case.words(at - 1, at)
        # "wrong for Poland to rule out", "a mistake for Australia to commit"
        infinitive = before == " for " and case.words(at + 1, at + 2) == " to "
        # "the summit ended with France and Poland pledging soldiers"
        follows = at + 1 == case.cue.first and case.word(at + 1).endswith("ing")
        return not (possessor or infinitive or (before == " with " and follows))

    def _at(self, case: Case, at: int) -> Holders | str | None:
        """The subject that this chunk is; None where it is none, a reason where it is nobody's."""
        word = case.word(at)
        if word == HOLDER:
            return self._resolver.known(case.sentence.holders(at), case.focus) or TITLE
        if word in PERSONAL:
            return self._before(case.sentence, at, case.focus, persons=True) or PRONOUN
        if word in ("it", "they"):
            return self._thing(case, at)
        if word in SPOKEN_FOR:
            return self._we(case, at)
        if word in self._crowd and self._acts(case, at) and not self._aside(case, at):
            return self._crowd_at(case, at)
        force = case.sentence.force(at)
        if force and force.nations and (case.topic.at == at or self._acts(case, at)):
            return _nations(force.nations, case.sentence, at)
        return None

    def _elsewhere(self, case: Case, oblique: Holders) -> Holders | str:
        """No subject in front of the cue: its agent, its speaker, or whose soldiers they are."""
        force = case.force
        if agent := self._agent(case):
            return agent
        if force and force.nations and not case.speakers and case.topic.at is not None:
            return _nations(force.nations, case.sentence, case.topic.at)
        if case.speakers:
            return ()
        if oblique or force is None:
            nameless = case.frame is not None and case.frame.nameless and not oblique
            return NAMELESS if nameless else NO_HOLDER
        return self._of_force(case, force)

    def _of_force(self, case: Case, force: Force) -> Holders | str:
        if force.own:
            return (
                self._before(case.sentence, case.cue.first, case.focus, persons=True) or NO_HOLDER
            )
        if case.frame is None and case.focus.last_speaker:
            return one(case.focus.last_speaker)  # the report of a speech goes on
        if case.topic.at is not None and case.topic.at <= case.cue.first:
            # "Bulgaria has ...; soldiers would not be sent"
            return self._before(case.sentence, case.cue.first, Focus(), persons=False) or NO_HOLDER
        return NAMELESS if case.frame is not None and case.frame.nameless else NO_HOLDER

    def _inside(self, case: Case) -> Holders | str | None:
        """A holder or a nation's soldiers that the cue itself takes in."""
        cue = case.cue
        for at in range(cue.first, cue.last):
            holders = case.sentence.holders(at) if case.word(at) == HOLDER else ()
            if holders and not any(h.oblique for h in holders):
                return self._resolver.known(holders, case.focus) or TITLE
        force = case.sentence.force(cue.first)
        return (
            _nations(force.nations, case.sentence, cue.first) if force and force.nations else None
        )

    def _owner(self, case: Case) -> Holders | str | None:
        """ "the readiness of Sweden to": the holder behind a noun."""
        cue = case.cue
        if case.words(cue.last, cue.last + 1) != " of ":
            return None
        if not _NOUN.search(case.words(cue.first, cue.last)):
            return None
        for at in range(cue.last + 1, min(cue.last + 4, len(case.sentence.line))):
            if case.word(at) == HOLDER:
                return self._resolver.known(case.sentence.holders(at), case.focus) or TITLE
            if case.word(at) in self._crowd:
                return CROWD
        return None

    def _adjective(self, case: Case) -> Holders | None:
        """ "Dutch caution over troops": the adjective in front of a noun."""
        at = case.cue.first - 1
        if at < 0 or case.word(at) != DEMONYM:
            return None
        name = case.sentence.line.chunks[at].value
        assert isinstance(name, Name)
        return _nations(name.countries, case.sentence, at)

    def _thing(self, case: Case, at: int) -> Holders | str:
        """What "it" and "they" mean: nothing ("it is too early"), the speaker, or a state."""
        impersonal = _IT_IS.match(case.words(at + 1, at + 3)) and at + 4 >= case.cue.first
        if case.speakers:
            return ()
        if impersonal and _IMPERSONAL.match(case.words(case.cue.first, case.cue.last)):
            return NO_HOLDER
        return self._before(case.sentence, at, case.focus, persons=False) or PRONOUN

    def _we(self, case: Case, at: int) -> Holders:
        """ "we in New Zealand": the speaker's country; () for a bare "we"."""
        in_place = case.words(at + 1, at + 2) == " in " and at + 2 < len(case.sentence.line)
        return case.sentence.holders(at + 2) if in_place else ()

    def _crowd_at(self, case: Case, at: int) -> Holders | str:
        """ "no country" and "his country" are the speaker's; "26 countries" are nobody's."""
        if _NO.search(case.words(max(0, at - 3), at)):
            return ()
        if case.word(at) in _COUNTRY and _OWN.search(case.words(max(0, at - 2), at)):
            return () if case.speakers else case.focus.state or one(case.focus.person) or PRONOUN
        return CROWD

    def _acts(self, case: Case, at: int) -> bool:
        """Whether a noun is the subject of what follows, and not the object of what went before."""
        following = case.words(at + 1, at + 3)
        return at + 2 >= case.cue.first or any(f" {verb} " in following for verb in self._verbs)

    def _aside(self, case: Case, at: int) -> bool:
        if at + 1 == case.cue.first:
            return False  # "the states prepared to send"
        before = case.words(max(0, at - 3), at).removeprefix(" about ")
        oblique = any(f" {word} " in before for word in self._oblique)
        return oblique or case.words(at + 1, at + 2) == " 's "

    def _agent(self, case: Case) -> Holders:
        """ "ruled out by states such as Poland and Italy", "a pledge by France"."""
        cue = case.cue
        for at in range(cue.last, min(len(case.sentence.line), cue.last + AGENT_REACH)):
            if case.word(at) in (";", ".", "but", "while"):
                break
            by = " by " in case.words(max(cue.last - 1, at - 6), at)
            passive = _PASSIVE.search(case.words(max(0, cue.first - 4), at))
            owned = case.word(cue.last) == "by"
            if case.word(at) == HOLDER and by and (passive or owned):
                return self._resolver.known(case.sentence.holders(at), case.focus)
        return ()


def _nations(nations: tuple[str, ...], sentence: Sentence, at: int) -> Holders:
    chunk = sentence.line.chunks[at]
    return tuple(
        Holder(chunk.start, chunk.end, Kind.FORCES, (code,), Voice.GOVERNMENT, Evidence.NARRATOR)
        for code in nations
    )


def _combined(case: Case, subject: Holders) -> Attribution | str:
    if subject and all(holder.voice is Voice.PUBLIC for holder in subject):
        return Attribution(subject, "what a poll says")
    if case.frame is not None and case.frame.nameless:
        if not subject:
            return NAMELESS
        return Attribution(_by_others(subject), "somebody else says it of them", third_party=True)
    if not case.speakers:
        if not subject:
            return NO_HOLDER
        return Attribution(
            subject, "subject of the clause", case.quoted and subject[0].kind is Kind.PERSON
        )
    own_words = case.quoted or case.speakers[0] is case.author
    if not subject:
        far = case.frame is None
        return Attribution(case.speakers, "the speaker, of himself", own_words, far=far)
    return _spoken_of(case.speakers, subject, own_words)


def _spoken_of(speakers: Holders, subject: Holders, own_words: bool) -> Attribution:
    """A speaker and a subject: of one country, of several, or of two."""
    home = {code for speaker in speakers for code in speaker.countries}
    mine = tuple(holder for holder in subject if home & {*holder.countries})
    others = tuple(holder for holder in subject if not home & {*holder.countries})
    if not mine:
        why = f"{'/'.join(sorted(home))} says it of them"
        return Attribution(_by_others(others), why, third_party=True)
    codes = {code for holder in mine for code in holder.countries}
    voices = tuple(speaker for speaker in speakers if codes & {*speaker.countries})
    if not others:
        return Attribution(voices, "the speaker, of his country", own_words)
    why = "the speaker, of his country among others"
    return Attribution((*voices, *_by_others(others)), why)


def _by_others(holders: Holders) -> Holders:
    return tuple(
        replace(holder, voice=Voice.OTHER, evidence=Evidence.THIRD_PARTY) for holder in holders
    )
