"""The reader that ships, as it ships: its weights, its windows, and how it goes with the rules."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from stancewatch.core.actor import Voice
from stancewatch.core.mention import Mention, Modality
from stancewatch.errors import ModelError
from stancewatch.nlp.detector import TextDetector
from stancewatch.nlp.reader.learned import knows
from stancewatch.nlp.reader.wording import LEARNED
from stancewatch.nlp.weights import Weights, digest_of
from stancewatch.settings import shipped as shipped_path

from .conftest import article, rulebook

READER = shipped_path("models/reader-en")
WEIGHTS = Weights(READER, str(shipped_path("models/parser-en")))
FILLER = "The match in the evening ended without a goal and the crowd went home early. " * 12


@cache
def detector() -> TextDetector:
    book = rulebook()
    return TextDetector(tuple(book.topics.values()), book.actors, WEIGHTS)


def read(text: str, **of_article: str) -> tuple[Mention, ...]:
    return detector().detect(article(text, **of_article)).mentions


def told(text: str, **of_article: str) -> set[tuple[str, str, str]]:
    return {(m.country, str(m.voice), m.level) for m in read(text, **of_article)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Portugal would put a company of paratroopers in Ukraine if the guns fell silent, "
            "Defence Minister Nuno Melo told parliament.",
            {("PT", "government", "willing")},
        ),
        (
            "Not one Danish soldier will go to Ukraine as long as I am in office, "
            "Mette Frederiksen told the newspaper.",
            {("DK", "government", "rejects")},
        ),
        ("France sold forty trains to Ukraine, whose soldiers are tired.", set()),
        ("Hundreds of Belgians marched through Brussels against the war in Ukraine.", set()),
    ],
)
def test_what_it_reads(text: str, expected: set[tuple[str, str, str]]) -> None:
    assert told(text) == expected


def test_a_mention_says_where_its_words_stand() -> None:
    text = "Spain is warming to the thought of its infantry standing guard in Ukraine."
    found = read(text)
    assert found
    for mention in found:
        for span in (mention.cue, mention.holder):
            assert text[span.start : span.end] == span.text
        assert mention.quote == text


def test_the_same_text_is_read_the_same_by_another_reader() -> None:
    text = "Rome will not send soldiers to Ukraine, but Riga would, its prime minister said."
    book = rulebook()
    other = TextDetector(tuple(book.topics.values()), book.actors, WEIGHTS)
    assert other.detect(article(text)).mentions == read(text)
    assert other.digest == detector().digest


def test_weights_are_part_of_what_a_detector_is() -> None:
    book = rulebook()
    alone = TextDetector(tuple(book.topics.values()), book.actors, Weights())
    assert alone.digest != detector().digest


def test_a_long_article_is_read_around_its_soldiers() -> None:
    sentence = "Estonia would send soldiers to Ukraine after a ceasefire, its president said."
    found = read(f"{FILLER}{sentence} {FILLER}")
    assert {(m.country, m.level) for m in found} == {("EE", "willing")}
    assert {m.quote for m in found} == {sentence}


def test_a_question_holds_no_position() -> None:
    assert read("Will Sweden send its soldiers to Ukraine after the war?") == ()


def test_nor_does_one_that_is_quoted() -> None:
    assert read('"Will Italy send its soldiers to Ukraine?" the paper asked.') == ()
    assert read('The paper asked: "Will Italy send its soldiers to Ukraine?"') == ()


def test_what_the_constructions_see_denied_is_not_heard() -> None:
    assert read("It is not true that Lithuania has decided to send troops to Ukraine.") == ()


def test_what_is_not_believed_is_told_with_its_reason() -> None:
    text = "It is not true that Lithuania has decided to send troops to Ukraine."
    (look,) = (x for x in detector().look(article(text)) if x.topic == "troop-deployment")
    assert look.trace is not None
    reasons = {drop.why for drop in look.trace.dropped}
    assert any("LT" in why and "denied" in why for why in reasons)


def test_a_name_behind_what_the_network_can_take_in_is_not_decided_on() -> None:
    endless = "soldiers for Ukraine, " + "who were tired and cold and far from home, " * 40
    assert "PT" not in {m.country for m in read(f"Italy has {endless}and Portugal.")}


def test_agreement_makes_sure_and_the_rule_is_kept() -> None:
    text = "Italy has ruled out sending soldiers to Ukraine, the foreign minister said."
    (both,) = read(text)
    book = rulebook()
    (alone,) = (
        TextDetector(tuple(book.topics.values()), book.actors, Weights())
        .detect(article(text))
        .mentions
    )
    assert both.rule == alone.rule != LEARNED
    assert both.confidence > alone.confidence


def test_what_only_the_network_heard_says_so() -> None:
    found = read(
        "Asked about an allied force in Ukraine, the Dutch prime minister said that his country's "
        "boots were already laced and that it would be there on the first day of a truce."
    )
    assert [(m.country, m.voice) for m in found] == [("NL", Voice.GOVERNMENT)]
    (mention,) = found
    assert mention.rule == LEARNED
    assert mention.modality in (Modality.ASSERTED, Modality.CONDITIONAL)
    assert mention.trace[0] == "the learned reader"


def test_a_reader_knows_its_topic_and_language() -> None:
    assert knows(READER, "en", "troop-deployment")
    assert not knows(READER, "de", "troop-deployment")
    assert not knows(READER, "en", "summit-outcome")


def test_other_weights_have_another_digest(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(READER, folder)
    assert digest_of(folder) == digest_of(READER)
    with (folder / "reader.onnx").open("ab") as file:
        file.write(b" ")
    assert digest_of(folder) != digest_of(READER)


def test_a_folder_without_a_reader_stops_the_job(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not a reader"):
        knows(tmp_path, "en", "troop-deployment")


def test_broken_weights_stop_the_job(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(READER, folder)
    (folder / "reader.onnx").write_bytes(b"not a network")
    book = rulebook()
    with pytest.raises(ModelError, match="cannot load"):
        TextDetector(tuple(book.topics.values()), book.actors, Weights(folder))


def test_its_licence_and_card_lie_beside_it() -> None:
    assert {"LICENSE", "NOTICE", "MODEL_CARD.md"} <= {path.name for path in READER.iterdir()}
