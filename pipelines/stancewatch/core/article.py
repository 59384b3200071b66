"""One news text with its identity, and how two sightings of it become one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from hashlib import blake2b
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from stancewatch.core.digest import digest
from stancewatch.core.moment import Moment

# Parameters that say where a reader came from, never what is read.
TRACKING = re.compile(
    r"(utm_.*|at_(medium|campaign|custom\d?|link.*|bbc.*|ptr.*|format)|fbclid|gclid|dclid|msclkid|yclid"
    r"|igshid|mc_[ce]id|ocid|cmpid|cmp|ftag|ref|ref_src|ns_[a-z]+|ito|traffic_source"
    r"|maca|xtor|smid|partner|feature|sref|src|guccounter|_ga)\Z",
    re.IGNORECASE,
)
SKETCH_SIZE = 64
SHINGLE_WORDS = 4


@dataclass(frozen=True, slots=True)
class Article:
    """`id` is what article this is, `revision` which wording of it; `source` an outlet's domain."""

    id: str
    revision: str
    source: str
    title: str
    text: str
    url: str | None = None
    author: str | None = None
    lang: str | None = None
    published: Moment | None = None
    updated: Moment | None = None

    @property
    def version(self) -> tuple[str, int, str]:
        """Orders the revisions of one article: the greatest is the current one.

        Of one date, the longer text: the teaser of a feed does not replace the article.
        """
        latest = self.updated or self.published
        return ("" if latest is None else str(latest.at), len(self.text), self.revision)


def make_article(
    *,
    source: str,
    title: str,
    text: str,
    url: str | None = None,
    author: str | None = None,
    lang: str | None = None,
    published: Moment | None = None,
    updated: Moment | None = None,
) -> Article:
    """An article with its identity: its canonical URL, else its source and words."""
    title, text = _storable(title), _storable(text)
    link = canonical_url(url) if url else None
    revision = digest("revision", title, text)
    identity = ("url", link) if link else ("content", source, revision)
    return Article(
        digest("article", *identity),
        revision,
        source,
        title,
        text,
        link,
        _storable(author) if author else None,
        lang or None,
        published,
        updated,
    )


def _storable(text: str) -> str:
    """Half a surrogate pair is no character, and no store takes it; a "?" stands in its place."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def merge(sightings: Iterable[Article]) -> Article:
    """One article out of sightings of one revision, whatever their order or number."""
    return reduce(_merge_two, sightings)


def _merge_two(one: Article, other: Article) -> Article:
    assert (one.id, one.revision) == (other.id, other.revision)
    return replace(
        one,
        source=min(one.source, other.source),
        author=least(one.author, other.author),
        lang=least(one.lang, other.lang),
        published=earliest(one.published, other.published),
        updated=earliest(one.updated, other.updated),
    )


def least(one: str | None, other: str | None) -> str | None:
    return min((value for value in (one, other) if value), default=None)


def earliest(one: Moment | None, other: Moment | None) -> Moment | None:
    return min((value for value in (one, other) if value), default=None)


def canonical_url(url: str) -> str | None:
    """The address without what does not name the text; None where it is no http(s) address.

    Scheme and `www.` are dropped from the comparison (both become https without www), tracking
    parameters and the fragment go, parameters are sorted. Paths keep their case.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    netloc = host.removeprefix("www.") + (f":{port}" if port not in (None, 80, 443) else "")
    pairs = [
        pair
        for pair in parse_qsl(parts.query, keep_blank_values=True)
        if not TRACKING.match(pair[0])
    ]
    path = quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit(("https", netloc, path, urlencode(sorted(pairs)), ""))


def domain(url: str | None) -> str:
    """The host of an address without `www.`, or ''."""
    try:
        return (urlsplit(url or "").hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""


# "LONDON, Feb 16 (Wire One) - ": where a wire was written, not what anybody said.
_DATELINE = re.compile(r"[A-Z][A-Z .,'/-]{2,40}(?:, \w+\.? \d{1,2})? ?(?:\([^()]{2,30}\) ?)?[-–—] ")


def dateline_end(text: str) -> int:
    """Where the first sentence begins behind the dateline; 0 where there is none."""
    found = _DATELINE.match(text)
    return found.end() if found else 0


_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def sketch(text: str) -> tuple[int, ...]:
    """A bottom-k sketch (k = 64) of the 4-word shingles: near copies share most of it."""
    tokens = words(text)
    last = max(1, len(tokens) - SHINGLE_WORDS + 1)
    shingles = {" ".join(tokens[start : start + SHINGLE_WORDS]) for start in range(last)}
    numbers = {
        int.from_bytes(blake2b(shingle.encode(), digest_size=7).digest(), "big")
        for shingle in shingles
        if shingle
    }
    return tuple(sorted(numbers)[:SKETCH_SIZE])


def resemblance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Estimated Jaccard similarity of two texts from their sketches, in thousandths."""
    union = sorted({*one, *other})[:SKETCH_SIZE]
    if not union:
        return 0
    both = {*one} & {*other}
    return 1000 * sum(number in both for number in union) // len(union)
