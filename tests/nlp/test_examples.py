"""Every example in the shipped topic files, as analysts wrote it."""

from __future__ import annotations

import pytest

from stancewatch.core.topic import Example, Topic
from stancewatch.nlp.examples import found_in, misread

from .conftest import rulebook, shipped

CASES = [
    pytest.param(topic, example, id=f"{topic.id}:{example.where.rpartition(':')[2]}")
    for topic in rulebook().topics.values()
    for example in topic.examples
]


def test_there_are_enough_of_them() -> None:
    texts = {topic.id: [e.expect for e in topic.examples] for topic in rulebook().topics.values()}
    assert len(texts["troop-deployment"]) >= 60
    assert len(texts["summit-outcome"]) >= 20
    assert sum(not expect for expect in texts["troop-deployment"]) >= 20


@pytest.mark.parametrize(("topic", "example"), CASES)
def test_an_example_gives_what_it_promises(topic: Topic, example: Example) -> None:
    assert misread(example, found_in(shipped(), topic, example)) == ""


def test_a_misread_example_says_how() -> None:
    example = Example("text", "2025-01-01", ({"country": "FR", "stance": "open"},), "f:1")
    read = {"country": "FR", "stance": "rejects", "voice": "government"}
    assert misread(example, [read]) == "missing FR open; found FR rejects government"
    assert misread(example, []) == "missing FR open; found nothing"
    assert "1 more" in misread(example, [{**read, "stance": "open"}, read])
