"""Every example in the shipped topic files, as analysts wrote it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from stancewatch.core.article import make_article
from stancewatch.core.moment import parse_moment
from stancewatch.core.topic import Example, Kind

from .conftest import rulebook, shipped

CASES = [
    pytest.param(topic.id, topic.kind, example, id=f"{topic.id}:{example.where.rpartition(':')[2]}")
    for topic in rulebook().topics.values()
    for example in topic.examples
]


def test_there_are_enough_of_them() -> None:
    texts = {topic.id: [e.expect for e in topic.examples] for topic in rulebook().topics.values()}
    assert len(texts["troop-deployment"]) >= 60
    assert len(texts["summit-outcome"]) >= 20
    assert sum(not expect for expect in texts["troop-deployment"]) >= 20


@pytest.mark.parametrize(("topic", "kind", "example"), CASES)
def test_an_example_gives_what_it_promises(topic: str, kind: Kind, example: Example) -> None:
    found = shipped().detect(
        make_article(
            source="example.org",
            title=example.title,
            text=example.text,
            author=example.author,
            published=parse_moment(example.published),
        )
    )
    if kind is Kind.STANCE:
        got: list[Mapping[str, object]] = [
            {
                "country": m.country,
                "stance": m.level,
                "voice": m.voice.value,
                "conditional": m.conditional,
                "current": m.current,
            }
            for m in found.mentions
            if m.topic == topic
        ]
    else:
        got = [
            {"place": t.place, "outcome": t.outcome, "countries": list(t.countries)}
            for t in found.tellings
            if t.topic == topic
        ]
    assert len(got) == len(example.expect), got
    for wanted in example.expect:
        assert any(wanted.items() <= each.items() for each in got), (wanted, got)
