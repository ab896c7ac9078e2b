"""A whole site in a folder: settings of a terminal and its central, members with cards, and the card reader's line."""

from __future__ import annotations

import os
import pty
import socket
import time
import tty
from dataclasses import dataclass
from pathlib import Path

from kiosk.devices.card_reader import rdm6300

ROOT = Path(__file__).resolve().parents[1]
CARDS = tuple(f"62E30900{number:02X}" for number in range(40))
"""Enough of them that none comes again within the reader's debounce time."""
DISH = "kung-pao-chicken"
"""Of the demonstration's menu: served at lunch, and its portions are not counted."""

_TERMINAL = """\
[terminal]
name = "benchmark"
role = "{role}"
state_dir = "{folder}/terminal"
meal_period = "lunch"

[central]
url = "http://127.0.0.1:{central_port}"
embedded = "{folder}/central.toml"

[screen]
width = 1080
height = 1920
fullscreen = false
sound = false

[idle]
warn_after_s = 86400

[face]
daily_minor = 1000000

[[card_reader]]
name = "campus-card"
driver = "rdm6300"
port = "{folder}/reader"

[[printer]]
name = "receipts"
port = "tcp://127.0.0.1:{printer_port}"
use = ["customer"]

[[printer]]
name = "kitchen"
port = "{folder}/kitchen-printer"
use = ["kitchen"]

[[simulator]]
name = "receipts"
device = "escpos"
port = "tcp://127.0.0.1:{printer_port}"

[[simulator]]
name = "kitchen"
device = "escpos"
port = "{folder}/kitchen-printer"
baud = 115200
"""
_CENTRAL = """\
[canteen]
name = "benchmark"

[server]
state_dir = "{folder}/central"

[listen]
port = {central_port}

[first_content]
menu = "{root}/config/demo/menu.toml"
members = "{folder}/members.csv"
"""
_MEMBER_COLUMNS = "member_id,name,unit,card_uids,blocked_card_uids,balance,credit_line,avoids,keeps,no_spicy"


@dataclass(frozen=True, slots=True)
class Site:
    """The settings files, and the path where the terminal looks for its card reader."""

    terminal: Path
    central: Path
    reader: Path


def make_site(folder: Path, role: str = "order") -> Site:
    """Everything in `folder`, on ports that are free now."""
    folder.mkdir(parents=True, exist_ok=True)
    central_port, printer_port = _free_ports(2)
    site = Site(folder / "terminal.toml", folder / "central.toml", folder / "reader")
    for path, template in ((site.terminal, _TERMINAL), (site.central, _CENTRAL)):
        ports = {"central_port": central_port, "printer_port": printer_port}
        text = template.format(folder=folder, root=ROOT, role=role, **ports)
        path.write_text(text, encoding="utf-8")
    members = (f"m{number},王小明,,{card},,9000.00,,,,\n" for number, card in enumerate(CARDS))
    (folder / "members.csv").write_text(f"{_MEMBER_COLUMNS}\n{''.join(members)}", encoding="utf-8")
    return site


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class ReaderLine:
    """The wire's other end: writes a card's frame at once, so that the moment of its last byte is known."""

    def __init__(self, path: Path) -> None:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        path.unlink(missing_ok=True)
        path.symlink_to(os.ttyname(self._slave))

    def send(self, card_uid: str) -> float:
        """Returns the moment just before the frame went out (monotonic)."""
        frame = rdm6300.encode(bytes.fromhex(card_uid))
        sent_s = time.monotonic()
        os.write(self._master, frame)
        return sent_s

    def close(self) -> None:
        os.close(self._master)
        os.close(self._slave)
