"""Evidence with everything in it that could come in another order."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from stancewatch.core.moment import parse_moment
from stancewatch.core.record import Filing
from stancewatch.core.ruling import Ruling, make_ruling, withdrawal
from stancewatch.core.watch import Reading, Verdict
from tests.core.build import KEY
from tests.stores.ledger.build import LATER, article, filing, hours_later, reading, telling

LEVELS = ("rejects", "open", "willing", "committed")


def evidence() -> list[Filing]:
    """Two countries, four weeks; edits, corrections, other sightings, undated copies, a summit."""
    draw = random.Random(20250217)
    filings: list[Filing] = []
    for number in range(24):
        on = f"2025-02-{1 + number:02}"
        key = (draw.choice(("GB", "FR")), KEY[1])
        one = filing(f"n{number}", on, draw.choice(LEVELS), key=key)
        filings.append(replace(one, tellings=(telling(draw.choice(("held", "pledged"))),)))
        if number % 3 == 0:
            filings.append(
                filing(
                    f"n{number}",
                    on,
                    "open",
                    key=key,
                    text=f"Edit {number}",
                    updated=f"2025-02-{2 + number:02}",
                )
            )
        if number % 4 == 0:
            filings.append(_seen(one, f"2025-01-{1 + number:02}", draw.choice(LEVELS)))
        if number % 5 == 0:
            filings.append(_seen(one, None, draw.choice(LEVELS)))
    return filings


def _seen(one: Filing, on: str | None, level: str) -> Filing:
    """Another sighting of the same revision, which was read otherwise on its other date."""
    seen = replace(one.article, published=parse_moment(on), author=f"Writer {on}")
    return Filing(seen, readings=(reading(seen, level, key=one.readings[0].key),))


def ruled() -> list[Ruling]:
    """An analyst accepts, rejects, relabels, and takes a word back; once it is on words that an
    edit takes away. Each is on a reading that is found whatever else is filed."""
    said: dict[str, Reading] = {}
    for each in evidence():
        said.setdefault(each.article.title.split()[-1], each.readings[0])
    by: dict[str, Any] = {"author": "Ann", "because": "I read it", "ruled_at": LATER}
    rejected = make_ruling(said["n7"], Verdict.REJECT, **by)
    return [
        rejected,
        make_ruling(said["n13"], Verdict.RELABEL, level="rejects", **by),
        make_ruling(said["n9"], Verdict.ACCEPT, **by),
        withdrawal(rejected, **{**by, "ruled_at": hours_later(LATER)}),
        make_ruling(said["n2"], Verdict.REJECT, **by),
    ]


def planted() -> list[Reading]:
    """Where two countries stood before."""
    return [
        replace(reading(article(f"baseline-{country}", "2025-01-10"), level, key=(country, KEY[1])),
                id=f"baseline-{country}", kind="baseline")
        for country, level in (("GB", "reluctant"), ("FR", "open"))
    ]  # fmt: skip
