"""CoNLL-U to spaCy Docs.

Not spaCy's own converter: that one puts a space inside a multiword token ("do n't"), so the
parser would learn on text that no newspaper prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from spacy.tokens import Doc
from spacy.vocab import Vocab

SENTENCES_PER_DOC = 10

# Too rare to be learnt; the plain relation is.
_MERGED = {"csubj:outer": "csubj", "csubj:pass": "csubj"}


class ConlluError(ValueError):
    """A line is not CoNLL-U."""


@dataclass(frozen=True, slots=True)
class Word:
    form: str
    lemma: str
    upos: str
    xpos: str
    feats: str
    head: int  # counted from 1 inside the sentence; 0 is the root
    relation: str
    space: bool  # does a space follow?


@dataclass(frozen=True, slots=True)
class Document:
    """A newdoc block: its id, its `meta::` lines, its sentences."""

    name: str
    meta: dict[str, str] = field(default_factory=dict)
    sentences: tuple[tuple[Word, ...], ...] = ()


def documents(lines: Iterable[str]) -> Iterator[Document]:
    """The documents of a CoNLL-U file, in order."""
    name, meta, sentences = "", dict[str, str](), list[tuple[Word, ...]]()
    for block in _blocks(lines):
        opening = _comment(block, "newdoc id")
        if opening is not None:
            if sentences:
                yield Document(name, meta, tuple(sentences))
            name, meta, sentences = opening, _meta(block), []
        sentences.append(sentence(block))
    if sentences:
        yield Document(name, meta, tuple(sentences))


def sentence(block: Iterable[str]) -> tuple[Word, ...]:
    """The syntactic words of one block; empty nodes (8.1) are left out."""
    words: list[Word] = []
    inside, space_after_range = 0, True
    for line in block:
        if line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 10:
            raise ConlluError(f"10 columns expected, {len(columns)} found: {line!r}")
        number = columns[0]
        if "." in number:
            continue
        if "-" in number:
            inside, space_after_range = int(number.split("-")[1]), _space(columns)
            continue
        words.append(_word(columns, int(number), inside, space_after_range))
    return tuple(words)


def docs(vocab: Vocab, document: Document, size: int = SENTENCES_PER_DOC) -> Iterator[Doc]:
    """The document as Docs of at most `size` sentences."""
    for start in range(0, len(document.sentences), size):
        yield doc(vocab, document.sentences[start : start + size])


def doc(vocab: Vocab, sentences: Iterable[tuple[Word, ...]]) -> Doc:
    words: list[Word] = []
    heads: list[int] = []
    starts: list[bool | int | None] = []
    for one in sentences:
        offset = len(words)
        heads += [offset + (w.head - 1 if w.head else i) for i, w in enumerate(one)]
        starts += [i == 0 for i in range(len(one))]
        words += one
    return Doc(
        vocab,
        words=[w.form for w in words],
        spaces=[w.space for w in words],
        tags=[w.xpos for w in words],
        pos=[w.upos for w in words],
        morphs=[w.feats for w in words],
        lemmas=[w.lemma for w in words],
        heads=heads,
        deps=["ROOT" if w.head == 0 else w.relation for w in words],
        sent_starts=starts,
    )


def _word(columns: list[str], number: int, inside: int, space_after_range: bool) -> Word:
    word = Word(
        form=columns[1],
        lemma=columns[1] if columns[2] == "_" else columns[2],
        upos=columns[3],
        xpos=columns[4],
        feats="" if columns[5] == "_" else columns[5],
        head=int(columns[6]),
        relation=_MERGED.get(columns[7], columns[7]),
        space=_space(columns),
    )
    if number < inside:
        return replace(word, space=False)
    return replace(word, space=space_after_range) if number == inside else word


def _space(columns: list[str]) -> bool:
    return "SpaceAfter=No" not in columns[9].split("|")


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for raw in lines:
        line = raw.rstrip("\r\n")
        if line:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _comment(block: Iterable[str], key: str) -> str | None:
    start = f"# {key} = "
    return next((line[len(start) :].strip() for line in block if line.startswith(start)), None)


def _meta(block: Iterable[str]) -> dict[str, str]:
    pairs = (
        line[len("# meta::") :].split(" = ", 1) for line in block if line.startswith("# meta::")
    )
    return {pair[0]: pair[1].strip() for pair in pairs if len(pair) == 2}
