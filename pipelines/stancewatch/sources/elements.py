"""The elements of a JSON array of any length, one at a time, in flat memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TextIO

PIECE = 65_536
_DECODER = json.JSONDecoder()


class ElementError(Exception):
    """The text breaks off (`cut`), or is not JSON from `line` on: no element after it is found."""

    def __init__(self, problem: str, line: int, *, cut: bool = False) -> None:
        super().__init__(problem, line)
        self.problem = problem
        self.line = line
        self.cut = cut


def elements(stream: TextIO, cap: int) -> Iterator[tuple[int, object]]:
    """Each element with the line it starts on; without an array, each value of the text."""
    window = _Window(stream, cap)
    array = window.peek() == "["
    if array:
        window.step()
    end = "]" if array else ""
    while (letter := window.peek()) not in (end, ""):
        yield window.line, window.value()
        if window.peek() == ",":
            window.step()
        elif array and window.peek() not in (end, ""):
            raise ElementError("a comma or the end of the array is missing", window.line)
    if array and not letter:
        raise ElementError("the array has no end", window.line, cut=True)
    if array:
        window.step()
    if window.peek() and array:
        raise ElementError("there is more after the end of the array", window.line)


class _Window:
    """A part of the text, which moves on as it is read."""

    def __init__(self, stream: TextIO, cap: int) -> None:
        self._stream = stream
        self._cap = cap
        self._text = ""
        self._at = 0
        self._ended = False
        self.line = 1

    def peek(self) -> str:
        """The next character that is no space; '' at the end."""
        while True:
            while self._at < len(self._text):
                if not self._text[self._at].isspace():
                    return self._text[self._at]
                self.step()
            if not self._more():
                return ""

    def step(self) -> None:
        self.line += self._text[self._at] == "\n"
        self._at += 1

    def value(self) -> object:
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise ElementError("an element is nested too deeply", self.line) from None
            except ValueError as error:
                if len(self._text) - self._at > self._cap:
                    problem = f"no element ends within {self._cap} characters"
                    raise ElementError(problem, self.line) from None
                if not self._more():
                    raise self._broken(error) from None
                continue
            if end < len(self._text) or not self._more():  # a number might go on
                self.line += self._text.count("\n", self._at, end)
                self._at = end
                return value

    def _broken(self, error: ValueError) -> ElementError:
        text = str(error)
        stop = getattr(error, "pos", 0)  # where the decoder stopped: at the end, if that is cut off
        cut = text.startswith("Unterminated") or stop >= len(self._text.rstrip())
        return ElementError(f"broken JSON: {text}", self.line, cut=cut)

    def _more(self) -> bool:
        """Twice as much each time, so that a long element is not parsed over and over."""
        piece = "" if self._ended else self._stream.read(max(PIECE, len(self._text) - self._at))
        self._ended = not piece
        self._text, self._at = self._text[self._at :] + piece, 0
        return bool(piece)
