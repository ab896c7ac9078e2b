"""The bench itself: every simulator of a settings file with its line, and the control socket."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path
from typing import Literal

import msgspec

from kiosk.devices.bench import messages as m
from kiosk.devices.bench.client import BenchError
from kiosk.devices.camera.simulator import SimulatedCamera
from kiosk.devices.card_reader.simulator import SimulatedCardReader, SimulatedIcReader, SimulatedRdm6300
from kiosk.devices.printer.simulator import SimulatedPrinter
from kiosk.devices.scanner.simulator import SimulatedGm65, SimulatedScanner
from kiosk.devices.simulated_line import PtyLine, SimulatedLine, TcpLine
from kiosk.settings import Settings
from kiosk.settings.devices import SimulatorSettings

MAX_REQUEST_BYTES = 65_536
_QR_AIM_ID = "]Q1"
CLOSING_ROUNDS = 6
"""asyncio accepts, announces, turns away and closes a late client in as many rounds of its loop."""

Simulator = SimulatedCardReader | SimulatedScanner | SimulatedPrinter | SimulatedCamera


class _Hosted:
    """One simulator, its line, and whether that is plugged in."""

    def __init__(self, settings: SimulatorSettings, simulator: Simulator, line: SimulatedLine) -> None:
        self.settings = settings
        self.simulator = simulator
        self.line = line
        self.is_plugged = False

    async def plug(self) -> None:
        await self.line.plug()
        self.is_plugged = True

    async def unplug(self) -> None:
        await self.line.unplug()
        self.is_plugged = False


class Bench:
    """Runs on the current asyncio loop between `start` and `stop`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._socket_path = m.control_socket_path(settings)
        self._hosted: dict[str, _Hosted] = {}
        self._new_paper = asyncio.Condition()
        self._decoder = msgspec.json.Decoder(m.Request)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Everything is up when this returns. Raises BenchError naming the simulator that cannot be hosted."""
        if _somebody_listens(self._socket_path):
            raise BenchError(f"another bench runs at {self._socket_path}")
        for settings in self._settings.simulator:
            if settings.name in self._hosted:
                raise BenchError(f"two simulators are named {settings.name!r}")
            hosted = self._host(settings)
            self._hosted[settings.name] = hosted
            try:
                await hosted.plug()
            except OSError as error:
                raise BenchError(f"simulator {settings.name!r} cannot have {settings.port}: {error}") from error
        self._server = await self._listen()

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._socket_path.unlink(missing_ok=True)
        for _ in range(CLOSING_ROUNDS):  # whoever was let in just now is served, and so is among the tasks
            await asyncio.sleep(0)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for hosted in self._hosted.values():
            await hosted.unplug()
        for _ in range(CLOSING_ROUNDS):
            await asyncio.sleep(0)

    def _host(self, settings: SimulatorSettings) -> _Hosted:
        simulator: Simulator
        match settings.device:
            case "rdm6300":
                simulator = SimulatedRdm6300()
            case "ic_reader":
                simulator = SimulatedIcReader()
            case "scanner" | "gm65":
                simulator = self._scanner_at(settings)
            case "mjpeg":
                simulator = SimulatedCamera(settings.plays)
            case _:
                simulator = SimulatedPrinter(self._paper_was_cut)
        if settings.port.startswith("tcp://"):
            host, _, port = settings.port.removeprefix("tcp://").rpartition(":")
            newest_wins = isinstance(simulator, SimulatedCamera)
            return _Hosted(settings, simulator, TcpLine(simulator, host, int(port), newest_wins=newest_wins))
        return _Hosted(settings, simulator, PtyLine(simulator, Path(settings.port), settings.baud))

    def _scanner_at(self, settings: SimulatorSettings) -> SimulatedScanner:
        """Set up as the terminal expects the one at that port."""
        family = SimulatedGm65 if settings.device == "gm65" else SimulatedScanner
        expected = next((s for s in self._settings.scanner if s.port == settings.port), None)
        if expected is None:
            return family()
        return family(expected.terminator, expected.prefix, _QR_AIM_ID if expected.aim_id else "")

    async def _listen(self) -> asyncio.Server:
        path = self._socket_path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        try:
            server = await asyncio.start_unix_server(self._serve_client, path, limit=MAX_REQUEST_BYTES)
            path.chmod(0o600)
        except OSError as error:
            raise BenchError(f"no control socket at {path}: {error}") from error
        return server

    async def _serve_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            while line := await reader.readline():
                writer.write(msgspec.json.encode(await self._answer(line)) + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError, asyncio.CancelledError):
            pass  # gone, or a line beyond the limit, or the bench stops
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> m.Reply:
        try:
            return await self._carry_out(self._decoder.decode(line))
        except (BenchError, OSError, ValueError) as error:  # msgspec's errors are ValueErrors
            return m.Refused(str(error))

    async def _carry_out(self, request: m.Request) -> m.Reply:
        match request:
            case m.ListDevices():
                return m.Devices(tuple(_device_line(hosted) for hosted in self._hosted.values()))
            case m.ListPapers():
                return await self._list_papers(request)
            case m.AskDrawer():
                return m.Drawer(self._printer(request.printer)[0].drawer_opened_s)
            case m.Tap() | m.Hold() | m.Lift():
                _use_reader(self._reader(request.reader), request)
            case m.Scan():
                self._scanner(request.scanner).scan(request.text)
            case m.Send() | m.Plug() | m.Unplug() | m.Busy():
                await _use_line(self._named(request.name), request)
            case m.Play() | m.Trouble():
                _use_camera(self._camera(request.camera), request)
            case _:
                _use_printer(self._printer(request.printer)[0], request)
        return m.Done()

    async def _list_papers(self, request: m.ListPapers) -> m.Papers:
        printer, settings = self._printer(request.printer)
        widths = {p.port: p.paper_mm for p in self._settings.printer}
        paper_mm: Literal[58, 80] = widths.get(settings.port, 80)

        def wanted() -> tuple[m.PrintedPaper, ...]:
            papers = (p for p in printer.papers if p.index >= request.since)
            return tuple(m.PrintedPaper(p.index, p.data, p.first_byte_s, p.cut_s, paper_mm) for p in papers)

        async with self._new_paper:
            try:
                async with asyncio.timeout(min(request.timeout_s, m.MAX_WAIT_S)):
                    await self._new_paper.wait_for(lambda: len(wanted()) >= request.at_least)
            except TimeoutError:
                pass
        return m.Papers(settings.name, wanted())

    def _paper_was_cut(self) -> None:
        task = asyncio.get_running_loop().create_task(self._tell_waiting())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_waiting(self) -> None:
        async with self._new_paper:
            self._new_paper.notify_all()

    def _named(self, name: str) -> _Hosted:
        if name not in self._hosted:
            raise BenchError(f"there is no simulator {name!r}; there are: {', '.join(self._hosted)}")
        return self._hosted[name]

    def _candidates(self, name: str) -> list[_Hosted]:
        return [self._named(name)] if name else list(self._hosted.values())

    def _reader(self, name: str) -> SimulatedCardReader:
        for hosted in self._candidates(name):
            if isinstance(hosted.simulator, SimulatedCardReader):
                return hosted.simulator
        raise BenchError(f"there is no card reader {name!r}" if name else "there is no simulated card reader")

    def _scanner(self, name: str) -> SimulatedScanner:
        for hosted in self._candidates(name):
            if isinstance(hosted.simulator, SimulatedScanner):
                return hosted.simulator
        raise BenchError(f"there is no scanner {name!r}" if name else "there is no simulated scanner")

    def _camera(self, name: str) -> SimulatedCamera:
        for hosted in self._candidates(name):
            if isinstance(hosted.simulator, SimulatedCamera):
                return hosted.simulator
        raise BenchError(f"there is no camera {name!r}" if name else "there is no simulated camera")

    def _printer(self, name: str) -> tuple[SimulatedPrinter, SimulatorSettings]:
        for hosted in self._candidates(name):
            if isinstance(hosted.simulator, SimulatedPrinter):
                return hosted.simulator, hosted.settings
        raise BenchError(f"there is no printer {name!r}" if name else "there is no simulated printer")


def _use_reader(reader: SimulatedCardReader, request: m.Tap | m.Hold | m.Lift) -> None:
    match request:
        case m.Tap():
            reader.tap(_card_uid(request.uid))
        case m.Hold():
            reader.hold(*(_card_uid(uid) for uid in request.uids))
        case m.Lift():
            reader.lift()


async def _use_line(hosted: _Hosted, request: m.Send | m.Plug | m.Unplug | m.Busy) -> None:
    match request:
        case m.Send():
            hosted.line.send(bytes.fromhex(request.data))
        case m.Plug():
            await hosted.plug()
        case m.Unplug():
            await hosted.unplug()
        case m.Busy():
            await hosted.line.occupy(occupied=request.on)


def _use_camera(camera: SimulatedCamera, request: m.Play | m.Trouble) -> None:
    match request:
        case m.Play():
            camera.play(Path(request.path))
        case m.Trouble():
            camera.set_fault(request.fault)


def _use_printer(printer: SimulatedPrinter, request: m.Hang | m.Reset | m.Paper | m.Cover | m.Cutter | m.After) -> None:
    match request:
        case m.Hang():
            printer.set_hanging(hangs=request.on)
        case m.Reset():
            printer.reset()
        case m.Paper():
            printer.set_paper(request.state)
        case m.Cover():
            printer.set_cover(is_open=request.is_open)
        case m.Cutter():
            printer.set_cutter(is_jammed=request.is_jammed)
        case m.After():
            printer.plan_fault(request.n_bytes, request.fault)


def _card_uid(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise BenchError(f"{text!r} is no card UID in hex") from None


def _device_line(hosted: _Hosted) -> m.DeviceLine:
    return m.DeviceLine(hosted.settings.name, hosted.settings.device, hosted.settings.port, hosted.is_plugged)


def _somebody_listens(path: Path) -> bool:
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        probe.connect(os.fspath(path))
        return True
    except OSError:
        return False
    finally:
        probe.close()
