"""A point in time together with how precisely it is known.

A day stands for 12:00Z of that day and a month for noon of its 15th, so that dates of unlike
precision have one order. A month orders evidence but dates no shift; a year informs nobody's
stance (see `core.stance`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FUTURE_SLACK = timedelta(days=1)  # clocks of publishers run ahead; beyond this a date is a mistake


class Precision(StrEnum):
    INSTANT = "instant"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True, repr=False)
class Moment:
    """`at` is always UTC."""

    at: datetime
    precision: Precision = Precision.INSTANT

    def __repr__(self) -> str:
        return f"Moment({self})"  # says the same whatever object stands for UTC

    def __str__(self) -> str:
        match self.precision:
            case Precision.YEAR:
                return f"{self.at:%Y}"
            case Precision.MONTH:
                return f"{self.at:%Y-%m}"
            case Precision.DAY:
                return f"{self.at:%Y-%m-%d}"
            case _:
                return iso(self.at)

    @property
    def dates_a_shift(self) -> bool:
        return self.precision in (Precision.INSTANT, Precision.DAY)

    @property
    def orders_evidence(self) -> bool:
        return self.precision is not Precision.YEAR


def iso(at: datetime) -> str:
    """UTC, seconds, a trailing Z: `2025-02-17T09:30:00Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")


def parse_moment(text: str | None) -> Moment | None:
    """`YYYY`, `YYYY-MM`, `YYYY-MM-DD` or a full ISO 8601 timestamp; else None, never a guess.

    A timestamp without a zone is read as UTC. Fractions of a second are dropped: no publisher
    means them, and a store must give back what it was given.
    """
    if text is None or not (text := text.strip()):
        return None
    if found := _DATE.match(text):
        return _from_parts(*found.groups())
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Moment(at.replace(microsecond=0))


def _from_parts(year: str, month: str | None, day: str | None) -> Moment | None:
    precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    try:
        # Noon of the day, of the middle of the month, of the middle of the year.
        return Moment(
            datetime(
                int(year),
                int(month or 7),
                int(day or (15 if month else 1)),
                12,
                tzinfo=UTC,
            ),
            precision,
        )
    except ValueError:
        return None


def day(year: int, month: int, date: int) -> Moment:
    return Moment(datetime(year, month, date, 12, tzinfo=UTC), Precision.DAY)


def plausible(moment: Moment | None, now: datetime) -> bool:
    """Whether a publication date can be believed by a reader whose clock says `now`."""
    return moment is not None and moment.at >= EARLIEST and _begins(moment) <= now + FUTURE_SLACK


def _begins(moment: Moment) -> datetime:
    """The first instant that it may mean: this month is no future date on its second day."""
    match moment.precision:
        case Precision.YEAR:
            return moment.at.replace(month=1, day=1, hour=0)
        case Precision.MONTH:
            return moment.at.replace(day=1, hour=0)
        case Precision.DAY:
            return moment.at.replace(hour=0)
        case _:
            return moment.at
