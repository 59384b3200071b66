from __future__ import annotations

import pytest

from stancewatch.nlp.sentences import LONGEST, sentences, spaced


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two.", 2),
        ("Mr. Tusk spoke. He left.", 2),
        ("The U.S. Army is here. It stays.", 2),
        ('"We go. We stay," he said.', 1),
        ('He said: "We go." She left.', 2),
        ("First line\n\nSecond line", 2),
        ("It cost 3.5 million. Yes.", 2),
        ("", 0),
    ],
)
def test_sentences_of_the_news(text: str, count: int) -> None:
    assert len(list(sentences(text))) == count


def test_a_text_without_full_stops_is_cut_all_the_same() -> None:
    rows = list(sentences("Italy sends troops " * 400))
    assert max(map(len, rows)) == LONGEST
    assert sum(map(len, rows)) == 1200


def test_chunks_know_their_place() -> None:
    text = "Macron left. Scholz didn't."
    for row in sentences(text):
        for chunk in row:
            assert text[chunk.start : chunk.end].lower() == chunk.word


def test_words_are_cut_as_the_tokenizer_cuts_them() -> None:
    assert spaced("EU's vice-president") == "eu 's vice - president"
