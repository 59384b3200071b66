"""A value comes back as it was given, `repr` included: delivery keys are made from it."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewatch.core.article import make_article
from stancewatch.core.checkpoint import Checkpoint
from stancewatch.core.failure import Failure, Stage
from stancewatch.core.feed import FeedState, Health
from stancewatch.core.mention import Mention, Span
from stancewatch.core.moment import Moment, Precision
from stancewatch.core.notification import Form, Item, Notification, Quoted, Receipt, Summit
from stancewatch.core.occurrence import Telling
from stancewatch.core.record import Filing
from stancewatch.core.route import Silence
from stancewatch.core.stance import ConditionChange, Shift, Stance, Standing
from stancewatch.core.watch import Origin, Reading
from stancewatch.stores.ledger import SqlLedger
from stancewatch.stores.ledger.codec import dump, load
from stancewatch.stores.ledger.columns import Words, read, written
from tests.stores.ledger.build import READER, file

text = st.text(st.characters(), max_size=12)  # with NUL and lone surrogates: news brings both
maybe = st.none() | text
times = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(fold=0))
moments = st.builds(Moment, times, st.sampled_from(Precision))
some = st.none() | moments
keys = st.tuples(text, text)
words = st.lists(text, max_size=3).map(tuple)
spans = st.builds(Span, text=text)
quoted = st.builds(Quoted, text, text, some, maybe, maybe, maybe, text)
items = st.builds(
    Item,
    *[text] * 3,
    flag=text,
    from_level=maybe,
    to_level=text,
    happened_at=moments,
    now=quoted,
    before=st.none() | quoted,
    rule=text,
    because=text,
)
summits = st.builds(Summit, text, maybe, text, moments, text)
codes = st.frozensets(text, max_size=1)  # a larger set has no one repr

VALUES: dict[type, st.SearchStrategy[Any]] = {
    Reading: st.builds(
        Reading,
        id=text,
        key=keys,
        published=some,
        stated_at=some,
        quote=text,
        title=text,
        condition=maybe,
        origin=st.builds(
            Origin, text, maybe, text, st.lists(st.integers(0, 2**56), max_size=3).map(tuple)
        ),
    ),
    Mention: st.builds(Mention, holder=spans, cue=spans, quote=text, stated_at=some, trace=words),
    Telling: st.builds(Telling, countries=words, on=some, span=spans, quote=text, place=maybe),
    Shift: st.builds(
        Shift,
        key=keys,
        from_level=maybe,
        happened_at=moments,
        established_at=moments,
        step=moments,
        condition=maybe,
        conditions=st.lists(st.builds(ConditionChange, moments, maybe, text), max_size=2).map(
            tuple
        ),
        evidence=words,
        before=words,
    ),
    Checkpoint: st.builds(
        Checkpoint,
        at=times,
        key=keys,
        standing=st.sampled_from(Standing),
        shift=st.none(),
        moved=words,
        case=words,
        challengers=st.lists(st.tuples(text, words), max_size=2).map(tuple),
        opposed=words,
        witnesses=st.lists(st.tuples(text, text), max_size=2).map(tuple),
        named=st.just(()),
        decisions=st.just(()),
    ),
    Stance: st.builds(
        Stance,
        key=keys,
        standing=st.sampled_from(Standing),
        since=some,
        confirmed_at=some,
        evidence=words,
        pending_since=some,
        opposed_by=words,
    ),
    Notification: st.builds(
        Notification,
        incident=text,
        form=st.sampled_from(Form),
        headline=text,
        items=st.lists(items, max_size=2).map(tuple),
        summit=st.none() | summits,
    ),
    Receipt: st.builds(Receipt, text, text, text),
    Failure: st.builds(Failure, st.sampled_from(Stage), text, text, text, text),
    Silence: st.builds(
        Silence, text, text, text, times, st.none() | times, countries=codes, topics=codes
    ),
    FeedState: st.builds(
        FeedState,
        etag=maybe,
        last_modified=maybe,
        not_before=st.none() | times,
        polled_at=st.none() | times,
        newest=st.none() | times,
        health=st.sampled_from(Health),
    ),
}


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_a_value_comes_back_the_same(kind: type, data: st.DataObject) -> None:
    value = data.draw(VALUES[kind])
    again = load(kind, dump(value))
    assert again == value
    assert repr(again) == repr(value)


@given(VALUES[Notification])
def test_a_message_keeps_its_delivery_key(message: Notification) -> None:
    assert load(Notification, dump(message)).delivery_key == message.delivery_key


@given(text)
def test_words_that_no_database_holds_come_back(words: str) -> None:
    column = Words()
    stored = column.process_bind_param(words, None)  # type: ignore[arg-type]
    assert stored is not None
    assert "\x00" not in stored
    stored.encode("utf-8")
    assert column.process_result_value(stored, None) == words  # type: ignore[arg-type]


@given(times, times)
def test_written_times_sort_as_the_times_do(one: Any, other: Any) -> None:
    assert (written(one) < written(other)) == (one < other)
    assert read(written(one)) == one


def test_a_time_in_another_zone_is_stored_as_utc() -> None:
    from datetime import datetime, timezone

    local = datetime(2025, 2, 17, 23, tzinfo=timezone(timedelta(hours=-2)))
    assert written(local) == "2025-02-18T01:00:00.000000Z"


def test_a_time_without_a_zone_is_a_mistake() -> None:
    from datetime import datetime

    with pytest.raises(AssertionError):
        written(datetime(2025, 2, 17))  # noqa: DTZ001


def test_hostile_text_survives_the_database(ledger: SqlLedger) -> None:
    hostile = make_article(
        source="x\x00y", title="\ud800 \x1a0000 '; DROP TABLE", text="a\x00b", author="\udfff"
    )
    file(ledger, Filing(hostile))
    assert ledger.filed([hostile.id], READER) == {(hostile.id, hostile.revision): hostile}
