"""Whether a cue is about the topic: what it takes as its object, and what stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stancewatch.nlp.holders import Force
from stancewatch.nlp.reader.line import PLACE, THEATRE, Found
from stancewatch.nlp.reader.passage import Sentence
from stancewatch.nlp.reader.words import Words

REACH = 12  # chunks from a cue to the force that it is about
SHORT = 6  # sentences of a teaser, in which everything is near
MEMORY = 4  # sentences that "it" may point back
_STOP = re.compile(r"[;.?!]|but|while|whereas|although|though")
_POINTS_BACK = re.compile(
    r" (?:, |on |to |about |of |for |at |with |from |by |in |with |the |"
    r"any |such |this |that |their |his |her |its |a |an |entirely |"
    r"completely |flatly |for good |altogether )*"
    r"(?:it|this|that|these|so|such|one|them|idea|notion|option|options|"
    r"move|step|plan|plans|proposal|possibility|scenario|matter|question|"
    r"issue|deployment|either|anything|nothing|participation|thing|"
    r"discussion|debate|suggestion|topic|request|initiative|join|"
    r"contribute|participate|remarks|thoughts|clearest|mission|as|joining|"
    r"approach|stance|attitude|position) "
)
_ADJUNCT = re.compile(
    r" (?:, |\. |\" |; |: |\) |[-–—] |for now |on §?\w+day |yesterday |"
    r"today |in (?:an|a|the) |entirely |flatly |categorically |again |at "
    r"this |(?:but|while|whereas|and|said|says|told|when|after|because|as|"
    r"if|once) )"
)


_ASIDE = re.compile(r" (?:,|if|when|once|after|provided|unless|until|in|because|amid|during|as) ")


@dataclass(frozen=True, slots=True)
class OnTopic:
    """Why a cue is taken to be about the topic; `near` is False where it points back."""

    why: str
    near: bool
    force: Force | None = None
    at: int | None = None


def about(
    sentences: Sequence[Sentence], number: int, found: Found, words: Words, anaphoric: bool
) -> OnTopic | str:
    """The topic of a cue, or the reason why it has none."""
    sentence = sentences[number]
    if any(f.first < found.first < f.last for f in sentence.line.find(words.distractor)):
        return "part of another word: air support"
    for at in range(found.first, found.last):
        force = sentence.force(at)
        if force and _believed(sentences, number, at, force, words):
            return OnTopic("force in the cue", True, force, at)
    return _ahead(sentences, number, found, words) or _behind(
        sentences, number, found, words, anaphoric
    )


def _ahead(
    sentences: Sequence[Sentence], number: int, found: Found, words: Words
) -> OnTopic | str | None:
    sentence = sentences[number]
    chunks = sentence.line.chunks
    distracted = _first_distractor(sentence, found.last, words)
    for at in range(found.last, min(len(chunks), found.last + REACH)):
        if _STOP.fullmatch(chunks[at].word):
            break
        if distracted is not None and at >= distracted:
            return "its object is something else"
        if chunks[at].word == "without":
            return "it is about doing without"
        head = _head(sentence, at)
        force = sentence.force(head)
        if force and _believed(sentences, number, head, force, words):
            return OnTopic("force behind the cue", True, force, head)
    return None


def _head(sentence: Sentence, at: int) -> int:
    """Of "a deployment of German soldiers", the soldiers."""
    force = sentence.force(at)
    if force and not force.strong and sentence.line.words(at + 1, at + 2) in (" of ", " by "):
        inner = sentence.force(at + 2) if at + 2 < len(sentence.line) else None
        return at + 2 if inner and inner.strong else at
    return at


def _first_distractor(sentence: Sentence, start: int, words: Words) -> int | None:
    """The other thing that a cue may be about; behind a comma or an "if" it is about nothing."""
    for found in sentence.line.find(words.distractor):
        if found.first >= start:
            between = sentence.line.words(start, found.first)
            return None if _ASIDE.search(between) else found.first
    return None


def _behind(
    sentences: Sequence[Sentence], number: int, found: Found, words: Words, anaphoric: bool
) -> OnTopic | str:
    sentence = sentences[number]
    rest = sentence.line.words(found.last, len(sentence.line))
    open_ended = found.last >= len(sentence.line) or bool(
        _POINTS_BACK.match(rest) or _ADJUNCT.match(rest)
    )
    if not open_ended and not _subject_force(sentence, found.first, rest):
        return "its object is something else"
    for at in range(found.first - 1, max(-1, found.first - 2 * REACH), -1):
        force = sentence.force(at)
        if force and _believed(sentences, number, at, force, words):
            return OnTopic("force before the cue", True, force, at)
    if not anaphoric:
        return "no force in its sentence"
    memory = MEMORY if _POINTS_BACK.match(rest) or len(sentences) <= SHORT else 1
    for back in range(1, memory + 1):
        if number - back >= 0 and _strong(sentences[number - back]):
            return OnTopic("points back to a force", False)
    if (
        number + 1 < len(sentences)
        and sentence.field != sentences[number + 1].field
        and _strong(sentences[number + 1])
    ):
        return OnTopic("a title whose text names the force", False)
    return "no force near it"


def _subject_force(sentence: Sentence, start: int, after: str) -> bool:
    """A force right in front of the cue is its subject: "a German contribution hinges on"."""
    between = sentence.line.words(max(0, start - 3), start)
    return " to " not in between + after[:4] and any(
        sentence.force(at) for at in range(max(0, start - 3), start)
    )


def _believed(
    sentences: Sequence[Sentence], number: int, at: int, force: Force, words: Words
) -> bool:
    """A bare mission counts where soldiers are spoken of, or the theatre follows at its heels.

    In an article on the war both are everywhere, so only the nearest sentences count there.
    """
    line = sentences[number].line
    if next((f for f in line.find(words.distractor) if f.first == at + 1), None):
        return False  # "US military aid"
    if force.strong:
        return True
    if len(sentences) <= SHORT:
        nearby = sentences[max(0, number - MEMORY) : number + 2]
        return bool(force.nations) or any(
            _strong(each) or words.theatre.search(each.quote) for each in nearby
        )
    if THEATRE in (chunk.word for chunk in line.chunks[at + 1 : at + 3]):
        return True
    return any(_strong(each) for each in sentences[max(0, number - 1) : number + 1])


def _strong(sentence: Sentence) -> bool:
    return any(
        isinstance(chunk.value, Force) and chunk.value.strong for chunk in sentence.line.chunks
    )


def elsewhere(sentence: Sentence, at: int | None, words: Words) -> bool:
    """Soldiers bound for another place, in a sentence that does not name ours."""
    line = sentence.line
    if at is not None and _bound_elsewhere(sentence, at):
        return True
    named = THEATRE in (c.word for c in line.chunks) or words.theatre.search(sentence.quote)
    return not named and words.elsewhere.search(sentence.quote) is not None


def _bound_elsewhere(sentence: Sentence, at: int) -> bool:
    """ "soldiers to Latvia": another place, and the theatre not before it."""
    for index in range(at + 1, min(len(sentence.line), at + 6)):
        if sentence.line.chunks[index].word == THEATRE:
            return False
        before = sentence.line.words(index - 1, index).strip()
        if sentence.line.chunks[index].word == PLACE and before in ("to", "into", "for", "in"):
            return before in ("to", "into") or index - at <= 3
    return False
