"""Ids are digests of content, so the same evidence has the same id on every machine and day."""

from __future__ import annotations

import hashlib

ID_HEX = 24  # 96 bits: no collision is to be expected below 10^12 items


def digest(*parts: str) -> str:
    """The id of these words in this order. Parts are length-framed: ("ab", "c") != ("a", "bc")."""
    hasher = hashlib.blake2b(digest_size=ID_HEX // 2)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        hasher.update(len(data).to_bytes(8, "big"))
        hasher.update(data)
    return hasher.hexdigest()
