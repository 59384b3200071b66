"""Which addresses may be asked: public ones, and those the operator allowed by ip and port.

The rule is applied to the address a socket is about to connect to (see `fetch`), so neither a DNS
answer that changes between two look-ups nor an odd spelling of an IP address gets past it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit, urlunsplit

import ada_url

from stancewatch.errors import SourceError, UsageError

# `is_global` lets these through although each can lead to a private IPv4 address.
TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("2002::/16"))


@dataclass(frozen=True, slots=True)
class AddressRule:
    """`allowed` holds exact (ip, port) pairs that are permitted though they are not public."""

    allowed: frozenset[tuple[str, int]] = frozenset()

    def permits(self, address: str, port: int) -> bool:
        ip = _unmapped(address)
        return ip is not None and (is_public(ip) or (str(ip), port) in self.allowed)


def parse_rule(values: Iterable[str]) -> AddressRule:
    """A rule from `IP:PORT` or `[IPV6]:PORT` words; every fault at once."""
    pairs, faults = set(), []
    for value in values:
        pair = _pair(value)
        if pair is None:
            faults.append(f"{value!r} is not an IP:PORT pair")
        else:
            pairs.add(pair)
    if faults:
        raise UsageError("\n".join(faults), mend="for example 127.0.0.1:8080 or [::1]:8080")
    return AddressRule(frozenset(pairs))


def _pair(value: str) -> tuple[str, int] | None:
    host, _, port = value.strip().rpartition(":")
    ip = _unmapped(host.removeprefix("[").removesuffix("]"))
    if ip is None or not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
        return None
    return str(ip), int(port)


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    return ip.version == 4 or not any(ip in network for network in TRANSLATED)


def _unmapped(address: str) -> IPv4Address | IPv6Address | None:
    """The address with ::ffff:a.b.c.d taken as the IPv4 address that it reaches."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return ip.ipv4_mapped or ip if isinstance(ip, IPv6Address) else ip


def normalise(url: str, base: str | None = None) -> str:
    """The address as a browser would read it (WHATWG): `http://0x7f.1/` is `http://127.0.0.1/`.

    Raises SourceError for what is not an http(s) address.
    """
    try:
        parsed = ada_url.URL(url.strip(), base)
    except ValueError:
        raise SourceError("not a web address", where=shown(url)) from None
    if parsed.protocol not in ("http:", "https:") or not parsed.hostname:
        raise SourceError("only http and https addresses are fetched", where=shown(url))
    parsed.hash = ""
    return str(parsed.href)


def shown(url: str) -> str:
    """The address without a user name or password: for messages, logs and records."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
