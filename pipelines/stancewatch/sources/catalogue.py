"""Catalogues of feeds: TOML of our own, OPML from a feed reader, or one address per line.

A feed is an http(s) address, or (not in OPML, which comes from elsewhere) a path relative to its
catalogue. Every fault of a catalogue is reported at once, each with file and line.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from stancewatch.core.article import domain
from stancewatch.core.feed import Feed
from stancewatch.errors import SourceError, UsageError
from stancewatch.sources.address import normalise
from stancewatch.sources.feed import language

WORDS = frozenset({"name", "url", "source", "lang", "country", "hazard", "note"})
OTHER = {"verified": bool, "items_per_day": int, "window": int}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HEADER = re.compile(r"\s*\[\[\s*feed\s*\]\]")
_COUNTRY = re.compile(r"[A-Z][A-Z0-9-]*\Z")


@dataclass(frozen=True, slots=True)
class _Row:
    """One feed as written, with its line."""

    line: int
    values: dict[str, Any]


class _FaultError(Exception):
    """A catalogue that cannot be read any further."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(line, problem)
        self.line = line
        self.problem = problem


def load(path: Path) -> list[Feed]:
    """The feeds of a catalogue. Raises UsageError with every fault, one a line."""
    text = _read(path)
    rows: Callable[[str], Iterable[_Row]] = _lines
    if path.suffix == ".toml":
        rows = _toml
    elif text.lstrip().startswith("<"):
        rows = _opml
    faults: list[str] = []
    feeds: dict[str, Feed] = {}
    try:
        for row in rows(text):
            found = _feed(row.values, path.parent, local=rows is not _opml)
            if isinstance(found, Feed) and found.url in feeds and rows is not _opml:
                found = [f"{found.url} is there twice"]
            if isinstance(found, Feed):
                feeds.setdefault(found.url, found)  # OPML lists a feed in each of its folders
            else:
                faults += [f"{path}:{row.line}: {fault}" for fault in found]
    except _FaultError as fault:
        faults.append(f"{path}:{fault.line}: {fault.problem}")
    if not feeds and not faults:
        faults.append(f"{path}:1: there is no feed in it")
    if faults:
        raise UsageError("\n".join(faults))
    return list(feeds.values())


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise UsageError("is not UTF-8 text", where=str(path)) from None


def _toml(text: str) -> Iterator[_Row]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise _FaultError(int(found[1]) if found else 1, str(error)) from None
    rows = data.get("feed", [])
    if set(data) - {"feed"} or not isinstance(rows, list):
        raise _FaultError(1, "a catalogue is a list of [[feed]] tables, and nothing else")
    # TOML gives no line numbers; the nth table starts at the nth header.
    lines = [number for number, line in enumerate(text.split("\n"), 1) if _HEADER.match(line)]
    lines += [1] * (len(rows) - len(lines))
    for line, values in zip(lines, rows, strict=False):
        if not isinstance(values, dict):
            raise _FaultError(line, "a feed is a table")
        yield _Row(line, values)


def _opml(text: str) -> Iterator[_Row]:
    rows: list[_Row] = []
    parser = expat.ParserCreate()

    def start(_: str, attributes: dict[str, str]) -> None:
        values = {name.lower(): value for name, value in attributes.items()}
        if url := values.get("xmlurl"):
            wanted = {
                "url": url,
                "name": values.get("title") or values.get("text") or "",
                "source": domain(values.get("htmlurl")),
                "lang": language(values.get("language", "")) or "",
            }
            rows.append(_Row(parser.CurrentLineNumber, {k: v for k, v in wanted.items() if v}))

    def doctype(*_: object) -> None:
        raise _FaultError(parser.CurrentLineNumber, "a document type is not allowed in OPML")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        raise _FaultError(
            error.lineno, f"not well-formed: {expat.ErrorString(error.code)}"
        ) from None
    yield from rows


def _lines(text: str) -> Iterator[_Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if (url := line.strip()) and not url.startswith("#"):
            yield _Row(number, {"url": url})


def _feed(values: dict[str, Any], folder: Path, *, local: bool) -> Feed | list[str]:
    faults = [*_faults(values)]
    url = str(values.get("url", "")).strip()
    place = _place(url, folder, local=local) if url else ("", None)
    if isinstance(place, str):
        faults.append(place)
    if faults or isinstance(place, str):
        return faults
    return Feed(
        url=place[0],
        source=str(values.get("source") or domain(place[0])).lower().removeprefix("www."),
        name=values.get("name", ""),
        lang=values.get("lang"),
        country=values.get("country"),
        path=place[1],
        hazard=values.get("hazard", ""),
    )


def _place(url: str, folder: Path, *, local: bool) -> tuple[str, str | None] | str:
    """The address and the path of a feed, or what is wrong with it."""
    if _SCHEME.match(url):
        try:
            return normalise(url), None
        except SourceError as error:
            return f"url: {error}"
    if not local:
        return f"url: {url!r} is not an http or https address"
    if not (folder / url).is_file():
        return f"url: {url!r} is neither a web address nor a file beside the catalogue"
    return url, str(folder / url)


def _faults(values: dict[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if name not in WORDS and name not in OTHER:
            near = difflib.get_close_matches(name, [*WORDS, *OTHER], 1)
            yield f"{name!r} is not a field of a feed" + (f", {near[0]!r} is" if near else "")
        elif type(value) is not OTHER.get(name, str):
            yield f"{name}: expected {OTHER.get(name, str).__name__}, found {value!r}"
    if not values.get("url"):
        yield "a feed needs a url"
    yield from _misspelt(values)


def _misspelt(values: dict[str, Any]) -> Iterator[str]:
    lang, country, source = (values.get(name) for name in ("lang", "country", "source"))
    if isinstance(lang, str) and lang != language(lang):
        yield f"lang: {lang!r} is not a language code such as 'en'"
    if isinstance(country, str) and not _COUNTRY.match(country):
        yield f"country: {country!r} is not a country code such as 'NO'"
    if isinstance(source, str) and ("/" in source or "." not in source):
        yield f"source: {source!r} is not the domain of an outlet"
