"""When a feed says that something was published: a Moment, or the reason why it is undated.

feedparser never fails on a date, it misreads: "2026. 3. 3." becomes November, 30 February becomes
2 March, an offset of +9999 four days. So what it read is compared with what is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from stancewatch.core.moment import Moment, Precision, parse_moment, plausible

NOON = 12
_ISO = re.compile(r"\d{4}(-\d|\d{4}|\Z)")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SHORT = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_OFFSET = re.compile(r"[+-](\d{2}):?(\d{2})\s*\Z")
_CLOCK = re.compile(r"\d:\d\d|\dT\d")


class Undated:
    """Why there is no date."""

    NONE = "no-date"
    UNREADABLE = "unreadable-date"
    MISREAD = "doubtful-date"
    IMPLAUSIBLE = "implausible-date"


def read_date(raw: str, parts: Sequence[int] | None, now: datetime) -> tuple[Moment | None, str]:
    """The date written as `raw`, of which feedparser made `parts` (UTC); else the reason."""
    raw = raw.strip()
    if not raw:
        return None, Undated.NONE
    moment, reason = _read(raw, parts)
    if moment is not None and not plausible(moment, now):
        return None, Undated.IMPLAUSIBLE
    return moment, reason


def _read(raw: str, parts: Sequence[int] | None) -> tuple[Moment | None, str]:
    if _ISO.match(raw) and (moment := parse_moment(raw)):
        return moment, ""
    if parts is None:
        return None, Undated.UNREADABLE
    try:
        at = datetime(*parts[:6], tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError:
        return None, Undated.UNREADABLE
    if not _agrees(at, raw):
        return None, Undated.MISREAD
    if _CLOCK.search(raw):
        return Moment(at), ""
    return Moment(at.replace(hour=NOON, minute=0, second=0), Precision.DAY), ""


def _agrees(at: datetime, raw: str) -> bool:
    """Whether year and day, as written, are those that were read, give or take a time zone."""
    offset = _OFFSET.search(raw)
    if offset and int(offset[1]) * 60 + int(offset[2]) > 14 * 60:
        return False
    if day := _ISO_DAY.match(raw):
        written = parse_moment(day.group())
        return written is not None and abs(at - written.at) <= timedelta(days=1.5)
    near = [at + timedelta(days=days) for days in (-1, 0, 1) if 1 < at.year < 9999]
    years = {int(year) for year in _YEAR.findall(raw[: offset.start()] if offset else raw)}
    days = {int(day) for day in _SHORT.findall(raw)}
    return any((not years or day.year in years) and day.day in days for day in near)
