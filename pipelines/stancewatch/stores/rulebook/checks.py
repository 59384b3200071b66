"""What no single row can know: that names meet, ids are unique, and offices have one holder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from stancewatch.core.topic import Topic
from stancewatch.stores.rulebook.actors import (
    BodyRow,
    CountryRow,
    OfficesRow,
    PersonRow,
    RoleRow,
    TermRow,
)
from stancewatch.stores.rulebook.faults import Faults, Place, did_you_mean
from stancewatch.stores.rulebook.pages import Item, Pages
from stancewatch.stores.rulebook.routes import RouteRow


def check(pages: Pages, faults: Faults) -> None:
    """Adds every fault between the rows."""
    known = Known(pages, faults)
    for check_all in CHECKS:
        check_all(pages, known)


@dataclass(frozen=True, slots=True)
class Known:
    """Says of a name that leads nowhere where it stands and what was probably meant."""

    pages: Pages
    faults: Faults

    def countries(self, item: Item[Any], *keys: str, groups: bool = False) -> None:
        codes, names = self.pages.codes, self.pages.group_names if groups else frozenset()
        if codes is not None and names is not None:
            self._all(item, keys, codes | names, "country")

    def topics(self, item: Item[Any], *keys: str) -> None:
        self._all(item, keys, self.pages.topic_ids, "topic")

    def watches(self, item: Item[Any], *keys: str) -> None:
        self._all(item, keys, self.pages.watch_ids, "watch")

    def _all(self, item: Item[Any], keys: Iterable[str], known: frozenset[str], kind: str) -> None:
        for key in keys:
            values = getattr(item.value, key)
            for number, word in enumerate(values if isinstance(values, tuple) else (values,)):
                if word is not None and word not in known:
                    mend = did_you_mean(word, known, f"no {kind} has that name in these rules")
                    self.faults.add(item.place(key, number), f"unknown {kind} {word!r}", mend)

    def once(self, items: Iterable[Item[Any]], key: str, kind: str) -> None:
        first: dict[str, Place] = {}
        for item in items:
            word = getattr(item.value, key)
            place = item.place(key)
            if (earlier := first.setdefault(word.casefold(), place)) != place:
                problem = f"the {kind} {word!r} is already at {earlier}"
                self.faults.add(place, problem, "keep one of them")

    def same(self, item: Item[Any], key: str, expected: str, called: str) -> None:
        """A file is called after what it holds, so that it can be found."""
        if (word := getattr(item.value, key)) != expected:
            problem = f"{key} {word!r} stands in {called}"
            self.faults.add(item.place(key), problem, f"write {expected!r}, or rename {called}")


def _countries(pages: Pages, known: Known) -> None:
    both: tuple[Item[CountryRow] | Item[BodyRow], ...] = (*pages.countries, *pages.bodies)
    known.once(both, "code", "code")
    for item in both:
        known.countries(item, "member_of")
    _spellings(both, known.faults)


def _spellings(items: Iterable[Item[CountryRow] | Item[BodyRow]], faults: Faults) -> None:
    """One spelling names one country, or nobody could tell who spoke."""
    owners: dict[str, str] = {}
    for item in items:
        row = item.value
        for key in ("name", "names", "demonyms", "capital", "metonyms", "forces"):
            value = getattr(row, key) or ()
            for number, word in enumerate(value if isinstance(value, tuple) else (value,)):
                if (owner := owners.setdefault(word, row.code)) != row.code:
                    problem = f"{word!r} already means {owner}, so it cannot mean {row.code}"
                    faults.add(item.place(key, number), problem, "keep it where it is meant")


def _groups(pages: Pages, known: Known) -> None:
    known.once(pages.groups, "name", "group")
    for item in pages.groups:
        known.countries(item, "members")


def _offices(pages: Pages, known: Known) -> None:
    for item in pages.offices:
        known.countries(item, "country")
        known.same(item, "country", item.stem.upper(), f"{item.stem}.yaml")
        _people(item, "people", item.value.people, item.value.roles, known.faults)
    for body in pages.bodies:
        _people(body, "officials", body.value.officials, body.value.roles, known.faults)


def _people(
    item: Item[OfficesRow] | Item[BodyRow],
    key: str,
    people: tuple[PersonRow, ...],
    role_rows: tuple[RoleRow, ...],
    faults: Faults,
) -> None:
    roles = {role.office: role for role in role_rows}
    held: dict[str, list[Held]] = {}
    for number, person in enumerate(people):
        if person.name in (other.name for other in people[:number]):
            problem = f"{person.name} is there twice"
            faults.add(item.place(key, number, "name"), problem, "put the offices together")
        for index, term in enumerate(person.offices):
            place = item.place(key, number, "offices", index)
            _office(term, roles, place, faults)
            held.setdefault(term.office, []).append(Held(person.name, term, place))
    for office, terms in held.items():
        _holders(terms, office in roles and roles[office].single, faults)


@dataclass(frozen=True, slots=True)
class Held:
    name: str
    term: TermRow
    place: Place


def _office(term: TermRow, roles: dict[str, RoleRow], place: Place, faults: Faults) -> None:
    if term.office not in roles and not (term.rank and term.voice):
        otherwise = "add it to `roles`, or give `rank` and `voice` here"
        problem = f"the office {term.office!r} is not among the roles"
        faults.add(place, problem, did_you_mean(term.office, roles, otherwise))


def _holders(held: list[Held], single: bool, faults: Faults) -> None:
    in_order = sorted(held, key=lambda each: (each.term.since, each.place))
    for number, later in enumerate(in_order):
        before = (each for each in in_order[:number] if single or each.name == later.name)
        if earlier := next((each for each in before if each.term.meets(later.term)), None):
            problem = (
                f"{later.name} is {later.term.office} from {later.term.since}, while"
                f" {earlier.name} still is (line {earlier.place.line})"
            )
            mend = "end the earlier term with `until`, or mark the role `shared: true`"
            faults.add(later.place, problem, mend)


def _outlets(pages: Pages, known: Known) -> None:
    for outlets in (pages.outlets, pages.extra_outlets):
        known.once(outlets, "domain", "domain")
        known.once(outlets, "name", "outlet")
        for item in outlets:
            if item.value.official:  # it speaks for that government; of others it is a note
                known.countries(item, "country")


def _topics(pages: Pages, known: Known) -> None:
    for item in pages.topics:
        topic: Topic = item.value
        known.same(item, "id", item.folder, f"the folder {item.folder}")
        if topic.status == "stable" and not topic.examples:
            problem = f"the topic {topic.id!r} is stable but has no examples"
            known.faults.add(item.place("status"), problem, "add examples, or say experimental")


def _watches(pages: Pages, known: Known) -> None:
    for item in pages.watches:
        known.same(item, "id", item.stem, f"{item.stem}.yaml")
        known.countries(item, "countries", groups=True)
        known.topics(item, "topics")


def _routes(pages: Pages, known: Known) -> None:
    known.once(pages.routes, "id", "route")
    for item in pages.routes:
        known.watches(item, "watches")
        known.countries(item, "countries")
        known.topics(item, "topics")
    _reachable(pages.routes, known.faults)


def _reachable(routes: tuple[Item[RouteRow], ...], faults: Faults) -> None:
    for item in routes[:-1]:
        row = item.value
        if not (row.watches or row.countries or row.topics):
            problem = f"the route {row.id!r} takes everything, so those below get nothing"
            faults.add(item.place("id"), problem, "move it to the end")


def _silences(pages: Pages, known: Known) -> None:
    known.once(pages.silences, "id", "silence")
    for item in pages.silences:
        known.countries(item, "countries")
        known.topics(item, "topics")


CHECKS: tuple[Callable[[Pages, Known], None], ...] = (
    _countries,
    _groups,
    _offices,
    _outlets,
    _topics,
    _watches,
    _routes,
    _silences,
)
