"""The values of the core as JSON, kept whole next to the columns that are asked for.

A value comes back equal, and with the same `repr`: times are tagged, so that they return as
Python's own UTC and not as a parser's.
"""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from stancewatch.stores.ledger.columns import read, written

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def dump(value: object) -> str:
    kind: Any = type(value)
    plain = _adapter(kind).dump_python(value)
    return json.dumps(plain, default=_plain, ensure_ascii=False, separators=(",", ":"))


def load(kind: type[T], text: str) -> T:
    wanted: Any = kind
    value: T = _adapter(wanted).validate_python(json.loads(text, object_hook=_times))
    return value


def _plain(value: object) -> object:
    match value:
        case datetime():
            return {"utc": written(value)}
        case time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case set() | frozenset():
            return sorted(value)
    raise TypeError(f"a {type(value).__name__} has no place in the ledger")


def _times(value: dict[str, Any]) -> object:
    return read(value["utc"]) if value.keys() == {"utc"} else value
