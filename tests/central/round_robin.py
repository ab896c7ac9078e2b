"""Several servers behind one address: each connection goes to the next of them, byte for byte."""

from __future__ import annotations

import asyncio
import itertools
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from urllib.parse import urlsplit

START_WITHIN_S = 10
CHUNK_BYTES = 64 * 1024


class RoundRobin:
    """`connections` counts those that went to each server."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.url = ""
        self.connections = dict.fromkeys(urls, 0)
        self._next = itertools.cycle(urls)
        self._loop = asyncio.new_event_loop()
        self._ready = Event()

    async def serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        async with server:
            await self._stop.wait()

    async def _carry(self, client: StreamReader, to_client: StreamWriter) -> None:
        url = next(self._next)
        self.connections[url] += 1
        there = urlsplit(url)
        server, to_server = await asyncio.open_connection(there.hostname, there.port)
        await asyncio.gather(_pass_on(client, to_server), _pass_on(server, to_client))


async def _pass_on(source: StreamReader, to: StreamWriter) -> None:
    try:
        while chunk := await source.read(CHUNK_BYTES):
            to.write(chunk)
            await to.drain()
    except ConnectionError:
        pass  # a side has hung up
    finally:
        to.close()


@contextmanager
def round_robin(urls: Sequence[str]) -> Iterator[RoundRobin]:
    """Before those servers, until the end of the block."""
    balancer = RoundRobin(urls)

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: balancer._loop) as runner:
            runner.run(balancer.serve())

    thread = Thread(target=run, name="round robin", daemon=True)
    thread.start()
    try:
        assert balancer._ready.wait(START_WITHIN_S), "the round robin did not come up"
        yield balancer
    finally:
        balancer._loop.call_soon_threadsafe(balancer._stop.set)
        thread.join(START_WITHIN_S)
        assert not thread.is_alive(), "the round robin did not go down"
