"""What two sets of rules would have told, simulated with the code that decides for delivery."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from stancewatch.core.actor import Country
from stancewatch.core.backtest import Comparison, Simulated, compare, simulate
from stancewatch.core.decide import Circumstances
from stancewatch.core.fold import history
from stancewatch.core.incident import Knowledge
from stancewatch.core.route import QuietHours, Route, Silence
from stancewatch.core.topic import Policy
from stancewatch.core.watch import Reading, Watch
from tests.core.build import KEY, POLICY, says

WATCH = Watch("desk", "Desk", frozenset({"GB", "FR"}), frozenset({KEY[1]}))
ROUTE = Route("console", "console")
BEFORE = says("reluctant", "2025-02-01T10:00:00Z")
AFTER = says("willing", "2025-02-16T22:00:00Z")


def told(
    readings: Iterable[Reading],
    *,
    watch: Watch = WATCH,
    routes: Sequence[Route] = (ROUTE,),
    policy: Policy = POLICY,
    **changes: Any,
) -> Simulated:
    known = {reading.id: reading for reading in readings}
    by_key: dict[tuple[str, str], list[Reading]] = {}
    for reading in known.values():
        by_key.setdefault(reading.key, []).append(reading)
    around = Circumstances(
        now=datetime(2026, 1, 1, tzinfo=UTC),
        policies={KEY[1]: policy},
        watches=[watch],
        routes=routes,
        **changes,
    )
    countries = {code: Country(code, code) for code in ("GB", "FR")}
    histories = [history(each, policy) for each in by_key.values()]
    return simulate(histories, around, Knowledge(known, countries))


def times(simulated: Simulated) -> list[str]:
    return [f"{each.told_at:%Y-%m-%d %H:%M}" for each in simulated.alerts]


def test_a_shift_is_told_when_it_was_known_and_others_had_time_to_join() -> None:
    found = told([BEFORE, AFTER])
    (alert,) = found.alerts
    assert (alert.item.from_level, alert.item.to_level) == ("reluctant", "willing")
    assert times(found) == ["2025-02-16 22:05"]
    assert found.withheld == {"first-position": 1}


def french(minute: int) -> list[Reading]:
    return [
        replace(says("open", "2025-02-01T11:00:00Z", outlet="x"), key=("FR", KEY[1])),
        replace(says("willing", f"2025-02-16T22:0{minute}:00Z", outlet="y"), key=("FR", KEY[1])),
    ]


def test_two_countries_at_once_are_one_message() -> None:
    found = told([BEFORE, AFTER, *french(0)])
    assert (len(found.alerts), found.messages) == (2, 1)
    assert times(found) == ["2025-02-16 22:05", "2025-02-16 22:05"]


def test_who_comes_a_little_later_is_told_in_the_thread() -> None:
    found = told([BEFORE, AFTER, *french(3)])
    assert (len(found.alerts), found.messages) == (2, 2)
    assert times(found) == ["2025-02-16 22:05", "2025-02-16 22:08"]


def test_quiet_hours_put_it_off_to_the_morning() -> None:
    night = QuietHours(time(22), time(6, 30))
    found = told([BEFORE, AFTER], routes=[replace(ROUTE, quiet_hours=night)])
    assert times(found) == ["2025-02-17 06:30"]


def test_a_silence_of_those_days_mutes_it() -> None:
    days = datetime(2025, 2, 16, tzinfo=UTC), datetime(2025, 2, 18, tzinfo=UTC)
    silence = Silence("s", "a test", "desk", until=days[1], since=days[0])
    found = told([BEFORE, AFTER], silences=[silence])
    assert (found.alerts, found.withheld["silenced"]) == ((), 1)


def test_an_alert_throttles_the_next_of_its_country() -> None:
    every = replace(WATCH, any_level=True)
    top, less = says("committed", "2025-02-16T22:00:00Z"), says("willing", "2025-02-16T23:30:00Z")
    found = told([BEFORE, top, less], watch=every)
    assert [alert.item.to_level for alert in found.alerts] == ["committed"]
    assert found.withheld["throttled"] == 1


def compared(a: Simulated, b: Simulated) -> Comparison:
    return compare(a.alerts, b.alerts)


def test_the_same_rules_tell_the_same() -> None:
    found = compared(told([BEFORE, AFTER]), told([BEFORE, AFTER]))
    assert (found.appear, found.vanish, found.move, found.same) == ((), (), (), 1)


def test_a_watch_that_asks_for_more_makes_alerts_appear() -> None:
    step = says("committed", "2025-03-20T10:00:00Z")
    rejects = says("rejects", "2025-02-05T10:00:00Z")
    readings = [BEFORE, rejects, AFTER, step]
    found = compared(told(readings), told(readings, watch=replace(WATCH, any_level=True)))
    assert [alert.item.to_level for alert in found.appear] == ["rejects"]
    assert (found.vanish, found.same) == ((), 2)
    back = compared(told(readings, watch=replace(WATCH, any_level=True)), told(readings))
    assert [alert.item.to_level for alert in back.vanish] == ["rejects"]


def test_another_route_is_a_move() -> None:
    other = Route("desk", "slack", "C0DESK")
    (move,) = compared(told([BEFORE, AFTER]), told([BEFORE, AFTER], routes=[other])).move
    assert move.differs == ("route",)
    assert move.b.place == "slack C0DESK"


def test_another_date_is_a_move() -> None:
    later = replace(AFTER, published=says("open", "2025-02-18").published)
    (move,) = compared(told([BEFORE, AFTER]), told([BEFORE, later])).move
    assert move.differs == ("date", "told")


def test_the_same_article_read_as_another_level_is_a_move() -> None:
    read_otherwise = replace(AFTER, level="open")
    found = compared(told([BEFORE, AFTER]), told([BEFORE, read_otherwise]))
    (move,) = found.move
    assert move.differs == ("level",)
    assert (found.appear, found.vanish) == ((), ())


def test_the_same_step_a_month_later_is_other_news() -> None:
    later = says("willing", "2025-03-20T22:00:00Z")
    found = compared(told([BEFORE, AFTER]), told([BEFORE, later]))
    assert (len(found.appear), len(found.vanish), found.move) == (1, 1, ())


def test_of_two_steps_the_nearest_are_paired() -> None:
    again = [says("reluctant", "2025-02-18T22:00:00Z"), says("willing", "2025-02-20T22:00:00Z")]
    all_of_it = told([BEFORE, AFTER, *again])
    assert [each.item.to_level for each in all_of_it.alerts] == ["willing", "reluctant", "willing"]
    found = compared(all_of_it, told([BEFORE, AFTER]))
    assert [str(each.happened_at)[:10] for each in found.vanish] == ["2025-02-18", "2025-02-20"]
    assert found.same == 1
