"""How a message reads on a terminal, in a file and in a narrow window."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len

from stancewatch.core.notification import Form, Notification
from stancewatch.sinks.console import ConsoleSink
from tests.sinks.samples import notification, paris_summit, quoted, uk_alert, uk_item

UK = """\
🇬🇧 UK: open → willing
   if necessary · inside Ukraine · own words
   Now     “If it is needed, we stand ready to put our own troops on the
           ground.”
           Alex Example, prime minister · The Daily Example
           16 Feb 2025, 21:30 UTC
           https://www.daily.example/world/2025/02/16/troops?a=1&b=2
   Before  open: “We will play our full part in security guarantees, and I rule
           nothing out.”
           Alex Example, prime minister · Example Broadcasting · 3 Feb 2025
           https://news.example-broadcasting.example/politics/4711
   One origin (6 copies) · sent because: head of government, own words
   Rule en-ready-to-send · stancewatch why GB troop-deployment
"""


def printed(said: Notification, *, width: int = 80, colour: bool | None = None) -> str:
    stream = io.StringIO()
    ConsoleSink(stream, width=width, colour=colour).send(said, None)
    return stream.getvalue()


def test_a_single_shift_reads_as_designed() -> None:
    assert printed(uk_alert()).rstrip() == UK.rstrip()


def test_a_terminal_gets_styles_and_a_file_does_not() -> None:
    assert "\x1b[1mUK: open → willing\x1b[0m" in printed(uk_alert(), colour=True)
    assert "\x1b" not in printed(uk_alert())


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("said", [uk_alert(), paris_summit(), paris_summit(is_digest=True)])
def test_no_line_but_an_address_is_wider_than_the_window(said: Notification, width: int) -> None:
    for line in printed(said, width=width).splitlines():
        assert cell_len(line) <= width or line.lstrip().startswith("https://")
        assert line == line.rstrip()


def test_an_address_stays_in_one_piece() -> None:
    url = "https://daily.example/" + "x" * 200
    assert url in printed(notification(uk_item(now=quoted("Yes.", url=url))), width=40).split()


def test_a_retracted_shift_says_so_without_colour() -> None:
    text = printed(notification(uk_item(retracted=True)))
    assert text.startswith("Retracted: UK: open → willing\n")
    assert "UK: open → willing (retracted)" in text


def test_edits_and_replies_are_told_from_news() -> None:
    assert printed(uk_alert(form=Form.EDIT)).startswith("Updated: 🇬🇧 UK")
    reply = notification(form=Form.REPLY, headline="UK: condition dropped")
    assert printed(reply).startswith("↳ UK: condition dropped\n")


def test_rich_s_own_markup_is_only_text() -> None:
    words = "[red]no[/red] [link=https://evil.example]x[/link] :tada:"
    assert words in printed(notification(uk_item(now=quoted(words))), colour=False)


def test_a_stream_that_knows_only_ascii_still_gets_the_message() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    ConsoleSink(stream, width=80).send(uk_alert(), None)
    assert b"UK: open -> willing" in raw.getvalue()
