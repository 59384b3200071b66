"""Names that are places rather than actors, Ukraine as the theatre, and holders in a row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from stancewatch.nlp.holders import Holder, Holders, Kind
from stancewatch.nlp.names import Name
from stancewatch.nlp.reader.line import (
    DEMONYM,
    HOLDER,
    PLACE,
    THEATRE,
    Chunk,
    Found,
    Line,
    Rewritten,
    joined,
)

_HOLDER = re.compile(r"(?<= )§h ")
_DATELINE = re.compile(r" (?:\( \w+|[-–—] |, \w+ \d)")
_THEATRE = re.compile(
    r"(?<= )(?:(?:in|to|on|into|inside|for|across|within|onto|over|throughout|through|from) )?"
    r"(?:post - war |postwar |war - torn |western |eastern |southern |northern |all of )?"
    r"(?:§h |§p |§d )(?:'s )?(?:soil |ground |territory |land |itself |cities |skies )?"
)
_LINK = (
    r"(?:, (?:the )?|(?:, )?(?:and |or |nor |& |as well as |along with |together with )(?:the )?)"
)
_TOGETHER = (" along with ", " together with ")  # what stands behind does the same
_LIST = re.compile(rf"(?<= )(?:both |either )?§h (?:{_LINK}(?=§h )§h )+")
_LINKED = re.compile(r"\b(and|or|nor|as well as|along with)\b|&")
_STATES = (Kind.COUNTRY, Kind.CAPITAL, Kind.SEAT)


class Places:
    def __init__(self, classes: Mapping[str, tuple[str, ...]]) -> None:
        self._event = frozenset(classes["event"])
        self._preposition = frozenset(classes["preposition"])
        self._oblique = frozenset(classes["oblique"])

    def mark(self, line: Line) -> Line:
        line = line.rewrite(_HOLDER, self._place)
        line = line.rewrite(_THEATRE, _theatre)
        return line.rewrite(_LIST, _list)

    def _place(self, line: Line, found: Found) -> Chunk | None:
        """ "in Berlin", "the Paris summit": no actors here; "with Berlin": no subject."""
        chunk = line.chunks[found.first]
        holders = _value(chunk)
        if len(holders) != 1:
            return None
        before = line.words(found.first - 1, found.first).strip() if found.first else ""
        if holders[0].kind in _STATES and self._is_place(line, found, holders[0], before):
            return Chunk(PLACE, chunk.start, chunk.end, holders)
        beside = line.words(found.first - 2, found.first) in _TOGETHER
        if before in self._oblique and not beside:
            oblique = (replace(holders[0], oblique=True),)
            return Chunk(chunk.word, chunk.start, chunk.end, oblique)
        return None

    def _is_place(self, line: Line, found: Found, holder: Holder, before: str) -> bool:
        after = line.words(found.last, found.last + 1).strip()
        if before == "the":
            earlier = line.words(found.first - 2, found.first - 1).strip()
            if earlier in self._preposition or holder.kind is Kind.CAPITAL:
                return True
        dateline = found.first == 0 and _DATELINE.match(line.words(found.last, found.last + 2))
        return before in self._preposition or after in self._event or bool(dateline)


def _theatre(line: Line, found: Found) -> Chunk | None:
    """Ukraine as the place where soldiers would be, which is how most sentences name it."""
    chunks = line.chunks[found.first : found.last]
    at = next(i for i, chunk in enumerate(chunks) if chunk.word in (HOLDER, PLACE, DEMONYM))
    actor = chunks[at].word == HOLDER and not at
    adjective = chunks[at].word == DEMONYM and at == len(chunks) - 1
    if actor or adjective or not _is_ukraine(chunks[at]):
        return None
    return joined(chunks, THEATRE, None)


def _is_ukraine(chunk: Chunk) -> bool:
    if isinstance(chunk.value, Name):
        return chunk.value.countries == ("UA",)
    return all(
        holder.countries == ("UA",) and holder.kind in (Kind.COUNTRY, Kind.CAPITAL)
        for holder in _value(chunk)
    )


def _list(line: Line, found: Found) -> Rewritten:
    """ "Estonia, Latvia and Lithuania": one holder of many names."""
    last = _end_of_aside(line, found)
    chunks, rest = line.chunks[found.first : last], line.chunks[last : found.last]
    parts = [chunk for chunk in chunks if chunk.word == HOLDER]
    holders = tuple(holder for part in parts for holder in _value(part))
    if len(parts) < 3 and not _LINKED.search(line.words(found.first, last)):
        kinds = {holder.kind for holder in holders}
        if len(kinds) > 1 or Kind.PERSON in kinds:
            return None  # an apposition, not a list
    return (Chunk(HOLDER, parts[0].start, parts[-1].end, holders), *rest)


def _end_of_aside(line: Line, found: Found) -> int:
    """ "After talks with Bonn and Rome, Paris ...": behind an "and", a comma ends what is no
    subject."""
    first = next(c for c in line.chunks[found.first : found.last] if c.word == HOLDER)
    if not any(holder.oblique for holder in _value(first)):
        return found.last
    linked = False
    for at in range(found.first, found.last):
        word = line.chunks[at].word
        if linked and word == ",":
            return at
        linked = linked or bool(_LINKED.fullmatch(word))
    return found.last


def _value(chunk: Chunk) -> Holders:
    assert isinstance(chunk.value, tuple)
    return chunk.value
