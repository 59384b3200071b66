"""A position folded from evidence in hand, with the rules of a house."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from stancewatch.core.fold import history
from stancewatch.core.stance import History, Stance
from stancewatch.core.watch import Key, Reading
from stancewatch.jobs.wiring import House


def fold(house: House, key: Key, readings: Iterable[Reading]) -> History:
    return history(readings, house.policies[key[1]], house.eras.get(key[0], ()))


def stance_at(house: House, key: Key, readings: Iterable[Reading], at: datetime) -> Stance | None:
    """As a reader of that time saw it, by all that had been said before."""
    known = [reading for reading in readings if reading.at and reading.at.at < at]
    stance = fold(house, key, known).stance
    return stance.on(at, house.eras.get(key[0], ())) if stance else None
