"""One mention per country, level and voice: title and text often say a thing twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from stancewatch.core.mention import Mention


def merged(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """The best told of each; it gains the condition that only another telling states."""
    groups: dict[tuple[str, str, str], list[Mention]] = {}
    for mention in mentions:
        groups.setdefault((mention.country, mention.level, mention.voice), []).append(mention)
    return tuple(
        sorted(
            (_merge(group) for group in groups.values()),
            key=lambda m: (m.cue.field != "title", m.cue.start, m.country),
        )
    )


def _merge(group: list[Mention]) -> Mention:
    best = max(group, key=_worth)
    if best.condition is None:
        stated = next((m.condition for m in group if m.condition), None)
        return replace(best, condition=stated) if stated else best
    return best


def _worth(mention: Mention) -> tuple[bool, int, int, bool, int]:
    return (
        mention.current,
        mention.evidence.weight,
        mention.confidence,
        mention.cue.field == "text",
        -mention.cue.start,
    )
