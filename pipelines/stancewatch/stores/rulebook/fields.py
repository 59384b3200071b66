"""The kinds of value a rule file can hold, each with an error that says what to write instead.

Scalars arrive as `located.py` reads them: text, int, bool or None. Words that YAML took for a
number become text again here; nothing else is guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Strict
from pydantic.json_schema import WithJsonSchema
from pydantic_core import PydanticCustomError

UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{2}:\d{2}")


class Row(BaseModel):
    """A mapping in a rule file: frozen, and without keys that nobody reads."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


def wrong(problem: str, mend: str) -> PydanticCustomError:
    """A fault found by a validator: what is wrong, and what to write instead."""
    return PydanticCustomError("rule", "{problem} ({mend})", {"problem": problem, "mend": mend})


def parse_duration(value: object) -> timedelta:
    """`90d`, `6h`, `30m`, `45s`, or several of them from large to small: `1d12h`."""
    if isinstance(value, timedelta):
        return value
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found or not any(found.groups()):
        raise wrong(f"{value!r} is not a length of time", "write 90d, 6h or 30m")
    amounts = zip(UNITS.values(), found.groups(), strict=True)
    try:
        return timedelta(**{unit: int(amount or 0) for unit, amount in amounts})
    except OverflowError:
        raise wrong(f"{value!r} is too long", "write 90d, 6h or 30m") from None


def parse_day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise wrong(f"there is no day {value}", "write year-month-day") from None
    raise wrong(f"{value!r} is not a day", "write year-month-day, such as 2025-02-17")


def parse_instant(value: object) -> datetime:
    """A day stands for its first minute; a timestamp without a zone is UTC."""
    if isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and _DAY.match(value):
            at = datetime.fromisoformat(value)
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise wrong(f"{value!r} is not a time", "write 2025-02-17 or 2025-02-17T09:30:00Z")


def parse_clock(value: object) -> time:
    if isinstance(value, time):
        return value
    try:
        if isinstance(value, str) and _TIME.fullmatch(value):
            return time.fromisoformat(value)
    except ValueError:
        pass
    raise wrong(f"{value!r} is not a time of day", "write hours:minutes, such as 22:00")


def known_timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problem = f"{value!r} is not a time zone"
        raise wrong(problem, "write its IANA name, such as Europe/Berlin") from None
    return value


def _not_empty(value: str) -> str:
    if not value.strip():
        raise wrong("the text is empty", "write it, or take the key out")
    return value


def _web_address(value: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise wrong(f"{value!r} is not a web address", "begin it with https://")
    return value


def _each_once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    twice = {value for value in values if values.count(value) > 1}
    if twice:
        raise wrong(f"{', '.join(map(repr, sorted(twice)))} is listed twice", "keep one")
    return values


def at_least(count: int) -> AfterValidator:
    """A list of so many items. Not `min_length`, which also counts items that are at fault."""

    def check(values: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(values) < count:
            problem = "the list is empty" if not values else f"the list has only {len(values)}"
            raise wrong(problem, f"write at least {count}")
        return values

    return AfterValidator(check)


def shaped(pattern: str, example: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.search(pattern, value):
            raise wrong(f"{value!r} is not written as it has to be", f"like {example}")
        return value

    return AfterValidator(check)


def like(pattern: str, example: str) -> WithJsonSchema:
    """What an editor is told of a text with a shape of its own."""
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    like(r"^(?=\d)(\d+d)?(\d+h)?(\d+m)?(\d+s)?$", "90d"),
]
Day = Annotated[
    date, BeforeValidator(parse_day), WithJsonSchema({"type": "string", "format": "date"})
]
Instant = Annotated[
    datetime,
    BeforeValidator(parse_instant),
    like(r"^\d{4}-\d{2}-\d{2}", "2025-02-17T09:30:00Z"),
]
Clock = Annotated[time, BeforeValidator(parse_clock), like(r"^\d{2}:\d{2}$", "22:00")]
Timezone = Annotated[str, AfterValidator(known_timezone)]

Text = Annotated[str, AfterValidator(_not_empty)]
_SLUG = (r"^[a-z0-9]+(-[a-z0-9]+)*$", "troop-deployment")
_CODE = (r"^[A-Z][A-Z0-9-]*$", "FR")
Slug = Annotated[str, shaped(*_SLUG), like(*_SLUG)]
Code = Annotated[str, shaped(*_CODE), like(*_CODE)]
Url = Annotated[str, AfterValidator(_web_address)]
Flag = Annotated[bool, Strict()]
Texts = Annotated[tuple[Text, ...], AfterValidator(_each_once)]
Codes = Annotated[tuple[Code, ...], AfterValidator(_each_once)]
Slugs = Annotated[tuple[Slug, ...], AfterValidator(_each_once)]
