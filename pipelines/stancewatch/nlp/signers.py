"""Who signs a text: an office-holder or a government body, by its byline, its site or its head.

A signed text is its signer's own words: "we" and "the government" in it are his.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from stancewatch.core.actor import Voice
from stancewatch.core.article import Article
from stancewatch.core.mention import Evidence
from stancewatch.core.moment import Moment
from stancewatch.nlp.gazetteer import Gazetteer
from stancewatch.nlp.holders import Holder
from stancewatch.nlp.names import Name
from stancewatch.nlp.normal import normal
from stancewatch.nlp.offices import Offices
from stancewatch.nlp.reader import line as marks
from stancewatch.nlp.reader.line import Chunk
from stancewatch.nlp.reader.pattern import compile_any

NOWHERE = -1  # a signature stands in no sentence of the text
ANY_BODY = "government"  # the title of whoever signs by a seat or a site alone
_NAMED = (marks.NATION, marks.DEMONYM, marks.CITY, marks.SEAT)
_SITE = re.compile(r"\b(?:gov|gouv|gob|govt)\.([a-z]{2})\b|\w\.(gov)\b", re.IGNORECASE)
_OF_SITE = {"UK": "GB", "GOV": "US"}
_END = re.compile(r"\n|: | on |(?<=\w{4})\. ", re.IGNORECASE)  # behind a name in a head
_SMALL = frozenset(("the", "of", "for", "and", "a", "'s", "s", "to", "on"))


class Signers:
    """Built once per language."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        classes = gazetteer.names.grammar.classes
        self._gazetteer = gazetteer
        self._press = compile_any((*classes["byline"], *classes["media"]), {})
        heads = "|".join(re.escape(each) for each in classes["release"])
        self._release = re.compile(
            rf"\W*(?:{heads})\b[\s,:–—|-]*(?:(?:by|of|from)\b\s*)?([^\n]{{1,160}}\n?)",
            re.IGNORECASE,
        )

    def of(self, article: Article) -> Holder | None:
        day = article.published
        return (
            self.byline(article.author, day)
            or self._site(article.source, day)
            or self._head(article.title, day)
            or self._head(article.text, day)
        )

    def byline(self, byline: str | None, day: Moment | None) -> Holder | None:
        text = normal(byline or "").text
        offices = self._gazetteer.offices(day, text)
        for start, end, name in self._gazetteer.names.find(text):
            if name.people and name.full:
                holder = offices.person(name, start, end)
                return _signed(holder) if holder.office else None
        return self._body(text, offices) or self._site(text, day)

    def _body(self, text: str, offices: Offices) -> Holder | None:
        """ "Federal Government of Germany", "Prime Minister's Office (Finland)"."""
        line = self._gazetteer.marked(text, offices)
        countries = {code for chunk in line.chunks for code in _countries(chunk)}
        if len(countries) != 1 or self._press.search(line.text):
            return None
        titles = [str(chunk.value) for chunk in line.chunks if chunk.word == marks.TITLE]
        if any(chunk.word == marks.SEAT for chunk in line.chunks):
            titles.append(ANY_BODY)
        return next(self._offices(offices, countries.pop(), titles), None)

    def _site(self, text: str, day: Moment | None) -> Holder | None:
        """ "GOV.UK", "gov.pl", "state.gov": what a government publishes itself."""
        match = _SITE.search(text)
        if match is None:
            return None
        told = (match[1] or match[2]).upper()
        country = _OF_SITE.get(told, told)
        if country not in self._gazetteer.names.actors.countries:
            return None
        offices = self._gazetteer.offices(day, "")
        return next(self._offices(offices, country, [ANY_BODY]), None)

    def _offices(self, offices: Offices, country: str, titles: list[str]) -> Iterator[Holder]:
        for title in titles:
            holder = offices.titled(NOWHERE, NOWHERE, country, title)
            named = holder and holder.evidence is not Evidence.UNNAMED
            if holder and named and holder.voice is Voice.GOVERNMENT:
                yield holder

    def _head(self, text: str, day: Moment | None) -> Holder | None:
        """ "STATEMENT BY THE PRIME MINISTER OF ESTONIA", "Press release, Foreign Office"."""
        match = self._release.match(normal(text[:400]).text)
        if match is None:
            return None
        who = _END.split(match[1], maxsplit=1)[0]
        line = self._gazetteer.marked(who, self._gazetteer.offices(day, who))
        if any(_is_prose(who, chunk) for chunk in line.chunks):
            return None  # "Statement by the Danish government draws criticism"
        return self.byline(who, day)


def _countries(chunk: Chunk) -> tuple[str, ...]:
    named = chunk.value if chunk.word in _NAMED else None
    return named.countries if isinstance(named, Name) else ()


def _signed(holder: Holder) -> Holder:
    return replace(holder, start=NOWHERE, end=NOWHERE)


def _is_prose(text: str, chunk: Chunk) -> bool:
    """A word in lower case that is neither part of a name nor joins names."""
    written = text[chunk.start : chunk.end]
    return chunk.value is None and written[:1].islower() and chunk.word not in _SMALL
