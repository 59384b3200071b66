"""What an analyst rules stands, whatever a later reader makes of the same words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stancewatch.core.fold import History, history
from stancewatch.core.mention import Evidence
from stancewatch.core.ruling import Ruling, holding, make_ruling, ruled, stand_in, withdrawal
from stancewatch.core.watch import Reading, Reason, Verdict
from tests.core.build import POLICY, says

THEN = datetime(2025, 3, 1, 12, tzinfo=UTC)
ACCEPT, REJECT, RELABEL = Verdict.ACCEPT, Verdict.REJECT, Verdict.RELABEL


def rules(reading: Reading, verdict: Verdict, hours: int = 0, **more: Any) -> Ruling:
    fields = {"author": "Ann", "because": "I read it", "ruled_at": THEN + timedelta(hours=hours)}
    return make_ruling(reading, verdict, **{**fields, **more})


def told(readings: list[Reading], *rulings: Ruling) -> History:
    return history(ruled(readings, rulings), POLICY)


def levels(found: History) -> list[str]:
    return [shift.to_level for shift in found.shifts]


def reasons(found: History) -> dict[str, str]:
    return {decision.subject: decision.reason for decision in found.decisions}


LEAK = says("willing", "2025-02-16", who=None, evidence=Evidence.UNNAMED, confidence=400)
WORDS = says("willing", "2025-02-16")


@pytest.mark.parametrize(
    "doubtful",
    [
        LEAK,
        says("willing", "2025-02-16", catalogued=False),
        says("willing", "2025-02-16", confidence=310),
        says("willing", "2025-02-16", confidence=10),
    ],
    ids=["unnamed official", "uncatalogued", "unsure", "too weak"],
)
def test_what_is_accepted_suffices_alone(doubtful: Reading) -> None:
    assert levels(told([doubtful])) == []
    found = told([doubtful], rules(doubtful, ACCEPT))
    assert levels(found) == ["willing"]
    assert (found.shifts[0].single_source, found.shifts[0].witnesses) == (False, 1)
    assert "as an analyst ruled" in found.shifts[0].because


def test_an_accepted_leak_still_does_not_undo_the_leaders_words() -> None:
    found = told([says("rejects", "2025-02-10"), LEAK], rules(LEAK, ACCEPT))
    assert levels(found) == ["rejects"]
    assert reasons(found)[LEAK.id] == Reason.LOWER


def test_what_is_rejected_stays_visible_and_is_refused() -> None:
    found = told([WORDS], rules(WORDS, REJECT, because="satire"))
    [decision] = found.decisions
    assert levels(found) == []
    assert (decision.subject, decision.reason) == (WORDS.id, Reason.RULED)
    assert decision.detail == "rejected by Ann on 2025-03-01: satire"


def test_what_is_relabelled_says_the_ruled_level() -> None:
    assert levels(told([WORDS], rules(WORDS, RELABEL, level="open"))) == ["open"]


def test_relabelling_does_not_vouch_for_a_source() -> None:
    assert levels(told([LEAK], rules(LEAK, RELABEL, level="open"))) == []


def test_the_latest_ruling_on_a_reading_wins() -> None:
    first, second = rules(WORDS, REJECT), rules(WORDS, RELABEL, hours=1, level="open")
    assert levels(told([WORDS], first, second)) == ["open"]
    assert holding([second, first]) == (second,)


def test_a_withdrawn_ruling_is_as_if_it_had_not_been() -> None:
    first, second = rules(WORDS, RELABEL, level="open"), rules(WORDS, REJECT, hours=1)
    back = withdrawal(second, author="Bob", because="no satire", ruled_at=THEN)
    assert levels(told([WORDS], first, second)) == []
    assert levels(told([WORDS], first, second, back)) == ["open"]
    assert back.said == f"ruling {second.id[:8]} withdrawn by Bob on 2025-03-01: no satire"


# --- After an upgrade, the same words have another id, or none ---


def upgraded(reading: Reading, **changes: Any) -> Reading:
    return replace(reading, id=f"new {reading.id}", **changes)


def test_accepted_words_stand_on_when_no_reader_finds_them() -> None:
    assert levels(told([], rules(LEAK, ACCEPT))) == ["willing"]
    assert levels(told([], rules(WORDS, RELABEL, level="open"))) == ["open"]


def test_rejected_words_that_no_reader_finds_are_gone() -> None:
    assert told([], rules(WORDS, REJECT)) == History((), None, ())


@pytest.mark.parametrize("level", ["willing", "rejects"])
def test_accepted_words_stand_as_they_were_accepted(level: str) -> None:
    later = upgraded(LEAK, level=level)
    found = told([later], rules(LEAK, ACCEPT))
    assert [(shift.to_level, shift.evidence) for shift in found.shifts] == [("willing", (LEAK.id,))]
    assert reasons(found) == {LEAK.id: Reason.MOVED, later.id: Reason.RULED}


@pytest.mark.parametrize(
    "quote",
    [
        WORDS.quote,
        f"“{WORDS.quote.upper()}”",
        f"He spoke. {WORDS.quote} He left.",
        " ".join(WORDS.quote.split()[2:-2]),
    ],
    ids=["same", "set otherwise", "longer", "shorter"],
)
def test_rejected_words_stay_rejected_under_another_id(quote: str) -> None:
    later = upgraded(WORDS, quote=quote, level="committed")
    assert reasons(told([later], rules(WORDS, REJECT))) == {later.id: Reason.RULED}


@pytest.mark.parametrize(
    "other",
    [
        {"article_id": "another"},
        {"key": ("FR", "troop-deployment")},
        {"quote": "Other words."},
        {"quote": f"{WORDS.quote.split()[0]} {WORDS.quote.split()[-1]}"},
        {"quote": ""},
    ],
    ids=["article", "country", "words", "words apart", "nothing"],
)
def test_other_words_are_not_ruled_on(other: dict[str, Any]) -> None:
    [reading] = ruled([upgraded(WORDS, **other)], [rules(WORDS, REJECT)])
    assert reading.ruled is None


def test_of_several_readings_of_the_words_the_likest_is_meant() -> None:
    other, same = upgraded(WORDS, level="open"), replace(WORDS, id="zz")
    found = ruled([other, same], [rules(WORDS, REJECT)])
    assert {reading.id for reading in found if reading.ruled} == {same.id}


def test_a_neighbour_that_was_there_already_is_another_mention() -> None:
    neighbour = upgraded(WORDS, level="open")
    ruling = rules(WORDS, REJECT, beside=[WORDS, neighbour])
    assert ruling.apart == (neighbour.id,)
    assert [reading.ruled for reading in ruled([neighbour], [ruling])] == [None]


def test_a_neighbour_with_a_ruling_of_its_own_keeps_to_it() -> None:
    neighbour = upgraded(WORDS, level="open")
    found = ruled([neighbour], [rules(WORDS, REJECT), rules(neighbour, ACCEPT)])
    assert [(r.id, r.ruled and r.ruled.verdict) for r in found] == [(neighbour.id, ACCEPT)]


def test_words_stand_in_a_text_in_a_row_whatever_is_between_them() -> None:
    assert stand_in("ready to send", "He is “ready  to\nsend” them.")
    assert not stand_in("ready to send", "ready and able to send")
    assert not stand_in("end", "He will send them.")
    assert not stand_in("…", "…")


# --- Order and repetition ---

SENTENCES = [
    says(level, f"2025-02-{day:02}", who=who, article=f"a{day % 3}", evidence=evidence)
    for day, (level, who, evidence) in enumerate(
        [
            ("rejects", "prime-minister", Evidence.OWN_WORDS),
            ("open", None, Evidence.UNNAMED),
            ("willing", "defence-minister", Evidence.PARAPHRASE),
            ("committed", None, Evidence.NARRATOR),
        ],
        start=1,
    )
]
LATER = [upgraded(SENTENCES[1], level="willing"), upgraded(SENTENCES[2], level="open")]


@st.composite
def acts(draw: st.DrawFn) -> list[Ruling]:
    """Rulings on any of the sentences, at few instants, so that many meet; some withdrawn."""
    made: list[Ruling] = []
    for _ in range(draw(st.integers(0, 7))):
        hours = draw(st.integers(0, 2))
        if made and draw(st.booleans()):
            at = THEN + timedelta(hours=hours)
            target = draw(st.sampled_from(made))
            made.append(withdrawal(target, author="Bob", because="no", ruled_at=at))
            continue
        verdict = draw(st.sampled_from([ACCEPT, REJECT, RELABEL]))
        level = draw(st.sampled_from(["open", "rejects"])) if verdict is RELABEL else None
        subject = draw(st.sampled_from([*SENTENCES, *LATER]))
        made.append(rules(subject, verdict, hours, level=level, author=draw(st.sampled_from("AB"))))
    return made


@given(st.lists(st.sampled_from([*SENTENCES, *LATER])), acts(), st.integers())
@settings(max_examples=200, deadline=None)
def test_order_and_repetition_of_rulings_and_readings_do_not_matter(
    readings: list[Reading], made: list[Ruling], seed: int
) -> None:
    draw = Random(seed)
    again = [*readings, *draw.choices(readings, k=3)] if readings else []
    others = [*made, *draw.choices(made, k=3)] if made else []
    draw.shuffle(again)
    draw.shuffle(others)
    assert ruled(again, others) == ruled(readings, made)


@given(st.lists(st.sampled_from([*SENTENCES, *LATER])), acts())
@settings(max_examples=200, deadline=None)
def test_no_reading_is_lost_and_every_one_has_its_decision(
    readings: list[Reading], made: list[Ruling]
) -> None:
    left = ruled(readings, made)
    assert {r.id for r in readings} <= {r.id for r in left}
    assert len({r.id for r in left}) == len(left)
    assert set(reasons(history(left, POLICY))) == {r.id for r in left}
    kept = {each.subject for each in holding(made) if each.verdict is not REJECT}
    assert kept <= {r.id for r in left}
