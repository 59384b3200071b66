"""A summit as one article tells it, and how many tellings become one occurrence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from stancewatch.core.digest import digest
from stancewatch.core.mention import Span
from stancewatch.core.moment import Moment

SAME_SUMMIT = timedelta(days=3)  # tellings of one place further apart are two summits


@dataclass(frozen=True, slots=True)
class Telling:
    """What one article says of a summit. `on` is the day of the summit, not of the article."""

    topic: str
    name: str
    place: str | None
    outcome: str
    countries: tuple[str, ...]
    on: Moment | None
    quote: str
    span: Span
    rule: str
    confidence: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """A telling with the article it stands in; `at` is the summit's day, else the publication."""

    article_id: str
    at: Moment
    telling: Telling


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The merged summit: the weightiest outcome told, everyone named, every article."""

    id: str
    topic: str
    name: str
    place: str | None
    outcome: str
    countries: tuple[str, ...]
    at: Moment
    last: Moment
    quote: str
    articles: tuple[str, ...]


def occurrences(sightings: Iterable[Sighting], outcomes: Sequence[str]) -> tuple[Occurrence, ...]:
    """Merge tellings of the same place (else the same name) that are days apart at most.

    `outcomes` is the topic's list, weightiest first: the outcome of a summit is the weightiest
    that any article told ("pledged" over "upcoming").
    """
    ordered = sorted(sightings, key=lambda s: (_place(s), s.at, s.article_id, s.telling.quote))
    merged: list[Occurrence] = []
    for _, group in groupby(ordered, key=_place):
        merged.extend(_merge(cluster, outcomes) for cluster in _clusters(list(group)))
    return tuple(sorted(merged, key=lambda o: (o.at, o.id)))


def _place(sighting: Sighting) -> tuple[str, str]:
    telling = sighting.telling
    return telling.topic, (telling.place or telling.name).casefold()


def _clusters(ordered: list[Sighting]) -> list[list[Sighting]]:
    clusters: list[list[Sighting]] = []
    for sighting in ordered:
        if clusters and sighting.at.at - clusters[-1][-1].at.at <= SAME_SUMMIT:
            clusters[-1].append(sighting)
        else:
            clusters.append([sighting])
    return clusters


def _merge(cluster: list[Sighting], outcomes: Sequence[str]) -> Occurrence:
    weight = {outcome: place for place, outcome in enumerate(outcomes)}
    best = min(
        cluster,
        key=lambda s: (
            weight[s.telling.outcome],
            -s.telling.confidence,
            s.at,
            s.article_id,
        ),
    )
    first, told = cluster[0], best.telling
    topic, place = _place(first)
    return Occurrence(
        id=digest("occurrence", topic, place, str(first.at)),
        topic=topic,
        name=told.name,
        place=told.place,
        outcome=told.outcome,
        countries=tuple(sorted({code for s in cluster for code in s.telling.countries})),
        at=first.at,
        last=cluster[-1].at,
        quote=told.quote,
        articles=tuple(sorted({s.article_id for s in cluster})),
    )
