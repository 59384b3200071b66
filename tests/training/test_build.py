"""The build, on a treebank of three sentences: small, but every step runs."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.util import load_config

from training.parser import build

from .treebank import document

OPEN, SHUT = "https://en.wikinews.org/wiki/A", "https://example.org/b"
TEXT = "The minister said troops will go. Poland didn't agree."


@pytest.fixture(scope="module")
def treebanks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("treebanks")
    (folder / "gum-open").mkdir()
    for split in ("train", "dev"):
        for name, text in (
            (build.EWT, document("ewt", OPEN, times=10)),
            (build.GUM, document("kept", OPEN, times=10) + document("secret", SHUT)),
        ):
            path = folder / name.format(split=split)
            path.write_bytes(gzip.compress(text.encode()))
    return folder


@pytest.fixture(scope="module")
def quick_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recipe, cut down to some steps."""
    overrides = {
        "training.max_steps": 30,
        "training.eval_frequency": 15,
        "components.parser.min_action_freq": 1,
    }
    path = tmp_path_factory.mktemp("config") / "config.cfg"
    load_config(build.CONFIG, overrides=overrides, interpolate=False).to_disk(path)
    return path


def built(treebanks: Path, config: Path, out: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "CONFIG", config)
        patch.setattr("sys.argv", ["build", "--treebanks", str(treebanks), "--out", str(out)])
        build.main()
    return out


@pytest.fixture(scope="module")
def first(treebanks: Path, quick_config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(treebanks, quick_config, tmp_path_factory.mktemp("first"))


def test_the_recipe_leaves_nothing_to_chance() -> None:
    training = load_config(build.CONFIG).interpolate()["training"]
    assert training["seed"] == 20
    assert training["max_steps"] > 0
    assert training["patience"] == 0, "stopping early would depend on the machine's rounding"


@pytest.mark.slow
def test_the_same_treebanks_make_the_same_weights(
    first: Path, treebanks: Path, quick_config: Path, tmp_path: Path
) -> None:
    second = built(treebanks, quick_config, tmp_path)
    assert contents(first) == contents(second)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "meta.json")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.slow
def test_no_text_and_no_path_stays_in_the_pipeline(first: Path) -> None:
    strings = set(json.loads((first / "vocab" / "strings.json").read_text("utf-8")))
    assert not strings & {"Poland", "minister", "Soldiers"}
    assert {"nsubj:pass", "NNP"} <= strings
    config = spacy.util.load_config(first / "config.cfg")
    assert set(config["paths"].values()) == {None}


@pytest.mark.slow
def test_pruning_changes_no_parse(
    first: Path,
    treebanks: Path,
    quick_config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(build, "prune", lambda folder, nlp: None)
    whole = spacy.load(built(treebanks, quick_config, tmp_path))
    pruned = spacy.load(first)
    assert "Soldiers" in whole.vocab.strings
    assert len(pruned.vocab.strings) < len(whole.vocab.strings)
    assert annotated(pruned) == annotated(whole)


def annotated(nlp: Language) -> list[tuple[str, str, str, int]]:
    return [(token.tag_, token.lemma_, token.dep_, token.head.i) for token in nlp(TEXT)]


@pytest.mark.slow
def test_a_rebuild_leaves_the_licence_beside_it(
    treebanks: Path, quick_config: Path, tmp_path: Path
) -> None:
    (tmp_path / "LICENSE").write_text("mine", "utf-8")
    built(treebanks, quick_config, tmp_path)
    assert (tmp_path / "LICENSE").read_text("utf-8") == "mine"
