"""Serving the application until asked to stop."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Callable

import uvicorn
from litestar import Litestar

from central.errors import CentralError
from central.feed.waiting import FeedWaiters
from central.settings import ListenSettings

MAX_OPEN_REQUESTS = 500
GRACEFUL_STOP_S = 5
# Longer than terminals keep an idle connection (60 s): a card payment never meets one that is just being closed.
KEEP_ALIVE_S = 75
BACKLOG = 256
GARBAGE_AFTER_OBJECTS = 20_000


class Server(uvicorn.Server):
    """Says when it listens, and lets waiting polls go as soon as it is asked to stop."""

    def __init__(
        self, app: Litestar, listen: ListenSettings, waiters: FeedWaiters, on_ready: Callable[[str], None]
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                ssl_certfile=listen.tls_certificate,
                ssl_keyfile=listen.tls_key,
                limit_concurrency=MAX_OPEN_REQUESTS,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=GRACEFUL_STOP_S,
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                lifespan="on",
                ws="none",
            )
        )
        self._listen = listen
        self._waiters = waiters
        self._on_ready = on_ready

    def listen_and_serve(self) -> None:
        """Returns when SIGTERM or SIGINT came (or `should_exit` was set) and what had begun is finished. Raises
        CentralError when the address cannot be had."""
        with _bind(self._listen.host, self._listen.port) as listener:
            self.run(sockets=[listener])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets and self.started:
            port = sockets[0].getsockname()[1]
            host = f"[{self._listen.host}]" if ":" in self._listen.host else self._listen.host
            self._on_ready(f"{'https' if self._listen.tls_key else 'http'}://{host}:{port}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._waiters.close()
        await super().shutdown(sockets)


def ignore_repeated_stop_signals() -> None:
    """Uvicorn raises the signal that stopped it once more when it is done: that would end the process with an error,
    although it stopped as asked."""
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda _number, _frame: None)


def look_for_garbage_seldom() -> None:
    """For the process's rest. Hundreds of orders booked together are some ten thousand objects, which go by themselves:
    to look through what is new after every 700, and through all that the start has left, took a third of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER_OBJECTS, 10, 10)


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise CentralError(f"cannot listen on {host} port {port}: {error.strerror}") from error
    return listener
