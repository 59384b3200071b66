from __future__ import annotations

import pytest

from stancewatch.nlp.detector import TextDetector
from stancewatch.nlp.language import guess, language_of

from .conftest import article


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The minister said that the troops will not go to Ukraine", "en"),
        ("UK and France ready to send troops to Ukraine", "en"),
        ("Der Minister sagte, dass die Truppen nicht in die Ukraine gehen", "de"),
        ("Le ministre a dit que les troupes ne partent pas dans le pays", "fr"),
        ("Міністр заявив про війська", "und"),
        ("", "en"),
    ],
)
def test_small_words_tell_the_language(text: str, language: str) -> None:
    assert guess(text) == language


@pytest.mark.parametrize(
    ("declared", "language"),
    [("en-GB", "en"), ("EN_us", "en"), ("de", "de"), ("und", "en"), (" ", "en")],
)
def test_a_declared_language_is_believed(declared: str, language: str) -> None:
    assert language_of(article("The troops of the army", lang=declared)) == language


def test_an_unread_language_is_said_to_be_unread(detector: TextDetector) -> None:
    found = detector.detect(article("Deutschland schickt Soldaten in die Ukraine", lang="de"))
    assert found.unread == "unsupported language: de"
    assert not found.mentions


@pytest.mark.parametrize(
    "text",
    ["Spain's refusal to send soldiers to Ukraine stands.", "Macron: no troops", "UK on a par"],
)
def test_short_english_is_not_called_foreign(text: str) -> None:
    assert guess(text) == "en"
