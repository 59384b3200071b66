"""How a message reads in Slack, and how it gives way when there is too much of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stancewatch.core.compose import headline as compose_headline
from stancewatch.core.moment import Moment, Precision
from stancewatch.core.notification import Form
from stancewatch.sinks.slack.blocks import MESSAGE_LIMIT, Message, render, size
from stancewatch.sinks.slack.escape import escape, link, units
from stancewatch.sinks.text import shorten, web_link
from stancewatch.sinks.wording import when
from tests.sinks.fake_slack import check_message, texts_of
from tests.sinks.samples import at, item, notification, paris_summit, quoted, uk_alert, uk_item


def texts(message: Message) -> list[str]:
    return list(texts_of(list(message.blocks)))


def kinds(message: Message) -> list[object]:
    return [block["type"] for block in message.blocks]


def test_a_single_shift_reads_as_designed() -> None:
    assert texts(render(uk_alert())) == [
        "🇬🇧 UK: open → willing",
        "if necessary · inside Ukraine · own words\n"
        "*Now* Alex Example, prime minister: “If it is needed, we stand ready to put our own "
        "troops on the ground.”\n"
        "The Daily Example · 16 Feb 2025, 21:30 UTC · "
        "<https://www.daily.example/world/2025/02/16/troops?a=1&amp;b=2|daily.example>",
        "*Before* open · Alex Example, prime minister: “We will play our full part in security "
        "guarantees, and I rule nothing out.”\n"
        "Example Broadcasting · 3 Feb 2025 · "
        "<https://news.example-broadcasting.example/politics/4711|news.example-broadcasting.example>",
        "One origin (6 copies) · sent because: head of government, own words · "
        "rule en-ready-to-send",
        "Why: `stancewatch why GB troop-deployment`",
    ]
    assert kinds(render(uk_alert())) == ["header", "section", "section", "context", "context"]


def test_a_headline_that_says_more_than_the_title_is_shown_beside_it() -> None:
    said = texts(render(notification(headline="UK disputes this: position now contested")))
    assert said[0] == "UK disputes this: position now contested"
    assert said[1].startswith("🇬🇧 *UK: open → willing* · if necessary")


def test_the_core_s_own_headline_is_not_said_twice() -> None:
    for shifted in (uk_item(), uk_item(from_level=None)):
        said = texts(render(notification(shifted, headline=compose_headline([shifted], None))))
        assert said[0] == f"🇬🇧 {compose_headline([shifted], None)}"
        assert said[1].startswith("if necessary")


def test_a_summit_tells_its_outcome_and_every_country() -> None:
    message = render(paris_summit())
    said = texts(message)
    assert said[0] == "Paris summit: 2 moved towards sending troops, 3 said no"
    assert "*Outcome*\nno agreement" in said
    for title in (
        "Sweden: reluctant → open",
        "Poland: reluctant → rejects",
        "Italy: no known position → rejects",
    ):
        assert any(f"*{title}*" in text for text in said)
    assert said[-2:] == ["Why: `stancewatch why GB troop-deployment`", "or DE, IT, PL, SE"]


def test_a_retracted_shift_is_struck_through_with_a_word() -> None:
    said = texts(render(notification(uk_item(retracted=True))))
    assert said[0] == "Retracted: UK: open → willing"
    assert said[1].startswith("~🇬🇧 *UK: open → willing*~ *retracted*")
    assert "*Said* Alex" in said[1]


def test_one_retracted_country_does_not_retract_the_others() -> None:
    said = texts(render(notification(uk_item(retracted=True), item("SE", "Sweden", "🇸🇪"))))
    assert said[0] == "UK: open → willing"
    assert [text.startswith("~") for text in said if "→ willing*" in text] == [True, False]


def test_a_reply_does_not_shout() -> None:
    message = render(uk_alert(form=Form.REPLY))
    assert "header" not in kinds(message)
    assert texts(message)[0] == "*🇬🇧 UK: open → willing*"


def test_the_fallback_is_what_a_phone_shows() -> None:
    assert render(uk_alert()).text.startswith("UK: open → willing “If it is needed")


def test_an_alert_without_a_safe_link_says_so() -> None:
    said = texts(render(notification(uk_item(now=quoted("Yes.", url="javascript:alert(1)")))))
    assert said[1].endswith("· no link")


def test_a_hundred_shifts_are_one_digest() -> None:
    many = tuple(item(f"C{n}", f"Country {n}", "🏳") for n in range(100))
    message = render(notification(*many, headline="100 shifts", is_digest=True))
    check_message({"text": message.text, "blocks": list(message.blocks)})
    assert size(message.blocks) <= MESSAGE_LIMIT
    told = sum(text.count("*Country") for text in texts(message))
    assert 15 < told < 100
    assert any(
        text.startswith(f"And {100 - told} more: Country {told}: ") for text in texts(message)
    )


def test_too_much_in_full_gives_way_to_shorter_quotes_then_to_a_digest() -> None:
    wordy = quoted("It is true. " * 100)
    shapes = []
    for count in (5, 12, 40):
        items = tuple(item(f"C{n}", f"Country {n}", "🏳", now=wordy) for n in range(count))
        message = render(notification(*items, headline="Many"))
        assert size(message.blocks) <= MESSAGE_LIMIT
        shapes.append((kinds(message).count("divider"), max(map(len, texts(message))) > 800))
    assert shapes == [(4, True), (11, False), (0, True)]


# Escaping


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;＠U1&gt;"),
        ("*b* _i_ ~s~ `c`", "∗b∗ ˍiˍ ∼s∼ ˋcˋ"),
        ("at 11:40:30, :tada:", "at 11:40:30, ∶tada:"),
        ("Kim :tada", "Kim ∶tada"),  # our own colon may follow
        ("a\u202eb\u200bc\x1b[31md\x00", "abcd"),
        ("two\n\nlines", "two lines"),
    ],
)
def test_outside_text_loses_its_powers(outside: str, shown: str) -> None:
    assert escape(outside, 100) == shown


def test_a_cut_never_parts_an_entity_or_an_accent() -> None:
    for limit in range(6, 40):
        cut = escape("a&b<c>" * 10, limit)
        assert units(cut) <= limit
        assert cut.endswith("…")
        assert "&" not in cut.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert shorten("abce\u0301e\u0301e\u0301", 5) == "abc…"


def test_characters_beyond_the_basic_plane_count_twice() -> None:
    assert units(escape("🇬🇧" * 10, 11)) <= 11


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://a.example/b?c=d&e=f#g", "https://a.example/b?c=d&e=f#g"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("https://тест.example/ж", "https://xn--e1aybc.example/%D0%B6"),
        ("https://a.example/|x>y<z", "https://a.example/%7Cx%3Ey%3Cz"),
        ("https://a.example/\u202egpj", "https://a.example/%E2%80%AEgpj"),
        ("https://bbc.co.uk@evil.example/", None),
        ("https://bbc.co.uk\\.evil.example/", None),
        ("javascript:alert(1)", None),
        ("ftp://a.example/", None),
        ("https://a.example:99999/", None),
        ("https://" + "a" * 2_000 + ".example", None),
        ("not an address", None),
        (None, None),
    ],
)
def test_only_plain_web_addresses_become_links(url: str | None, href: str | None) -> None:
    found = web_link(url)
    assert (found.href if found else None) == href


def test_an_address_too_long_for_a_section_is_named() -> None:
    assert link(web_link("https://www.a.example/" + "x" * 1_500)) == "a.example (address too long)"


# Dates


@pytest.mark.parametrize(
    ("precision", "shown"),
    [
        (Precision.INSTANT, "16 Feb 2025, 21:30 UTC"),
        (Precision.DAY, "16 Feb 2025"),
        (Precision.MONTH, "Feb 2025"),
        (Precision.YEAR, "2025"),
    ],
)
def test_a_date_is_as_precise_as_it_is_known(precision: Precision, shown: str) -> None:
    assert when(Moment(at(2, 16, 21, 30).at, precision)) == shown


def test_no_date_is_undated() -> None:
    assert when(None) == "undated"


def test_a_shift_older_than_its_quote_says_since_when() -> None:
    shifted = replace(uk_item(), happened_at=at(2, 14, 9))
    assert "since 14 Feb 2025, 09:00 UTC" in texts(render(notification(shifted)))[3]
