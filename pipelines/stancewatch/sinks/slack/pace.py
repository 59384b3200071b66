"""Slack's speed limits, kept before Slack has to ask: one message a second a channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from stancewatch.errors import SinkBusyError

GAP = 1.0  # seconds between two messages in one channel


@dataclass(slots=True)
class Pace:
    """`clock` gives seconds that never go back; `sleep` waits some."""

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    _ended: dict[str, float] = field(default_factory=dict)
    _held: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def turn(self, channel: str) -> Iterator[None]:
        """Waits for the channel's turn. The gap counts from the end of a call, as only then is it
        sure that Slack has taken the message."""
        due = self._ended.get(channel, self.clock() - GAP) + GAP
        if (wait := due - self.clock()) > 0:
            self.sleep(wait)
        try:
            yield
        finally:
            self._ended[channel] = self.clock()

    def hold(self, method: str, seconds: float) -> None:
        """Slack asked for silence on this method: other messages have to wait as well."""
        self._held[method] = self.clock() + seconds

    def check(self, method: str) -> None:
        wait = self._held.get(method, self.clock()) - self.clock()
        if wait > 0:
            raise SinkBusyError(f"Slack asked us to wait with {method}", retry_after=wait)
