"""Where in a text the holder, cue and condition of a mention stand, and how displaCy draws them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from stancewatch.core.article import Article
from stancewatch.core.mention import Field, Mention

REACH = 200  # characters shown on either side of the outermost marks


class Label(StrEnum):
    CONDITION = "CONDITION"
    HOLDER = "HOLDER"
    CUE = "CUE"


COLOURS = {Label.HOLDER: "#8fd3f4", Label.CUE: "#ffd166", Label.CONDITION: "#d9c2f0"}


@dataclass(frozen=True, slots=True)
class Mark:
    """`[start, end)` in characters of the text that is marked."""

    start: int
    end: int
    label: Label


def marks(text: str, field: Field, mentions: Iterable[Mention]) -> tuple[Mark, ...]:
    """What the mentions found in one field of their article, first to last; no two overlap."""
    return tuple(_flat(text, [mark for each in mentions for mark in _spans(text, field, each)]))


def words_in(article: Article, field: Field) -> str:
    return article.title if field is Field.TITLE else article.text


def _spans(text: str, field: Field, mention: Mention) -> Iterator[Mark]:
    yield from _condition(text, field, mention)
    for label, span in ((Label.HOLDER, mention.holder), (Label.CUE, mention.cue)):
        if span.field is field:
            yield Mark(span.start, span.end, label)


def _condition(text: str, field: Field, mention: Mention) -> Iterator[Mark]:
    """A mention keeps these words, not their place: it is in the cue's sentence, else near it.

    They may stand in the other field: of two tellings of one position, one may state it.
    """
    cue = mention.cue.start if mention.cue.field is field else 0
    sentence = next((s for s in _places(text, mention.quote) if s[0] <= cue < s[1]), (cue, cue))

    def far(place: tuple[int, int]) -> tuple[bool, int]:
        within = sentence[0] <= place[0] and place[1] <= sentence[1]
        return not within, abs(place[0] - cue)

    nearest = min(_places(text, mention.condition or ""), key=far, default=None)
    if nearest:
        yield Mark(*nearest, Label.CONDITION)


def _places(text: str, words: str) -> Iterator[tuple[int, int]]:
    """Where words that were put on one line stand in the text that they are from."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    return (each.span() for each in re.finditer(pattern, text)) if pattern else iter(())


def _flat(text: str, found: Sequence[Mark]) -> Iterator[Mark]:
    """A shorter mark lies upon a longer one, which goes on around it: none is lost.

    Of two that are equally long the later in `found` is on top.
    """
    painted: list[Label | None] = [None] * len(text)
    for mark in sorted(found, key=lambda each: each.start - each.end):
        painted[mark.start : mark.end] = [mark.label] * (mark.end - mark.start)
    for label, run in groupby(range(len(text)), key=painted.__getitem__):
        places = list(run)
        start, end = _trimmed(text, places[0], places[-1] + 1)
        if label and re.search(r"\w", text[start:end]):
            yield Mark(start, end, label)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    return end - len(words.lstrip()), start + len(words.rstrip())


def excerpt(text: str, found: Sequence[Mark]) -> tuple[str, tuple[Mark, ...]]:
    """The marks with the words around them, out of a text that may be long."""
    low = max(0, found[0].start - REACH)
    high = min(len(text), found[-1].end + REACH)
    if low:  # no half words
        low = text.find(" ", low, found[0].start) + 1 or found[0].start
    if high < len(text):
        high = max(text.rfind(" ", found[-1].end, high), found[-1].end)
    head, tail = "… " if low else "", " …" if high < len(text) else ""
    by = len(head) - low
    moved = tuple(replace(each, start=each.start + by, end=each.end + by) for each in found)
    return f"{head}{text[low:high]}{tail}", moved


def pieces(text: str, found: Sequence[Mark]) -> Iterator[tuple[str, Label | None]]:
    """The text in order, in pieces that have one mark or none."""
    at = 0
    for mark in found:
        yield text[at : mark.start], None
        yield text[mark.start : mark.end], mark.label
        at = mark.end
    yield text[at:], None


def entities(text: str, found: Sequence[Mark]) -> str:
    """The text with its marks as displaCy's "ent" style draws them: HTML, escaped."""
    from spacy import displacy

    ents = [{"start": each.start, "end": each.end, "label": each.label} for each in found]
    return displacy.render(
        {"text": text, "ents": ents},
        style="ent",
        manual=True,
        jupyter=False,
        options={"colors": COLOURS},
    )
