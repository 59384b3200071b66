"""The outlets that we know: who owns them, which agency they are, how far they are believed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from stancewatch.core.article import Article, domain


@dataclass(frozen=True, slots=True)
class Outlet:
    """`tier` 1 is an agency or paper of record, 3 a blog; `agency` the wire family it *is*."""

    name: str
    domain: str
    owner: str
    agency: str | None = None
    tier: int = 2
    official: bool = False
    state_media: bool = False
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Outlets:
    """The catalogue, looked up by name or by domain (a subdomain belongs to its parent)."""

    by_key: dict[str, Outlet] = field(default_factory=dict)

    @classmethod
    def of(cls, outlets: Iterable[Outlet]) -> Outlets:
        found: dict[str, Outlet] = {}
        for outlet in outlets:
            found[outlet.domain.casefold()] = outlet
            found[outlet.name.casefold()] = outlet
        return cls(found)

    def of_article(self, article: Article) -> Outlet | None:
        """The article's outlet, by its address first, then by its `source`."""
        return self.find(domain(article.url)) or self.find(article.source)

    def find(self, name: str) -> Outlet | None:
        key = name.casefold().removeprefix("www.")
        while key:
            if outlet := self.by_key.get(key):
                return outlet
            _, _, key = key.partition(".")
            if "." not in key:
                return None
        return None
