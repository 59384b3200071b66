"""Runs of names, titles and adjectives that are one holder: "Germany's chancellor, Olaf Scholz".

The rules are tried in order, longest constructions first; each leaves a mark that later ones see.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from stancewatch.core.actor import Voice
from stancewatch.core.mention import Evidence
from stancewatch.nlp.holders import Holder, Kind
from stancewatch.nlp.names import Name
from stancewatch.nlp.offices import Offices
from stancewatch.nlp.reader import line as marks
from stancewatch.nlp.reader.line import Chunk, Found, Line, joined

_EX = r"(?:(?:former|ex|ex -|retired|onetime) )"
_NAT = r"(?:(?:§d|§N|§C|§S) (?:'s )?)"
_ADJ = (
    r"(?:(?:new|incoming|outgoing|acting|far - right|centre - right|"
    r"center - right|conservative|liberal|nationalist|populist|right - "
    r"wing|left - wing|veteran|senior|top|deputy|high - ranking|unnamed|"
    r"sir|main|ruling|governing|elected|interim) )"
)
_TITLE = r"(?:(?:§t )(?:and §t |/ §t )?)"


@dataclass(frozen=True, slots=True)
class Rule:
    """A run of marks that is one holder; `make` reads it, or gives None to leave it."""

    pattern: re.Pattern[str]
    make: Callable[[Offices, Line, Found], Chunk | None]


def mark_holders(line: Line, offices: Offices) -> Line:
    for rule in RULES:
        line = line.rewrite(rule.pattern, partial(rule.make, offices))
    return line


def mark_peoples(line: Line, offices: Offices) -> Line:
    """Adjectives that no soldiers have taken: "the French", "Poles"."""
    return line.rewrite(_PEOPLE.pattern, partial(_PEOPLE.make, offices))


# --- runs of marks that are holders ------------------------------------------------------------

_HOLDS = {marks.NATION: Kind.COUNTRY, marks.CITY: Kind.CAPITAL, marks.SEAT: Kind.SEAT}


def _marked(line: Line, found: Found, *wanted: str) -> list[Chunk]:
    return [c for c in line.chunks[found.first : found.last] if c.word in wanted]


def _former(line: Line, found: Found) -> bool:
    return re.search(_EX, line.words(found.first, found.last)) is not None


def _countries(chunk: Chunk) -> tuple[str, ...]:
    assert isinstance(chunk.value, Name)
    return chunk.value.countries


def _holder_chunk(line: Line, found: Found, holder: Holder) -> Chunk:
    return joined(_trimmed(line, found), marks.HOLDER, (holder,))


def _trimmed(line: Line, found: Found) -> tuple[Chunk, ...]:
    return line.chunks[found.first : found.last]


def _person(offices: Offices, line: Line, found: Found) -> Chunk | None:
    chunk = _marked(line, found, marks.PERSON)[0]
    assert isinstance(chunk.value, Name)
    start, end = line.span(found.first, found.last)
    holder = offices.person(chunk.value, start, end, former=_former(line, found))
    nations = _marked(line, found, marks.DEMONYM, marks.NATION, marks.CITY, marks.SEAT)
    if nations and holder.countries[0] not in _countries(nations[0]):
        return None  # "French President Trump": two people, or a name that we misread
    return _holder_chunk(line, found, holder)


def _titled(offices: Offices, line: Line, found: Found) -> Chunk | None:
    """ "the French defence minister", "Germany's chancellor", "officials in Warsaw"."""
    nation = _marked(line, found, marks.DEMONYM, marks.NATION, marks.CITY, marks.SEAT)[0]
    titles = _marked(line, found, marks.TITLE)
    start, end = line.span(found.first, found.last)
    for title in reversed(titles):
        countries = _countries(nation)
        held = [
            holder
            for code in countries
            if (
                holder := offices.titled(
                    start, end, code, str(title.value), former=_former(line, found)
                )
            )
        ]
        if held:
            return joined(_trimmed(line, found), marks.HOLDER, (held[0],))
    return None


def _party(_: Offices, line: Line, found: Found) -> Chunk | None:
    parties = _marked(line, found, marks.PARTY)
    start, end = line.span(found.first, found.last)
    nations = _marked(line, found, marks.DEMONYM, marks.NATION, marks.CITY, marks.SEAT)
    codes = _countries(parties[0])
    if nations:
        codes = tuple(code for code in codes if code in _countries(nations[0]))
    if len(codes) != 1:
        return None  # whose party this is, only its country could say
    return _holder_chunk(
        line,
        found,
        Holder(start, end, Kind.PARTY, codes, Voice.PARTY, Evidence.NARRATOR),
    )


def _public(_: Offices, line: Line, found: Found) -> Chunk | None:
    nation = _marked(line, found, marks.DEMONYM, marks.NATION)[0]
    start, end = line.span(found.first, found.last)
    return _holder_chunk(
        line,
        found,
        Holder(start, end, Kind.PEOPLE, _countries(nation), Voice.PUBLIC, Evidence.NARRATOR),
    )


def _bare(_: Offices, line: Line, found: Found) -> Chunk | None:
    chunk = _marked(line, found, *_HOLDS)[0]
    kind = _HOLDS[chunk.word]
    evidence = Evidence.INSTITUTION if kind is Kind.SEAT else Evidence.NARRATOR
    return _holder_chunk(
        line,
        found,
        Holder(chunk.start, chunk.end, kind, _countries(chunk), Voice.GOVERNMENT, evidence),
    )


def _group(_: Offices, line: Line, found: Found) -> Chunk | None:
    chunk = _marked(line, found, marks.GROUP)[0]
    holders = tuple(
        Holder(chunk.start, chunk.end, Kind.GROUP, (code,), Voice.GOVERNMENT, Evidence.NARRATOR)
        for code in _countries(chunk)
    )
    return joined(_trimmed(line, found), marks.HOLDER, holders)


def _people(offices: Offices, line: Line, found: Found) -> Chunk | None:
    chunk = _marked(line, found, marks.DEMONYM)[0]
    surface = line.words(found.first, found.last)
    if " the " not in surface and not _plural(offices, chunk):
        return None
    return _holder_chunk(
        line,
        found,
        Holder(
            chunk.start,
            chunk.end,
            Kind.PEOPLE,
            _countries(chunk),
            Voice.GOVERNMENT,
            Evidence.NARRATOR,
        ),
    )


def _plural(offices: Offices, chunk: Chunk) -> bool:
    """ "Poles", "Germans": a demonym that is a noun of its own."""
    assert isinstance(chunk.value, Name)
    country = offices.names.actors.countries[chunk.value.countries[0]]
    length = chunk.end - chunk.start
    return any(
        len(d) == length and d.endswith("s") and d[-2:] not in ("ss", "us")
        for d in country.demonyms
    )


def _reference(offices: Offices, line: Line, found: Found) -> Chunk | None:
    """ "the chancellor", "his foreign minister": who that is, the passage has said before."""
    title = _marked(line, found, marks.TITLE)[-1]
    start, end = line.span(found.first, found.last)
    nouns = offices.names.nouns.get(str(title.value))
    voice = nouns.voice if nouns else Voice.GOVERNMENT
    evidence = nouns.evidence if nouns else Evidence.PARAPHRASE
    if _former(line, found):
        voice, evidence = Voice.OTHER, Evidence.THIRD_PARTY
    return _holder_chunk(
        line, found, Holder(start, end, Kind.ROLE, (), voice, evidence, title=str(title.value))
    )


def _rule(pattern: str, make: Callable[[Offices, Line, Found], Chunk | None]) -> Rule:
    return Rule(re.compile(rf"(?<= ){pattern}"), make)


_COUNT = (
    r"(?:(?:\S+ )?(?:percent|per cent|%) |\w+ (?:in|out of) \w+ |half |a majority |majority |a "
    r"plurality |two - thirds |two thirds |a third |most |three quarters "
    r")"
)
RULES: tuple[Rule, ...] = (
    _rule(
        rf"(?:{_COUNT}(?:of )?(?:the )?§d |(?:§d |§N 's ){_ADJ}*§t (?=surveyed|polled))", _public
    ),
    _rule(
        rf"(?:{_NAT})?(?:§t |lawmakers |voices |members )(?:from|of|within|in|"
        rf"inside) (?:{_NAT})?(?:the )?§Y (?:party )?",
        _party,
    ),
    _rule(
        rf"(?:the )?{_EX}?{_NAT}?{_EX}?{_ADJ}*(?:§Y (?:'s )?)?(?:party "
        rf")?{_TITLE}(?:of (?:the )?(?:§N|§Y) )?(?:, )?§P ",
        _person,
    ),
    _rule(
        rf"§P , (?:who (?:heads|leads) )?(?:the |his |her |its |a "
        rf")?{_EX}?{_NAT}?(?:country 's )?{_EX}?{_ADJ}*"
        rf"(?:§Y (?:'s )?)?{_TITLE}(?:of (?:the )?§N )?(?:chief )?",
        _person,
    ),
    _rule(
        rf"(?:(?:{_NAT})|the )?{_ADJ}*§Y (?:'s )?(?:party )?(?:leader |chief |boss )?, §P ,? ?",
        _person,
    ),
    _rule(r"(?:§N |§C |§S )'s §P ", _person),
    _rule(rf"(?:{_EX})(?:§d )?(?:\w+ )?§P ", _person),
    _rule(r"§P ", _person),
    _rule(rf"(?:(?:the )?{_NAT}|the )?{_ADJ}*§Y (?:'s )?(?:party |leader |chief |§t )?", _party),
    _rule(
        rf"(?:the |a |an |some |several )?{_EX}?{_NAT}{_EX}?(?:{_ADJ}|\w+ - "
        rf"\w+ )*{_TITLE}(?:and §t )?",
        _titled,
    ),
    _rule(
        rf"(?:the |a |an |several )?{_ADJ}*{_TITLE}(?:of|in|for|from) (?:the )?(?:§N|§C|§d §t) ",
        _titled,
    ),
    _rule(rf"(?:the |his |her |its |their |our ){_EX}?{_ADJ}*(?:country 's )?§t ", _reference),
    _rule(
        r"(?:the |all |all the |three |some |members of the )?§G (?:states |"
        r"countries |nations |governments |leaders )?",
        _group,
    ),
    _rule(r"(?:§N |§C |§S )", _bare),
)
_PEOPLE = _rule(
    r"(?:the )?§d (?=(?:§h )?(?:who|are|have|will|would|do|were|had|wo|ca|"
    r"could|may|might|hope|want|also|,|and (?:the )?§d|to send|so |favour|"
    r"favor|support|oppose|back))",
    _people,
)
