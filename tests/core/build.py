"""Small named things for scenarios: `says("willing", "2025-02-17", who="prime-minister")`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from stancewatch.core.actor import Rank, Voice
from stancewatch.core.article import sketch
from stancewatch.core.digest import digest
from stancewatch.core.mention import Evidence, Modality
from stancewatch.core.moment import parse_moment
from stancewatch.core.topic import Level, Policy, Side
from stancewatch.core.watch import Origin, Reading

SCALE = (
    Level("rejects", Side.AGAINST),
    Level("reluctant", Side.AGAINST),
    Level("open", Side.OPEN),
    Level("willing", Side.FOR),
    Level("committed", Side.FOR),
)
POLICY = Policy(SCALE)
KEY = ("GB", "troop-deployment")

RANKS = {
    "prime-minister": Rank.LEADER,
    "president": Rank.HEAD,
    "defence-minister": Rank.MINISTER,
    "state-secretary": Rank.JUNIOR,
    "spokesperson": Rank.SPOKESPERSON,
}


def says(level: str, on: str | None, **changes: Any) -> Reading:
    """A reading of the government's own words, by default the leader's, in a catalogued outlet."""
    who = changes.pop("who", "prime-minister")
    outlet = changes.pop("outlet", f"outlet of {on} {level}")
    text = changes.pop("text", f"{outlet} writes on {on} that the stance is {level} now and here")
    article = changes.pop("article", digest("article", text, str(on), outlet))
    quoted = changes.pop("quoted", "")
    fields: dict[str, Any] = {
        "id": digest("reading", article, level, str(on), who or "", str(sorted(changes.items()))),
        "key": KEY,
        "level": level,
        "voice": Voice.GOVERNMENT,
        "evidence": Evidence.OWN_WORDS,
        "modality": Modality.ASSERTED,
        "current": True,
        "confidence": 900,
        "published": parse_moment(on),
        "stated_at": None,
        "origin": Origin(
            changes.pop("owner", outlet), changes.pop("agency", None), quoted, sketch(text)
        ),
        "catalogued": True,
        "official": False,
        "article_id": article,
        "quote": text,
        "outlet": outlet,
        "office": who,
        "rank": RANKS.get(who or ""),
    }
    return Reading(**{**fields, **changes})


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
