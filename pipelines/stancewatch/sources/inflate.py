"""Undoing a content encoding piece by piece, so that a bomb is stopped at the cap, not after it."""

from __future__ import annotations

import zlib

from stancewatch.errors import SourceError

PIECE = 256 * 1024  # the most that is inflated at once
MEMBERS = 16  # gzip members in a row; a body of thousands of tiny ones is an attack
GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS  # told apart by their header
RAW_DEFLATE = -zlib.MAX_WBITS


class Plain:
    """A body without a content encoding."""

    def __init__(self, cap: int) -> None:
        self._body = bytearray()
        self._cap = cap

    def feed(self, data: bytes) -> None:
        if len(self._body) + len(data) > self._cap:
            raise TooLargeError(f"more than {self._cap} bytes")
        self._body += data

    def __len__(self) -> int:
        return len(self._body)

    def close(self) -> bytes:
        return bytes(self._body)


class Inflated(Plain):
    """A gzip or deflate body."""

    def __init__(self, cap: int) -> None:
        super().__init__(cap)
        self._inflater = zlib.decompressobj(GZIP_OR_ZLIB)
        self._members = 1
        self._started = False

    def feed(self, data: bytes) -> None:
        try:
            self._feed(data)
        except zlib.error as error:
            raise SourceError(f"the compressed body is broken: {error}") from None

    def _feed(self, data: bytes) -> None:
        if data and not self._started:
            self._started = True
            self._inflater = zlib.decompressobj(_window(data))
        while data:
            super().feed(self._inflater.decompress(data, PIECE))
            # At the end of a member zlib keeps the rest in both places: only one of them is true.
            ended = self._inflater.eof
            data = self._next_member() if ended else self._inflater.unconsumed_tail

    def _next_member(self) -> bytes:
        """What follows a finished gzip member: another member, or padding that is ignored."""
        rest = self._inflater.unused_data
        if not rest.startswith(b"\x1f\x8b"):
            return b""
        self._members += 1
        if self._members > MEMBERS:
            raise SourceError(f"the body has more than {MEMBERS} gzip members")
        self._inflater = zlib.decompressobj(GZIP_OR_ZLIB)
        return rest

    def close(self) -> bytes:
        if not self._inflater.eof:
            super().feed(self._inflater.flush())  # the end of a last match: 258 bytes at most
        if self._started and not self._inflater.eof:
            raise SourceError("the compressed body ends too early")
        return super().close()


class TooLargeError(SourceError):
    """A body beyond its cap."""


def unpacked(body: bytes, cap: int) -> bytes:
    """The content of a body that is itself a packed file, such as `feed.xml.gz`."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    inflated = Inflated(cap)
    inflated.feed(body)
    return inflated.close()


def _window(data: bytes) -> int:
    """Some servers send "deflate" without its zlib header: the low four bits tell (RFC 1950)."""
    framed = data.startswith(b"\x1f") or data[0] & 0x0F == zlib.DEFLATED
    return GZIP_OR_ZLIB if framed else RAW_DEFLATE


def decoder(encoding: str, cap: int) -> Plain:
    """The decoder for a Content-Encoding header. Stacked and unasked-for encodings are refused."""
    match encoding.strip().lower():
        case "" | "identity":
            return Plain(cap)
        case "gzip" | "x-gzip" | "deflate":
            return Inflated(cap)
        case other:
            raise SourceError(f"content encoding {other[:60]!r} was not asked for")
