"""Independent witnesses: a wire story in forty papers is one.

Readings are assigned in event order, each only against earlier readings inside the window, so a
later copy never rewrites an earlier assignment. Readings of one instant are joined symmetrically.
A witness is called by the id of the first reading that it gave.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from stancewatch.core.article import resemblance
from stancewatch.core.watch import Reading

NEAR_COPY = 600  # thousandths: of one owner or with one agency's credit, this much is one text
COPY = 750  # without a shared owner or credit
TRAITS = 16  # of a sketch: of two texts that alike, all of them differ once in two million pairs


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
    """Names the witness of each reading. Remembers no further back than the window."""

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._seen: deque[tuple[Reading, str]] = deque()
        self._by_trait: dict[object, list[tuple[Reading, str]]] = defaultdict(list)

    def __iter__(self) -> Iterator[tuple[Reading, str]]:
        """What is still remembered, in event order."""
        return iter(self._seen)

    def assign(self, step: Sequence[Reading]) -> dict[str, str]:
        """Witnesses by reading id for readings of one instant, which need not be sorted."""
        assert step[0].at is not None
        self._forget(step[0].at.at - self._window)
        names: dict[str, str] = {}
        for component in _components(step):
            name = self._earlier(component) or min(reading.id for reading in component)
            names.update((reading.id, name) for reading in component)
        for reading in sorted(step, key=lambda r: r.id):
            self.remember(reading, names[reading.id])
        return names

    def _earlier(self, component: Iterable[Reading]) -> str | None:
        """Of several that it joins, the one matched earliest; its name only breaks ties."""
        found = [match for reading in component for match in self._matches(reading)]
        return min(found)[1] if found else None

    def _matches(self, reading: Reading) -> Iterator[tuple[datetime, str]]:
        kin = {
            earlier.id: (earlier, name)
            for trait in _traits(reading)
            for earlier, name in self._by_trait.get(trait, ())
        }
        for earlier, name in kin.values():
            if same_witness(earlier, reading):
                yield _time(earlier), name

    def remember(self, reading: Reading, name: str) -> None:
        """Readings come in event order."""
        self._seen.append((reading, name))
        for trait in _traits(reading):
            self._by_trait[trait].append((reading, name))

    def _forget(self, before: datetime) -> None:
        while self._seen and _time(self._seen[0][0]) < before:
            reading, _ = self._seen.popleft()
            for trait in _traits(reading):
                alike = self._by_trait[trait]
                del alike[0]
                if not alike:
                    del self._by_trait[trait]


def _time(reading: Reading) -> datetime:
    assert reading.at is not None
    return reading.at.at


def _traits(reading: Reading) -> Iterable[object]:
    """What two readings of one witness must share at least one of."""
    yield ("article", reading.article_id)
    if reading.origin.quote:
        yield ("quote", reading.origin.quote)
    yield from reading.origin.sketch[:TRAITS]


def _components(step: Sequence[Reading]) -> list[list[Reading]]:
    """Connected components under `same_witness`."""
    components: list[list[Reading]] = []
    for reading in step:
        joined = [c for c in components if any(same_witness(reading, other) for other in c)]
        components = [c for c in components if c not in joined]
        components.append([reading, *(other for c in joined for other in c)])
    return components
