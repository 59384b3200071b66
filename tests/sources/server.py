"""A small HTTP server on the loopback that does what a test tells it to, good or bad."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Play = Callable[["Visit"], None]


class Visit(BaseHTTPRequestHandler):
    """One request. A play answers it, with `give` or byte by byte through `wfile`."""

    server: _Server

    def do_GET(self) -> None:
        self.server.stage.visits.append((self.path, dict(self.headers)))
        play = self.server.stage.plays.get(self.path)
        try:
            if play is None:
                self.give(404)
            else:
                play(self)
        except (BrokenPipeError, ConnectionResetError):
            return  # the client had enough, which is what some tests are about

    def give(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the parent
        return


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    stage: Stage


@dataclass
class Stage:
    """What each path plays, and who came."""

    port: int
    plays: dict[str, Play] = field(default_factory=dict)
    visits: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    leaving: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    def asked(self, path: str) -> list[dict[str, str]]:
        return [headers for visited, headers in self.visits if visited == path]

    def gives(self, path: str, status: int = 200, body: bytes = b"", **headers: str) -> str:
        self.plays[path] = lambda visit: visit.give(status, body, **headers)
        return self.url(path)

    def drips(self, path: str) -> str:
        """A byte now and then, for ever: a slow loris."""

        def play(visit: Visit) -> None:
            visit.send_response(200)
            visit.end_headers()
            while not self.leaving.wait(0.05):
                visit.wfile.write(b" ")
                visit.wfile.flush()

        self.plays[path] = play
        return self.url(path)


@contextmanager
def serving() -> Iterator[Stage]:
    server = _Server(("127.0.0.1", 0), Visit)
    server.stage = Stage(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.stage
    finally:
        server.stage.leaving.set()
        server.shutdown()
        server.server_close()


def bomb(megabytes: int) -> bytes:
    """Spaces, packed a thousandfold."""
    return gzip.compress(b" " * (megabytes * 1_000_000), 6)
