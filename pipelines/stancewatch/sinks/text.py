"""Outside text made harmless, whatever the sink: one line, nothing unseen, nothing that steers.

Words, names and URLs in a Notification come from strangers' pages. Every sink passes them through
here before it adds its own escaping.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

ELLIPSIS = "…"
URL_LIMIT = 2_000
MARKS_LIMIT = 4  # stacked accents above this deface the lines around them

_BLANK = frozenset("\t\n\v\f\r\x85\u2028\u2029")
# Drawn as nothing although they are letters or marks: fillers, joiners, variation selectors.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    map(chr, range(0xE0100, 0xE01F0))
)
# A whole terminal command (colour, cursor, window title), so that no "[31m" is left of it.
_COMMAND = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?\Z")
_SAFE = "/%:!$&'()*+,;=~-._"


def one_line(text: str) -> str:
    """`text` without controls, escapes, bidi overrides or unseen characters, on a single line."""
    return " ".join("".join(_visible(_COMMAND.sub("", text))).split())


def _visible(text: str) -> Iterator[str]:
    marks = 0
    for char in text:
        kind = unicodedata.category(char)
        marks = marks + 1 if kind[0] == "M" else 0
        if char in _BLANK:
            yield " "
        elif kind[0] != "C" and char not in _UNSEEN and marks <= MARKS_LIMIT:
            yield char


def shorten(text: str, limit: int, cost: Callable[[str], int] = len) -> str:
    """`text` if it costs no more than `limit`, else cut between characters, with an ellipsis."""
    if sum(map(cost, text)) <= limit:
        return text
    head = text[: _last_fitting(text, limit - cost(ELLIPSIS), cost)].rstrip()
    word_end = head.rfind(" ")
    # A whole word reads better, unless the last one is so long that much would be lost.
    if word_end > 0 and len(head) - word_end < 20:
        head = head[:word_end]
    return head + ELLIPSIS


def _last_fitting(text: str, room: int, cost: Callable[[str], int]) -> int:
    end = 0
    while end < len(text) and (room := room - cost(text[end])) >= 0:
        end += 1
    # A letter is never parted from its accents.
    while 0 < end < len(text) and unicodedata.category(text[end])[0] == "M":
        end -= 1
    return end


@dataclass(frozen=True, slots=True)
class Link:
    """A web address that is safe to print: ASCII, http or https, no user part. `host` names it."""

    href: str
    host: str


def web_link(url: str | None) -> Link | None:
    """`url` as a Link, or None for anything that is no plain web address.

    A reader sees `host`, never words chosen by a stranger: a link cannot pose as another site.
    """
    if not url or len(url) > URL_LIMIT:
        return None
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii").lower()
        netloc = f"{host}:{parts.port}" if parts.port is not None else host
        path, query = quote(parts.path, _SAFE), quote(parts.query, _SAFE + "?")
        href = urlunsplit((parts.scheme, netloc, path, query, quote(parts.fragment, _SAFE + "?")))
    except ValueError:  # a bad port, bracket, label or lone surrogate
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.match(host):
        return None
    return Link(href, host.removeprefix("www.")) if len(href) <= URL_LIMIT else None
