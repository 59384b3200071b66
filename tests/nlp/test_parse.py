"""The same questions have the same answers in Universal Dependencies and in ClearNLP.

The parses are drawn by hand: `word|relation|number of its head`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, Token

from stancewatch.errors import ModelError
from stancewatch.nlp import parse

UD = {
    "ready": """Poland|nsubj|4 is|cop|4 not|advmod|4 ready|ROOT|4 to|mark|6 send|xcomp|4
        troops|obj|6 to|case|9 Ukraine|obl|6""",
    "list": "Poland|nsubj|4 and|cc|3 Italy|conj|1 refused|ROOT|4",
    "passive": """Troops|nsubj:pass|4 were|aux:pass|4 not|advmod|4 excluded|ROOT|4 by|case|6
        Rome|obl:agent|4 in|case|8 May|obl|4""",
    "said": "Tusk|nsubj|2 said|ROOT|2 Poland|nsubj|5 would|aux|5 go|ccomp|2",
    "beside": "Poland|nsubj|3 will|aux|3 go|ROOT|3 ,|punct|6 Tusk|nsubj|6 said|parataxis|3",
    "according": """According|case|3 to|fixed|1 Tusk|obl|6 Poland|nsubj|6 will|aux|6 go|ROOT|6""",
    "control": "Tusk|nsubj|2 urged|ROOT|2 Rome|obj|2 to|mark|5 go|xcomp|2",
    "and": "Poland|nsubj|2 refused|ROOT|2 and|cc|4 left|conj|2",
    "aside": "Poland|nsubj|2 refused|ROOT|2 saying|advcl|2 Rome|nsubj|6 would|aux|6 go|ccomp|3",
    "relative": "Those|ROOT|1 who|nsubj|3 refused|acl:relcl|1 left|dep|1",
    "owner": "Italy|nmod:poss|3 's|case|1 refusal|nsubj|6 of|case|5 troops|nmod|3 holds|ROOT|6",
    "there": "There|expl|2 are|ROOT|2 no|det|4 plans|nsubj|2",
    "longer": "Poland|nsubj|4 no|advmod|3 longer|advmod|4 objects|ROOT|4",
    "nobody": "Neither|cc:preconj|2 Poland|nsubj|5 nor|cc|4 Italy|conj|2 objects|ROOT|5",
}
CLEARNLP = {
    "ready": """Poland|nsubj|2 is|ROOT|2 not|neg|2 ready|acomp|2 to|aux|6 send|xcomp|4
        troops|dobj|6 to|prep|6 Ukraine|pobj|8""",
    "list": "Poland|nsubj|4 and|cc|1 Italy|conj|1 refused|ROOT|4",
    "passive": """Troops|nsubjpass|4 were|auxpass|4 not|neg|4 excluded|ROOT|4 by|agent|4
        Rome|pobj|5 in|prep|4 May|pobj|7""",
    "said": "Tusk|nsubj|2 said|ROOT|2 Poland|nsubj|5 would|aux|5 go|ccomp|2",
    "beside": "Poland|nsubj|3 will|aux|3 go|ccomp|6 ,|punct|6 Tusk|nsubj|6 said|ROOT|6",
    "according": """According|prep|6 to|prep|1 Tusk|pobj|2 Poland|nsubj|6 will|aux|6 go|ROOT|6""",
    "control": "Tusk|nsubj|2 urged|ROOT|2 Rome|nsubj|5 to|aux|5 go|ccomp|2",
    "and": "Poland|nsubj|2 refused|ROOT|2 and|cc|2 left|conj|2",
    "aside": "Poland|nsubj|2 refused|ROOT|2 saying|advcl|2 Rome|nsubj|6 would|aux|6 go|ccomp|3",
    "relative": "Those|ROOT|1 who|nsubj|3 refused|relcl|1 left|dep|1",
    "owner": "Italy|poss|3 's|case|1 refusal|nsubj|6 of|prep|3 troops|pobj|4 holds|ROOT|6",
    "there": "There|expl|2 are|ROOT|2 no|det|4 plans|attr|2",
    "longer": "Poland|nsubj|4 no|neg|3 longer|advmod|4 objects|ROOT|4",
    "nobody": "Neither|preconj|2 Poland|nsubj|5 nor|cc|2 Italy|conj|2 objects|ROOT|5",
}
VOCAB = spacy.blank("en").vocab

each_scheme = pytest.mark.parametrize("trees", [UD, CLEARNLP], ids=["ud", "clearnlp"])


def drawn(tree: str) -> Doc:
    words, relations, heads = zip(*(word.split("|") for word in tree.split()), strict=True)
    return Doc(
        VOCAB, words=list(words), deps=list(relations), heads=[int(head) - 1 for head in heads]
    )


def word(doc: Doc, text: str) -> Token:
    return next(token for token in doc if token.text == text)


def texts(tokens: tuple[Token, ...]) -> list[str]:
    return [token.text for token in tokens]


@each_scheme
@pytest.mark.parametrize(
    ("tree", "pred", "expected"),
    [
        ("ready", "ready", ["Poland"]),
        ("ready", "send", ["Poland"]),
        ("passive", "excluded", ["Troops"]),
        ("control", "go", ["Rome"]),
        ("and", "left", ["Poland"]),
        ("aside", "saying", ["Poland"]),
        ("aside", "go", ["Rome"]),
        ("relative", "refused", ["Those"]),
        ("there", "are", ["plans"]),
    ],
)
def test_subjects_are_found_or_borrowed(
    trees: dict[str, str], tree: str, pred: str, expected: list[str]
) -> None:
    assert texts(parse.subjects(word(drawn(trees[tree]), pred))) == expected


@each_scheme
def test_agents_stand_behind_the_by_of_a_passive(trees: dict[str, str]) -> None:
    assert texts(parse.agents(word(drawn(trees["passive"]), "excluded"))) == ["Rome"]
    assert texts(parse.agents(word(drawn(trees["said"]), "said"))) == []


@each_scheme
@pytest.mark.parametrize(
    ("tree", "head", "preps", "expected"),
    [
        ("ready", "send", {"to"}, ["Ukraine"]),
        ("ready", "send", {"for"}, []),
        ("passive", "excluded", {"in", "by"}, ["Rome", "May"]),
        ("owner", "refusal", {"of"}, ["troops"]),
        ("according", "go", {"according to"}, ["Tusk"]),
        ("according", "go", {"to"}, []),
    ],
)
def test_obliques_hang_by_their_preposition(
    trees: dict[str, str], tree: str, head: str, preps: set[str], expected: list[str]
) -> None:
    assert texts(parse.obliques(word(drawn(trees[tree]), head), preps)) == expected


@each_scheme
@pytest.mark.parametrize(
    ("tree", "pred", "expected"),
    [
        ("ready", "ready", True),
        ("ready", "send", False),
        ("passive", "excluded", True),
        ("there", "are", True),
        ("longer", "objects", True),
        ("nobody", "objects", True),
        ("list", "refused", False),
    ],
)
def test_negation_is_a_word_or_a_subject_that_is_nobody(
    trees: dict[str, str], tree: str, pred: str, expected: bool
) -> None:
    assert parse.negated(word(drawn(trees[tree]), pred)) is expected


@each_scheme
def test_members_of_a_list_come_in_order(trees: dict[str, str]) -> None:
    doc = drawn(trees["list"])
    assert texts(parse.members(word(doc, "Poland"))) == ["Poland", "Italy"]
    assert texts(parse.members(word(doc, "Italy"))) == ["Italy"]


@each_scheme
def test_a_possessor_is_whose_it_is(trees: dict[str, str]) -> None:
    doc = drawn(trees["owner"])
    owner = parse.possessor(word(doc, "refusal"))
    assert owner is not None
    assert owner.text == "Italy"
    assert parse.possessor(word(doc, "troops")) is None


@each_scheme
@pytest.mark.parametrize(
    ("tree", "inside", "pred", "parent"),
    [
        ("ready", "Poland", "ready", None),
        ("ready", "is", "ready", None),
        ("ready", "Ukraine", "send", "ready"),
        ("list", "Italy", "refused", None),
        ("said", "would", "go", "said"),
        ("and", "left", "left", "refused"),
        ("aside", "Rome", "go", "saying"),
        ("relative", "who", "refused", "Those"),
    ],
)
def test_a_word_stands_in_a_clause_under_a_clause(
    trees: dict[str, str], tree: str, inside: str, pred: str, parent: str | None
) -> None:
    clause = parse.clause_of(word(drawn(trees[tree]), inside))
    above = parse.clause_parent(clause)
    assert clause.text == pred
    assert (above and above.text) == parent


@each_scheme
@pytest.mark.parametrize(
    ("tree", "inside", "expected"),
    [
        ("said", "Poland", "Tusk"),
        ("said", "Tusk", None),
        ("beside", "Poland", "Tusk"),
        ("beside", "Tusk", None),
        ("according", "Poland", "Tusk"),
        ("aside", "Rome", "Poland"),
        ("control", "Rome", None),
        ("and", "left", None),
    ],
)
def test_a_speaker_is_the_subject_of_the_saying_above(
    trees: dict[str, str], tree: str, inside: str, expected: str | None
) -> None:
    speaker = parse.speaker_of(word(drawn(trees[tree]), inside))
    assert (speaker and speaker.text) == expected


def test_a_remark_covers_its_own_clause_alone() -> None:
    doc = drawn(
        """Poland|nsubj|3 will|aux|3 go|ROOT|3 ,|punct|6 Tusk|nsubj|6 said|parataxis|3
        but|cc|9 Rome|nsubj|9 refused|conj|3"""
    )
    assert parse.speaker_of(word(doc, "Rome")) is None


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ("Rome|nsubj|2 left|ROOT|2 ,|punct|5 Tusk|nsubj|5 said|conj|2", "Tusk"),
        ("Rome|nsubj|2 left|ROOT|2 and|cc|5 Tusk|nsubj|5 said|conj|2", None),
        ("Rome|nsubj|2 left|ROOT|2 ,|punct|5 Tusk|nsubj|5 said|conj|2 so|ccomp|5", None),
        ("Rome|nsubj|2 left|ROOT|2 ,|punct|5 Tusk|nsubj|5 stayed|conj|2", None),
    ],
)
def test_a_remark_parsed_as_part_of_a_list_is_a_remark(tree: str, expected: str | None) -> None:
    speaker = parse.speaker_of(word(drawn(tree), "Rome"))
    assert (speaker and speaker.text) == expected


def test_what_two_clauses_complete_is_said_by_one_speaker() -> None:
    doc = drawn(
        """Tusk|nsubj|2 said|ROOT|2 Poland|nsubj|4 refused|ccomp|2
        and|cc|7 Rome|nsubj|7 left|conj|4"""
    )
    speaker = parse.speaker_of(word(doc, "Rome"))
    assert speaker is not None
    assert speaker.text == "Tusk"


@pytest.mark.parametrize("source", ["no_such_package", Path("no/such/folder")])
def test_a_parser_that_is_not_there_is_a_clear_error(source: str | Path) -> None:
    with pytest.raises(ModelError, match="cannot load"):
        parse.load(source)


def test_a_pipeline_must_parse(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path)
    with pytest.raises(ModelError, match="has no parser"):
        parse.load(tmp_path)


def test_a_parser_must_have_labels_we_know(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("parser").add_label("subject")  # type: ignore[attr-defined]
    nlp.initialize()
    nlp.to_disk(tmp_path)
    with pytest.raises(ModelError, match="neither Universal Dependencies nor ClearNLP"):
        parse.load(tmp_path)
