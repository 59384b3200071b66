"""Plain words out of markup, once: what is kept is text, and is escaped again only where shown."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from html.parser import HTMLParser

_BLOCKS = """
    address article aside blockquote br dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6
    header hr li main nav ol p pre section table tbody td th thead tr ul
"""
BLOCKS = frozenset(_BLOCKS.split())
UNSEEN = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg"})
MARKS = 30  # combining marks on one letter; more is an attack on normalisation (UAX 15)

# Characters that no text needs: they hide words, forge log lines or turn the direction of writing.
# Joiners (U+200C, U+200D) stay, for some scripts are spelled with them.
_LINES = dict.fromkeys([*range(0x0A, 0x0E), 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029], "\n")
_GONE = dict.fromkeys(
    [
        *(point for point in (*range(0x20), *range(0x7F, 0xA0)) if point not in (*_LINES, 9)),
        0xAD,
        0x200B,
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2065),
        *range(0x2066, 0x206A),
        0xFEFF,
        *range(0xFFF9, 0xFFFC),
        *range(0xD800, 0xE000),  # half characters, which no store can encode
    ]
)
_UNWANTED: dict[int, str | None] = {**_GONE, **_LINES}
_STRANGE = re.compile(r"[^\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff]")
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?(?:\n ?)+")
_MARKED = re.compile(rf"[^\w\s\x00-\x7f]{{{MARKS + 1},}}")
_TAG = re.compile(r"<[^<>]*>")


def clean(text: str) -> str:
    """NFC, without control characters, each run of spaces one space, each paragraph one line."""
    if _STRANGE.search(text):
        text = text.replace("\r\n", "\n").translate(_UNWANTED)
        text = unicodedata.normalize("NFC", _MARKED.sub(_unmarked, text))
    return _BREAKS.sub("\n", _SPACES.sub(" ", text)).strip()


def line(text: str) -> str:
    """`clean`, on one line."""
    return clean(text).replace("\n", " ")


def _unmarked(run: re.Match[str]) -> str:
    """The run with the combining marks beyond `MARKS` left out, so that NFC stays linear."""
    found = run.group()
    rest = (mark for mark in found[MARKS:] if not unicodedata.combining(mark))
    return found[:MARKS] + "".join(rest)


def html_to_text(markup: str) -> str:
    """The words of a piece of HTML, a line for each block; scripts and styles are left out."""
    if "<" not in markup and "&" not in markup:
        return clean(markup)
    stripper = _Stripper()
    try:
        stripper.feed(markup)
        stripper.close()
    except AssertionError:  # html.parser's word for a declaration that it cannot make out
        return clean(unescape(_TAG.sub(" ", markup)))
    return clean("".join(stripper.pieces))


class _Stripper(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = ""  # the element whose content is being skipped

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        if not self._unseen and tag in UNSEEN:
            self._unseen = tag
        self._break(tag)

    def handle_startendtag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = ""
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data)

    def _break(self, tag: str) -> None:
        if tag in BLOCKS:
            self.pieces.append("\n")
