"""`rules/` as core values.

    directory -> pages (rows with their lines) -> checks between rows -> Rulebook

Nothing is loaded from rules with a fault; all faults are told at once.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from stancewatch.core.actor import Actors, Party, Person, Role
from stancewatch.core.outlet import Outlet, Outlets
from stancewatch.core.route import Route, Silence
from stancewatch.core.topic import Policy, Topic
from stancewatch.core.watch import Watch
from stancewatch.stores.rulebook.canonical import TOLD_ONLY, digest_of
from stancewatch.stores.rulebook.checks import check
from stancewatch.stores.rulebook.faults import Faults
from stancewatch.stores.rulebook.outlets import OutletRow
from stancewatch.stores.rulebook.pages import Item, Pages, read_pages


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything in `rules/`, in an order that does not depend on files; routes keep theirs.

    `digest` changes with any of it; `history_digest` only with what can change history, so that
    editing a route rebuilds nothing; `reading_digest` only with what can change how a text is
    read and matched, so that another policy folds again what was read, and reads nothing again.
    """

    actors: Actors
    topics: Mapping[str, Topic]
    outlets: Outlets
    watches: tuple[Watch, ...]
    routes: tuple[Route, ...]
    silences: tuple[Silence, ...]
    digest: str
    history_digest: str
    reading_digest: str


def load(directory: Path, extra_sources: Path | None = None) -> Rulebook:
    """The rules in `directory`, with the outlets of `extra_sources` added or put in place.

    Raises RuleError, whose `problem` has one line for each fault: `file:line: what (mend)`.
    """
    faults = Faults()
    with _no_collection():
        pages = read_pages(directory, extra_sources, faults)
        check(pages, faults)
        faults.raise_if_any()
        return _rulebook(pages)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Ten thousands of nodes that all live make the garbage collector run for nothing, again and
    again: without it, loading takes half the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _rulebook(pages: Pages) -> Rulebook:
    actors = _actors(pages)
    topics = _topics(pages)
    outlets = _outlets(pages.outlets, pages.extra_outlets)
    groups = {group.name: group.members for group in actors.groups}
    watches = tuple(sorted((i.value.core(groups) for i in pages.watches), key=lambda w: w.id))
    routes = tuple(item.value.core() for item in pages.routes)
    silences = tuple(sorted((i.value.core() for i in pages.silences), key=lambda s: s.id))
    read = {name: _as_read(topic) for name, topic in topics.items()}
    watched = sorted((sorted(watch.countries), sorted(watch.topics)) for watch in watches)
    return Rulebook(
        actors=actors,
        topics=topics,
        outlets=outlets,
        watches=watches,
        routes=routes,
        silences=silences,
        digest=digest_of(actors, topics, outlets, watches, routes, silences),
        history_digest=digest_of(actors, topics, outlets, watched, without=TOLD_ONLY),
        reading_digest=digest_of(actors, read, outlets, watched, without=TOLD_ONLY),
    )


def _actors(pages: Pages) -> Actors:
    countries = [item.value.core() for item in pages.countries]
    countries += [item.value.core() for item in pages.bodies]
    return Actors(
        countries={each.code: each for each in sorted(countries, key=lambda each: each.code)},
        groups=tuple(sorted((i.value.core() for i in pages.groups), key=lambda g: g.name)),
        roles=tuple(sorted(_roles(pages), key=lambda role: (role.country, role.office))),
        people=tuple(sorted(_people(pages), key=lambda person: (person.country, person.name))),
        parties=tuple(sorted(_parties(pages), key=lambda party: (party.country, party.name))),
    )


def _topics(pages: Pages) -> dict[str, Topic]:
    by_id = {item.value.id: item.value for item in pages.topics}
    return {
        name: replace(topic, digest=digest_of(_as_read(topic), without=TOLD_ONLY))
        for name, topic in sorted(by_id.items())
    }


def _as_read(topic: Topic) -> Topic:
    """What a reader sees of it: the scale, and nothing of how evidence becomes a stance."""
    return replace(topic, policy=Policy(topic.policy.levels)) if topic.policy else topic


def _roles(pages: Pages) -> Iterable[Role]:
    for offices in pages.offices:
        yield from (role.core(offices.value.country) for role in offices.value.roles)
    for body in pages.bodies:
        yield from (role.core(body.value.code) for role in body.value.roles)


def _people(pages: Pages) -> Iterable[Person]:
    for item in pages.offices:
        roles = {role.office: role for role in item.value.roles}
        yield from (person.core(item.value.country, roles) for person in item.value.people)
    for body in pages.bodies:
        roles = {role.office: role for role in body.value.roles}
        yield from (person.core(body.value.code, roles) for person in body.value.officials)


def _parties(pages: Pages) -> Iterable[Party]:
    for item in pages.offices:
        yield from (party.core(item.value.country) for party in item.value.parties)


def _outlets(own: tuple[Item[OutletRow], ...], extra: tuple[Item[OutletRow], ...]) -> Outlets:
    """An outlet of the user's own file takes the place of ours with its domain or name."""
    added = [item.value.core() for item in extra]
    taken = {word.casefold() for outlet in added for word in (outlet.domain, outlet.name)}
    kept = (
        outlet
        for outlet in (item.value.core() for item in own)
        if not taken & {outlet.domain.casefold(), outlet.name.casefold()}
    )
    return Outlets.of(sorted((*kept, *added), key=_domain))


def _domain(outlet: Outlet) -> str:
    return outlet.domain
