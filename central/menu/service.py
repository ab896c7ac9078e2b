"""Bringing a menu file in."""

from __future__ import annotations

from pathlib import Path

from central.menu import repository
from central.menu.menu_file import load_menu
from central.stock import repository as stock
from central.transactions import Transaction
from kiosk.configfile import ConfigFileError
from kiosk.domain.audit import Act
from kiosk.domain.menu import Menu
from kiosk.sync import wire


def import_menu(tx: Transaction, path: Path) -> Menu:
    """Offer the menu of that file as the next version, and count the stock of its dishes anew as the file says.
    Raises ConfigFileError; then nothing was changed."""
    newest = repository.newest(tx.connection)
    file = load_menu(path, version=newest.version + 1 if newest else 1)
    if file.menu.currency != tx.currency:
        reason = f"the menu is in {file.menu.currency}, this canteen in {tx.currency}"
        raise ConfigFileError(path, reason, field="canteen.currency")
    repository.add_menu(tx.connection, file.menu.version, wire.encode(file.menu), tx.now)
    tx.changes.menu = True
    tx.changes.dishes |= stock.replace_counts(tx.connection, file.portions, tx.now)
    tx.record(Act.MENU_IMPORTED, str(file.menu.version), dishes=len(file.menu.dishes), combos=len(file.menu.combos))
    return file.menu
