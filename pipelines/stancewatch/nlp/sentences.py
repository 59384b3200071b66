"""spaCy's tokenizer and sentence boundaries, tuned for news."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from stancewatch.nlp.languages.grammar import words_of
from stancewatch.nlp.normal import lower
from stancewatch.nlp.reader.line import Chunk

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

LONGEST = 250  # tokens: what goes on longer is a list or a table, and is cut to keep reading fast
LONG = 80  # tokens: a quotation longer than this has lost its closing mark
ENDS = frozenset(".?!…")
CLOSERS = frozenset("\"')]")
# A full stop behind these ends no sentence.
ABBREVIATIONS = words_of(
    "mr. mrs. ms. dr. gen. lt. col. sgt. capt. adm. sen. rep. gov. prof. st. jr. sr. no."
    " vs. u.s. u.k. u.n. e.u. jan. feb. mar. apr. aug. sept. sep. oct. nov. dec. sir. min."
    " rev. hon. j.d. j."
)


@lru_cache(maxsize=4)
def pipeline(language: str) -> Language:
    import spacy

    return spacy.blank(language)


@lru_cache(maxsize=65536)
def spaced(words: str, language: str = "en") -> str:
    """Words as the tokenizer would cut them, joined by spaces: "EU's" becomes "eu 's"."""
    return " ".join(lower(token.text) for token in pipeline(language)(words) if not token.is_space)


def sentences(text: str, language: str = "en") -> Iterator[tuple[Chunk, ...]]:
    """The sentences of a normal text as rows of chunks, one a token."""
    row: list[Chunk] = []
    doc = pipeline(language)(text)
    quoted = False
    for token in doc:
        if token.text == '"':
            quoted = not quoted
        if token.is_space:
            if "\n" in token.text and row:
                yield tuple(row)
                row, quoted = [], False
            continue
        row.append(Chunk(lower(token.text), token.idx, token.idx + len(token)))
        ends = (not quoted or len(row) > LONG) and _ends(doc, token, quoted)
        if ends or len(row) >= LONGEST:
            yield tuple(row)
            row = []
    if row:
        yield tuple(row)


def _ends(doc: Doc, token: Token, quoted: bool) -> bool:
    """Whether a sentence ends with this token. A quotation is not cut unless it closes here."""
    if token.text in CLOSERS:
        before = doc[token.i - 1].text if token.i else ""
        return before[-1:] in ENDS and not quoted and _starts_anew(doc, token.i + 1)
    if token.text[-1:] not in ENDS or lower(token.text) in ABBREVIATIONS:
        return False
    if token.i + 1 < len(doc) and doc[token.i + 1].text in CLOSERS and not token.whitespace_:
        return False
    return _starts_anew(doc, token.i + 1)


def _starts_anew(doc: Doc, index: int) -> bool:
    while index < len(doc) and doc[index].is_space:
        index += 1
    if index >= len(doc):
        return True
    following = doc[index].text
    return not following[:1].islower() and following not in {",", ";", ":", ")", "-", "–", "—"}
