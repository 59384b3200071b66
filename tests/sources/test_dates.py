"""A date is what is written, or there is none and a reason."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewatch.core.moment import Precision, plausible
from stancewatch.sources.dates import Undated, read_date
from tests.sources.build import NOW


@pytest.mark.parametrize(
    ("raw", "parts", "written"),
    [
        ("Mon, 03 Mar 2025 09:00:00 +0200", [2025, 3, 3, 7, 0, 0], "2025-03-03T07:00:00Z"),
        ("Mon, 03 Mar 2025 00:30:00 +0200", [2025, 3, 2, 22, 30, 0], "2025-03-02T22:30:00Z"),
        ("03 Mar 25 09:00 GMT", [2025, 3, 3, 9, 0, 0], "2025-03-03T09:00:00Z"),
        ("2025-03-03T09:00:00+02:00", None, "2025-03-03T07:00:00Z"),
        ("2025-03-03T09:00:00.123Z", None, "2025-03-03T09:00:00Z"),
        ("20250303T090000Z", [2025, 3, 3, 0, 0, 0], "2025-03-03T09:00:00Z"),
        ("2025-03-03", [2025, 3, 3, 0, 0, 0], "2025-03-03"),
        ("2025-02", [2025, 2, 1, 0, 0, 0], "2025-02"),
        ("2024", [2024, 1, 1, 0, 0, 0], "2024"),
        ("19 Feb. 2025", [2025, 2, 19, 0, 0, 0], "2025-02-19"),
        ("Wed, 19 Feb 2025", [2025, 2, 19, 0, 0, 0], "2025-02-19"),
        ("Thu, 31 Dec 2020 23:30:00 -0500", [2021, 1, 1, 4, 30, 0], "2021-01-01T04:30:00Z"),
    ],
)
def test_dates_that_can_be_believed(raw: str, parts: Sequence[int] | None, written: str) -> None:
    moment, reason = read_date(raw, parts, NOW)
    assert (str(moment), reason) == (written, "")


@pytest.mark.parametrize(
    ("raw", "parts", "reason"),
    [
        ("", None, Undated.NONE),
        ("yesterday", None, Undated.UNREADABLE),
        ("Mon, 03 Mar 2025 09:00:00 +9999", [2025, 2, 26, 5, 21, 0], Undated.MISREAD),
        ("2025. 3. 3.", [2025, 11, 1, 0, 0, 0], Undated.MISREAD),
        ("2025-02-30T10:00:00Z", [2025, 3, 2, 10, 0, 0], Undated.MISREAD),
        ("2025-03-03 99:99", [2025, 3, 7, 4, 39, 0], Undated.MISREAD),
        ("1518478934", [2015, 7, 3, 0, 0, 0], Undated.MISREAD),
        ("0001-01-01T00:00:00Z", [1, 1, 1, 0, 0, 0], Undated.IMPLAUSIBLE),
        ("9999-12-31T23:59:59Z", [9999, 12, 31, 23, 59, 59], Undated.IMPLAUSIBLE),
        ("Thu, 01 Jan 1970 00:00:00 GMT", [1970, 1, 1, 0, 0, 0], Undated.IMPLAUSIBLE),
        ("Thu, 06 Mar 2025 12:00:00 GMT", [2025, 3, 6, 12, 0, 0], Undated.IMPLAUSIBLE),
        ("Mon, 03 Mar 2025", [2025, 13, 3, 0, 0, 0], Undated.UNREADABLE),
    ],
)
def test_dates_that_cannot(raw: str, parts: Sequence[int] | None, reason: str) -> None:
    assert read_date(raw, parts, NOW) == (None, reason)


def test_a_day_is_not_an_instant() -> None:
    moment, _ = read_date("Mon, 03 Mar 2025", [2025, 3, 3, 0, 0, 0], NOW)
    assert moment is not None
    assert moment.precision is Precision.DAY


@given(st.text(max_size=40), st.none() | st.lists(st.integers(-1, 10_000), min_size=6, max_size=6))
def test_every_date_is_plausible_or_has_a_reason(raw: str, parts: list[int] | None) -> None:
    moment, reason = read_date(raw, parts, NOW)
    assert plausible(moment, NOW) if moment else reason
