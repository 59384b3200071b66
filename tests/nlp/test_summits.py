from __future__ import annotations

from stancewatch.nlp.detector import RuleDetector

from .conftest import article


def test_sentences_on_one_place_are_one_telling(detector: RuleDetector) -> None:
    text = (
        "European leaders met in Paris to discuss Ukraine. Emmanuel Macron hosted the Paris summit."
        " The leaders failed to reach an agreement, Donald Tusk said after the summit."
    )
    (telling,) = detector.detect(article(text)).tellings
    assert (telling.place, telling.outcome) == ("Paris", "no-agreement")
    assert telling.countries == ("FR", "PL")
    assert telling.quote.startswith("The leaders failed")


def test_two_places_are_two_tellings(detector: RuleDetector) -> None:
    text = (
        "Leaders met in Paris over Ukraine. A week later Keir Starmer will host a summit in London"
        " on Ukraine."
    )
    told = {t.place: t.outcome for t in detector.detect(article(text)).tellings}
    assert told == {"Paris": "held", "London": "upcoming"}


def test_the_day_of_a_summit_is_told(detector: RuleDetector) -> None:
    text = "European leaders met in Paris on Monday to discuss Ukraine."
    (telling,) = detector.detect(article(text, "2025-02-18")).tellings
    assert str(telling.on) == "2025-02-17"
