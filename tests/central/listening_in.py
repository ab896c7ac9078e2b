"""A relay before central that keeps every byte, and the HTTP bodies that were in them."""

from __future__ import annotations

import gzip
import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from types import TracebackType

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
_GZIP = re.compile(rb"\r\ncontent-encoding: *gzip\r\n", re.IGNORECASE)


class ListeningIn:
    """Passes connections on to `url`; `streams`: what went each way over each, whole when it is closed."""

    def __init__(self, url: str) -> None:
        self.streams: list[bytearray] = []
        host, port = url.removeprefix("http://").split(":")
        self._central = host, int(port)
        relay = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                relay._pass_on(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> ListeningIn:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _pass_on(self, terminal: socket.socket) -> None:
        with socket.create_connection(self._central) as central:
            back = threading.Thread(target=self._copy, args=(central, terminal))
            back.start()
            self._copy(terminal, central)
            back.join()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        kept = bytearray()
        self.streams.append(kept)
        try:
            while chunk := source.recv(65_536):
                kept += chunk
                target.sendall(chunk)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other side has gone

    def bodies(self) -> Iterator[bytes]:
        """Of all requests and replies, unpacked."""
        for stream in self.streams:
            rest = bytes(stream)
            while rest:
                head, _, rest = rest.partition(b"\r\n\r\n")
                head += b"\r\n"
                length = _LENGTH.search(head)
                body, rest = (rest[: int(length[1])], rest[int(length[1]) :]) if length else (b"", rest)
                yield gzip.decompress(body) if _GZIP.search(head) else body
