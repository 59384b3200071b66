"""Name look-ups in threads that nobody waits for.

The event loop's own look-ups share a few threads that are joined at the end: one dead name server
would delay other feeds, and hold up the end of the poll for as long as the system's resolver tries.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

Found = list[tuple[Any, ...]]


class Lookup(AbstractResolver):
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Found] = loop.create_future()

        def tell(found: Found | OSError) -> None:
            if answer.done():
                return
            if isinstance(found, OSError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def look() -> None:
            found = _addresses(host, port, family)
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(tell, found)

        threading.Thread(target=look, name="stancewatch-lookup", daemon=True).start()
        return [_result(host, info) for info in await answer]

    async def close(self) -> None:
        return None


def _addresses(host: str, port: int, family: socket.AddressFamily) -> Found | OSError:
    try:
        return list(socket.getaddrinfo(host, port, family, socket.SOCK_STREAM))
    except OSError as error:
        return error
    except UnicodeError as error:  # a label that is empty or too long for the system's resolver
        return OSError(f"not a host name: {error}")


def _result(host: str, info: tuple[Any, ...]) -> ResolveResult:
    family, _kind, proto, _name, place = info
    return ResolveResult(
        hostname=host,
        host=place[0],
        port=place[1],
        family=family,
        proto=proto,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
