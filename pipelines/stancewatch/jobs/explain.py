"""What the rules find in a text and why, and whether their own examples still hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from stancewatch.core.article import Article
from stancewatch.core.compose import office_words, scope_words
from stancewatch.core.mention import Field, Mention
from stancewatch.core.occurrence import Telling
from stancewatch.core.weigh import HOW
from stancewatch.jobs.detect import article_of
from stancewatch.jobs.wiring import House
from stancewatch.nlp.examples import found_in, misread
from stancewatch.nlp.explain import Explanation, explain, read_by
from stancewatch.nlp.marking import Label, marks, pieces, words_in
from stancewatch.sinks.text import one_line

STYLES = {Label.HOLDER: "bold cyan", Label.CUE: "bold yellow", Label.CONDITION: "magenta"}
UNSEEN = "\ufffd"  # in place of a character that steers or is drawn as nothing


def wrong_examples(house: House) -> list[str]:
    """One line for each example that is read otherwise than its rule file says."""
    detector = house.detector.open()
    return [
        f'{example.where}: "{example.text[:60]}...": {how}'
        for topic in house.book.topics.values()
        for example in topic.examples
        if (how := misread(example, found_in(detector, topic, example)))
    ]


def explain_lines(house: House, record: Mapping[str, Any], *, coloured: bool) -> Iterator[Text]:
    """The text with what was found in it marked, then each finding with its reasons."""
    article = article_of(record)
    found = explain(house.detector.open(), article)
    mentions = [mention for each in found for mention in each.mentions]
    if mentions:
        yield from _marked(article, mentions, coloured)
    for each in found:
        yield from _topic_lines(each, house)


def _marked(article: Article, mentions: list[Mention], coloured: bool) -> Iterator[Text]:
    """Title and text, with all mentions in one; in brackets where there are no colours."""
    for field in Field:
        words = words_in(article, field)
        marked = pieces(visible(words), marks(words, field, mentions))
        if words:
            yield Text.assemble(*(_piece(*each, coloured) for each in marked))
    if coloured:
        yield Text(" · ").join(Text(label.lower(), style) for label, style in STYLES.items())
    yield Text()


def _piece(words: str, label: Label | None, coloured: bool) -> str | tuple[str, str]:
    if label is None:
        return words
    return (words, STYLES[label]) if coloured else f"[{label.lower()}: {words}]"


def visible(text: str) -> str:
    """As long as `text`, so that spans still hold, but nothing in it steers what it is shown on."""
    return "".join(map(_visible, text))


def _visible(char: str) -> str:
    if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return char
    return " " if char.isspace() else UNSEEN


def _topic_lines(each: Explanation, house: House) -> Iterator[Text]:
    yield Text.assemble((each.topic, "bold"), f": {each.why_nothing or 'found'}")
    for mention in each.mentions:
        yield Text.assemble("  ", (position(mention, house), "bold"), f"  {told_as(mention)}")
        yield from _fact_lines(facts(mention))
    for telling in each.tellings:
        yield Text.assemble("  ", (one_line(f"{telling.name}: {telling.outcome}"), "bold"))
        yield from _fact_lines(summit_facts(telling))
    if each.holders and not (each.mentions or each.tellings):
        yield Text(f"  who could hold a position: {one_line(', '.join(each.holders))}")
    for drop in each.dropped:
        yield Text(f'  not "{one_line(drop.words)}" ({drop.rule}): {drop.why}', style="dim")


def _fact_lines(found: Mapping[str, str]) -> Iterator[Text]:
    for label, fact in found.items():
        yield Text(f"    {label:<11}{fact}")


def position(mention: Mention, house: House) -> str:
    """ "Italy: rejects"."""
    country = house.book.actors.countries.get(mention.country)
    return f"{country.name if country else mention.country}: {mention.level}"


def told_as(mention: Mention) -> str:
    return f"{mention.voice} voice, {HOW[mention.evidence]}"


def facts(mention: Mention) -> dict[str, str]:
    """What is known of a mention, each on one line, without what is not."""
    return _known(
        {
            "holder": mention.holder.text,
            "cue": mention.cue.text,
            "speaker": ", ".join(filter(None, (mention.speaker, office_words(mention.office)))),
            "condition": "(not in these words)" if mention.condition == "" else mention.condition,
            "scope": scope_words(mention.whose, mention.where),
            "said": str(mention.stated_at or "") + ("" if mention.current else " (older words)"),
            "confidence": f"{mention.confidence / 1000:.2f}",
            "read by": read_by(mention),
            "because": "; ".join(mention.trace),
        }
    )


def summit_facts(telling: Telling) -> dict[str, str]:
    return _known(
        {
            "countries": ", ".join(telling.countries) or "none named",
            "quote": telling.quote,
            "rule": telling.rule,
        }
    )


def _known(found: Mapping[str, str | None]) -> dict[str, str]:
    lines = {label: one_line(fact or "") for label, fact in found.items()}
    return {label: line for label, line in lines.items() if line}
