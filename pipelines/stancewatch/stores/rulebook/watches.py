"""`rules/watches/*.yaml`: which countries on which topics, and what of them is told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from stancewatch.core.watch import Watch
from stancewatch.stores.rulebook.fields import Flag, Row, Slug, Slugs, Text, Texts, at_least

Status = Literal["experimental", "test", "stable"]


class TellRow(Row):
    """What reaches people; everything else is only kept."""

    side_change: Annotated[Flag, Field(description="The side changes.")] = True
    any_level: Annotated[Flag, Field(description="Every change of level.")] = False
    single_source: Annotated[Flag, Field(description="A lone paraphrase.")] = False
    first_position: Annotated[Flag, Field(description="The first position ever known.")] = False
    conditions: Annotated[Flag, Field(description="A changed condition.")] = False


class WatchRow(Row):
    """`countries` are codes, or names of groups from `rules/actors/groups.yaml`."""

    id: Slug
    title: Text
    status: Status = "experimental"
    owner: Text
    description: Text | None = None
    references: Texts = ()
    countries: Annotated[Texts, at_least(1)]
    topics: Annotated[Slugs, at_least(1)]
    tell: TellRow = TellRow()

    def core(self, groups: dict[str, tuple[str, ...]]) -> Watch:
        members = (groups.get(name, (name,)) for name in self.countries)
        return Watch(
            id=self.id,
            title=self.title,
            countries=frozenset(code for codes in members for code in codes),
            topics=frozenset(self.topics),
            **self.tell.model_dump(),
        )
