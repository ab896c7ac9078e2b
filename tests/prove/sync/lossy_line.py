"""A line between terminals and central that loses requests and replies, on real sockets.

It reads whole HTTP/1.1 messages (RFC 9112, framed by Content-Length) and passes them on, or loses them: a lost request
never reaches central; a lost reply was acted upon, and the terminal hears nothing or only its beginning. In both cases
the connection is cut, so that the terminal need not wait for its time-out: it learns as little, only sooner.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
from asyncio import StreamReader, StreamWriter
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum
from threading import Event, Thread
from types import TracebackType
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_MAX_MESSAGE_BYTES = 16 * 1024 * 1024
_START_WITHIN_S = 10


class Fate(Enum):
    PASSED = "passed"
    REQUEST_LOST = "request lost"
    REPLY_LOST = "reply lost"


def a_fifth_of_each_lost(chance: random.Random) -> Iterator[Fate]:
    """Of each 25 requests 5 are lost, and of the 20 replies 4, in random order. Before them one of each is lost, so
    that the shortest run meets both."""
    yield from (Fate.REQUEST_LOST, Fate.REPLY_LOST)
    fates = [Fate.REQUEST_LOST] * 5 + [Fate.REPLY_LOST] * 4 + [Fate.PASSED] * 16
    while True:
        chance.shuffle(fates)
        yield from fates


class LossyLine:
    """Use as a context manager; terminals talk to `url`. Each request meets the next of `fates`; each connection goes
    to the next of the central servers, which share a database."""

    def __init__(self, central_urls: Sequence[str], fates: Iterator[Fate]) -> None:
        self._centrals = itertools.cycle(map(urlsplit, central_urls))
        self._fates = fates
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, name="lossy-line", daemon=True)
        self._ready = Event()
        self.url = ""
        self.met: Counter[Fate] = Counter()
        self.bytes_up = 0

    def __enter__(self) -> LossyLine:
        self._thread.start()
        assert self._ready.wait(_START_WITHIN_S), "the line did not come up"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_START_WITHIN_S)
        assert not self._thread.is_alive(), "the line did not go down"

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0, limit=_MAX_MESSAGE_BYTES)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        async with server:
            await self._stop.wait()

    async def _carry(self, terminal: StreamReader, to_terminal: StreamWriter) -> None:
        """One connection of a terminal, until it is cut by either side."""
        opened = [to_terminal]
        try:
            to = next(self._centrals)
            central, to_central = await asyncio.open_connection(to.hostname, to.port, limit=_MAX_MESSAGE_BYTES)
            opened.append(to_central)
            while await self._exchange(terminal, to_central, central, to_terminal):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # a side has hung up
        finally:
            for writer in opened:
                writer.close()

    async def _exchange(
        self, terminal: StreamReader, to_central: StreamWriter, central: StreamReader, to_terminal: StreamWriter
    ) -> bool:
        """False when the connection is to be cut."""
        request = await _read_message(terminal)
        fate = next(self._fates)
        self.met[fate] += 1
        self.bytes_up += len(request)
        if fate is Fate.REQUEST_LOST:
            return False
        to_central.write(request)
        reply = await _read_message(central)
        if fate is Fate.REPLY_LOST:
            reply = reply[: len(reply) // 2] if self.met[fate] % 2 else b""
        to_terminal.write(reply)
        await to_terminal.drain()
        return fate is Fate.PASSED


async def _read_message(source: StreamReader) -> bytes:
    head = await source.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head + await source.readexactly(int(length[1]) if length else 0)
