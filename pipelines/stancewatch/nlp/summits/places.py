"""The city that a gathering was held in.

the Paris summit, talks at the Elysée    its own words
leaders met after lunch ... in Paris     its sentence
PARIS, 26 Feb - ...                      the line that the text opens with
leaders flew to Paris                    where they were bound for
... in Paris.                            the sentence before or after
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stancewatch.core.lexicon import Lexicon
from stancewatch.nlp.reader.line import HOLDER, Found
from stancewatch.nlp.reader.pattern import compile_any
from stancewatch.nlp.summits.ground import VENUES, Ground

BOUND = 2  # chunks from a gathering to a place that people were on their way to
NEAR = 6  # chunks around a gathering in which a place is its own
_DAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
_DATELINE = re.compile(
    rf"([^\W\d_][\w .'-]{{2,28}}?)(?:, (?!{_DAY})\w[\w ]+)?"
    rf"(?:,? \(\w[^)]*\)| [-–—]|:|\.(?= )|,(?= (?:{_DAY}|liveblog)))",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:in|at|In|At) (?:the )?((?:[A-ZÀ-Ž][\w'-]+)(?:[ -](?:[A-ZÀ-Ž]|el-|d'[A-Z])[\w'-]+)*)"
)
_NO_CITY = re.compile(
    r"(?:[A-Z][a-z]+day|January|February|March|April|May|June|July|August|September|October|"
    r"November|December|The|Europe|Ukraine|Western|European|NATO|EU|G7|G20|US|U\.S|UK|Article|"
    r"President|Prime|East|West|Middle|Black|Baltic|Donbas|Crimea)\b"
)
_STANDS = frozenset(["in", "at", "on", "near", "outside", "inside", "around", "leaving"])
_BOUND = frozenset(["to", "from", "for"])
_LINKS = frozenset(["the", "a", "his", "her", "their", "our", "central", "downtown"])


@dataclass(frozen=True, slots=True)
class _Stand:
    """A place with its distance from the gathering, in chunks."""

    far: int
    city: str
    firm: bool  # they stand there; else they are on their way


class Places:
    def __init__(self, lexicon: Lexicon, classes: Mapping[str, tuple[str, ...]]) -> None:
        self._events = frozenset(lexicon.words["event"])
        self._others = frozenset(lexicon.words["else"])
        self._remote = compile_any(lexicon.words["remote"], {})
        self._formats = compile_any(lexicon.formats, classes)
        self._hosts = compile_any((f"<venue> ~ {each}" for each in lexicon.words["host"]), classes)

    def own(self, ground: Ground, found: Found) -> str | None:
        """The place inside the words that name the gathering, or right around them."""
        stands = [s for s in self._stands(ground, found) if s.far <= (NEAR if s.firm else BOUND)]
        if stands:
            return min(stands, key=lambda stand: (stand.far, not stand.firm)).city
        chunks = ground.line.chunks
        low, high = max(0, found.first - 2), min(len(chunks), found.last + NEAR)
        return _unknown(ground, chunks[low].start, chunks[high - 1].end)

    def other(self, ground: Ground, found: Found, taken: Collection[str]) -> str | None:
        """A place of its own in a sentence that tells of another gathering, too."""
        stands = self._stands(ground, found)
        return _nearest(s for s in stands if s.firm and s.city not in taken)

    def around(self, ground: Ground, found: Found) -> str | None:
        """A place elsewhere in the gathering's sentence; over a line only where one hosted."""
        hosts = {each.first for each in ground.line.find(self._hosts)}
        if self.remote(ground):
            return next((str(ground.line.chunks[at].value) for at in sorted(hosts)), None)
        known = _nearest(stand for stand in self._stands(ground, found) if stand.firm)
        return known or _unknown(ground, ground.start, ground.end)

    def bound_for(self, ground: Ground, found: Found) -> str | None:
        return _nearest(self._stands(ground, found))

    def within(self, ground: Ground) -> str | None:
        """Any place that people stand in, in a sentence beside the gathering's."""
        return _nearest(s for s in self._stands(ground, Found(0, 0)) if s.firm)

    def remote(self, ground: Ground) -> bool:
        """Whether they met over a line, which has no place."""
        return self._remote.search(ground.line.text) is not None

    def by_line(self, ground: Ground, found: Found) -> bool:
        """The same, of one gathering."""
        words = ground.line.words(found.first - BOUND, found.last + NEAR)
        return self._remote.search(words) is not None

    def dateline(self, grounds: Sequence[Ground]) -> str | None:
        """The place that a text opens with."""
        for ground in grounds[:2]:
            end = min(len(ground.text), ground.end + 30)
            found = _DATELINE.match(ground.text, ground.start, end)
            if found is None:
                continue
            known = [c for c in ground.line.chunks[:2] if c.word in VENUES]  # "THE HAGUE" is two
            if known and known[0].end <= found.end(1) + 1:
                return str(known[0].value)
            if found[1].isupper() and not _NO_CITY.match(found[1].title()):
                return found[1].title()
        return None

    def _stands(self, ground: Ground, found: Found) -> Iterator[_Stand]:
        formats = [(each.first, each.last) for each in ground.line.find(self._formats)]
        hosts = {each.first for each in ground.line.find(self._hosts)}
        for at, chunk in enumerate(ground.line.chunks):
            if chunk.word not in VENUES or any(a <= at < b for a, b in formats):
                continue
            how = True if at in hosts else self._how(ground, at)
            if how is not None:
                far = max(found.first - at, at - found.last + 1, 0)
                yield _Stand(far, str(chunk.value), how)

    def _how(self, ground: Ground, at: int) -> bool | None:
        """Whether a place is stood in ("in Paris", "the Paris summit"), or travelled to."""
        words = [chunk.word for chunk in ground.line.chunks]
        if self._events & {*words[at + 1 : at + 3]}:
            return True
        before = at - 1
        while before > 0 and words[before] in _LINKS:
            before -= 1
        if before < 0 or self._others & {*words[max(0, before - 2) : before]}:
            return None
        return words[before] in _STANDS if words[before] in _STANDS | _BOUND else None


def _nearest(stands: Iterator[_Stand]) -> str | None:
    nearest = min(stands, key=lambda stand: stand.far, default=None)
    return nearest.city if nearest else None


def _unknown(ground: Ground, start: int, end: int) -> str | None:
    """A place that no rule knows: "in Wassenaar"."""
    for found in _NAMED.finditer(ground.text, start, end):
        first = found.start(1)
        marked = (HOLDER, *VENUES)
        known = any(c.start <= first < c.end for c in ground.line.chunks if c.word in marked)
        if not known and not _NO_CITY.match(found[1]):
            return found[1]
    return None
