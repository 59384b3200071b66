"""What makes two texts one article, and two articles near copies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewatch.core.article import (
    Article,
    canonical_url,
    make_article,
    merge,
    resemblance,
    sketch,
)
from stancewatch.core.moment import parse_moment


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.paper.example/a/b", "http://paper.example/a/b/"),
        ("https://paper.example/a?utm_source=rss&id=3", "https://paper.example/a?id=3#top"),
        ("https://paper.example/a?b=2&a=1", "https://PAPER.example:443/a?a=1&b=2"),
        ("https://paper.example/a?at_medium=RSS", "https://paper.example/a"),
    ],
)
def test_one_address_written_in_two_ways(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://paper.example/a", "https://paper.example/A"),
        ("https://paper.example/a?id=1", "https://paper.example/a?id=2"),
        ("https://paper.example/a?t=1&t=2", "https://paper.example/a?t=1"),
        ("https://paper.example:8080/a", "https://paper.example/a"),
    ],
)
def test_two_addresses(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize("url", ["mailto:a@b.example", "ftp://x.example/a", "https://", "http://["])
def test_no_address_of_a_text(url: str) -> None:
    assert canonical_url(url) is None


@given(st.text(max_size=60))
def test_canonical_is_canonical(tail: str) -> None:
    once = canonical_url("https://paper.example/" + tail)
    assert once is not None
    assert canonical_url(once) == once


def article(published: str | None = "2025-02-17", **changes: str) -> Article:
    return make_article(
        source=changes.get("source", "paper.example"),
        title=changes.get("title", "A title"),
        text=changes.get("text", "Some words."),
        url=changes.get("url"),
        author=changes.get("author"),
        published=parse_moment(published),
    )


def test_an_article_without_address_is_known_by_its_words() -> None:
    assert article().id == article().id
    assert article().id != article(text="Other words.").id
    assert article().id != article(source="other.example").id


def test_an_edit_is_a_revision_of_one_article() -> None:
    first = article(url="https://paper.example/a")
    edited = article(url="https://paper.example/a", text="Some other words.")
    assert first.id == edited.id
    assert first.revision != edited.revision


SIGHTINGS = st.lists(
    st.builds(
        lambda day, author, source: article(
            f"2025-02-{day:02}" if day else None,
            url="https://paper.example/a",
            author=author,
            source=source,
        ),
        day=st.integers(0, 28),
        author=st.sampled_from(["", "A. Writer", "B. Writer"]),
        source=st.sampled_from(["paper.example", "feeds.paper.example"]),
    ),
    min_size=1,
    max_size=6,
)


@given(SIGHTINGS, st.randoms(use_true_random=False))
def test_sightings_join_alike_in_any_order_and_number(
    sightings: list[Article], rng: object
) -> None:
    shuffled = sightings * 2
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merge(shuffled) == merge(sightings)
    assert merge([merge(sightings[:1]), merge(sightings)]) == merge(sightings)


TEXT = (
    "The government said on Monday that it would consider sending soldiers to Ukraine once a"
    " ceasefire holds, adding that parliament would have to agree before any unit left."
)


def test_a_light_edit_is_a_near_copy_and_another_story_is_not() -> None:
    edited = TEXT.replace("on Monday", "on Monday evening")
    other = "The football club announced a new coach after a season of defeats and long evenings."
    assert resemblance(sketch(TEXT), sketch(edited)) > 600
    assert resemblance(sketch(TEXT), sketch(other)) == 0
    assert resemblance(sketch(TEXT), sketch(TEXT)) == 1000


@given(st.text())
def test_a_sketch_is_small_and_sorted(text: str) -> None:
    found = sketch(text)
    assert len(found) <= 64
    assert list(found) == sorted(set(found))


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    article = make_article(source="example.org", title="\ud800 title", text="text \udfff é")
    assert (article.title, article.text) == ("? title", "text ? é")
