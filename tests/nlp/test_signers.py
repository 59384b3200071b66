"""Whose own words a text is: by its byline, its site or its head."""

from __future__ import annotations

import pytest

from stancewatch.core.actor import Voice
from stancewatch.core.article import make_article
from stancewatch.core.mention import Evidence
from stancewatch.core.moment import parse_moment
from stancewatch.nlp.detector import TextDetector

from .conftest import Read

OURS = "We are ready to send our soldiers to Ukraine."
ITS = "The government does not plan to send soldiers to Ukraine."


def heads() -> list[tuple[str, str]]:
    return [
        ("STATEMENT BY THE PRIME MINISTER OF ESTONIA\nTallinn, 4 March.", "EE"),
        ("Statement by the Prime Minister of Estonia on the talks in Paris\n", "EE"),
        ("Press release, Prime Minister's Office, Copenhagen.", "DK"),
        ("Press release: Ministry of Defence of the Netherlands\n\n", "NL"),
        ("Joint press statement by Prime Minister Jonas Gahr Støre.", "NO"),
    ]


@pytest.mark.parametrize(
    ("byline", "country"),
    [
        ("Federal Government of Germany", "DE"),
        ("GOV.UK", "GB"),
        ("gov.pl", "PL"),
        ("Prime Minister's Office (Finland)", "FI"),
        ("Ministry of Defence of the Netherlands", "NL"),
        ("Danish Ministry of Defence", "DK"),
        ("Downing Street", "GB"),
        ("Prime Minister of Estonia", "EE"),
        ("Spokesperson of the French Foreign Ministry", "FR"),
    ],
)
@pytest.mark.parametrize(("text", "level"), [(OURS, "willing"), (ITS, "reluctant")])
def test_a_government_body_signs(
    read: Read, byline: str, country: str, text: str, level: str
) -> None:
    (mention,) = read(text, author=byline)
    assert (mention.country, mention.level) == (country, level)
    assert (mention.voice, mention.evidence) == (Voice.GOVERNMENT, Evidence.OWN_WORDS)
    assert mention.holder == mention.cue, "the signature stands nowhere in the text"


@pytest.mark.parametrize(("head", "country"), heads())
def test_so_does_the_head_of_a_release(read: Read, head: str, country: str) -> None:
    (mention,) = read(f"{head} {OURS}")
    assert (mention.country, mention.level) == (country, "willing")
    assert mention.evidence is Evidence.OWN_WORDS


@pytest.mark.parametrize(("head", "country"), heads())
def test_or_its_headline(read: Read, head: str, country: str) -> None:
    (mention,) = read(ITS, title=head)
    assert (mention.country, mention.level) == (country, "reluctant")


def test_a_body_that_speaks_first_goes_on_speaking(read: Read) -> None:
    text = "Ministry of Defence of Denmark: The talks on Ukraine were good. Our soldiers will go to"
    (mention,) = read(f"{text} Ukraine.")
    assert (mention.country, mention.evidence) == ("DK", Evidence.INSTITUTION)


def test_the_site_of_a_government_is_its_own(detector: TextDetector) -> None:
    day = parse_moment("2025-03-10")
    article = make_article(source="defense.gov", title="", text=OURS, published=day)
    assert [m.country for m in detector.detect(article).mentions] == ["US"]


def test_what_a_body_says_of_others_is_a_claim(read: Read) -> None:
    text = "Italy has ruled out sending soldiers to Ukraine."
    (mention,) = read(text, author="Federal Government of Germany")
    assert (mention.country, mention.voice) == ("IT", Voice.OTHER)


@pytest.mark.parametrize(
    "byline",
    [
        "Jane Roe, government correspondent in Copenhagen",
        "former prime minister of Denmark",
        "Reuters",
        "John Doe in Berlin",
        "Danish officials",
        "governments of Denmark and Sweden",
        "Danish lawmakers",
        "Gov. John Doe",
        "gov.zz",
    ],
)
def test_who_is_no_government_signs_for_none(read: Read, byline: str) -> None:
    assert read(OURS, author=byline) == ()


@pytest.mark.parametrize(
    "title",
    [
        "Statement by the Danish government draws criticism",
        "The Danish government makes a statement",
        "Press release by a Danish brewery",
    ],
)
def test_news_about_a_statement_is_no_head(read: Read, title: str) -> None:
    assert read(OURS, title=title) == ()
