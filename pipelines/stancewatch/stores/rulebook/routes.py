"""`rules/routes.yaml` and `rules/silences.yaml`: who gets what, and what is muted until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, Strict, model_validator

from stancewatch.core.route import QuietHours, Route, Silence
from stancewatch.stores.rulebook.fields import (
    Clock,
    Codes,
    Duration,
    Instant,
    Row,
    Slug,
    Slugs,
    Text,
    Timezone,
    wrong,
)


class QuietHoursRow(Row):
    """From `start` to `end`, over midnight if need be, nothing is sent."""

    start: Clock
    end: Clock
    timezone: Timezone = "UTC"

    def core(self) -> QuietHours:
        return QuietHours(self.start, self.end, self.timezone)


class RouteRow(Row):
    """The first route that fits an incident takes it. An empty list fits everything."""

    id: Slug
    sink: Literal["console", "slack"]
    channel: Annotated[Text | None, Field(description="A Slack channel id, or `--channel`.")] = None
    watches: Slugs = ()
    countries: Codes = ()
    topics: Slugs = ()
    group_by: Literal["summit", "topic", "country"] = "summit"
    group_wait: Duration = timedelta(minutes=5)
    repeat_interval: Duration = timedelta(hours=4)
    severity: Literal["info", "notice", "warning", "critical"] = "notice"
    digest_above: Annotated[int, Strict(), Field(ge=1)] = 8
    quiet_hours: QuietHoursRow | None = None

    def core(self) -> Route:
        return Route(
            id=self.id,
            sink=self.sink,
            channel=self.channel or "",
            watches=frozenset(self.watches),
            countries=frozenset(self.countries),
            topics=frozenset(self.topics),
            group_by=self.group_by,
            group_wait=self.group_wait,
            repeat_interval=self.repeat_interval,
            severity=self.severity,
            digest_above=self.digest_above,
            quiet_hours=self.quiet_hours.core() if self.quiet_hours else None,
        )


class SilenceRow(Row):
    """A silence ends, and says why it is there and who made it."""

    id: Slug
    because: Text
    author: Text
    until: Instant
    since: Instant | None = None
    countries: Codes = ()
    topics: Slugs = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until <= self.since:
            problem = f"the silence ends at {self.until}, before it began at {self.since}"
            raise wrong(problem, "swap them, or correct one")
        return self

    def core(self) -> Silence:
        return Silence(
            id=self.id,
            because=self.because,
            author=self.author,
            until=self.until,
            since=self.since,
            countries=frozenset(self.countries),
            topics=frozenset(self.topics),
        )
