"""What the rules find in a text, as one HTML page that needs nothing else.

It looks as displaCy's "ent" pages do: a figure for each mention, its words as entities, and below
them what was made of them. All that comes from the text is escaped, and the page may load nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from stancewatch.core.article import Article
from stancewatch.core.mention import Field, Mention
from stancewatch.core.occurrence import Telling
from stancewatch.jobs.detect import article_of
from stancewatch.jobs.explain import facts, position, summit_facts, told_as, visible
from stancewatch.jobs.page import page
from stancewatch.jobs.wiring import House
from stancewatch.nlp.explain import Dropped, Explanation, explain
from stancewatch.nlp.language import language_of
from stancewatch.nlp.marking import entities, excerpt, marks, words_in
from stancewatch.sinks.text import one_line

STYLE = """\
body { font: 16px -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; color: #222;
  background: #fff; max-width: 50rem; margin: 0 auto; padding: 3rem 1.5rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.1rem; border-bottom: 1px solid #ccc; padding-bottom: 0.3rem; }
figure { margin: 0 0 3rem; }
figure, li { unicode-bidi: isolate; overflow-wrap: anywhere; }
mark { -webkit-box-decoration-break: clone; box-decoration-break: clone; }
figcaption { font-size: 0.9rem; margin-top: 0.75rem; }
dl { display: grid; grid-template-columns: 6rem 1fr; gap: 0.2rem 1rem; margin: 0.5rem 0; }
dt, .aside { color: #666; }
dd { margin: 0; }
li { margin-bottom: 0.6rem; }
"""
UNTITLED = "What is found in the text"


def explain_page(house: House, record: Mapping[str, Any]) -> str:
    """The whole page. Where nothing was found it shows the text, and why nothing was."""
    article = article_of(record)
    found = explain(house.detector.open(), article)
    parts = [part for each in found for part in _topic(each, article, house)]
    if not any(each.mentions for each in found):
        parts.insert(0, f"<figure>{entities(visible(article.text), ())}</figure>")
    title = one_line(article.title) or UNTITLED
    content = "\n".join((f"<h1>{escape(title)}</h1>", *parts))
    return page(title, STYLE, content, language_of(article))


def _topic(each: Explanation, article: Article, house: House) -> Iterator[str]:
    yield f"<h2>{escape(each.topic)}</h2>"
    if each.why_nothing:
        yield f"<p>Nothing found: {escape(each.why_nothing)}.</p>"
    if each.holders and each.why_nothing:
        told = escape(one_line(", ".join(each.holders)))
        yield f'<p class="aside">Who could hold a position: {told}.</p>'
    for mention in each.mentions:
        yield _figure(_passages(mention, article), _mention_caption(mention, house))
    for telling in each.tellings:
        yield _figure((), _summit_caption(telling))
    if each.dropped:
        yield "<p>Read, and dropped:</p>"
        yield f"<ul>{''.join(map(_dropped, each.dropped))}</ul>"


def _figure(passages: Iterable[str], caption: str) -> str:
    return f"<figure>{''.join(passages)}<figcaption>{caption}</figcaption></figure>"


def _passages(mention: Mention, article: Article) -> Iterator[str]:
    """The words around the mention, in the title, the text or both."""
    for field in Field:
        words = words_in(article, field)
        if found := marks(words, field, [mention]):
            yield entities(*excerpt(visible(words), found))


def _mention_caption(mention: Mention, house: House) -> str:
    head = f"<strong>{escape(position(mention, house))}</strong>, {escape(told_as(mention))}"
    return head + _list(facts(mention))


def _summit_caption(telling: Telling) -> str:
    head = one_line(f"{telling.name}: {telling.outcome}")
    return f"<strong>{escape(head)}</strong>{_list(summit_facts(telling))}"


def _list(found: Mapping[str, str]) -> str:
    rows = (f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in found.items())
    return f"<dl>{''.join(rows)}</dl>"


def _dropped(drop: Dropped) -> str:
    return (
        f"<li><q>{escape(one_line(drop.words))}</q> ({escape(drop.rule)}): {escape(drop.why)}"
        f'<br><span class="aside">{escape(one_line(drop.sentence))}</span></li>'
    )
