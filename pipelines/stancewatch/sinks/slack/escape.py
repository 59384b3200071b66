"""Outside text for Slack: it can be read, and that is all it can do.

Nothing from outside may ping, format, strike, draw an emoji, or choose the words of a link. What
has a meaning in mrkdwn is replaced by a look-alike, then `& < >` become entities, in that order.
Lengths are counted in UTF-16 units of the escaped text, the stricter of the ways Slack may count.
"""

from __future__ import annotations

import re

from stancewatch.sinks.text import Link, one_line, shorten

LINK_LIMIT = 1_000  # a longer address is named, not linked: two must fit into one section

_LOOK_ALIKES = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", "@": "＠"})
# A colon that could begin an emoji's name, even one that our own colon would complete; a clock's
# (11:40:30) cannot.
_EMOJI = re.compile(r"(?<!\d):(?=[\w+'-])|:(?=[^\W\d]|[+'-])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape(outside: str, limit: int) -> str:
    """`outside` as inert mrkdwn or plain_text of at most `limit` units, never cut in an entity."""
    return entities(shorten(_tame(one_line(outside)), limit, _cost))


def _tame(line: str) -> str:
    return _EMOJI.sub("∶", line.translate(_LOOK_ALIKES))


def entities(text: str) -> str:
    return "".join(_ENTITIES.get(char, char) for char in text)


def link(target: Link | None) -> str:
    """`<https://...|host>`: the host is all that is shown, so the link cannot pose as another."""
    if target is None:
        return "no link"
    href = entities(target.href)
    shown = escape(target.host, 80)
    return f"<{href}|{shown}>" if units(href) <= LINK_LIMIT else f"{shown} (address too long)"


def units(text: str) -> int:
    """Length in UTF-16 units: a character outside the basic plane counts twice."""
    return len(text) + sum(char > "\uffff" for char in text)


def _cost(char: str) -> int:
    return units(_ENTITIES.get(char, char))
