"""Dates carry their precision; nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewatch.core.moment import Moment, Precision, parse_moment, plausible

NOW = datetime(2026, 1, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2025", Precision.YEAR),
        ("2025-02", Precision.MONTH),
        ("2025-02-17", Precision.DAY),
        ("2025-02-17T09:30:00Z", Precision.INSTANT),
        ("2025-02-17T10:30:00+01:00", Precision.INSTANT),
        ("2025-02-17 09:30", Precision.INSTANT),
    ],
)
def test_what_is_a_date(text: str, precision: Precision) -> None:
    moment = parse_moment(text)
    assert moment is not None
    assert moment.precision is precision
    assert parse_moment(str(moment)) == moment


@pytest.mark.parametrize("text", [None, "", "soon", "2025-13", "2025-02-30", "03/04/2025", "0000"])
def test_what_is_none(text: str | None) -> None:
    assert parse_moment(text) is None


def test_a_day_stands_for_its_noon_and_a_month_for_its_middle() -> None:
    day, month = parse_moment("2025-02-17"), parse_moment("2025-02")
    assert day is not None
    assert month is not None
    assert day.at == datetime(2025, 2, 17, 12, tzinfo=UTC)
    assert month.at == datetime(2025, 2, 15, 12, tzinfo=UTC)


def test_a_date_from_the_future_or_before_the_web_is_not_believed() -> None:
    assert plausible(Moment(NOW + timedelta(hours=20)), NOW)
    assert not plausible(Moment(NOW + timedelta(days=2)), NOW)
    assert not plausible(Moment(datetime(1, 1, 1, tzinfo=UTC)), NOW)
    assert not plausible(None, NOW)


def test_this_month_and_this_year_are_not_the_future() -> None:
    assert plausible(parse_moment("2026-01"), NOW)
    assert plausible(parse_moment("2026"), NOW)
    assert not plausible(parse_moment("2026-02"), NOW)
    assert not plausible(parse_moment("2027"), NOW)


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=3)))))
def test_any_timestamp_comes_back(at: datetime) -> None:
    moment = parse_moment(at.isoformat())
    # A zone may put a date of year 1 or 9999 out of range: then there is no date.
    assert moment is None or moment.at == at.replace(microsecond=0)


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    parse_moment(text)
