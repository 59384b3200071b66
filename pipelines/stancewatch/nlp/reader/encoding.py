"""Pieces of a masked passage as the numbers that the network reads, and back to characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stancewatch.nlp.reader.masking import OTHERS, OWN, Piece

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LONGEST = 192  # tokens of a passage; what is longer is cut at its end


@dataclass(frozen=True, slots=True)
class Encoded:
    """`own` is 1 at tokens of the candidate's names; `spans` are characters of the normal text,
    (0, 0) for tokens that stand for nothing in it."""

    ids: list[int]
    own: list[int]
    spans: list[tuple[int, int]]


def prepare(tokenizer: Tokenizer) -> Tokenizer:
    """Placeholders stay whole, passages are cut at LONGEST."""
    tokenizer.add_special_tokens([*OWN.values(), *OTHERS.values()])
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    return tokenizer


def encode(tokenizer: Tokenizer, pieces: Sequence[Piece]) -> Encoded:
    text, starts = "", []
    for piece in pieces:
        starts.append(len(text))
        text += piece.text
    found = tokenizer.encode(text)
    own, spans, at = [], [], 0
    for start, end in found.offsets:
        while at + 1 < len(pieces) and start >= starts[at + 1]:
            at += 1
        piece = pieces[at]
        if start == end:
            own.append(0)
            spans.append((0, 0))
            at = 0
            continue
        own.append(int(piece.own))
        if piece.mask:
            spans.append((piece.start, piece.end))
        else:
            shift = piece.start - starts[at]
            spans.append((start + shift, end + shift))
    return Encoded(found.ids, own, spans)
