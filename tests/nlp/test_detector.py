from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from stancewatch.core.ports import Detector
from stancewatch.nlp.detector import RuleDetector, RuleDetectorSpec
from stancewatch.nlp.explain import explain

from .conftest import article, rulebook

NO = "Italy ruled out sending soldiers to Ukraine."


def _spec() -> RuleDetectorSpec:
    book = rulebook()
    return RuleDetectorSpec(tuple(book.topics.values()), book.actors)


def test_a_spec_travels_and_opens_once() -> None:
    spec = _spec()
    there = pickle.loads(pickle.dumps(spec))
    assert there == spec
    detector: Detector = there.open()
    assert detector is spec.open()


def test_the_digest_follows_rules_and_actors(detector: RuleDetector) -> None:
    spec = _spec()
    assert RuleDetector(spec.topics, spec.actors).digest == detector.digest
    fewer = RuleDetector(spec.topics, replace(spec.actors, people=spec.actors.people[1:]))
    changed = RuleDetector((replace(spec.topics[0], digest="other"), *spec.topics[1:]), spec.actors)
    assert len({detector.digest, fewer.digest, changed.digest}) == 3


def test_the_same_text_is_read_the_same(detector: RuleDetector) -> None:
    first = detector.detect(article(NO))
    detector.detect(article("Spain supports sending soldiers to Ukraine."))
    assert detector.detect(article(NO)) == first


@pytest.mark.parametrize("published", ["", "2025", "2025-03", "2025-03-10", "2025-03-10T08:00:00Z"])
def test_any_date_is_read(detector: RuleDetector, published: str) -> None:
    assert [m.country for m in detector.detect(article(NO, published)).mentions] == ["IT"]


@pytest.mark.parametrize(
    "text", ["", " \n ", "?", '"', "Ukraine", "§h §f", "troops " * 500 + "Italy"]
)
def test_odd_texts_break_nothing(detector: RuleDetector, text: str) -> None:
    assert detector.detect(article(text)).mentions == ()


def test_news_from_before_the_war_is_not_read(detector: RuleDetector) -> None:
    assert detector.detect(article(NO, "2019-03-10")).mentions == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Soldiers like rain.", "no actor"),
        ("Italy is warm.", "no trigger"),
        ("Italy may send soldiers to Lebanon.", "another theatre"),
        ("Troops in Ukraine: Italy.", "no words that carry a position"),
        (
            "Italy ruled out sending missiles to soldiers in Ukraine.",
            "no position: its object is something else",
        ),
    ],
)
def test_silence_is_explained(detector: RuleDetector, text: str, why: str) -> None:
    told = {e.topic: e for e in explain(detector, article(text))}
    assert told["troop-deployment"].why_nothing == why


def test_what_was_found_is_explained(detector: RuleDetector) -> None:
    told = {e.topic: e for e in explain(detector, article(NO))}["troop-deployment"]
    assert told.why_nothing == ""
    lines = list(told.lines())
    assert lines[0] == "troop-deployment: found"
    assert lines[1] == "  holders: Italy"
    assert lines[2].startswith(
        '  IT rejects (government, narrator): "ruled out" of Italy; cue rule-out'
    )


def test_an_unread_language_is_explained(detector: RuleDetector) -> None:
    (told,) = explain(detector, article("Irgendwas", lang="de"))
    assert told.why_nothing == "unsupported language: de"
