"""What the detector saw in a text, step by step: for `rules explain` and `rules check`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stancewatch.core.article import Article
from stancewatch.core.mention import Mention
from stancewatch.core.occurrence import Telling
from stancewatch.nlp.detector import Look, RuleDetector
from stancewatch.nlp.language import language_of


@dataclass(frozen=True, slots=True)
class Dropped:
    """A cue that became no mention, and why not."""

    rule: str
    words: str
    why: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One topic on one article. `why_nothing` is one sentence, '' where something was found."""

    topic: str
    why_nothing: str
    holders: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    tellings: tuple[Telling, ...] = ()
    dropped: tuple[Dropped, ...] = ()

    def lines(self) -> Iterator[str]:
        """The explanation as text, one fact a line."""
        yield f"{self.topic}: {self.why_nothing or 'found'}"
        if self.holders:
            yield f"  holders: {', '.join(self.holders)}"
        for mention in self.mentions:
            yield (
                f"  {mention.country} {mention.level} ({mention.voice}, {mention.evidence}):"
                f' "{mention.cue.text}" of {mention.holder.text}; {"; ".join(mention.trace)}'
            )
        for telling in self.tellings:
            yield (
                f"  {telling.name}: {telling.outcome} "
                f"({', '.join(telling.countries)}), by {telling.rule}"
            )
        for drop in self.dropped:
            yield f'  not {drop.rule} "{drop.words}": {drop.why}'


def explain(detector: RuleDetector, article: Article) -> tuple[Explanation, ...]:
    """Every topic that has words in the article's language; none where that is not read."""
    if not detector.reads(language_of(article)):
        return (Explanation("*", f"unsupported language: {language_of(article)}"),)
    return tuple(_explanation(look) for look in detector.look(article))


def _explanation(look: Look) -> Explanation:
    dropped = tuple(Dropped(*each) for each in look.trace.dropped) if look.trace else ()
    found = bool(look.mentions or look.tellings)
    return Explanation(
        look.topic,
        "" if found else _why_nothing(look, dropped),
        look.holders,
        look.mentions,
        look.tellings,
        dropped,
    )


def _why_nothing(look: Look, dropped: tuple[Dropped, ...]) -> str:
    if look.stopped:
        return look.stopped
    if not look.holders:
        return "nobody in it could hold a position"
    if not dropped:
        return "no words that carry a position"
    return f"no position: {dropped[0].why}"
