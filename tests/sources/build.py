"""Feeds and clocks for tests, all written for them."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from stancewatch.core.feed import Feed

NOW = datetime(2025, 3, 4, 12, tzinfo=UTC)
FEED = Feed("https://harbour.example/rss", "harbour.example")


def clock() -> datetime:
    return NOW


def rss(*items: str, head: str = "") -> bytes:
    text = (
        f'<rss version="2.0"><channel><title>Harbour</title>{head}{"".join(items)}</channel></rss>'
    )
    return text.encode()


def item(
    title: str = "Cabinet meets",
    text: str = "The cabinet met on Monday.",
    link: str = "https://harbour.example/a",
    published: str = "Mon, 03 Mar 2025 09:00:00 GMT",
    more: str = "",
) -> str:
    return (
        f"<item><title>{escape(title)}</title><description>{escape(text)}</description>"
        f"<link>{escape(link)}</link><pubDate>{published}</pubDate>{more}</item>"
    )
