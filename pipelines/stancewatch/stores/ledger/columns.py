"""Three kinds of text, stored and sorted the same way by SQLite and PostgreSQL."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import Dialect, Text
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.types import TypeDecorator, TypeEngine

from stancewatch.core.moment import Moment, Precision


class Bytewise(TypeDecorator[str]):
    """Text compared byte by byte on both databases, so that every listing has one order."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return TEXT(collation="C") if dialect.name == "postgresql" else Text()


# PostgreSQL takes no NUL and neither database takes a lone surrogate; news brings both.
_UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")
_STORED = re.compile("\x1a([0-9a-f]{4})")


class Words(Bytewise):
    """Text from outside: what the databases cannot hold is escaped, and comes back unharmed."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        return _UNSTORABLE.sub(lambda found: f"\x1a{ord(found[0]):04x}", value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None or "\x1a" not in value:
            return value
        return _STORED.sub(lambda found: chr(int(found[1], 16)), value)


class Utc(TypeDecorator[datetime]):
    """`2025-02-17T09:30:00.000000Z`: text of one width, which sorts as the times do."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return TEXT(collation="C") if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else written(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else read(value)


class Dated(TypeDecorator[Moment]):
    """A moment with its precision behind it, `...Z|day`, which sorts as moments do."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return TEXT(collation="C") if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Moment | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else stored(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Moment | None:  # noqa: ARG002
        if value is None:
            return None
        at, _, precision = value.partition("|")
        return Moment(read(at), Precision(precision))


def stored(moment: Moment) -> str:
    return f"{written(moment.at)}|{moment.precision}"


def written(at: datetime) -> str:
    """A time without a zone is a mistake of ours: it is refused, not guessed at."""
    assert at.tzinfo is not None, f"{at} has no time zone"
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read(text: str) -> datetime:
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
