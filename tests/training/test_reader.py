"""The whole way of `make model`, with a tiny network: from passages to a reader that is asked.

Needs PyTorch (the dependency group `model`, which `make model` installs): where it is missing, and
only there, these tests are skipped. The base is made here, so nothing is fetched.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stancewatch.core.article import make_article
from stancewatch.core.moment import parse_moment
from stancewatch.nlp.detector import TextDetector
from stancewatch.nlp.languages import GRAMMARS
from stancewatch.nlp.names import Names
from stancewatch.nlp.reader.learned import LearnedReader, knows
from stancewatch.nlp.weights import Weights
from stancewatch.settings import shipped
from stancewatch.stores.rulebook import load

torch = pytest.importorskip("torch", reason="PyTorch is not installed: see `make model`")
pytestmark = pytest.mark.slow

TEXT = "Portugal will not send soldiers to Ukraine. Norway is ready to send soldiers to Ukraine."
DAY = "2025-03-10"


def label(country: str, stance: str, cue: str, voice: str = "government") -> dict[str, Any]:
    return {
        "topic": "troop-deployment",
        "country": country,
        "stance": stance,
        "voice": voice,
        "conditional": False,
        "current": True,
        "cue_text": cue,
    }


PASSAGES = {
    "Spain will not send soldiers to Ukraine.": [label("ES", "rejects", "will not send")],
    "Sweden is ready to send soldiers to Ukraine.": [label("SE", "willing", "is ready to send")],
    "Italy could send soldiers to Ukraine, Greece will not.": [
        label("IT", "open", "could send"),
        label("GR", "rejects", "will not"),
    ],
    "Polish voters oppose sending soldiers to Ukraine.": [
        label("PL", "rejects", "oppose", voice="public")
    ],
    "Denmark sold cheese to Ukraine.": [],
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two narrow layers of random weights over the vocabulary of the reader that ships."""
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("base")
    torch.manual_seed(7)
    config = BertConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config).save_pretrained(folder)
    shutil.copy(shipped("models/reader-en") / "tokenizer.json", folder)
    return folder


@pytest.fixture(scope="module")
def passages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("passages")
    rows = (
        {"id": f"p{number}", "text": text, "published": DAY, "mentions": mentions}
        for number, (text, mentions) in enumerate(PASSAGES.items())
    )
    (folder / "some.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


@pytest.fixture(scope="module")
def made(base: Path, passages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that one epoch leaves: `reader` in it, and the weights in `scratch`."""
    from training.build import main

    folder = tmp_path_factory.mktemp("made")
    words = ["--out", folder / "reader", "--scratch", folder / "scratch", "--epochs", "1"]
    main([str(word) for word in (*words, "--base", base, "--passages", passages)])
    return folder


def test_where_torch_is_installed_a_new_reader_is_opened_and_asked(made: Path) -> None:
    reader = made / "reader"
    assert knows(reader, "en", "troop-deployment")
    book = load(shipped("rules"))
    topics = tuple(book.topics.values())
    both = TextDetector(topics, book.actors, Weights(reader))
    alone = TextDetector(topics, book.actors, Weights())
    day = parse_moment(DAY)
    article = make_article(source="example.org", title="", text=TEXT, published=day)
    # One epoch teaches nothing: the constructions are heard, with another confidence.
    found = {(m.country, m.level): m.confidence for m in both.detect(article).mentions}
    sure = {(m.country, m.level): m.confidence for m in alone.detect(article).mentions}
    assert set(found) == {("NO", "willing"), ("PT", "rejects")} == set(sure)
    assert all(found[key] != sure[key] for key in sure)
    assert both.digest != alone.digest


def test_where_torch_is_installed_the_small_numbers_say_what_the_large_ones_do(
    base: Path, made: Path
) -> None:
    from stancewatch.nlp.reader.encoding import Encoded
    from training.network import Network

    names = Names(load(shipped("rules")).actors, GRAMMARS["en"])
    reader = LearnedReader(made / "reader", names, re.compile("Ukraine"))
    network = Network(str(base)).eval()
    untaught = network.state_dict()["levels.weight"].clone()
    network.load_state_dict(torch.load(made / "scratch" / "weights.pt"))
    assert not torch.equal(network.state_dict()["levels.weight"], untaught)
    encoded = Encoded([101, 1, 2000, 3000, 9, 102], [0, 1, 0, 0, 0, 0], [(0, 0)] * 6)
    ids, own = torch.tensor([encoded.ids]), torch.tensor([encoded.own])
    with torch.no_grad():
        large = network(ids, torch.ones_like(ids), own)
    for small, whole in zip(reader._run(encoded), large, strict=True):
        assert np.abs(small - whole[0].numpy()).max() < 0.1


def test_where_torch_is_installed_the_passages_become_examples(base: Path, passages: Path) -> None:
    from tokenizers import Tokenizer

    from stancewatch.nlp.reader.encoding import prepare
    from stancewatch.nlp.reader.slots import LEVELS
    from training.build import prepared, token_span

    tokenizer = prepare(Tokenizer.from_file(str(base / "tokenizer.json")))
    items = prepared(tokenizer, passages)
    held = {(e.country, LEVELS[max(e.levels)]) for e, _ in items}
    assert held == {
        ("ES", "rejects"),
        ("SE", "willing"),
        ("IT", "open"),
        ("GR", "rejects"),
        ("PL", "rejects"),
        ("DK", "none"),
    }
    spain, encoded = next((e, x) for e, x in items if e.country == "ES")
    first, last = token_span(spain, encoded)
    words = tokenizer.decode(encoded.ids[first : last + 1])
    assert words == "will not send"
