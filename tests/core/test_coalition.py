"""Who stands where, who moved, who is only spoken for: from stances and readings alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from stancewatch.core.actor import Actors, Country, Group
from stancewatch.core.coalition import (
    DATED,
    EVERYONE,
    HIGHER,
    REPEAT,
    RESTATE,
    WITNESS,
    Known,
    Question,
    View,
    as_of,
    view,
)
from stancewatch.core.fold import history
from stancewatch.core.mention import Evidence
from stancewatch.core.stance import Shift, Standing
from stancewatch.core.topic import Side
from stancewatch.core.watch import Reading
from tests.core.build import KEY, POLICY, says

TOPIC = KEY[1]
ACTORS = Actors(
    countries={
        "GB": Country("GB", "United Kingdom", member_of=("NATO",)),
        "FR": Country("FR", "France", member_of=("NATO", "EU")),
        "PL": Country("PL", "Poland", member_of=("NATO", "EU")),
        "DE": Country("DE", "Germany", member_of=("NATO", "EU")),
        "NATO": Country("NATO", "NATO", is_body=True),
        "EU": Country("EU", "European Union", is_body=True),
    },
    groups=(
        Group("Weimar Triangle", (), ("FR", "DE", "PL")),
        Group("Franco-British", (), ("FR", "GB")),
    ),
)


def question(day: str = "2025-03-31", days: int = 30) -> Question:
    end = datetime.fromisoformat(day).replace(hour=23, minute=59, tzinfo=UTC)
    return Question(TOPIC, POLICY, end, timedelta(days=days))


def of(country: str, *readings: Reading) -> tuple[Known, tuple[Shift, ...]]:
    mine = tuple(replace(each, key=(country, TOPIC)) for each in readings)
    found = history(mine, POLICY)
    return Known(country, found.stance, mine, found.decisions), found.shifts


def seen(*all_known: tuple[Known, Sequence[Shift]], **asked: Any) -> View:
    known = [each for each, _ in all_known]
    shifts = [shift for _, found in all_known for shift in found]
    return view(question(**asked), known, shifts, ACTORS)


def codes(places: Sequence[Any]) -> list[str]:
    return [place.country for place in places]


def test_countries_stand_by_level_the_most_committed_first_the_latest_first() -> None:
    found = seen(
        of("DE", says("rejects", "2025-03-01")),
        of("FR", says("willing", "2025-03-01")),
        of("GB", says("committed", "2025-02-01")),
        of("PL", says("willing", "2025-03-05")),
    )
    assert [(level, codes(places)) for level, places in found.levels] == [
        ("committed", ["GB"]),
        ("willing", ["PL", "FR"]),
        ("rejects", ["DE"]),
    ]


def test_who_says_so_is_the_strongest_that_supports_it() -> None:
    minister = says("willing", "2025-03-02", who="defence-minister")
    leader = says("willing", "2025-03-01")
    found = seen(of("FR", minister, leader))
    [(_, [place])] = found.levels
    assert place.says is not None
    assert place.says.id == leader.id


def test_who_moved_lately_with_a_change_of_side_marked() -> None:
    britain = of(
        "GB",
        says("rejects", "2025-01-01"),
        says("willing", "2025-03-02"),
        says("committed", "2025-03-20"),
    )
    found = seen(britain, of("FR", says("open", "2025-03-10")))
    told = [(m.shift.key[0], m.shift.from_level, m.shift.to_level, m.crosses) for m in found.moves]
    assert told == [
        ("GB", "willing", "committed", False),
        ("FR", None, "open", False),
        ("GB", "rejects", "willing", True),
    ]


def test_a_baseline_is_no_movement_and_the_days_have_two_ends() -> None:
    baseline = of("DE", says("rejects", "2025-03-15", kind="baseline"))
    before = of("FR", says("open", "2025-03-01"))
    after = of("PL", says("open", "2025-04-01"))
    assert seen(baseline, before, after, days=30).moves == ()
    assert [m.shift.key[0] for m in seen(baseline, before, after, days=31).moves] == ["FR"]


def narrated(level: str, on: str, **changes: Any) -> Reading:
    return says(level, on, who=None, **{"evidence": Evidence.NARRATOR, **changes})


def test_who_is_only_spoken_for() -> None:
    claims = [
        narrated("willing", "2025-03-10", catalogued=False),
        narrated("open", "2025-03-12", evidence=Evidence.THIRD_PARTY, catalogued=False),
    ]
    found = seen(
        of("PL", *claims),
        of("DE", narrated("open", "2025-01-01")),  # too long ago
        of("FR", says("rejects", "2024-03-01"), narrated("willing", "2025-03-01")),  # has spoken
        of("GB"),
    )
    [claim] = found.claims
    assert (claim.country, claim.says.level, claim.number) == ("PL", "open", 2)
    assert found.silent == ("DE", "GB")


def test_a_level_that_others_established_is_marked() -> None:
    found = seen(of("PL", narrated("willing", "2025-03-10"), narrated("willing", "2025-03-11")))
    [(level, [place])] = found.levels
    assert (level, place.own) == ("willing", False)
    assert [claim.number for claim in found.claims] == [2]


def test_what_waits_and_what_would_settle_it() -> None:
    witness = of("PL", says("open", "2025-03-20", catalogued=False))
    dated = of("DE", says("open", "2025-03"))
    lower = of("FR", says("rejects", "2025-03-01"), narrated("willing", "2025-03-02"))
    found = seen(witness, dated, lower)
    waiting = {place.country: place.pending for place in found.unsettled}
    assert {code: (p.level, p.settles) for code, p in waiting.items() if p} == {
        "PL": ("open", WITNESS),
        "DE": ("open", DATED),
        "FR": ("willing", HIGHER),
    }
    assert waiting["PL"] is not None
    assert waiting["PL"].why == "0 of 2 independent catalogued witnesses"


def test_what_nobody_has_repeated_lately_does_not_wait_any_more() -> None:
    old = of("FR", says("rejects", "2024-10-01"), narrated("willing", "2024-10-02"))
    assert seen(old).unsettled == ()


def test_a_split_names_the_words_on_the_other_side() -> None:
    minister = says("willing", "2025-03-02", who="defence-minister")
    [place] = seen(of("FR", says("rejects", "2025-03-01"), minister), days=10).unsettled
    assert (place.stance.standing, place.settles) == (Standing.SPLIT, REPEAT)
    assert place.opposed is not None
    assert place.opposed.id == minister.id


def test_what_a_former_government_said_waits_for_the_new_one() -> None:
    known, shifts = of("FR", says("rejects", "2025-01-01"))
    assert known.stance is not None
    inherited = replace(known.stance, standing=Standing.INHERITED)
    [place] = seen((replace(known, stance=inherited), shifts)).unsettled
    assert place.settles == RESTATE


def test_promised_and_done() -> None:
    found = seen(
        of("GB", says("committed", "2025-03-01")),
        of("FR", says("committed", "2025-03-01", condition="after a ceasefire")),
        of("PL", says("willing", "2025-03-01")),
        of("DE", says("open", "2025-03-01")),
    )
    assert codes(found.done) == ["GB"]
    assert codes(found.promised) == ["FR", "PL"]


def test_totals_count_countries_not_bodies_and_no_pairs() -> None:
    found = seen(
        of("FR", says("willing", "2025-03-01")),
        of("DE", says("rejects", "2025-03-01")),
        of("PL"),
        of("NATO", says("willing", "2025-03-01")),
    )
    totals = {total.name: total for total in found.totals}
    assert list(totals) == [EVERYONE, "NATO", "European Union", "Weimar Triangle"]
    assert totals[EVERYONE].size == 3
    assert totals["NATO"].unknown == ("GB", "PL")
    weimar = totals["Weimar Triangle"]
    assert (weimar.size, weimar.unknown) == (3, ("PL",))
    assert weimar.sides == {Side.FOR: ("FR",), Side.OPEN: (), Side.AGAINST: ("DE",)}


def test_of_a_past_day_the_record_says_the_level_and_the_evidence_what_was_unsettled() -> None:
    quiet = of("FR", says("rejects", "2025-03-01"))[0].stance
    minister = says("willing", "2025-03-02", who="defence-minister")
    split = of("FR", says("rejects", "2025-03-01"), minister)[0].stance
    other = of("FR", says("open", "2025-03-01"))[0].stance
    waits = of("FR", says("open", "2025-03-20", catalogued=False))[0].stance
    assert as_of(quiet, split) == split
    assert as_of(quiet, other) == quiet
    assert as_of(None, other) is None
    assert as_of(None, waits) == waits
    assert as_of(quiet, None) == quiet
