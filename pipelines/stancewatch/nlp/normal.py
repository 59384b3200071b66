"""One form of a text for matching, with the way back to the text as it was given."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# One character for one, so offsets stay.
STRAIGHT = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201b": "'",
        "\u2032": "'",
        "\u0060": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u201f": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2212": "-",
    }
)
_JAMO = range(0x1160, 0x1200)  # Hangul vowels and finals: they join the letter before them


@dataclass(frozen=True, slots=True)
class Normal:
    """`text` is NFKC without invisible characters.

    `offsets` leads back, None where nothing moved.
    """

    original: str
    text: str
    offsets: tuple[int, ...] | None = None

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The `[start, end)` of the original that these characters came from."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end]

    def words(self, start: int, end: int) -> str:
        first, last = self.back(start, end)
        return self.original[first:last]


def normal(text: str) -> Normal:
    if text.isascii():
        return Normal(text, text.translate(STRAIGHT))
    if unicodedata.is_normalized("NFKC", text) and not any(map(_invisible, set(text))):
        return Normal(text, text.translate(STRAIGHT))
    pieces: list[str] = []
    offsets: list[int] = []
    for start, segment in _segments(text):
        piece = "".join(c for c in _nfkc(segment) if not _invisible(c))
        pieces.append(piece)
        offsets.extend([start] * len(piece))
    return Normal(text, "".join(pieces).translate(STRAIGHT), (*offsets, len(text)))


def _nfkc(segment: str) -> str:
    return unicodedata.normalize("NFKC", "".join(c for c in segment if not _invisible(c)))


def _segments(text: str) -> list[tuple[int, str]]:
    """Letters with the marks that belong to them, so that each can be normalised alone."""
    starts = [i for i, c in enumerate(text) if i == 0 or not _joins(c)]
    return [(a, text[a:b]) for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def _joins(char: str) -> bool:
    return bool(unicodedata.combining(char)) or _invisible(char) or ord(char) in _JAMO


def _invisible(char: str) -> bool:
    """Zero-width and soft characters; they hide "Nor\u200bway" from a search."""
    return unicodedata.category(char) == "Cf"


def lower(text: str) -> str:
    """Lower case of the same length ("İ".lower() is two characters)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
