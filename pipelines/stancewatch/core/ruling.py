"""An analyst's word on a piece of evidence: itself evidence, so it outlives every run and upgrade.

    ruled(readings, rulings) -> readings       # pure: order and repetition do not matter

    accept     certain, and one article suffices, whoever printed it
    reject     stays visible, and is refused
    relabel    certain, at the level that the ruling names
    withdraw   ends one ruling; what was ruled before it holds again

Of the rulings on one reading, the latest that nobody withdrew holds. A ruling is on words: it
rests while an edited article no longer has them (the ledger leaves it out then).

Another reader may give the same words another id, or none. What was accepted or relabelled then
stands on as it was ruled on, under its own id, and the reading that a reader of today makes of the
same words is refused in its favour. What was rejected is refused under its new id. The same words
are those of the same article, on the same key, where the words of one quote stand in a row in the
other. Of several such readings it is the one most like the reading that was ruled on. None is
one that has a ruling of its own, or that stood beside it when it was ruled on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from stancewatch.core.article import words
from stancewatch.core.digest import digest
from stancewatch.core.moment import iso
from stancewatch.core.watch import Key, Reading, Ruled, Verdict

CERTAIN = 1000  # a person has read the words
SHORT = 8  # characters of an id that are shown, and that a person types


@dataclass(frozen=True, slots=True)
class Ruling:
    """`subject` is the id of the reading ruled on, `snapshot` that reading as it was found then,
    `apart` the other readings of the same words at that time. `level` belongs to a relabelling,
    `withdraws` (the id of a ruling) to a withdrawal."""

    id: str
    key: Key
    verdict: Verdict
    subject: str
    author: str
    because: str
    ruled_at: datetime
    snapshot: Reading
    level: str | None = None
    withdraws: str | None = None
    apart: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """ "relabelled open by Ann on 2025-03-02: the quote goes on"."""
        return f"{self._done} by {self.author} on {self.ruled_at:%Y-%m-%d}: {self.because}"

    @property
    def _done(self) -> str:
        match self.verdict:
            case Verdict.ACCEPT:
                return "accepted"
            case Verdict.REJECT:
                return "rejected"
            case Verdict.RELABEL:
                return f"relabelled {self.level}"
            case Verdict.WITHDRAW:
                return f"ruling {(self.withdraws or '')[:SHORT]} withdrawn"

    @property
    def order(self) -> tuple[datetime, str]:
        return self.ruled_at, self.id


def make_ruling(
    snapshot: Reading,
    verdict: Verdict,
    *,
    author: str,
    because: str,
    ruled_at: datetime,
    level: str | None = None,
    withdraws: str | None = None,
    beside: Iterable[Reading] = (),
) -> Ruling:
    """A ruling with its id. `beside`: what is found in its article at that time."""
    alike = {reading.id for reading in beside if same_words(reading, snapshot)}
    # Where it is not found itself, what is found may be what it has become.
    apart = alike - {snapshot.id} if snapshot.id in alike else ()
    said = (verdict, level or "", withdraws or "", snapshot.id, author, because, iso(ruled_at))
    return Ruling(
        digest("ruling", *snapshot.key, *said),
        snapshot.key,
        verdict,
        snapshot.id,
        author,
        because,
        ruled_at,
        snapshot,
        level,
        withdraws,
        tuple(sorted(apart)),
    )


def withdrawal(ruling: Ruling, *, author: str, because: str, ruled_at: datetime) -> Ruling:
    return make_ruling(
        ruling.snapshot,
        Verdict.WITHDRAW,
        author=author,
        because=because,
        ruled_at=ruled_at,
        withdraws=ruling.id,
    )


def holding(rulings: Iterable[Ruling]) -> tuple[Ruling, ...]:
    """The one that holds on each subject, the earliest first."""
    given = {ruling.id: ruling for ruling in rulings}
    withdrawn = {ruling.withdraws for ruling in given.values()}
    latest: dict[str, Ruling] = {}
    for ruling in sorted(given.values(), key=lambda each: each.order):
        if ruling.verdict is not Verdict.WITHDRAW and ruling.id not in withdrawn:
            latest[ruling.subject] = ruling
    return tuple(sorted(latest.values(), key=lambda each: each.order))


def ruled(readings: Iterable[Reading], rulings: Iterable[Ruling]) -> tuple[Reading, ...]:
    """The evidence as the rulings leave it, by id."""
    found = {reading.id: reading for reading in readings}
    result = dict(found)
    holds = holding(rulings)
    subjects = {ruling.subject for ruling in holds}
    for ruling in holds:
        subject = found.get(ruling.subject)
        twin = None if subject else _twin(ruling, found.values(), subjects)
        if twin:
            result[twin.id] = _refused(twin, ruling)
        if subject or ruling.verdict is not Verdict.REJECT:
            result[ruling.subject] = as_ruled(subject or ruling.snapshot, ruling)
    return tuple(result[each] for each in sorted(result))


def as_ruled(reading: Reading, ruling: Ruling) -> Reading:
    """The reading ruled on, as this ruling has it."""
    mark = Ruled(ruling.verdict, ruling.said, ruling.subject)
    match ruling.verdict:
        case Verdict.ACCEPT:
            return replace(reading, confidence=CERTAIN, catalogued=True, ruled=mark)
        case Verdict.RELABEL:
            level = ruling.level or reading.level
            return replace(reading, level=level, confidence=CERTAIN, ruled=mark)
        case _:
            return replace(reading, ruled=mark)


def _refused(twin: Reading, ruling: Ruling) -> Reading:
    """What a reader of today makes of words that were ruled on."""
    said = ruling.said
    if ruling.verdict is not Verdict.REJECT:
        said = f"the ruling on the same words stands: {said}"
    return replace(twin, ruled=Ruled(Verdict.REJECT, said, ruling.subject))


def _twin(ruling: Ruling, readings: Iterable[Reading], subjects: Collection[str]) -> Reading | None:
    """The reading that the words ruled on have become, if they have become another one."""
    was = ruling.snapshot
    others = [
        reading
        for reading in readings
        if reading.id not in subjects
        and reading.id not in ruling.apart
        and same_words(reading, was)
    ]

    def unlike(reading: Reading) -> tuple[bool, bool, bool, str]:
        return (
            reading.level != was.level,
            reading.voice is not was.voice,
            reading.speaker != was.speaker,
            reading.id,
        )

    return min(others, key=unlike, default=None)


def same_words(one: Reading, other: Reading) -> bool:
    """Whether both are readings of the same place in the same article, on one key."""
    return (one.article_id, one.key) == (other.article_id, other.key) and (
        stand_in(one.quote, other.quote) or stand_in(other.quote, one.quote)
    )


def stand_in(quote: str, text: str) -> bool:
    """Whether the words of the quote stand in the text in a row, whatever is between them."""
    wanted = words(quote)
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(words(text))} "
