from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from stancewatch.core.ports import Detector
from stancewatch.nlp.detector import TextDetector, TextDetectorSpec
from stancewatch.nlp.explain import explain, read_by
from stancewatch.nlp.reader.wording import LEARNED
from stancewatch.nlp.weights import Weights

from .conftest import Read, article, rulebook

NO = "Italy ruled out sending soldiers to Ukraine."


def _spec() -> TextDetectorSpec:
    book = rulebook()
    return TextDetectorSpec(tuple(book.topics.values()), book.actors, Weights())


def test_a_spec_travels_and_opens_once() -> None:
    spec = _spec()
    there = pickle.loads(pickle.dumps(spec))
    assert there == spec
    detector: Detector = there.open()
    assert detector is spec.open()


def test_the_digest_follows_rules_and_actors(detector: TextDetector) -> None:
    spec = _spec()
    assert TextDetector(spec.topics, spec.actors, spec.weights).digest == detector.digest
    fewer = TextDetector(
        spec.topics, replace(spec.actors, people=spec.actors.people[1:]), spec.weights
    )
    changed = TextDetector(
        (replace(spec.topics[0], digest="other"), *spec.topics[1:]), spec.actors, spec.weights
    )
    assert len({detector.digest, fewer.digest, changed.digest}) == 3


def test_the_same_text_is_read_the_same(detector: TextDetector) -> None:
    first = detector.detect(article(NO))
    detector.detect(article("Spain supports sending soldiers to Ukraine."))
    assert detector.detect(article(NO)) == first


@pytest.mark.parametrize("published", ["", "2025", "2025-03", "2025-03-10", "2025-03-10T08:00:00Z"])
def test_any_date_is_read(detector: TextDetector, published: str) -> None:
    assert [m.country for m in detector.detect(article(NO, published)).mentions] == ["IT"]


@pytest.mark.parametrize(
    "text", ["", " \n ", "?", '"', "Ukraine", "§h §f", "troops " * 500 + "Italy"]
)
def test_odd_texts_break_nothing(detector: TextDetector, text: str) -> None:
    assert detector.detect(article(text)).mentions == ()


def test_news_from_before_the_war_is_not_read(detector: TextDetector) -> None:
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
def test_silence_is_explained(detector: TextDetector, text: str, why: str) -> None:
    told = {e.topic: e for e in explain(detector, article(text))}
    assert told["troop-deployment"].why_nothing == why


def test_what_was_found_is_explained(detector: TextDetector) -> None:
    told = {e.topic: e for e in explain(detector, article(NO))}["troop-deployment"]
    assert told.why_nothing == ""
    assert told.holders == ("Italy",)
    (mention,) = told.mentions
    assert (mention.country, mention.level, mention.cue.text) == ("IT", "rejects", "ruled out")
    assert read_by(mention) == "the constructions (rule rule-out)"


def test_it_is_said_which_reader_heard_it(read: Read) -> None:
    (mention,) = read(NO)
    alone = replace(mention, rule=LEARNED, trace=("the learned reader",))
    assert read_by(alone) == "the learned reader alone (learned-reader)"
    second = replace(mention, trace=(*mention.trace, "the learned reader reads open"))
    assert read_by(second) == "the constructions (rule rule-out); the learned reader reads open"


def test_an_unread_language_is_explained(detector: TextDetector) -> None:
    (told,) = explain(detector, article("Irgendwas", lang="de"))
    assert told.why_nothing == "unsupported language: de"
