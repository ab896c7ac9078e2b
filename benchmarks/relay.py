"""`python -m benchmarks.relay PORT`: a TCP relay to that port of this machine, which counts what goes through and, when
told to, delays it like a long cable. Its own port is in its first line. A commanded program (benchmarks.programs):

| do | |
|---|---|
| delay, ms | from now on each direction takes so long; a new connection first waits for its handshake, one round trip |
| count | bytes to_central and to_terminal, and connections, so far |
"""

from __future__ import annotations

import asyncio
import queue
import sys
import threading

from benchmarks.programs import do_as_told

_HOST = "127.0.0.1"
_PIECE_BYTES = 1 << 18
_MAX_PIECES = 4096


class Relay:
    """Runs in an event loop of its own; `delay` and `count` are called from another thread."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._delay_s = 0.0
        self._bytes = {"to_central": 0, "to_terminal": 0}
        self._connections = 0

    def delay(self, ms: float) -> None:
        self._delay_s = ms / 1000

    def count(self) -> dict[str, int]:
        return {**self._bytes, "connections": self._connections}

    async def listen(self, ready: queue.Queue[int]) -> None:
        server = await asyncio.start_server(self._connected, _HOST, 0)
        ready.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    async def _connected(self, terminal: asyncio.StreamReader, to_terminal: asyncio.StreamWriter) -> None:
        self._connections += 1
        # The terminal is let in at once; over a long cable it would have waited for the handshake.
        open_from_s = asyncio.get_running_loop().time() + 2 * self._delay_s
        central, to_central = await asyncio.open_connection(_HOST, self._port)
        await asyncio.gather(
            self._carry(terminal, to_central, "to_central", open_from_s),
            self._carry(central, to_terminal, "to_terminal", open_from_s),
        )

    async def _carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, direction: str, open_from_s: float
    ) -> None:
        """One direction, until its source ends."""
        pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_MAX_PIECES)
        sender = asyncio.create_task(_send(pieces, target))
        loop = asyncio.get_running_loop()
        data = b" "
        while data:
            try:
                data = await source.read(_PIECE_BYTES)
            except ConnectionError:
                data = b""
            self._bytes[direction] += len(data)
            delay_s = self._delay_s
            await pieces.put((max(loop.time(), open_from_s) + delay_s if delay_s else 0.0, data))
        await sender


async def _send(pieces: asyncio.Queue[tuple[float, bytes]], target: asyncio.StreamWriter) -> None:
    """Each piece when it is due; an empty one is the end."""
    loop = asyncio.get_running_loop()
    data = b" "
    while data:
        due_s, data = await pieces.get()
        if due_s > (now_s := loop.time()):
            await asyncio.sleep(due_s - now_s)
        try:
            target.write(data)
            await target.drain()
        except ConnectionError:
            pass  # it is read to its end all the same
    target.close()


def main() -> None:
    relay = Relay(int(sys.argv[1]))
    ready: queue.Queue[int] = queue.Queue(1)
    threading.Thread(target=asyncio.run, args=[relay.listen(ready)], daemon=True).start()
    do_as_told({"delay": relay.delay, "count": relay.count}, port=ready.get(timeout=10))


if __name__ == "__main__":
    main()
