"""A small web server for tests: a Maven repository that does as it is told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from graph.store.jars import Jar


def locked_jar(name: str, content: bytes) -> Jar:
    """Return the lock's entry for a jar with this content."""
    return Jar(f"org/example/{name}", hashlib.sha256(content).hexdigest(), len(content))


class Repository(ThreadingHTTPServer):
    """Serves `files` by path; remembers who asked for what, and from which byte on."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.break_off_after: int | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        path, wanted = self.path.lstrip("/"), self.headers["Range"]
        self.server.asked.append((path, wanted))
        content = self.server.files.get(path)
        if content is None:
            self.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        piece = content[start:]
        if self.server.break_off_after is not None:
            piece, self.server.break_off_after = piece[: self.server.break_off_after], None
            self.close_connection = True
        self.wfile.write(piece)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def repository() -> Iterator[Repository]:
    """Run a repository on a free port of the loopback address."""
    with Repository() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
