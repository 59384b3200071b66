from __future__ import annotations

from collections.abc import Iterator

import pytest

from stancewatch.sources.address import AddressRule
from stancewatch.sources.feed import FeedParser
from stancewatch.sources.fetch import Manners
from tests.sources.server import Stage, serving


@pytest.fixture
def stage() -> Iterator[Stage]:
    with serving() as stage:
        yield stage


@pytest.fixture
def manners(stage: Stage) -> Manners:
    """Manners that allow the test's own server, and nothing else that is not public."""
    return Manners(AddressRule(frozenset({stage.address})))


@pytest.fixture(scope="session")
def parser() -> Iterator[FeedParser]:
    with FeedParser() as parser:
        yield parser
