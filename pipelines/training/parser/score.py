"""Measure a parser on the test sets: attachment (punctuation left out), tags, lemmas, speed.

    python -m training.parser.score --treebanks DIR [--model DIR]

Parses start from raw text, so wrong tokens and sentence boundaries count against the scores.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from training.parser import conllu
from training.parser.build import EWT, GUM, open_gum, read

PUD = "en_pud-ud-test.conllu.gz"
COLUMNS = {
    "UAS": "dep_uas", "LAS": "dep_las", "tag": "tag_acc", "lemma": "lemma_acc", "sents F": "sents_f"
}  # fmt: skip
RELATIONS = ("nsubj", "nsubj:pass", "obj", "obl", "ccomp", "xcomp", "conj", "parataxis")
SHIPPED = Path(__file__).parents[2] / "stancewatch" / "nlp" / "models" / "parser-en"


def main() -> None:
    options = _options()
    nlp = spacy.load(options.model)
    print("| test set | " + " | ".join((*COLUMNS, *(f"{r} F" for r in RELATIONS))) + " |")
    print("|---" * (1 + len(COLUMNS) + len(RELATIONS)) + "|")
    for name, documents in test_sets(options.treebanks):
        print(f"| {name} | " + " | ".join(f"{100 * x:.1f}" for x in scores(nlp, documents)) + " |")
    texts = [doc.text for doc in _docs(nlp, read(options.treebanks / PUD))]
    for label, left_out in (("all", []), ("tok2vec, tagger, parser", ["trainable_lemmatizer"])):
        with nlp.select_pipes(disable=left_out):
            print(f"{label}: {words_per_second(nlp, texts):,.0f} words/s")


def test_sets(treebanks: Path) -> Iterator[tuple[str, Iterator[conllu.Document]]]:
    yield "EWT test", read(treebanks / EWT.format(split="test"))
    yield "GUM test, open sources", open_gum(treebanks / GUM.format(split="test"))
    yield "PUD (never trained on)", read(treebanks / PUD)


def scores(nlp: Language, documents: Iterable[conllu.Document]) -> list[float]:
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in _docs(nlp, documents)]
    found = nlp.evaluate(examples)
    by_relation = found["dep_las_per_type"]
    return [found[key] for key in COLUMNS.values()] + [by_relation[r]["f"] for r in RELATIONS]


def words_per_second(nlp: Language, texts: list[str]) -> float:
    start = time.process_time()
    words = sum(len(doc) for doc in nlp.pipe(texts, batch_size=64))
    return words / (time.process_time() - start)


def _docs(nlp: Language, documents: Iterable[conllu.Document]) -> Iterator[Doc]:
    for document in documents:
        yield from conllu.docs(nlp.vocab, document)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--treebanks", type=Path, required=True, help="the folder of the treebanks")
    parser.add_argument("--model", type=Path, default=SHIPPED, help="the pipeline to measure")
    return parser.parse_args()


if __name__ == "__main__":
    main()
