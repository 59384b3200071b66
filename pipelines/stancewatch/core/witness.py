"""Independent witnesses: a wire story in forty papers is one.

Readings are assigned in event order, each only against earlier readings inside the window, so a
later copy never rewrites an earlier assignment. Readings of one instant are joined symmetrically.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from stancewatch.core.article import resemblance
from stancewatch.core.watch import Reading

NEAR_COPY = 600  # thousandths: of one owner or with one agency's credit, this much is one text
COPY = 750  # without a shared owner or credit


def same_witness(one: Reading, other: Reading) -> bool:
    """Whether both readings go back to one origin. A copy that says otherwise is another text."""
    if one.level != other.level or one.kind != other.kind:
        return False
    if one.article_id == other.article_id:
        return True
    if one.origin.quote and one.origin.quote == other.origin.quote:
        return True
    alike = resemblance(one.origin.sketch, other.origin.sketch)
    return alike >= (NEAR_COPY if _kin(one, other) else COPY)


def _kin(one: Reading, other: Reading) -> bool:
    agency = one.origin.agency
    return one.origin.owner == other.origin.owner or (
        agency is not None and agency == other.origin.agency
    )


class Witnesses:
    """Gives each reading the number of its witness: 0, 1, 2, ... in order of first appearance."""

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._seen: list[tuple[Reading, int]] = []
        self._by_trait: dict[object, list[int]] = defaultdict(list)
        self._count = 0

    def assign(self, step: Sequence[Reading]) -> dict[str, int]:
        """Witness numbers by reading id for readings of one instant, which need not be sorted."""
        numbers: dict[str, int] = {}
        for component in sorted(_components(step), key=lambda c: min(r.id for r in c)):
            number = self._earlier(component)
            if number is None:
                number, self._count = self._count, self._count + 1
            numbers.update((reading.id, number) for reading in component)
        for reading in step:
            self._remember(reading, numbers[reading.id])
        return numbers

    def _earlier(self, component: Iterable[Reading]) -> int | None:
        found = [number for reading in component for number in self._matches(reading)]
        return min(found, default=None)

    def _matches(self, reading: Reading) -> Iterable[int]:
        places = {place for trait in _traits(reading) for place in self._by_trait[trait]}
        for place in places:
            earlier, number = self._seen[place]
            if _within(earlier, reading, self._window) and same_witness(earlier, reading):
                yield number

    def _remember(self, reading: Reading, number: int) -> None:
        for trait in _traits(reading):
            self._by_trait[trait].append(len(self._seen))
        self._seen.append((reading, number))


def _traits(reading: Reading) -> Iterable[object]:
    """What two readings of one witness must share at least one of."""
    yield ("article", reading.article_id)
    if reading.origin.quote:
        yield ("quote", reading.origin.quote)
    yield from reading.origin.sketch


def _within(earlier: Reading, later: Reading, window: timedelta) -> bool:
    assert earlier.at is not None
    assert later.at is not None
    return later.at.at - earlier.at.at <= window


def _components(step: Sequence[Reading]) -> list[list[Reading]]:
    """Connected components under `same_witness`."""
    components: list[list[Reading]] = []
    for reading in step:
        joined = [c for c in components if any(same_witness(reading, other) for other in c)]
        components = [c for c in components if c not in joined]
        components.append([reading, *(other for c in joined for other in c)])
    return components
