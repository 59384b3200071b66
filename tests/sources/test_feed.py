"""Feeds become articles, or say why not; and no feed harms another."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stancewatch.core.article import Article
from stancewatch.core.failure import Failure
from stancewatch.core.feed import Feed
from stancewatch.sources.child import AUTHOR, MAX_ENTRIES, MAX_TEXT
from stancewatch.sources.dates import Undated
from stancewatch.sources.feed import FeedParser, FeedReading, Reason, language
from tests.sources.build import FEED, NOW, item, rss


def read(parser: FeedParser, body: bytes, feed: Feed = FEED) -> FeedReading:
    reading = parser.parse(body, feed, NOW)
    assert isinstance(reading, FeedReading), reading
    return reading


def articles(parser: FeedParser, body: bytes, feed: Feed = FEED) -> list[Article]:
    return [each for each in read(parser, body, feed).items if isinstance(each, Article)]


def refused(parser: FeedParser, body: bytes, **options: int) -> str:
    failure = parser.parse(body, FEED, NOW, **options)  # type: ignore[arg-type]
    assert isinstance(failure, Failure), failure
    assert failure.where == FEED.url
    return failure.reason


def test_an_rss_item_is_an_article(parser: FeedParser) -> None:
    (article,) = articles(parser, rss(item(more="<author>A. Writer</author>")))
    assert (article.title, article.text) == ("Cabinet meets", "The cabinet met on Monday.")
    assert (article.url, article.source) == ("https://harbour.example/a", "harbour.example")
    assert (str(article.published), article.author) == ("2025-03-03T09:00:00Z", "A. Writer")


def test_an_atom_entry_keeps_both_of_its_dates(parser: FeedParser) -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>H</title><entry>
        <id>urn:x</id><title type="html">A &lt;b&gt;title&lt;/b&gt;</title>
        <link href="/a?utm_source=rss"/><published>2025-03-01T10:00:00Z</published>
        <updated>2025-03-02T10:00:00Z</updated><summary>short</summary>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>Two.</p></div>
        </content></entry></feed>"""
    (article,) = articles(parser, body)
    assert (str(article.published), str(article.updated)) == (
        "2025-03-01T10:00:00Z",
        "2025-03-02T10:00:00Z",
    )
    assert (article.title, article.text) == ("A title", "One.\nTwo.")
    assert (article.url, article.lang) == ("https://harbour.example/a", "en")


def test_rdf_and_json_feeds_are_read(parser: FeedParser) -> None:
    rdf = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <item><title>T</title><link>https://harbour.example/r</link><dc:date>2025-03-03</dc:date>
        </item></rdf:RDF>"""
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": "1",
                "content_html": "<p>One.</p>",
                "url": "https://harbour.example/j",
                "date_published": "2025-03-03T10:00:00Z",
                "authors": [{"name": "A"}, {"name": "B"}],
            },
            {"id": 2, "title": "Bare"},
            "nonsense",
        ],
    }
    (from_rdf,) = articles(parser, rdf)
    assert str(from_rdf.published) == "2025-03-03"
    reading = read(parser, json.dumps(data).encode())
    first, second, third = reading.items
    assert isinstance(first, Article)
    assert (first.text, first.author, str(first.published)) == (
        "One.",
        "A, B",
        "2025-03-03T10:00:00Z",
    )
    assert isinstance(second, Article)
    assert isinstance(third, Failure)


def test_an_item_with_a_source_of_its_own_is_that_outlets(parser: FeedParser) -> None:
    with_url = item(more='<source url="https://www.wire.example/rss">The Wire</source>')
    with_name = item(link="https://harbour.example/b", more="<source>The Wire</source>")
    sources = [article.source for article in articles(parser, rss(with_url, with_name))]
    assert sources == ["wire.example", "The Wire"]


def test_what_has_no_words_is_a_failure_with_its_place(parser: FeedParser) -> None:
    body = rss(item(), item("", "<img src='x.png'>", "https://harbour.example/b"), item("C"))
    items = read(parser, body).items
    assert [type(each) for each in items] == [Article, Failure, Article]
    lost = items[1]
    assert isinstance(lost, Failure)
    assert (lost.where, lost.reason) == (FEED.url + "#2", Reason.NO_TEXT)
    assert "harbour.example/b" in lost.excerpt


def test_an_undated_item_is_kept_with_the_reason(parser: FeedParser) -> None:
    reading = read(parser, rss(item(published="03/04/2025"), item("B", published="")))
    assert [each.published for each in reading.items if isinstance(each, Article)] == [None, None]
    assert reading.undated == (
        (FEED.url + "#1", Undated.UNREADABLE),
        (FEED.url + "#2", Undated.NONE),
    )
    assert reading.newest is None


def test_a_link_that_many_entries_share_is_no_identity(parser: FeedParser) -> None:
    live = [item(f"Minute {number}", link="https://harbour.example/live") for number in range(4)]
    bare = [item(f"Note {number}", link="https://harbour.example/") for number in range(2)]
    twice = [
        item("Draft", link="https://harbour.example/b"),
        item("Final", link="https://harbour.example/b"),
    ]
    found = articles(parser, rss(*live, *bare, *twice))
    assert len({article.id for article in found[:6]}) == 6
    assert {article.url for article in found[:4]} == {"https://harbour.example/live"}
    assert found[6].id == found[7].id


def test_the_fullest_text_is_taken(parser: FeedParser) -> None:
    encoded = '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">{}</content:encoded>'
    body = rss(
        item(text="short", more=encoded.format("&lt;p&gt;The full story.&lt;/p&gt;")),
        item("B", text="A long summary.", more=encoded.format("B")),
        item("C", text="summary", more=encoded.format("x" * (MAX_TEXT + 1))),
    )
    texts = [article.text for article in articles(parser, body)]
    assert texts == ["The full story.", "A long summary.", "summary"]


@pytest.mark.parametrize(
    "reference", ["&#xD800;", "&#0;", "&#x110000;", "&#99999999999999;", "&#8;"]
)
def test_an_illegal_reference_loses_no_item(reference: str, parser: FeedParser) -> None:
    body = rss(item("REF & co"), item("Healthy")).replace(b"REF", reference.encode())
    for broken in (body, body.replace(b"&amp;", b"&")):  # the strict parser, then the lenient one
        assert [article.title for article in articles(parser, broken)][1] == "Healthy"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
def test_encodings(encoding: str, parser: FeedParser) -> None:
    text = rss(item("Élysée")).decode()
    if encoding == "iso-8859-1":
        text = '<?xml version="1.0" encoding="iso-8859-1"?>' + text
    assert articles(parser, text.encode(encoding))[0].title == "Élysée"


def test_markup_and_control_characters_stay_outside(parser: FeedParser) -> None:
    body = rss(item("<script>alert(1)</script>A\u202eb <!channel>", "x\x07y"))
    article = articles(parser, body)[0]
    assert article.title == "Ab"
    assert "\x07" not in article.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0",
        b"<html><body>Please accept our cookies</body></html>",
        b"<rss",
        b"{}",
        b"[]",
        b'{"version": "https://jsonfeed.org/version/1", "items": 3}',
        b"{" * 100_000,
        b'{"version": 1' + b"[" * 100_000,
        b"%PDF-1.7",
        b"<note><to>x</to></note>",
    ],
)
def test_what_is_no_feed_is_a_failure(body: bytes, parser: FeedParser) -> None:
    assert refused(parser, body) == Reason.NOT_A_FEED


def test_a_feed_without_items_is_no_failure(parser: FeedParser) -> None:
    assert read(parser, rss()).items == ()


def test_a_feed_that_breaks_off_keeps_what_came_before(parser: FeedParser) -> None:
    whole = rss(item("One"), item("Two"), item("Three"))
    assert [a.title for a in articles(parser, whole[: whole.index(b"Three")])][:2] == ["One", "Two"]


def test_entries_beyond_the_cap_are_one_failure(parser: FeedParser) -> None:
    items = read(parser, rss(*["<item><title>x</title></item>"] * (MAX_ENTRIES + 7))).items
    assert len(items) == MAX_ENTRIES + 1
    last = items[-1]
    assert isinstance(last, Failure)
    assert (last.reason, last.detail[:2]) == (Reason.SURPLUS, "7 ")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=2000), st.binary(max_size=300).map(lambda noise: rss(item()) + noise)
    )
)
def test_no_bytes_are_a_surprise(parser: FeedParser, body: bytes) -> None:
    reading = parser.parse(body, FEED, NOW)
    assert isinstance(reading, FeedReading | Failure)


PARTS = rb"""
    <item> </item> <title> </title> <link> x &lt;p&gt; <![CDATA[ ]]> <!-- --> &#xD800; <author>
    <pubDate> \xff <source url=' '> <guid> 2025-01-01 <content type='xhtml'> <div>
    <entry> <updated> & < >
"""


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*PARTS.split(), b" ", b"\xff"])))
def test_no_heap_of_feed_parts_is_a_surprise(parser: FeedParser, parts: Sequence[bytes]) -> None:
    reading = parser.parse(b"<rss><channel>" + b"".join(parts), FEED, NOW)
    assert isinstance(reading, FeedReading | Failure)


def quick(parser: FeedParser, body: bytes) -> FeedReading | Failure:
    started = time.monotonic()
    reading = parser.parse(body, FEED, NOW)
    assert time.monotonic() - started < 4
    return reading


@pytest.mark.parametrize(
    "more",
    [
        "<author>a@" + "a." * 32_000 + "!</author>",
        "<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>a@"
        + "a." * 32_000
        + "!</dc:creator>",
        "<managingEditor>" + "a@" * 32_000 + "</managingEditor>",
    ],
)
def test_a_hostile_author_costs_nobody_anything(more: str, parser: FeedParser) -> None:
    reading = quick(parser, rss(item(more=more), item("Healthy")))
    assert isinstance(reading, FeedReading)
    assert [each.title for each in reading.items if isinstance(each, Article)][-1] == "Healthy"
    assert all(
        len(each.author or "") <= AUTHOR for each in reading.items if isinstance(each, Article)
    )


@pytest.mark.slow
def test_a_storm_of_comments_or_attributes_ends_within_its_budget() -> None:
    storms = [
        rss(item("REF")).replace(b"REF", b"<!--" * 500_000),
        rss("<item " + " ".join(f"a{number}='x'" for number in range(100_000)) + "/>"),
        rss(item(text="<" + "!" * 200_000)),
        rss(item(text="<a " * 100_000)),
        b"<rss>" + b"<a>" * 300_000,
    ]
    with FeedParser() as parser:
        for storm in storms:
            started = time.monotonic()
            reading = parser.parse(storm, FEED, NOW, cpu=2)
            assert isinstance(reading, FeedReading | Failure)
            assert time.monotonic() - started < 6
            assert articles(parser, rss(item()))


@pytest.mark.slow
def test_a_child_is_killed_at_its_deadline_and_another_one_serves() -> None:
    # Nested tables make html.parser and feedparser slow together: more than two seconds' work.
    slow = rss("<item>" + "<x>" * 400_000 + "</item>", "<item " + "b='c' " * 400_000 + "/>")
    with FeedParser() as parser:
        assert articles(parser, rss(item()))
        first = parser._child
        started = time.monotonic()
        failure = parser.parse(slow * 2, FEED, NOW, cpu=1)
        assert time.monotonic() - started < 4
        assert isinstance(failure, Failure)
        assert failure.reason in (Reason.KILLED, Reason.CRASHED)
        assert articles(parser, rss(item()))
        assert parser._child is not first


def test_one_child_serves_feed_after_feed(parser: FeedParser) -> None:
    articles(parser, rss(item()))
    child = parser._child
    for _ in range(20):
        articles(parser, rss(item()))
    assert parser._child is child


def test_the_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    with FeedParser() as parser:
        articles(parser, rss(item()))
        assert parser._child is not None
        environment = open(f"/proc/{parser._child.pid}/environ", "rb").read()  # noqa: PTH123, SIM115
    assert b"PYTHONPATH" in environment
    assert b"xoxb" not in environment


def test_a_dead_child_is_replaced() -> None:
    with FeedParser() as parser:
        articles(parser, rss(item()))
        assert parser._child is not None
        parser._child.kill()
        parser._child.wait()
        assert articles(parser, rss(item()))


@pytest.mark.parametrize(
    ("tag", "code"), [("en-GB", "en"), ("de_AT", "de"), ("UK", "uk"), ("", None), ("english", None)]
)
def test_languages(tag: str, code: str | None) -> None:
    assert language(tag) == code
