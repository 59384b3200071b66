"""Text as strangers may write it, and a message that carries it wherever a message can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import cycle
from typing import TypeVar

from hypothesis import strategies as st

from stancewatch.core.notification import Notification, Quoted
from tests.sinks.samples import paris_summit, quoted

T = TypeVar("T")

NASTY = (
    "<!channel>", "<!here|x>", "<@U0123>", "<#C0123>", "@here", "@channel", "@everyone",
    "<https://evil.example|bbc.co.uk>", "<", ">", "|", "&", "&lt;!channel&gt;", "*", "_", "~", "`",
    "```", ":tada:", ":tada", "\n", "\r\n> quote", "\x1b[31m", "\x1b]8;;https://a.example\x1b\\x",
    "\x9b2J", "\u202e", "\u2066", "\u200b", "\u00ad", "\ufeff", "\ud800", "\x00", "\u2028",
    "\U000e0041",
    "[red]", "[/]", "[link=https://evil.example]x[/link]", "e" + "\u0301" * 30, "🇬🇧", "Україна",
    '"', "\\", "  ", "https://evil.example/", "javascript:alert(1)", "é" * 50, "&amp;" * 20,
)  # fmt: skip

URLS = (
    "javascript:alert(1)", "https://a.example/|x>", "https://a.example/<!channel>", "//a.example",
    "https://bbc.co.uk@evil.example/", "https://bbc.co.uk\\@evil.example/", "http://[::1", "",
    "https://a.example/?q=*b*&r=`c`#~d~", "https://тест.example/ж", "https://a.example:99999/",
    "https://a.example/\x1b[31m", "https://a.example/\u202egpj", "https://a.example/" + "&" * 1500,
    "https://a.example/a b\nc", "ftp://a.example/", "https://a.example/\ud800", "HTTPS://WWW.A.example",
    "https://" + "a" * 80 + ".example/", "https://a..example/",
)  # fmt: skip

words = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=12)), max_size=6).map("".join)
urls = st.one_of(st.none(), st.sampled_from(URLS), words.map("https://a.example/".__add__), words)


def carrying(say: Callable[[], str], url: Callable[[], str | None]) -> Notification:
    """The sample summit with everything that may come from outside replaced. The headline begins
    with a fixed word, so that its comparison with the title is settled."""
    base = paris_summit()
    items = tuple(
        replace(
            item,
            name=say(), country=say(), flag=say(), to_level=say(), from_level=say() or None,
            condition=say(), scope=say(), rule=say(), because=say(),
            now=_speaking(say, url), before=_speaking(say, url),
        )
        for item in base.items[:3]
    )  # fmt: skip
    assert base.summit is not None
    summit = replace(base.summit, name=say(), place=say(), outcome=say(), quote=say())
    return replace(base, headline=f"Summit {say()}", topic=say(), items=items, summit=summit)


def _speaking(say: Callable[[], str], url: Callable[[], str | None]) -> Quoted:
    return quoted(say(), outlet=say(), speaker=say(), office=say(), how=say(), url=url())


@st.composite
def notifications(draw: st.DrawFn) -> Notification:
    """A few hostile words and addresses, spread over all fields: each field gets each in time."""
    say, url = cycle(draw(_several(words))), cycle(draw(_several(urls)))
    # A letter in front keeps every field from being empty, so that the lines stay comparable.
    return carrying(lambda: f"w{next(say)}", lambda: next(url))


def _several(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    return st.lists(strategy, min_size=1, max_size=3)


def saying(word: str) -> Notification:
    """The same message with one word everywhere."""
    return carrying(lambda: word, lambda: "https://a.example/")
