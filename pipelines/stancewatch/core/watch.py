"""Which holders on which topics, and what a mention becomes: a reading, or a reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from stancewatch.core.actor import Rank, Voice
from stancewatch.core.article import Article
from stancewatch.core.digest import digest
from stancewatch.core.mention import Evidence, Mention, Modality, Where, Whose
from stancewatch.core.moment import Moment, Precision
from stancewatch.core.outlet import Outlet

Key = tuple[str, str]  # (country, topic): there is one stance per key


@dataclass(frozen=True, slots=True)
class Watch:
    """Countries on topics, and what of them is told. Everything else is only kept."""

    id: str
    title: str
    countries: frozenset[str]
    topics: frozenset[str]
    side_change: bool = True  # tell when the side changes, or `committed` is reached
    any_level: bool = False  # tell every change of level
    single_source: bool = False  # tell a lone paraphrase before a second witness comes
    first_position: bool = False  # tell the first position ever known of a country
    conditions: bool = False  # tell a changed condition

    def covers(self, key: Key) -> bool:
        return key[0] in self.countries and key[1] in self.topics


@dataclass(frozen=True, slots=True)
class Origin:
    """What makes two readings one witness (see `core.stance`)."""

    owner: str
    agency: str | None
    quote: str  # digest of the quoted words, or '' where nothing is quoted
    sketch: tuple[int, ...] = ()


class Verdict(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"
    RELABEL = "relabel"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Ruled:
    """What an analyst made of a reading: the verdict, who and why in words, and the id of the
    reading that was ruled on (see `core.ruling`)."""

    verdict: Verdict
    said: str
    subject: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A mention as evidence on a key. Baselines are readings too (`kind`)."""

    id: str
    key: Key
    level: str
    voice: Voice
    evidence: Evidence
    modality: Modality
    current: bool
    confidence: int
    published: Moment | None
    stated_at: Moment | None
    origin: Origin
    catalogued: bool
    official: bool
    article_id: str
    quote: str
    outlet: str
    url: str | None = None
    title: str = ""
    rule: str = ""
    condition: str | None = None
    whose: Whose = Whose.UNSTATED
    where: Where = Where.UNSTATED
    speaker: str | None = None
    office: str | None = None
    rank: Rank | None = None
    kind: str = "press"
    ruled: Ruled | None = None

    @property
    def at(self) -> Moment | None:
        """When the words were spoken, as far as is known.

        "On Thursday" in an article of that Thursday says no more than the article's own hour:
        all that one text tells of its day is one moment.
        """
        stated, told = self.stated_at, self.published
        if stated is None or told is None or stated.precision is not Precision.DAY:
            return stated or told
        same_day = told.precision is Precision.INSTANT and told.at.date() == stated.at.date()
        return told if same_day else stated


class Reason:
    """Why evidence or a shift went no further: one word each, the same in logs, rows and `why`."""

    UNTRACKED = "untracked"
    NOT_GOVERNMENT = "not-government"
    UNDATED = "undated"
    OLD_WORDS = "recap-without-date"
    WEAK = "below-leave-threshold"
    DUPLICATE = "same-witness"
    LOWER = "lower-evidence"
    PENDING = "pending"
    CONTESTED = "contested"
    CONFIRMS = "confirms"
    MOVED = "moved"
    DENIED = "denied"
    UNSUPPORTED = "unsupported-language"
    REVISED = "revised"
    RULED = "ruled"  # of a shift, too: a ruling that was to alert nobody

    # Of shifts (core.decide):
    SENT = "sent"
    UPDATED = "updated"
    BASELINE = "baseline"
    PRIMED = "primed"
    BACKFILL = "backfill"
    REBUILT = "rebuilt"
    TOO_OLD = "too-old"
    FIRST = "first-position"
    SAME_SIDE = "same-side"
    UNWANTED = "not-asked-for"
    SINGLE_SOURCE = "single-source"
    SILENCED = "silenced"
    THROTTLED = "throttled"
    NO_ROUTE = "no-route"
    OVERTAKEN = "overtaken"
    RETRACTED = "retracted"
    NEVER_TOLD = "never-told"


@dataclass(frozen=True, slots=True)
class Decision:
    """The recorded reason why something was or was not told. `subject` is an id."""

    subject: str
    key: Key
    reason: str
    detail: str
    at: Moment | None = None


def match(
    mention: Mention,
    article: Article,
    outlet: Outlet | None,
    watches: Iterable[Watch],
    sketch: tuple[int, ...],
) -> Reading | Decision:
    """The mention as a reading of its key if any watch covers it; else why not.

    An unknown or untracked country fails closed: it is a decision, never an alert.
    """
    key = (mention.country, mention.topic)
    mention_id = mention.id_in(article.id, article.revision)
    if not any(watch.covers(key) for watch in watches):
        detail = f"no watch covers {mention.country} on {mention.topic}"
        return Decision(mention_id, key, Reason.UNTRACKED, detail, article.published)
    return _reading(mention_id, key, mention, article, outlet, sketch)


def _reading(
    mention_id: str,
    key: Key,
    mention: Mention,
    article: Article,
    outlet: Outlet | None,
    sketch: tuple[int, ...],
) -> Reading:
    return Reading(
        id=mention_id,
        key=key,
        level=mention.level,
        voice=mention.voice,
        evidence=_believed(mention, outlet),
        modality=mention.modality,
        current=mention.current,
        confidence=mention.confidence,
        published=article.published,
        stated_at=mention.stated_at,
        origin=origin_of(mention, article, outlet, sketch),
        catalogued=outlet is not None,
        official=_official(mention, outlet),
        article_id=article.id,
        quote=mention.quote,
        outlet=outlet.name if outlet else article.source,
        url=article.url,
        title=article.title,
        rule=mention.rule,
        condition=mention.condition,
        whose=mention.whose,
        where=mention.where,
        speaker=mention.speaker,
        office=mention.office,
        rank=mention.rank,
    )


def _official(mention: Mention, outlet: Outlet | None) -> bool:
    """A government's own site speaks for that government, not for others."""
    return outlet is not None and outlet.official and outlet.country == mention.country


def _believed(mention: Mention, outlet: Outlet | None) -> Evidence:
    """State media speak for their own government; of others they only claim."""
    if outlet and outlet.state_media and outlet.country != mention.country:
        return Evidence.THIRD_PARTY
    return mention.evidence


def origin_of(
    mention: Mention, article: Article, outlet: Outlet | None, sketch: tuple[int, ...]
) -> Origin:
    return Origin(
        owner=outlet.owner if outlet else article.source,
        agency=outlet.agency if outlet and outlet.agency else credited_agency(article),
        quote=_quoted(mention.quote),
        sketch=sketch,
    )


# Credit lines as wires ask for them: "(Reuters)", "PARIS (AP) —", "By dpa", "— AFP".
AGENCIES: Mapping[str, str] = {
    "reuters": "Reuters",
    "ap": "AP",
    "associated press": "AP",
    "afp": "AFP",
    "dpa": "dpa",
    "pa": "PA",
    "pa media": "PA",
    "ansa": "ANSA",
    "pap": "PAP",
    "efe": "EFE",
    "apa": "APA",
    "ukrinform": "Ukrinform",
    "interfax": "Interfax",
    "tass": "TASS",
    "bns": "BNS",
    "belga": "Belga",
    "ntb": "NTB",
    "tt": "TT",
    "stt": "STT",
    "ritzau": "Ritzau",
    "ctk": "CTK",
}


def credited_agency(article: Article) -> str | None:
    """The agency that a copy credits: in brackets, or as its author."""
    lowered = f"{article.title}\n{article.text}".casefold()
    author = (article.author or "").casefold().strip()
    for spelling, agency in AGENCIES.items():
        if author == spelling or f"({spelling})" in lowered:
            return agency
    found = _bracketed_wire(article.text)
    return found or None


def _bracketed_wire(text: str) -> str:
    """An agency that we do not know by name: "(Wire One)" at the end or behind the dateline."""
    for piece in (text[:80], text[-40:]):
        start, end = piece.find("("), piece.find(")")
        inside = piece[start + 1 : end] if 0 <= start < end else ""
        if inside.istitle() and "wire" in inside.casefold():
            return inside
    return ""


QUOTE_WORDS = 4  # shorter quotations are common property, no sign of one origin


_STRAIGHT = {ord(mark): '"' for mark in "“”„«»"}


def _quoted(quote: str) -> str:
    """A digest of the longest quotation in a sentence, '' where it is too short to identify."""
    straight = quote.translate(_STRAIGHT)
    inside = max(straight.split('"')[1::2], key=len, default="")
    words = inside.casefold().translate(str.maketrans("", "", ".,;:!?'’")).split()
    return digest("quote", *words) if len(words) >= QUOTE_WORDS else ""
