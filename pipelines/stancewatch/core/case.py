"""What speaks for one level, in event order, and no further back than the window."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime, timedelta

from stancewatch.core.moment import Moment
from stancewatch.core.watch import Reading
from stancewatch.core.weigh import Strength, strength


class Case:
    """The evidence for the standing level, or for a challenger.

    Holds what is younger than `window` by its latest reading. How strong it is at a time is asked
    at every step, so the strongest are kept in a queue: each is stronger than all that came later.
    """

    def __init__(self, level: str, window: timedelta, readings: Iterable[Reading] = ()) -> None:
        self.level = level
        self._window = window
        self._readings: list[Reading] = []
        self._strongest: list[tuple[datetime, Strength]] = []
        self.add(readings)

    @property
    def last(self) -> Moment:
        """When it was last spoken for. A case is never empty."""
        return moment(self._readings[-1])

    def add(self, step: Iterable[Reading]) -> None:
        """Readings that are no older than any here."""
        for reading in step:
            self._readings.append(reading)
            mine = strength(reading)
            while self._strongest and self._strongest[-1][1] <= mine:
                self._strongest.pop()
            self._strongest.append((time(reading), mine))
        if self._readings:
            self._forget(self.last.at - self._window)

    def _forget(self, before: datetime) -> None:
        # In portions, so that a list that loses its head is not moved at every step.
        gone = bisect_left(self._readings, before, key=time)
        if 2 * gone >= len(self._readings):
            del self._readings[:gone]
        del self._strongest[: bisect_left(self._strongest, before, key=lambda each: each[0])]

    def since(self, begin: datetime) -> list[Reading]:
        return self._readings[bisect_left(self._readings, begin, key=time) :]

    def in_view(self) -> list[Reading]:
        """All that is younger than the window by the latest of them."""
        return self.since(self.last.at - self._window) if self._readings else []

    def strength_since(self, begin: datetime) -> Strength:
        """Of the strongest reading since then; the least of all where there is none."""
        place = bisect_left(self._strongest, begin, key=lambda each: each[0])
        return self._strongest[place][1] if place < len(self._strongest) else Strength()


def moment(reading: Reading) -> Moment:
    """Of a reading that was admitted, and so has one."""
    assert reading.at is not None
    return reading.at


def time(reading: Reading) -> datetime:
    return moment(reading).at
