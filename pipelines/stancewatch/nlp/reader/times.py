"""When the words were spoken: dates and tenses of a sentence, resolved against publication."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from stancewatch.core.moment import Moment, Precision, day, parse_moment
from stancewatch.nlp.reader.line import Found
from stancewatch.nlp.reader.passage import Sentence
from stancewatch.nlp.reader.pattern import compile_any

Classes = Mapping[str, tuple[str, ...]]
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
STALE = timedelta(days=2)  # a dated word this old is a recap

_MONTH = (
    r"(january|february|march|april|may|june|july|august|september|"
    r"october|november|december|jan\.?|feb\.?|mar\.?|apr\.?|aug\.?|"
    r"sept?\.?|oct\.?|nov\.?|dec\.?)"
)
_DATE = re.compile(
    rf"(?<= )(?:on (?:\w+day , )?)?(?:{_MONTH} (\d{{1,2}})|"
    rf"(\d{{1,2}}) {_MONTH})(?: , (\d{{4}})| (\d{{4}}))? "
)
_IN_MONTH = re.compile(
    rf"(?<= )(?:in|since|last|back in|of|early|late|mid -) {_MONTH} (?:of |, )?(\d{{4}} )?"
)
_WEEKDAY = re.compile(rf"(?<= )({'|'.join(DAYS)}) ")
_AGO = re.compile(
    r"(?<= )(a|an|one|two|three|four|five|six|\d+) (day|days|week|weeks|"
    r"month|months|year|years) (?:ago|earlier|before) "
)
_NUMBER = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_UNIT = {"day": 1, "week": 7, "month": 30, "year": 365}
_HAD = re.compile(
    r"(?<= )(?:had|'d) (?!already )(?:\w+ly |previously |earlier |for the "
    r"first time |then |not |never |been |openly ){0,3}\w+ $"
)
_HAD_IN = re.compile(r"(?<= )had (?!already )")
_ALREADY = re.compile(r"(?<= )had already ")
_LAST = re.compile(r"(?<= )last (week|month|year) ")


@dataclass(frozen=True, slots=True)
class Spoken:
    """`at` is None where the text gives no date: then it was spoken when it was published."""

    at: Moment | None
    current: bool
    why: str = ""


class TimePatterns:
    def __init__(self, classes: Classes) -> None:
        self.earlier = compile_any(classes["earlier"], {})


def spoken(
    sentence: Sentence, cue: Found, published: Moment | None, patterns: TimePatterns
) -> Spoken:
    start, end = _own_clause(sentence, cue)
    words = sentence.line.words(start, end)
    at = dated(words, published)
    why = _recap(sentence, cue, words, patterns)
    if at is not None and published is not None and published.at - at.at >= STALE:
        # A bare weekday is how news dates what it reports as new.
        weekday = at.precision is Precision.DAY and not (_DATE.search(words) or _AGO.search(words))
        return Spoken(at, weekday and not why, f"dated {at}")
    return Spoken(at, not why, why)


def _own_clause(sentence: Sentence, cue: Found) -> tuple[int, int]:
    """The stretch of the sentence in which a date belongs to the cue."""
    chunks = sentence.line.chunks
    start, end = 0, len(chunks)
    for index, chunk in enumerate(chunks):
        if chunk.word in (";", "but", "while", "whereas", "though", "although", "—"):
            if index < cue.first:
                start = index
            elif index >= cue.last:
                return start, index
    return start, end


def _recap(sentence: Sentence, cue: Found, words: str, patterns: TimePatterns) -> str:
    if _ALREADY.search(words):
        return ""
    if found := patterns.earlier.search(words):
        return f'"{found[0].strip()}"'
    inside = sentence.line.words(cue.first, cue.last)
    before = sentence.line.words(max(0, cue.first - 8), cue.first)
    if inside.startswith(" had ") or _HAD.search(before) or _had_said(before):
        return "past perfect"
    return ""


def _had_said(before: str) -> bool:
    """The verb of saying in front of the cue stands in the past perfect."""
    return (
        re.search(
            r" had (?!already )(?:\w+ly |then |only )?(?:said|told|stated|"
            r"declared|promised|announced|ruled|declined|refused|hinted|raised|"
            r"been|met|made|voiced|insisted|suggested|signalled|signaled) ",
            before,
        )
        is not None
    )


def dated(words: str, published: Moment | None) -> Moment | None:
    """The day (or month) that a line's words name, never one after publication."""
    if published is None or published.precision is Precision.YEAR:
        return None
    today = published.at.date()
    for read in (_explicit, _ago, _weekday, _yesterday, _month):
        if (found := read(words, today)) is not None:
            return found
    return None


def _explicit(words: str, today: date) -> Moment | None:
    match = _DATE.search(words)
    if not match:
        return None
    month = _month_number(match[1] or match[4])
    number, year = int(match[2] or match[3]), match[5] or match[6]
    return _past(int(year) if year else today.year, month, number, today, bool(year))


def _month_number(name: str) -> int:
    return MONTHS.index(name[:3]) + 1


def _past(year: int, month: int, number: int, today: date, sure: bool) -> Moment | None:
    """The date in the year given, else the latest one that is not ahead of publication."""
    try:
        found = date(year, month, number)
        if not sure and found > today:
            found = date(year - 1, month, number)
    except ValueError:
        return None
    return day(found.year, found.month, found.day) if found <= today else None


def _ago(words: str, today: date) -> Moment | None:
    match = _AGO.search(words)
    if not match:
        return None
    count = _NUMBER.get(match[1]) or int(match[1])
    unit = match[2].rstrip("s")
    found = today - timedelta(days=min(count, 200) * _UNIT[unit])
    if unit in ("day", "week"):
        return day(found.year, found.month, found.day)
    return parse_moment(f"{found:%Y-%m}" if unit == "month" else f"{found:%Y}")


def _weekday(words: str, today: date) -> Moment | None:
    match = _WEEKDAY.search(words)
    if not match:
        return None
    back = (today.weekday() - DAYS.index(match[1])) % 7
    found = today - timedelta(days=back)
    return day(found.year, found.month, found.day)


def _yesterday(words: str, today: date) -> Moment | None:
    if " yesterday " in words or " the day before " in words:
        found = today - timedelta(days=1)
        return day(found.year, found.month, found.day)
    return None


def _month(words: str, today: date) -> Moment | None:
    if match := _IN_MONTH.search(words):
        month = _month_number(match[1])
        year = int(match[2]) if match[2] else today.year - (month > today.month)
        return (
            None
            if (year, month) >= (today.year, today.month)
            else parse_moment(f"{year}-{month:02}")
        )
    if match := _LAST.search(words):
        return _last(match[1], today)
    return None


def _last(unit: str, today: date) -> Moment | None:
    if unit == "month":
        first = today.replace(day=1) - timedelta(days=1)
        return parse_moment(f"{first:%Y-%m}")
    return parse_moment(f"{today.year - 1}") if unit == "year" else None
