"""A sentence as a row of chunks, and the one operation on it: rewrite what a pattern finds.

Reading is a cascade of such rewrites, in the manner of finite-state extraction: words become
names, names become holders, nouns become forces, and the cue patterns run over what is left. A
chunk that stands for something is written as a mark (`§h`), so that one pattern fits all names.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

HOLDER, DEMONYM, PLACE, TITLE = "§h", "§d", "§p", "§t"
FORCE, MISSION, NO_FORCE, NO_MISSION = "§f", "§m", "§f0", "§m0"  # "no soldiers"
PERSON, NATION, CITY, SEAT, PARTY, ARMY, GROUP, THEATRE = (
    "§P",
    "§N",
    "§C",
    "§S",
    "§Y",
    "§A",
    "§G",
    "§u",
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """`word` is what patterns see; `start` and `end` are characters of the normal text."""

    word: str
    start: int
    end: int
    value: object = None


@dataclass(frozen=True, slots=True)
class Found:
    """A match on a line: chunks `[first, last)`, and the regex groups as chunk ranges."""

    first: int
    last: int
    groups: tuple[tuple[int, int] | None, ...] = ()


Rewritten = Chunk | tuple[Chunk, ...] | None


@dataclass(frozen=True, slots=True)
class Line:
    chunks: tuple[Chunk, ...]
    text: str = field(init=False)
    starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        starts, at = [], 1
        for chunk in self.chunks:
            starts.append(at)
            at += len(chunk.word) + 1
        object.__setattr__(self, "starts", tuple(starts))
        object.__setattr__(self, "text", " " + "".join(c.word + " " for c in self.chunks))

    def __len__(self) -> int:
        return len(self.chunks)

    def words(self, first: int, last: int) -> str:
        """The chunks `[first, last)` as patterns see them, with a space on either side."""
        return " " + "".join(chunk.word + " " for chunk in self.chunks[max(first, 0) : last])

    def find(self, pattern: re.Pattern[str]) -> Iterator[Found]:
        for match in pattern.finditer(self.text):
            groups = tuple(
                None
                if match.start(g) < 0
                else (self.index(match.start(g)), self.index(match.end(g)))
                for g in range(1, pattern.groups + 1)
            )
            yield Found(self.index(match.start()), self.index(match.end()), groups)

    def index(self, char: int) -> int:
        """The chunk that starts at or after this character of `text`."""
        return bisect_left(self.starts, char)

    def rewrite(self, pattern: re.Pattern[str], make: Callable[[Line, Found], Rewritten]) -> Line:
        """Each match becomes the chunk or chunks that `make` gives; None leaves it as it was."""
        chunks: list[Chunk] = []
        done = 0
        for found in self.find(pattern):
            if found.last <= found.first or (chunk := make(self, found)) is None:
                continue
            chunks.extend(self.chunks[done : found.first])
            chunks.extend(chunk if isinstance(chunk, tuple) else (chunk,))
            done = found.last
        return self if not done else Line((*chunks, *self.chunks[done:]))

    def span(self, first: int, last: int) -> tuple[int, int]:
        return self.chunks[first].start, self.chunks[max(first, last - 1)].end


def joined(chunks: Sequence[Chunk], word: str, value: object) -> Chunk:
    return Chunk(word, chunks[0].start, chunks[-1].end, value)
