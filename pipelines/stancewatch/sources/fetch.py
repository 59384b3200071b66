"""The one door to the web: polite, capped, and closed to addresses that are not public.

    fetch_each(requests, manners, deadline) -> (index, answer) as they come

Many requests run at once in a thread of their own. Each has a deadline, each host at most two
connections, and each body a cap before and after decompression. An answer is held until the caller
has taken it and asks for the next, so no more than `at_once` bodies are in memory.
"""

from __future__ import annotations

import asyncio
import math
import queue
import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.client_exceptions import ClientConnectorCertificateError, ClientSSLError
from yarl import URL

from stancewatch.core.article import domain
from stancewatch.core.ports import Clock
from stancewatch.errors import SourceError, UsageError
from stancewatch.sources.address import AddressRule, normalise, shown
from stancewatch.sources.inflate import Plain, TooLargeError, decoder, unpacked
from stancewatch.sources.lookup import Lookup

MAX_BYTES = 10_000_000
LARGE = 1_000_000  # bytes; only so many bodies beyond it are in memory at once
LARGE_AT_ONCE = 4
MAX_HOPS = 5
MAX_WAIT = timedelta(days=1)
MAX_VALIDATOR = 1_000  # characters of an ETag or Last-Modified that are worth keeping
REDIRECTS = frozenset({301, 302, 303, 307, 308})
FOR_GOOD = frozenset({301, 308})
REFUSALS = frozenset({401, 402, 403, 407, 451})
BUSY = frozenset({429, 503})
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json,"
    " application/xml;q=0.9, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for; `path` instead is read from disk. The validators make it conditional."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """`moved_to` is set where every redirect on the way was a permanent one."""

    status: int
    body: bytes
    final_url: str
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """The server says that there will never be anything here again (410)."""


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """`reason` is one word to count by; `retry_at` is when the server wants to be asked again."""

    reason: str
    detail: str
    retry_at: datetime | None = None


Answered = Fetched | NotModified | Gone | FetchFailure


class Reason:
    """Why a fetch came to nothing."""

    BAD_URL = "bad-url"
    REFUSED_ADDRESS = "address-refused"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    TIMEOUT = "timeout"
    UNASKED = "unasked"
    REDIRECTS = "too-many-redirects"
    TOO_LARGE = "too-large"
    BAD_BODY = "bad-body"
    BAD_RESPONSE = "bad-response"
    BLOCKED = "blocked"
    BUSY = "busy"
    MISSING = "missing"
    STATUS = "http-status"
    UNREADABLE = "unreadable-file"


@dataclass(frozen=True, slots=True)
class Manners:
    """How we behave: the limits of every fetch, and who we say we are."""

    rule: AddressRule = field(default_factory=AddressRule)
    contact: str = "contact the operator"
    max_bytes: int = MAX_BYTES
    timeout: float = 12.0  # seconds for one fetch with all its redirects
    at_once: int = 16
    per_host: int = 2

    def __post_init__(self) -> None:
        if not (self.contact.isascii() and self.contact.isprintable()):
            raise UsageError("the operator contact must be one line of ASCII")

    @property
    def user_agent(self) -> str:
        return f"stancewatch/0.1 (news monitoring; {self.contact})"


class RefusedAddressError(OSError):
    """The address rule does not permit this connection."""


def fetch_all(
    requests: Sequence[Request], manners: Manners, clock: Clock, *, deadline: float = 60.0
) -> list[Answered]:
    """Every answer, in the order of the requests."""
    answers = dict(fetch_each(requests, manners, clock, deadline=deadline))
    return [answers[index] for index in range(len(requests))]


def fetch_each(
    requests: Sequence[Request], manners: Manners, clock: Clock, *, deadline: float = 60.0
) -> Iterator[tuple[int, Answered]]:
    """Every answer with the index of its request, as they come, within `deadline` seconds."""
    if not requests:
        return
    results: queue.SimpleQueue[_Told] = queue.SimpleQueue()
    run = _Run(requests, manners, clock, deadline, results.put)
    with ThreadPoolExecutor(1, thread_name_prefix="stancewatch-fetch") as thread:
        running = thread.submit(run)
        running.add_done_callback(lambda _: results.put(None))
        try:
            while (told := results.get()) is not None:
                yield told
                run.taken(told[1])
        finally:
            run.stop()
        running.result()  # a bug of ours is raised here, and stops the job


_Told = tuple[int, Answered] | None


class _Run:
    """One call of `fetch_each`, in its own thread with its own event loop."""

    def __init__(
        self,
        requests: Sequence[Request],
        manners: Manners,
        clock: Clock,
        deadline: float,
        tell: Callable[[_Told], None],
    ) -> None:
        self._requests = requests
        self._manners = manners
        self._clock = clock
        self._deadline = deadline
        self._tell = tell
        self._loop = asyncio.new_event_loop()
        self._slots = asyncio.Semaphore(manners.at_once)
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._asked: set[int] = set()
        self._told: set[int] = set()
        self._stopped = asyncio.Event()

    def __call__(self) -> None:
        try:
            self._loop.run_until_complete(self._all())
        finally:
            self._loop.close()

    def taken(self, answer: Answered) -> None:
        """The caller is done with one answer: its memory is free for the next."""
        self._call(self._slots.release)
        if isinstance(answer, Fetched) and len(answer.body) > LARGE:
            self._call(self._large.release)

    def stop(self) -> None:
        self._call(self._stopped.set)

    def _call(self, act: Callable[[], object]) -> None:
        if not self._loop.is_closed():
            try:
                self._loop.call_soon_threadsafe(act)
            except RuntimeError:  # it closed between the two lines: there is nothing left to tell
                return

    async def _all(self) -> None:
        async with _session(self._manners) as session:
            door = Door(session, self._manners, self._clock, self._large)
            tasks = [
                asyncio.create_task(self._one(door, index)) for index in range(len(self._requests))
            ]
            ending = asyncio.create_task(self._stopped.wait())
            everything = asyncio.gather(*tasks)
            waited: list[asyncio.Future[Any]] = [everything, ending]
            await asyncio.wait(waited, timeout=self._deadline, return_when="FIRST_COMPLETED")
            for task in (*tasks, ending):
                task.cancel()
            ended = await asyncio.gather(*tasks, *waited, return_exceptions=True)
        for end in ended:
            if isinstance(end, Exception):
                raise end
        self._tell_rest()

    async def _one(self, door: Door, index: int) -> None:
        request = self._requests[index]
        name = "" if request.path else domain(request.url)
        host = self._hosts.setdefault(name, asyncio.Semaphore(self._manners.per_host))
        async with host:
            await self._slots.acquire()  # released by `taken`
            self._asked.add(index)
            answer = await door.fetch(request)
            self._told.add(index)
            self._tell((index, answer))

    def _tell_rest(self) -> None:
        seconds = f"{self._deadline:g} s"
        for index in sorted(set(range(len(self._requests))) - self._told):
            if index in self._asked:
                answer = FetchFailure(Reason.TIMEOUT, f"still under way after {seconds}")
            else:
                answer = FetchFailure(Reason.UNASKED, f"the poll ended after {seconds}")
            self._tell((index, answer))


def _session(manners: Manners) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        socket_factory=_guard(manners.rule),
        resolver=Lookup(),
        limit=0,  # `at_once` and `per_host` are ours, and count whole fetches
    )
    return aiohttp.ClientSession(
        connector=connector,
        auto_decompress=False,
        trust_env=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        headers={
            "User-Agent": manners.user_agent,
            "Accept": ACCEPT,
            "Accept-Encoding": "gzip, deflate",
        },
    )


def _guard(rule: AddressRule) -> Callable[[Any], socket.socket]:
    """Makes the sockets of a connector, which is the last place that sees the real address."""

    def make(info: tuple[Any, ...]) -> socket.socket:
        family, kind, proto, _name, place = info
        if not rule.permits(place[0], place[1]):
            raise RefusedAddressError(f"{place[0]} port {place[1]} is not a public address")
        return socket.socket(family, kind, proto)

    return make


class Door:
    """Fetches one request, with its redirects, into a value. It raises nothing that is expected."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        manners: Manners,
        clock: Clock,
        large: asyncio.Semaphore,
    ) -> None:
        self._session = session
        self._manners = manners
        self._clock = clock
        self._large = large  # held by each large body from here until it is taken

    async def fetch(self, request: Request) -> Answered:
        if request.path is not None:
            return read_file(request.path, self._manners.max_bytes)
        try:
            async with asyncio.timeout(self._manners.timeout):
                return await self._follow(request)
        except TimeoutError:
            return FetchFailure(Reason.TIMEOUT, f"no answer in {self._manners.timeout:g} s")
        except TooLargeError as error:
            return FetchFailure(Reason.TOO_LARGE, error.problem)
        except SourceError as error:
            return FetchFailure(Reason.BAD_BODY, error.problem)
        except (aiohttp.ClientError, OSError) as error:
            return _explained(error)

    async def _follow(self, request: Request) -> Answered:
        url, for_good = _address(request.url), True
        for hop in range(MAX_HOPS + 1):
            if isinstance(url, FetchFailure):
                return url
            async with self._session.get(
                URL(url, encoded=True), headers=_conditions(request), allow_redirects=False
            ) as response:
                target = response.headers.get("Location", "")
                if response.status not in REDIRECTS or not target:
                    moved_to = shown(url) if hop and for_good else ""
                    return await self._answer(response, url, moved_to)
                response.close()
            for_good = for_good and response.status in FOR_GOOD
            url = _address(target, url)
        return FetchFailure(Reason.REDIRECTS, f"more than {MAX_HOPS} redirects")

    async def _answer(self, response: aiohttp.ClientResponse, url: str, moved_to: str) -> Answered:
        headers, status = response.headers, response.status
        etag = _validator(headers.get("ETag"))
        last_modified = _validator(headers.get("Last-Modified"))
        retry_at = retry_time(headers.get("Retry-After"), self._clock())
        if status == 304:
            return NotModified(etag, last_modified, moved_to, retry_at)
        if status == 410:
            return Gone()
        if not 200 <= status < 300:
            return _refusal(status, retry_at)
        return Fetched(
            status,
            await self._body(response),
            url,
            _printable(headers.get("Content-Type", "")),
            etag,
            last_modified,
            moved_to,
            retry_at,
        )

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        place = _Place(self._large)
        try:
            body = await self._read(response, place)
            if len(body) > LARGE:
                await place.take()
                place.keep()
            return body
        finally:
            place.leave()

    async def _read(self, response: aiohttp.ClientResponse, place: _Place) -> bytes:
        cap = self._manners.max_bytes
        encodings = ", ".join(response.headers.getall("Content-Encoding", []))
        body, raw = decoder(encodings, cap), 0
        if (response.content_length or 0) > cap:
            raise TooLargeError(f"more than {cap} bytes")
        async for chunk in response.content.iter_chunked(65_536):
            raw += len(chunk)
            if raw > cap:  # a body may also be longer packed than unpacked
                raise TooLargeError(f"more than {cap} bytes")
            body.feed(chunk)
            if len(body) > LARGE:
                await place.take()
        return body.close() if encodings else unpacked(body.close(), cap)


class _Place:
    """One of the few places for large bodies. What is kept is given back by `_Run.taken`."""

    def __init__(self, large: asyncio.Semaphore) -> None:
        self._large = large
        self._held = False

    async def take(self) -> None:
        if not self._held:
            await self._large.acquire()
            self._held = True

    def keep(self) -> None:
        self._held = False

    def leave(self) -> None:
        if self._held:
            self._large.release()
            self._held = False


def read_file(path: str, cap: int) -> Fetched | FetchFailure:
    """A feed on disk, by the same rules as one on the web."""
    file = Path(path)
    try:
        if not file.is_file():
            return FetchFailure(Reason.UNREADABLE, "there is no such file")
        with file.open("rb") as stream:
            data = stream.read(cap + 1)
        body = Plain(cap)
        body.feed(data)
        return Fetched(200, unpacked(body.close(), cap), file.name)
    except OSError as error:
        return FetchFailure(Reason.UNREADABLE, error.strerror or "it cannot be read")
    except TooLargeError as error:
        return FetchFailure(Reason.TOO_LARGE, error.problem)
    except SourceError as error:
        return FetchFailure(Reason.BAD_BODY, error.problem)


def _address(url: str, base: str | None = None) -> str | FetchFailure:
    try:
        return normalise(url, base)
    except SourceError as error:
        return FetchFailure(Reason.BAD_URL, _printable(str(error)))


def _conditions(request: Request) -> dict[str, str]:
    conditions = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _validator(value: str | None) -> str | None:
    """A validator goes back in a header just as it came, so it must be fit for one."""
    fit = value and len(value) <= MAX_VALIDATOR and value.isascii() and value.isprintable()
    return value if fit else None


def retry_time(value: str | None, now: datetime) -> datetime | None:
    """When a Retry-After header wants us back, a day from now at most; None if it makes no sense.

    Rounded up to the second, for a store may not keep fractions and early is impolite.
    """
    if value is None or (wait := _wait(value.strip(), now)) is None:
        return None
    at = now + max(timedelta(0), min(wait, MAX_WAIT))
    return datetime.fromtimestamp(math.ceil(at.timestamp()), UTC)


def _wait(value: str, now: datetime) -> timedelta | None:
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:18]), 10**9))
    try:
        at = parsedate_to_datetime(value)
        return at.replace(tzinfo=at.tzinfo or UTC) - now
    except (ValueError, OverflowError):
        return None


def _refusal(status: int, retry_at: datetime | None) -> FetchFailure:
    detail = f"the server answered {status}"
    if status in REFUSALS:
        return FetchFailure(Reason.BLOCKED, detail, retry_at)
    if status in BUSY:
        return FetchFailure(Reason.BUSY, detail, retry_at)
    if status == 404:
        return FetchFailure(Reason.MISSING, detail, retry_at)
    return FetchFailure(Reason.STATUS, detail, retry_at)


def _explained(error: BaseException) -> FetchFailure:
    causes = list(_causes(error))
    refused = next((cause for cause in causes if isinstance(cause, RefusedAddressError)), None)
    if refused is not None:
        return FetchFailure(Reason.REFUSED_ADDRESS, str(refused))
    detail = _printable(f"{type(error).__name__}: {shown(str(error))}")
    if any(isinstance(cause, ClientSSLError | ClientConnectorCertificateError) for cause in causes):
        return FetchFailure(Reason.TLS, detail)
    if any(isinstance(cause, OSError) for cause in causes):
        return FetchFailure(Reason.UNREACHABLE, detail)
    return FetchFailure(Reason.BAD_RESPONSE, detail)


def _printable(text: str) -> str:
    """Headers may hold bytes that are no text: they must not get into records."""
    return text.encode("ascii", "backslashreplace").decode("ascii")[:300]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error with everything that it wraps: aiohttp keeps the socket's own error inside."""
    while error is not None:
        yield error
        wrapped = getattr(error, "os_error", None)
        error = wrapped if wrapped not in (None, error) else error.__cause__
