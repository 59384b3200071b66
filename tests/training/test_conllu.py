from __future__ import annotations

from dataclasses import dataclass

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from training.parser import conllu

VOCAB = spacy.blank("en").vocab

CONTRACTED = """\
# newdoc id = one
# meta::sourceURL = https://example.org/a = b
# text = Rome didn't go.
1\tRome\tRome\tPROPN\tNNP\tNumber=Sing\t4\tnsubj\t_\t_
2-3\tdidn't\t_\t_\t_\t_\t_\t_\t_\t_
2\tdid\tdo\tAUX\tVBD\t_\t4\taux\t_\t_
3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_
4\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No
4.1\tgone\tgo\tVERB\tVBN\t_\t_\t_\t_\t_
5\t.\t_\tPUNCT\t.\t_\t4\tpunct\t_\t_

1\tParis\tParis\tPROPN\tNNP\t_\t2\tcsubj:outer\t_\t_
2\twill\twill\tAUX\tMD\t_\t0\troot\t_\t_

# newdoc id = two
1\tYes\tyes\tINTJ\tUH\t_\t0\troot\t_\t_
"""


def read(text: str) -> list[conllu.Document]:
    return list(conllu.documents(text.splitlines(keepends=True)))


def test_a_file_is_read_document_by_document() -> None:
    one, two = read(CONTRACTED)
    assert (one.name, two.name) == ("one", "two")
    assert one.meta == {"sourceURL": "https://example.org/a = b"}
    assert two.meta == {}
    assert [len(sentence) for sentence in one.sentences] == [5, 2]


def test_no_space_enters_a_contraction() -> None:
    (doc,) = conllu.docs(VOCAB, read(CONTRACTED)[0])
    assert doc.text == "Rome didn't go. Paris will "


def test_annotation_goes_over_as_it_is() -> None:
    (doc,) = conllu.docs(VOCAB, read(CONTRACTED)[0])
    assert [(t.dep_, t.head.text) for t in doc[:5]] == [
        ("nsubj", "go"), ("aux", "go"), ("advmod", "go"), ("ROOT", "go"), ("punct", "go")
    ]  # fmt: skip
    assert [token.tag_ for token in doc] == ["NNP", "VBD", "RB", "VB", ".", "NNP", "MD"]
    assert [token.lemma_ for token in doc[1:5]] == ["do", "not", "go", "."]
    assert [sent.text for sent in doc.sents] == ["Rome didn't go.", "Paris will"]
    assert doc[0].morph.get("Number") == ["Sing"]


def test_relations_too_rare_to_learn_are_merged() -> None:
    (doc,) = conllu.docs(VOCAB, read(CONTRACTED)[0])
    assert doc[5].dep_ == "csubj"


def test_a_space_missing_behind_a_contraction_is_missing() -> None:
    tight = CONTRACTED.replace("2-3\tdidn't\t_\t_\t_\t_\t_\t_\t_\t_", "2-3\tdidn't" + "\t_" * 7)
    tight = tight.replace("2-3\tdidn't" + "\t_" * 7, "2-3\tdidn't" + "\t_" * 7 + "\tSpaceAfter=No")
    (doc,) = conllu.docs(VOCAB, read(tight)[0])
    assert doc.text.startswith("Rome didn'tgo.")


def test_long_documents_are_cut_between_sentences() -> None:
    (document,) = read(CONTRACTED.split("# newdoc id = two", maxsplit=1)[0])
    long = conllu.Document("long", {}, document.sentences * 7)
    lengths = [len(list(doc.sents)) for doc in conllu.docs(VOCAB, long)]
    assert lengths == [10, 4]


def test_a_line_that_is_no_row_is_a_fault() -> None:
    with pytest.raises(conllu.ConlluError, match="10 columns expected, 2 found"):
        read("1\tRome\n")


@dataclass(frozen=True)
class Surface:
    """A stretch of text without a space, made of one word or more."""

    words: tuple[str, ...]
    space: bool

    @property
    def text(self) -> str:
        return "".join(self.words) + (" " if self.space else "")


WORDS = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=6)
SURFACES = st.builds(Surface, st.lists(WORDS, min_size=1, max_size=3).map(tuple), st.booleans())
SENTENCES = st.lists(SURFACES, min_size=1, max_size=8)


def rows(surfaces: list[Surface]) -> str:
    """The sentence in CoNLL-U, every word hanging on the first."""
    lines, number = [], 0
    for surface in surfaces:
        misc = "_" if surface.space else "SpaceAfter=No"
        several = len(surface.words) > 1
        if several:
            span = f"{number + 1}-{number + len(surface.words)}"
            lines.append("\t".join((span, "".join(surface.words), *"_" * 7, misc)))
        for word in surface.words:
            number += 1
            head, relation = ("0", "root") if number == 1 else ("1", "dep")
            end = "_" if several else misc
            columns = (str(number), word, word, "X", "X", "_", head, relation, "_", end)
            lines.append("\t".join(columns))
    return "\n".join(lines) + "\n\n"


@given(st.lists(SENTENCES, min_size=1, max_size=4))
def test_the_text_and_the_trees_come_back(sentences: list[list[Surface]]) -> None:
    (document,) = read("".join(map(rows, sentences)))
    (doc,) = conllu.docs(VOCAB, document)
    assert doc.text == "".join(surface.text for one in sentences for surface in one)
    words = [word for one in sentences for surface in one for word in surface.words]
    assert [token.text for token in doc] == words
    assert len([token for token in doc if token.dep_ == "ROOT"]) == len(sentences)
    assert all(token.head == token.sent[0] for token in doc)
