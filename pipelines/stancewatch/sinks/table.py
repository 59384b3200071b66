"""The sinks there are. A new one is a file in this room and a row here."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TextIO

from stancewatch.core.ports import Sink
from stancewatch.errors import UsageError
from stancewatch.sinks.console import ConsoleSink
from stancewatch.sinks.slack.client import BASE_URL, SlackSink
from stancewatch.sinks.slack.pace import Pace


@dataclass(frozen=True, slots=True)
class SinkConfig:
    """What the command line gives the sinks. The token is never printed with it."""

    slack_token: str = field(default="", repr=False)
    slack_base_url: str = BASE_URL
    slack_timeout: int = 30
    stream: TextIO | None = None  # standard output, unless given
    width: int | None = None
    colour: bool | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def _console(config: SinkConfig) -> Sink:
    return ConsoleSink(config.stream or sys.stdout, width=config.width, colour=config.colour)


def _slack(config: SinkConfig) -> Sink:
    if not config.slack_token:
        raise UsageError(
            "no Slack token is set", mend="export SLACK_BOT_TOKEN=xoxb-..., or route to console"
        )
    pace = Pace(config.clock, config.sleep)
    return SlackSink(config.slack_token, config.slack_base_url, config.slack_timeout, pace)


SINKS: Mapping[str, Callable[[SinkConfig], Sink]] = {
    "console": _console,
    "slack": _slack,
}


def open_sink(name: str, config: SinkConfig) -> Sink:
    """The sink of this name. Raises UsageError for an unknown one, or one that lacks a setting."""
    if name not in SINKS:
        raise UsageError(f"there is no sink {name!r}", mend=f"choose one of {', '.join(SINKS)}")
    return SINKS[name](config)
