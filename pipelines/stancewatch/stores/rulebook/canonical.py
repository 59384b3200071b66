"""The digest of loaded rules: over what they say, not over how the files are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta

from stancewatch.core.digest import digest

# Where an example stands and what a topic's own digest is say nothing that is not said elsewhere.
PLACES = frozenset({"where", "digest"})
# What is read by people or proves the rules, but changes no history.
TOLD_ONLY = PLACES | {"source", "title", "meaning", "status", "examples"}


def digest_of(*values: object, without: frozenset[str] = PLACES) -> str:
    """Equal for equal content. Fields named in `without` do not count, at any depth."""
    return digest("rules", _canonical(values, without))


def _canonical(value: object, without: frozenset[str]) -> str:
    def plain(value: object) -> object:
        if is_dataclass(value) and not isinstance(value, type):
            names = (field.name for field in fields(value) if field.name not in without)
            return {name: getattr(value, name) for name in names}
        if isinstance(value, Mapping):
            return dict(value)
        if isinstance(value, (frozenset, set)):
            return sorted(value)
        if isinstance(value, (date, time)):
            return value.isoformat()
        if isinstance(value, timedelta):
            return value.total_seconds()
        raise TypeError(f"{type(value).__name__} has no canonical form")

    return json.dumps(value, default=plain, sort_keys=True, separators=(",", ":"))
