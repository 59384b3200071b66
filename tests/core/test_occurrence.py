"""Many tellings of a summit become one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stancewatch.core.mention import Span
from stancewatch.core.moment import day
from stancewatch.core.occurrence import Sighting, Telling, occurrences

OUTCOMES = ("agreed", "pledged", "no-agreement", "postponed", "held", "upcoming")


def telling(place: str | None, outcome: str, countries: tuple[str, ...], name: str) -> Telling:
    return Telling(
        "summit-outcome",
        name,
        place,
        outcome,
        countries,
        None,
        f"{name} {outcome}",
        Span(0, 1, "x"),
        "r",
        700,
    )


def seen(date: int, place: str, outcome: str, *countries: str, article: str = "a") -> Sighting:
    return Sighting(
        article, day(2025, 2, date), telling(place, outcome, countries, f"{place} talks")
    )


def test_tellings_of_one_place_days_apart_are_one_summit() -> None:
    found = occurrences(
        [
            seen(16, "Paris", "upcoming", "FR", article="a"),
            seen(17, "Paris", "no-agreement", "FR", "GB", article="b"),
        ],
        OUTCOMES,
    )
    assert [(o.outcome, o.countries, o.articles) for o in found] == [
        ("no-agreement", ("FR", "GB"), ("a", "b"))
    ]


def test_another_place_or_another_week_is_another_summit() -> None:
    found = occurrences(
        [seen(3, "Paris", "held"), seen(17, "Paris", "held"), seen(17, "London", "held")], OUTCOMES
    )
    assert len(found) == 3


@given(
    st.lists(
        st.builds(
            lambda date, place, outcome, article: seen(date, place, outcome, article=article),
            st.integers(1, 28),
            st.sampled_from(["Paris", "London"]),
            st.sampled_from(OUTCOMES),
            st.text("abc", min_size=1, max_size=2),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_merging_is_independent_of_order_and_repetition(
    sightings: list[Sighting], rng: object
) -> None:
    shuffled = sightings * 2
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert occurrences(shuffled, OUTCOMES) == occurrences(sightings, OUTCOMES)
