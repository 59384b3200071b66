"""Which language an article is in, and whether we read it."""

from __future__ import annotations

import re

from stancewatch.core.article import Article
from stancewatch.nlp.languages import GRAMMARS
from stancewatch.nlp.languages.grammar import words_of
from stancewatch.nlp.normal import lower

SAMPLE = 4_000  # characters looked at
SURE = 2  # small words of another language that it takes to call a text foreign
# Small words of languages that we may be handed, none of which is an English word too.
OTHERS: dict[str, frozenset[str]] = {
    "de": words_of("der das und ist nicht mit von zu den ein eine auf im dem sich auch es wird"),
    "fr": words_of("le la les des et est pas dans une du que pour qui sur au il avec se ce"),
    "es": words_of("el los las de es una del que por para se su lo al ha como más"),
    "it": words_of("il gli di non che una del della sono nel alla da ha più anche"),
    "pt": words_of("os não que uma da em para se na ao foi mais como"),
    "nl": words_of("de het een en niet dat voor op zijn er aan ook wordt naar"),
    "pl": words_of("na nie się że jest od ale dla przez jak tym"),
    "cs": words_of("na se že je pro ale jako podle ve byl"),
    "sv": words_of("och att det som en på är av för till inte har ett"),
    "ro": words_of("și în de la cu nu pe care un din pentru este mai"),
    "hu": words_of("az és hogy nem egy meg volt csak már"),
}
_WORD = re.compile(r"[^\W\d_]+")


def language_of(article: Article) -> str:
    """The declared language without its region, else a guess from small words."""
    declared = (article.lang or "").strip().casefold().replace("_", "-").partition("-")[0]
    if declared and declared not in ("und", "mul", "zxx"):
        return declared
    return guess(f"{article.title}\n{article.text}"[:SAMPLE])


def guess(text: str) -> str:
    """A language code; "und" where the script alone tells that it is none of ours."""
    words = _WORD.findall(lower(text))
    latin = sum(word[0] < "\u0250" for word in words)
    if 2 * latin < len(words):
        return "und"
    english = sum(word in GRAMMARS["en"].stopwords for word in words)
    counts = {code: sum(w in small for w in words) for code, small in OTHERS.items()}
    best = max(counts, key=lambda code: (counts[code], code))
    return best if counts[best] >= SURE and counts[best] > english else "en"
