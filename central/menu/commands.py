"""`python -m central import-menu`: the command line of this folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from central.commands import AddCommand, say
from central.menu.service import import_menu
from central.opening import opened
from central.settings import Settings


def add_commands(command: AddCommand) -> None:
    menu = command("import-menu", _import_menu, "offer the menu of a TOML file, and count stock as it says")
    menu.add_argument("file", type=Path)


def _import_menu(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        menu = parts.transactions.write(lambda tx: import_menu(tx, arguments.file))
    say(f"menu version {menu.version}: {len(menu.dishes)} dishes, {len(menu.combos)} combos")
