"""The detector as it is shipped: built once, read by every test of the room."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from stancewatch.core.article import Article, make_article
from stancewatch.core.mention import Mention
from stancewatch.core.moment import parse_moment
from stancewatch.nlp.detector import TextDetector, TextDetectorSpec
from stancewatch.nlp.weights import Weights
from stancewatch.stores.rulebook import Rulebook, load

RULES = Path(__file__).parents[2] / "rules"
Read = Callable[..., tuple[Mention, ...]]


@cache
def rulebook() -> Rulebook:
    return load(RULES)


@cache
def shipped() -> TextDetector:
    book = rulebook()
    return TextDetectorSpec(tuple(book.topics.values()), book.actors, Weights()).open()


def article(
    text: str,
    published: str = "2025-03-10",
    title: str = "",
    author: str | None = None,
    lang: str | None = None,
) -> Article:
    return make_article(
        source="example.org",
        title=title,
        text=text,
        author=author,
        lang=lang,
        published=parse_moment(published),
    )


@pytest.fixture(scope="session")
def detector() -> TextDetector:
    return shipped()


@pytest.fixture(scope="session")
def read(detector: TextDetector) -> Read:
    """The mentions in a text: `read("Italy ...", published="2025-03-10")`."""

    def mentions(text: str, **of_article: str) -> tuple[Mention, ...]:
        return detector.detect(article(text, **of_article)).mentions

    return mentions
