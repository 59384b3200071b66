"""`rules/actors`: countries, bodies, groups, and who held which office from when to when."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from stancewatch.core.actor import Country, Group, Party, Person, Rank, Role, Term, Voice
from stancewatch.stores.rulebook.fields import (
    Code,
    Codes,
    Day,
    Flag,
    Row,
    Slug,
    Text,
    Texts,
    Url,
    at_least,
    like,
    shaped,
    wrong,
)


class RoleRow(Row):
    """An office and what it is called without its holder's name."""

    office: Slug
    rank: Rank
    voice: Voice = Voice.GOVERNMENT
    titles: Annotated[Texts, at_least(1)]
    shared: Annotated[Flag, Field(description="Several people hold this office at one time.")] = (
        False
    )

    @property
    def single(self) -> bool:
        """Whether two holders on one day are a mistake. Parties each have their leader."""
        binding = self.rank in (Rank.LEADER, Rank.HEAD, Rank.MINISTER)
        return binding and not self.shared and self.voice in (Voice.GOVERNMENT, Voice.MILITARY)

    def core(self, country: str) -> Role:
        return Role(country, self.office, self.rank, self.voice, self.titles)


class TermRow(Row):
    """`rank` and `voice` are those of the role, unless given."""

    office: Slug
    since: Day
    until: Day | None = None
    rank: Rank | None = None
    voice: Voice | None = None
    source: Url | None = None
    unverified: Flag = False

    @model_validator(mode="after")
    def _checked(self) -> Self:
        if self.until and self.until <= self.since:
            problem = f"the office ends on {self.until}, before it began on {self.since}"
            raise wrong(problem, "`until` is the day the successor took over")
        if not self.source and not self.unverified:
            problem = "nothing supports these dates"
            raise wrong(problem, "add `source: https://...` or `unverified: true`")
        return self

    def meets(self, other: TermRow) -> bool:
        """Whether both cover a day."""
        ends_first = self.until is None or other.since < self.until
        return ends_first and (other.until is None or self.since < other.until)

    def core(self, role: RoleRow | None) -> Term:
        rank = self.rank or (role.rank if role else Rank.JUNIOR)
        voice = self.voice or (role.voice if role else Voice.OTHER)
        return Term(self.office, rank, voice, self.since, self.until, self.source)


class PersonRow(Row):
    name: Text
    aliases: Texts = ()
    offices: Annotated[tuple[TermRow, ...], at_least(1)]
    surname_needs_full_name: Flag = False

    def core(self, country: str, roles: dict[str, RoleRow]) -> Person:
        terms = (term.core(roles.get(term.office)) for term in self.offices)
        in_order = tuple(sorted(terms, key=lambda term: (term.since, term.office)))
        return Person(country, self.name, self.aliases, in_order, self.surname_needs_full_name)


class PartyRow(Row):
    name: Text
    aliases: Texts = ()
    ambiguous: Flag = False

    def core(self, country: str) -> Party:
        return Party(country, self.name, self.aliases, self.ambiguous)


def _roles_once(roles: tuple[RoleRow, ...]) -> tuple[RoleRow, ...]:
    offices = [role.office for role in roles]
    for office in offices:
        if offices.count(office) > 1:
            raise wrong(f"the role {office!r} is there twice", "put its titles together")
    return roles


Roles = Annotated[tuple[RoleRow, ...], AfterValidator(_roles_once)]


class OfficesRow(Row):
    """`rules/actors/offices/<code>.yaml`: the people of one country."""

    country: Code
    roles: Roles
    people: tuple[PersonRow, ...]
    parties: tuple[PartyRow, ...] = ()


TWO_LETTERS = (r"^[A-Z]{2}$", "FR")


class CountryRow(Row):
    code: Annotated[str, shaped(*TWO_LETTERS), like(*TWO_LETTERS)]
    name: Text
    names: Texts = ()
    demonyms: Texts
    capital: Text | None = None
    metonyms: Texts = ()
    forces: Texts = ()
    member_of: Codes = ()

    def core(self) -> Country:
        return Country(**self.model_dump())


class BodyRow(Row):
    """An organisation that speaks as one; its people stand here, not in `offices/`."""

    code: Code
    name: Text
    names: Texts = ()
    demonyms: Texts = ()
    capital: Text | None = None
    metonyms: Texts = ()
    forces: Texts = ()
    member_of: Codes = ()
    roles: Roles = ()
    officials: tuple[PersonRow, ...] = ()

    def core(self) -> Country:
        return Country(**self.model_dump(exclude={"roles", "officials"}), is_body=True)


class GroupRow(Row):
    """Countries spoken of as one, by code."""

    name: Text
    names: Texts = ()
    members: Annotated[Codes, at_least(2)]

    def core(self) -> Group:
        return Group(self.name, self.names, tuple(sorted(self.members)))
