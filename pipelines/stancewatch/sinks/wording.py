"""The words in which every sink tells a shift. Outside text is already one harmless line here."""

from __future__ import annotations

import re

from stancewatch.core.moment import Moment, Precision
from stancewatch.core.notification import Item, Notification, Quoted
from stancewatch.sinks.text import one_line

ARROW = "→"
UNKNOWN = "no known position"  # as in core.compose, so that headline and title agree
DOT = " · "

# Not strftime: its month names follow the machine's locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def title(item: Item) -> str:
    """`UK: open → willing`; without an arrow where the level is what it was."""
    name, new = one_line(item.name), one_line(item.to_level)
    if item.from_level == item.to_level:
        return f"{name}: {new}"
    return f"{name}: {one_line(item.from_level or UNKNOWN)} {ARROW} {new}"


def qualities(item: Item) -> tuple[str, ...]:
    """What a reader must know beside the levels: condition, scope, how the words reached us."""
    parts = (item.condition, item.scope, item.now.how)
    return tuple(filter(None, (one_line(part or "") for part in parts)))


def speaker(quoted: Quoted) -> str:
    return ", ".join(filter(None, (one_line(quoted.speaker or ""), one_line(quoted.office or ""))))


def in_marks(quoted: Quoted, words: str) -> str:
    """Words of the source stand in quotation marks; a summary says what it is."""
    return f"“{words}”" if quoted.verbatim else f"{words} (recorded baseline)"


def when(moment: Moment | None) -> str:
    """`16 Feb 2025, 21:30 UTC`, and no more precise than what is known."""
    if moment is None:
        return "undated"
    at, month = moment.at, _MONTHS[moment.at.month - 1]
    match moment.precision:
        case Precision.YEAR:
            return f"{at.year}"
        case Precision.MONTH:
            return f"{month} {at.year}"
        case Precision.DAY:
            return f"{at.day} {month} {at.year}"
        case _:
            return f"{at.day} {month} {at.year}, {at:%H:%M} UTC"


def origins(item: Item) -> str:
    """`One origin (6 copies)`: forty papers with one wire story are one witness."""
    sources = "One origin" if item.witnesses == 1 else f"{item.witnesses} origins"
    if item.copies <= item.witnesses:
        return sources
    return f"{sources} ({item.copies} copies)"


def happened(item: Item) -> str:
    """The day it happened, where the quoted words bear another date."""
    quoted_on = item.now.at and item.now.at.at.date()
    return "" if item.happened_at.at.date() == quoted_on else f"since {when(item.happened_at)}"


def because(item: Item) -> str:
    reason = one_line(item.because)
    return f"sent because: {reason}" if reason else ""


def why_command(item: Item, notification: Notification) -> str:
    topic = one_line(notification.topic)
    return f"{one_line(notification.command)} why {one_line(item.country)} {topic}"


def headline(notification: Notification) -> str:
    """The headline; what was withdrawn never stands in large letters without saying so."""
    line = one_line(notification.headline)
    if withdrawn(notification) and "retract" not in line.lower():
        return f"Retracted: {line}"
    return line


def withdrawn(notification: Notification) -> bool:
    items = notification.items
    return bool(items) and all(item.retracted for item in items)


def only_item(notification: Notification) -> Item | None:
    """The one item whose title can stand for the headline, as the headline says no more."""
    if len(notification.items) != 1 or notification.summit or withdrawn(notification):
        return None
    item = notification.items[0]
    return item if _bare(title(item)) == _bare(notification.headline) else None


def _bare(text: str) -> str:
    """Letters and digits alone, so that flags, arrows and spaces make no difference."""
    return re.sub(r"[\W_]+", " ", text).strip().casefold()
