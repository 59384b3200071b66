"""The door to the web: polite, capped, and no way round it."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stancewatch.errors import SourceError, UsageError
from stancewatch.sources.address import AddressRule
from stancewatch.sources.fetch import (
    LARGE,
    LARGE_AT_ONCE,
    Answered,
    Fetched,
    FetchFailure,
    Gone,
    Manners,
    NotModified,
    Reason,
    Request,
    fetch_all,
    fetch_each,
    retry_time,
)
from stancewatch.sources.inflate import PIECE, Inflated, TooLargeError, decoder
from tests.sources.build import NOW, clock
from tests.sources.server import Stage, Visit, bomb

BODY = b"<rss/>" * 1000
EARLY, LATE = datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2030-01-01")


def one(request: Request | str, manners: Manners) -> Answered:
    request = Request(request) if isinstance(request, str) else request
    return fetch_all([request], manners, clock)[0]


def reason(answer: Answered) -> str:
    assert isinstance(answer, FetchFailure), answer
    return answer.reason


def test_a_body_comes_with_its_validators(stage: Stage, manners: Manners) -> None:
    url = stage.gives(
        "/rss",
        body=BODY,
        ETag='"v1"',
        Last_Modified="Mon, 03 Mar 2025 09:00:00 GMT",
        Content_Type="application/rss+xml",
    )
    answer = one(url, manners)
    assert answer == Fetched(
        200, BODY, url, "application/rss+xml", '"v1"', "Mon, 03 Mar 2025 09:00:00 GMT"
    )
    assert stage.asked("/rss")[0]["User-Agent"].startswith("stancewatch/")


def test_validators_are_handed_back_and_304_is_a_value(stage: Stage, manners: Manners) -> None:
    url = stage.gives("/rss", 304, ETag='"v2"')
    answer = one(Request(url, '"v1"', "yesterday"), manners)
    assert answer == NotModified('"v2"')
    headers = stage.asked("/rss")[0]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"v1"', "yesterday")


def test_410_is_gone_and_refusals_have_their_words(stage: Stage, manners: Manners) -> None:
    assert one(stage.gives("/gone", 410), manners) == Gone()
    words = {403: Reason.BLOCKED, 404: Reason.MISSING, 429: Reason.BUSY, 500: Reason.STATUS}
    for status, word in words.items():
        assert reason(one(stage.gives(f"/{status}", status), manners)) == word


@pytest.mark.parametrize(
    ("pack", "encoding"),
    [
        (gzip.compress, "gzip"),
        (gzip.compress, "x-gzip"),
        (zlib.compress, "deflate"),
        (lambda body: zlib.compress(body, wbits=-15), "deflate"),
        (lambda body: gzip.compress(body[:50]) + gzip.compress(body[50:]) + b"\0\0", "gzip"),
        (gzip.compress, ""),  # a packed file, not a packed transfer
    ],
)
def test_packed_bodies_are_unpacked(pack, encoding, stage: Stage, manners: Manners) -> None:  # type: ignore[no-untyped-def]
    headers = {"Content_Encoding": encoding} if encoding else {}
    answer = one(stage.gives("/rss", body=pack(BODY), **headers), manners)
    assert isinstance(answer, Fetched)
    assert answer.body == BODY


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "gzip,identity"])
def test_stacked_and_unasked_encodings_are_refused(
    encoding: str, stage: Stage, manners: Manners
) -> None:
    url = stage.gives("/rss", body=gzip.compress(BODY), Content_Encoding=encoding)
    assert reason(one(url, manners)) == Reason.BAD_BODY


def test_broken_and_cut_off_packing_is_refused(stage: Stage, manners: Manners) -> None:
    packed = gzip.compress(BODY)
    for body in (packed[:-20], b"\x1f\x8bnothing", packed[:10] + b"\xff" * 40):
        url = stage.gives("/rss", body=body, Content_Encoding="gzip")
        assert reason(one(url, manners)) == Reason.BAD_BODY


def test_a_bomb_is_stopped_at_the_cap(stage: Stage, manners: Manners) -> None:
    packed = bomb(50)
    assert len(packed) < 100_000
    for url in (
        stage.gives("/transfer", body=packed, Content_Encoding="gzip"),
        stage.gives("/file", body=packed),
    ):
        answer = one(url, manners)
        assert reason(answer) == Reason.TOO_LARGE


def test_an_inflater_never_holds_more_than_its_cap_and_a_piece() -> None:
    inflated = Inflated(1_000_000)
    with pytest.raises(TooLargeError):
        inflated.feed(bomb(20))
    assert len(inflated._body) <= 1_000_000
    assert PIECE <= 262_144


@pytest.mark.timeout(20)
def test_large_members_and_what_follows_them_end() -> None:
    member = gzip.compress(b" " * (3 * PIECE))
    for rest, size in ((member, 6), (b"\0" * 900, 3), (b"", 3)):
        inflated = Inflated(10_000_000)
        inflated.feed(member + rest)
        assert len(inflated.close()) == size * PIECE


def test_a_body_of_many_tiny_members_is_refused() -> None:
    with pytest.raises(SourceError, match="members"):
        Inflated(1_000_000).feed(gzip.compress(b"") * 50)


@given(st.binary(max_size=3000), st.integers(1, 400), st.sampled_from(["gzip", "zlib", "raw"]))
def test_unpacking_does_not_depend_on_the_pieces(body: bytes, size: int, kind: str) -> None:
    packed = {
        "gzip": gzip.compress(body),
        "zlib": zlib.compress(body),
        "raw": zlib.compress(body, wbits=-15),
    }[kind]
    inflated = decoder("gzip" if kind == "gzip" else "deflate", 10_000)
    for start in range(0, len(packed), size):
        inflated.feed(packed[start : start + size])
    assert inflated.close() == body


def unmeasured(stage: Stage, path: str, size: int) -> str:
    """A body that does not say how long it is."""

    def play(visit: Visit) -> None:
        visit.send_response(200)
        visit.end_headers()
        visit.wfile.write(b"x" * size)

    stage.plays[path] = play
    return stage.url(path)


def test_a_long_body_is_refused_with_or_without_its_length(stage: Stage, manners: Manners) -> None:
    small = replace(manners, max_bytes=1000)
    assert reason(one(stage.gives("/long", body=b"x" * 1001), small)) == Reason.TOO_LARGE

    assert reason(one(unmeasured(stage, "/long", 1001), small)) == Reason.TOO_LARGE
    assert isinstance(one(stage.gives("/fits", body=b"x" * 1000), small), Fetched)


def test_redirects_are_followed_five_times_and_no_more(stage: Stage, manners: Manners) -> None:
    stage.gives("/0", body=BODY)
    for hop in range(1, 7):
        stage.gives(f"/{hop}", 302, Location=f"/{hop - 1}")
    answer = one(stage.url("/5"), manners)
    assert isinstance(answer, Fetched)
    assert (answer.final_url, answer.moved_to) == (stage.url("/0"), "")
    assert reason(one(stage.url("/6"), manners)) == Reason.REDIRECTS


def test_moved_for_good_needs_every_hop_to_say_so(stage: Stage, manners: Manners) -> None:
    stage.gives("/new", body=BODY)
    stage.gives("/308", 308, Location="/new")
    for_good = one(stage.gives("/301", 301, Location="/308"), manners)
    for_now = one(stage.gives("/302", 302, Location="/308"), manners)
    assert isinstance(for_good, Fetched)
    assert isinstance(for_now, Fetched)
    assert (for_good.moved_to, for_now.moved_to) == (stage.url("/new"), "")


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{other}/",
        "http://0x7f.1:{other}/",
        "http://[::ffff:127.0.0.1]:{other}/",
        "http://localhost:{other}/",
    ],
)
def test_a_redirect_inwards_is_refused(target: str, stage: Stage, manners: Manners) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        other.settimeout(0.1)
        url = stage.gives("/in", 302, Location=target.format(other=other.getsockname()[1]))
        assert reason(one(url, manners)) == Reason.REFUSED_ADDRESS
        with pytest.raises(TimeoutError):  # nobody even knocked
            other.accept()


def test_without_an_exception_the_loopback_is_refused(stage: Stage) -> None:
    assert reason(one(stage.gives("/rss", body=BODY), Manners())) == Reason.REFUSED_ADDRESS
    assert stage.visits == []


@pytest.mark.parametrize(
    "target", ["file:///etc/hosts", "ftp://a.example/", "http://a b/", "\xff:"]
)
def test_a_redirect_to_no_web_address_is_refused(
    target: str, stage: Stage, manners: Manners
) -> None:
    answer = one(stage.gives("/odd", 302, Location=target), manners)
    assert reason(answer) == Reason.BAD_URL
    assert answer.detail.isascii()  # type: ignore[union-attr]


def test_a_slow_loris_costs_its_timeout_and_harms_nobody(stage: Stage, manners: Manners) -> None:
    hasty = replace(manners, timeout=0.4, at_once=4)
    requests = [Request(stage.drips(f"/slow{number}")) for number in range(3)]
    requests.append(Request(stage.gives("/rss", body=BODY)))
    started = time.monotonic()
    *slow, healthy = fetch_all(requests, hasty, clock)
    assert {reason(answer) for answer in slow} == {Reason.TIMEOUT}
    assert isinstance(healthy, Fetched)
    assert time.monotonic() - started < 3


def test_the_whole_round_has_a_deadline(stage: Stage, manners: Manners) -> None:
    lone = replace(manners, at_once=1)
    requests = [Request(stage.drips("/slow")), Request(stage.gives("/rss", body=BODY))]
    started = time.monotonic()
    slow, unasked = fetch_all(requests, lone, clock, deadline=0.3)
    assert (reason(slow), reason(unasked)) == (Reason.TIMEOUT, Reason.UNASKED)
    assert time.monotonic() - started < 2
    assert stage.asked("/rss") == []


def test_answers_come_in_the_order_of_the_requests(stage: Stage, manners: Manners) -> None:
    urls = [stage.gives(f"/{number}", body=b"%d" % number) for number in range(40)]
    answers = fetch_all([Request(url) for url in urls], manners, clock)
    assert [answer.body for answer in answers if isinstance(answer, Fetched)] == [
        b"%d" % number for number in range(40)
    ]


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_many_large_bodies_take_turns_and_all_arrive(stage: Stage, manners: Manners) -> None:
    wide = replace(manners, per_host=16, max_bytes=LARGE + 10)
    sizes = [LARGE + 1, LARGE, LARGE + 11] * 2 * LARGE_AT_ONCE
    urls = [unmeasured(stage, f"/{n}", size) for n, size in enumerate(sizes)]
    answers = fetch_all([Request(url) for url in urls], wide, clock)
    assert [len(answer.body) if isinstance(answer, Fetched) else 0 for answer in answers] == [
        size if size < LARGE + 11 else 0 for size in sizes
    ]


def test_one_host_is_not_asked_more_than_twice_at_once(stage: Stage, manners: Manners) -> None:
    inside, most = [0], [0]

    def count(visit: Visit) -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.02)
        inside[0] -= 1
        visit.give(200)

    for number in range(10):
        stage.plays[f"/{number}"] = count
    fetch_all([Request(stage.url(f"/{number}")) for number in range(10)], manners, clock)
    assert most[0] <= 2


def test_what_is_left_unread_does_not_hang(stage: Stage, manners: Manners) -> None:
    requests = [Request(stage.gives("/rss", body=BODY)), Request(stage.drips("/slow"))]
    answers = fetch_each(requests, manners, clock)
    assert next(answers)[0] == 0
    started = time.monotonic()
    answers.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < 2


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400))
def test_no_answer_of_a_server_is_a_surprise(noise: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer_twice, args=(server, noise), daemon=True)
        thread.start()
        place = server.getsockname()
        manners = Manners(AddressRule(frozenset({place})), timeout=1)
        answer = one(f"http://127.0.0.1:{place[1]}/", manners)
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert isinstance(answer, Answered)


def answer_twice(server: socket.socket, noise: bytes) -> None:
    """aiohttp asks once more where a connection was closed without an answer."""
    with contextlib.suppress(OSError):
        for _ in range(2):
            visitor, _place = server.accept()
            with visitor:
                visitor.recv(65536)
                visitor.sendall(b"HTTP/1.1 " + noise)


def test_an_unreachable_server_and_an_unknown_name_are_values(manners: Manners) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        place = closed.getsockname()
    allowed = replace(manners, rule=AddressRule(frozenset({place})))
    assert reason(one(f"http://127.0.0.1:{place[1]}/", allowed)) == Reason.UNREACHABLE
    assert reason(one("http://nowhere.invalid/", manners)) == Reason.UNREACHABLE
    assert reason(one(f"http://{'a' * 70}.invalid/", manners)) in (
        Reason.UNREACHABLE,
        Reason.BAD_URL,
    )


def test_the_environment_does_not_choose_a_proxy(
    stage: Stage, manners: Manners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert isinstance(one(stage.gives("/rss", body=BODY), manners), Fetched)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("0", timedelta(0)),
        ("90", timedelta(seconds=90)),
        ("Tue, 04 Mar 2025 12:02:00 GMT", timedelta(minutes=2)),
        ("Tue, 04 Mar 2025 11:00:00 GMT", timedelta(0)),
        ("9999999", timedelta(days=1)),
        ("9" * 400, timedelta(days=1)),
        ("Mon, 01 Jan 9999 00:00:00 GMT", timedelta(days=1)),
    ],
)
def test_retry_after_is_read_to_the_second_and_capped(header: str, wait: timedelta) -> None:
    assert retry_time(header, NOW) == NOW + wait


@pytest.mark.parametrize("header", [None, "", "soon", "-5", "1.5", "٣", "Tue, 99 Mar 2025"])
def test_a_retry_after_that_makes_no_sense_is_none(header: str | None) -> None:
    assert retry_time(header, NOW) is None


@given(
    st.datetimes(timezones=st.just(UTC), min_value=EARLY, max_value=LATE), st.integers(0, 86_400)
)
def test_nobody_is_asked_again_too_early(now: datetime, seconds: int) -> None:
    at = retry_time(str(seconds), now)
    assert at is not None
    assert timedelta(0) <= at - (now + timedelta(seconds=seconds)) < timedelta(seconds=1)
    assert at.microsecond == 0


def test_retry_after_travels_with_its_answer(stage: Stage, manners: Manners) -> None:
    for status in (200, 304, 429, 503):
        answer = one(stage.gives("/busy", status, Retry_After="90"), manners)
        assert answer.retry_at == NOW + timedelta(seconds=90)  # type: ignore[union-attr]


def test_a_file_is_read_by_the_same_rules(tmp_path: Path, manners: Manners) -> None:
    small = replace(manners, max_bytes=len(BODY))
    file = tmp_path / "feed.xml"
    file.write_bytes(BODY)
    assert one(Request("feed.xml", path=str(file)), small) == Fetched(200, BODY, "feed.xml")
    file.write_bytes(BODY + b"x")
    assert reason(one(Request("feed.xml", path=str(file)), small)) == Reason.TOO_LARGE
    file.write_bytes(bomb(1))
    assert reason(one(Request("feed.xml", path=str(file)), small)) == Reason.TOO_LARGE
    assert reason(one(Request("x", path=str(tmp_path)), small)) == Reason.UNREADABLE


def test_the_contact_cannot_forge_a_header() -> None:
    assert Manners(contact="desk@harbour.example").user_agent.endswith("desk@harbour.example)")
    with pytest.raises(UsageError):
        Manners(contact="me\r\nX-Evil: 1")


def test_no_requests_no_work(manners: Manners) -> None:
    assert fetch_all([], manners, clock) == []
