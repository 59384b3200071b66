"""One key, folded again from the ledger. Knows no Beam: whoever rules on a reading wants to see at
once what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from stancewatch.core.fold import SPACING, rules_digest
from stancewatch.core.fold import refold as fold_from
from stancewatch.core.moment import Moment
from stancewatch.core.ports import KeyRecord, Tracking
from stancewatch.core.record import Change, Outcome, difference
from stancewatch.core.topic import Policy
from stancewatch.core.watch import Key
from stancewatch.errors import LedgerError

ATTEMPTS = 20  # commits lost to other workers before we call it a fault


def refold_key(
    ledger: Tracking,
    key: Key,
    policies: Mapping[str, Policy],
    eras: Mapping[str, Sequence[Moment]],
    now: datetime,
) -> Mapping[Change, int]:
    """Fold everything known on a key and commit how the history changed."""
    policy, changes = _policy(policies, key), eras.get(key[0], ())
    for _ in range(ATTEMPTS):
        known = ledger.evidence(key, rules_digest(policy, changes))
        outcome = fold_key(key, known, policy, changes)
        if ledger.commit(outcome, now=now, quiet=known.quiet):
            kinds = [change for change, _ in outcome.difference.changes]
            return {change: kinds.count(change) for change in Change}
    raise LedgerError(
        f"{'/'.join(key)} was changed by others {ATTEMPTS} times while it was being folded",
        mend="run fewer workers on one ledger",
    )


def fold_key(
    key: Key,
    known: KeyRecord,
    policy: Policy,
    eras: Sequence[Moment] = (),
    spacing: int = SPACING,
) -> Outcome:
    """What the evidence tells, against what is recorded; from the record's checkpoint on."""
    told = fold_from(known.readings, policy, eras, known.start, spacing)
    return Outcome(
        key=key,
        version=known.version,
        rules=rules_digest(policy, eras),
        difference=difference(known.recorded, told.history.shifts),
        stance=told.history.stance,
        decisions=told.history.decisions,
        decided_since=known.start.decided_since(policy) if known.start else None,
        start=known.start,
        checkpoints=told.checkpoints,
    )


def _policy(policies: Mapping[str, Policy], key: Key) -> Policy:
    try:
        return policies[key[1]]
    except KeyError:
        raise LedgerError(
            f"the ledger has evidence on the topic {key[1]!r}, which no rule file defines",
            mend="restore rules/topics/" + key[1] + ", or use another ledger",
        ) from None
