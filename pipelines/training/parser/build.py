"""Build the parser: treebanks in, a spaCy pipeline out.

    python -m training.parser.build --treebanks DIR --out DIR

    read     CoNLL-U of EWT and of GUM's open genres (PUD is kept for measuring)
    keep     GUM documents whose source allows redistribution and sale
    convert  to spaCy's format, in a temporary folder
    train    by config.cfg, seed included; the checkpoint best on the development sets wins
    prune    the words of the treebanks from the vocabulary

The licence, notice and card in DIR are left as they are.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config

from training.parser import conllu, sources
from training.parser.prune import forget_addresses, prune

CONFIG = Path(__file__).with_name("config.cfg")
EWT = "en_ewt-ud-{split}.conllu.gz"
GUM = "gum-open/en_gum_open-{split}.conllu.gz"
PARTS = ("tok2vec", "tagger", "parser", "trainable_lemmatizer", "vocab")  # written anew
META = {
    "name": "stancewatch_parser",
    "version": "1.0.0",
    "description": "A small English parser (Universal Dependencies) for news",
    "license": "CC BY-SA 4.0",
    "author": "the stancewatch authors",
}


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        paths = {split: Path(scratch) / f"{split}.spacy" for split in ("train", "dev")}
        for split, path in paths.items():
            convert(options.treebanks, split, path)
        write(learn(paths, Path(scratch)), options.out)


def read(path: Path) -> Iterator[conllu.Document]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from conllu.documents(lines)


def open_gum(path: Path) -> Iterator[conllu.Document]:
    """The GUM documents that may be used; each one dropped is told on stderr."""
    for document in read(path):
        url = document.meta.get("sourceURL", "")
        if sources.licence(url):
            yield document
        else:
            print(f"dropped {document.name}: {url or 'no source'}", file=sys.stderr)


def convert(treebanks: Path, split: str, out: Path) -> None:
    vocab = spacy.blank("en").vocab
    box = DocBin()
    for documents in (
        read(treebanks / EWT.format(split=split)),
        open_gum(treebanks / GUM.format(split=split)),
    ):
        for document in documents:
            for doc in conllu.docs(vocab, document):
                box.add(doc)
    box.to_disk(out)


def learn(paths: dict[str, Path], scratch: Path) -> Language:
    overrides = {f"paths.{split}": str(path) for split, path in paths.items()}
    nlp = init_nlp(load_config(CONFIG, overrides=overrides))
    train(nlp, scratch, stdout=sys.stderr, stderr=sys.stderr)
    return spacy.load(scratch / "model-best")


def write(nlp: Language, out: Path) -> None:
    """The pipeline to `out`, over an older one."""
    for path in nlp.config["paths"]:
        nlp.config["paths"][path] = None  # where things lay on this machine is nobody's business
    nlp.meta.update(META)
    for part in PARTS:
        shutil.rmtree(out / part, ignore_errors=True)
    forget_addresses(nlp)
    nlp.to_disk(out)
    prune(out, nlp)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--treebanks", type=Path, required=True, help="the folder of the treebanks")
    parser.add_argument("--out", type=Path, required=True, help="where to write the pipeline")
    return parser.parse_args()


if __name__ == "__main__":
    main()
