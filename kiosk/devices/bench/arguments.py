"""The bench's command line: each sub-command with its arguments and what it asks of the client."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from kiosk.devices.bench.client import BenchClient
from kiosk.devices.camera.simulator import CameraFault
from kiosk.devices.printer.simulator import PaperState, PrinterFault

DEFAULT_CONFIG = Path("config/demo.toml")

Action = Callable[[BenchClient, argparse.Namespace], None]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """`config`, and `act`: an Action, or None for `serve`."""
    parser = argparse.ArgumentParser(
        prog="python -m kiosk.devices.bench",
        description="Host the simulated devices of a settings file, and steer them.",
    )
    commands = _Commands(parser)
    commands.add("serve", "host all simulators until SIGTERM", None)
    commands.add("list", "the simulators and their ports", _list)
    _add_reader_commands(commands)
    _add_line_commands(commands)
    _add_printer_commands(commands)
    _add_camera_commands(commands)
    return parser.parse_args(arguments)


class _Commands:
    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._parsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(self, name: str, description: str, act: Action | None) -> argparse.ArgumentParser:
        command = self._parsers.add_parser(name, help=description, description=description)
        command.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="the terminal's settings file")
        command.set_defaults(act=act)
        return command

    def add_for_reader(self, name: str, description: str, act: Action) -> argparse.ArgumentParser:
        command = self.add(name, description, act)
        command.add_argument("--reader", default="", help="the simulated reader's name (default: the first)")
        return command

    def add_for_printer(self, name: str, description: str, act: Action) -> argparse.ArgumentParser:
        command = self.add(name, description, act)
        command.add_argument("--printer", default="", help="the simulated printer's name (default: the first)")
        return command

    def add_for_camera(self, name: str, description: str, act: Action) -> argparse.ArgumentParser:
        command = self.add(name, description, act)
        command.add_argument("--camera", default="", help="the simulated camera's name (default: the first)")
        return command

    def add_for_line(self, name: str, description: str, act: Action) -> argparse.ArgumentParser:
        command = self.add(name, description, act)
        command.add_argument("name", help="the simulator's name")
        return command


def _add_reader_commands(commands: _Commands) -> None:
    tap = commands.add_for_reader("tap", "tap a card on the reader", lambda c, o: c.tap(o.uid, o.reader))
    tap.add_argument("uid", help="the card's UID in hex, such as 62E3086CED")
    hold = commands.add_for_reader("hold", "leave cards on the reader", lambda c, o: c.hold(*o.uid, reader=o.reader))
    hold.add_argument("uid", nargs="+", help="a card's UID in hex")
    commands.add_for_reader("lift", "take the cards off", lambda c, o: c.lift(o.reader))
    scan = commands.add("scan", "hold a code before the scanner", lambda c, o: c.scan(o.text, o.scanner))
    scan.add_argument("text", help="what the code says")
    scan.add_argument("--scanner", default="", help="the simulated scanner's name (default: the first)")


def _add_line_commands(commands: _Commands) -> None:
    commands.add_for_line("unplug", "pull the device's cable", lambda c, o: c.unplug(o.name))
    commands.add_for_line("plug", "put the cable back", lambda c, o: c.plug(o.name))
    busy = commands.add_for_line("busy", "another program has the port", lambda c, o: c.busy(o.name, on=o.to == "on"))
    busy.add_argument("to", choices=("on", "off"))
    send = commands.add_for_line("send", "let the device send bytes as they are", lambda c, o: c.send(o.name, o.data))
    send.add_argument("data", type=bytes.fromhex, help="the bytes in hex")


def _add_printer_commands(commands: _Commands) -> None:
    paper = commands.add_for_printer("paper", "the paper roll", lambda c, o: c.paper(PaperState(o.to), o.printer))
    paper.add_argument("to", choices=[state.value for state in PaperState])
    cover = commands.add_for_printer(
        "cover", "the cover", lambda c, o: c.cover(is_open=o.to == "open", printer=o.printer)
    )
    cover.add_argument("to", choices=("open", "closed"))
    cutter = commands.add_for_printer(
        "cutter",
        "the knife (a jam shows at the next cut)",
        lambda c, o: c.cutter(is_jammed=o.to == "jam", printer=o.printer),
    )
    cutter.add_argument("to", choices=("jam", "ok"))
    hang = commands.add_for_printer(
        "hang", "neither read nor answer", lambda c, o: c.hang(on=o.to == "on", printer=o.printer)
    )
    hang.add_argument("to", choices=("on", "off"))
    commands.add_for_printer("reset", "power off and on", lambda c, o: c.reset(o.printer))
    after = commands.add_for_printer(
        "after",
        "let a fault happen after so many more bytes",
        lambda c, o: c.after(o.bytes, PrinterFault(o.fault), o.printer),
    )
    after.add_argument("bytes", type=int)
    after.add_argument("fault", choices=[fault.value for fault in PrinterFault])
    commands.add_for_printer("receipts", "what was printed and cut", _receipts)
    commands.add_for_printer("drawer", "how often the cash drawer sprang open", _drawer)
    show = commands.add_for_printer("show", "a printed paper as a picture", _show)
    show.add_argument("index", type=int, nargs="?", default=-1, help="from `receipts`; default: the last")
    show.add_argument("--out", type=Path, default=Path("receipt.png"), help="the picture's file")


def _add_camera_commands(commands: _Commands) -> None:
    play = commands.add_for_camera("play", "what the camera sees", lambda c, o: c.play(o.path, o.camera))
    play.add_argument("path", type=Path, help="a folder of photos, a photo, or a clip")
    trouble = commands.add_for_camera(
        "trouble",
        "let the camera do something wrong",
        lambda c, o: c.trouble(None if o.fault == "none" else CameraFault(o.fault), o.camera),
    )
    trouble.add_argument("fault", choices=["none", *(fault.value for fault in CameraFault)])


def _list(client: BenchClient, _options: argparse.Namespace) -> None:
    for device in client.devices():
        say(f"{device.name:16} {device.device:10} {device.port}{'' if device.is_plugged else '  (unplugged)'}")


def _receipts(client: BenchClient, options: argparse.Namespace) -> None:
    for paper in client.papers(options.printer):
        say(f"{paper.index:5}  {len(paper.data):6} bytes  {paper.paper_mm} mm")


def _drawer(client: BenchClient, options: argparse.Namespace) -> None:
    times = len(client.drawer(options.printer))
    say(f"opened {times} times")


def _show(client: BenchClient, options: argparse.Namespace) -> None:
    client.save_paper(options.printer, options.index, options.out)
    say(str(options.out))


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
