"""Steers a running bench from another process: tests, the demonstration session, the command line."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from kiosk.devices.bench import messages as m
from kiosk.devices.camera.simulator import CameraFault
from kiosk.devices.printer.paper_image import draw_paper
from kiosk.devices.printer.simulator import PaperState, PrinterFault

ANSWER_TIMEOUT_S = 10.0
_READ_BYTES = 65_536

ReplyT = TypeVar("ReplyT", m.Done, m.Devices, m.Papers, m.Drawer)


class BenchError(Exception):
    """The bench does not run, or refused; the text says why."""


class BenchClient:
    """Every method is one request and raises BenchError. An empty device name means the first one that fits."""

    def __init__(self, socket_path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._unread = bytearray()
        self._decoder = msgspec.json.Decoder(m.Reply)
        self._socket.settimeout(ANSWER_TIMEOUT_S)
        try:
            self._socket.connect(str(socket_path))
        except OSError as error:
            self._socket.close()
            raise BenchError(f"no bench answers at {socket_path}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def tap(self, uid: str, reader: str = "") -> None:
        """`uid` in hex."""
        self._do(m.Tap(uid, reader))

    def hold(self, *uids: str, reader: str = "") -> None:
        self._do(m.Hold(uids, reader))

    def lift(self, reader: str = "") -> None:
        self._do(m.Lift(reader))

    def scan(self, text: str, scanner: str = "") -> None:
        """Hold a code before the scanner."""
        self._do(m.Scan(text, scanner))

    def send(self, name: str, data: bytes) -> None:
        """Let the device send these bytes as they are."""
        self._do(m.Send(name, data.hex()))

    def plug(self, name: str) -> None:
        self._do(m.Plug(name))

    def unplug(self, name: str) -> None:
        self._do(m.Unplug(name))

    def busy(self, name: str, *, on: bool) -> None:
        self._do(m.Busy(name, on))

    def hang(self, *, on: bool, printer: str = "") -> None:
        self._do(m.Hang(on, printer))

    def reset(self, printer: str = "") -> None:
        self._do(m.Reset(printer))

    def paper(self, state: PaperState, printer: str = "") -> None:
        self._do(m.Paper(state, printer))

    def cover(self, *, is_open: bool, printer: str = "") -> None:
        self._do(m.Cover(is_open, printer))

    def cutter(self, *, is_jammed: bool, printer: str = "") -> None:
        self._do(m.Cutter(is_jammed, printer))

    def after(self, n_bytes: int, fault: PrinterFault, printer: str = "") -> None:
        """Let the fault happen when the printer has got so many more bytes."""
        self._do(m.After(n_bytes, fault, printer))

    def play(self, path: Path, camera: str = "") -> None:
        """Let the camera see that folder of photos, photo or clip."""
        self._do(m.Play(str(path.absolute()), camera))

    def trouble(self, fault: CameraFault | None, camera: str = "") -> None:
        self._do(m.Trouble(fault, camera))

    def devices(self) -> tuple[m.DeviceLine, ...]:
        return self._ask(m.ListDevices(), m.Devices).devices

    def papers(
        self, printer: str = "", *, since: int = 0, at_least: int = 0, timeout_s: float = 0.0
    ) -> tuple[m.PrintedPaper, ...]:
        """What was printed and cut, oldest first, from index `since` on; waits up to `timeout_s` until there are
        `at_least` so many."""
        self._socket.settimeout(ANSWER_TIMEOUT_S + timeout_s)
        return self._ask(m.ListPapers(printer, since, at_least, timeout_s), m.Papers).papers

    def drawer(self, printer: str = "") -> tuple[float, ...]:
        """When the cash drawer sprang open, on the monotonic clock, oldest first."""
        return self._ask(m.AskDrawer(printer), m.Drawer).opened_s

    def save_paper(self, printer: str, index: int, path: Path) -> None:
        """Write the paper with that index as a picture (PNG); negative indexes count from the last one."""
        papers = self.papers(printer)
        try:
            paper = papers[index] if index < 0 else next(p for p in papers if p.index == index)
        except (IndexError, StopIteration):
            raise BenchError(f"there is no paper {index}; there are {len(papers)}") from None
        path.parent.mkdir(parents=True, exist_ok=True)
        draw_paper(paper.data, 58 if paper.paper_mm == 58 else 80).save(path, "PNG")

    def _do(self, request: m.Request) -> None:
        self._ask(request, m.Done)

    def _ask(self, request: m.Request, expected: type[ReplyT]) -> ReplyT:
        try:
            self._socket.sendall(msgspec.json.encode(request) + b"\n")
            reply = self._decoder.decode(self._read_line())
        except (OSError, msgspec.DecodeError) as error:
            raise BenchError(f"the bench did not answer: {error}") from error
        if isinstance(reply, m.Refused):
            raise BenchError(reply.reason)
        if not isinstance(reply, expected):
            raise BenchError(f"the bench answered {type(reply).__name__} to {type(request).__name__}")
        return reply

    def _read_line(self) -> bytes:
        while b"\n" not in self._unread:
            data = self._socket.recv(_READ_BYTES)
            if not data or len(self._unread) > m.MAX_LINE_BYTES:
                raise ConnectionResetError("connection closed")
            self._unread += data
        line, _, rest = bytes(self._unread).partition(b"\n")
        self._unread = bytearray(rest)
        return line
