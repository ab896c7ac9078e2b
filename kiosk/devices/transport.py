"""Bytes to and from a device: a serial line or a TCP connection; the only user of pyserial.

Every wait ends: by its time-out, by `stop`, or by the port's fault. Whatever the system reports (SerialException,
termios.error, a bare OSError 5 after an unplug) leaves here as DeviceFault.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import termios
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import serial

from kiosk.devices.wake import Wake
from kiosk.services.events import DeviceProblem

CONNECT_TIMEOUT_S = 2.0
SERIAL_WRITE_TIMEOUT_S = 1.0
SETTLE_S = 0.05
"""What a serial line still delivers this soon after it was opened was sent before: dropped."""
READ_BYTES = 4096
DROP_READS = 64  # an endless sender must not hold the driver
WRITE_BYTES = 4096
WRITE_LOOK_S = 0.05
"""A pseudo-terminal with room again may wake its writer only 20,000 bytes later: look by oneself this often."""
BITS_PER_BYTE = 10  # 8N1: start, eight, stop
MAX_TCP_PORT = 65_535

_PROBLEMS = {
    errno.ENOENT: DeviceProblem.NOT_FOUND,
    errno.ENODEV: DeviceProblem.NOT_FOUND,
    errno.ENXIO: DeviceProblem.NOT_FOUND,
    errno.ENOTDIR: DeviceProblem.NOT_FOUND,
    errno.ENOTTY: DeviceProblem.NOT_FOUND,
    errno.EISDIR: DeviceProblem.NOT_FOUND,
    errno.EHOSTUNREACH: DeviceProblem.NOT_FOUND,
    errno.ENETUNREACH: DeviceProblem.NOT_FOUND,
    errno.EACCES: DeviceProblem.NO_PERMISSION,
    errno.EPERM: DeviceProblem.NO_PERMISSION,
    errno.EBUSY: DeviceProblem.BUSY,
    errno.EAGAIN: DeviceProblem.BUSY,
    errno.ECONNREFUSED: DeviceProblem.REFUSED,
    errno.ETIMEDOUT: DeviceProblem.NO_ANSWER,
}


class DeviceFault(Exception):
    """The device cannot be used just now. `problem` is for the screen, the text for the log."""

    def __init__(self, problem: DeviceProblem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem


class Stopped(Exception):
    """The driver was asked to stop while it waited."""


class Transport(ABC):
    """An open port. One thread uses it; all methods raise DeviceFault, those that wait also Stopped."""

    def __init__(self, fd: int, stop: Wake) -> None:
        self._fd = fd
        self._stop = stop

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, timeout_s: float, wake: Wake | None = None) -> bytes:
        """What has arrived, waiting for the first byte; b"" after `timeout_s` or when `wake` is set."""
        if self._wait(select.POLLIN, timeout_s, wake):
            with system_faults():
                return self._receive()
        return b""

    def write(self, data: bytes, timeout_s: float) -> None:
        """Send all of it. NO_ANSWER when the other side takes nothing for `timeout_s`."""
        rest = memoryview(data)
        ends_s = time.monotonic() + timeout_s
        while rest:
            if self._wait(select.POLLOUT, min(timeout_s, WRITE_LOOK_S), None):
                with system_faults():
                    sent = self._send(bytes(rest[:WRITE_BYTES]))
                if sent:
                    rest = rest[sent:]
                    ends_s = time.monotonic() + timeout_s
                    continue
                self._stop.wait(WRITE_LOOK_S)
            if time.monotonic() >= ends_s:
                raise DeviceFault(DeviceProblem.NO_ANSWER, f"nothing taken for {timeout_s} s")

    def drop_input(self) -> None:
        """Forget what has arrived and was not read."""
        for _ in range(DROP_READS):
            if not self.read(0):
                return

    @abstractmethod
    def seconds_to_send(self, n_bytes: int) -> float:
        """How long the line itself needs for so many bytes, in the worst case."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def _receive(self) -> bytes: ...

    @abstractmethod
    def _send(self, data: bytes) -> int:
        """As much as goes without waiting; returns how many bytes that was."""

    def _wait(self, events: int, timeout_s: float, wake: Wake | None) -> bool:
        return _wait(self._fd, events, timeout_s, self._stop, wake)


class SerialTransport(Transport):
    """8N1, no flow control, held exclusively."""

    def __init__(self, path: str, baud: int, stop: Wake) -> None:
        with system_faults():
            self._serial = serial.Serial(path, baud, timeout=0, write_timeout=SERIAL_WRITE_TIMEOUT_S, exclusive=True)
        self._baud = baud
        super().__init__(self._serial.fileno(), stop)

    def seconds_to_send(self, n_bytes: int) -> float:
        return n_bytes * BITS_PER_BYTE / self._baud

    def close(self) -> None:
        self._serial.close()

    def _receive(self) -> bytes:
        return self._serial.read(READ_BYTES)

    def _send(self, data: bytes) -> int:
        # Not Serial.write: that waits inside for the whole of it, and does not tell how much went.
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0


class TcpTransport(Transport):
    """A raw TCP connection, as port 9100 of a printer."""

    def __init__(self, host: str, port: int, stop: Wake) -> None:
        self._socket = _connect(host, port, stop)
        super().__init__(self._socket.fileno(), stop)

    def seconds_to_send(self, n_bytes: int) -> float:
        return 0.0

    def close(self) -> None:
        self._socket.close()

    def _receive(self) -> bytes:
        data = self._socket.recv(READ_BYTES)
        if not data:
            raise DeviceFault(DeviceProblem.DISCONNECTED, "the other side closed the connection")
        return data

    def _send(self, data: bytes) -> int:
        return self._socket.send(data)


def open_transport(port: str, baud: int, stop: Wake) -> Transport:
    """Open "tcp://host:port" or a serial device's path, with nothing old left in its input. `stop` ends every
    wait on it. Raises DeviceFault, Stopped."""
    if port.startswith("tcp://"):
        host, _, number = port.removeprefix("tcp://").rpartition(":")
        if not host or not number.isdecimal() or int(number) > MAX_TCP_PORT:
            raise DeviceFault(DeviceProblem.NOT_FOUND, f"{port!r} is not tcp://host:port")
        return TcpTransport(host.strip("[]"), int(number), stop)
    line = SerialTransport(port, baud, stop)
    try:
        _settle(line)
    except BaseException:
        line.close()
        raise
    return line


def _settle(line: SerialTransport) -> None:
    ends_s = time.monotonic() + SETTLE_S
    while (left_s := ends_s - time.monotonic()) > 0:
        line.read(left_s)


def _connect(host: str, port: int, stop: Wake) -> socket.socket:
    with system_faults():
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(0)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            _finish_connect(connection, connection.connect_ex(address), stop)
        except BaseException:
            connection.close()
            raise
        return connection


def _finish_connect(connection: socket.socket, result: int, stop: Wake) -> None:
    if result == errno.EINPROGRESS:
        if not _wait(connection.fileno(), select.POLLOUT, CONNECT_TIMEOUT_S, stop, None):
            raise DeviceFault(DeviceProblem.NO_ANSWER, f"no connection within {CONNECT_TIMEOUT_S} s")
        result = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if result:
        raise OSError(result, os.strerror(result))


def _wait(fd: int, events: int, timeout_s: float, stop: Wake, wake: Wake | None) -> bool:
    """Whether `fd` is ready (or hung up: the read or write that follows tells); False at time-out or `wake`."""
    poller = select.poll()
    poller.register(fd, events)
    poller.register(stop, select.POLLIN)
    if wake is not None:
        poller.register(wake, select.POLLIN)
    ready = {ready_fd for ready_fd, _ in poller.poll(max(timeout_s, 0) * 1000)}
    if stop.fileno() in ready:
        raise Stopped
    return fd in ready


@contextmanager
def system_faults() -> Iterator[None]:
    """Turn what the system says of a port or device file into DeviceFault."""
    try:
        yield
    except serial.SerialTimeoutException as error:
        raise DeviceFault(DeviceProblem.NO_ANSWER, str(error)) from error
    except socket.gaierror as error:
        raise DeviceFault(DeviceProblem.NOT_FOUND, str(error)) from error
    except (OSError, termios.error) as error:
        raise DeviceFault(_problem(error), str(error)) from error


def _problem(error: BaseException) -> DeviceProblem:
    """By error number; pyserial leaves it in the exception it wraps. Anything else is a device that went away."""
    number = getattr(error, "errno", None)
    if number is None:
        number = error.args[0] if isinstance(error, termios.error) else None
    if number is None and error.__context__ is not None:
        return _problem(error.__context__)
    return _PROBLEMS.get(number, DeviceProblem.DISCONNECTED) if number else DeviceProblem.DISCONNECTED
