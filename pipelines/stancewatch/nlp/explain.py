"""What the detector saw in a text, step by step: for `rules explain`."""

from __future__ import annotations

from dataclasses import dataclass

from stancewatch.core.article import Article
from stancewatch.core.mention import Mention
from stancewatch.core.occurrence import Telling
from stancewatch.nlp.detector import Look, TextDetector
from stancewatch.nlp.language import language_of
from stancewatch.nlp.reader.trace import Dropped
from stancewatch.nlp.reader.wording import LEARNED

__all__ = ["Dropped", "Explanation", "explain", "read_by"]

_SECOND = "the learned reader"  # begins what it adds to a mention of the constructions


@dataclass(frozen=True, slots=True)
class Explanation:
    """One topic on one article. `why_nothing` is one sentence, '' where something was found."""

    topic: str
    why_nothing: str
    holders: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    tellings: tuple[Telling, ...] = ()
    dropped: tuple[Dropped, ...] = ()


def read_by(mention: Mention) -> str:
    """Which of the two readers heard it. What the second made of the first's is in the trace."""
    if mention.rule == LEARNED:
        return f"the learned reader alone ({LEARNED})"
    seconded = [why for why in mention.trace if why.startswith(_SECOND)]
    return "; ".join((f"the constructions (rule {mention.rule})", *seconded))


def explain(detector: TextDetector, article: Article) -> tuple[Explanation, ...]:
    """Every topic that has words in the article's language; none where that is not read."""
    if not detector.reads(language_of(article)):
        return (Explanation("*", f"unsupported language: {language_of(article)}"),)
    return tuple(_explanation(look) for look in detector.look(article))


def _explanation(look: Look) -> Explanation:
    dropped = tuple(look.trace.dropped) if look.trace else ()
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
