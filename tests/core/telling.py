"""One pass of delivery over a few shifts: who covers what, what was told, what is planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from stancewatch.core.actor import Country
from stancewatch.core.decide import Circumstances, Verdict, decide
from stancewatch.core.fold import history
from stancewatch.core.incident import Knowledge, Plan, plan
from stancewatch.core.moment import Moment, parse_moment
from stancewatch.core.notification import Receipt
from stancewatch.core.ports import Told
from stancewatch.core.record import Change, RecordedShift, Untold, shift_id
from stancewatch.core.route import Route
from stancewatch.core.stance import Shift
from stancewatch.core.watch import Reading, Watch
from tests.core.build import POLICY, says

TOPIC = "troop-deployment"
NOW = datetime(2025, 2, 17, 9, tzinfo=UTC)
WATCH = Watch("all", "all", frozenset({"GB", "FR", "DE"}), frozenset({TOPIC}))
ROUTE = Route("desk", "slack", "C1", group_wait=timedelta(0))
NAMES = {"GB": Country("GB", "United Kingdom"), "FR": Country("FR", "France")}


def around(**changes: Any) -> Circumstances:
    known: dict[str, Any] = {
        "now": NOW,
        "policies": {TOPIC: POLICY},
        "watches": [WATCH],
        "routes": [ROUTE],
    }
    return Circumstances(**{**known, **changes})


def moment(text: str) -> Moment:
    found = parse_moment(text)
    assert found is not None
    return found


def story(country: str = "GB", on: str = "2025-02-16", to: str = "willing") -> list[Reading]:
    key = (country, TOPIC)
    return [
        says("reluctant", "2024-02-27", key=key, outlet=f"before {country}"),
        says(to, on, key=key, outlet=f"after {country}"),
    ]


def last_shift(readings: list[Reading]) -> Shift:
    return history(readings, POLICY).shifts[-1]


def untold(shift: Shift, change: Change = Change.NEW, **changes: Any) -> Untold:
    recorded = changes.pop("recorded", None) or RecordedShift(shift_id(shift), shift)
    learned = changes.pop("learned_at", NOW)
    return Untold(f"{recorded.id} {change} {learned}", change, recorded, learned, **changes)


def planned(*changes: Untold, told: tuple[Told, ...] = (), **more: Any) -> Plan:
    readings = [reading for country in ("GB", "FR") for reading in story(country)] + more.pop(
        "readings", []
    )
    known = Knowledge({r.id: r for r in readings}, NAMES, more.pop("summits", ()))
    return plan(changes, told, around(**more), known)


def sent(plan_: Plan) -> tuple[Told, ...]:
    receipt = Receipt("k", "C1", "1.0")
    return tuple(replace(told, receipt=receipt) for told in plan_.told)


SHIFT = last_shift(story())
BEFORE = (SHIFT.key, ROUTE.id)  # what was told of the same country on the same route


def decided(change: Untold, **circumstances: Any) -> Verdict:
    """The verdict of the only watch."""
    (verdict,) = decide(change, around(**circumstances))
    return verdict
