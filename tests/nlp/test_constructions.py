"""How the rule reader reads one sentence: polarity, holder, voice, evidence, time, condition."""

from __future__ import annotations

import pytest

from stancewatch.core.actor import Rank, Voice
from stancewatch.core.mention import Evidence, Field, Mention, Modality, Where, Whose

from .conftest import Read


def levels(mentions: tuple[Mention, ...]) -> dict[str, str]:
    return {m.country: m.level for m in mentions}


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("France ruled out sending troops to Ukraine.", "rejects"),
        ("France did not rule out sending troops to Ukraine.", "open"),
        ("France has never ruled out sending troops to Ukraine.", "open"),
        ("France refused to rule out sending troops to Ukraine.", "open"),
        ("France declined on Monday to rule out sending troops to Ukraine.", "open"),
        ("France will send troops to Ukraine.", "committed"),
        ("France will not send troops to Ukraine.", "rejects"),
        ("France won't send troops to Ukraine.", "rejects"),
        ("France will never send troops to Ukraine.", "rejects"),
        ("France will send no troops to Ukraine.", "rejects"),
        ("France would send troops to Ukraine.", "willing"),
        ("France could send troops to Ukraine.", "open"),
        ("France cannot send troops to Ukraine.", "rejects"),
        ("France is ready to send troops to Ukraine.", "willing"),
        ("France is not ready to send troops to Ukraine.", "rejects"),
        ("France may be ready to send troops to Ukraine.", "open"),
        ("France plans to send troops to Ukraine.", "willing"),
        ("France does not plan to send troops to Ukraine.", "reluctant"),
        ("France is considering sending troops to Ukraine.", "open"),
        ("France is not considering sending troops to Ukraine.", "reluctant"),
        ("France pledged to send troops to Ukraine.", "committed"),
        ("France has not pledged to send troops to Ukraine.", "reluctant"),
        ("French troops will not be deployed in Ukraine.", "rejects"),
        ("French troops could be deployed in Ukraine.", "open"),
        ("There will be no French troops in Ukraine.", "rejects"),
    ],
)
def test_polarity(read: Read, text: str, level: str) -> None:
    assert levels(read(text)) == {"FR": level}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Neither Spain nor Italy will send soldiers to Ukraine.",
            {"ES": "rejects", "IT": "rejects"},
        ),
        ("Sending soldiers to Ukraine was ruled out by Spain.", {"ES": "rejects"}),
        ("Spain's refusal to send soldiers to Ukraine stands.", {"ES": "rejects"}),
        ("Dutch reluctance to send soldiers to Ukraine is old.", {"NL": "reluctant"}),
        ("The readiness of Sweden to send soldiers to Ukraine is known.", {"SE": "willing"}),
        (
            "Several allies, including Spain and Italy, oppose sending soldiers to Ukraine.",
            {"ES": "rejects", "IT": "rejects"},
        ),
        (
            "The Baltic states are ready to send soldiers to Ukraine.",
            {"EE": "willing", "LT": "willing", "LV": "willing"},
        ),
        (
            "In Berlin, Emmanuel Macron said France was ready to send soldiers to Ukraine.",
            {"FR": "willing"},
        ),
        ("The Berlin summit on soldiers for Ukraine was ready to begin.", {}),
        (
            "After talks with Olaf Scholz, Emmanuel Macron ruled out sending soldiers to Ukraine.",
            {"FR": "rejects"},
        ),
        (
            "Berlin ruled out sending soldiers to Ukraine, whereas London said it was ready to send"
            " soldiers.",
            {"DE": "rejects", "GB": "willing"},
        ),
    ],
)
def test_whose_position_it_is(read: Read, text: str, expected: dict[str, str]) -> None:
    assert levels(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "voice", "evidence"),
    [
        (
            '"We will not send soldiers to Ukraine," Pedro Sánchez said.',
            Voice.GOVERNMENT,
            Evidence.OWN_WORDS,
        ),
        (
            "Pedro Sánchez ruled out sending soldiers to Ukraine.",
            Voice.GOVERNMENT,
            Evidence.PARAPHRASE,
        ),
        (
            "The Spanish government ruled out sending soldiers to Ukraine.",
            Voice.GOVERNMENT,
            Evidence.INSTITUTION,
        ),
        (
            "Spanish officials ruled out sending soldiers to Ukraine.",
            Voice.GOVERNMENT,
            Evidence.UNNAMED,
        ),
        ("Spain has ruled out sending soldiers to Ukraine.", Voice.GOVERNMENT, Evidence.NARRATOR),
        (
            "Russia said Spain had ruled out sending soldiers to Ukraine.",
            Voice.OTHER,
            Evidence.THIRD_PARTY,
        ),
        ("Spanish lawmakers oppose sending soldiers to Ukraine.", Voice.PARTY, Evidence.PARAPHRASE),
        (
            "Former prime minister José María Aznar of Spain opposes it. The Spanish parliament"
            " opposes sending soldiers to Ukraine.",
            Voice.OTHER,
            Evidence.INSTITUTION,
        ),
    ],
)
def test_voice_and_evidence(read: Read, text: str, voice: Voice, evidence: Evidence) -> None:
    (mention,) = read(text)
    assert (mention.country, mention.voice, mention.evidence) == ("ES", voice, evidence)


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        (
            "Leaders of France, Britain and Poland signed a declaration of intent to deploy troops"
            " to Ukraine.",
            {"FR", "GB", "PL"},
        ),
        (
            "The participants, among them Denmark and Sweden, pledged to send troops to Ukraine.",
            {"DK", "SE"},
        ),
        (
            "Ministers from Norway, Finland and Denmark pledged to send troops to Ukraine.",
            {"DK", "FI", "NO"},
        ),
        (
            "The summit ended with a pledge by France, Britain and Belgium to deploy troops to"
            " Ukraine.",
            {"BE", "FR", "GB"},
        ),
        (
            "The summit ended with France, Britain and Poland pledging to send troops to Ukraine.",
            {"FR", "GB", "PL"},
        ),
        (
            "Along with France and Britain, Australia promised troops for Ukraine.",
            {"AU", "FR", "GB"},
        ),
        (
            "Australia, together with France and Britain, promised troops for Ukraine.",
            {"AU", "FR", "GB"},
        ),
        ("After talks with Germany and Poland, France pledged troops for Ukraine.", {"FR"}),
        ("Both Germany and Poland pledged troops for Ukraine.", {"DE", "PL"}),
        (
            "Six states - Estonia, Latvia and Spain among them - committed troops to Ukraine.",
            {"EE", "ES", "LV"},
        ),
    ],
)
def test_what_several_pledge_is_each_ones_pledge(
    read: Read, text: str, countries: set[str]
) -> None:
    assert levels(read(text)) == dict.fromkeys(countries, "committed")


def test_an_office_is_that_of_the_day(read: Read) -> None:
    text = "Friedrich Merz ruled out sending soldiers to Ukraine."
    (before,) = read(text, published="2025-03-01")
    (after,) = read(text, published="2025-09-01")
    assert (before.voice, after.voice) == (Voice.PARTY, Voice.GOVERNMENT)
    assert (after.rank, after.speaker) == (Rank.LEADER, "Friedrich Merz")


def test_a_signed_text_is_its_authors_own_words(read: Read) -> None:
    (mention,) = read(
        "We are ready to send our own soldiers to Ukraine.",
        author="Keir Starmer",
        published="2025-02-17",
    )
    assert (mention.country, mention.evidence) == ("GB", Evidence.OWN_WORDS)
    assert mention.whose is Whose.OWN


def test_first_person_of_nobody_is_nobodys(read: Read) -> None:
    assert read("We are ready to send our own soldiers to Ukraine.") == ()


def test_pronouns_and_titles_point_back(read: Read) -> None:
    text = (
        "Emmanuel Macron spoke about soldiers for Ukraine. He ruled out sending them."
        " The president said France would not send troops."
    )
    assert {(m.country, m.level) for m in read(text)} == {("FR", "rejects")}


def test_a_speech_goes_on_in_the_next_sentence(read: Read) -> None:
    text = (
        "Donald Tusk spoke in Kyiv, Ukraine, and said it was late."
        " Soldiers would not be sent, he said."
    )
    assert levels(read(text)) == {"PL": "rejects"}


def test_a_quotation_is_not_spoken_by_whom_it_names(read: Read) -> None:
    text = (
        "Vladimir Putin spoke about Ukraine on Monday."
        ' "Macron is ready to send troops to Ukraine," he added.'
    )
    (mention,) = read(text)
    assert (mention.country, mention.voice) == ("FR", Voice.OTHER)


def test_two_levels_of_one_holder_are_two_mentions(read: Read) -> None:
    text = "Canada ruled out sending combat troops to Ukraine, but it could send peacekeepers."
    assert sorted(m.level for m in read(text)) == ["open", "rejects"]


def test_title_and_text_make_one_mention(read: Read) -> None:
    found = read(
        "Italy ruled out sending soldiers to Ukraine.", title="Italy rules out soldiers for Ukraine"
    )
    assert len(found) == 1


def test_spans_point_into_the_text_as_given(read: Read) -> None:
    text = "“Nor\u200bway” is near.\nNor\u200bway ruled out sending soldiers to Ukraine."
    (mention,) = read(text)
    for span in (mention.holder, mention.cue):
        assert span.field is Field.TEXT
        assert text[span.start : span.end] == span.text
    assert mention.holder.text == "Nor\u200bway"
    assert mention.cue.text == "ruled out"
    assert mention.quote == "Nor\u200bway ruled out sending soldiers to Ukraine."


@pytest.mark.parametrize(
    ("clause", "condition"),
    [
        ("if a ceasefire holds", "if a ceasefire holds"),
        ("once the war ends", "once the war ends"),
        ("in the event of a peace deal", "in the event of a peace deal"),
        ("after a ceasefire", "after a ceasefire"),
        ("as a peacekeeping force", None),
        ("next month", None),
    ],
)
def test_conditions_are_kept_in_their_words(read: Read, clause: str, condition: str | None) -> None:
    (mention,) = read(f"France is ready to send troops to Ukraine {clause}.")
    assert mention.condition == condition
    assert mention.conditional == (condition is not None)
    assert (mention.modality is Modality.CONDITIONAL) == mention.conditional


def test_only_on_conditions_is_no_more_than_open(read: Read) -> None:
    text = "France is ready to send troops to Ukraine, but only if a ceasefire holds."
    (mention,) = read(text)
    assert (mention.level, mention.conditional) == ("open", True)


@pytest.mark.parametrize(
    ("text", "published", "stated_at", "current"),
    [
        (
            "On Tuesday Italy ruled out sending soldiers to Ukraine.",
            "2025-03-05",
            "2025-03-04",
            True,
        ),
        (
            "Italy ruled out sending soldiers to Ukraine on 12 December.",
            "2025-03-05",
            "2024-12-12",
            False,
        ),
        (
            "In February Italy ruled out sending soldiers to Ukraine.",
            "2025-04-05",
            "2025-02",
            False,
        ),
        (
            "Two weeks ago Italy ruled out sending soldiers to Ukraine.",
            "2025-03-15",
            "2025-03-01",
            False,
        ),
        ("Italy had previously ruled out sending soldiers to Ukraine.", "2025-03-15", None, False),
        ("Italy had already ruled out sending soldiers to Ukraine.", "2025-03-15", None, True),
        ("Italy ruled out sending soldiers to Ukraine.", "2025-03-15", None, True),
    ],
)
def test_when_words_were_spoken(
    read: Read, text: str, published: str, stated_at: str | None, current: bool
) -> None:
    (mention,) = read(text, published=published)
    said = None if mention.stated_at is None else str(mention.stated_at)
    assert (said, mention.current) == (stated_at, current)


@pytest.mark.parametrize(
    ("text", "whose", "where"),
    [
        ("Italy ruled out sending its own soldiers to Ukraine.", Whose.OWN, Where.INSIDE),
        ("Italy ruled out sending Western soldiers to Ukraine.", Whose.ALLIED, Where.INSIDE),
        ("Italy could send soldiers to places outside Ukraine.", Whose.UNSTATED, Where.OUTSIDE),
    ],
)
def test_scope(read: Read, text: str, whose: Whose, where: Where) -> None:
    (mention,) = read(text)
    assert (mention.whose, mention.where) == (whose, where)


@pytest.mark.parametrize(
    "text",
    [
        "Italy ruled out sending missiles to Ukraine.",
        "Russia ruled out sending troops to Ukraine.",
        "Some 26 countries are ready to send troops to Ukraine.",
        "Will Italy send troops to Ukraine?",
        "Italy denied that it would send troops to Ukraine.",
        "It is not true that Italy has decided to send troops to Ukraine.",
        "Reporters asked whether Italy would send troops to Ukraine.",
        "If Italy sends troops to Ukraine, Moscow will answer.",
        "Claims that Italy will send troops to Ukraine are false.",
        "Italy will send troops to Latvia, far from Ukraine's border.",
        "Italy is ready to help a European force in Ukraine with intelligence.",
        "Italian soldiers took part in exercises.",
        "Italy supports Ukraine forces.",
    ],
)
def test_what_is_no_position(read: Read, text: str) -> None:
    assert read(text) == ()


def test_a_missing_theatre_costs_confidence(read: Read) -> None:
    (near,) = read("Italy ruled out sending soldiers to Ukraine.")
    (far,) = read("Italy ruled out sending soldiers.")
    assert far.confidence < near.confidence


def test_every_mention_says_why(read: Read) -> None:
    (mention,) = read("Italy has not ruled out sending soldiers to Ukraine.")
    assert mention.rule == "rule-out"
    assert mention.trace[0] == "cue rule-out, turned by a negation"
    assert "subject of the clause" in mention.trace


def test_an_opinion_piece_is_nobodys_word(read: Read) -> None:
    (mention,) = read("Opinion: Britain must send soldiers to Ukraine.")
    assert (mention.voice, mention.evidence) == (Voice.OTHER, Evidence.THIRD_PARTY)


def test_a_poll_is_the_publics_voice(read: Read) -> None:
    (mention,) = read("Three in four Italians oppose sending soldiers to Ukraine, a poll showed.")
    assert (mention.voice, mention.level) == (Voice.PUBLIC, "rejects")


def test_how_the_words_came_up_is_no_condition(read: Read) -> None:
    (mention,) = read(
        "France has no plans to send troops to Ukraine, Macron said when asked about guarantees."
    )
    assert mention.condition is None
