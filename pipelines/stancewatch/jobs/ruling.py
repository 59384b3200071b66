"""An analyst rules on a reading, and the history follows at once.

    ruling -> the ledger, key marked (one commit) -> refold the key -> before and after

A crash in between leaves a dirty key, which the next run refolds. Shifts that change wait in the
outbox, like any others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from stancewatch.core.article import canonical_url
from stancewatch.core.digest import digest
from stancewatch.core.record import Change
from stancewatch.core.ruling import SHORT, Ruling, holding, ruled
from stancewatch.core.stance import Stance
from stancewatch.core.watch import Decision, Key, Reading, Reason
from stancewatch.errors import UsageError
from stancewatch.jobs.asking import Asking
from stancewatch.transforms.refold import refold_key

if TYPE_CHECKING:
    from stancewatch.stores.ledger import SqlLedger

SHOWN = 8  # readings that an unclear name might mean


@dataclass(frozen=True, slots=True)
class Followed:
    """What a ruling changed. `decisions` are those that now stand on the reading."""

    ruling: Ruling
    before: Stance | None
    after: Stance | None
    changes: Mapping[Change, int]
    decisions: Sequence[Decision]


def follow(
    asking: Asking, ledger: SqlLedger, ruling: Ruling, now: datetime, *, alert: bool = True
) -> Followed:
    """Record the ruling and fold its key again. `alert`: shifts that it makes may be told."""
    _check_that_it_counts(ledger, ruling)
    before = _stance(ledger, ruling.key)
    if not ledger.rule(ruling, now=now, quiet="" if alert else Reason.RULED):
        raise UsageError(
            f"the ruling {ruling.id[:SHORT]} is there already, word for word",
            mend="give another reason or another --at",
        )
    changes = refold_key(ledger, ruling.key, asking.policies, asking.eras, now)
    found = ledger.decisions(ruling.key, subject=ruling.subject)
    decisions = tuple(each.decision for each in found)
    return Followed(ruling, before, _stance(ledger, ruling.key), changes, decisions)


def _check_that_it_counts(ledger: SqlLedger, ruling: Ruling) -> None:
    if ruling.withdraws:
        return
    stands = standing_on(ledger, ruling.snapshot)
    if stands and stands.order > ruling.order:
        raise UsageError(
            f"a later ruling stands: {stands.id[:SHORT]}, {stands.said}",
            mend="withdraw it first, or give a later --at",
        )


def standing_on(ledger: SqlLedger, reading: Reading) -> Ruling | None:
    holds = holding(ledger.rulings(reading.key))
    return next((each for each in holds if each.subject == reading.id), None)


def _stance(ledger: SqlLedger, key: Key) -> Stance | None:
    return next((stance for stance in ledger.stances() if stance.key == key), None)


def beside(ledger: SqlLedger, reading: Reading) -> Sequence[Reading]:
    """What else the current wording of its article says of the country."""
    return ledger.detected_in(reading.article_id, reading.key[0])


def reading_named(ledger: SqlLedger, name: str, country: str | None) -> Reading:
    """The one reading that a person means: by the beginning of its id, or by an article's address
    and a country. What was read of words that were ruled on before means the reading ruled on.

    Raises UsageError, with a way out, for none and for several."""
    by_address = "://" in name
    if by_address and country is None:
        raise UsageError(
            "an article may speak of several countries", mend="say --country with an address"
        )
    link = canonical_url(name) if by_address else None
    found = (
        ledger.detected_in(digest("article", "url", link or name), country)
        if country and by_address
        else ledger.detected(name.lower(), limit=SHOWN + 1)
    )
    if len(found) == 1:
        return _ruled_on_first(ledger, found[0])
    if not found:
        raise UsageError(
            f"there is no reading {name!r}", mend="why and history print the ids of readings"
        )
    raise UsageError(f"{name!r} may mean several readings", mend="; ".join(_told(found)))


def _told(readings: Sequence[Reading]) -> Iterator[str]:
    for reading in readings[:SHOWN]:
        words = " ".join(reading.quote.split()[:8])
        yield f"{reading.id[:SHORT]} {reading.key[0]} {reading.level} “{words} …”"
    if len(readings) > SHOWN:
        yield "and more"


def _ruled_on_first(ledger: SqlLedger, reading: Reading) -> Reading:
    marked = ruled(beside(ledger, reading), ledger.rulings_on(reading.key))
    mark = next((each.ruled for each in marked if each.id == reading.id), None)
    return ledger.detected(mark.subject)[0] if mark else reading


def ruling_named(ledger: SqlLedger, name: str) -> Ruling:
    """The one ruling whose id begins so. Raises UsageError for none and for several."""
    found = [each for each in ledger.rulings() if each.id.startswith(name.lower())]
    if len(found) == 1:
        return found[0]
    problem = f"several rulings begin with {name!r}" if found else f"there is no ruling {name!r}"
    raise UsageError(problem, mend="stancewatch ruling list prints them")
