"""Who gets what, and what is muted until when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from stancewatch.core.watch import Key


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Wall-clock hours in which nothing is sent; `end` before `start` spans midnight."""

    start: time
    end: time
    timezone: str = "UTC"

    def wakes_at(self, now: datetime) -> datetime | None:
        """When the quiet that holds at `now` ends; None outside quiet hours."""
        local = now.astimezone(ZoneInfo(self.timezone))
        if self.start <= self.end:
            quiet = self.start <= local.time() < self.end
        else:
            quiet = local.time() >= self.start or local.time() < self.end
        if not quiet:
            return None
        wake = local.replace(
            hour=self.end.hour, minute=self.end.minute, second=self.end.second, microsecond=0
        )
        return wake if wake > local else wake + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Route:
    """Who gets what: the first route whose watches, countries and topics fit takes the incident."""

    id: str
    sink: str  # "console" | "slack"
    channel: str = ""
    watches: frozenset[str] = frozenset()  # empty: all
    countries: frozenset[str] = frozenset()  # empty: all
    topics: frozenset[str] = frozenset()  # empty: all
    group_by: str = "summit"  # "summit" | "topic" | "country"
    group_wait: timedelta = timedelta(minutes=5)
    repeat_interval: timedelta = timedelta(hours=4)
    severity: str = "notice"
    digest_above: int = 8  # more shifts than this in one incident become a digest
    quiet_hours: QuietHours | None = None

    def takes(self, key: Key, watch: str) -> bool:
        return (
            (not self.watches or watch in self.watches)
            and (not self.countries or key[0] in self.countries)
            and (not self.topics or key[1] in self.topics)
        )


@dataclass(frozen=True, slots=True)
class Silence:
    """What is muted until when, and because of what. Empty sets mute everything."""

    id: str
    because: str
    author: str
    until: datetime
    since: datetime | None = None
    countries: frozenset[str] = field(default_factory=frozenset)
    topics: frozenset[str] = field(default_factory=frozenset)

    def mutes(self, key: Key, now: datetime) -> bool:
        return (
            (self.since is None or self.since <= now)
            and now < self.until
            and (not self.countries or key[0] in self.countries)
            and (not self.topics or key[1] in self.topics)
        )
