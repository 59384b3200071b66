"""Notification -> Block Kit, pure. Whatever comes in, the result is within Slack's limits.

A message is tried in full, then with shorter quotes, then as a digest, which is cut to fit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from stancewatch.core.notification import Form, Item, Notification, Quoted, Summit
from stancewatch.sinks.slack.escape import escape, link, units
from stancewatch.sinks.text import web_link
from stancewatch.sinks.wording import (
    DOT,
    because,
    happened,
    headline,
    in_marks,
    only_item,
    origins,
    qualities,
    speaker,
    title,
    when,
    why_command,
)

BLOCKS_LIMIT = 50
SECTION_LIMIT = 3_000
HEADER_LIMIT = 150
TEXT_LIMIT = 500  # the fallback that a phone shows
# Slack refuses somewhere above 13,000 characters of blocks, which it does not document.
# https://github.com/slackapi/bolt-js/issues/2509
MESSAGE_LIMIT = 10_000
DIGEST_LIMIT = 7_500  # of that, what the footer and the sections' frames leave
DIGEST_WORDS = 140
QUOTE_LENGTHS = (900, 240)  # in full, and where that does not fit

Block = dict[str, object]


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is what a notification shows where blocks cannot be."""

    text: str
    blocks: tuple[Block, ...]


def render(notification: Notification) -> Message:
    return Message(_fallback(notification), _blocks(notification))


def _blocks(notification: Notification) -> tuple[Block, ...]:
    if not notification.is_digest:
        for words in QUOTE_LENGTHS:
            blocks = tuple(_in_full(notification, words))
            if len(blocks) <= BLOCKS_LIMIT and size(blocks) <= MESSAGE_LIMIT:
                return blocks
    return tuple(_as_digest(notification))


def size(blocks: Sequence[Block]) -> int:
    """UTF-16 units of the blocks' JSON, the strictest reading of Slack's limit."""
    return units(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))


def _fallback(notification: Notification) -> str:
    line = escape(headline(notification), HEADER_LIMIT)
    if not notification.items:
        return line
    quote = escape(notification.items[0].now.words, TEXT_LIMIT - HEADER_LIMIT - 5)
    return f"{line} “{quote}”"


# The whole message


def _in_full(notification: Notification, words: int) -> Iterator[Block]:
    single = only_item(notification)
    yield from _top(notification)
    for number, item in enumerate(notification.items):
        if number:
            yield {"type": "divider"}
        lead = _facts(item) if single else _item_line(item)
        yield from _item(item, lead, words)
    yield _context(_commands(notification))


def _top(notification: Notification) -> Iterator[Block]:
    yield _heading(notification)
    if notification.summit:
        yield _summit(notification.summit)


def _heading(notification: Notification) -> Block:
    single = only_item(notification)
    line = f"{single.flag} {title(single)}" if single else headline(notification)
    if notification.form is Form.REPLY:  # a header is too loud in a thread
        return _section(f"*{escape(line, HEADER_LIMIT)}*")
    text = {"type": "plain_text", "text": escape(line, HEADER_LIMIT) or "Stance"}
    return {"type": "header", "text": text}


def _summit(summit: Summit) -> Block:
    quote = f"\n“{escape(summit.quote, 900)}”" if summit.quote else ""
    facts = (("Outcome", summit.outcome), ("Place", summit.place), ("Date", when(summit.at)))
    block = _section(f"*{escape(summit.name, 200)}*{quote}")
    fields = [_mrkdwn(f"*{name}*\n{escape(fact, 200)}") for name, fact in facts if fact]
    return block | {"fields": fields}


def _item(item: Item, lead: str, words: int) -> Iterator[Block]:
    now = _quoted("Said" if item.retracted else "Now", None, item.now, words)
    yield _section("\n".join(filter(None, (lead, now))))
    if item.before:
        yield _section(_quoted("Before", item.from_level, item.before, words))
    yield _context((_footing(item),))


def _item_line(item: Item) -> str:
    facts = _facts(item)
    return f"{_title(item)}{DOT}{facts}" if facts else _title(item)


def _title(item: Item) -> str:
    line = f"{escape(item.flag, 20)} *{escape(title(item), 120)}*".strip()
    return f"~{line}~ *retracted*" if item.retracted else line


def _facts(item: Item) -> str:
    return DOT.join(escape(fact, 200) for fact in qualities(item))


def _quoted(label: str, level: str | None, quoted: Quoted, words: int) -> str:
    holder = DOT.join(filter(None, (escape(level or "", 40), escape(speaker(quoted), 160))))
    lead = f"*{label}* {holder}:" if holder else f"*{label}*"
    return f"{lead} {in_marks(quoted, escape(quoted.words, words))}\n{_source(quoted)}"


def _source(quoted: Quoted) -> str:
    parts = (escape(quoted.outlet, 80), when(quoted.at), link(web_link(quoted.url)))
    return DOT.join(filter(None, parts))


def _footing(item: Item) -> str:
    reason, rule = escape(because(item), 300), f"rule {escape(item.rule, 80)}"
    parts = (origins(item), happened(item), reason, rule)
    return DOT.join(filter(None, parts))


def _commands(notification: Notification) -> Iterator[str]:
    """The command that explains the first item, and the other countries it also takes."""
    if not notification.items:
        yield "Why: `stancewatch why`"
        return
    first, *others = notification.items
    yield f"Why: `{escape(why_command(first, notification), 120)}`"
    countries = sorted({item.country for item in others} - {first.country})
    if countries:
        yield f"or {escape(', '.join(countries), 200)}"


# The digest


def _as_digest(notification: Notification) -> Iterator[Block]:
    yield from _top(notification)
    lines = [_digest_line(item) for item in notification.items]
    told = _how_many_fit(lines, DIGEST_LIMIT - size(tuple(_top(notification))))
    yield from map(_section, _packed(lines[:told]))
    if rest := notification.items[told:]:
        yield _context((_untold(rest),))
    yield _context(_commands(notification))


def _digest_line(item: Item) -> str:
    quote = in_marks(item.now, escape(item.now.words, DIGEST_WORDS))
    return DOT.join((_title(item), quote, _source(item.now), f"rule {escape(item.rule, 80)}"))


def _how_many_fit(lines: Sequence[str], room: int) -> int:
    for number, line in enumerate(lines):
        # JSON adds a backslash to quotes and newlines; a section's frame is shared by its lines.
        room -= units(json.dumps(line, ensure_ascii=False)) + 2
        if room < 0:
            return number
    return len(lines)


def _packed(lines: Iterable[str]) -> Iterator[str]:
    """Lines joined into as few sections as hold them."""
    section = ""
    for line in lines:
        joined = f"{section}\n{line}" if section else line
        if units(joined) > SECTION_LIMIT:
            yield section
            joined = line
        section = joined
    if section:
        yield section


def _untold(items: Sequence[Item]) -> str:
    names = escape(", ".join(map(title, items)), 400)
    return f"And {len(items)} more: {names}"


# Block Kit


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(texts: Iterable[str]) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text) for text in texts]}


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack must not look for names and addresses of its own accord.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
