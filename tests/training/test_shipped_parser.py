"""The parser in the package loads, and reads the kind of sentence it is there for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from spacy.language import Language

from stancewatch.errors import ModelError
from stancewatch.nlp import parse

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nlp() -> Language:
    return parse.load()


def test_what_is_not_asked_for_does_not_run(nlp: Language) -> None:
    assert nlp.pipe_names == ["tok2vec", "tagger", "parser"]


def test_its_papers_lie_beside_it() -> None:
    for name in ("LICENSE", "NOTICE", "MODEL_CARD.md"):
        assert (parse.SHIPPED / name).read_text("utf-8").strip()
    meta = json.loads((parse.SHIPPED / "meta.json").read_text("utf-8"))
    assert meta["license"] == "CC BY-SA 4.0"


def test_it_is_small() -> None:
    size = sum(path.stat().st_size for path in parse.SHIPPED.rglob("*") if path.is_file())
    assert size < 6_000_000


@pytest.mark.parametrize(
    ("text", "pred", "subjects", "negated"),
    [
        ("France is ready to send soldiers to Ukraine.", "ready", ["France"], False),
        ("France is ready to send soldiers to Ukraine.", "send", ["France"], False),
        ("No German soldiers will be sent to Ukraine.", "sent", ["soldiers"], True),
        ("Italy will not take part in the force.", "take", ["Italy"], True),
        ("Spain, which rejects the plan, left the talks.", "rejects", ["Spain"], False),
        ("Poland refused to deploy its army.", "deploy", ["Poland"], False),
    ],
)
def test_subjects_and_negation(
    nlp: Language, text: str, pred: str, subjects: list[str], negated: bool
) -> None:
    verb = next(token for token in nlp(text) if token.text == pred)
    assert [token.text for token in parse.subjects(verb)] == subjects
    assert parse.negated(verb) is negated


def test_lists_agents_and_owners(nlp: Language) -> None:
    doc = nlp("Denmark's refusal was criticised by Sweden, Finland and Norway.")
    (first,) = parse.agents(doc[4])
    assert [token.text for token in parse.members(first)] == ["Sweden", "Finland", "Norway"]
    assert parse.possessor(doc[2]) == doc[0]


@pytest.mark.parametrize(
    ("text", "inside", "speaker"),
    [
        ("The minister said that France was willing to deploy troops.", "deploy", "minister"),
        ("Poland will not send troops, the minister told reporters.", "send", "minister"),
        ("According to the minister, Italy will stay out.", "stay", "minister"),
        ("Poland will not send troops.", "send", None),
    ],
)
def test_speakers(nlp: Language, text: str, inside: str, speaker: str | None) -> None:
    found = parse.speaker_of(next(token for token in nlp(text) if token.text == inside))
    assert (found and found.text) == speaker


def test_a_damaged_parser_is_a_clear_error(tmp_path: Path) -> None:
    copy = tmp_path / "parser"
    shutil.copytree(parse.SHIPPED, copy)
    weights = copy / "tok2vec" / "model"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelError, match="cannot load"):
        parse.load(copy)


def test_nobody_is_in_its_vocabulary() -> None:
    strings = json.loads((parse.SHIPPED / "vocab" / "strings.json").read_text("utf-8"))
    assert [word for word in strings if "@" in word and word != "@"] == []
