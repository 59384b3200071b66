"""What the rules find in a text and why, and whether their own examples still hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from stancewatch.core.article import Article
from stancewatch.core.compose import office_words, scope_words
from stancewatch.core.mention import Field, Mention, Span
from stancewatch.core.occurrence import Telling
from stancewatch.core.weigh import HOW
from stancewatch.jobs.detect import article_of
from stancewatch.jobs.wiring import House
from stancewatch.nlp.examples import found_in, misread
from stancewatch.nlp.explain import Explanation, explain
from stancewatch.sinks.text import one_line

HOLDER, CUE, CONDITION = "bold cyan", "bold yellow", "magenta"


def wrong_examples(house: House) -> list[str]:
    """One line for each example that is read otherwise than its rule file says."""
    detector = house.detector.open()
    return [
        f'{example.where}: "{example.text[:60]}...": {how}'
        for topic in house.book.topics.values()
        for example in topic.examples
        if (how := misread(example, found_in(detector, topic, example)))
    ]


def explain_lines(house: House, record: Mapping[str, Any]) -> Iterator[Text]:
    """The text with what was found in it marked, then each finding with its reasons."""
    article = article_of(record)
    found = explain(house.detector.open(), article)
    mentions = [mention for each in found for mention in each.mentions]
    yield from _marked(article, mentions)
    for each in found:
        yield from _topic_lines(each, house)


def _marked(article: Article, mentions: list[Mention]) -> Iterator[Text]:
    """Holder, cue and condition in the words of the article; one line for its title."""
    if not mentions:
        return
    for field, words in ((Field.TITLE, article.title), (Field.TEXT, article.text)):
        marked = Text(words)
        for mention in mentions:
            _mark(marked, mention.holder, field, HOLDER)
            _mark(marked, mention.cue, field, CUE)
            if mention.condition and mention.cue.field is field:
                place = words.find(mention.condition)
                if place >= 0:
                    marked.stylize(CONDITION, place, place + len(mention.condition))
        if words:
            yield marked
    yield Text.assemble(("holder", HOLDER), " · ", ("cue", CUE), " · ", ("condition", CONDITION))
    yield Text()


def _mark(text: Text, span: Span, field: Field, style: str) -> None:
    if span.field is field:
        text.stylize(style, span.start, span.end)


def _topic_lines(each: Explanation, house: House) -> Iterator[Text]:
    yield Text.assemble((each.topic, "bold"), f": {each.why_nothing or 'found'}")
    for mention in each.mentions:
        yield from _mention_lines(mention, house)
    for telling in each.tellings:
        yield from _telling_lines(telling)
    if each.holders and not (each.mentions or each.tellings):
        yield Text(f"  who could hold a position: {', '.join(map(one_line, each.holders))}")
    for drop in each.dropped:
        yield Text(f'  not "{one_line(drop.words)}" ({drop.rule}): {drop.why}', style="dim")


def _mention_lines(mention: Mention, house: House) -> Iterator[Text]:
    country = house.book.actors.countries.get(mention.country)
    name = country.name if country else mention.country
    yield Text.assemble(
        "  ",
        (f"{name}: {mention.level}", "bold"),
        f"  {mention.voice} voice, {HOW[mention.evidence]}",
    )
    speaker = ", ".join(filter(None, (mention.speaker, office_words(mention.office))))
    facts = {
        "holder": mention.holder.text,
        "cue": f"{mention.cue.text}  (rule {mention.rule})",
        "speaker": speaker,
        "condition": mention.condition or "",
        "scope": scope_words(mention.whose, mention.where),
        "said": str(mention.stated_at or "") + ("" if mention.current else " (older words)"),
        "confidence": f"{mention.confidence / 1000:.2f}",
        "because": "; ".join(mention.trace),
    }
    for label, fact in facts.items():
        if fact.strip():
            yield Text(f"    {label:<11}{one_line(fact)}")


def _telling_lines(telling: Telling) -> Iterator[Text]:
    yield Text.assemble("  ", (f"{one_line(telling.name)}: {telling.outcome}", "bold"))
    yield Text(f"    countries  {', '.join(telling.countries) or 'none named'}")
    yield Text(f"    quote      {one_line(telling.quote)}")
    yield Text(f"    rule       {telling.rule}")
