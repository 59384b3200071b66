"""Evidence with everything in it that could come in another order."""

from __future__ import annotations

import random
from dataclasses import replace

from stancewatch.core.moment import parse_moment
from stancewatch.core.record import Filing
from tests.core.build import KEY
from tests.stores.ledger.build import filing, reading, telling

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
