"""The simulators' end of a line: a pseudo-terminal linked at a path, or a TCP port. Runs on an asyncio loop.

A pseudo-terminal has no baud rate, so the line keeps to it by itself, both ways.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import pty
import tty
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Protocol, cast

BITS_PER_BYTE = 10
READ_BYTES = 256
MAX_UNSENT_BYTES = 65_536
MAX_UNSENT_TCP_BYTES = 4 * 1024 * 1024


class SimulatedDevice(Protocol):
    """What sits on the line."""

    def attached(self, line: SimulatedLine) -> None:
        """The line is up (device plugged in, or a client connected)."""
        ...

    def detached(self) -> None: ...

    def received(self, data: bytes) -> None: ...


class SimulatedLine(ABC):
    """One device's line. `plug` and `unplug` as often as one likes; `close` at the end."""

    def __init__(self, device: SimulatedDevice) -> None:
        self._device = device

    @abstractmethod
    async def plug(self) -> None:
        """Raises OSError when the path or port cannot be had."""

    @abstractmethod
    async def unplug(self) -> None: ...

    @abstractmethod
    def send(self, data: bytes) -> None:
        """To the other side; lost when nobody is there, as on a wire."""

    @abstractmethod
    def pause(self) -> None:
        """Stop reading: the device's buffer is full or it hangs."""

    @abstractmethod
    def resume(self) -> None: ...

    @abstractmethod
    def reset(self) -> None:
        """Break the connection off, as a device does that loses power (TCP only; a serial line knows none)."""

    @abstractmethod
    async def occupy(self, *, occupied: bool) -> None:
        """Another program holds the port, or lets it go again."""


class PtyLine(SimulatedLine):
    """A pseudo-terminal, linked at `path` while plugged in."""

    def __init__(self, device: SimulatedDevice, path: Path, baud: int) -> None:
        super().__init__(device)
        self._path = path
        self._byte_s = BITS_PER_BYTE / baud
        self._loop = asyncio.get_running_loop()
        self._master = -1
        self._slave = -1  # kept open: without it the master reports a hang-up whenever no program has the port
        self._unsent = bytearray()
        self._pump: asyncio.TimerHandle | None = None
        self._breath: asyncio.TimerHandle | None = None
        self._is_paused = False

    async def plug(self) -> None:
        if self._master >= 0:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        link = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(self._slave))
        link.replace(self._path)
        self._is_paused = False
        self._loop.add_reader(self._master, self._readable)
        self._device.attached(self)

    async def unplug(self) -> None:
        if self._master < 0:
            return
        if self._path.is_symlink() and self._path.readlink() == Path(os.ttyname(self._slave)):
            self._path.unlink()
        for timer in (self._pump, self._breath):
            if timer is not None:
                timer.cancel()
        self._pump = self._breath = None
        self._unsent.clear()
        self._loop.remove_reader(self._master)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1
        self._device.detached()

    def send(self, data: bytes) -> None:
        if self._master < 0 or len(self._unsent) + len(data) > MAX_UNSENT_BYTES:
            return
        self._unsent += data
        if self._pump is None:
            self._send_next()

    def pause(self) -> None:
        self._is_paused = True
        if self._master >= 0:
            self._loop.remove_reader(self._master)

    def resume(self) -> None:
        self._is_paused = False
        if self._master >= 0 and self._breath is None:
            self._loop.add_reader(self._master, self._readable)

    def reset(self) -> None:
        self._unsent.clear()

    async def occupy(self, *, occupied: bool) -> None:
        if self._slave >= 0:
            fcntl.flock(self._slave, fcntl.LOCK_EX | fcntl.LOCK_NB if occupied else fcntl.LOCK_UN)

    def _readable(self) -> None:
        try:
            data = os.read(self._master, READ_BYTES)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return
            raise
        self._loop.remove_reader(self._master)
        self._breath = self._loop.call_later(len(data) * self._byte_s, self._breathe)
        self._device.received(data)

    def _breathe(self) -> None:
        """The time those bytes took on the wire is over."""
        self._breath = None
        if not self._is_paused:
            self.resume()

    def _send_next(self) -> None:
        """A slice of what a real line carries in a millisecond, then wait for as long as it took."""
        size = max(round(0.001 / self._byte_s), 1)
        part = bytes(self._unsent[:size])
        del self._unsent[:size]
        if not part:
            self._pump = None
            return
        self._pump = self._loop.call_later(len(part) * self._byte_s, self._send_next)
        try:
            os.write(self._master, part)
        except BlockingIOError:
            self._unsent.clear()  # nobody reads: lost


class TcpLine(SimulatedLine):
    """A listening TCP port with one client at a time: a second one is turned away, as printers do, or takes the first
    one's place (`newest_wins`)."""

    def __init__(self, device: SimulatedDevice, host: str, port: int, *, newest_wins: bool = False) -> None:
        super().__init__(device)
        self._newest_wins = newest_wins
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._client: asyncio.Transport | None = None
        self._is_paused = False
        self._is_occupied = False
        self._is_unplugged = False

    async def plug(self) -> None:
        self._is_unplugged = False
        if self._server is None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(lambda: _Client(self), self._host, self._port)

    async def unplug(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        self._is_unplugged = True  # for a client that was accepted and has not been announced yet
        for listening in server.sockets:
            asyncio.get_running_loop().remove_reader(listening.fileno())
        # asyncio of Python 3.11 forgets to close a client that it accepted just before its server is closed.
        await asyncio.sleep(0)
        server.close()
        self.reset()

    def send(self, data: bytes) -> None:
        if self._client is not None and self._client.get_write_buffer_size() < MAX_UNSENT_TCP_BYTES:
            self._client.write(data)

    def pause(self) -> None:
        self._is_paused = True
        if self._client is not None:
            self._client.pause_reading()

    def resume(self) -> None:
        self._is_paused = False
        if self._client is not None:
            self._client.resume_reading()

    def reset(self) -> None:
        if self._client is not None:
            self._client.abort()

    async def occupy(self, *, occupied: bool) -> None:
        self._is_occupied = occupied
        self.reset()

    def connected(self, client: asyncio.Transport) -> None:
        if self._is_unplugged or self._is_occupied or (self._client is not None and not self._newest_wins):
            client.abort()
            return
        if self._client is not None:
            self._client.abort()
            self.lost(self._client)
        self._client = client
        if self._is_paused:
            client.pause_reading()
        self._device.attached(self)

    def received(self, client: asyncio.Transport, data: bytes) -> None:
        if client is self._client:
            self._device.received(data)

    def lost(self, client: asyncio.Transport) -> None:
        if client is self._client:
            self._client = None
            self._device.detached()


class _Client(asyncio.Protocol):
    def __init__(self, line: TcpLine) -> None:
        self._line = line

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._line.connected(self._transport)

    def data_received(self, data: bytes) -> None:
        self._line.received(self._transport, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._line.lost(self._transport)
