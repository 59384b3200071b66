"""Only public addresses are asked, and those that the operator allowed exactly."""

from __future__ import annotations

import pytest

from stancewatch.errors import SourceError, UsageError
from stancewatch.sources.address import AddressRule, normalise, parse_rule, shown

_PRIVATE = """
    127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1
    192.0.2.7 198.18.0.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
    ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd12::1 ff02::1 ff0e::1 2001:db8::1
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1::
"""
PRIVATE = _PRIVATE.split()


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not AddressRule().permits(address, 443)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_permitted(address: str) -> None:
    assert AddressRule().permits(address, 443)


def test_an_exception_is_one_address_and_one_port() -> None:
    rule = parse_rule(["127.0.0.1:8080", "[::1]:9090"])
    assert rule.permits("127.0.0.1", 8080)
    assert rule.permits("::ffff:127.0.0.1", 8080)
    assert rule.permits("::1", 9090)
    assert not rule.permits("127.0.0.1", 8081)
    assert not rule.permits("127.0.0.2", 8080)


def test_every_faulty_exception_is_named_at_once() -> None:
    with pytest.raises(UsageError) as fault:
        parse_rule(["localhost:80", "127.0.0.1", "10.0.0.1:70000", "10.0.0.1:80"])
    assert len(fault.value.problem.splitlines()) == 3


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://017700000001/a#b", "http://127.0.0.1/a"),
        ("HTTPS://Bücher.Example:443/ä", "https://xn--bcher-kva.example/%C3%A4"),
        (" https://a.example/../b ", "https://a.example/b"),
    ],
)
def test_addresses_are_read_as_a_browser_reads_them(written: str, meant: str) -> None:
    assert normalise(written) == meant


@pytest.mark.parametrize(
    "url",
    ["file:///etc/hosts", "javascript:alert(1)", "ftp://a.example/", "//a.example", "", "http://"],
)
def test_what_is_not_http_is_refused(url: str) -> None:
    with pytest.raises(SourceError):
        normalise(url)


def test_passwords_are_not_shown() -> None:
    assert shown("https://me:secret@a.example/b?c") == "https://a.example/b?c"
    with pytest.raises(SourceError) as fault:
        normalise("ftp://me:secret@a.example/")
    assert "secret" not in str(fault.value)
