"""From words to forces: soldiers with their nation, their number or absence, and whose they are."""

from __future__ import annotations

import re
from functools import partial

from stancewatch.nlp.holders import NO_STANCE, Force, Holder, Kind
from stancewatch.nlp.names import Name
from stancewatch.nlp.reader import line as marks
from stancewatch.nlp.reader.line import Chunk, Found, Line, Rewritten
from stancewatch.nlp.reader.words import Words

_NONE = re.compile(r" (?:no|not a single|not one|not a|zero|nor|none of) ")
_ALLIED = re.compile(
    r" (?:western|allied|nato|european|foreign|international|multinational|west|coalition) "
)
_OWN = re.compile(r" (?:its|their|his|her|our|my|own|country 's) ")
_MARKS = {
    (True, False): marks.FORCE,
    (False, False): marks.MISSION,
    (True, True): marks.NO_FORCE,
    (False, True): marks.NO_MISSION,
}
ENEMY = "§x"  # soldiers of a party to the war: never the topic


def mark_forces(words: Words, line: Line) -> Line:
    strong = line.rewrite(words.strong, partial(_force, strong=True))
    return strong.rewrite(words.weak, partial(_force, strong=False))


def _force(line: Line, found: Found, *, strong: bool) -> Rewritten:
    first = _without_speaker(line, found)
    surface = line.words(first, found.last)
    chunks = line.chunks[first : found.last]
    nations = tuple(
        code
        for code in dict.fromkeys(code for chunk in chunks for code in _codes(chunk))
        if code != "UA" or not _theatre(chunks)
    )
    start, end = line.span(first, found.last)
    if nations and set(nations) <= NO_STANCE:
        return (*line.chunks[found.first : first], Chunk(ENEMY, start, end))
    allied = bool(_ALLIED.search(surface)) or bool({"NATO", "EU"} & set(nations))
    named_army = surface.strip() == marks.ARMY  # "the Royal Navy" alone says little
    force = Force(
        start,
        end,
        (strong and not named_army) or _theatre(chunks) or (allied and " forces " in surface),
        tuple(code for code in nations if code not in NO_STANCE and code not in ("NATO", "EU")),
        bool(_NONE.search(surface)),
        allied,
        bool(_OWN.search(surface)),
    )
    mark = _MARKS[force.strong, force.negative]
    return (*line.chunks[found.first : first], Chunk(mark, start, end, force))


def _without_speaker(line: Line, found: Found) -> int:
    """A person in front is no modifier: "Macron troops" is a headline without its verb."""
    first = found.first
    for index in range(found.first, found.last):
        if _is_speaker(line.chunks[index]):
            possessive = line.words(index + 1, index + 2) == " 's "
            first = index + 1 + possessive
    return min(first, found.last - 1)


def _is_speaker(chunk: Chunk) -> bool:
    holders = chunk.value if chunk.word == marks.HOLDER else ()
    return isinstance(holders, tuple) and any(
        isinstance(h, Holder) and h.kind not in (Kind.COUNTRY, Kind.GROUP, Kind.CAPITAL)
        for h in holders
    )


def _theatre(chunks: tuple[Chunk, ...]) -> bool:
    """ "the Ukraine mission", but not "Ukraine's soldiers" or "Ukraine forces"."""
    words = [chunk.word for chunk in chunks]
    named = any(c.word == marks.HOLDER and _codes(c) == ("UA",) for c in chunks)
    return named and "'s" not in words and words[-1] != "forces"


def _codes(chunk: Chunk) -> tuple[str, ...]:
    if isinstance(chunk.value, Name):
        return chunk.value.countries
    if isinstance(chunk.value, tuple):
        return tuple(code for holder in chunk.value for code in holder.countries)
    return ()
