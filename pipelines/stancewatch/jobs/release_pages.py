"""What a release says of itself: README.md for people, CITATION.cff for tools that cite."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from stancewatch.sinks.text import one_line

NOBODY = "stancewatch users"
README = """\
# {title}

Who held which position, since when, and in whose words: a dataset made by stancewatch from news
articles. Version `{version}`{released}.

| table | rows |
|---|---|
{rows}

{covers}

- `codebook.md` describes every table and field, the scale, and what the words in them mean.
- `rules/` and `baselines/` hold the rules and the first known positions that it was made with.
- `MANIFEST.json` has the SHA-256 of every file. `stancewatch export --verify DIR` checks them.
- `CITATION.cff` says how to cite it.

## Make it again

With the articles, these rules and the same version of stancewatch, every file comes out again byte
for byte. The version is a digest of the content: the same version is the same dataset.

## How far to trust it

Positions are found by a program. It misses some and reads others wrongly; `confidence` and
`witnesses` say how sure it is, and the quote and link of every reading say where to check.

## Rights

{rights}
"""
RIGHTS = """\
Titles and quoted sentences belong to their publishers; they are here as references, in the shortest
form that lets a reader check a position. The texts of the articles are not included: `url` leads to
them, and `text_sha256` tells whether a text is the one that was read. Whoever publishes this
dataset chooses a licence for the rest, which is the selection, the coding and the rules."""
RIGHTS_WITH_TEXTS = """\
The texts, titles and quoted sentences belong to their publishers. This release holds whole texts:
do not pass it on without their leave."""


def title_of(titles: Sequence[str]) -> str:
    return f"Positions of governments: {'; '.join(titles)}"


def readme(told: Mapping[str, Any], titles: Sequence[str]) -> str:
    released = f", released {told['released']}" if told["released"] else ""
    return README.format(
        title=one_line(title_of(titles)),
        version=told["version"],
        released=released,
        rows="\n".join(f"| `{table}` | {number} |" for table, number in told["rows"].items()),
        covers="\n".join(_covers(told["covers"])) or "It covers no dated article.",
        rights=RIGHTS_WITH_TEXTS if told["with_texts"] else RIGHTS,
    )


def _covers(covers: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for table, days in covers.items():
        yield f"Dates of {table}: {days['first']} to {days['last']}."


def citation(told: Mapping[str, Any], titles: Sequence[str]) -> str:
    """CFF 1.2.0. No licence is named: it is for the publisher of the dataset to choose."""
    lines = [
        "cff-version: 1.2.0",
        "message: If you use this dataset, please cite it with these metadata.",
        "type: dataset",
        f"title: {_quoted(title_of(titles))}",
        f"version: {_quoted(told['version'])}",
        *([f"date-released: {_quoted(told['released'])}"] if told["released"] else []),
        "authors:",
        *(f"  - name: {_quoted(author)}" for author in _once(told["authors"] or [NOBODY])),
        "abstract: >-",
        "  Positions that governments take, with their history and the sentences that moved them,",
        f"  read from news articles by stancewatch {told['made_by']['stancewatch']}. Titles and",
        "  quotes belong to their publishers.",
        "keywords:",
        "  - stance detection",
        "  - news",
        "  - international relations",
    ]
    return "\n".join(lines) + "\n"


def _once(authors: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(one_line(author) for author in authors)


def _quoted(text: str) -> str:
    """A JSON string is a YAML one."""
    return json.dumps(one_line(text), ensure_ascii=False)
