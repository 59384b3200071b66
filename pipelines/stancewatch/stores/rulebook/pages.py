"""A rules directory read into rows: which file holds what, and which files nobody would read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from stancewatch.core.topic import Topic
from stancewatch.stores.rulebook import topics
from stancewatch.stores.rulebook.actors import BodyRow, CountryRow, GroupRow, OfficesRow
from stancewatch.stores.rulebook.explain import explain
from stancewatch.stores.rulebook.faults import Faults, Place, did_you_mean
from stancewatch.stores.rulebook.located import Document, Step, read
from stancewatch.stores.rulebook.outlets import OutletRow
from stancewatch.stores.rulebook.routes import RouteRow, SilenceRow
from stancewatch.stores.rulebook.watches import WatchRow

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

COUNTRIES = "actors/countries.yaml"
LAYOUT = (
    COUNTRIES,
    "actors/bodies.yaml",
    "actors/groups.yaml",
    "actors/offices/*.yaml",
    "topics/*/*.yaml",
    "sources.yaml",
    "watches/*.yaml",
    "routes.yaml",
    "silences.yaml",
)
APART = ("tests", "schema")  # folders beside the rules; `rules test` reads the first


@dataclass(frozen=True, slots=True)
class Item(Generic[T]):
    """A value and where it stands."""

    value: T
    document: Document
    at: tuple[Step, ...] = ()

    def place(self, *steps: Step) -> Place:
        return self.document.place(*self.at, *steps)

    @property
    def stem(self) -> str:
        return Path(self.document.file).stem

    @property
    def folder(self) -> str:
        return Path(self.document.file).parent.name


@dataclass(frozen=True, slots=True)
class Pages:
    """All rows that could be read.

    The names also count rows at fault, so that one fault does not raise a dozen others; None
    where a file that holds such names cannot be read at all.
    """

    countries: tuple[Item[CountryRow], ...]
    bodies: tuple[Item[BodyRow], ...]
    groups: tuple[Item[GroupRow], ...]
    offices: tuple[Item[OfficesRow], ...]
    topics: tuple[Item[Topic], ...]
    outlets: tuple[Item[OutletRow], ...]
    extra_outlets: tuple[Item[OutletRow], ...]
    watches: tuple[Item[WatchRow], ...]
    routes: tuple[Item[RouteRow], ...]
    silences: tuple[Item[SilenceRow], ...]
    codes: frozenset[str] | None
    group_names: frozenset[str] | None
    topic_ids: frozenset[str]
    watch_ids: frozenset[str]


def read_pages(directory: Path, extra_sources: Path | None, faults: Faults) -> Pages:
    shelf = Shelf(directory, faults)
    shelf.check_layout()
    extra = read(extra_sources, str(extra_sources), faults) if extra_sources else None
    return Pages(
        countries=shelf.rows(COUNTRIES, CountryRow),
        bodies=shelf.rows("actors/bodies.yaml", BodyRow),
        groups=shelf.rows("actors/groups.yaml", GroupRow),
        offices=shelf.files("actors/offices/*.yaml", OfficesRow),
        topics=tuple(shelf.topics()),
        outlets=shelf.rows("sources.yaml", OutletRow),
        extra_outlets=tuple(rows_of(extra, OutletRow, faults)),
        watches=shelf.files("watches/*.yaml", WatchRow),
        routes=shelf.rows("routes.yaml", RouteRow),
        silences=shelf.rows("silences.yaml", SilenceRow),
        codes=shelf.codes(),
        group_names=shelf.named("name", "actors/groups.yaml"),
        topic_ids=frozenset(path.parent.name for path in shelf.paths("topics/*/*.yaml")),
        watch_ids=frozenset(path.stem for path in shelf.paths("watches/*.yaml")),
    )


class Shelf:
    """The files of a rules directory, each parsed once, in the order of their names."""

    def __init__(self, directory: Path, faults: Faults) -> None:
        self.directory, self.faults = directory, faults
        found = (path for path in directory.rglob("*.y*ml") if path.is_file())
        self.names = {path.relative_to(directory).as_posix(): path for path in sorted(found)}
        self.documents = {
            name: document
            for name, path in self.names.items()
            if _belongs(name) and (document := read(path, str(path), faults))
        }

    def check_layout(self) -> None:
        if COUNTRIES not in self.names:
            mend = "name a directory of rules with --rules"
            self.faults.add(Place(str(self.directory)), f"there is no {COUNTRIES} in it", mend)
        for name, path in self.names.items():
            if not _belongs(name) and name.split("/")[0] not in APART:
                mend = did_you_mean(name, LAYOUT, "move or remove it")
                self.faults.add(Place(str(path)), "nobody reads this file", mend)

    def paths(self, pattern: str) -> list[Path]:
        return [path for name, path in self.names.items() if _fits(name, pattern)]

    def rows(self, name: str, model: type[M]) -> tuple[Item[M], ...]:
        return tuple(rows_of(self.documents.get(name), model, self.faults))

    def files(self, pattern: str, model: type[M]) -> tuple[Item[M], ...]:
        fitting = (doc for name, doc in self.documents.items() if _fits(name, pattern))
        read_in = (row_at(document, (), model, self.faults) for document in fitting)
        return tuple(item for item in read_in if item)

    def named(self, key: str, *names: str) -> frozenset[str] | None:
        if any(name in self.names and name not in self.documents for name in names):
            return None
        rows = (row for name in names for row in self._raw_rows(name))
        words = (row.get(key) for row in rows if isinstance(row, dict))
        return frozenset(word for word in words if isinstance(word, str))

    def codes(self) -> frozenset[str] | None:
        """Of countries and bodies; without any countries, nothing can be said of a code."""
        known = COUNTRIES in self.names
        return self.named("code", COUNTRIES, "actors/bodies.yaml") if known else None

    def _raw_rows(self, name: str) -> list[Any]:
        document = self.documents.get(name)
        return document.data if document and isinstance(document.data, list) else []

    def topics(self) -> Iterator[Item[Topic]]:
        folders = sorted({path.parent for path in self.paths("topics/*/*.yaml")})
        for folder in folders:
            pages = self._pages_of(folder)
            if pages and (item := topic_of(folder, pages, self.faults)):
                yield item

    def _pages_of(self, folder: Path) -> dict[str, Document]:
        """The documents of one topic by stem; none if any could not be read."""
        names = [name for name, path in self.names.items() if path.parent == folder]
        if all(name in self.documents for name in names):
            return {Path(name).stem: self.documents[name] for name in names}
        return {}


def topic_of(folder: Path, pages: dict[str, Document], faults: Faults) -> Item[Topic] | None:
    """The topic in `folder`: `topic.yaml`, and a lexicon in each other file."""
    if "topic" not in pages:
        faults.add(Place(str(folder)), "there is no topic.yaml in it", "add one")
        return None
    topic = row_at(pages["topic"], (), topics.TopicRow, faults)
    others = [stem for stem in pages if stem != "topic"]
    read_in = {stem: row_at(pages[stem], (), topics.LexiconRow, faults) for stem in others}
    lexicons = {stem: item.value for stem, item in read_in.items() if item}
    if topic is None or len(lexicons) < len(others):
        return None
    for stem, steps, problem, mend in topics.check_topic(topic.value, lexicons):
        faults.add(pages[stem].place(*steps), problem, mend)
    made = topics.make_topic(
        topic.value, lexicons, lambda stem, steps: str(pages[stem].place(*steps))
    )
    return Item(made, pages["topic"])


def rows_of(document: Document | None, model: type[M], faults: Faults) -> Iterator[Item[M]]:
    """The rows of a list document; a faulty row does not hide the others."""
    data = document.data if document else None
    if document is None or data is None:
        return
    if not isinstance(data, list):
        faults.add(document.place(), "has to be a list", "begin each item with `- `")
        return
    for number in range(len(data)):
        if item := row_at(document, (number,), model, faults):
            yield item


def row_at(
    document: Document, at: tuple[Step, ...], model: type[M], faults: Faults
) -> Item[M] | None:
    data = document.data
    for step in at:
        data = data[step]
    try:
        return Item(model.model_validate(data), document, at)
    except ValidationError as error:
        faults.found.update(explain(error, document, at, model.model_json_schema))
        return None


def _belongs(name: str) -> bool:
    return any(_fits(name, pattern) for pattern in LAYOUT)


def _fits(name: str, pattern: str) -> bool:
    """As `fnmatch`, but a star does not reach over a slash."""
    return name.count("/") == pattern.count("/") and fnmatch(name, pattern)
