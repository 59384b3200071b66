"""Prints messages for a person. Colour only on a terminal; plain text when piped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from stancewatch.core.notification import Form, Item, Notification, Quoted, Receipt, Summit
from stancewatch.errors import SinkAuthError
from stancewatch.sinks.text import one_line, shorten, web_link
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

INDENT = 3
LABEL = 8  # the column of Now, Before, ...
DIGEST_WORDS = 160
NARROWEST = 20

_MARKS = {Form.ROOT: "", Form.EDIT: "Updated: ", Form.REPLY: "↳ "}

# For a stream that cannot say these (an old Windows console, LANG=C).
_ASCII = str.maketrans(
    {"→": "->", "·": "-", "“": '"', "”": '"', "…": "...", "’": "'", "─": "-", "↳": ">"}
)


class ConsoleSink:
    """`width` and `colour` are found from the stream unless given."""

    def __init__(
        self, stream: TextIO, *, width: int | None = None, colour: bool | None = None
    ) -> None:
        self._stream = stream
        self._terminal = Console(file=stream, width=width, force_terminal=colour)

    def send(
        self,
        notification: Notification,
        root: Receipt | None,  # noqa: ARG002 - a page has no threads
    ) -> Receipt:
        self._write(self._drawn(notification))
        return Receipt(notification.delivery_key, notification.channel, notification.delivery_key)

    def find(
        self,
        notification: Notification,  # noqa: ARG002
        root: Receipt | None = None,  # noqa: ARG002
    ) -> Receipt | None:
        return None  # what was printed was seen to be printed: there is nothing to look up

    def _drawn(self, notification: Notification) -> str:
        # Drawn apart from the stream: rich would end the whole process at a broken pipe.
        drawing = StringIO()
        width, styled = self._terminal.width, self._terminal.is_terminal
        console = Console(file=drawing, width=width, force_terminal=styled)
        for line in page(notification, width):
            # Lines are Text, so rich reads no markup in them. They are already wrapped, and
            # soft_wrap keeps a long address in one piece.
            console.print(line, soft_wrap=True)
        return drawing.getvalue()

    def _write(self, text: str) -> None:
        try:
            self._stream.write(_speakable(text, self._stream.encoding))
            self._stream.flush()
        except OSError as error:
            raise SinkAuthError(
                f"cannot print: {error.strerror or type(error).__name__}", where="console"
            ) from error


def _speakable(text: str, encoding: str | None) -> str:
    """`text` as far as the stream can say it: a message is never lost over an arrow."""
    encoding = encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode(encoding, "replace").decode(encoding)
    return text


def page(notification: Notification, width: int) -> Iterator[Text]:
    """The message as wrapped lines, with an empty line after it."""
    mark = _MARKS[notification.form]
    if only_item(notification) is None:
        yield from _headline(mark + headline(notification), width)
        mark = ""
    if notification.summit:
        yield from _summit(notification.summit, width)
    for item in notification.items:
        if notification.is_digest:
            yield from _brief(item, width)
        else:
            yield from _full(item, notification, width, mark)
    yield Text()


def _headline(line: str, width: int) -> Iterator[Text]:
    yield from _wrapped(Text(line, style="bold"), width)
    yield Text("─" * min(width, 80), style="dim")


def _summit(summit: Summit, width: int) -> Iterator[Text]:
    facts = (summit.name, summit.place or "", when(summit.at), summit.outcome)
    yield from _facts(tuple(map(one_line, facts)), width)
    if summit.quote:
        yield from _wrapped(Text(f"“{one_line(summit.quote)}”"), width, INDENT)
    yield Text()


def _full(item: Item, notification: Notification, width: int, mark: str) -> Iterator[Text]:
    yield from _wrapped(Text(mark) + _title(item), width)
    yield from _facts(qualities(item), width, INDENT)
    yield from _quoted("Said" if item.retracted else "Now", "", item.now, width)
    if item.before:
        yield from _quoted("Before", one_line(item.from_level or ""), item.before, width)
    yield from _facts((origins(item), happened(item), because(item)), width, INDENT, "dim")
    ways = (f"Rule {one_line(item.rule)}", why_command(item, notification))
    yield from _facts(ways, width, INDENT, "dim")
    yield Text()


def _title(item: Item) -> Text:
    line = Text(f"{one_line(item.flag)} ".lstrip())
    line.append(title(item), style="strike" if item.retracted else "bold")
    return line.append(" (retracted)", style="bold") if item.retracted else line


def _quoted(label: str, level: str, quoted: Quoted, width: int) -> Iterator[Text]:
    margin = INDENT + LABEL
    words = Text(f"{level}: " if level else "", style="bold")
    words.append(in_marks(quoted, one_line(quoted.words)), style="not bold")
    first, *rest = _wrapped(words, width, margin)
    yield Text.assemble(" " * INDENT, (label.ljust(LABEL), "bold"), first[margin:])
    yield from rest
    source = (speaker(quoted), one_line(quoted.outlet), when(quoted.at))
    yield from _facts(source, width, margin, "dim")
    link = web_link(quoted.url)
    yield Text(" " * margin + (link.href if link else "(no link)"), style="dim")


def _brief(item: Item, width: int) -> Iterator[Text]:
    yield from _wrapped(_title(item), width)
    quote = shorten(one_line(item.now.words), DIGEST_WORDS)
    yield from _wrapped(Text(in_marks(item.now, quote)), width, INDENT)
    source = (one_line(item.now.outlet), when(item.now.at), f"rule {one_line(item.rule)}")
    yield from _facts(source, width, INDENT, "dim")
    if link := web_link(item.now.url):
        yield Text(" " * INDENT + link.href, style="dim")


def _facts(facts: Iterable[str], width: int, indent: int = 0, style: str = "") -> Iterator[Text]:
    """Facts between dots, broken at a dot rather than inside a fact."""
    line = ""
    for fact in filter(None, facts):
        joined = f"{line}{DOT}{fact}" if line else fact
        if line and cell_len(joined) > width - indent:
            yield from _wrapped(Text(line, style=style), width, indent)
            joined = fact
        line = joined
    if line:
        yield from _wrapped(Text(line, style=style), width, indent)


def _wrapped(text: Text, width: int, indent: int = 0) -> Iterator[Text]:
    for line in text.wrap(_MEASURE, max(width - indent, NARROWEST)):
        line.rstrip()
        yield Text(" " * indent) + line


_MEASURE = Console(width=80)  # Text.wrap asks a console for its tab size; nothing is printed
